"""The agreed days of a version's steps, by that version's own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mapsite.plan.calendar import Calendar, known_holidays
from mapsite.plan.day import read_date
from mapsite.plan.model import Closed, Goal, Party, Plan, WorkCalendar
from mapsite.plan.moment import read_moment
from mapsite.plan.texts import DAYS, read_workdays

Tree = dict[str, Any]


def agreed_days(tree: Tree, steps: Mapping[str, Tree]) -> dict[str, str]:
    """Return the day that both sides speak of for each of *steps* that has one.

    It is that of `due`, or of `start` where only that can be known.
    """
    found: dict[str, str] = {}
    calendar: Calendar | None = None
    for one, step in steps.items():
        for field in ("due", "start"):
            text = step.get(field)
            if text is None:
                continue
            day = read_date(text)
            if day is None and (moment := read_moment(text)):
                calendar = calendar or _calendar(tree)
                day = calendar.resolve(moment, end=field == "due")
            if day:
                found[one] = day.isoformat()
                break
    return found


def stays_internal(item: Tree) -> bool:
    """Tell whether *item* says of itself that nobody outside may see it."""
    internal = item.get("internal")
    return isinstance(internal, str) and internal != "false"


def _calendar(tree: Tree) -> Calendar:
    """Return the calendar of a version that nobody has checked."""
    goal, work = _map(tree.get("goal")), _map(tree.get("calendar"))
    # Checking a version whole would take as long as making a room of it.
    party = Party.model_construct(name="")
    plan = Plan.model_construct(
        title="",
        buyer=party,
        seller=party,
        created=_day(tree.get("created")),
        goal=Goal.model_construct(
            outcome="", date=_day(goal.get("date")), go_live=_day(goal.get("go_live"))
        ),
        calendar=WorkCalendar.model_construct(
            workdays=_workdays(work.get("workdays")),
            holidays=tuple(
                code
                for code in _list(work.get("holidays"))
                if isinstance(code, str) and known_holidays(code)
            ),
            closed=tuple(_windows(work.get("closed"))),
        ),
    )
    return Calendar(plan)


def _workdays(value: Any) -> tuple[int, ...]:  # noqa: ANN401  # not checked
    days = read_workdays(value) if isinstance(value, str) else None
    if isinstance(value, list) and value and all(day in DAYS for day in value):
        days = tuple(DAYS.index(day) for day in value)
    return days or (0, 1, 2, 3, 4)


def _windows(value: Any) -> list[Closed]:  # noqa: ANN401  # not checked
    windows = []
    for window in _list(value):
        if isinstance(window, dict):
            first, last = _day(window.get("from")), _day(window.get("to"))
            if first and last and not stays_internal(window):
                windows.append(Closed.model_construct(from_=first, to=last))
    return windows


def _day(value: Any) -> date | None:  # noqa: ANN401  # not checked
    return read_date(value) if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:  # noqa: ANN401  # not checked
    return value if isinstance(value, list) else []


def _map(value: Any) -> Tree:  # noqa: ANN401  # not checked
    return value if isinstance(value, dict) else {}
