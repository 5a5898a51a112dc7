"""Who may change what: reviewed, taken as a comment, or not at all.

Without settings everything is reviewed, but for what a company decides alone. Settings
may tighten that or loosen it, but for what a buyer cannot see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from html import unescape
from typing import NamedTuple

from mapsite.changes.sides import sides_of
from mapsite.changes.visible import (
    Tree,
    Value,
    hidden_names,
    names_in,
    shows,
    visible_item,
)
from mapsite.plan.operations import KEYED, Operation
from mapsite.plan.public import SHOWN
from mapsite.plan.wording import quoted
from mapsite.repository import SETTINGS


class Ruling(StrEnum):
    """Say what may become of an operation."""

    REVIEW = "review"
    """It is written into a branch, which a person accepts or declines."""
    COMMENT = "comment"
    """A person reads it; nothing is written into the plan."""
    NEVER = "never"
    """It is refused."""


class Ruled(NamedTuple):
    """Hold a ruling, and what the person who reviews it should know."""

    ruling: Ruling
    reason: str = ""
    """Why it is not simply reviewed, in words for the reviewer."""
    flags: tuple[str, ...] = ()
    """What to look at twice."""


class Policy(NamedTuple):
    """Hold the rules of one team: by side, by what they are about."""

    rules: Mapping[str, Mapping[str, Ruling]] = {}
    """About ``steps/due``, ``confirm steps``, ``goal``, ``remove`` or ``all``."""


_REASONS = {
    "title": "the title of a plan is changed by both sides together",
    "goal": "the goal and its amounts are changed by both sides together",
    "buyer": "a company's name is not changed by a suggestion",
    "seller": "a company's name is not changed by a suggestion",
    "marking": "how the plan is marked is the seller's to change",
    "remove": "what is to go is removed by hand",
    "steps/confirmed": "a yes to a date is given as a yes, not written",
    "steps/moves": "moves follow from the dates that both sides agree on",
    "questions/asked_by": "who asked is not changed afterwards",
}
"""What is only told to a person unless settings say otherwise, and why."""
_DEFAULT = dict.fromkeys(_REASONS, Ruling.COMMENT)
_SELLERS = frozenset(
    {"internal", "links", "checks", "closed", "status", "calendar", "language", "band"}
    | {"created"}
)
"""What at the top of a plan is the seller's alone."""
_UNSEEN = frozenset({"internal", "email", "file", "logo", "color", "contact"})
"""Fields that no buyer sees, or that would make a file travel into the room."""
_SAID = {"people": frozenset({"email"})}
"""What may be said of a new item though it is never shown."""
_NOT_GIVEN = ("confirmed", "moves")
"""What no new item brings along, as it says what others agreed to."""
_LINK = re.compile(r"//|\bmailto:|\]\s*[(:\[]", re.IGNORECASE)
"""Where a reader may get to something to click on."""
_NOT_THEIRS = Ruled(Ruling.NEVER, "a buyer cannot see or change that")


def rule(operation: Operation, tree: Tree, side: str, policy: Policy) -> Ruled:
    """Return what may become of *operation* by somebody on *side*.

    Reason and flags are for the seller's reviewer: they may tell that something is
    there which a buyer does not see.
    """
    if side == "buyer" and (fixed := _fixed(operation, tree)):
        return fixed
    rules = {**(_DEFAULT if side == "buyer" else {}), **policy.rules.get(side, {})}
    for key in _keys(operation):
        if key in rules:
            ruling = rules[key]
            break
    else:
        key, ruling = "", Ruling.REVIEW
    if operation.op == "comment" and ruling is Ruling.REVIEW:
        ruling = Ruling.COMMENT
    return Ruled(ruling, _reason(key, ruling), tuple(_flags(operation, tree, side)))


def subject(path: str) -> str:
    """Return what rules call the place *path*: ``steps/due``, ``goal/date``."""
    name, *rest = path.split("/")
    return "/".join([name, *(rest[1:] if name in KEYED else rest)][:2])


def _keys(operation: Operation) -> Iterator[str]:
    """Yield what a rule about *operation* may be called, the most exact first."""
    about = subject(operation.path)
    name, _, field = about.partition("/")
    if field:
        yield from (f"{operation.op} {about}", about)
    yield from (f"{operation.op} {name}", operation.op, name, "all")


def _reason(key: str, ruling: Ruling) -> str:
    if ruling is Ruling.REVIEW or not key:
        return ""
    told = _REASONS.get(key) if ruling is Ruling.COMMENT else None
    return told or f"{SETTINGS} says {ruling} for {key}"


def _fixed(operation: Operation, tree: Tree) -> Ruled | None:
    """Return what holds for a buyer whatever the settings say, if anything does."""
    op, path = operation.op, operation.path
    if op == "comment":
        return None
    name, *rest = path.split("/")
    fields = rest[1:] if name in KEYED else rest
    shown_or_hidden = op == "set" and operation.new in ("true", "false", None)
    if fields == ["internal"] and shown_or_hidden and visible_item(tree, path):
        return Ruled(Ruling.COMMENT, "what is shown is the seller's to decide")
    if not path or name in _SELLERS or not _UNSEEN.isdisjoint(fields):
        return _NOT_THEIRS
    if not _UNSEEN.isdisjoint(set(_keys_in(operation.new)) - _may_say(operation)):
        return _NOT_THEIRS
    if told := _unusual(operation, fields) or _unseen_inside(operation, tree):
        return Ruled(Ruling.COMMENT, told)
    return None


def _may_say(operation: Operation) -> frozenset[str]:
    new = operation.op == "add"
    return _SAID.get(operation.path, frozenset()) if new else frozenset()


def _unusual(operation: Operation, fields: list[str]) -> str | None:
    """Say why no operation of a room would be like this one."""
    op, path, name = operation.op, operation.path, operation.path.partition("/")[0]
    if fields == ["id"]:
        return "ids stay as they are"
    if op in {"add", "ask"}:
        return _unusual_item(operation)
    if op == "confirm" and subject(path) not in {"steps/due", "steps/start"}:
        return "only the date of a step has a place for a yes"
    if not shows(path):
        return "a room shows no such field"
    if (path == "goal" or (name in KEYED and not fields)) and op == "set":
        return "whole items and their order are changed by hand"
    return None


def _unusual_item(operation: Operation) -> str | None:
    """Say why no room would add such an item."""
    name, new = operation.path, operation.new
    known = SHOWN.get(name, frozenset()) | _may_say(operation) | {"id"}
    if more := sorted(set(new) - known):
        return f"no field of a new item is called {quoted(more[0])}"
    given = [key for key in _NOT_GIVEN if key in new]
    return _REASONS[f"steps/{given[0]}"] if given else None


def _unseen_inside(operation: Operation, tree: Tree) -> str | None:
    """Say that more would be overwritten, or named, than the buyer saw."""
    item, (name, *rest) = tree, operation.path.split("/")
    hidden = hidden_names(tree)
    if not hidden.isdisjoint(names_in((rest or [name])[-1], operation.new)):
        return "it names something that a buyer does not see"
    if operation.op != "set":
        return None
    if name in KEYED:
        item, rest = visible_item(tree, operation.path) or {}, rest[1:]
        name, *rest = rest or [""]
    held = item.get(name)
    for key in rest:
        held = held.get(key) if isinstance(held, dict) else None
    if "internal" in _keys_in(held) or not hidden.isdisjoint(_texts_in(held)):
        return "something stands there that a buyer does not see"
    return None


def _flags(operation: Operation, tree: Tree, side: str) -> Iterator[str]:
    """Yield what the reviewer should look at twice."""
    path = operation.path
    step = visible_item(tree, path) if path.startswith("steps/") else None
    changes = side == "buyer" and operation.op in {"set", "confirm", "remove"}
    if changes and step and sides_of(tree, step) == {"seller"}:
        yield "the step is the seller's own"
    texts = [operation.why or "", *_texts_in(operation.new)]
    if any(map(_LINK.search, map(unescape, texts))):
        yield "it brings a link: look where it leads"


def _keys_in(value: Value) -> Iterator[str]:
    """Yield the keys of all maps in *value*."""
    if isinstance(value, dict):
        yield from value
    within = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for one in within:
            yield from _keys_in(one)


def _texts_in(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(one)
