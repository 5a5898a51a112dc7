"""What happens to a plan, told on stable addresses: one vocabulary for every change.

`diff` turns two trees of values (`mapsite.plan.nodes.Source.data`) into operations,
`apply` turns one tree into the other: ``apply(diff(a, b), a) == b``. A field that is
missing and one that is None are the same, as in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mapsite.errors import MapsiteError
from mapsite.plan.texts import read_id

OPS = frozenset({"set", "confirm", "add", "ask", "answer", "comment", "remove"})
KEYED = frozenset(
    {"people", "steps", "questions", "criteria", "metrics", "risks", "documents"}
)
"""The lists whose items are known by their ids."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_FIELDS = frozenset({"op", "path", "old", "new", "value", "after", "why"})

Value = Any
"""A map, a list, a text or None."""
Tree = dict[str, Value]


class Unapplicable(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say that an operation means something that the plan does not have."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Hold one change of one place of a plan."""

    op: str
    """One of `OPS`."""
    path: str
    """By stable ids: ``steps/security-review/due``; empty for the whole plan.

    A confirmation names the date that it is about, an answer its question, and what
    is added or asked the list that it goes into.
    """
    old: Value = None
    """What stood there; None for nothing."""
    new: Value = None
    """What stands there now; None for nothing. The new order of a list is its ids."""
    after: str | None = None
    """Id of the item that a new one follows; None for the first place."""
    why: str | None = None

    def as_dict(self) -> dict[str, Value]:
        """Return the fields that say something, for JSON."""
        value = "new" if self.op in {"set", "answer"} else "value"
        fields = {"op": self.op, "path": self.path, "old": self.old, value: self.new}
        fields |= {"after": self.after, "why": self.why}
        always = {"op", "path"} | ({"old", "new"} if value == "new" else set())
        return {
            name: copied(said)
            for name, said in fields.items()
            if said is not None or name in always
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Value]) -> Operation:
        """Read what `as_dict` wrote; raise ValueError for anything else."""
        if not fields.keys() <= _FIELDS or fields.get("op") not in OPS:
            raise ValueError(f"expected one of {', '.join(sorted(OPS))} and its fields")
        texts = [fields.get(name) for name in ("path", "after", "why")]
        path, after, why = (text if isinstance(text, str) else None for text in texts)
        if path is None or texts != [path, after, why] or {"new", "value"} <= {*fields}:
            raise ValueError("expected a path, and texts in after and why")
        new = fields.get("new", fields.get("value"))
        return cls(
            fields["op"], path, copied(fields.get("old")), copied(new), after, why
        )


def diff(a: Tree, b: Tree) -> tuple[Operation, ...]:
    """Return the operations that make *b* of *a*."""
    return tuple(_of_maps("", a, b))


def apply(operations: Iterable[Operation], a: Tree) -> Tree:
    """Return *a* after *operations*; raise `Unapplicable` where one has no place."""
    tree: Tree = copied(a)
    for operation in operations:
        tree = _applied(operation, tree)
    return tree


def apply_what_fits(operations: Iterable[Operation], a: Tree) -> Tree:
    """Return *a* after those of *operations* that have a place in it."""
    tree: Tree = copied(a)
    for operation in operations:
        try:
            tree = _applied(operation, tree)
        except Unapplicable:
            continue
    return tree


def ids_of(items: Value) -> list[str] | None:
    """Return the ids of a list whose items all have their own, else None."""
    if not isinstance(items, list):
        return None
    ids = [item.get("id") if isinstance(item, dict) else None for item in items]
    good = [one for one in ids if isinstance(one, str) and read_id(one)]
    return good if len(good) == len(ids) == len(set(good)) else None


def copied(value: Value) -> Value:
    """Return a copy of *value* that shares no map and no list with it."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    return [copied(one) for one in value] if isinstance(value, list) else value


def _of_maps(path: str, a: Tree, b: Tree) -> Iterator[Operation]:
    keys = [*a, *(key for key in b if key not in a)]
    if not all(map(_KEY.fullmatch, keys)):
        if a != b:
            yield Operation("set", path, copied(a), copied(b))
        return
    for key in keys:
        old, new = a.get(key), b.get(key)
        if old is not new and old != new:
            yield from _of_values(f"{path}/{key}" if path else key, old, new, b)


def _of_values(path: str, old: Value, new: Value, b: Tree) -> Iterator[Operation]:
    """Compare what stood and stands at *path*, of which *b* is the last map."""
    parts = path.split("/")
    step_field = parts[0] == "steps" and len(parts) == 3  # noqa: PLR2004  # steps/id/field
    if step_field and parts[2] == "confirmed" and new is not None:
        field = "start" if "start" in b and "due" not in b else "due"
        at = f"{parts[0]}/{parts[1]}/{field}"
        yield Operation("confirm", at, copied(b.get(field)), copied(new))
    elif parts[0] == "questions" and parts[2:] == ["answer"] and old is None:
        yield Operation("answer", "/".join(parts[:2]), None, copied(new))
    elif path in KEYED:
        yield from _of_lists(path, old, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _of_maps(path, old, new)
    else:
        yield Operation("set", path, copied(old), copied(new))


def _of_lists(path: str, old: Value, new: Value) -> Iterator[Operation]:
    """Compare two lists of items with ids; take them whole where ids are missing."""
    was, now = ids_of([] if old is None else old), ids_of([] if new is None else new)
    if was is None or now is None or not (was or now):
        if was:
            # A list of words would mean another order of these items.
            yield Operation("set", path, copied(old))
        yield Operation("set", path, None if was else copied(old), copied(new))
        return
    items = dict(zip(was, old or [], strict=True))
    for one in was:
        if one not in now:
            yield Operation("remove", f"{path}/{one}", copied(items[one]))
    order = [one for one in was if one in now]
    verb = "ask" if path == "questions" else "add"
    for place, (one, item) in enumerate(zip(now, new or [], strict=True)):
        if one not in items:
            after = now[place - 1] if place else None
            order.insert(order.index(after) + 1 if after else 0, one)
            yield Operation(verb, path, None, copied(item), after)
        elif items[one] is not item:
            yield from _of_maps(f"{path}/{one}", items[one], item)
    if order != now:
        yield Operation("set", path, order, now)
    if new is None:
        yield Operation("set", path, [])


def _applied(operation: Operation, tree: Tree) -> Tree:
    """Return *tree*, changed in place, or the one that replaces it."""
    op, path, new = operation.op, operation.path, copied(operation.new)
    if op == "comment":
        return tree
    if op in {"add", "ask"}:
        _insert(tree, operation, new)
    elif op == "answer":
        _write(tree, f"{path}/answer", new)
    elif op == "confirm":
        _write(tree, f"{path.rpartition('/')[0]}/confirmed", new)
    elif path:
        _write(tree, path, None if op == "remove" else new)
    elif op == "set" and isinstance(new, dict):
        return new
    else:
        raise Unapplicable("expected the path of a field")
    return tree


def _write(tree: Tree, path: str, new: Value) -> None:
    """Set or clear what stands at *path*: a field, an item, or the order of items."""
    above, _, name = path.rpartition("/")
    target = _at(tree, above)
    if isinstance(target, list):
        place = _place(target, name, path)
        target[place : place + 1] = [] if new is None else [new]
        return
    ids = ids_of(target.get(name)) if path in KEYED else None
    if new is None:
        target.pop(name, None)
    elif ids and isinstance(new, list) and all(isinstance(one, str) for one in new):
        if sorted(ids) != sorted(new):
            raise Unapplicable(f"expected an order of other {name}")
        items = {item["id"]: item for item in target[name]}
        target[name] = [items[one] for one in new]
    else:
        target[name] = new


def _insert(tree: Tree, operation: Operation, new: Value) -> None:
    items = _items(tree, operation.path)
    ids = ids_of(items)
    one = new.get("id") if isinstance(new, dict) else None
    if ids is None or one is None or one in ids:
        raise Unapplicable(f"expected a new item of {operation.path} with its own id")
    # What it was to follow may be gone by now; the end is as good a place.
    place = 0 if operation.after is None else len(ids)
    if operation.after in ids:
        place = ids.index(operation.after) + 1
    tree[operation.path] = [*items[:place], new, *items[place:]]


def _items(tree: Tree, name: str) -> list[Tree]:
    items = tree.get(name) or []
    if name not in KEYED or not isinstance(items, list):
        raise Unapplicable(f"expected a list of items, got {name}")
    return items


def _at(tree: Tree, path: str) -> Tree | list[Value]:
    """Return the map or list at *path*."""
    node: Value = tree
    for name in path.split("/") if path else ():
        if isinstance(node, list):
            node = node[_place(node, name, path)]
        else:
            node = node.get(name) if isinstance(node, dict) else None
    if not isinstance(node, dict | list):
        raise Unapplicable(f"nothing stands at {path}")
    return node


def _place(items: list[Value], one: str, path: str) -> int:
    """Return the place of the item with the id *one*."""
    for place, item in enumerate(items):
        if isinstance(item, dict) and item.get("id") == one:
            return place
    raise Unapplicable(f"nothing stands at {path}")
