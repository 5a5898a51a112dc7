"""The grid of a timeline: months, days in a short plan, years in a long one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mapsite.room.timescale import WIDTH, Scale, width

NAME_ASIDE = 0.45
"""From a line of the grid to its name, in em."""
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 6000, 12000)
"""Months from name to name; the first that leaves room for the names is taken."""
_HALF_YEAR = 6
_WEEK = 7
_LEAST_NAME = 2.4
"""No month's name is narrower, with its air, in em."""
_SHORT = 40
"""A shorter scale, in days, has lines for its Mondays."""
_SHORTER = 15
"""A shorter scale, in days, has lines for all its days."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Hold a line of the grid and, where it has room, its name."""

    x: float
    name: str = ""
    is_edge: bool = False
    """Whether it names what the drawing begins with and has no line."""


def ticks(scale: Scale, months: Callable[[date], str]) -> Iterator[Tick]:
    """Choose the grid: months, days in a short plan, years in a long one."""
    begin = max(1, int(scale.ordinal(0)) + 1)
    end = min(date.max.toordinal(), int(scale.ordinal(100)))
    first, last = date.fromordinal(begin), date.fromordinal(end)
    named, step = _names(scale, first, last, months)
    if end - begin < _SHORT:
        named |= _day_names(scale, begin, end, named)
    opening = months(first.replace(day=1))
    if _room(0, min(named, default=100.0), opening):
        yield Tick(0, opening, is_edge=True)
    between = _firsts(first, last, 1) if step < _HALF_YEAR else ()
    for x in sorted({*named, *map(scale.x, between)}):
        yield Tick(x, named.get(x, ""))


def _firsts(first: date, last: date, step: int) -> Iterator[date]:
    """Return the first days of every *step* months from *first* to *last*."""
    month = first.year * 12 + first.month - (first.day == 1)
    month += -month % step
    while month <= last.year * 12 + last.month - 1:
        yield date(month // 12, month % 12 + 1, 1)
        month += step


def _names(
    scale: Scale, first: date, last: date, months: Callable[[date], str]
) -> tuple[dict[float, str], int]:
    """Return the names that have room, by their place, and the months between them."""
    per_month = (scale.right - scale.left) / 100 * WIDTH * 30.4
    per_month /= scale.last - scale.first
    named: dict[float, str] = {}
    for step in (step for step in _STEPS if per_month * step > _LEAST_NAME):
        named = {scale.x(day): months(day) for day in _firsts(first, last, step)}
        if _have_room(named):
            break
    return {x: name if _room(x, 100.0, name) else "" for x, name in named.items()}, step


def _have_room(named: dict[float, str]) -> bool:
    """Tell whether no name runs into the next."""
    places = sorted(named)
    return all(_room(x, following, named[x]) for x, following in pairwise(places))


def _room(x: float, limit: float, name: str) -> bool:
    """Tell whether a name at *x* ends before *limit*."""
    return (limit - x) * WIDTH / 100 > NAME_ASIDE + width(name) + 0.2


def _day_names(
    scale: Scale, begin: int, end: int, months: dict[float, str]
) -> dict[float, str]:
    """Return the days, or the Mondays, that leave the names of *months* room."""
    step = 1 if end - begin < _SHORTER else _WEEK
    begin += (1 - begin) % step
    named = {}
    for ordinal in range(begin, end + 1, step):
        x, name = scale.of(ordinal), str(date.fromordinal(ordinal).day)
        if x not in months:
            clear = all(
                _room(at, x, word) if at < x else _room(x, at, name)
                for at, word in [*months.items(), (100.0, "")]
            )
            named[x] = name if clear else ""
    return named
