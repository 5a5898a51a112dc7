"""What if: how a plan would move if some of its steps ended later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mapsite.plan.model import Plan
from mapsite.plan.moment import Duration
from mapsite.plan.schedule import Schedule, StepTime, schedule


@dataclass(frozen=True, slots=True)
class Shift:
    """Hold one step that would end on another day."""

    step: str
    was: date
    """When it is expected to end as things stand."""
    to: date
    """When it would."""
    broken: date | None
    """The agreed end that holds as things stand, and would not then."""
    into: tuple[str, ...]
    """Holidays and closed windows of the week in which it would begin; none of those
    that the week has in which it begins as things stand."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Hold what some delays would do to a plan."""

    goal: tuple[date, date] | None
    """When the goal can be expected now, and when it could then."""
    finish: tuple[date, date] | None
    """The same of the plan's last step."""
    shifts: tuple[Shift, ...]
    """Every step that would end on another day, those that slip themselves too."""


def slip(plan: Plan, today: date, slips: Mapping[str, Duration]) -> Slip:
    """Return what *slips*, by the ids of steps, would do to *plan*.

    Ids that the plan has not are passed over.
    """
    now, then = schedule(plan, today), schedule(plan, today, slips)
    return Slip(
        goal=_pair(now.forecast, then.forecast),
        finish=_pair(now.finish, then.finish),
        shifts=tuple(_shifts(now, then)),
    )


def _pair(was: date | None, to: date | None) -> tuple[date, date] | None:
    return (was, to) if was and to else None


def _shifts(now: Schedule, then: Schedule) -> list[Shift]:
    found = []
    for before, after in zip(now.steps, then.steps, strict=True):
        was, to = before.expected, after.expected
        if was and to and was != to:
            known = _week(now, before.start)
            into = tuple(n for n in _week(then, after.start) if n not in known)
            found.append(Shift(before.step.id, was, to, _broken(before, to), into))
    return found


def _broken(time: StepTime, to: date) -> date | None:
    agreed = time.due if time.agreed else None
    holds = agreed is not None and time.expected is not None and time.expected <= agreed
    return agreed if agreed and holds and to > agreed else None


def _week(times: Schedule, day: date | None) -> list[str]:
    """Name what pauses work in the week of *day*."""
    if day is None or day.year >= date.max.year:
        return []
    monday = day - timedelta(days=day.weekday())
    return times.calendar.pauses(monday, monday + timedelta(days=6))
