"""Change a plan where it stands: no byte but those of the field itself.

Each change is spliced into the text at the places that the strict source knows, in
the way the text around it is written. The result is read again; what it says must be
what the plan said before, with the change, or nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.nodes import LINKS, Mapping as Fields, Node, Scalar, Source
from mapsite.plan.operations import copied
from mapsite.plan.source import parse
from mapsite.plan.spelling import InLines, Lines, Value, field_in_lines, texts_of
from mapsite.plan.splices import Splice, removals, replacements

Path = tuple[str, ...]
"""Keys from the top of a plan down; an item of a list by its id or number from 1."""
Edits = Mapping[Path, Value | None]
"""By field, what is to stand there; None for nothing."""

TOP = (
    *("title", "language", "band", "marking", "created", "status", "closed", "goal"),
    *("buyer", "seller", "summary", "review", "calendar", "people", "phases", "steps"),
    *("questions", "criteria", "metrics", "risks", "documents", "sections", "checks"),
    "links",
)
"""The usual order of a plan's fields, in which new ones find their place."""


class Unwritable(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say which field no safe place was found for, and which lines to type."""


def edited(raw: bytes, edits: Edits, file: str) -> bytes:
    """Return *raw* after *edits*; *file* is its name in messages.

    Raise InvalidPlan where *raw* cannot be read, Unwritable where one of them cannot
    be written without touching anything else.
    """
    for path, value in edits.items():
        source = parse(raw, file)
        for part, wanted in _steps(source, path, value):
            raw = _changed(parse(raw, file), part, wanted)
    return raw


def _steps(
    source: Source, path: Path, value: Value | None
) -> Iterator[tuple[Path, Value | None]]:
    """Yield the single changes that make *value* of what stands at *path*."""
    node = _at(source.root, path)
    if not isinstance(node, Fields) or not isinstance(value, Mapping) or not value:
        yield path, value
        return
    for name, wanted in value.items():
        yield from _steps(source, (*path, name), wanted)
    for key, _ in node.entries:
        if key.text not in value:
            yield (*path, key.text), None


def _changed(source: Source, path: Path, value: Value | None) -> bytes:
    """Return the text after one change, the first way that proves right."""
    old = source.data()
    try:
        wanted = _with(copied(old), path, None if value is None else texts_of(value))
    except LookupError:
        raise _refusal(source, path, value) from None
    if wanted == old and (value is not None or _entry(source, path) is None):
        return source.text.encode()
    for splices in _ways(source, path, value):
        raw = _spliced(source.text, splices).encode()
        try:
            if parse(raw, source.file).data() == wanted:
                return raw
        except InvalidPlan:
            continue
    raise _refusal(source, path, value)


def _ways(
    source: Source, path: Path, value: Value | None
) -> Iterator[tuple[Splice, ...]]:
    """Yield the ways in which one change may be written, the best first."""
    parent = _at(source.root, path[:-1])
    if isinstance(parent, Fields):
        order = TOP if len(path) == 1 else ()
        if value is None:
            yield from removals(source.text, parent, path[-1])
        else:
            yield from replacements(source.text, parent, path[-1], value, order)
    elif value is not None and len(path) > 1 and _is_free(parent):
        yield from _ways(source, path[:-1], InLines({path[-1]: value}))


def _is_free(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and node.nothing)


def _spliced(text: str, splices: Sequence[Splice]) -> str:
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _at(node: Node | None, path: Path) -> Node | None:
    """Return what stands at *path*, also where it is empty."""
    for name in path:
        if isinstance(node, Scalar | None):
            return None
        if isinstance(node, Fields):
            found = node.entry(name)
            node = found[1] if found else None
        else:
            ids = [
                one.text("id") if isinstance(one, Fields) else None
                for one in node.items
            ]
            place = _place(ids, name)
            node = None if place is None else node.items[place]
    return node


def _entry(source: Source, path: Path) -> object:
    parent = _at(source.root, path[:-1])
    return parent.entry(path[-1]) if isinstance(parent, Fields) else None


def _place(ids: Sequence[str | None], name: str) -> int | None:
    """Return the place from 0 of the item that *name* means."""
    if name in ids:
        return ids.index(name)
    place = int(name) if name.isascii() and name.isdecimal() else 0
    return place - 1 if 0 < place <= len(ids) else None


def _with(tree: Any, path: Path, value: object) -> Any:  # noqa: ANN401  # maps, lists and texts
    """Return *tree* with *value* at *path*; raise LookupError where it has no place."""
    name, *rest = path
    if isinstance(tree, list):
        ids = [one.get("id") if isinstance(one, dict) else None for one in tree]
        place = _place(ids, name)
        if place is None or not rest:
            raise LookupError(name)
        tree[place] = _with(tree[place], tuple(rest), value)
    elif not isinstance(tree, dict):
        raise LookupError(name)  # noqa: TRY004  # nothing stands there, as with a list
    elif rest and (name in tree or value is not None):
        tree[name] = _with(tree.get(name, {}), tuple(rest), value)
    elif value is None:
        tree.pop(name, None)
    else:
        tree[name] = value
    return tree


def _refusal(source: Source, path: Path, value: Value | None) -> Unwritable:
    """Tell what to type; a nonce is nothing that messages show."""
    address = "/".join(path)
    where = f"{source.file}: {address}"
    if path[0] == LINKS:
        return Unwritable(
            f"{where}: cannot be changed here without touching other lines; write"
            " `links:` as a map with a line for each link, and try again"
        )
    if value is None:
        return Unwritable(
            f"{where}: cannot be removed without touching other lines; remove it by"
            " hand"
        )
    return Unwritable(
        f"{where}: cannot be written without touching other lines; type it by hand:"
        f"\n{field_in_lines(path[-1], value, Lines('', chr(10)))}"
    )
