"""Tell an operation in one plain English sentence, for those who review it.

A sentence begins with a word of ours and is one line of characters that can be seen;
texts of others stand in it in quotes or after a colon, cut to what can be read. It
names nothing that a buyer does not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeGuard

from mapsite.changes.moments import day_in_words, is_relative, moment_in_words
from mapsite.changes.visible import (
    ONE,
    Tree,
    Value,
    maps_of,
    same,
    visible_day,
    visible_item,
    visible_value,
)
from mapsite.plan.agreed import stays_internal
from mapsite.plan.day import read_date
from mapsite.plan.operations import KEYED, Operation
from mapsite.plan.wording import in_line

_MOST = 90
"""Characters of a text of the plan or of a new value."""
_MOST_WHY = 240
_DATES = frozenset({"date", "decision", "go_live", "event", "due", "start", "done"})
_WHO = frozenset({"owners", "owner", "support", "backup", "asked_by", "with"})
_FIELDS = {
    "after": "what has to come before {}",
    "asked_by": "who asked {}",
    "backup": "who stands in for {}",
    "go_live": "the go-live date",
    "decision": "the decision day",
    "event": "the day of the event",
    "only_if": "the condition of {}",
    "owner": "the owner of {}",
    "owners": "the owners of {}",
    "ref": "the number of {}",
    "signs": "when {} signs",
    "support": "who helps with {}",
    "takes": "how long {} takes",
    "waits_for": "what {} waits for",
    "why": "the reason for {}",
}
"""What fields of something are called, where their names are no words for it."""


def sentences(operations: Iterable[Operation], tree: Tree) -> tuple[str, ...]:
    """Return a sentence for each of *operations* on the plan *tree*."""
    all_of_them = tuple(operations)
    # Who joins in the same suggestion has a name, too.
    new = [one.new for one in all_of_them if (one.op, one.path) == ("add", "people")]
    people = [*maps_of(tree.get("people")), *new]
    return tuple(sentence(one, {**tree, "people": people}) for one in all_of_them)


def sentence(operation: Operation, tree: Tree) -> str:
    """Say what *operation* would do to the plan *tree*, and why."""
    told = _Telling(tree).of(operation)
    why = in_line(operation.why or "", _MOST_WHY)
    return f"{told}: {why}" if why else told


def said(operation: Operation, value: Value, tree: Tree) -> str:
    """Say the *value* that stands today where *operation* would write."""
    return _Telling(tree).today(operation, value)


class _Telling:
    """Tell operations in the words of one plan."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        goal = tree.get("goal")
        day = goal.get("date") if isinstance(goal, dict) else None
        known = read_date(day) if isinstance(day, str) else None
        self._year = known.year if known else None

    def of(self, operation: Operation) -> str:
        """Return the sentence without its reason."""
        op, path = operation.op, operation.path
        name, *rest = path.split("/")
        field = rest[1:] if name in KEYED else [name, *rest] if path else []
        if op in {"add", "ask"}:
            return self._new(operation)
        if op == "comment":
            return f"Comment on {self._place(path)}: {self._text(operation.new)}"
        if op == "answer":
            return f"Answer {self._place(path)}: {self._text(operation.new)}"
        if op == "confirm":
            return self._yes(operation)
        if op == "remove" or not field:
            return f"{'Remove' if op == 'remove' else 'Change'} {self._place(path)}"
        return self._value(operation, field[-1])

    def today(self, operation: Operation, value: Value) -> str:
        """Say *value*, which the plan has today where *operation* would write."""
        field = operation.path.rpartition("/")[2]
        if isinstance(value, str) and is_relative(value):
            value = visible_day(self._tree, operation.path) or value
        return self._said(field, value) or "nothing there"

    def _old(self, operation: Operation, field: str) -> str:
        """Say what somebody saw; a relative date only if that is today's, as a day."""
        old, path = operation.old, operation.path
        if field not in _DATES or not isinstance(old, str) or not is_relative(old):
            return self._said(field, old)
        same_one = same(old) == visible_value(self._tree, path)
        day = visible_day(self._tree, path) if same_one else None
        return self._said(field, day)

    def _new(self, operation: Operation) -> str:
        new, name = operation.new, operation.path
        if operation.op == "ask":
            return f"Ask {self._text(new)}"
        called = in_line(str(new.get("name") or new.get("title") or ""), _MOST)
        if name == "people":
            words = [new.get("side"), new.get("title"), *_listed(new.get("roles"))]
            told = ", ".join(in_line(word, _MOST) for word in words if _is_text(word))
            return f"Add {called or 'a person'}{f' ({told})' if told else ''}"
        told = called or self._text(new)
        due, owners = new.get("due"), new.get("owners") or new.get("owner")
        told += f", due {self._said('due', due)}" if due else ""
        told += f", owned by {self._said('owners', owners)}" if owners else ""
        return f"Add the {ONE.get(name, 'item')} {told}"

    def _yes(self, operation: Operation) -> str:
        by = operation.new.get("by") if isinstance(operation.new, dict) else None
        day = self._old(operation, "due") or self._said("due", operation.old)
        told = f" ({self._who(by)})" if _is_text(by) else ""
        return f"Confirm {day} for {self._place(operation.path)}{told}"

    def _value(self, operation: Operation, field: str) -> str:
        path, place = operation.path, self._place(operation.path)
        was, to = self._old(operation, field), self._said(field, operation.new)
        if field in {"due", "start"} or path == "goal/date":
            return _moved(
                f"the start of {place}" if field == "start" else place, was, to
            )
        if field == "status" and to:
            return f"Mark {place} as {to}{f' (it was {was})' if was else ''}"
        if path.startswith("steps/") and field == "done" and to:
            return f"Mark {place} as done on {to}"
        if field in {"owner", "owners"} and to:
            return f"Give {place} to {to}{f' instead of {was}' if was else ''}"
        return self._change(path, field, was, to)

    def _change(self, path: str, field: str, was: str, to: str) -> str:
        """Tell a change that has no verb of its own."""
        if field in {"title", "name", "text"} and path.partition("/")[0] in KEYED:
            return f"Rename {self._place(path)} to {to or 'nothing'}"
        usual = f"the {field.replace('_', ' ')}{' of {}' if '/' in path else ''}"
        what = _FIELDS.get(field, usual).replace("{}", self._place(path))
        if not to:
            return f"Clear {what}"
        return f"Change {what} from {was} to {to}" if was else f"Set {what} to {to}"

    def _place(self, path: str) -> str:
        """Name what the field at *path* belongs to, or the item there."""
        name, *rest = path.split("/")
        if name not in KEYED:
            named = {"": "the plan", "buyer": "the buyer", "seller": "the seller"}
            return named.get(name, f"the {name}")
        if not rest:
            return f"the {name}"
        item = visible_item(self._tree, path) or {}
        called = item.get("name") if item.get("name") != "unknown" else None
        called = called or item.get("title")
        if _is_text(called):
            return in_line(str(called), _MOST)
        if _is_text(item.get("text")):
            return _quoted(str(item["text"]))
        return f"the {ONE[name]} {rest[0]}"

    def _text(self, value: Value) -> str:
        text = value.get("text") if isinstance(value, dict) else value
        return _quoted(text, _MOST_WHY) if isinstance(text, str) else "nothing"

    def _said(self, field: str, value: Value) -> str:
        """Say a value of *field*; empty for nothing."""
        if isinstance(value, list):
            return _joined([self._said(field, one) for one in value])
        if isinstance(value, dict):
            names = ("who", "buyer", "seller", "title", "name", "text", "to")
            value = next((value[key] for key in names if _is_text(value.get(key))), "…")
        return self._word(field, value) if _is_text(value) else ""

    def _word(self, field: str, text: str) -> str:
        if field in _DATES and (day := read_date(text)):
            return day_in_words(day, self._year)
        if field in _DATES and is_relative(text):
            return moment_in_words(text)
        if field in _WHO:
            return self._who(text)
        if field == "status" and text.replace("-", "").isalpha():
            return in_line(text.replace("-", " "), _MOST)
        return _quoted(text)

    def _who(self, text: str) -> str:
        """Return by what name a buyer knows *text*."""
        for person in maps_of(self._tree.get("people")):
            if person.get("id") == text and not stays_internal(person):
                called = person.get("name")
                called = person.get("title") if called == "unknown" else called
                text = called if _is_text(called) else text
        return in_line(text, _MOST)


def _moved(what: str, was: str, to: str) -> str:
    if was and to:
        return f"Move {what} from {was} to {to}"
    return f"Set the date of {what} to {to}" if to else f"Take the date off {what}"


def _joined(texts: list[str]) -> str:
    told = [text for text in texts if text]
    return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _is_text(value: Value) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _quoted(text: str, most: int = _MOST) -> str:
    return f'"{in_line(text, most)}"'
