"""Advice on single days."""

from __future__ import annotations

from datetime import date

import pytest

from tests.advising import GOAL, plan_of, told, why

US = "calendar: {holidays: [US]}"
WINDOW = "calendar: {closed: [{from: 2026-07-01, to: 2026-07-05, why: books}]}"


THURSDAY = GOAL.replace("08-14", "08-13")


def on(day: str, head: str = "") -> str:
    """Return a plan with one step that is due on *day*, and a goal on a Thursday."""
    return plan_of(f"id: a, title: A, due: {day}", head=head, goal=THURSDAY)


class TestMissing:
    """Days that nobody agreed on."""

    @pytest.mark.parametrize(
        ("step", "address"),
        [
            ("title: A", "steps/a"),
            ("title: A, due: tbd", "steps/a/due"),
            ("title: A, due: 2026-06-01", None),
            ("title: A, takes: 5d", None),
            ("title: A, takes: ongoing", None),
            ("title: A, optional: true", None),
            ("title: A, only_if: The pilot fails", None),
            ("title: A, status: done", None),
            ("title: A, internal: true", None),
        ],
    )
    def test_a_step_without_a_date(self, step: str, address: str | None) -> None:
        """What follows from a length needs none; tbd is a date that is not known."""
        text = plan_of(f"id: a, {step}", "id: z, title: Z, due: 2026-06-01, after: a")
        assert told(text, "no-date") == ([address] if address else [])

    def test_a_week_without_a_first_one_names_the_missing_key(self) -> None:
        """Once, however many days count from it; it is not told as no date too."""
        text = plan_of(
            "id: a, title: A, due: week 2",
            "id: b, title: B, start: created+14d, takes: 5d",
            "id: c, title: C, due: go-live-3w",
            goal="{outcome: O, date: 2026-08-14}",
        )
        dated = text.replace(
            "date: 2026-08-14", "date: 2026-08-14, go_live: 2026-09-01"
        )
        assert told(dated, "missing-anchor") == []
        text = text.replace("created: 2026-05-18", "")
        assert told(text, "missing-anchor") == ["steps/a/due", "steps/c/due"]
        assert told(text, "no-date") == []
        assert why(dated.replace("created: 2026-05-18", ""), "missing-anchor") == (
            "`week 2` has no day, as `created` is missing, also in steps/b/start;"
            " write `created`: the day on which the plan began, whose week is week 1"
        )

    def test_many_are_told_in_one_go(self) -> None:
        """Eight titles are one piece of advice."""
        text = plan_of(*(f"id: s{n}, title: T" for n in range(8)))
        assert told(text, "no-date") == ["steps"]

    def test_a_goal_without_a_date(self) -> None:
        """It is asked for once."""
        text = plan_of("id: a, title: A", goal="{outcome: O, date: tbd}")
        assert told(text, "no-goal-date") == ["goal/date"]
        assert told(on("2026-06-01"), "no-goal-date") == []


class TestFree:
    """Days on which nobody works."""

    @pytest.mark.parametrize(
        ("day", "head", "found"),
        [
            ("2026-06-06", "", True),
            ("2026-06-05", "", False),
            ("2026-05-23", "", False),
            ("2026-05-31", "calendar: {workdays: [sun, mon, tue, wed, thu]}", False),
            ("2026-05-29", "calendar: {workdays: [sun, mon, tue, wed, thu]}", True),
            ("week 3", "", False),
            ("goal+2cd", "", True),
        ],
    )
    def test_weekends(self, day: str, head: str, *, found: bool) -> None:
        """By the plan's own week, and only of days to come."""
        assert told(on(day, head), "weekend") == (["steps/a/due"] if found else [])

    def test_a_day_is_told_once_with_all_its_places(self) -> None:
        """The goal's day is often that of the signature too; Friday is offered."""
        goal = GOAL.replace("08-14", "08-15")
        text = plan_of("id: a, title: A, due: 2026-08-15", goal=goal)
        assert told(text, "weekend") == ["goal/date"]
        assert why(text, "weekend") == (
            "2026-08-15 is a Saturday, also in steps/a/due; Friday 2026-08-14 would do"
        )

    def test_the_day_before_may_have_passed(self) -> None:
        """Then the next workday is offered."""
        assert why(on("2026-05-24"), "weekend").endswith("Monday 2026-05-25 would do")

    def test_another_week_is_explained(self) -> None:
        """A Friday is off where the plan says so."""
        head = "calendar: {workdays: [sun, mon, tue, wed, thu]}"
        assert why(on("2026-05-29", head), "weekend").startswith(
            "2026-05-29 is a Friday, which is no workday of this plan; "
        )

    def test_holidays_by_name(self) -> None:
        """With the country's code; a holiday on a weekend is a weekend."""
        assert why(on("2026-05-25", US), "holiday") == (
            "2026-05-25 is Memorial Day (US); Tuesday 2026-05-26 would do"
        )
        assert told(on("2026-05-25"), "holiday") == []
        assert told(on("2026-07-04", US), "holiday") == []

    def test_closed_windows_with_their_reason(self) -> None:
        """A hidden window is as if it were not there."""
        text = on("2026-07-02", WINDOW)
        assert why(text, "closed-window") == (
            "2026-07-02 lies in the days closed until 2026-07-05 (books);"
            " Tuesday 2026-06-30 would do"
        )
        hidden = WINDOW.replace("why: books", "internal: true")
        assert told(on("2026-07-02", hidden), "closed-window") == []

    @pytest.mark.parametrize(
        "step",
        [
            "title: A, kind: milestone, due: 2026-06-06",
            "title: Go-live of both queues, due: 2026-06-06",
            "title: A, due: 2026-06-06, status: done",
            "title: A, due: 2026-06-06, internal: true",
            "title: A, due: 2026-06-06, status: cancelled",
        ],
    )
    def test_some_days_are_free_on_purpose(self, step: str) -> None:
        """A cut-over takes place at the weekend; what is done is done."""
        assert told(plan_of(f"id: a, {step}"), "weekend") == []

    def test_looks_at_every_day(self) -> None:
        """Beginnings, tasks, reviews and questions too."""
        head = """review: {every: week, next: 2026-06-07}
questions:
  - {id: q, text: Why?, due: 2026-06-13}
  - {id: gone, text: Why?, due: 2026-06-14, answer: So}"""
        step = "id: a, title: A, start: 2026-06-06, due: 2026-06-15"
        done = "{title: U, due: 2026-06-21, done: 2026-05-20}"
        tasks = f"tasks: [{{title: T, due: 2026-06-20}}, {done}]"
        assert told(plan_of(f"{step}, {tasks}", head=head), "weekend") == [
            "review/1/next",
            "steps/a/start",
            "steps/a/tasks/1/due",
            "questions/q/due",
        ]


class TestPast:
    """Days that have passed."""

    def test_a_step(self) -> None:
        """With how long ago it was."""
        assert why(on("2026-05-21"), "step-past-date").startswith(
            "2026-05-21 was 3 days ago; "
        )
        assert told(on("2026-05-25"), "step-past-date") == []

    def test_many_steps(self) -> None:
        """More than three are one piece of advice."""
        text = plan_of(*(f"id: s{n}, title: T, due: 2026-05-20" for n in range(4)))
        assert told(text, "step-past-date") == ["steps"]

    @pytest.mark.parametrize(
        ("question", "found"),
        [
            ("due: 2026-05-23", True),
            ("due: 2026-05-24", False),
            ("due: 2026-05-23, answer: Yes", False),
            ("due: 2026-05-23, answered: 2026-05-23", False),
            ("due: 2026-05-23, internal: true", False),
            ("asked_by: Kim", False),
        ],
    )
    def test_a_question(self, question: str, *, found: bool) -> None:
        """Only where it is open."""
        head = f"questions: [{{id: q, text: Why?, {question}}}]"
        text = plan_of("id: a, title: A", head=head)
        assert told(text, "question-past-date") == (
            ["questions/q/due"] if found else []
        )

    def test_of_a_closed_plan_nothing_is_told(self) -> None:
        """Whatever is past is past."""
        text = on("2026-05-01", "status: lost")
        assert told(text, "step-past-date") == []
        assert told(text, "weekend", date(2026, 1, 1)) == []
