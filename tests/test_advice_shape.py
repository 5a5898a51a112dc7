"""Advice on the plan as a whole, and on how it is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mapsite.plan.advice.registry import DEFAULTS, advise
from mapsite.plan.past import NO_HISTORY, History, PastMove, StepPast
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule
from tests.advising import TODAY, advice_on, plan_of, told, why


def goal(day: str, more: str = "") -> str:
    """Return a goal on *day* that tells no reason."""
    return f"{{outcome: Live, date: {day}{more}}}"


class TestEnd:
    """Where the plan leads."""

    @pytest.mark.parametrize(
        ("day", "starts", "found"),
        [
            ("2026-06-30", 1, True),
            ("2026-09-30", 1, True),
            ("2026-10-30", 1, False),
            ("2026-10-30", 2, True),
            ("2026-10-31", 2, True),
            ("2026-06-29", 1, False),
            ("2027-12-31", 1, True),
            ("tbd", 1, False),
        ],
    )
    def test_last_day_of_the_sellers_quarter(
        self, day: str, starts: int, *, found: bool
    ) -> None:
        """By the month in which the fiscal year starts; its last workday counts too."""
        text = plan_of("id: a, title: A", goal=goal(day))
        result = told(text, "sellers-quarter-end", fiscal_year_starts=starts)
        assert result == (["goal/date"] if found else [])

    @pytest.mark.parametrize("reason", [", why: Renewal", ", event: 2026-07-01"])
    def test_a_reason_of_the_buyers(self, reason: str) -> None:
        """Then the day may be any."""
        text = plan_of("id: a, title: A", goal=goal("2026-06-30", reason))
        assert told(text, "sellers-quarter-end") == []

    @pytest.mark.parametrize(
        ("after", "found"),
        [
            ("title: Demo", True),
            ("title: Demo, due: 2026-06-01", True),
            ("title: Kickoff", False),
            ("title: Whatever, after: s", False),
            ("title: Whatever, due: 2026-07-15", False),
            ("title: Both queues live", False),
            ("title: Kickoff, internal: true", True),
            ("title: Kickoff, status: cancelled", True),
        ],
    )
    def test_nothing_after_the_signature(self, after: str, *, found: bool) -> None:
        """A kickoff, a step that follows or a later day will do, if it can be seen."""
        signed = "id: s, title: Contract signed, due: 2026-07-01"
        text = plan_of(signed, f"id: a, {after}", goal=goal("2026-07-01"))
        assert told(text, "ends-at-signature") == (["steps/s"] if found else [])

    def test_the_first_day_of_use_is_enough(self) -> None:
        """And a plan without a signature ends somewhere else."""
        signed = "id: s, title: Contract signed"
        used = goal("2026-07-01", ", go_live: 2026-08-01")
        assert told(plan_of(signed, goal=used), "ends-at-signature") == []
        text = plan_of("id: s, title: Demo", goal=goal("2026-07-01"))
        assert told(text, "ends-at-signature") == []


class TestShape:
    """How long it is, and what it is judged by."""

    def test_very_many_steps(self) -> None:
        """Of those that the buyer sees."""
        steps = [f"id: s{n}, title: T" for n in range(31)]
        assert told(plan_of(*steps), "too-many-steps") == ["steps"]
        assert told(plan_of(*steps), "too-many-steps", most=31) == []
        steps[0] += ", internal: true"
        assert told(plan_of(*steps), "too-many-steps") == []

    @pytest.mark.parametrize(
        ("criterion", "found"),
        [
            ("text: Easy to use", True),
            ("text: Easy to use, measure: Asked ten people", False),
            ("text: Easy to use, evidence: Ten people said so", False),
            ("text: Easy to use, status: met", False),
            ("text: Easy to use, internal: true", False),
        ],
    )
    def test_a_criterion_without_a_measure(
        self, criterion: str, *, found: bool
    ) -> None:
        """Unless it is met, or shown."""
        text = plan_of("id: a, title: A", head=f"criteria: [{{id: c, {criterion}}}]")
        assert told(text, "criterion-without-measure") == (
            ["criteria/c"] if found else []
        )

    def test_many_criteria(self) -> None:
        """More than three are one piece of advice."""
        listed = ", ".join(f"{{id: c{n}, text: T}}" for n in range(4))
        text = plan_of("id: a, title: A", head=f"criteria: [{listed}]")
        assert told(text, "criterion-without-measure") == ["criteria"]


def changed(days: int) -> History:
    """Return a history whose last change was so many days ago."""
    return History((), {}, {}, 3, TODAY - timedelta(days=days))


class TestPace:
    """How the plan is kept."""

    OLD = "created: 2026-01-05"

    @pytest.mark.parametrize(
        ("days", "stale", "very"),
        [(13, 0, 0), (14, 1, 0), (20, 1, 0), (21, 0, 1), (200, 0, 1)],
    )
    def test_stands_still(self, days: int, stale: int, very: int) -> None:
        """Two weeks, then three; only one of the two is told."""
        text = plan_of("id: a, title: A", head=self.OLD)
        assert len(advice_on_both(text, "stale", changed(days))) == stale
        assert len(advice_on_both(text, "very-stale", changed(days))) == very
        alone = advice_on(text, "stale", history=changed(days))
        assert len(alone) == stale + very

    def test_the_plan_itself_remembers(self) -> None:
        """Without git the last day that it records counts, and never one to come."""
        text = plan_of("id: a, title: A, done: 2026-05-20", head=self.OLD)
        assert advice_on_both(text, "stale", NO_HISTORY) == []
        later = plan_of("id: a, title: A, done: 2026-06-20", head=self.OLD)
        assert len(advice_on_both(later, "very-stale", NO_HISTORY)) == 1
        undated = plan_of("id: a, title: A", head="created: tbd")
        assert advice_on_both(undated, "very-stale", NO_HISTORY) == []

    def test_says_for_how_long(self) -> None:
        """In days."""
        (advice,) = advice_on_both(
            plan_of("id: a, title: A", head=self.OLD), "stale", changed(15)
        )
        assert advice.startswith("nothing the buyer can see has changed for 15 days; ")

    @pytest.mark.parametrize("status", ["won", "lost", "no-decision"])
    def test_a_closed_plan_may_rest(self, status: str) -> None:
        """It gets no advice at all."""
        text = plan_of("id: a, title: A", head=f"{self.OLD}\nstatus: {status}")
        assert advice_on_both(text, "very-stale", changed(99)) == []

    @pytest.mark.parametrize(
        ("moves", "found"),
        [
            (["2026-05-20 2026-05-27", "2026-05-27 2026-06-10"], True),
            (["2026-05-20 2026-06-17", "2026-06-17 2026-06-10"], False),
            (["2026-05-27 2026-06-10"], False),
        ],
    )
    def test_moved_twice(self, moves: list[str], *, found: bool) -> None:
        """To a later day, as the plan tells or as git does."""
        days = [move.split() for move in moves]
        step = "id: a, title: A, due: 2026-06-10"
        written = ", ".join(f"{{from: {was}, to: {to}}}" for was, to in days)
        text = plan_of(f"{step}, moves: [{written}]")
        assert told(text, "moved-twice") == (["steps/a/due"] if found else [])
        past = tuple(
            PastMove(TODAY, date.fromisoformat(was), date.fromisoformat(to), None, None)
            for was, to in days
        )
        history = History((), {"a": StepPast(None, past)}, {}, 2, TODAY)
        assert bool(advice_on(plan_of(step), "moved-twice", history=history)) is found

    def test_no_date_is_confirmed(self) -> None:
        """Told of a plan with dates that is a week old; one yes is a beginning."""
        steps = [f"id: s{n}, title: T, due: 2026-06-1{n}" for n in range(3)]
        old = "created: 2026-05-10"
        assert told(plan_of(*steps, head=old), "nothing-confirmed") == ["steps"]
        assert told(plan_of(*steps), "nothing-confirmed") == []
        assert told(plan_of(*steps[1:], head=old), "nothing-confirmed") == []
        steps[0] += ", confirmed: {by: Kim, on: 2026-05-20}"
        assert told(plan_of(*steps, head=old), "nothing-confirmed") == []

    def test_twice_is_said_as_a_word(self) -> None:
        """And more often as a number."""
        step = "id: a, title: A, due: 2026-06-10, moves: [{}]"
        move = "{from: 2026-05-20, to: 2026-06-10}"
        twice = plan_of(step.format(f"{move}, {move}"))
        assert "to a later day twice" in why(twice, "moved-twice")
        thrice = plan_of(step.format(f"{move}, {move}, {move}"))
        assert "to a later day 3 times" in why(thrice, "moved-twice")


def advice_on_both(text: str, rule: str, history: History) -> list[str]:
    """Return what a rule about standing still says beside all others."""
    plan = read_plan(text.encode(), "deal.yaml")
    found = advise(plan, schedule(plan, TODAY), history, DEFAULTS)
    return [f"{a.finding.why}; {a.finding.fix}" for a in found if a.rule.id == rule]
