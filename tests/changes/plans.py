"""A small plan with everything that a suggestion can be about, and what is hidden."""

from __future__ import annotations

import json
from typing import Any

from mapsite.changes.suggestion import Suggestion, read_suggestion

Tree = dict[str, Any]

ID = "01JF8Q6Z5T9K3W7V2X4Y6A8B0C"


def plan(**fields: Any) -> Tree:  # noqa: ANN401  # values of a plan
    """Return the values of a plan, as they stand in its text."""
    return {
        "title": "Project plan",
        "created": "2026-05-12",
        "goal": {"outcome": "Signed", "date": "2026-08-14", "value": "$80K"},
        "buyer": {"name": "Acme"},
        "seller": {"name": "Mama"},
        "people": [
            {
                "id": "sarah",
                "name": "Sarah",
                "side": "buyer",
                "email": "s@acme.example",
            },
            {"id": "priya", "name": "Priya N.", "side": "buyer"},
            {"id": "jo", "name": "Jo", "side": "seller"},
            {"id": "cfo", "name": "unknown", "title": "CFO", "side": "buyer"},
            {"id": "coach", "name": "Kim", "side": "buyer", "internal": "true"},
        ],
        "steps": [
            {
                "id": "demo",
                "title": "Demo",
                "owners": "jo",
                "due": "2026-05-20",
                "status": "done",
            },
            {
                "id": "security-review",
                "title": "Security review",
                "owners": ["priya", {"seller": "SE", "does": "delivers"}],
                "due": "2026-05-28",
                "after": "demo",
                "internal": {"notes": "walk-away price"},
            },
            {
                "id": "redlines",
                "title": "Redlines",
                "due": "goal-3w",
                "owners": "sarah",
            },
            {"id": "discount", "title": "Discount to 70", "internal": "true"},
            {"id": "board", "title": "Board", "owners": ["coach", "sarah"]},
        ],
        "questions": [
            {"id": "term", "text": "One year or three?", "asked_by": "sarah"},
            {"id": "walk-away", "text": "How low?", "internal": "true"},
        ],
        "criteria": [{"id": "cost", "text": "Cuts cost by 20 %", "weight": "5"}],
        "internal": {"crm": "006"},
        "links": {"buyer": {"nonce": "a" * 26}},
        **fields,
    }


def raw(*ops: Any, **fields: Any) -> bytes:  # noqa: ANN401  # any JSON
    """Return the JSON of a suggestion as a client sends it."""
    document = {
        "mapsite": "change/1",
        "id": ID,
        "plan": "acme",
        "base": "9f3c2a1b77aa",
        "at": "2026-05-26T09:14:02Z",
        "by": {"name": "Priya N.", "id": "priya"},
        "ops": list(ops),
        **fields,
    }
    return json.dumps(document).encode()


def suggestion(*ops: Any, **fields: Any) -> Suggestion:  # noqa: ANN401  # any JSON
    """Return a suggestion with *ops*."""
    return read_suggestion(raw(*ops, **fields))


def sets(path: str, old: Any, new: Any, **more: Any) -> Tree:  # noqa: ANN401  # values
    """Return the operation that sets the field at *path*."""
    return {"op": "set", "path": path, "old": old, "new": new, **more}


def adds(path: str, **value: Any) -> Tree:  # noqa: ANN401  # values of a plan
    """Return the operation that adds an item to the list *path*."""
    op = "ask" if path == "questions" else "add"
    return {"op": op, "path": path, "value": value}
