"""Days proposed for a plan: feasible, on business days, with the spare time spread."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.plan.calendar import Calendar
from mapsite.plan.model import Plan
from mapsite.plan.moment import Moment
from mapsite.plan.proposal import propose
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule

MONDAY = date(2026, 6, 1)


def plan(*steps: str, goal: str = "2026-06-26", more: str = "") -> Plan:
    """Return a plan of *steps*, each written as the fields of a map."""
    lines = "\n".join(f"  - {{{step}}}" for step in steps)
    text = f"""\
title: Project plan
created: 2026-06-01
goal: {{outcome: Signed, date: {goal}}}
buyer: {{name: Acme}}
seller: {{name: Mama}}
{more}
steps:
{lines}
"""
    return read_plan(text.encode(), "plan.yaml")


def step(name: str, takes: str, *after: str, kind: str = "task") -> str:
    """Write a step whose date is open."""
    ids = ", ".join(after)
    return (
        f"id: {name}, title: {name}, kind: {kind}, takes: {takes},"
        f" after: [{ids}], due: tbd"
    )


def dated(before: Plan, days: dict[str, date]) -> Plan:
    """Return the plan with the proposed days in it."""
    steps = tuple(
        one.model_copy(update={"due": Moment(str(days[one.id]), day=days[one.id])})
        for one in before.steps
    )
    return before.model_copy(update={"steps": steps})


CHAIN = (
    step("a", "5d"),
    step("b", "3d", "a"),
    step("sign", "2d", "b", kind="signature"),
    step("live", "5d", "sign"),
)


def test_a_tight_goal_gives_the_earliest_days() -> None:
    """Without a day to spare, every step ends as early as it can."""
    found = propose(plan(*CHAIN, goal="2026-06-15"), MONDAY)
    assert found.reach == date(2026, 6, 15)
    assert found.spare == 0
    assert found.days == {
        "a": date(2026, 6, 8),
        "b": date(2026, 6, 11),
        "sign": date(2026, 6, 15),
        "live": date(2026, 6, 22),
    }


def test_spare_time_is_spread() -> None:
    """With twice the time, each step before the goal gets twice the time."""
    found = propose(plan(*CHAIN, goal="2026-06-29"), MONDAY)
    assert found.spare == 10
    assert found.days == {
        "a": date(2026, 6, 15),
        "b": date(2026, 6, 23),
        "sign": date(2026, 6, 29),
        "live": date(2026, 7, 6),
    }


def test_a_goal_out_of_reach_has_no_days_but_an_honest_date() -> None:
    """Nothing is proposed, and the first day that would do is told."""
    found = propose(plan(*CHAIN, goal="2026-06-12"), MONDAY)
    assert (found.days, found.reach, found.spare) == ({}, date(2026, 6, 15), -1)
    assert propose(plan(*CHAIN, goal="2026-06-15"), MONDAY).days


def test_a_goal_on_a_weekend_is_met_on_the_day_before() -> None:
    """Nobody signs on a Sunday."""
    found = propose(plan(*CHAIN, goal="2026-06-28"), MONDAY)
    assert found.days["sign"] == date(2026, 6, 26)


def test_holidays_and_closed_windows_are_kept_free() -> None:
    """No step ends on a day on which nobody works."""
    more = "calendar: {holidays: [US], closed: [{from: 2026-06-08, to: 2026-06-12}]}"
    wanted = plan(*CHAIN, goal="2026-07-06", more=more)
    calendar = Calendar(wanted)
    days = propose(wanted, MONDAY).days
    assert all(calendar.is_workday(day) for day in days.values())
    assert days["sign"] == date(2026, 7, 6)


def test_only_what_says_tbd_gets_a_day() -> None:
    """A date of its own, a missing one, a finished and a cancelled step stay."""
    found = propose(
        plan(
            "id: own, title: own, takes: 2d, due: created+9d",
            "id: none, title: none, takes: 2d",
            "id: done, title: done, due: tbd, status: done",
            "id: off, title: off, takes: 1d, due: tbd, status: cancelled",
            step("sign", "2d", "own", "none", kind="signature"),
        ),
        MONDAY,
    )
    assert list(found.days) == ["sign"]
    assert found.stuck is None


def test_a_step_that_nothing_tells_the_length_of_stays_open() -> None:
    """Without `takes`, and with nothing before it, there is no day to propose."""
    found = propose(
        plan(
            "id: when, title: when, due: tbd",
            step("sign", "2d", "when", kind="signature"),
        ),
        MONDAY,
    )
    assert list(found.days) == ["sign"]


def test_a_date_of_its_own_that_cannot_hold_is_told() -> None:
    """What hangs on the goal may lie before its own work can end."""
    found = propose(
        plan(
            step("a", "10d"),
            "id: early, title: early, takes: 5d, after: a, due: goal-12d",
            step("sign", "2d", "early", kind="signature"),
            goal="2026-06-26",
        ),
        MONDAY,
    )
    assert found.stuck
    assert found.stuck[0] == "early"


def test_a_plan_without_a_signature_ends_at_its_goal() -> None:
    """Where nothing is signed, all steps come before the goal."""
    found = propose(plan(step("a", "5d"), step("b", "3d"), goal="2026-06-26"), MONDAY)
    assert found.days == {"a": date(2026, 6, 26), "b": date(2026, 6, 16)}


def test_a_goal_without_a_date_is_refused() -> None:
    """There is nothing to work back from."""
    with pytest.raises(ValueError, match="without a date"):
        propose(plan(*CHAIN, goal="tbd"), MONDAY)


LENGTHS = st.sampled_from(["1d", "3d", "10d", "2d-6d", "1w", "3w", "10cd", "1w-3w"])


@st.composite
def networks(draw: st.DrawFn) -> tuple[str, ...]:
    """Draw steps with dependencies on earlier ones, a signature and what follows."""
    count = draw(st.integers(1, 7))
    steps = [
        step(
            f"s{number}",
            draw(LENGTHS),
            *sorted(draw(st.sets(st.sampled_from([f"s{n}" for n in range(number)]))))
            if number
            else (),
        )
        for number in range(count)
    ]
    before = sorted(draw(st.sets(st.sampled_from([f"s{n}" for n in range(count)]))))
    steps.append(step("sign", draw(LENGTHS), *before, kind="signature"))
    steps.append(step("live", draw(LENGTHS), "sign"))
    return tuple(steps)


@given(networks(), st.integers(0, 90), st.integers(0, 13))
@settings(max_examples=60, deadline=None)
def test_every_proposal_can_be_kept(
    steps: tuple[str, ...], extra: int, begins: int
) -> None:
    """Whatever the steps, all days are business days that their dependencies allow."""
    start = MONDAY + timedelta(days=begins)
    more = "calendar: {holidays: [US]}"
    wanted = plan(*steps, goal="2099-01-01", more=more)
    goal = propose(wanted, start).reach + timedelta(days=extra)
    aimed = wanted.goal.model_copy(update={"date": goal})
    wanted = wanted.model_copy(update={"goal": aimed})
    found = propose(wanted, start)
    assert found.spare >= 0
    assert found.stuck is None
    agreed = dated(wanted, dict(found.days))
    times = schedule(agreed, start)
    assert [time.step.id for time in times.steps if time.held_by] == []
    assert all(times.calendar.is_workday(day) for day in found.days.values())
    assert times.forecast == goal
