"""The JSON Schema of a suggestion, for whoever makes one: a form, a script."""

from __future__ import annotations

import json
from typing import Any

from mapsite.changes.outside import MOST_LEVELS, MOST_TEXT
from mapsite.changes.suggestion import (
    AT_PATTERN,
    BASE_PATTERN,
    CHANNEL_PATTERN,
    FORMAT,
    ID_PATTERN,
    MOST_NAME,
    MOST_OPERATIONS,
    PATH_PATTERN,
    SAYS,
)
from mapsite.plan.operations import KEYED
from mapsite.plan.texts import ID, MOST_ID

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_DESCRIPTIONS = {
    "set": "Another value for a field.",
    "confirm": "A yes to the date of a step, which old repeats.",
    "add": "A new item of a list; its id is made when it is taken.",
    "ask": "A new question.",
    "answer": "The answer to a question.",
    "comment": "Words about an item, a field or the whole plan.",
    "remove": "The wish that an item or a field goes.",
}
_ANSWERED = r"questions/[A-Za-z0-9_-]{1,64}"
_FIELD = PATH_PATTERN.replace("){0,", "){1,")


def suggestion_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a suggestion."""
    known = {
        "mapsite": {"const": FORMAT, "description": "The format."},
        "id": {
            **_like(ID_PATTERN),
            "description": "A ULID or UUID made by the client; who sends again takes"
            " the same one.",
        },
        "plan": {**_id(), "description": "The id of the plan."},
        "base": {
            **_or_nothing(BASE_PATTERN),
            "description": "What the page said of the version that the person saw.",
        },
        "at": {
            **_or_nothing(AT_PATTERN),
            "description": "When, by the client's clock.",
        },
        "by": _sender(),
        "ops": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_OPERATIONS,
            "items": {"oneOf": [{"$ref": f"#/$defs/{op}"} for op in SAYS]},
            "description": "The changes, in their order.",
        },
        "source": _source(),
        "received_at": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "Written when it is taken in.",
        },
    }
    needed = ["mapsite", "id", "plan", "by", "ops"]
    return {
        "$schema": DIALECT,
        "title": "Suggestion for a mutual action plan",
        **_map(known, needed),
        "$defs": {op: _operation(op) for op in SAYS} | _values(),
    }


def suggestion_schema_text() -> str:
    """Return it as a file holds it."""
    return json.dumps(suggestion_schema(), indent=2, ensure_ascii=False) + "\n"


def _operation(op: str) -> Schema:
    needed, may = SAYS[op]
    words = {"type": ["string", "null"], "maxLength": MOST_TEXT}
    known = {
        "op": {"const": op},
        "path": {"description": "By stable ids: steps/demo/due.", **_path(op)},
        "old": {**_value(), "description": "What the person saw there."},
        "new": _text() if op == "answer" else _value(),
        "value": _new(op),
        "after": {
            "anyOf": [_id(), {"type": "null"}],
            "description": "The id of the item that it follows; the end without it.",
        },
        "why": {**words, "description": "The reason."},
    }
    keys = [key for key in known if key in needed | may]
    return {
        "description": _DESCRIPTIONS[op],
        **_map({key: known[key] for key in keys}, [k for k in keys if k in needed]),
    }


def _path(op: str) -> Schema:
    if op in {"add", "ask"}:
        return {"enum": ["questions"] if op == "ask" else sorted(KEYED)}
    if op == "answer":
        return _like(_ANSWERED)
    optional = {"comment": f"({PATH_PATTERN})?", "confirm": _FIELD}
    return _like(optional.get(op, PATH_PATTERN))


def _new(op: str) -> Schema:
    if op == "comment":
        return _map({"text": _text()}, ["text"])
    told: Schema = {
        "allOf": [{"$ref": "#/$defs/map"}],
        "not": {"required": ["id"]},
        "minProperties": 1,
    }
    if op == "ask":
        told |= {"required": ["text"], "properties": {"text": _text()}}
    return told


def _values() -> Schema:
    """Return what a value may be: texts, lists and maps of them, only so deep."""
    found: Schema = {}
    for level in range(MOST_LEVELS + 1):
        inner = {"$ref": f"#/$defs/value{level - 1}"}
        kinds: list[Schema] = [{"type": ["string", "null"], "maxLength": MOST_TEXT}]
        if level:
            kinds += [{"type": "array", "items": inner}, _free(inner)]
        found[f"value{level}"] = {"anyOf": kinds}
    found["map"] = _free({"$ref": f"#/$defs/value{MOST_LEVELS - 1}"})
    return found


def _free(inner: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": _like("[A-Za-z0-9_-]{1,64}"),
        "additionalProperties": inner,
    }


def _sender() -> Schema:
    line = {"type": ["string", "null"], "maxLength": 2 * MOST_NAME}
    known = {
        "name": {**_text(), "maxLength": MOST_NAME},
        "id": {**line, "description": "The person of the plan."},
        "email": {**line, "description": "Never shown."},
        "proof": {**line, "description": "What a personal link brings along."},
    }
    return {**_map(known, ["name"]), "description": "Who suggests it."}


def _source() -> Schema:
    ref = {"type": ["string", "null"], "maxLength": MOST_TEXT}
    told = _map({"channel": _like(CHANNEL_PATTERN), "ref": ref}, ["channel"])
    return {
        "anyOf": [told, {"type": "null"}],
        "description": "Through which channel it came; written when it is taken in.",
    }


def _map(known: Schema, needed: list[str]) -> Schema:
    return {
        "type": "object",
        "required": needed,
        "additionalProperties": False,
        "properties": known,
    }


def _value() -> Schema:
    return {"$ref": f"#/$defs/value{MOST_LEVELS}"}


def _text() -> Schema:
    return {"type": "string", "pattern": r"\S", "maxLength": MOST_TEXT}


def _id() -> Schema:
    return {**_like(ID.pattern), "maxLength": MOST_ID}


def _or_nothing(pattern: str) -> Schema:
    return {"type": ["string", "null"], "pattern": f"^({pattern})?$"}


def _like(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^({pattern})$"}
