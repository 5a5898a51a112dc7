"""Advice on days that cannot be kept, and on what lengths and weeks say."""

from __future__ import annotations

import pytest

from tests.advising import GOAL, plan_of, told, why


class TestImpossible:
    """An agreed day against what comes before."""

    def test_what_it_waits_for_ends_later(self) -> None:
        """With its name, and the first day that is possible."""
        text = plan_of(
            "id: review, title: A, due: 2026-06-10",
            "id: pilot, title: B, due: 2026-06-12, takes: 5d, after: review",
        )
        assert told(text, "impossible-date") == ["steps/pilot/due"]
        assert why(text, "impossible-date") == (
            "after review, which ends on 2026-06-10, 5 business days cannot end by"
            " 2026-06-12; agree on Wednesday 2026-06-17 or later, or let it begin"
            " sooner"
        )

    def test_its_own_length_does_not_fit(self) -> None:
        """Between its own two days; what waits for it is named."""
        text = plan_of(
            "id: review, title: A, start: 2026-05-25, due: 2026-06-10, takes: 4w",
            "id: pilot, title: B, due: 2026-06-11, after: review",
        )
        assert why(text, "impossible-date").startswith(
            "4 weeks from 2026-05-25 cannot end by 2026-06-10, and pilot, which waits"
            " for it, is on 2026-06-11; "
        )

    def test_a_range_may_take_its_shorter_length(self) -> None:
        """What holds with luck is not called impossible."""
        step = "id: a, title: A, start: 2026-06-01, due: 2026-06-10, takes: {}"
        assert told(plan_of(step.format("5d-15d")), "impossible-date") == []
        assert told(plan_of(step.format("10d-15d")), "impossible-date") != []

    def test_one_cause_is_told_once(self) -> None:
        """Steps that would hold if the first kept its day are not told."""
        text = plan_of(
            "id: a, title: A, start: 2026-06-01, due: 2026-06-03, takes: 20d",
            "id: b, title: B, due: 2026-06-10, after: a",
            "id: c, title: C, due: 2026-06-12, after: b",
        )
        assert told(text, "impossible-date") == ["steps/a/due"]

    def test_without_a_goal_day_the_signature_is_told_too(self) -> None:
        """With one, the goal's own rule says that it is missed."""
        text = plan_of(
            "id: a, title: A, start: 2026-06-01, due: 2026-06-03, takes: 20d",
            "id: b, title: B, kind: signature, due: 2026-06-10, after: a",
            goal="{outcome: O, date: tbd}",
        )
        assert told(text, "impossible-date") == ["steps/a/due", "steps/b/due"]
        dated = text.replace("date: tbd", "date: 2026-06-10")
        assert told(dated, "impossible-date") == ["steps/a/due"]
        assert told(dated, "goal-out-of-reach") == ["goal/date"]

    def test_what_inherits_from_a_hidden_step_is_told(self) -> None:
        """Of the hidden one nothing is."""
        text = plan_of(
            "id: a, title: A, due: 2026-06-03, takes: 20d, internal: true",
            "id: b, title: B, due: 2026-06-10, after: a",
        )
        assert told(text, "impossible-date") == ["steps/b/due"]

    def test_a_beginning_before_the_end_of_another(self) -> None:
        """Known by its start, a step cannot begin before."""
        text = plan_of(
            "id: review, title: A, start: 2026-05-28, takes: 4w",
            "id: pilot, title: B, start: 2026-06-11, takes: 4w, after: review",
        )
        assert told(text, "impossible-date") == ["steps/pilot/start"]
        assert "on 2026-06-11, after review, which ends on 2026-06-25; agree on" in why(
            text, "impossible-date"
        )
        same_day = text.replace("2026-06-11", "2026-06-25")
        assert told(same_day, "impossible-date") == []

    def test_work_under_way_that_began_before_the_plan(self) -> None:
        """Its length and its day contradict the plan's first one."""
        step = "id: a, title: A, due: 2026-05-28, takes: 4w, status: in-progress"
        found = why(plan_of(step), "impossible-date")
        assert (
            "would have begun on 2026-04-30, before the plan did (2026-05-18)" in found
        )
        begun = plan_of(f"{step}, start: 2026-04-30")
        assert told(begun, "impossible-date") == []

    def test_a_hidden_cause_keeps_its_name(self) -> None:
        """The seller is told that it is an internal step, and no more."""
        text = plan_of(
            "id: secret, title: Wait for the CFO, due: 2026-06-10, internal: true",
            "id: pilot, title: B, due: 2026-06-05, after: secret",
        )
        found = why(text, "impossible-date")
        assert "after an internal step" in found
        assert "secret" not in found

    @pytest.mark.parametrize("status", ["done", "cancelled"])
    def test_what_is_over_can_wait_for_nothing(self, status: str) -> None:
        """Neither a finished step nor one that is off."""
        text = plan_of(
            "id: a, title: A, due: 2026-06-10",
            f"id: b, title: B, due: 2026-06-05, after: a, status: {status}",
        )
        assert told(text, "impossible-date") == []


class TestGoal:
    """The goal against its steps."""

    def test_is_reached_later(self) -> None:
        """By how many days, and by which way."""
        text = plan_of(
            "id: a, title: A, start: 2026-07-01, takes: 8w",
            "id: b, title: B, kind: signature, due: 2026-08-14, after: a",
        )
        assert told(text, "goal-out-of-reach") == ["goal/date"]
        assert why(text, "goal-out-of-reach").startswith(
            "as things stand the goal is reached on 2026-08-26, 12 days after"
            " 2026-08-14; shorten what leads there (a and b)"
        )

    def test_has_passed(self) -> None:
        """Unless it was reached."""
        goal = GOAL.replace("2026-08-14", "2026-05-22")
        step = "id: a, title: A, kind: signature, due: 2026-05-22"
        assert why(plan_of(step, goal=goal), "goal-out-of-reach").startswith(
            "the goal's date 2026-05-22 has passed; "
        )
        done = plan_of(f"{step}, status: done", goal=goal)
        assert told(done, "goal-out-of-reach") == []

    def test_is_in_reach(self) -> None:
        """Then nothing is told, nor where no date is known."""
        step = "id: a, title: A, due: 2026-06-01"
        assert told(plan_of(step), "goal-out-of-reach") == []
        tbd = plan_of(step, goal="{outcome: O, date: tbd}")
        assert told(tbd, "goal-out-of-reach") == []


class TestPilot:
    """A pilot before the security review ends."""

    REVIEW = "id: review, title: Security review, start: 2026-05-28, takes: 4w"
    PILOT = "id: pilot, title: Pilot, start: 2026-06-11, takes: 4w"

    def test_is_told_where_nothing_ties_them(self) -> None:
        """With both days."""
        text = plan_of(self.REVIEW, self.PILOT)
        assert why(text, "pilot-before-security").startswith(
            "the pilot begins on 2026-06-11, and review ends on 2026-06-25; "
        )

    @pytest.mark.parametrize(
        ("review", "pilot"),
        [
            ("", ", after: review"),
            (", fallback: Masked data", ""),
            (", status: done", ""),
        ],
    )
    def test_is_fine_where_somebody_thought_of_it(
        self, review: str, pilot: str
    ) -> None:
        """A dependency is impossible-date's; a fallback answers the question."""
        text = plan_of(self.REVIEW + review, self.PILOT + pilot)
        assert told(text, "pilot-before-security") == []

    def test_is_fine_after_the_review(self) -> None:
        """On the day it ends, or later."""
        text = plan_of(self.REVIEW, self.PILOT.replace("06-11", "06-25"))
        assert told(text, "pilot-before-security") == []
