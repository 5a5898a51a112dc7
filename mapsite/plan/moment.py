"""Moments and durations as plans write them: ``goal-3w``, ``week 9``, ``5d-10d``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mapsite.plan.day import read_date

MOST_WEEKS = 520
"""Ten years: no offset or duration of a plan is longer."""

Unit = Literal["d", "w", "cd"]
"""``d`` a business day of the plan's calendar, ``w`` a week, ``cd`` a calendar day."""

Anchor = Literal["created", "goal", "go-live"]

_MOST: dict[str, int] = {"d": MOST_WEEKS * 5, "w": MOST_WEEKS, "cd": MOST_WEEKS * 7}
_LONGEST = 40
"""No attempt at a moment has more characters."""
_WEEK = re.compile(r"week (-?[1-9]\d{0,3})", re.ASCII)
_OFFSET = re.compile(r"(created|goal|go-live)(?:([+-])(\d{1,5})(cd|d|w))?", re.ASCII)
_SPAN = re.compile(r"(\d{1,5})(cd|d|w)(?:-(\d{1,5})(cd|d|w))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold a point in time as the plan writes it; `Calendar.resolve` finds its day."""

    text: str
    """As written; shown where no day can be found."""
    day: date | None = None
    week: int | None = None
    """Week of the plan, 1 from `created`; the week before it is -1."""
    anchor: Anchor | None = None
    offset: int = 0
    """Signed number of units from the anchor."""
    unit: Unit = "cd"

    @property
    def open(self) -> bool:
        """Tell whether the plan says ``tbd``: it is known to be still open."""
        return self.text == "tbd"


@dataclass(frozen=True, slots=True)
class Duration:
    """Hold how long a step takes: so many units, a range, ``tbd`` or ``ongoing``."""

    text: str
    least: int = 0
    least_unit: Unit = "d"
    most: int = 0
    most_unit: Unit = "d"

    @property
    def known(self) -> bool:
        """Tell whether the duration is a number that a date can follow from."""
        return self.text not in {"tbd", "ongoing"}


def read_moment(text: str) -> Moment | None:
    """Return the moment that *text* writes, or None when it writes none."""
    if text == "tbd":
        return Moment(text)
    if match := _WEEK.fullmatch(text):
        week = int(match[1])
        return Moment(text, week=week) if abs(week) <= MOST_WEEKS else None
    if match := _OFFSET.fullmatch(text):
        anchor, sign, count, unit = match.groups(default="")
        if not unit:
            return Moment(text, anchor=anchor)  # type: ignore[arg-type]  # the pattern allows no other words
        if int(count) > _MOST[unit]:
            return None
        offset = -int(count) if sign == "-" else int(count)
        return Moment(text, anchor=anchor, offset=offset, unit=unit)  # type: ignore[arg-type]  # the pattern allows no other words
    day = read_date(text)
    return Moment(text, day=day) if day else None


def nearest_moment(text: str) -> str | None:
    """Return the moment that *text* may have meant, as it is written."""
    if len(text) > _LONGEST:
        return None
    word = re.sub(r"\s*([+-])\s*", r"\1", text.strip().lower().replace("_", "-"))
    word = re.sub(r"^go ?live\b", "go-live", word)
    word = re.sub(r"^week(?=\d)", "week ", word)
    word = re.sub(r"(\d) *(?:weeks?|wks?)$", r"\1w", word)
    word = re.sub(r"(\d) *(?:business days?|days?)$", r"\1d", word)
    return word if word != text and read_moment(word) else None


def read_duration(text: str) -> Duration | None:
    """Return the duration that *text* writes, or None when it writes none."""
    if text in {"tbd", "ongoing"}:
        return Duration(text)
    match = _SPAN.fullmatch(text)
    if not match:
        return None
    least, least_unit, most, most_unit = match.groups()
    most, most_unit = most or least, most_unit or least_unit
    if int(least) > _MOST[least_unit] or int(most) > _MOST[most_unit]:
        return None
    if least_unit == most_unit and int(least) > int(most):
        return None
    return Duration(text, int(least), least_unit, int(most), most_unit)  # type: ignore[arg-type]  # the pattern allows no other words
