"""Days in words, and dates that follow from others: nobody is shown ``goal-10d``."""

from __future__ import annotations

from datetime import date

from mapsite.plan.moment import read_moment

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)

_UNITS = {"d": "business day", "w": "week", "cd": "day"}
_ANCHORS = {"goal": "the goal", "go-live": "the go-live", "created": "the plan's start"}


def day_in_words(day: date, year: int | None) -> str:
    """Say a day, without its year where that is *year*: ``28 May``."""
    told = "" if day.year == year else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{told}"


def is_relative(text: str) -> bool:
    """Tell whether *text* is a moment that names no day: ``goal-3w``, ``tbd``."""
    moment = read_moment(text)
    return moment is not None and moment.day is None


def moment_in_words(text: str) -> str:
    """Say a moment that names no day: ``10 business days before the goal``."""
    moment = read_moment(text)
    if moment is None or moment.open:
        return "a day to be agreed"
    if moment.week is not None:
        return f"week {moment.week} of the plan"
    anchor = _ANCHORS[moment.anchor or "goal"]
    if not moment.offset:
        return f"the day of {anchor}"
    count, unit = abs(moment.offset), _UNITS[moment.unit]
    side = "before" if moment.offset < 0 else "after"
    return f"{count} {unit}{'' if count == 1 else 's'} {side} {anchor}"
