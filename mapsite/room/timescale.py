"""The scale of a timeline: from days to percent, and the texts above its two lines."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from mapsite.room.chart import Chart, Row

WIDTH = 50.0
"""The narrowest drawing, in em of its text: what has room here has room everywhere."""
WIDEST = 70.0
"""The widest drawing, in em."""
CHARACTER = 0.56
"""The width of an average character, in em."""
GAP = 0.5
"""Between a shape and its text, in em."""
EDGE = 2.5
"""Kept free at both edges, in em: half of two tokens and a little air."""
_WIDE_EDGE = 16.0
"""No edge is wider, in em, however long a text is."""
_SHORTEST = 4
"""The shortest scale, in days."""
_NEAR = 21
"""Today is shown in any plan that is so many days away or nearer."""
_NEAR_ALONE = 400
"""The same for a plan with a single day, which nothing else gives a measure."""


@lru_cache(maxsize=4096)
def width(words: str) -> float:
    """Estimate the width of *words* in em."""
    if words.isascii():
        return CHARACTER * len(words)
    return sum(
        1.0 if unicodedata.east_asian_width(sign) in "WF" else CHARACTER
        for sign in words
        if not unicodedata.combining(sign)
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """Turn days into percent of the drawing's width."""

    first: int
    """The earliest day, as an ordinal."""
    last: int
    left: float
    """Where the earliest day stands, in percent."""
    right: float
    """Where the latest day stands, in percent."""
    today: float
    """Where today stands; 0 or 100 if it is too far away to be shown."""
    shows_today: bool

    def x(self, day: date) -> float:
        """Return where *day* stands, in percent."""
        return self.of(day.toordinal())

    def of(self, ordinal: int) -> float:
        """Return where the day with this *ordinal* stands, in percent."""
        along = (ordinal - self.first) / (self.last - self.first)
        return min(100.0, max(0.0, self.left + along * (self.right - self.left)))

    def ordinal(self, x: float) -> float:
        """Return the day at *x* percent, with its fraction, as an ordinal."""
        along = (x - self.left) / (self.right - self.left)
        return self.first + along * (self.last - self.first)


def half(row: Row) -> float:
    """Return half the width of a row's shape, in em."""
    if row.kind == "folded":
        return 0.0
    if row.kind in ("goal", "event"):
        return 0.82
    return 1.58 if len(set(row.sides)) > 1 else 0.78


def fit(chart: Chart) -> Scale:
    """Choose the scale: all days, today if near, and room for texts at the edges."""
    days = [
        day.toordinal()
        for row in chart.rows
        for day in (row.day, row.start, row.end, row.moved_from, row.held_until)
        if day and row.day
    ]
    days += [chart.goal.toordinal()] if chart.goal else []
    first, last, today = min(days), max(days), chart.today.toordinal()
    reach = max(_NEAR, (last - first) // 2) if last > first else _NEAR_ALONE
    shows_today = first - reach <= today <= last + reach
    at_edge = 0.0 if today < first else 100.0
    if shows_today:
        first, last = min(first, today), max(last, today)
    thin = max(0, _SHORTEST - (last - first))
    first, last = first - (thin + 1) // 2, last + thin // 2
    scale = Scale(first, last, 0, 100, at_edge, shows_today)
    return _with_room(chart, scale, *_edges(chart.rows))


def _edges(rows: tuple[Row, ...]) -> tuple[float, float]:
    """Return the least edges, in em; rows without a day stand in wider ones."""
    drawn = [row for row in rows if row.kind != "phase"]
    if not drawn:
        return EDGE, EDGE
    return EDGE * (1 if drawn[0].day else 3), EDGE * (1 if drawn[-1].day else 3)


def _with_room(chart: Chart, scale: Scale, left: float, right: float) -> Scale:
    """Widen the edges, given in em, until every text has room on one of its sides."""
    needs = [_need(row, chart.today) for row in chart.rows if row.day]
    for _ in range(2):
        scale = _padded(chart, scale, left, right)
        lacks = [lack for need in needs if (lack := _lack(scale, need))]
        if not lacks:
            break
        left = min(_WIDE_EDGE, left + max(lack for lack, _ in lacks))
        right = min(_WIDE_EDGE, right + max(lack for _, lack in lacks))
        scale = _padded(chart, scale, left, right)
    heads = heads_of(chart, scale)
    if [head.anchor for head in heads] != ["end", "start"]:
        return scale
    left += max(0.0, -heads[0].begin(WIDTH))
    right += max(0.0, heads[1].end(WIDTH) - WIDTH)
    return _padded(chart, scale, min(left, _WIDE_EDGE), min(right, _WIDE_EDGE))


def _padded(chart: Chart, scale: Scale, left: float, right: float) -> Scale:
    """Return the scale with edges of *left* and *right* em."""
    first, last, shows_today = scale.first, scale.last, scale.shows_today
    left, right = left / WIDTH * 100, 100 - right / WIDTH * 100
    today = scale.today
    if shows_today:
        along = (chart.today.toordinal() - first) / (last - first)
        today = left + along * (right - left)
    return Scale(first, last, left, right, today, shows_today)


class _Need(NamedTuple):
    first: int
    last: int
    beside: float
    best: str


def _need(row: Row, today: date) -> _Need:
    """Return what a row needs: its days, and the em of its shape and text beside."""
    marks = (row.day, row.start, row.end, row.moved_from, row.held_until)
    days = [day.toordinal() for day in marks if day]
    beside = half(row) + GAP + width(row.note) + 0.1
    best = ""
    if row.end or (row.critical and row.after):
        best = "right"
    elif row.is_done and row.kind != "folded" and max(days) < today.toordinal():
        best = "left"
    return _Need(min(days), max(days), beside, best)


def _lack(scale: Scale, need: _Need) -> tuple[float, float] | None:
    """Return how many em a row's text lacks at the left and at the right edge."""
    before = scale.of(need.first) * WIDTH / 100 - need.beside
    behind = (100 - scale.of(need.last)) * WIDTH / 100 - need.beside
    fits = {"left": before, "right": behind}.get(need.best, max(before, behind))
    if fits >= 0:
        return None
    return (-before, 0.0) if fits == before else (0.0, -behind)


@dataclass(frozen=True, slots=True)
class Head:
    """Hold a text above the drawing, over its line at *x*."""

    words: str
    x: float
    anchor: str
    dx: float
    """Moved aside, in em."""

    @property
    def wide(self) -> float:
        """Return the width with the air before its line, in em; it is semi-bold."""
        return width(self.words) * 1.08 + abs(self.dx)

    def begin(self, wide: float) -> float:
        """Return where the text begins in a drawing *wide* em wide."""
        part = {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        return self.x * wide / 100 + self.dx - part * (self.wide - abs(self.dx))

    def end(self, wide: float) -> float:
        """Return where the text ends in a drawing *wide* em wide."""
        return self.begin(wide) + self.wide - abs(self.dx)

    @property
    def covered(self) -> tuple[float, float]:
        """Return from where to where the text may reach at any width, in percent."""
        widths = (WIDTH, WIDEST)
        begins = [(self.begin(wide) - GAP) * 100 / wide for wide in widths]
        ends = [(self.end(wide) + GAP) * 100 / wide for wide in widths]
        return min(begins), max(ends)


def heads_of(chart: Chart, scale: Scale) -> tuple[Head, ...]:
    """Return today's and the goal's texts, kept off each other where they are near."""
    goal = Head(chart.goal_text, scale.x(chart.goal), "", 0) if chart.goal else None
    if not scale.shows_today:
        edge = _at_edge(chart.today_text, scale.today)
        return (edge, _kept_off(goal, edge)) if goal else (edge,)
    today = _inside(Head(chart.today_text, scale.today, "", 0))
    if not goal:
        return (today,)
    one, two = sorted((today, _inside(goal)), key=lambda head: head.x)
    if one.end(WIDTH) + 1 < two.begin(WIDTH):
        return one, two
    return replace(one, anchor="end", dx=-0.3), replace(two, anchor="start", dx=0.3)


def _at_edge(words: str, x: float) -> Head:
    """Point to a day that is too far away to be shown."""
    if x == 0:
        return Head(f"\N{LEFTWARDS ARROW} {words}", 0, "start", 0)
    return Head(f"{words} \N{RIGHTWARDS ARROW}", 100, "end", 0)


def _inside(head: Head) -> Head:
    """Centre a text over its line, or hang it on the line where that has no room."""
    middle = head.x * WIDTH / 100
    if head.wide / 2 <= min(middle, WIDTH - middle):
        return replace(head, anchor="middle")
    return replace(head, anchor="start" if middle < WIDTH / 2 else "end")


def _kept_off(goal: Head, edge: Head) -> Head:
    """Keep the goal's text off today's, which stands at an edge."""
    free = abs(goal.x - edge.x) * WIDTH / 100 - edge.wide - 1
    if free > goal.wide / 2:
        return _inside(goal)
    return replace(
        goal,
        anchor="start" if edge.x == 0 else "end",
        dx=max(0.3, -free) * (1 if edge.x == 0 else -1),
    )
