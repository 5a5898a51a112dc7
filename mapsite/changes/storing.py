"""Store what came in the ledger: each suggestion once, whatever comes twice.

The id that the client made decides. The same id with other words is a revision, which
gets an id of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from mapsite.changes.intake.outcome import NeedsPerson, Outcome, revised
from mapsite.changes.keeping import Chosen, Keeper
from mapsite.changes.ledger import (
    Entry,
    Files,
    Ledger,
    ordered,
    read_ledger,
    received,
    unread,
)
from mapsite.changes.suggestion import Origin, Suggestion, as_json
from mapsite.errors import MapsiteError

_VERSION = re.compile(r"-v\d{1,2}\Z", re.ASCII)
_MOST_KEPT = 34
"""How much of an id a revision of it keeps, at least."""
_MOST_VERSIONS = 99


class Stored(NamedTuple):
    """Tell what became of one thing that came."""

    entry: Entry
    new: bool
    """False where it was in the ledger already."""


def store(
    keeper: Keeper, outcomes: Iterable[Outcome], now: datetime, ledger: Ledger
) -> tuple[Ledger, list[Stored]]:
    """Store *outcomes*, and return the ledger after it and what became of each.

    All of it is on the origin when this returns. *ledger* is what was last read.
    """
    wanted = list(outcomes)
    found: list[Stored] = []

    def choose(known: Ledger) -> Chosen:
        storing = _Storing(known, now)
        found[:] = [storing.take(outcome) for outcome in wanted]
        new = sum(one.new for one in found)
        message = f"Keep {new} suggestion{'' if new == 1 else 's'}\n"
        return Chosen(ordered(storing.entries, known.stray), storing.files, message)

    return keeper.add(choose, ledger), found


class _Storing:
    """Add to what one ledger holds."""

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self.entries = dict(ledger.entries)
        # Some file systems take two ids for one that differ in upper and lower case.
        self._taken = {known.lower() for known in ledger.entries}
        self.files: Files = {}
        self._now = now
        self._families: dict[str, list[Entry]] = defaultdict(list)
        for entry in ledger.entries.values():
            self._families[_family(entry.id)].append(entry)

    def take(self, outcome: Outcome) -> Stored:
        """Add *outcome* unless it is there."""
        if isinstance(outcome, NeedsPerson):
            return self._odd(outcome.original, outcome.name, outcome.reason)
        words = _words(outcome)
        for entry in self._families[_family(outcome.id)]:
            if entry.suggestion and _words(entry.suggestion) == words:
                return Stored(entry, new=False)
        source = outcome.source or Origin("file")
        taken = outcome.taken(source, outcome.received or self._now)
        return self._fresh(taken) or self._odd(
            as_json(outcome), outcome.id, "expected a suggestion that can be kept"
        )

    def _fresh(self, suggestion: Suggestion) -> Stored | None:
        """Add a suggestion that is new; None where it cannot be read again."""
        first, number = suggestion, 1
        while suggestion.id.lower() in self._taken:
            number += 1
            if number > _MOST_VERSIONS:
                return None
            suggestion = revised(first, number)
        entry, files = received(suggestion)
        try:
            sound = read_ledger(files).of(entry.id) == entry
        except MapsiteError:
            sound = False
        return self._add(entry, files) if sound else None

    def _odd(self, original: bytes, name: str, reason: str) -> Stored:
        entry, files = unread(original, name, reason, self._now)
        salt = b""
        while (known := self.entries.get(entry.id)) and known.suggestion:
            # Somebody made it the id of a suggestion, to have this taken for known.
            salt += b"again "
            entry, files = unread(original, name, reason, self._now, salt)
        return Stored(known, new=False) if known else self._add(entry, files)

    def _add(self, entry: Entry, files: Files) -> Stored:
        self.entries[entry.id] = entry
        self._taken.add(entry.id.lower())
        self._families[_family(entry.id)].append(entry)
        self.files |= files
        return Stored(entry, new=True)


def _family(suggestion_id: str) -> str:
    """Return what the id of a suggestion and those of its revisions have in common."""
    return _VERSION.sub("", suggestion_id)[:_MOST_KEPT].lower()


def _words(suggestion: Suggestion) -> bytes:
    return replace(suggestion, id="").content
