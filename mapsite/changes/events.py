"""What happens to a suggestion: events beside it, of which the last ones decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

OUTCOMES = ("applied", "already", "declined", "superseded")
"""How it can end: in the plan, in it without our doing, not in it, said anew later."""
WAITING = "waiting"
OPEN = ("received", "proposed", "conflict", "needs-person")
"""What may happen while somebody still has to decide."""
KINDS = frozenset({*OPEN, *OUTCOMES})


@dataclass(frozen=True, slots=True)
class Event:
    """Hold one thing that happened to a suggestion."""

    kind: str
    """One of `KINDS`."""
    at: datetime
    """In UTC."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What there is to say of it: reason, branch, commit, by, parts."""

    @property
    def reason(self) -> str:
        """Return why, in one line; empty where nobody said."""
        return str(self.told.get("reason") or "")

    def says(self, kind: str, told: Mapping[str, Any]) -> bool:
        """Tell whether it says just this, whenever it was."""
        return self.kind == kind and dict(self.told) == dict(told)


def event_json(event: Event) -> bytes:
    """Write *event* as JSON, always in the same bytes."""
    moment = event.at.astimezone(UTC).replace(microsecond=0).isoformat()
    fields = {**event.told, "event": event.kind, "at": moment}
    return f"{json.dumps(fields, ensure_ascii=False, sort_keys=True)}\n".encode()


def read_event(raw: bytes) -> Event:
    """Read what `event_json` wrote; raise ValueError for anything else."""
    fields = json.loads(raw)
    told = dict(fields) if isinstance(fields, dict) else {}
    kind, moment = told.pop("event", None), told.pop("at", None)
    if kind not in KINDS or not isinstance(moment, str):
        raise ValueError("expected an event and its time")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError("expected a time with its zone")
    return Event(kind, at, told)


def outcomes_of(events: Iterable[Event]) -> frozenset[str]:
    """Return how a suggestion ended: one outcome, or none while it waits.

    What happens to it anew, like a request that is opened again, opens it again, and
    who decides `again` takes back what was decided so far. More than one means that
    two runs decided differently.
    """
    found: set[str] = set()
    for event in events:
        if event.kind in OUTCOMES:
            # Older ledgers say that it was decided again, but not of what.
            again = event.told.get("again")
            found = {one for one in found if again is not True and one != again}
            found.add(event.kind)
        else:
            found.clear()
    return frozenset(found)
