"""What a timeline shows: rows in words and days. No shapes, no clock, no catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["step", "goal", "event", "phase", "folded"]
"""``goal`` the step that is the goal, ``event`` a day, ``folded`` a finished phase."""


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of the timeline; all its words are final."""

    kind: Kind
    label: str
    href: str = ""
    """``#step-demo``; empty for events and headings of phases."""
    state: str = ""
    """``done doing todo late blocked risk open cancelled``, or empty."""
    state_word: str = ""
    """The word beside the mark, ``5 days late``."""
    sides: tuple[str, ...] = ()
    """Who takes part: ``buyer``, ``seller``, both or nobody named."""
    day: date | None = None
    """Where the token stands."""
    start: date | None = None
    """Where the bar begins, if the work takes time."""
    end: date | None = None
    """Where the bar ends, if the work goes on after *day*."""
    moved_from: date | None = None
    """The first agreed day of a step that was moved."""
    derived: bool = False
    """Whether the day only follows from others; nobody agreed on it."""
    begun: bool = False
    """Whether somebody works on it."""
    held_until: date | None = None
    """The first day that can hold, where the agreed one cannot."""
    spare_until: date | None = None
    """Until when it can slip before anything else moves."""
    critical: bool = False
    after: tuple[int, ...] = ()
    """Rows that it waits for; drawn where both lie on the critical path."""
    note: str = ""
    """The text beside the token, ``28 May`` or ``5 days late``."""
    day_text: str = ""
    """The day in the list, ``28 May``."""
    moved_text: str = ""
    """The first day in the list, ``was 8 May``."""
    told_text: str = ""
    """In the list, ``as things stand 10 Jun`` or ``3 weeks to spare``."""

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to do here."""
        return self.state == "done" or self.kind == "folded"


@dataclass(frozen=True, slots=True)
class Words:
    """Name the signs of a drawing; only those that occur are shown."""

    buyer_done: str
    buyer_todo: str
    seller_done: str
    seller_todo: str
    critical: str
    bar: str
    late: str
    moved: str
    derived: str
    spare: str
    held: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Hold one line of the list: a row, or the place of today (`row` is None)."""

    row: Row | None
    classes: str
    """``map-stop is-critical``, as the stylesheet names them."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Hold a whole timeline: rows in the order of the plan, and words around them."""

    rows: tuple[Row, ...]
    today: date
    today_text: str
    """``Today 24 May``, above its line."""
    today_day_text: str
    """``24 May``, in the list."""
    today_word: str
    """``Today``, in the list."""
    goal: date | None
    goal_text: str
    """``Goal``, above its line."""
    buyer_letter: str
    seller_letter: str
    label: str
    """What a screen reader says of the drawing as a whole."""
    months: Callable[[date], str]
    """Names a month by its first day: ``Jun``, and ``Jan 2027`` where a year begins."""
    words: Words
    first_word: str
    """Where a drawing without days begins, ``First``."""
    last_text: str
    """Where it ends, ``Goal, on a day we choose together``."""
    lead: str = ""
    """The sentence under the heading; the catalogue has one where this is empty."""

    @property
    def is_dated(self) -> bool:
        """Tell whether anything has a day, so that there is a scale."""
        return self.goal is not None or any(row.day for row in self.rows)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Return the list: every row with its classes, and today where it belongs."""
        heavy = [i for i, row in enumerate(self.rows) if row.critical]
        first, last = (heavy[0], heavy[-1]) if len(heavy) > 1 else (-1, -1)
        through = _through(self.rows) if len(heavy) > 1 else frozenset()
        stops = [
            Stop(row, _classes(row, i in through, i == first, i == last))
            for i, row in enumerate(self.rows)
        ]
        if self.is_dated:
            at = _today_at(self)
            both = " is-through" if {at - 1, at} <= through and at != first else ""
            stops.insert(at, Stop(None, "map-stop map-stop--today" + both))
        return tuple(stops)


def _through(rows: tuple[Row, ...]) -> frozenset[int]:
    """Return the rows that the heavy line runs through: critical ones, and headings."""
    found: set[int] = set()
    headings: list[int] = []
    before = False
    for index, row in enumerate(rows):
        if row.kind == "phase":
            headings.append(index)
            continue
        if row.critical:
            found |= {index, *(headings if before else ())}
        before, headings = row.critical, []
    return frozenset(found)


def _classes(row: Row, is_through: bool, is_first: bool, is_last: bool) -> str:  # noqa: FBT001  # three of a kind
    """Name what the stylesheet needs to know of a row."""
    named = {
        "map-stop--phase": row.kind == "phase",
        "is-done": row.is_done,
        "is-open": not row.is_done and (row.derived or not row.day),
        "is-goal": row.kind == "goal",
        "is-off": row.state == "cancelled",
        "is-critical": row.critical,
        "is-through": is_through,
        "is-first": is_first,
        "is-last": is_last,
    }
    return " ".join(["map-stop", *(name for name, is_so in named.items() if is_so)])


def _today_at(chart: Chart) -> int:
    """Return the place of today: before the first row to come and its heading."""
    rows = chart.rows
    at = next(
        (i for i, row in enumerate(rows) if row.day and row.day > chart.today), None
    )
    if at is None:
        days = [i for i, row in enumerate(rows) if row.day]
        return days[-1] + 1 if days else 0
    while at and not rows[at - 1].day and not rows[at - 1].is_done:
        at -= 1
    return at
