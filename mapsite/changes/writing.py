"""Write operations into a plan's own text, or say which lines to type.

What is written is read again: it says what the plan said, with the operations and
nothing else, or it is not taken. Nothing is ever written in another way than it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.edit import Unwritable, lines_of_edit, written
from mapsite.plan.nodes import Source
from mapsite.plan.operations import (
    Operation,
    Tree,
    Unapplicable,
    Value,
    apply,
)
from mapsite.plan.read import read_source
from mapsite.plan.rewriting import Edit, Place, edits_between
from mapsite.plan.source import parse
from mapsite.plan.spelling import texts_of
from mapsite.plan.wording import in_line

_TRUTHS = frozenset({"optional", "internal"})
_WHOLE = frozenset({"signs", "weight"})
"""Fields whose texts are truths and whole numbers, which are written without quotes."""
_MOST_PATH = 200


class Refused(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say why operations are not written, and the exact lines to type."""

    def __init__(self, reason: str, lines: str = "") -> None:
        """Keep the *reason*, and the *lines* a person may type, where there are any."""
        super().__init__(f"{reason}\n{lines}" if lines else reason)
        self.reason, self.lines = reason, lines


def changed(raw: bytes, operations: Iterable[Operation], file: str) -> bytes:
    """Return the plan *raw* after *operations*; *file* is its name in messages.

    Raise Refused, with nothing written, where one of them has no place in the plan,
    cannot be written without touching anything else, or makes it no plan any more.
    """
    wanted = tuple(map(_plain, operations))
    try:
        source = old = parse(raw, file)
    except InvalidPlan as fault:
        reason = f"the plan cannot be read, so nothing can be written:\n{fault}"
        raise Refused(reason, _all_lines(wanted)) from fault
    try:
        expected = apply(wanted, old.data())
    except Unapplicable as fault:
        raise Refused(f"{file}: {fault}", _all_lines(wanted)) from fault
    for operation in wanted:
        source = _written(source, operation)
    if source.data() != expected:
        reason = f"{file}: what was written does not say what was meant"
        raise Refused(reason, _all_lines(wanted))
    if source is not old:
        _refuse_worse(old, source)
    return source.text.encode()


def _written(source: Source, operation: Operation) -> Source:
    """Return the text after one operation, which has a place in it."""
    try:
        for edit in _edits(source.data(), operation):
            source = written(source, edit)
    except Unwritable as fault:
        raise Refused(fault.reason, fault.lines) from fault
    return source


def _refuse_worse(old: Source, new: Source) -> None:
    """Refuse a text that is no plan, unless it was none before."""
    try:
        read_source(new)
    except InvalidPlan as fault:
        try:
            read_source(old)
        except InvalidPlan:
            return
        reason = f"the plan could not be read after this change:\n{fault}"
        raise Refused(reason) from fault


def _edits(tree: Tree, operation: Operation) -> Iterator[Edit]:
    """Yield the changes of fields and items that an operation means in *tree*."""
    after, path = apply([operation], tree), operation.path
    if operation.op in {"add", "ask"} and tree.get(path):
        one = operation.new["id"]
        at = next(n for n, item in enumerate(after[path]) if item["id"] == one)
        yield Edit("insert", (path, at), _typed(operation.new))
        return
    if operation.op == "answer":
        path = f"{path}/answer"
    elif operation.op == "confirm":
        path = f"{path.rpartition('/')[0]}/confirmed"
    place, old, new = _looked_up(tree, after, path)
    if isinstance(place[-1] if place else "", int) and new is None:
        yield Edit("remove", place)
        return
    for edit in edits_between(place, old, new):
        keyed = edit.place[-1] if edit.place else ""
        wants = edit.kind != "order" and edit.value is not None
        yield edit._replace(value=_typed(edit.value, str(keyed))) if wants else edit


def _looked_up(tree: Tree, after: Tree, path: str) -> tuple[Place, Value, Value]:
    """Return the place that *path* names in *tree*, what stood and what is to stand."""
    place: list[str | int] = []
    old: Value = tree
    new: Value = after
    for name in path.split("/") if path else ():
        if isinstance(old, list):
            ids = [one.get("id") if isinstance(one, dict) else None for one in old]
            at = ids.index(name)
            place.append(at)
            gone = isinstance(new, list) and len(new) < len(old)
            old, new = old[at], None if gone else new[at]
        else:
            place.append(name)
            old, new = old.get(name), new.get(name)
    return tuple(place), old, new


def _plain(operation: Operation) -> Operation:
    """Return *operation* as a plan's text can say it: nothing is left out of maps."""
    return replace(operation, new=_without_nothing(texts_of(operation.new)))


def _without_nothing(value: Value) -> Value:
    if isinstance(value, dict):
        return {
            key: _without_nothing(one) for key, one in value.items() if one is not None
        }
    return list(map(_without_nothing, value)) if isinstance(value, list) else value


def _typed(value: Any, key: str = "") -> Any:  # noqa: ANN401  # any value of a plan
    """Return *value* with truths and numbers where a plan has them."""
    if isinstance(value, dict):
        return {name: _typed(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_typed(one) for one in value]
    if key in _TRUTHS and value in {"true", "false"}:
        return value == "true"
    if key in _WHOLE and value.isascii() and value.isdecimal():
        return int(value) if str(int(value)) == value else value
    return value


def _all_lines(operations: Iterable[Operation]) -> str:
    """Return the lines to type for *operations*, as far as they have any."""
    found = []
    for operation in operations:
        if operation.op == "comment" or operation.new is None:
            continue
        path, new = operation.path, operation.new
        if operation.op in {"add", "ask"}:
            edit = Edit("insert", (path, 0), _typed(new))
        else:
            edit = Edit("set", (path.rpartition("/")[2],), _typed(new))
        found.append(f"# {in_line(path, _MOST_PATH)}\n{lines_of_edit(edit)}")
    return "\n".join(found)
