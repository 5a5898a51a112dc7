"""What becomes of something that came: a suggestion, or a task for a person.

Nothing that comes is dropped and nothing is guessed. What is not understood is handed
on as it came, with the reason in one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from mapsite.changes.suggestion import Origin, Suggestion, Unreadable, read_suggestion
from mapsite.plan.wording import in_line

MOST_BYTES = 10 * 1024 * 1024
"""Of one file; it is weighed before it is read."""
_MOST_NAME = 120
_MOST_REASON = 600
_MOST_ID = 40


class Delivery(NamedTuple):
    """Say what came, and when."""

    name: str
    """Of the file, or of the place that it came from."""
    received: datetime

    def part(self, what: str) -> Delivery:
        """Return the delivery of one part, like ``row 3``."""
        return self._replace(name=f"{self.name}, {what}")


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Hold what somebody has to read, as nothing here could."""

    reason: str
    """In one line."""
    original: bytes
    """As it came; the same again is the same task."""
    name: str
    """Where it came from, in one line."""


Outcome = Suggestion | NeedsPerson


def needs_person(reasons: Iterable[str], original: bytes, name: str) -> NeedsPerson:
    """Return the task of one original, with all reasons in one line."""
    told = "; ".join(dict.fromkeys(reasons))
    return NeedsPerson(in_line(told, _MOST_REASON), original, in_line(name, _MOST_NAME))


def too_large(raw: bytes, name: str) -> list[Outcome]:
    """Return the task of what is not read because of its size; else nothing."""
    if len(raw) <= MOST_BYTES:
        return []
    told = f"expected at most {MOST_BYTES:,} bytes, got {len(raw):,}"
    return [needs_person([told], raw, name)]


def read_file_of_one(raw: bytes, delivery: Delivery) -> list[Outcome]:
    """Read the JSON that the page lets people download."""
    try:
        found = read_suggestion(raw)
    except Unreadable as error:
        return [needs_person([error.reason], raw, delivery.name)]
    return [found.taken(file_origin(delivery), delivery.received)]


def file_origin(delivery: Delivery) -> Origin:
    """Say that it came as a file, of which name."""
    return Origin("file", in_line(delivery.name, _MOST_NAME))


def revised(suggestion: Suggestion, number: int) -> Suggestion:
    """Return what came under an id that other words have come under before.

    The id tells so: it is the first one's with ``-v`` and the *number*, from 2.
    """
    ending = f"-v{number}"
    return replace(suggestion, id=suggestion.id[: _MOST_ID - len(ending)] + ending)


class Arrivals:
    """Gather suggestions, each once; what was changed under its id is a revision."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.outcomes: list[Outcome] = []
        self._known: dict[str, list[bytes]] = {}
        self._tasks: set[NeedsPerson] = set()

    def take(self, outcome: Outcome) -> None:
        """Add *outcome* unless it came before."""
        if isinstance(outcome, Suggestion):
            known = self._known.setdefault(outcome.id, [])
            if outcome.content in known:
                return
            known.append(outcome.content)
            if len(known) > 1:
                outcome = revised(outcome, len(known))
        elif outcome in self._tasks:
            return
        else:
            self._tasks.add(outcome)
        self.outcomes.append(outcome)


def as_original(cells: Iterable[tuple[str, str]]) -> bytes:
    """Return what stands in the cells of one answer, for a person to read."""
    return json.dumps(list(cells), ensure_ascii=False, indent=1).encode(
        "utf-8", "replace"
    )
