"""The ways in which one edit may be spliced into a plan's text, the best first."""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.plan.items import (
    emptied,
    insertions,
    item_replacements,
    reorderings,
    withdrawals,
)
from mapsite.plan.nodes import (
    Mapping as Fields,
    Node,
    Scalar,
    Sequence as Items,
    Source,
)
from mapsite.plan.order import order_at
from mapsite.plan.rewriting import Edit, Place
from mapsite.plan.spelling import InLines, Lines
from mapsite.plan.splices import removals, replacements
from mapsite.plan.styles import Splice


def ways(source: Source, edit: Edit) -> Iterator[tuple[Splice, ...]]:
    """Yield the ways in which one change may be written, the best first."""
    text, place, value = source.text, edit.place, edit.value
    manner = _manner(source.root)
    if edit.kind == "order":
        node = node_at(source.root, place)
        if isinstance(node, Items):
            yield from reorderings(text, node, value)
        return
    parent, name = node_at(source.root, place[:-1]), place[-1]
    if isinstance(parent, Items) and isinstance(name, int):
        yield from _ways_in_list(source, parent, edit, manner)
    elif isinstance(parent, Fields) and isinstance(name, str):
        if value is None:
            yield from removals(text, parent, name)
        else:
            order = order_at(place[:-1])
            yield from replacements(text, parent, name, value, order, manner)
    elif edit.kind == "insert":
        yield from ways(source, Edit("set", place[:-1], [value]))
    elif value is not None and len(place) > 1 and _is_free(parent):
        inside = InLines({str(name): value})
        yield from ways(source, Edit("set", place[:-1], inside))


def _ways_in_list(
    source: Source, items: Items, edit: Edit, manner: Lines
) -> Iterator[tuple[Splice, ...]]:
    text, place, at = source.text, edit.place, int(edit.place[-1])
    if edit.kind == "insert":
        if items.items:
            yield from insertions(text, items, at, edit.value, manner)
        else:
            yield from ways(source, Edit("set", place[:-1], [edit.value]))
    elif edit.kind == "set":
        yield from item_replacements(text, items, at, edit.value, manner)
    elif len(items.items) > 1:
        yield from withdrawals(text, items, at)
    else:
        above = node_at(source.root, place[:-2])
        if isinstance(above, Fields) and (found := above.entry(str(place[-2]))):
            yield from emptied(text, found[0], items)
        yield from ways(source, Edit("set", place[:-1], []))


def _manner(root: Fields) -> Lines:
    """Return how deep lists and maps stand in others in this plan."""
    step, dash = None, None
    nodes: list[Node] = [root]
    while nodes and (step is None or dash is None):
        node = nodes.pop()
        if isinstance(node, Scalar) or node.flow:
            continue
        if isinstance(node, Items):
            nodes += reversed(node.items)
            continue
        for name, value in reversed(node.entries):
            nodes.append(value)
            if isinstance(value, Scalar) or value.flow or value.line == name.line:
                continue
            deeper = value.column - name.column
            if isinstance(value, Items):
                dash = deeper
            else:
                step = deeper
    step, dash = 2 if step is None else step, 2 if dash is None else dash
    return Lines("", "\n", " " * max(step, 1), " " * max(dash, 0))


def _is_free(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and node.nothing)


def node_at(node: Node | None, place: Place) -> Node | None:
    """Return what stands at *place*, also where it is empty."""
    for name in place:
        if isinstance(node, Fields) and isinstance(name, str):
            found = node.entry(name)
            node = found[1] if found else None
        elif isinstance(node, Items) and isinstance(name, int):
            node = node.items[name] if name < len(node.items) else None
        else:
            return None
    return node
