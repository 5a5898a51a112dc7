"""The sentences about what would change in a room, for those who decide on it.

Pure text in English, like all that commands print; what a plan says stands in it as
written, in one line. Whoever prints it takes care that it steers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from mapsite.plan.moment import Duration, Moment
from mapsite.plan.wording import in_line, quoted
from mapsite.room.step_view import Named, WhoView

PARTS = {
    "steps": "step",
    "people": "person",
    "questions": "question",
    "criteria": "criterion",
    "metrics": "measure of success",
    "documents": "document",
    "risks": "risk",
}
"""The lists of a plan, and what one item of each is called."""
NOUNS: dict[str, dict[str, str]] = {
    "steps": {
        "title": "title",
        "detail": "description",
        "moment": "time",
        "takes": "length",
        "sides": "sides",
        "owners": "owners",
        "support": "support",
        "after": "steps before it",
        "waits_for": "what it waits for",
        "only_if": "condition",
        "optional": "optional",
        "blocker": "blocker",
        "fallback": "fallback",
        "outcome": "outcome",
        "confirmed_by": "confirmed by",
        "confirmed_on": "confirmed on",
        "evidence": "how it is known to be done",
        "tasks": "tasks",
        "documents": "documents",
        "links": "links",
        "note": "note",
        "moves": "record of its moves",
        "ref": "number in the buyer's list",
    },
    "people": {
        "side": "side",
        "title": "title",
        "roles": "roles",
        "backup": "backup",
        "signs": "place among the signatures",
        "since": "on the plan since",
    },
    "questions": {
        "text": "text",
        "asked_by": "asked by",
        "owner": "owner",
        "answer": "answer",
        "answered": "answered on",
    },
    "criteria": {
        "text": "text",
        "measure": "measure",
        "weight": "weight",
        "status": "state",
        "owner": "owner",
        "evidence": "evidence",
    },
    "metrics": {
        "text": "text",
        "baseline": "today's value",
        "target": "target",
        "measure": "measure",
        "owner": "owner",
    },
    "documents": {
        "title": "title",
        "href": "file or link",
        "status": "state",
        "owner": "owner",
    },
    "risks": {
        "text": "text",
        "likelihood": "likelihood",
        "impact": "impact",
        "mitigation": "what is done about it",
        "owners": "owners",
    },
}
"""By list, the fields of its items that are told one by one."""

_MOST_TITLE = 80
_MOST_NAMED = 5
_MOST_QUOTED = 60
_WORDS = frozenset({"state", "status", "standing", "likelihood", "impact", "language"})
"""Fields whose text is one of a few words, which need no quotes."""
_TEAM = "the seller's team"


def titled(text: str) -> str:
    """Return the name of an item in one line."""
    return in_line(text, _MOST_TITLE)


def moved(item: str, was: date | None, now: date | None) -> str:
    """Say what became of the day of *item*."""
    if was and now:
        return f"{item} moves from {was} to {now}"
    return f"{item} gets a day: {now}" if now else f"{item} has no day, was {was}"


def changed(item: str, field: str, noun: str, was: object, now: object) -> str:
    """Say what became of the *field* of *item* that readers know as *noun*."""
    old, new = told(field, was), told(field, now)
    if old == new or None in {old, new}:
        return f"{item}: {noun} {_became(was, now)}"
    if old and new:
        return f"{item}: {noun} now {new}, before {old}"
    return f"{item}: {noun} now {new}" if new else f"{item}: {noun} no longer {old}"


def listed(names: Iterable[str]) -> str:
    """Return *names* in one line, the first few of many."""
    all_names = [titled(name) for name in names]
    some, more = all_names[:_MOST_NAMED], len(all_names) - _MOST_NAMED
    if more > 0:
        return f"{', '.join(some)} and {more} more"
    *first, last = some
    return f"{', '.join(first)} and {last}" if first else last


def told(field: str, value: Any) -> str | None:  # noqa: ANN401  # a field of any view
    """Return *value* in one line, empty for nothing, None where it takes more."""
    if value is None or value is False or value in ("", ()):
        return ""
    if isinstance(value, tuple):
        parts = [_named(one) for one in value]
        return None if None in parts else listed(part for part in parts if part)
    if isinstance(value, str):
        return _text(field, value)
    return _named(value)


def _text(field: str, value: str) -> str | None:
    if field in _WORDS:
        return value.replace("-", " ")
    whole = " ".join(value.split())
    return quoted(value) if len(whole) <= _MOST_QUOTED else None


def _named(value: Any) -> str | None:  # noqa: ANN401  # a field of any view
    """Return what a person calls *value*, or None where that does not tell it."""
    if isinstance(value, WhoView):
        return titled(value.name or _TEAM)
    if isinstance(value, Named):
        return titled(value.title)
    if isinstance(value, Moment | Duration):
        return value.text
    if isinstance(value, str):
        return titled(value)
    plain = isinstance(value, date | int) and not isinstance(value, bool)
    return str(value) if plain else "yes" if value is True else None


def _became(was: object, now: object) -> str:
    if was and now:
        return "changes"
    return "is new" if now else "is gone"
