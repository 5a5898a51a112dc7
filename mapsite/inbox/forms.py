"""What a form or a script sends, as the document of a suggestion.

A form without a script has the fields plan, name, op and path, and as the operation
needs them old, new, text, after and why; ``value.title`` is the title of what is added.
A script may send the whole document in the field ``suggestion``.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from mapsite.changes.outside import Unreadable, read_json

HONEYPOT = "website"
"""The field that no person sees; what comes with it is looked at before it counts."""

_MOST_FIELDS = 40
_WHOLE = "suggestion"
_PART = "value."
_PLAIN = ("op", "path", "old", "new", "after", "why")
_SENDER = {"name": "name", "person": "id", "email": "email", "proof": "proof"}
_ABOUT = ("plan", "base", "at", "id")
_KNOWN = {_WHOLE, HONEYPOT, "text", *_PLAIN, *_SENDER, *_ABOUT}


def read_document(raw: bytes, *, is_form: bool) -> tuple[object, bool]:
    """Return what *raw* says, and whether the field that nobody sees is filled in.

    Raise `Unreadable` for anything else than JSON, or than a form.
    """
    if is_form:
        return _of_form(raw)
    document = read_json(raw)
    if isinstance(document, dict) and document.get(HONEYPOT):
        return document, True
    return document, False


def plan_of(document: object) -> str | None:
    """Return which plan *document* says to be about."""
    plan = document.get("plan") if isinstance(document, dict) else None
    return plan if isinstance(plan, str) else None


def _of_form(raw: bytes) -> tuple[object, bool]:
    fields = _fields(raw)
    trapped = bool(fields.pop(HONEYPOT, ""))
    said = {name: text for name, text in fields.items() if text}
    if _WHOLE in said:
        if others := sorted(said.keys() - {_WHOLE}):
            raise Unreadable(f"expected {_WHOLE} alone, got {' and '.join(others)} too")
        return read_json(said[_WHOLE].encode()), trapped
    document: dict[str, Any] = {
        "mapsite": "change/1",
        # The same form sent twice, as by a second click, is one suggestion.
        "id": said.get("id", sha256(raw).hexdigest()[:32]),
        "by": {key: said[name] for name, key in _SENDER.items() if name in said},
        "ops": [_operation(said)],
    }
    return document | {key: said[key] for key in _ABOUT if key in said}, trapped


def _operation(said: dict[str, str]) -> dict[str, Any]:
    # Of the whole plan, where it does not say of what.
    operation: dict[str, Any] = {"path": ""}
    operation |= {key: said[key] for key in _PLAIN if key in said}
    value = {
        name.removeprefix(_PART): text
        for name, text in said.items()
        if name.startswith(_PART)
    }
    if "text" in said:
        value["text"] = said["text"]
    if value:
        operation["value"] = value
    if operation.get("op") == "set":
        operation.setdefault("new", None)
    return operation


def _fields(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except (ValueError, UnicodeDecodeError):
        raise Unreadable("expected the fields of a form, in UTF-8") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Unreadable("expected each field once")
    for name in fields:
        if name not in _KNOWN and not name.startswith(_PART):
            told = f"one of {', '.join(sorted(_KNOWN - {HONEYPOT}))}"
            raise Unreadable(f"unknown field; expected {told}")
    return fields
