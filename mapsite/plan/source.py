"""The strict source: from a plan's bytes to the tree of its values.

Built from the parser's events, not by its constructors: no alias is followed, no tag
makes anything, and every scalar stays the text that was written.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import yaml

from mapsite.errors import InvalidPlan, Problem
from mapsite.plan.decode import BOM, LINE_END, Unreadable, decode, offset_of, place_of
from mapsite.plan.nodes import Mapping, Node, Scalar, Sequence, Source
from mapsite.plan.traps import Stumble, explain
from mapsite.plan.tree import Tree, problems_of, problems_of_part, spots_of_part

__all__ = ["Source", "compose", "parse"]

MOST_EVENTS = 20_000
"""Of the parser: each key, each value, and each start and end of a list or map."""

_Events = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_ANOTHER = "expected one plan in the file, got the start of another one"


def parse(raw: bytes, file: str) -> Source:
    """Read *raw* strictly; raise `InvalidPlan` with every fault that was found."""
    source, problems = compose(raw, file)
    if problems or source is None:
        raise InvalidPlan(problems)
    return source


def compose(raw: bytes, file: str) -> tuple[Source | None, list[Problem]]:
    """Read *raw* as far as it goes; return no source when it cannot be understood."""
    tree = Tree("")
    try:
        tree.text = decode(raw)
        _read(tree)
        source = Source(file, tree.text, tree.whole())
    except Unreadable as end:
        (row, column), at = end.place, offset_of(tree.text, end.place)
        address = _field_before(tree.text, at, row + 1) if end.rule == "yaml" else ""
        problem = Problem(file, row + 1, column + 1, address, end.rule, end.message)
        return None, [problem, *problems_of_part(tree, file, tree.text[at:])]
    return source, problems_of(tree.faults, source)


def _read(tree: Tree) -> None:
    shift = int(tree.text.startswith(BOM))
    parser = _Events(tree.text[shift:])
    try:
        _take_all(parser, tree, shift)
    except yaml.MarkedYAMLError as error:
        raise _stumble(error, tree) from None
    except yaml.YAMLError:
        message = "expected a text in YAML, got something else"
        raise Unreadable((0, 0), "yaml", message) from None
    finally:
        parser.dispose()


def _field_before(text: str, at: int, line: int) -> str:
    """Return the address of the field that *line* writes before the place *at*."""
    part = Tree(text[:at])
    with suppress(Unreadable):
        _read(part)
    address, closed = "", 0
    unfinished = {id(node) for node in part.open}
    for spot in spots_of_part(part, text[at:]):
        node = spot.node
        if node.start < closed:
            continue
        if not isinstance(node, Scalar) and node.flow and id(node) not in unfinished:
            closed = node.end
        if node.line == line:
            address = "" if spot.hidden and not spot.sealed else spot.address
    return address


def _take_all(parser: Any, tree: Tree, shift: int) -> None:  # noqa: ANN401  # fast or slow
    take = {
        yaml.ScalarEvent: _take_scalar,
        yaml.MappingStartEvent: _take_start,
        yaml.SequenceStartEvent: _take_start,
        yaml.MappingEndEvent: _take_end,
        yaml.SequenceEndEvent: _take_end,
        yaml.AliasEvent: _take_alias,
        yaml.DocumentStartEvent: _take_document,
    }
    for count, event in enumerate(iter(parser.get_event, None)):
        if count > MOST_EVENTS:
            place = (event.start_mark.line, event.start_mark.column)
            raise Unreadable(place, "size", "expected a plan of less text, got more")
        if kind := take.get(type(event)):
            kind(event, tree, shift)


def _take_scalar(event: Any, tree: Tree, shift: int) -> None:  # noqa: ANN401  # the stubs know no marks
    mark, end = event.start_mark, event.end_mark.index + shift
    start, style = mark.index + shift, event.style or ""
    node = Scalar(mark.line + 1, mark.column + 1, start, end, event.value, style)
    tree.scalar(node)
    if event.tag is not None or event.anchor is not None:
        _note_tricks(event, node, tree)


def _take_start(event: Any, tree: Tree, shift: int) -> None:  # noqa: ANN401  # an event
    mark = event.start_mark
    start, flow = mark.index + shift, bool(event.flow_style)
    kind = Mapping if type(event) is yaml.MappingStartEvent else Sequence
    node = kind(mark.line + 1, mark.column + 1, start, start, flow)
    tree.begin(node)
    if event.tag is not None or event.anchor is not None:
        _note_tricks(event, node, tree)


def _take_end(event: Any, tree: Tree, shift: int) -> None:  # noqa: ANN401  # an event
    tree.finish(event.end_mark.index + shift)


def _take_alias(event: Any, tree: Tree, shift: int) -> None:  # noqa: ANN401  # an event
    mark, end = event.start_mark, event.end_mark.index + shift
    alias = Scalar(mark.line + 1, mark.column + 1, mark.index + shift, end)
    tree.trick(alias, "alias")
    tree.scalar(alias)


def _take_document(event: Any, tree: Tree, shift: int) -> None:  # noqa: ANN401, ARG001  # an event
    if tree.root is not None:
        raise Unreadable(
            (event.start_mark.line, event.start_mark.column), "documents", _ANOTHER
        )


def _note_tricks(event: Any, node: Node, tree: Tree) -> None:  # noqa: ANN401  # an event
    if event.tag is not None:
        tree.trick(node, "tag")
    if event.anchor is not None:
        tree.trick(node, "anchor")


def _stumble(error: yaml.MarkedYAMLError, tree: Tree) -> Unreadable:
    place, began = (
        (mark.line, mark.column) if mark else (0, 0)
        for mark in (error.problem_mark, error.context_mark or error.problem_mark)
    )
    flow = [(node.line - 1, node.column - 1) for node in tree.open if node.flow]
    quoted = None
    if tree.last and not tree.last.plain:
        start, end = tree.last.start, tree.last.end
        quoted = (place_of(tree.text, start), place_of(tree.text, end))
    stumble = Stumble(
        lines=LINE_END.split(tree.text.removeprefix(BOM)),
        said=f"{error.context or ''} {error.problem or ''}",
        place=place,
        began=began,
        opened=flow[-1] if flow else None,
        quoted=quoted,
    )
    where, message = explain(stumble)
    return Unreadable(where, "yaml", message)
