"""What of today's plan a suggestion can be about: the buyer-visible values.

Two spellings of the same are one value here: ``owners: sarah`` and ``owners: [sarah]``.
Nothing that a room does not show is ever returned.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from mapsite.plan.agreed import agreed_days, stays_internal
from mapsite.plan.operations import Operation, Unapplicable, apply
from mapsite.plan.public import LISTS, SHOWN, PublicView, shown_item

Value = Any
"""A map, a list, a text or None."""
Tree = dict[str, Value]

TOP = frozenset({"title", "marking", "summary", "review", "phases", "sections"})
"""Fields of the plan itself that a room shows whole; a status is not the buyer's."""
ONE = {
    "people": "person",
    "steps": "step",
    "questions": "question",
    "criteria": "criterion",
    "metrics": "metric",
    "risks": "risk",
    "documents": "document",
}
"""What an item of each list is called."""
PARTIES = frozenset({"buyer/name", "seller/name"})
_NAMED = (("people", "id"), ("steps", "id"), ("documents", "id"), ("phases", "name"))
_NAMING = frozenset(
    {"owners", "owner", "support", "backup", "asked_by", "with", "by", "who", "buyer"}
    | {"seller", "after", "documents", "phase"}
)
"""The fields that call something by its id or its name."""


def shows(path: str) -> bool:
    """Tell whether a room shows fields like the one at *path*, or such items."""
    name, _, rest = path.partition("/")
    fields = rest.split("/")
    if name in LISTS:
        return len(fields) == 1 or fields[1] in SHOWN[name] | {"id"}
    if name == "goal":
        return not rest or fields[0] in SHOWN["goal"]
    return path in PARTIES or name in TOP or not path


def visible_value(tree: Tree, path: str) -> Value:
    """Return what stands at *path* as a buyer may see it; None for nothing."""
    name, *rest = path.split("/")
    value: Value
    if not shows(path) or stays_internal(tree):
        return None
    if name in LISTS and rest:
        item = visible_item(tree, path)
        value = None if item is None else shown_item(tree, name, item)
        rest = rest[1:]
    else:
        view = PublicView().of({key: tree.get(key) for key in (name, "people")}) or {}
        value = view.get(name)
        if name in LISTS:
            value = [item["id"] for item in view[name]]
    for key in rest:
        value = value.get(key) if isinstance(value, dict) else None
    return same(value)


def looks_like(tree: Tree, path: str, value: Value) -> Value:
    """Return what would be seen at *path* if *value* stood there.

    A guessed name of something hidden looks like any other that means nothing.
    """
    value = _without_guesses(path.rpartition("/")[2], value, hidden_names(tree))
    try:
        changed = apply([Operation("set", path, new=value)], _around(tree, path))
    except Unapplicable:
        return None
    return visible_value({**tree, **changed}, path)


def visible_item(tree: Tree, path: str) -> Tree | None:
    """Return the item at ``steps/demo``, or above a field of it, if it is shown."""
    name, one, *_ = [*path.split("/"), ""]
    if name not in LISTS or stays_internal(tree):
        return None
    for item in maps_of(tree.get(name)):
        if item.get("id") == one:
            return None if stays_internal(item) else item
    return None


def hidden_names(tree: Tree) -> frozenset[str]:
    """Return by which names other fields call what no buyer sees."""
    return frozenset(
        name
        for among, key in _NAMED
        for one in maps_of(tree.get(among))
        if stays_internal(one) and isinstance(name := one.get(key), str)
    )


def names_in(field: str, value: Value) -> Iterator[str]:
    """Yield what *value* of *field* names: people, steps, documents, a phase."""
    if isinstance(value, str) and field in _NAMING:
        yield " ".join(value.split())
    elif isinstance(value, list):
        for one in value:
            yield from names_in(field, one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from names_in(key, one)


def visible_day(tree: Tree, path: str) -> str | None:
    """Return the day that the date at *path* means: ``goal-3w`` is one too."""
    item, field = visible_item(tree, path), path.rpartition("/")[2]
    text = item.get(field) if item else None
    if not isinstance(text, str) or field not in {"due", "start"}:
        return None
    return agreed_days(tree, {"": {field: text}}).get("")


def maps_of(items: Value) -> Iterator[Tree]:
    """Yield the maps of a list."""
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield item


def same_text(text: str) -> str:
    """Return *text* as it is compared: white space and accents written in one way."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same(value: Value) -> Value:
    """Return *value* with all its texts as they are compared."""
    if isinstance(value, str):
        return same_text(value)
    if isinstance(value, dict):
        return {key: same(one) for key, one in value.items() if one is not None}
    return [same(one) for one in value] if isinstance(value, list) else value


def _without_guesses(field: str, value: Value, hidden: frozenset[str]) -> Value:
    """Return *value* with names that nothing has for those of what is hidden."""
    if not hidden or hidden.isdisjoint(names_in(field, value)):
        return value
    if isinstance(value, dict):
        return {key: _without_guesses(key, one, hidden) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_guesses(field, one, hidden) for one in value]
    return f"\0{value}"


def _around(tree: Tree, path: str) -> Tree:
    """Return no more of *tree* than a change at *path* needs."""
    name, *rest = path.split("/")
    if name in LISTS and rest:
        item = visible_item(tree, path)
        return {name: [item] if item else []}
    return {name: tree.get(name)} if tree.get(name) is not None else {}
