"""Change a plan where it stands: no byte but those of the field or the item itself.

Each change is spliced into the text at the places that the strict source knows, in
the way the text around it is written. The result is read again; what it says must be
what the plan said before, with the change, or nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.nodes import LINKS, Mapping as Fields, Source
from mapsite.plan.operations import copied
from mapsite.plan.order import TOP
from mapsite.plan.rewriting import Edit, Place, edits_between
from mapsite.plan.source import parse
from mapsite.plan.spelling import (
    Lines,
    Value,
    field_in_lines,
    item_in_lines,
    texts_of,
)
from mapsite.plan.styles import Splice
from mapsite.plan.ways import node_at, ways

__all__ = ["TOP", "Edit", "Edits", "Unwritable", "edited", "written"]

Path = tuple[str, ...]
"""Keys from the top of a plan down; an item of a list by its id or number from 1."""
Edits = Mapping[Path, Value | None]
"""By field, what is to stand there; None for nothing."""


class Unwritable(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say which field no safe place was found for, and which lines to type."""

    def __init__(self, message: str, lines: str = "") -> None:
        """Keep the *message*, and the *lines* that a person may type."""
        super().__init__(f"{message}\n{lines}" if lines else message)
        self.reason, self.lines = message, lines


def edited(raw: bytes, edits: Edits, file: str) -> bytes:
    """Return *raw* after *edits*; *file* is its name in messages.

    Raise InvalidPlan where *raw* cannot be read, Unwritable where one of them cannot
    be written without touching anything else.
    """
    source = parse(raw, file)
    for path, value in edits.items():
        place = _place_of(source.data(), path)
        if value is None:
            source = written(source, Edit("set", place))
            continue
        old = _found(source.data(), place)
        for edit in _differences(place, old, value):
            source = written(source, edit)
    return source.text.encode()


def written(source: Source, edit: Edit) -> Source:
    """Return the text after one edit, written in the first way that proves right.

    Raise Unwritable where there is none.
    """
    old = source.data()
    try:
        wanted = _with(copied(old), edit)
    except LookupError:
        raise _refusal(source, edit) from None
    if wanted == old and (edit.value is not None or not _left_empty(source, edit)):
        return source
    for splices in ways(source, edit):
        raw = _spliced(source.text, splices).encode()
        try:
            new = parse(raw, source.file)
        except InvalidPlan:
            continue
        if new.data() == wanted:
            return new
    raise _refusal(source, edit)


def _differences(place: Place, old: Any, value: Value) -> Iterator[Edit]:  # noqa: ANN401  # any value of a plan
    """Yield what makes *value* of *old*, in the types that *value* has."""
    for edit in edits_between(place, old, texts_of(value)):
        if edit.kind == "order" or edit.value is None:
            yield edit
            continue
        typed: Any = value
        for name in edit.place[len(place) :]:
            if isinstance(name, int):
                typed = edit.value
                break
            typed = typed[name]
        yield edit._replace(value=typed)


def _spliced(text: str, splices: Sequence[Splice]) -> str:
    # Of two at the same place, the first one's text comes first.
    ordered = sorted(splices, key=lambda one: one[:2])
    for start, end, new in ordered[::-1]:
        text = text[:start] + new + text[end:]
    return text


def _left_empty(source: Source, edit: Edit) -> bool:
    """Tell whether the field stands there with nothing behind it."""
    parent, name = node_at(source.root, edit.place[:-1]), edit.place[-1:]
    return isinstance(parent, Fields) and parent.entry(str(*name)) is not None


def _place_of(tree: Any, path: Path) -> Place:  # noqa: ANN401  # maps, lists and texts
    """Return *path* with the items of lists by their places."""
    place: list[str | int] = []
    for name in path:
        part: str | int = name
        if isinstance(tree, list):
            ids = [one.get("id") if isinstance(one, dict) else None for one in tree]
            number = int(name) if name.isascii() and name.isdecimal() else 0
            part = ids.index(name) if name in ids else number - 1
        place.append(part)
        tree = _found(tree, (part,))
    return tuple(place)


def _found(tree: Any, place: Place) -> Any:  # noqa: ANN401  # maps, lists and texts
    """Return what *tree* says at *place*, or None."""
    for name in place:
        if isinstance(tree, dict) and isinstance(name, str):
            tree = tree.get(name)
        elif isinstance(tree, list) and isinstance(name, int):
            tree = tree[name] if 0 <= name < len(tree) else None
        else:
            return None
    return tree


def _with(tree: Any, edit: Edit) -> Any:  # noqa: ANN401  # maps, lists and texts
    """Return *tree* after *edit*; raise LookupError where it has no place."""
    if not edit.place:
        return [tree[place] for place in edit.value]
    (name, *rest), value = edit.place, _texts_of_edit(edit)
    below = edit._replace(place=tuple(rest))
    if isinstance(tree, list) and isinstance(name, int):
        if not 0 <= name < len(tree) + (edit.kind == "insert" and not rest):
            raise LookupError(name)
        if rest or edit.kind == "order":
            tree[name] = _with(tree[name], below)
        elif edit.kind == "set":
            tree[name] = value
        else:
            tree[name : name + (edit.kind == "remove")] = (
                [value] if edit.kind == "insert" else []
            )
    elif not isinstance(tree, dict) or not isinstance(name, str):
        raise LookupError(name)  # noqa: TRY004  # nothing stands there, as with a list
    elif rest and rest == [0] and edit.kind == "insert" and name not in tree:
        tree[name] = [value]
    elif (rest or edit.kind == "order") and (name in tree or value is not None):
        tree[name] = _with(tree.get(name, {}), below)
    elif value is None:
        tree.pop(name, None)
    else:
        tree[name] = value
    return tree


def _texts_of_edit(edit: Edit) -> Any:  # noqa: ANN401  # maps, lists and texts
    """Return the value of *edit* as a plan's tree has it."""
    return edit.value if edit.kind == "order" else texts_of(edit.value)


def _refusal(source: Source, edit: Edit) -> Unwritable:
    """Tell what to type; a nonce is nothing that messages show."""
    address = "/".join(
        str(name + 1) if isinstance(name, int) else name for name in edit.place
    )
    where = f"{source.file}: {address}"
    if edit.place[0] == LINKS:
        return Unwritable(
            f"{where}: cannot be changed here without touching other lines; write"
            " `links:` as a map with a line for each link, and try again"
        )
    if edit.kind == "order":
        return Unwritable(
            f"{where}: cannot be put into another order without touching other lines;"
            " move them by hand"
        )
    if edit.value is None:
        return Unwritable(
            f"{where}: cannot be removed without touching other lines; remove it by"
            " hand"
        )
    told = f"{where}: cannot be written without touching other lines; type it by hand:"
    return Unwritable(told, lines_of_edit(edit))


def lines_of_edit(edit: Edit) -> str:
    """Return the lines that a person may type for *edit*, which writes something."""
    name = edit.place[-1]
    if isinstance(name, int):
        return f"- {item_in_lines(edit.value, Lines('  ', chr(10)))}"
    return field_in_lines(name, edit.value, Lines("", chr(10)))
