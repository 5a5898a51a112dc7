"""The drawing of a plan on its calendar, made while the room is built."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from mapsite.room import shapes
from mapsite.room.chart import Chart, Row, Stop, Words
from mapsite.room.escaping import Markup, safe
from mapsite.room.legend import legend
from mapsite.room.shapes import LETTER_DOWN, number
from mapsite.room.spots import RING, Spot, label, mark_crossings, paths, spots_of
from mapsite.room.timegrid import NAME_ASIDE, ticks
from mapsite.room.timescale import WIDTH, Head, Scale, fit, heads_of

__all__ = ["Chart", "Row", "Stop", "Words", "draw", "legend"]

HEAD = 4.2
"""Above the first row, in em; the stylesheet gives the list the same."""
ROW = 2.6
"""A row's height, in em; the stylesheet gives the list the same."""
SPARE_ASIDE = 0.9
"""Between a text and the line behind it, in percent."""
SPARE_LEAST = 1.0
_NAMES = 1.0
_HEADS = 2.75
_LINES = 3.2


def draw(chart: Chart) -> Markup:
    """Draw *chart* as one inline SVG; without any day as a staircase to the goal."""
    height = HEAD + ROW * len(chart.rows)
    parts = _on_scale(chart, height) if chart.is_dated else _in_order(chart)
    return safe(  # shapes escape every text
        shapes.picture(height + 0.6, chart.label, parts)
    )


def _middle(index: int) -> float:
    """Return the middle of a row, in em."""
    return HEAD + ROW * (index + 0.5)


def _on_scale(chart: Chart, height: float) -> Iterator[str]:
    """Draw a plan with days, from back to front."""
    scale = fit(chart)
    spots = spots_of(chart, scale)
    links = list(paths(spots))
    goal = scale.x(chart.goal) if chart.goal else None
    mark_crossings(spots, links, scale, goal)
    if scale.today:
        yield shapes.band(scale.today, HEAD, height - HEAD)
    heads = heads_of(chart, scale)
    yield from _grid(chart, scale, heads, height)
    yield from _rows(len(chart.rows))
    if goal is not None:
        yield shapes.line("goal", goal, _LINES, goal, height)
    if scale.shows_today:
        yield shapes.line("now", scale.today, _LINES, scale.today, height)
    for head in heads:
        yield shapes.text(
            head.x, _HEADS, head.words, name="ink", dx=head.dx, anchor=head.anchor
        )
    for earlier, later in links:
        yield from _elbow(earlier, later)
    letters = {"buyer": chart.buyer_letter, "seller": chart.seller_letter}
    for spot in filter(None, spots):
        yield from _spot(spot, scale, letters)


def _grid(
    chart: Chart, scale: Scale, heads: tuple[Head, ...], height: float
) -> Iterator[str]:
    """Draw months, or days, and their names; a line leaves out the texts above it."""
    covered = [head.covered for head in heads]
    for tick in ticks(scale, chart.months):
        top = 0.0 if tick.name else HEAD
        if not top and any(low < tick.x < high for low, high in covered):
            yield shapes.line("grid", tick.x, 0, tick.x, _NAMES + 0.4)
            top = HEAD
        if not tick.is_edge:
            yield shapes.line("grid", tick.x, top, tick.x, height)
        if tick.name:
            yield shapes.text(tick.x, _NAMES, tick.name, dx=NAME_ASIDE)


def _rows(count: int) -> Iterator[str]:
    """Draw the lines between *count* rows."""
    for index in range(count + 1):
        yield shapes.line("row", 0, HEAD + ROW * index, 100, HEAD + ROW * index)


def _elbow(earlier: Spot, later: Spot) -> Iterator[str]:
    """Draw one link of the critical path."""
    x, begin, end = earlier.leaves, _middle(earlier.index), _middle(later.index)
    yield shapes.line("crit", x, begin, x, end)
    meets = later.meets(x)
    if number(meets) != number(x):
        yield shapes.line("crit", x, end, meets, end)


def _spot(spot: Spot, scale: Scale, letters: dict[str, str]) -> Iterator[str]:
    """Draw one row: bar, where it moved from, how late, its shape and its text."""
    row, y = spot.row, _middle(spot.index)
    if row.kind == "folded":
        yield shapes.bar("fold", spot.left, spot.right, y)
    else:
        yield from _bar(spot, scale, y)
        if spot.moved is not None:
            yield shapes.line("move", spot.moved, y, spot.x, y)
            yield shapes.at(spot.moved, y, shapes.ring("old", RING, spot.moved_aside))
        if spot.late:
            yield shapes.line("late", spot.x, y, scale.today, y)
        if spot.held is not None:
            yield shapes.line(
                "held", scale.today if spot.late else spot.x, y, spot.held, y
            )
            yield shapes.at(spot.held, y, shapes.ring("held", RING))
        yield shapes.at(spot.x, y, _shape(spot, letters))
    if row.note:
        yield _text(spot, scale, y)
    if row.spare_until:
        yield from _spare(spot, row.spare_until, scale, y)


def _spare(spot: Spot, until: date, scale: Scale, y: float) -> Iterator[str]:
    """Draw until when a row can slip, behind its text."""
    place = label(spot, scale.today)
    begin = max(place.x + place.end * 100 / WIDTH, spot.right) + SPARE_ASIDE
    end = scale.x(until)
    if end - begin > SPARE_LEAST:
        yield shapes.line("spare", begin, y, end, y)
        yield shapes.line("spare is-end", end, y - 0.3, end, y + 0.3)


def _bar(spot: Spot, scale: Scale, y: float) -> Iterator[str]:
    """Draw the time that the work takes, full as far as today."""
    row = spot.row
    if not row.day or not (row.start or row.end):
        return
    begin = min(scale.x(row.start or row.day), spot.x)
    end = max(scale.x(row.end or row.day), spot.x)
    now = end if row.is_done else min(scale.today, end) if row.begun else begin
    side = next((side for side in ("buyer", "seller") if side in row.sides), "none")
    if now < end:
        yield shapes.bar(side, begin, end, y)
    if now > begin:
        yield shapes.bar(f"{side} is-full", begin, now, y)


def _shape(spot: Spot, letters: dict[str, str]) -> str:
    """Choose a row's shape: a diamond, a small open ring, or the sides' tokens."""
    row = spot.row
    is_open = (row.derived or spot.is_guess) and not row.is_done
    if row.kind in ("goal", "event"):
        goal = " is-goal" if row.kind == "goal" else ""
        return shapes.diamond(goal + (" is-open" if is_open else ""))
    if row.is_done:
        return shapes.tokens(row.sides, letters, " is-full")
    if spot.is_guess:
        return shapes.ring("open", 0.5)
    filling = " is-off" if row.state == "cancelled" else " is-open" if is_open else ""
    return shapes.tokens(row.sides, letters, filling)


def _text(spot: Spot, scale: Scale, y: float) -> str:
    """Write a row's text on the side where it stands best."""
    place = label(spot, scale.today)
    is_past = scale.today and place.right * 100 / WIDTH <= scale.today
    name = "past" if is_past else ""
    if spot.row.state in ("late", "blocked"):
        name = "stop"
    elif spot.row.kind == "goal":
        name = "ink"
    return shapes.text(
        place.x,
        y + LETTER_DOWN,
        spot.row.note,
        name=name,
        dx=place.dx,
        anchor=place.anchor,
    )


def _in_order(chart: Chart) -> Iterator[str]:
    """Draw a plan without days: numbered rings, in order, up to the goal."""
    yield shapes.text(0, _NAMES, chart.first_word, name="ink")
    yield shapes.text(100, _NAMES, chart.last_text, name="ink", anchor="end")
    yield from _rows(len(chart.rows))
    drawn = [i for i, row in enumerate(chart.rows) if row.kind != "phase"]
    part = 86 / max(1, len(drawn) - 1)
    places = [(5 + part * k, _middle(i)) for k, i in enumerate(drawn)]
    for (x1, y1), (x2, y2) in pairwise(places):
        yield shapes.line("seq", x1, y1, x2, y1)
        yield shapes.line("seq", x2, y1, x2, y2)
    counted = 0
    for (x, y), index in zip(places, drawn, strict=True):
        row = chart.rows[index]
        counted += row.kind not in ("goal", "event")
        yield shapes.at(x, y, _numbered(row, counted))


def _numbered(row: Row, count: int) -> str:
    """Draw a row without a day around zero; full where it is done."""
    if row.kind in ("goal", "event"):
        return shapes.diamond(" is-goal" if row.kind == "goal" else "")
    full = " is-full" if row.is_done else ""
    digits = f'<text class="map-g-let map-g-ink{full}" y=".36em">{count}</text>'
    return shapes.ring(f"open{full}", 0.9) + digits
