"""From one answer of a form to a suggestion, or to a task for a person."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from mapsite.changes.block import find_blocks
from mapsite.changes.intake.columns import Cell, Columns, say
from mapsite.changes.intake.outcome import (
    Arrivals,
    Delivery,
    NeedsPerson,
    Outcome,
    as_original,
    needs_person,
)
from mapsite.changes.suggestion import (
    AT_PATTERN,
    FORMAT,
    ID_PATTERN,
    Origin,
    Suggestion,
    Unreadable,
    read_suggestion,
    suggestion_of,
)
from mapsite.plan.day import read_date
from mapsite.plan.moment import read_moment
from mapsite.plan.operations import OPS
from mapsite.plan.wording import in_line, quoted

UNKNOWN = "unknown"
"""The name of somebody who gave none, as plans write it."""
_DATES = frozenset(
    {
        *("due", "start", "done", "date", "decision", "go_live", "event", "added"),
        *("answered", "created", "next", "on", "from", "to", "met"),
    }
)
"""The fields that hold a day."""
_CALLED = {
    "steps": "title",
    "people": "name",
    "questions": "text",
    "criteria": "text",
    "metrics": "text",
    "risks": "text",
    "documents": "title",
}
"""The field by which a new item is called."""
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?", re.ASCII)
_ID = re.compile(ID_PATTERN, re.ASCII)
_AT = re.compile(AT_PATTERN, re.ASCII)
_DAY = 10
_MOST_REF = 200

Fields = Mapping[str, str]


class Answer(NamedTuple):
    """Hold one answer of a form, and where it came from."""

    cells: tuple[Cell, ...]
    place: str = ""
    """Where it stands, like ``row 3``."""
    id: str = ""
    """The service's number of it, if the cells don't say."""
    at: str = ""
    original: bytes = b""
    """As it came; else made of the cells."""
    whole: bool = True
    """Every question has a cell, answered or not."""
    beside: tuple[str, ...] = ()
    """Where more was said that no cell holds."""


def read_answers(
    answers: Iterable[Answer], columns: Columns, delivery: Delivery, channel: str
) -> list[Outcome]:
    """Return what becomes of each answer."""
    arrivals = Arrivals()
    alike: Counter[str] = Counter()
    for answer in answers:
        part = delivery.part(answer.place) if answer.place else delivery
        for outcome in _outcomes(answer, columns, part, channel, alike):
            arrivals.take(outcome)
    return arrivals.outcomes


def _outcomes(
    answer: Answer,
    columns: Columns,
    delivery: Delivery,
    channel: str,
    alike: Counter[str],
) -> Iterator[Outcome]:
    said = say(answer.cells, columns, whole=answer.whole)
    reasons = list(said.faults)
    if said.beside:
        told = ", ".join(quoted(header) for header in said.beside)
        reasons.append(f"no column of the settings is called {told}")
    if answer.beside:
        told = ", ".join(map(quoted, answer.beside))
        reasons.append(f"no field of the settings takes {told}")
    fields = {"id": answer.id, "at": answer.at} | said.fields
    origin = Origin(channel, _ref(fields))
    if not said.faults:
        documents, faults = _suggestions(fields, alike)
        reasons += faults
        for found in documents:
            yield found.taken(origin, delivery.received)
    if reasons:
        yield _task(answer, reasons, delivery)


def _task(answer: Answer, reasons: list[str], delivery: Delivery) -> NeedsPerson:
    cells = [(cell.header, cell.text) for cell in answer.cells if cell.text]
    original = answer.original or as_original(cells)
    return needs_person(reasons, original, delivery.name)


def _suggestions(
    fields: Fields, alike: Counter[str]
) -> tuple[list[Suggestion], list[str]]:
    """Return what the page wrote into an answer, and what somebody typed into it."""
    found: list[Suggestion] = []
    reasons: list[str] = []
    blocks = find_blocks(fields.get("block", ""))
    reasons += blocks.damaged
    for document in blocks.documents:
        try:
            found.append(read_suggestion(document))
        except Unreadable as error:
            reasons.append(error.reason)
    if fields.get("block") and not (found or reasons):
        reasons.append("what the page wrote is no block of suggestions")
    if not fields.get("block") or _typed(fields):
        try:
            found.append(_typed_suggestion(fields, alike))
        except Unreadable as error:
            reasons.append(error.reason)
    return found, reasons


def _typed(fields: Fields) -> bool:
    """Tell whether somebody typed something beside what the page wrote."""
    return any(fields.get(name) for name in ("new", "comment", "question"))


def _typed_suggestion(fields: Fields, alike: Counter[str]) -> Suggestion:
    by = {
        "name": fields.get("name") or UNKNOWN,
        "email": fields.get("email"),
        "id": fields.get("person"),
    }
    at = fields.get("at", "").replace(" ", "T", 1)
    return suggestion_of(
        {
            "mapsite": FORMAT,
            "id": _id(fields, alike),
            "plan": fields.get("plan", ""),
            "base": fields.get("base"),
            "at": at if _AT.fullmatch(at) else None,
            "by": by,
            "ops": list(_operations(fields)),
        }
    )


def _id(fields: Fields, alike: Counter[str]) -> str:
    """Return the id: the service's number, else the page's, else one of the words."""
    if fields.get("id"):
        return _hashed("response", fields.get("plan", ""), fields["id"])
    ref = fields.get("ref", "")
    if ref:
        return ref if _ID.fullmatch(ref) else _hashed("ref", ref)
    words = json.dumps(dict(fields), sort_keys=True)
    alike[words] += 1
    return _hashed("words", words, str(alike[words]))


def _hashed(*parts: str) -> str:
    told = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return f"form-{told[:26]}"


def _ref(fields: Fields) -> str:
    return in_line(fields.get("id") or fields.get("ref") or "", _MOST_REF)


def _operations(fields: Fields) -> Iterator[dict[str, object]]:
    """Yield what somebody wants, asks and says; raise `Unreadable` for nothing."""
    op = fields.get("op", "").lower()
    if op and op not in OPS:
        told = f"one of {', '.join(sorted(OPS))}, got {quoted(op)}"
        raise Unreadable(f"op: expected {told}")
    words = {name: fields[name] for name in ("comment", "question") if name in fields}
    main = _main(op, fields, words)
    if not (main or words):
        raise Unreadable("nothing is changed, asked or said in it")
    why: dict[str, object] = {"why": fields["why"]} if "why" in fields else {}
    if main:
        yield main | why
        why = {}
    if text := words.get("comment"):
        yield {"op": "comment", "path": _about(fields), "value": {"text": text}} | why
        why = {}
    if text := words.get("question"):
        yield {"op": "ask", "path": "questions", "value": {"text": text}} | why


def _main(op: str, fields: Fields, words: dict[str, str]) -> dict[str, object]:
    """Return the operation that *op* means; what it takes of *words* is taken away."""
    path, new = _path(fields), fields.get("new")
    if not op and new is not None and path in _CALLED:
        # The room's own link said only into which list it goes.
        op = "ask" if path == "questions" else "add"
    if op in {"", "set"} and new is None:
        if op:
            raise Unreadable("new: expected the new value, got nothing")
        return {}
    if op in {"", "set"}:
        old = _value(path, "old", fields.get("old"))
        return {"op": "set", "path": path, "old": old, "new": _value(path, "new", new)}
    if op in {"confirm", "remove"}:
        old = _value(path, "old", fields.get("old")) if op == "confirm" else None
        return {"op": op, "path": path, "old": old} | _nothing_new(op, new)
    if op == "answer":
        return {"op": op, "path": path, "old": fields.get("old"), "new": new}
    if op == "add":
        return {"op": op, "path": path, "value": {_CALLED.get(path, "text"): new}}
    text = new or words.pop("comment" if op == "comment" else "question", None)
    place = _about(fields) if op == "comment" else "questions"
    return {"op": op, "path": place, "value": {"text": text}}


def _nothing_new(op: str, new: str | None) -> dict[str, object]:
    if new is not None:
        raise Unreadable(f"new: expected nothing to {op}, got {quoted(new)}")
    return {}


def _path(fields: Fields) -> str:
    """Return the address of the field."""
    parts = (fields.get("item", ""), fields.get("field", ""))
    return fields.get("path") or "/".join(filter(None, parts))


def _about(fields: Fields) -> str:
    """Return the address of the item that somebody says something about."""
    return fields.get("item") or fields.get("path") or ""


def _value(path: str, name: str, text: str | None) -> str | None:
    """Return *text* as the field at *path* takes it; raise `Unreadable` for a guess."""
    if not text or path.rpartition("/")[2] not in _DATES or "/" not in path:
        return text
    if read_moment(text):
        return text
    if read_date(text[:_DAY]) and _MIDNIGHT.fullmatch(text[_DAY:]):
        return text[:_DAY]
    raise Unreadable(f"{name}: expected a date like 2026-06-02, got {quoted(text)}")
