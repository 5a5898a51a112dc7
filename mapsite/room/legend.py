"""The key to a timeline: only the signs that occur in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mapsite.room import shapes
from mapsite.room.chart import Chart
from mapsite.room.escaping import Markup, safe


@dataclass(frozen=True, slots=True)
class Sign:
    """Hold one sign and what it means."""

    drawing: Markup
    words: str
    is_wide: bool
    """Whether it occurs in the drawing alone, not in the list that phones show."""


def legend(chart: Chart, drawing: str) -> tuple[Sign, ...]:
    """Return the signs that occur in *drawing*, that of *chart*.

    An order without days needs none.
    """
    if not chart.is_dated:
        return ()
    return (*_sides(chart), *_lines(chart, drawing))


def _sides(chart: Chart) -> Iterator[Sign]:
    """Explain both shapes: one side full, the other to come, where both occur."""
    words = chart.words
    sides = (
        ("buyer", chart.buyer_letter, words.buyer_done, words.buyer_todo, True),
        ("seller", chart.seller_letter, words.seller_done, words.seller_todo, False),
    )
    for side, letter, done, todo, prefers_done in sides:
        rows = [row for row in chart.rows if row.kind == "step" and side in row.sides]
        states = {row.is_done for row in rows if row.state != "cancelled"}
        if states:
            full = prefers_done if len(states) > 1 else True in states
            shape = shapes.token(side, letter, " is-full" if full else "")
            yield Sign(_sign(1.7, shape, 0.85), done if full else todo, is_wide=False)


def _lines(chart: Chart, drawing: str) -> Iterator[Sign]:
    """Explain lines, bars and rings."""
    rows, words = [row for row in chart.rows if row.day], chart.words
    heavy = '<line class="map-g-crit" x1="-1.2em" x2="1.2em"/>'
    if sum(row.critical for row in rows) > 1:
        yield Sign(_sign(2.4, heavy, 1.2), words.critical, is_wide=False)
    side = next((row.sides[0] for row in rows if row.sides and row.start), "buyer")
    if any(row.kind == "step" and (row.start or row.end) for row in rows):
        bar = (
            f'<rect class="map-g-{side}" x="-1.2em" y="-.26em" width="2.4em"'
            f' height=".52em" rx=".26em"/><rect class="map-g-{side} is-full"'
            ' x="-1.2em" y="-.26em" width="1.2em" height=".52em" rx=".26em"/>'
        )
        yield Sign(_sign(2.4, bar, 1.2), words.bar, is_wide=True)
    late = ("late", "blocked")
    if any(row.day and row.state in late and row.day < chart.today for row in rows):
        dashes = '<line class="map-g-late" x1="-1.2em" x2="1.2em"/>'
        yield Sign(_sign(2.4, dashes, 1.2), words.late, is_wide=True)
    if any(row.moved_from for row in rows):
        moved = '<line class="map-g-move" x1="-.7em" x2="1.2em"/>'
        moved += shapes.ring("old", 0.45, -0.7)
        yield Sign(_sign(2.4, moved, 1.2), words.moved, is_wide=True)
    if any(row.held_until for row in rows):
        held = '<line class="map-g-held" x1="-1.2em" x2=".7em"/>'
        held += shapes.ring("held", 0.45, 0.7)
        yield Sign(_sign(2.4, held, 1.2), words.held, is_wide=True)
    if "map-g-spare" in drawing:
        spare = '<line class="map-g-spare" x1="-1.2em" x2="1.2em"/>'
        spare += (
            '<line class="map-g-spare" x1="1.2em" x2="1.2em" y1="-.3em" y2=".3em"/>'
        )
        yield Sign(_sign(2.4, spare, 1.2), words.spare, is_wide=True)
    if any(
        (row.derived or not row.day) and not row.is_done
        for row in chart.rows
        if row.kind in ("step", "goal")
    ):
        shape = shapes.ring("derived", 0.7)
        yield Sign(_sign(1.7, shape, 0.85), words.derived, is_wide=False)


def _sign(wide: float, shapes_around_zero: str, x: float) -> Markup:
    """Close one sign into a small picture of its own."""
    return safe(  # the only text in it is an escaped letter
        f'<svg width="{shapes.number(wide)}em" height="1.6em" aria-hidden="true">'
        f'<svg x="{shapes.number(x)}em" y=".8em" overflow="visible">'
        f"{shapes_around_zero}</svg></svg>"
    )
