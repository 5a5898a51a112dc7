"""Where the text of a plan has to change for one item of a list, and what comes there.

As in `mapsite.plan.splices`, nothing is sure to be right before it is read again. Whose
the notes between items are, `mapsite.plan.lines` says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Row
from itertools import pairwise

from mapsite.plan.lines import (
    above,
    alone,
    before_blank,
    behind,
    ending,
    line_end,
    line_start,
    next_line,
    past_blank,
)
from mapsite.plan.nodes import Mapping, Node, Scalar, Sequence
from mapsite.plan.spelling import Lines, Value, in_line, item_in_lines
from mapsite.plan.splices import lines_at, own_line, without
from mapsite.plan.styles import Splice, Ways, alike

_COMMA = re.compile(r"\s*,")
_NO_ITEM = re.compile(r"[ \t]*(?:#|$)")
_GAP = re.compile(r"-( +)(?=[^\s#])")
_COLON = re.compile(r"[ \t]*:")


def insertions(
    text: str, items: Sequence, place: int, value: Value | None, manner: Lines
) -> Ways:
    """Yield ways to put *value* into a list so that it is at *place*, the best first.

    Behind the item before it comes the new one, and then the notes of the next one.
    """
    if items.flow:
        yield from _into_brackets(text, items, place, in_line(value))
        return
    like = items.items[place - 1 if place else 0]
    lines = _lines(text, items, like, manner)
    margin = items.column - 1
    flow = isinstance(like, Scalar) or (isinstance(like, Mapping) and like.flow)
    same = like if not isinstance(like, Scalar) else None
    written = item_in_lines(value, lines, same, flow=flow)
    new = f"{' ' * margin}-{lines.indent[margin + 1 :]}{written}{lines.end}"
    if place:
        at = behind(text, items.items[place - 1].end, margin)
        empty = _empty_line(text, items, place, lines.end)
        for start in dict.fromkeys((at, past_blank(text, at))):
            yield from lines_at(text, start, f"{empty}{new}", lines.end)
        return
    empty = _empty_line(text, items, place, lines.end)
    line = line_start(text, items.start)
    if alone(text, items.start):
        at = above(text, line)
        yield (Splice(at, at, f"{new}{empty}"),)
    yield (Splice(items.start, items.start, f"{new.lstrip(' ')}{' ' * margin}"),)


def withdrawals(text: str, items: Sequence, place: int) -> Ways:
    """Yield ways to take one of several items out of a list, and its own notes."""
    item = items.items[place]
    if items.flow:
        spans = [(one.start, one.end) for one in items.items]
        if own_line(text, item.start, item.end):
            line = line_start(text, item.start)
            least = next_line(text, items.items[place - 1].end) if place else line
            comma = _COMMA.match(text, item.end)
            after = next_line(text, comma.end() if comma else item.end)
            yield (Splice(above(text, line, least), after, ""),)
        yield from without(text, spans, place)
        return
    start, end = _region(text, items, place)
    if place == len(items.items) - 1:
        least = behind(text, items.items[place - 1].end, items.column - 1)
        yield (Splice(before_blank(text, start, least), end, ""),)
    else:
        yield (Splice(start, past_blank(text, end), ""),)
    yield (Splice(start, end, ""),)
    if place == 0 and not alone(text, items.start):
        # The list begins behind another dash: the next item moves up.
        following = _dash(text, items, 1)
        if following is not None:
            yield (Splice(items.start, following, ""),)


def emptied(text: str, name: Scalar, items: Sequence) -> Ways:
    """Yield ways to take the only item of the field *name* out of its list."""
    colon = _COLON.match(text, name.end)
    if colon and not items.flow and alone(text, items.start):
        start, end = _region(text, items, 0)
        yield Splice(colon.end(), colon.end(), " []"), Splice(start, end, "")
    if items.flow:
        yield (Splice(items.start, items.end, "[]"),)


def item_replacements(
    text: str, items: Sequence, place: int, value: Value, manner: Lines
) -> Ways:
    """Yield ways to make *value* of one item."""
    item = items.items[place]
    lines = _lines(text, items, item, manner)
    if isinstance(item, Scalar) and isinstance(value, str):
        yield from alike(text, item, value, lines, flow=items.flow)
    if item.start == item.end and not items.flow:
        # An empty item ends directly behind its dash.
        yield (Splice(item.start, item.end, f" {in_line(value, flow=False)}"),)
    if not items.flow:
        written = item_in_lines(value, lines, None, flow=False)
        yield (Splice(item.start, item.end, written),)
    yield (Splice(item.start, item.end, in_line(value)),)


def reorderings(text: str, items: Sequence, order: Row[int]) -> Ways:
    """Yield ways to put the items into *order*, which tells their places now.

    Each takes its notes along; empty lines stay between.
    """
    if items.flow:
        spans = [(one.start, one.end) for one in items.items]
        # Whose a note in brackets is, nobody can tell for sure.
        if not any("#" in text[end:start] for (_, end), (start, _) in pairwise(spans)):
            yield tuple(
                Splice(*spans[place], text[slice(*spans[now])])
                for place, now in enumerate(order)
            )
        return
    regions = [_region(text, items, place) for place in range(len(items.items))]
    end = ending(text, items.start)
    texts = [text[start:stop].removesuffix(end) for start, stop in regions]
    if not alone(text, items.start):
        return
    yield tuple(
        Splice(
            *regions[place],
            texts[now] + (end if text[: regions[place][1]].endswith(end) else ""),
        )
        for place, now in enumerate(order)
        if place != now
    )


def _into_brackets(text: str, items: Sequence, place: int, new: str) -> Ways:
    near = items.items[place - 1 if place else 0]
    if own_line(text, near.start, near.end):
        line, end = line_start(text, near.start), ending(text, near.end)
        indent = text[line : near.start]
        comma = _COMMA.match(text, near.end)
        if not place:
            at = above(text, line, next_line(text, items.start))
            yield (Splice(at, at, f"{indent}{new},{end}"),)
        elif comma:
            at = next_line(text, comma.end())
            yield (Splice(at, at, f"{indent}{new},{end}"),)
        else:
            at = line_end(text, near.end)
            behind_it = Splice(near.end, near.end, ",")
            yield behind_it, Splice(at, at, f"{end}{indent}{new}")
    if place:
        yield (Splice(near.end, near.end, f", {new}"),)
    else:
        yield (Splice(near.start, near.start, f"{new}, "),)


def _region(text: str, items: Sequence, place: int) -> tuple[int, int]:
    """Return where an item of a list of lines begins and ends, its notes with it."""
    margin = items.column - 1
    end = behind(text, items.items[place].end, margin)
    dash = items.start if place == 0 else _dash(text, items, place)
    line = line_start(text, items.items[place].start if dash is None else dash)
    least = behind(text, items.items[place - 1].end, margin) if place else 0
    return above(text, line, least), end


def _dash(text: str, items: Sequence, place: int) -> int | None:
    """Return where the dash of an item stands that is not the first."""
    line = next_line(text, items.items[place - 1].end)
    while line < len(text):
        if not _NO_ITEM.match(text, line, line_end(text, line)):
            at = line + items.column - 1
            return at if text[line : at + 1].strip(" ") == "-" else None
        line = next_line(text, line)
    return None


def _empty_line(text: str, items: Sequence, place: int, end: str) -> str:
    """Return an empty line where there is one between the items beside *place*."""
    if len(items.items) == 1:
        return ""
    second = min(max(place, 1), len(items.items) - 1)
    at = behind(text, items.items[second - 1].end, items.column - 1)
    return end if past_blank(text, at) > at else ""


def _lines(text: str, items: Sequence, like: Node, manner: Lines) -> Lines:
    """Return how the lines of an item beside *like* are made."""
    margin = items.column - 1
    start = line_start(text, like.start) + margin
    gap = _GAP.match(text, start) if not items.flow else None
    indent = " " * (margin + 1 + (len(gap[1]) if gap else 1))
    return manner._replace(indent=indent, end=ending(text, items.start))
