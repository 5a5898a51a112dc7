"""The JSON Schema of suggestions agrees with what is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mapsite.changes.schema import suggestion_schema, suggestion_schema_text
from mapsite.changes.suggestion import Unreadable, as_json, suggestion_of
from tests.changes.plans import adds, raw, sets, suggestion

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / "suggestion.schema.json"
GOOD: list[dict[str, Any]] = [
    sets("steps/demo/due", "2026-05-28", "2026-06-02", why="late"),
    sets("steps/demo/owners", ["jo"], [{"who": "priya", "does": "reviews"}]),
    sets("steps/demo/blocker", "x", None),
    {"op": "confirm", "path": "steps/demo/due", "old": "2026-05-28"},
    adds("people", name="Lee", side="buyer"),
    {**adds("steps", title="Legal"), "after": "demo", "why": None},
    adds("questions", text="Why?"),
    {"op": "answer", "path": "questions/term", "old": None, "new": "One."},
    {"op": "comment", "path": "", "value": {"text": "Thanks."}},
    {"op": "remove", "path": "steps/demo"},
]
BAD: list[Any] = [
    None,
    {"op": "delete", "path": "steps/a"},
    {"op": "set", "path": "steps/a/due"},
    {"op": "set", "path": "steps//due", "new": "x"},
    {"op": "set", "path": "a/b/c/d/e/f/g", "new": "x"},
    {"op": "set", "path": "steps/a/due", "new": 5},
    {"op": "set", "path": "steps/a/due", "new": "x" * 4001},
    {"op": "set", "path": "steps/a/due", "new": [[[[["x"]]]]]},
    {"op": "set", "path": "steps/a/due", "new": {"a b": "x"}},
    {"op": "set", "path": "steps/a/due", "new": "x", "value": "x"},
    {"op": "confirm", "path": "steps", "old": "x"},
    {"op": "confirm", "path": "steps/a/due", "new": {"by": "x"}},
    {"op": "add", "path": "sections", "value": {"title": "x"}},
    {"op": "add", "path": "people", "value": {"id": "x", "name": "x"}},
    {"op": "add", "path": "people", "value": {}},
    {"op": "add", "path": "people", "value": {"name": "x"}, "after": "No Id"},
    {"op": "ask", "path": "questions", "value": {"owner": "x"}},
    {"op": "ask", "path": "people", "value": {"text": "x"}},
    {"op": "answer", "path": "questions/a/b", "new": "x"},
    {"op": "answer", "path": "questions/a", "new": " "},
    {"op": "comment", "path": "", "value": {"text": "x", "by": "y"}},
]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """Return a validator of the schema, which is itself valid."""
    schema = suggestion_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_what_is_read_validates(validator: jsonschema.Draft202012Validator) -> None:
    """A suggestion is valid as it was sent, and as it is kept."""
    sent = json.loads(raw(*GOOD))
    assert [error.message for error in validator.iter_errors(sent)] == []
    kept = json.loads(as_json(suggestion(*GOOD, base=None, at="")))
    assert [error.message for error in validator.iter_errors(kept)] == []


@pytest.mark.parametrize("op", BAD)
def test_what_does_not_validate_is_not_read(
    op: object, validator: jsonschema.Draft202012Validator
) -> None:
    """A fault that an editor shows is one when it comes in, and the other way."""
    document = json.loads(raw(op))
    assert not validator.is_valid(document)
    with pytest.raises(Unreadable):
        suggestion_of(document)


@pytest.mark.parametrize(
    "fields",
    [
        {"mapsite": "change/2"},
        {"id": "short"},
        {"plan": "No Plan"},
        {"base": "x"},
        {"at": "yesterday"},
        {"by": {}},
        {"by": {"name": "x", "role": "y"}},
        {"ops": []},
        {"source": {"channel": "?"}},
        {"extra": "x"},
    ],
)
def test_the_rest_of_it_agrees_too(
    fields: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    """Who, when, what of: wrong for the schema is wrong for the reader."""
    document = json.loads(raw(*GOOD)) | fields
    assert not validator.is_valid(document)
    with pytest.raises(Unreadable):
        suggestion_of(document)


def test_the_kept_schema_is_this_one() -> None:
    """Who makes suggestions by a script finds the schema as it is now."""
    command = "mapsite schema --suggestion > suggestion.schema.json"
    assert KEPT.read_text("utf-8") == suggestion_schema_text(), command
