"""Where a plan stands in one word, whose turn it is, and when the next review is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.plan.calendar import Calendar
from mapsite.plan.health import Standing, next_review, standing
from mapsite.plan.people import People
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule

TODAY = date(2026, 5, 24)
HEAD = """
title: Plan
created: 2026-05-12
buyer: {name: Acme}
seller: {name: Mama}
"""


def stands(*steps: str, goal: str = "2026-08-14", head: str = "") -> Standing:
    """Sum up a plan with these steps."""
    lines = "".join(f"  - {{id: s{n}, title: T, {s}}}\n" for n, s in enumerate(steps))
    text = f"{HEAD}{head}\ngoal: {{outcome: Done, date: {goal}}}\nsteps:\n"
    text += lines or "  []"
    plan = read_plan(text.encode(), "deal.yaml")
    return standing(plan, schedule(plan, TODAY), People(plan))


class TestWord:
    """The word that the page opens with."""

    @pytest.mark.parametrize(
        ("steps", "goal", "word"),
        [
            ((), "2026-08-14", "unknown"),
            (("due: tbd",), "2026-08-14", "unknown"),
            (("due: 2026-06-01",), "tbd", "unknown"),
            (("due: 2026-06-01",), "2026-08-14", "on-track"),
            (("due: 2026-05-20",), "2026-08-14", "at-risk"),
            (("due: 2026-06-01, status: blocked",), "2026-08-14", "at-risk"),
            (("due: 2026-06-01, status: at-risk",), "2026-08-14", "at-risk"),
            (("due: 2026-06-01",), "2026-05-23", "behind"),
            (("status: done",), "2026-08-14", "reached"),
            (("status: done", "status: cancelled"), "tbd", "reached"),
            (
                ("kind: signature, due: 2026-08-14, status: done", "due: 2026-09-01"),
                "2026-08-14",
                "reached",
            ),
            (("due: 2026-05-01, internal: true",), "2026-08-14", "unknown"),
        ],
    )
    def test_of_an_open_plan(
        self, steps: tuple[str, ...], goal: str, word: str
    ) -> None:
        """Reached, too early to say, behind, at risk or on track, in that order."""
        assert stands(*steps, goal=goal).word == word

    @pytest.mark.parametrize("status", ["won", "lost", "no-decision"])
    def test_of_a_closed_plan(self, status: str) -> None:
        """How it ended is all; nobody's turn, nothing behind, nothing to blame."""
        found = stands("due: 2026-05-01", goal="2026-05-13", head=f"status: {status}")
        assert (found.word, found.turn, found.turn_sides) == (status, None, ())
        assert (found.behind, found.causes) == (0, ())

    def test_counts_the_days_behind(self) -> None:
        """From the goal's day to the one that can be expected."""
        found = stands(
            "start: 2026-07-01, takes: 6w",
            "due: 2026-08-14, takes: 2w, kind: signature, after: [s0]",
        )
        assert (found.word, found.behind) == ("behind", 12)


class TestCounts:
    """What the sentence under the word is made of."""

    def test_counts_what_can_be_seen(self) -> None:
        """Neither hidden steps nor cancelled ones."""
        found = stands(
            "status: done",
            "due: 2026-05-01",
            "due: tbd",
            "due: 2026-06-01, status: cancelled",
            "due: 2026-06-01, status: blocked, internal: true",
        )
        assert found.counts == {"done": 1, "late": 1, "todo": 1}
        assert (found.total, found.dated) == (3, 1)

    def test_blames_the_critical_first(self) -> None:
        """Blocked and late steps, with those on the way to the goal at the head."""
        found = stands(
            "due: 2026-05-20",
            "due: 2026-05-21, status: blocked",
            "kind: signature, due: 2026-08-14, after: [s1]",
        )
        assert [time.step.id for time in found.causes] == ["s1", "s0"]


class TestTurn:
    """The step that needs somebody first."""

    def test_is_the_first_that_waits_for_nothing(self) -> None:
        """By its day, among those that can begin."""
        found = stands(
            "due: 2026-07-01, side: buyer",
            "due: 2026-06-01, side: seller",
            "due: 2026-05-25, after: [s0]",
            "status: done, due: 2026-05-01",
        )
        assert found.turn
        assert (found.turn.step.id, found.turn_sides) == ("s1", ("seller",))

    def test_is_the_first_of_the_list_where_no_day_is_known(self) -> None:
        """Eight titles in their order begin with the first."""
        found = stands("kind: task", "kind: task")
        assert found.turn
        assert found.turn.step.id == "s0"

    def test_is_nobodys_when_all_is_done(self) -> None:
        """Nor where the rest is hidden."""
        assert stands("status: done", "due: 2026-06-01, internal: true").turn is None


def next_day(review: str, today: date = TODAY, work: str = "{}") -> str | None:
    """Return the day of the next meeting, written short."""
    text = f"{HEAD}goal: {{outcome: D, date: tbd}}\ncalendar: {work}\n"
    text += f"review: {{{review}}}\n"
    plan = read_plan(text.encode(), "deal.yaml")
    day = next_review(plan.review[0], Calendar(plan), today)
    return day.isoformat() if day else None


class TestReview:
    """The next meeting, from its rhythm or its day."""

    @pytest.mark.parametrize(
        ("review", "expected"),
        [
            ("every: week, on: tuesday", "2026-05-26"),
            ("every: week, on: sunday", "2026-05-24"),
            ("every: week, on: saturday", "2026-05-30"),
            ("every: week, on: tuesday, next: 2026-06-09", "2026-06-09"),
            ("every: week, on: tuesday, next: 2026-05-05", "2026-05-26"),
            ("every: week, next: 2026-05-06", "2026-05-27"),
            ("every: week", None),
            ("every: 2 weeks, next: 2026-06-03", "2026-06-03"),
            ("every: 2 weeks, next: 2026-05-13", "2026-05-27"),
            ("every: 2 weeks, next: 2026-05-10", "2026-05-24"),
            ("every: month, next: 2026-06-11", "2026-06-11"),
            ("every: month, next: 2026-05-11", None),
            ("every: day", "2026-05-25"),
            ("next: 2026-05-24", "2026-05-24"),
            ("next: 2026-05-23", None),
            ("at: '10:00'", None),
        ],
    )
    def test_is_on(self, review: str, expected: str | None) -> None:
        """Today counts; a day that has passed goes on in its rhythm, if it has one."""
        assert next_day(review) == expected

    def test_a_daily_one_keeps_to_business_days(self) -> None:
        """Memorial Day is no day for a meeting."""
        assert next_day("every: day", work="{holidays: [US]}") == "2026-05-26"

    @settings(max_examples=60, derandomize=True, deadline=None, database=None)
    @given(
        first=st.dates(date(2026, 1, 1), date(2026, 12, 31)), later=st.integers(0, 400)
    )
    def test_a_rhythm_is_kept(self, first: date, later: int) -> None:
        """Every second week stays in step with its first day, and is never past."""
        today = first + timedelta(days=later)
        found = next_day(f"every: 2 weeks, next: {first}", today)
        assert found
        ahead = (date.fromisoformat(found) - today).days
        assert 0 <= ahead < 14
        assert (later + ahead) % 14 == 0

    @pytest.mark.parametrize("review", ["every: week, on: monday", "every: day"])
    def test_there_may_be_no_next_week(self, review: str) -> None:
        """On the last day of time nothing follows, and nothing fails."""
        assert next_day(review, date.max) in {None, "9999-12-31"}
