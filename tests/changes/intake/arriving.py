"""One suggestion, as a page makes it, and what is told of what comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from mapsite.changes.intake.outcome import Delivery, NeedsPerson, Outcome
from mapsite.changes.suggestion import Suggestion

NOW = datetime(2026, 5, 26, 9, 30, tzinfo=UTC)
ID = "01JF8Q6Z5T9K3W7V2X4Y6A8B0C"
OPERATIONS = [
    {
        "op": "set",
        "path": "steps/security-review/due",
        "old": "2026-05-28",
        "new": "2026-06-02",
        "why": "Pen-test report arrives 30 May; „später“ \U0001f600",
    },
    {
        "op": "add",
        "path": "people",
        "value": {"name": "Lee Wong", "side": "buyer", "title": "Procurement"},
    },
    {"op": "ask", "path": "questions", "value": {"text": "Is data kept in the EU?"}},
]


def document(suggestion_id: str = ID, **fields: object) -> bytes:
    """Return the JSON of a suggestion."""
    made = {
        "mapsite": "change/1",
        "id": suggestion_id,
        "plan": "acme-pilot",
        "base": "9f3c2a1b77aa",
        "at": "2026-05-26T09:14:02Z",
        "by": {"id": "priya", "name": "Priya N.", "email": "priya@acme.example"},
        "ops": OPERATIONS,
    }
    return json.dumps(made | fields, ensure_ascii=False).encode()


def delivery(name: str) -> Delivery:
    """Say that it comes now, under a name."""
    return Delivery(name, NOW)


def only(outcomes: list[Outcome]) -> Suggestion:
    """Return the only outcome, which is a suggestion."""
    assert len(outcomes) == 1, outcomes
    assert isinstance(outcomes[0], Suggestion), outcomes
    return outcomes[0]


def task(outcomes: list[Outcome]) -> NeedsPerson:
    """Return the only outcome, which is a task for a person."""
    assert len(outcomes) == 1, outcomes
    assert isinstance(outcomes[0], NeedsPerson), outcomes
    return outcomes[0]
