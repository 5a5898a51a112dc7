"""How a text is written in the style of the one that stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mapsite.plan.decode import LINE_END
from mapsite.plan.lines import ending, line_end
from mapsite.plan.nodes import Scalar
from mapsite.plan.spelling import (
    Lines,
    block,
    double_quoted,
    folded,
    in_line,
    same_kind,
    single_quoted,
)

_HEAD = re.compile(r"[|>][-+\d]*([ \t]+#.*)?")


class Splice(NamedTuple):
    """Put *new* in place of the characters from *start* to before *end*."""

    start: int
    end: int
    new: str


Ways = Iterator[tuple[Splice, ...]]


def alike(text: str, node: Scalar, value: str, below: Lines, *, flow: bool) -> Ways:
    """Yield ways to write *value* in the style of what stands there, then in others.

    *below* says how lines of its own are made.
    """
    span = (node.start, node.end)
    if node.style in {"|", ">"}:
        for new in _blocks(text, node, value):
            yield (Splice(*span, new),)
    elif "\n" in value and not flow and node.start < node.end:
        written = block(value, below)
        if written:
            head, _, body = written.partition(below.end)
            end = line_end(text, node.end)
            yield Splice(*span, head), Splice(end, end, below.end + body)
    if node.start == node.end:
        return
    if node.plain and same_kind(node.text, value):
        yield (Splice(*span, value),)
    if "\n" not in value and node.style == "'" and value.isprintable():
        yield (Splice(*span, single_quoted(value)),)
    if node.style == '"':
        yield (Splice(*span, double_quoted(value)),)
    if node.style not in {"|", ">"}:
        yield (Splice(*span, in_line(value, flow=flow)),)
        yield (Splice(*span, double_quoted(value)),)


def _blocks(text: str, node: Scalar, value: str) -> Iterator[str]:
    """Yield *value* as a block like the one that stands there, its note kept."""
    body = LINE_END.split(text[node.start : node.end])[1:]
    margins = [len(line) - len(line.lstrip(" ")) for line in body if line.strip()]
    if not margins:
        return
    lines = Lines(" " * min(margins), ending(text, node.start))
    note = note_of(text, node)
    for write in (folded, block) if node.style == ">" else (block,):
        written = write(value, lines)
        if written:
            head, below, rest = written.partition(lines.end)
            yield f"{head}{note}{below}{rest}"


def note_of(text: str, node: Scalar) -> str:
    """Return the note behind the mark of a block, and the space before it."""
    head = _HEAD.match(text, node.start, line_end(text, node.start))
    return (head[1] or "") if head else ""
