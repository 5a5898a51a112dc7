"""The plan's own calendar: which days count, and which day a moment names.

``d`` moves by business days as numpy's ``busday_offset`` does (first onto a business
day, then on); ``w`` and ``cd`` move by calendar days and land wherever they land.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache
from types import ModuleType
from typing import Any

from mapsite.plan.item import shown
from mapsite.plan.model import Plan
from mapsite.plan.moment import Duration, Moment, Unit

_FURTHEST = 30
"""Years without a business day, after which none is looked for."""


@cache
def known_holidays(code: str) -> bool:
    """Tell whether ``US`` or ``DE-BY`` names holidays that are known."""
    package = _package()
    country, _, region = code.partition("-")
    loader = package.registry.EntityLoader
    if country not in loader.get_country_codes(include_aliases=False):
        return False
    return not region or region in getattr(package, country).subdivisions


@cache
def _holidays(code: str, year: int) -> dict[date, str]:
    country, _, region = code.partition("-")
    named = getattr(_package(), country)
    return dict(named(subdiv=region or None, years=year, language="en_US"))


@cache
def _package() -> Any:  # noqa: ANN401  # a module whose names it makes up itself
    """Import the package of holidays, each country only when it is asked for."""
    import holidays  # noqa: PLC0415  # 60 ms, and many plans name none

    # Left to itself, the first country brings all 250: a quarter of a second. Python
    # finds each module by the path of an empty package just as well.
    countries = ModuleType("holidays.countries")
    countries.__path__ = [f"{holidays.__path__[0]}/countries"]
    sys.modules.setdefault(countries.__name__, countries)
    return holidays


def is_holiday(code: str, day: date) -> bool:
    """Tell whether *day* is a public holiday of ``US`` or ``DE-BY``."""
    return day in _holidays(code, day.year)


@cache
def _open_days(
    workdays: frozenset[int], codes: tuple[str, ...], year: int
) -> tuple[int, ...]:
    """Return the days of *year* on which people work, as ordinals."""
    free = {day.toordinal() for code in codes for day in _holidays(code, year)}
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    # Ordinal 1 is a Monday.
    return tuple(
        day
        for day in range(first, last + 1)
        if (day - 1) % 7 in workdays and day not in free
    )


def holiday_name(code: str, day: date) -> str | None:
    """Return what the public holiday on *day* is called, None where it is none."""
    return _holidays(code, day.year).get(day)


class Calendar:
    """Count the business days of one plan."""

    def __init__(self, plan: Plan) -> None:
        """Take workdays, holidays, closed windows and anchors from *plan*."""
        work = plan.calendar
        self._workdays = frozenset(work.workdays)
        self._codes = work.holidays
        # A hidden window would show in every date that avoids it.
        self._windows = shown(work.closed)
        self._closed = tuple(
            (window.from_.toordinal(), window.to.toordinal())
            for window in self._windows
        )
        self._years: dict[int, tuple[int, ...]] = {}
        self.created = plan.created
        self._anchors = {
            "created": plan.created,
            "goal": plan.goal.date,
            "go-live": plan.goal.go_live,
        }

    def is_workday(self, day: date) -> bool:
        """Tell whether people work on *day*."""
        return self._move(day, 0, 1) == day

    def roll(self, day: date, step: int = 1) -> date | None:
        """Return *day* or the nearest business day after (*step* 1) or before (-1) it.

        None where thirty years, or all that are left, hold no such day.
        """
        return self._move(day, 0, step)

    def shift(self, day: date, count: int, unit: Unit) -> date | None:
        """Return the day *count* units after *day*, before it where negative.

        None where the calendar, or the year 9999, ends before.
        """
        if unit == "d":
            return self._move(day, count, -1 if count < 0 else 1)
        try:
            return day + timedelta(days=count * (7 if unit == "w" else 1))
        except OverflowError:
            return None

    def between(self, first: date, last: date) -> int:
        """Count the business days after *first* up to *last*; negative if earlier."""
        if last < first:
            return -self.between(last, first)
        low, high = first.toordinal(), last.toordinal()
        return sum(
            bisect_right(days, high) - bisect_right(days, low)
            for days in map(self._days_of, range(first.year, last.year + 1))
        )

    def _move(self, day: date, count: int, step: int) -> date | None:
        """Roll *day* in the direction of *step*, then go *count* business days on."""
        at, year = day.toordinal(), day.year
        days = self._days_of(year)
        place = bisect_left(days, at) if step > 0 else bisect_right(days, at) - 1
        place += count
        empty = 0
        while not 0 <= place < len(days):
            back = place < 0
            place -= 0 if back else len(days)
            year += -1 if back else 1
            if not date.min.year <= year <= date.max.year or empty > _FURTHEST:
                return None
            days = self._days_of(year)
            empty = 0 if days else empty + 1
            place += len(days) if back else 0
        return date.fromordinal(days[place])

    def _days_of(self, year: int) -> tuple[int, ...]:
        """Return the business days of *year* as ordinals."""
        found = self._years.get(year)
        if found is None:
            found = _open_days(self._workdays, self._codes, year)
            if self._closed:
                found = tuple(day for day in found if not self._is_closed(day))
            self._years[year] = found
        return found

    def _is_closed(self, day: int) -> bool:
        return any(first <= day <= last for first, last in self._closed)

    def pauses(self, first: date, last: date) -> list[str]:
        """Name the holidays and closed windows between *first* and *last*."""
        named = [
            window.why or f"closed {window.from_} to {window.to}"
            for window in self._windows
            if window.from_ <= last and first <= window.to
        ]
        day = first
        while day <= last:
            if day.weekday() in self._workdays:
                names = (holiday_name(code, day) for code in self._codes)
                named += [name for name in names if name]
            day += timedelta(days=1)
        return list(dict.fromkeys(named))

    def add(self, day: date, takes: Duration) -> date | None:
        """Return the day on which work of the longer length of *takes* ends."""
        return self.shift(day, takes.most, takes.most_unit)

    def subtract(self, day: date, takes: Duration) -> date | None:
        """Return the day on which work of the longer length of *takes* must begin."""
        return self.shift(day, -takes.most, takes.most_unit)

    def week(self, day: date) -> int | None:
        """Return the week of the plan that *day* lies in; 1 is the week of `created`.

        Weeks begin on Monday; -1 is the week before week 1.
        """
        if self.created is None:
            return None
        number = (_monday(day) - _monday(self.created)).days // 7 + 1
        return number if number > 0 else number - 1

    def resolve(self, moment: Moment | None, *, end: bool = True) -> date | None:
        """Return the day that *moment* names, or None while it cannot be known.

        A week is its last business day, or its first one unless *end*.
        """
        if moment is None:
            return None
        if moment.week is not None:
            return self._in_week(moment.week, end=end)
        if moment.anchor is not None:
            anchor = self._anchors[moment.anchor]
            return self.shift(anchor, moment.offset, moment.unit) if anchor else None
        return moment.day

    def _in_week(self, number: int, *, end: bool) -> date | None:
        if self.created is None:
            return None
        try:
            weeks = number - 1 if number > 0 else number
            monday = _monday(self.created) + timedelta(weeks=weeks)
            days = [monday + timedelta(days=n) for n in range(7)]
        except OverflowError:
            return None
        working = [day for day in days if self.is_workday(day)] or days[:5]
        return working[-1] if end else working[0]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
