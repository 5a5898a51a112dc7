"""The same words through every channel, as each of them brings it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from mapsite.changes.block import encode
from mapsite.changes.intake.issue_body import LABELS, NOTHING

Tree = dict[str, Any]
Files = list[tuple[str, bytes]]
Channel = Callable[[Sequence[str]], Files]

FIELDS = ("plan", "path", "old", "new", "why", "comment", "question", "name", "id")


def operations(text: str) -> list[Tree]:
    """Return an operation for each field that takes words."""
    return [
        {"op": "set", "path": "steps/demo/title", "old": "Demo", "new": text},
        {"op": "set", "path": "steps/demo/detail", "old": None, "new": text},
        {"op": "set", "path": "steps/demo/blocker", "old": None, "new": text},
        {
            "op": "set",
            "path": "steps/review/due",
            "old": "2026-06-10",
            "new": "2026-06-12",
            "why": text,
        },
        {"op": "set", "path": "steps/pilot/owners", "old": None, "new": [text]},
        {"op": "set", "path": "steps/pilot/evidence", "old": None, "new": [text]},
        {"op": "set", "path": "summary", "old": None, "new": text},
        {"op": "answer", "path": "questions/term", "old": None, "new": text},
        {"op": "comment", "path": "steps/review", "value": {"text": text}},
        {"op": "ask", "path": "questions", "value": {"text": text}},
        {
            "op": "add",
            "path": "people",
            "value": {"name": text, "title": text, "roles": [text], "side": "buyer"},
        },
        {
            "op": "add",
            "path": "steps",
            "value": {"title": text, "detail": text, "phase": text},
        },
        {"op": "add", "path": "criteria", "value": {"text": text, "measure": text}},
    ]


def named(text: str) -> str:
    """Return as much of *text* as a name may have."""
    return text[:100]


def document(number: int, text: str) -> Tree:
    """Return the suggestion that a page would send."""
    return {
        "mapsite": "change/1",
        "id": f"01JF8Q6Z5T9K3W7V2X4Y{number:06}",
        "plan": "acme",
        "by": {"name": named(text)},
        "ops": operations(text),
    }


def answers(number: int, text: str) -> dict[str, str]:
    """Return what somebody typed into a form."""
    said = ("acme", "steps/demo/title", "Demo", text, text, text, text, named(text))
    return dict(zip(FIELDS, (*said, f"answer-{number}"), strict=True))


def _each(name: str, make: Callable[[int, str], bytes]) -> Channel:
    def files(texts: Sequence[str]) -> Files:
        return [
            (name.format(number), make(number, text))
            for number, text in enumerate(texts)
        ]

    return files


def _json(number: int, text: str) -> bytes:
    return json.dumps(document(number, text)).encode()


def _mail(number: int, text: str) -> bytes:
    block = encode(_json(number, text))
    head = f"From: {text} <eve@evil.example>\nSubject: {text}\nMessage-ID: <{text}>\n\n"
    return (head + block).encode("utf-8", "replace")


def _attached(number: int, text: str) -> bytes:
    name = text.replace('"', "").replace("\n", " ").replace("\r", " ")
    return (
        b"From: eve@evil.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        b"Content-Type: application/json\nContent-Disposition: attachment; filename="
        + f'"{name}.json"\n\n'.encode("utf-8", "replace")
        + _json(number, text)
        + b"\n--b--\n"
    )


def _issue(number: int, text: str) -> bytes:
    said = answers(number, text)
    told = ((label, said.get(field, NOTHING)) for label, field in LABELS.items())
    return "\n\n".join(f"### {label}\n\n{one}" for label, one in told).encode(
        "utf-8", "surrogatepass"
    )


def _csv(texts: Sequence[str]) -> Files:
    rows = io.StringIO(newline="")
    table = csv.DictWriter(rows, FIELDS, quoting=csv.QUOTE_ALL)
    table.writeheader()
    for number, text in enumerate(texts):
        # With a NUL or half a character no file is a table; a person reads all of it.
        if not {"\0", "\ud800"} & {*text}:
            table.writerow(answers(number, text))
    return [("answers.csv", rows.getvalue().encode())]


def _xlsx(texts: Sequence[str]) -> Files:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(FIELDS)
    for number, text in enumerate(texts):
        if not ILLEGAL_CHARACTERS_RE.search(text) and "\ud800" not in text:
            sheet.append([*answers(number, text).values()])
    made = io.BytesIO()
    book.save(made)
    return [("answers.xlsx", made.getvalue())]


def _hook(make: Callable[[Mapping[str, str]], Tree]) -> Channel:
    def files(texts: Sequence[str]) -> Files:
        told = [make(answers(number, text)) for number, text in enumerate(texts)]
        return [("hook.json", json.dumps(told).encode())]

    return files


def _tally(said: Mapping[str, str]) -> Tree:
    fields = [{"label": name, "value": text} for name, text in said.items()]
    return {"eventType": "FORM_RESPONSE", "data": {"fields": fields}}


def _typeform(said: Mapping[str, str]) -> Tree:
    told = [
        {"type": "text", "text": text, "field": {"id": name, "ref": name}}
        for name, text in said.items()
    ]
    return {"event_type": "form_response", "form_response": {"answers": told}}


def _netlify(said: Mapping[str, str]) -> Tree:
    return {"form_name": "plan", "data": dict(said)}


def _formspree(said: Mapping[str, str]) -> Tree:
    return {"form": "x", "submission": dict(said)}


CHANNELS: dict[str, Channel] = {
    "page": _each("{}.json", _json),
    "mail": _each("{}.eml", _mail),
    "attachment": _each("{}.eml", _attached),
    "issue": _each("{}.md", _issue),
    "csv": _csv,
    "xlsx": _xlsx,
    "tally": _hook(_tally),
    "typeform": _hook(_typeform),
    "netlify": _hook(_netlify),
    "formspree": _hook(_formspree),
    "generic": _hook(dict),
}
