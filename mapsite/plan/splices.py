"""Where the text of a plan has to change for one field, and what comes there.

Nothing here is sure to be right: `mapsite.plan.edit` proves each way by reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence as Row
from typing import NamedTuple, TypeGuard

from mapsite.plan.decode import BOM, LINE_END
from mapsite.plan.nodes import Mapping, Node, Scalar, Sequence
from mapsite.plan.spelling import (
    Lines,
    Value,
    block,
    double_quoted,
    field,
    field_in_lines,
    in_line,
    single_quoted,
    texts_of,
)

_COLON = re.compile(r"[ \t]*:")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_INDENT = re.compile(r"[ \t]*")
_NOTE = re.compile(r"([ \t]*)(#|$)")


class Splice(NamedTuple):
    """Put *new* in place of the characters from *start* to before *end*."""

    start: int
    end: int
    new: str


Ways = Iterator[tuple[Splice, ...]]


def replacements(
    text: str, parent: Mapping, key: str, value: Value, order: Row[str] = ()
) -> Ways:
    """Yield ways to make *value* of the field *key* in *parent*, the best first.

    A new one comes behind those that *order* names before it.
    """
    found = parent.entry(key)
    if found is None:
        yield from _insertions(text, parent, key, value, order)
        return
    name, node = found
    if isinstance(node, Scalar) and node.start == node.end:
        yield from _fillings(text, parent, name, node, value)
    elif isinstance(node, Scalar) and isinstance(value, str):
        for new in _alike(text, node, value):
            yield (Splice(node.start, node.end, new),)
    elif isinstance(node, Sequence) and _is_list(value):
        yield from _longer_lists(text, node, value)
    yield from _other_values(text, parent, name, node, value)


def removals(text: str, parent: Mapping, key: str) -> Ways:
    """Yield ways to take the field *key* out of *parent*."""
    found = parent.entry(key)
    if found is None:
        return
    name, node = found
    start, end = name.start, max(name.end, node.end)
    if len(parent.entries) == 1:
        if not parent.flow:
            above = len(text[: _line_start(text, parent.start)].rstrip())
            if text[:above].endswith(":"):
                yield (Splice(above, parent.end, " {}"),)
        yield (Splice(parent.start, parent.end, "{}"),)
    elif parent.flow:
        yield from _without_entry(text, parent, parent.places[key], start, end)
    else:
        line, after = _line_start(text, start), _next_line(text, end)
        if not text[line:start].strip(" "):
            yield (Splice(line, after, ""),)
        # The first field of an item stands behind its dash: the next one moves up.
        further = _INDENT.match(text, after)
        yield (Splice(start, further.end() if further else after, ""),)


def _insertions(
    text: str, parent: Mapping, key: str, value: Value, order: Row[str]
) -> Ways:
    if parent.flow:
        if not parent.entries:
            yield (Splice(parent.start + 1, parent.start + 1, field(key, value)),)
            return
        last = _end(parent.entries[-1])
        yield (Splice(last, last, f", {field(key, value)}"),)
        first = parent.start + 1
        yield (Splice(first, first, f"{field(key, value)}, "),)
        return
    lines = _lines(text, parent)
    new = field_in_lines(key, value, lines)
    before = _before(parent, key, order)
    for number in dict.fromkeys((before, len(parent.entries) - 1)):
        if number >= 0:
            at = _behind(text, _end(parent.entries[number]), len(lines.indent))
            gap = "" if text[:at].endswith(("\n", "\r")) else lines.end
            tail = lines.end if not gap else ""
            yield (Splice(at, at, f"{gap}{lines.indent}{new}{tail}"),)
    yield (Splice(parent.start, parent.start, f"{new}{lines.end}{lines.indent}"),)


def _fillings(
    text: str, parent: Mapping, name: Scalar, node: Scalar, value: Value
) -> Ways:
    """Yield ways to write a value where nothing stands."""
    colon = _COLON.match(text, name.end)
    if colon is None:
        yield (Splice(name.end, name.end, f": {in_line(value)}"),)
        return
    if not parent.flow:
        lines = _lines(text, parent)
        written = field_in_lines(name.text, value, lines)
        rest = written[len(field(name.text, "x")) - len("x") - 1 :]
        if lines.end not in rest:
            yield (Splice(colon.end(), colon.end(), rest),)
        else:
            end = _line_end(text, node.end)
            head = rest.partition(lines.end)[0]
            tail = rest[len(head) :]
            yield (Splice(colon.end(), colon.end(), head), Splice(end, end, tail))
    yield (Splice(colon.end(), colon.end(), f" {in_line(value)}"),)


def _alike(text: str, node: Scalar, value: str) -> Iterator[str]:
    """Yield *value* in the style of what stands there, then in others."""
    if node.style in {"|", ">"} and value.strip("\n"):
        body = LINE_END.split(text[node.start : node.end])[1:]
        margins = [len(line) - len(line.lstrip(" ")) for line in body if line.strip()]
        if margins:
            lines = Lines(" " * min(margins), _ending(text, node.start))
            yield block(value, lines)
    if node.style == "'" and value.isprintable():
        yield single_quoted(value)
    if node.style == '"':
        yield double_quoted(value)
    yield in_line(value)
    yield double_quoted(value)


def _longer_lists(text: str, node: Sequence, value: Row[Value]) -> Ways:
    """Yield the way that only adds to the end of a list."""
    old = [one.text if isinstance(one, Scalar) else None for one in node.items]
    if not old or texts_of(value[: len(old)]) != old or len(value) == len(old):
        return
    more, last = value[len(old) :], node.items[-1].end
    if node.flow:
        yield (Splice(last, last, "".join(f", {in_line(one)}" for one in more)),)
        return
    lines = Lines(" " * (node.column - 1), _ending(text, node.start))
    at = _line_end(text, last)
    new = "".join(f"{lines.end}{lines.indent}- {in_line(one)}" for one in more)
    yield (Splice(at, at, new),)


def _other_values(
    text: str, parent: Mapping, name: Scalar, node: Node, value: Value
) -> Ways:
    """Yield ways to write another kind of value in place of the whole old one."""
    own_line = not parent.flow and node.line != name.line
    if isinstance(node, Sequence) and not node.flow and _is_list(value) and value:
        lines = Lines(" " * (node.column - 1), _ending(text, node.start))
        between = f"{lines.end}{lines.indent}- "
        new = "- " + between.join(map(in_line, value))
        yield (Splice(node.start, node.end, new),)
    if own_line and (colon := _COLON.match(text, name.end)):
        yield (Splice(colon.end(), node.end, f" {in_line(value)}"),)
    yield (Splice(node.start, node.end, in_line(value)),)


def _without_entry(
    text: str, parent: Mapping, place: int, start: int, end: int
) -> Ways:
    """Yield ways to take one entry out of braces."""
    comma = _COMMA.match(text, end)
    if place:
        before = _end(parent.entries[place - 1])
        if not LINE_END.search(text, before, start):
            yield (Splice(before, end, ""),)
    if comma:
        yield (Splice(start, comma.end(), ""),)
    yield (Splice(start, end, ""),)


def _before(parent: Mapping, key: str, order: Row[str]) -> int:
    """Return the place of the entry that *key* is to follow."""
    if key not in order:
        return len(parent.entries) - 1
    earlier = order[: order.index(key)]
    names = [name.text for name, _ in parent.entries]
    nearest = (names.index(name) for name in reversed(earlier) if name in names)
    return next(nearest, len(names) - 1)


def _behind(text: str, end: int, margin: int) -> int:
    """Return where a line may follow what ends at *end*, and the notes inside it."""
    at = _next_line(text, end)
    line = at
    while line < len(text):
        note = _NOTE.match(text, line, _line_end(text, line))
        if note is None:
            break
        line = _next_line(text, line)
        if note[2] and len(note[1]) > margin:
            at = line
        elif note[2]:
            break
    return at


def _lines(text: str, parent: Mapping) -> Lines:
    return Lines(" " * (parent.column - 1), _ending(text, parent.start))


def _ending(text: str, at: int) -> str:
    """Return how the line at *at* ends, or else the one before."""
    found = LINE_END.search(text, at) or LINE_END.search(text)
    return found[0] if found else "\n"


def _end(entry: tuple[Scalar, Node]) -> int:
    return max(entry[0].end, entry[1].end)


def _line_start(text: str, at: int) -> int:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    return max(start, int(text.startswith(BOM)))


def _line_end(text: str, at: int) -> int:
    found = LINE_END.search(text, at)
    return found.start() if found else len(text)


def _next_line(text: str, at: int) -> int:
    found = LINE_END.search(text, at)
    return found.end() if found else len(text)


def _is_list(value: Value) -> TypeGuard[Row[Value]]:
    return isinstance(value, Row) and not isinstance(value, str)
