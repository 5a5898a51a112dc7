"""Where the rows of a timeline stand: tokens, bars, texts and lines between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from mapsite.room.chart import Chart, Row
from mapsite.room.timescale import EDGE, GAP, WIDEST, WIDTH, Scale, half, width

RING = 0.45
"""Half the small ring where a day was before, in em."""
_OPEN = 0.5
_BEHIND = 2.4
"""From a row to the next one without a day, where nothing follows, in em."""
_AGAINST_TODAY = 4.0
"""How bad it is that the text of a late row stands away from today."""
_LIMIT = 96.5
"""No row without a day stands further right, in percent."""
_SHORTEST = 3.0
"""The shortest bar of a finished phase, in percent."""


@dataclass(slots=True)
class Spot:
    """Hold the place of one row; all x in percent."""

    row: Row
    index: int
    x: float
    """The token."""
    left: float
    """Where the row's shapes begin."""
    right: float
    """Where they end."""
    half: float
    """Half the token, in em."""
    late: bool = False
    """Whether dashes lead from the token to today."""
    is_guess: bool = False
    """Whether the row has no day and stands where it is likely."""
    moved: float | None = None
    held: float | None = None
    """The first day that can hold, where the agreed one cannot."""
    crossed: list[tuple[float, float, float]] = field(default_factory=list)
    """What its text should keep off: from and to in percent, and how badly."""

    @property
    def leaves(self) -> float:
        """Return where the critical path goes on."""
        beyond = self.row.end or self.late or self.held is not None
        return max(self.x, self.right) if beyond else self.x

    @property
    def moved_aside(self) -> float:
        """Return how far the ring of a moved day steps aside of its token, in em."""
        apart = ((self.moved or 0) - self.x) * WIDTH / 100
        lack = max(0.0, self.half + RING + 0.15 - abs(apart))
        return lack if apart > 0 else -lack

    def meets(self, x: float) -> float:
        """Return where the critical path arrives that comes down at *x*."""
        reaches = self.late or self.held is not None
        if reaches and self.x <= x <= self.right:
            return x
        begin = min(self.left, self.x) if self.row.start else self.x
        return min(max(x, begin), self.x) if x < self.x else self.x


@dataclass(frozen=True, slots=True)
class Label:
    """Hold the place of a row's text."""

    x: float
    dx: float
    """Moved aside, in em."""
    anchor: str
    begin: float
    """Where it begins, in em from *x*."""
    end: float

    @property
    def left(self) -> float:
        """Return where it begins in the narrowest drawing, in em."""
        return self.x * WIDTH / 100 + self.begin

    @property
    def right(self) -> float:
        """Return where it ends in the narrowest drawing, in em."""
        return self.x * WIDTH / 100 + self.end


def spots_of(chart: Chart, scale: Scale) -> list[Spot | None]:
    """Return the place of every row; headings of phases have none."""
    guesses = _guesses(chart, scale)
    spots: list[Spot | None] = []
    for index, row in enumerate(chart.rows):
        if row.kind == "phase":
            spots.append(None)
        elif row.day:
            spots.append(_dated(row, row.day, index, chart, scale))
        else:
            spots.append(_guessed(row, index, guesses[index]))
    return spots


def _dated(row: Row, day: date, index: int, chart: Chart, scale: Scale) -> Spot:
    """Place a row that has a *day*."""
    x = scale.x(day)
    moved = scale.x(row.moved_from) if row.moved_from else None
    late = row.state in ("late", "blocked") and day < chart.today
    ends = [x, *(scale.x(other) for other in (row.start, row.end) if other)]
    if moved is not None:
        ends.append(moved)
    if late:
        ends.append(scale.today)
    held = scale.x(row.held_until) if row.held_until else None
    if held is not None:
        ends.append(held)
    spot = Spot(
        row, index, x, min(ends), max(ends), half(row), late, moved=moved, held=held
    )
    if row.kind == "folded":
        spot.left = max(0.0, min(spot.left, spot.right - _SHORTEST))
    return spot


def _guessed(row: Row, index: int, x: float) -> Spot:
    """Place a row without a day."""
    if row.kind == "folded":
        return Spot(row, index, x, max(0.0, x - _SHORTEST), x, 0.0, is_guess=True)
    size = half(row) if row.is_done or row.kind in ("goal", "event") else _OPEN
    return Spot(row, index, x, x, x, size, is_guess=True)


def _guesses(chart: Chart, scale: Scale) -> dict[int, float]:
    """Return likely places of rows without a day, between those that have one."""
    rows = [(i, row) for i, row in enumerate(chart.rows) if row.kind != "phase"]
    places = [scale.x(row.day) if row.day else None for _, row in rows]
    goal = scale.x(chart.goal) if chart.goal else _LIMIT
    now = scale.today if scale.shows_today else 0.0
    found: dict[int, float] = {}
    before, at = 100 * EDGE / WIDTH, 0
    while at < len(rows):
        place, is_done = places[at], rows[at][1].is_done
        end = at + 1
        if place is not None:
            before, at = place, end
            continue
        while (
            end < len(rows) and places[end] is None and rows[end][1].is_done == is_done
        ):
            end += 1
        following = next((x for x in places[end:] if x is not None), goal)
        low = before if is_done else max(before, now)
        high = min(following, scale.today) if is_done else following
        found |= _spread([i for i, _ in rows[at:end]], low, high)
        before, at = found[rows[end - 1][0]], end
    return found


def _spread(group: list[int], low: float, high: float) -> dict[int, float]:
    """Spread rows evenly between two places, or behind the first for want of room."""
    aside = _BEHIND * 100 / WIDTH
    if high - low < aside / 2:
        return {i: min(_LIMIT, low + aside * k) for k, i in enumerate(group, 1)}
    part = (high - low) / (len(group) + 1)
    return {i: low + part * k for k, i in enumerate(group, 1)}


def paths(spots: list[Spot | None]) -> Iterator[tuple[Spot, Spot]]:
    """Return the critical path: from a row to each that waits for it."""
    for spot in spots:
        for index in spot.row.after if spot and spot.row.critical else ():
            earlier = spots[index] if 0 <= index < len(spots) else None
            if spot and earlier and earlier.row.critical and earlier is not spot:
                yield earlier, spot


def mark_crossings(
    spots: list[Spot | None],
    links: Iterable[tuple[Spot, Spot]],
    scale: Scale,
    goal: float | None,
) -> None:
    """Tell every row which lines run through it, so that its text keeps off them."""
    for spot in filter(None, spots):
        if scale.shows_today:
            spot.crossed.append((scale.today, scale.today, 2.0))
        if goal is not None:
            spot.crossed.append((goal, goal, 1.0))
    for earlier, later in links:
        x, meets = earlier.leaves, later.meets(earlier.leaves)
        low, high = sorted((earlier.index, later.index))
        for between in filter(None, spots[low + 1 : high]):
            between.crossed.append((x, x, 2.0))
        later.crossed.append((min(x, meets), max(x, meets), 3.0))


def label(spot: Spot, today: float) -> Label:
    """Choose the side of a row's text: right, or left where past or in the way."""
    wide = width(spot.row.note) * (1.08 if spot.row.kind == "goal" or spot.late else 1)
    before, behind = _aside(spot)
    right = Label(spot.right, behind, "", behind, behind + wide)
    left = Label(spot.left, -before, "end", -before - wide, -before)
    prefers_left = spot.x < today and not spot.late and spot.row.kind != "folded"
    first, other = (left, right) if prefers_left else (right, left)
    cost = _cost(spot, first)
    turned = _AGAINST_TODAY if spot.late else 0.0
    return other if cost and _cost(spot, other) + turned < cost else first


def _aside(spot: Spot) -> tuple[float, float]:
    """Return how far texts stand before and behind a row's shapes, in em."""
    em, reach = WIDTH / 100, spot.half + GAP
    before = max(reach - (spot.x - spot.left) * em, GAP)
    behind = max(reach - (spot.right - spot.x) * em, GAP)
    if spot.held is not None:
        behind = max(behind, RING + GAP - (spot.right - spot.held) * em)
    if spot.moved is not None:
        aside = spot.moved_aside
        before = max(before, RING + GAP - aside - (spot.moved - spot.left) * em)
        behind = max(behind, RING + GAP + aside - (spot.right - spot.moved) * em)
    return before, behind


def _cost(spot: Spot, place: Label) -> float:
    """Return how badly a text stands at *place*, at any width; 0 is free."""
    out = max(0.0, -place.left, place.right - WIDTH)
    cost = 50 + out if out else 0.0
    for low, high, weight in spot.crossed:
        begin, end = low - place.x, high - place.x
        begin *= (WIDTH if begin > 0 else WIDEST) / 100
        end *= (WIDEST if end > 0 else WIDTH) / 100
        if place.begin - 0.2 < end and begin < place.end + 0.2:
            cost += weight
    return cost
