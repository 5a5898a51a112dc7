"""Where the text of a plan has to change for one field, and what comes there.

Nothing here is sure to be right: `mapsite.plan.edit` proves each way by reading it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Row

from mapsite.plan.decode import LINE_END
from mapsite.plan.lines import (
    alone,
    behind,
    ending,
    line_end,
    line_start,
    next_line,
    past_blank,
)
from mapsite.plan.nodes import Mapping, Node, Scalar
from mapsite.plan.spelling import Lines, Value, field, field_in_lines, in_line
from mapsite.plan.styles import Splice, Ways, alike, note_of

_COLON = re.compile(r"[ \t]*:")
_COMMA = re.compile(r"\s*,[ \t]*")
_INDENT = re.compile(r"[ \t]*")
_REST = re.compile(r"[ \t]*(?:#.*)?")


def replacements(
    text: str, parent: Mapping, key: str, value: Value, order: Row[str], manner: Lines
) -> Ways:
    """Yield ways to make *value* of the field *key* in *parent*, the best first.

    A new one comes behind those that *order* names before it, its lines as those of
    *manner*.
    """
    found = parent.entry(key)
    if found is None:
        yield from _insertions(text, parent, key, value, order, manner)
        return
    name, node = found
    lines = lines_of(text, parent, manner)
    colon = _COLON.match(text, name.end)
    if isinstance(node, Scalar) and isinstance(value, str):
        yield from alike(text, node, value, lines.deeper(), flow=parent.flow)
    if colon and not parent.flow:
        written = field_in_lines(key, value, lines, node)
        rest = written[len(field(key, "x")) - len(" x") :]
        yield from _in_its_place(text, name, node, colon.end(), rest, lines)
    if colon is None or node.start == node.end:
        at = colon.end() if colon else name.end
        yield (Splice(at, at, f"{'' if colon else ':'} {in_line(value)}"),)
    elif not parent.flow and node.line != name.line:
        yield (Splice(colon.end(), node.end, f" {in_line(value)}"),)
    yield (Splice(node.start, node.end, in_line(value)),)


def removals(text: str, parent: Mapping, key: str) -> Ways:
    """Yield ways to take the field *key* out of *parent*."""
    found = parent.entry(key)
    if found is None:
        return
    name, node = found
    start, end = name.start, max(name.end, node.end)
    if len(parent.entries) == 1:
        if not parent.flow:
            above = len(text[: line_start(text, parent.start)].rstrip())
            if text[:above].endswith(":"):
                yield (Splice(above, parent.end, " {}"),)
        yield (Splice(parent.start, parent.end, "{}"),)
    elif parent.flow:
        spans = [(one.start, _end((one, value))) for one, value in parent.entries]
        yield from without(text, spans, parent.places[key])
    else:
        line, after = line_start(text, start), next_line(text, end)
        if not isinstance(node, Scalar) and not node.flow:
            # What stands as deep as the items of a list is inside of the list.
            after = behind(text, end, max(node.column - 2, name.column - 1))
        if alone(text, start):
            yield (Splice(line, after, ""),)
        # The first field of an item stands behind its dash: the next one moves up.
        further = _INDENT.match(text, after)
        yield (Splice(start, further.end() if further else after, ""),)


def without(text: str, spans: Row[tuple[int, int]], place: int) -> Ways:
    """Yield ways to take one of the *spans* out of its brackets."""
    start, end = spans[place]
    comma = _COMMA.match(text, end)
    after = comma.end() if comma else end
    if own_line(text, start, end):
        yield (Splice(line_start(text, start), next_line(text, after), ""),)
    if place:
        before = spans[place - 1][1]
        if not LINE_END.search(text, before, start):
            yield (Splice(before, end, ""),)
    if comma:
        yield (Splice(start, after, ""),)
    yield (Splice(start, end, ""),)


def own_line(text: str, start: int, end: int) -> bool:
    """Tell whether a part of a text in brackets has lines that no other part has."""
    comma = _COMMA.match(text, end)
    last = comma.end() if comma else end
    rest = _REST.match(text, last)
    stops = rest is not None and rest.end() == line_end(text, last)
    return alone(text, start) and stops and bool(LINE_END.search(text, last))


def lines_at(text: str, at: int, new: str, end: str) -> Ways:
    """Yield ways to put the lines *new* at *at*.

    Behind a last line without an end they get none either, unless a text needs one.
    """
    if not text[:at].endswith(("\n", "\r")):
        yield (Splice(at, at, end + new.removesuffix(end)),)
        new = end + new
    yield (Splice(at, at, new),)


def lines_of(text: str, parent: Mapping, manner: Lines) -> Lines:
    """Return how the lines of *parent* are made."""
    indent = " " * (parent.column - 1)
    return manner._replace(indent=indent, end=ending(text, parent.start))


def _insertions(
    text: str, parent: Mapping, key: str, value: Value, order: Row[str], manner: Lines
) -> Ways:
    before = _before(parent, key, order)
    if parent.flow:
        new, first = field(key, value), parent.start + 1
        if not parent.entries:
            yield (Splice(first, first, new),)
            return
        for number in dict.fromkeys((before, len(parent.entries) - 1)):
            last = _end(parent.entries[number])
            yield (Splice(last, last, f", {new}"),)
        yield (Splice(first, first, f"{new}, "),)
        return
    lines = lines_of(text, parent, manner)
    new = field_in_lines(key, value, lines)
    for number in dict.fromkeys((before, len(parent.entries) - 1)):
        at = behind(text, _end(parent.entries[number]), len(lines.indent))
        gap = lines.end if parent.column == 1 and _apart(text, parent, number) else ""
        yield from lines_at(text, at, f"{gap}{lines.indent}{new}{lines.end}", lines.end)
    yield (Splice(parent.start, parent.start, f"{new}{lines.end}{lines.indent}"),)


def _in_its_place(
    text: str, name: Scalar, node: Node, colon: int, rest: str, lines: Lines
) -> Ways:
    """Yield ways to write *rest* behind the colon, and a note there behind it."""
    head, below, body = rest.partition(lines.end)
    body = below + body
    if node.start == node.end:
        end = line_end(text, colon)
        yield Splice(colon, colon, head), Splice(end, end, body)
    elif node.line != name.line:
        end = line_end(text, colon)
        last = behind(text, node.end, max(node.column - 2, name.column - 1))
        if not alone(text, node.start):
            return
        while last > end and text[last - 1] in "\r\n":
            last -= 1
        yield Splice(colon, colon, head), Splice(end, max(end, last), body)
    elif isinstance(node, Scalar) and node.style in {"|", ">"}:
        note = note_of(text, node)
        yield (Splice(colon, node.end, f"{head}{note}{body}"),)
    else:
        end = line_end(text, node.end)
        start = node.start if head else colon
        yield Splice(start, node.end, head.lstrip()), Splice(end, end, body)


def _before(parent: Mapping, key: str, order: Row[str]) -> int:
    """Return the place of the entry that *key* is to follow."""
    last = len(parent.entries) - 1
    if key not in order:
        return last
    earlier = order[: order.index(key)]
    names = [name.text for name, _ in parent.entries]
    nearest = (names.index(name) for name in reversed(earlier) if name in names)
    return next(nearest, last)


def _apart(text: str, parent: Mapping, number: int) -> bool:
    """Tell whether empty lines stand between the entries of *parent*."""
    last = min(number, len(parent.entries) - 2)
    at = behind(text, _end(parent.entries[last]), parent.column - 1) if last >= 0 else 0
    return last >= 0 and past_blank(text, at) > at


def _end(entry: tuple[Scalar, Node]) -> int:
    return max(entry[0].end, entry[1].end)
