"""Make the operations of a suggestion ready to be written into today's plan.

What a client cannot know is filled in: readable ids of new items, who asked, who said
yes when, and the ids of people whom somebody called by their names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mapsite.changes.judging import twin
from mapsite.changes.suggestion import Suggestion
from mapsite.changes.visible import ONE, Tree, Value, maps_of, same_text, visible_item
from mapsite.plan.agreed import stays_internal
from mapsite.plan.day import read_date
from mapsite.plan.naming import suggest_id
from mapsite.plan.operations import Operation, ids_of

MOST_ID = 40
"""Characters of an id that is made of words."""
_MOST_WORDS = 5
_MOST_READ = 200
"""Characters of a text that its id is made of."""
_FIRST = ("id", "name", "side", "title", "text", "detail", "phase", "owners", "due")
"""The fields that a new item begins with, in their order; the others follow."""
_SMALL = frozenset({"a", "an", "and", "the", "is", "are", "of", "to", "in", "for"})
_WHO = frozenset({"owners", "owner", "support", "asked_by", "backup", "with", "who"})
"""The fields that name people, by id or in words."""


def mint_ids(suggestion: Suggestion, tree: Tree) -> tuple[Operation, ...]:
    """Return the operations of *suggestion* as they can be applied to *tree*.

    On the same plan they are always the same; an item that is there already, as far as
    a buyer can see, keeps its id.
    """
    return tuple(_Minting(suggestion, tree).operations())


class _Minting:
    """Make one suggestion ready for one plan."""

    def __init__(self, suggestion: Suggestion, tree: Tree) -> None:
        self._suggestion, self._tree = suggestion, tree
        self._ids = {name: _ids(tree.get(name)) for name in ONE}
        # Where nobody says a place: after the last one that a buyer knows.
        self._last = {name: _last(tree.get(name)) for name in ONE}
        self._called = _called(tree)
        self._people: dict[int, str] = {}

    def operations(self) -> Iterator[Operation]:
        """Yield the operations in their order."""
        # People first: a step may name somebody who only joins further down.
        for number, operation in enumerate(self._suggestion.operations):
            if operation.op == "add" and operation.path == "people":
                self._people[number] = self._join(_said(operation.new))
        for number, operation in enumerate(self._suggestion.operations):
            yield self._ready(number, operation)

    def _join(self, new: Tree) -> str:
        """Return the id of a new person, who can be called by name from now on."""
        one = self._mint("people", new)
        name = same_text(str(new.get("name", "")))
        if self._called.setdefault(name, one) != one:
            del self._called[name]
        return one

    def _ready(self, number: int, operation: Operation) -> Operation:
        op, path = operation.op, operation.path
        if op in {"add", "ask"}:
            return self._new(number, operation)
        if op == "confirm":
            return replace(operation, new=self._yes())
        if op != "set":
            return operation
        field = path.rpartition("/")[2]
        old, new = self._named(field, operation.old), self._named(field, operation.new)
        return replace(operation, old=old, new=None if new == "" else new)

    def _new(self, number: int, operation: Operation) -> Operation:
        name = operation.path
        new = self._named("", _said(operation.new))
        if name == "questions":
            new = {**new, "asked_by": self._who()}
        one = self._people.get(number) or self._mint(name, new)
        after = operation.after
        # Its place would tell of something hidden that somebody guessed.
        if after is None or not visible_item(self._tree, f"{name}/{after}"):
            after = self._last[name]
            if one not in _ids(self._tree.get(name)):
                self._last[name] = one
        return replace(operation, new=_in_order({**new, "id": one}), after=after)

    def _mint(self, name: str, new: Tree) -> str:
        """Return the id of an item that says the same, or a free one of its words."""
        known = twin(name, new, self._tree)
        if known is not None:
            return known
        words = _words(name, new)
        one, count = words, 1
        while one in self._ids[name]:
            count += 1
            one = f"{words}-{count}"
        self._ids[name].add(one)
        return one

    def _yes(self) -> Tree:
        """Return who says yes to a date, and when."""
        received, at = self._suggestion.received, self._suggestion.at[:10]
        day = received.date().isoformat() if received else at
        return {"by": self._who(), **({"on": day} if read_date(day) else {})}

    def _who(self) -> str:
        """Return the id of the person whom the sender is called like, else the name."""
        by = self._suggestion.by
        person = visible_item(self._tree, f"people/{by.id}") if by.id else None
        if by.id and person and _first_name(person.get("name")) == _first_name(by.name):
            return by.id
        return self._called.get(same_text(by.name), by.name)

    def _named(self, field: str, value: Value) -> Value:
        """Return *value* with the ids of people who are called by their names."""
        if isinstance(value, str):
            return self._called.get(same_text(value), value) if field in _WHO else value
        if isinstance(value, list):
            return [self._named(field, one) for one in value]
        if isinstance(value, dict):
            return {key: self._named(key, one) for key, one in value.items()}
        return value


def _ids(items: Value) -> set[str]:
    return {str(item.get("id")) for item in maps_of(items)}


def _last(items: Value) -> str | None:
    shown = [item for item in maps_of(items) if not stays_internal(item)]
    ids = ids_of(shown)
    return ids[-1] if ids else None


def _called(tree: Tree) -> dict[str, str]:
    """Return the ids of the people by their names, as far as a buyer can tell them."""
    found: dict[str, str] = {}
    again = {"unknown"}
    for person in maps_of(tree.get("people")):
        one, name = person.get("id"), person.get("name")
        if (
            isinstance(one, str)
            and isinstance(name, str)
            and not stays_internal(person)
        ):
            again |= {same_text(name)} & found.keys()
            found[same_text(name)] = one
    return {name: one for name, one in found.items() if name not in again}


def _first_name(name: Value) -> str:
    """Return the first word of *name*, which is all that some write of theirs."""
    words = same_text(name).split() if isinstance(name, str) else []
    return words[0].casefold() if words else ""


def _said(new: Tree) -> Tree:
    """Return the fields that say something."""
    return {key: one for key, one in new.items() if one not in (None, "", [], {})}


def _words(name: str, new: Tree) -> str:
    """Return an id of what the item is called."""
    texts = [new.get(key) for key in ("name", "title", "text")]
    told = [text for text in texts if isinstance(text, str) and text != "unknown"]
    words = suggest_id(told[0][:_MOST_READ] if told else "").split("-")
    if name == "people":
        words = words[:1] if texts[0] in told else words
    elif len(words) > _MOST_WORDS:
        words = [word for word in words if word not in _SMALL] or words
    found = "-".join(words[:_MOST_WORDS])[:MOST_ID].strip("-")
    return found or ONE[name]


def _in_order(new: Tree) -> Tree:
    """Return the fields of a new item as people write them, however they came."""
    first = [key for key in _FIRST if key in new]
    return {key: new[key] for key in (*first, *sorted(new.keys() - set(first)))}
