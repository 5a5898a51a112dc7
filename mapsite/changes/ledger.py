"""The ledger: every suggestion that ever came, once, and what became of it.

One file a suggestion, ``changes/PLAN/ID.json``, and one an event beside it,
``changes/PLAN/ID.events/N.json``. What could not be understood lies in
``changes/_unread`` with the original as it came. Files are only ever added: pure values
here, kept in git by `keeping`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from mapsite.changes.events import WAITING, Event, event_json, outcomes_of, read_event
from mapsite.changes.suggestion import Suggestion, as_json, suggestion_of
from mapsite.errors import MapsiteError

FOLDER = "changes"
UNREAD = "_unread"
"""No plan is called that."""
_EVENTS = ".events"
_SHORT = 8

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one thing that came, and what happened to it."""

    id: str
    events: tuple[Event, ...]
    suggestion: Suggestion | None = None
    """None where it could not be understood."""
    name: str = ""
    """Of the original, where it could not."""

    @property
    def plan(self) -> str:
        """Return the plan that it is about; empty where that is not known."""
        return self.suggestion.plan if self.suggestion else ""

    @property
    def key(self) -> str:
        """Return the short name, in which no letter is the sender's."""
        return key_of(self.id)

    @property
    def folder(self) -> str:
        """Return where its files lie."""
        return f"{FOLDER}/{self.plan or UNREAD}"

    @property
    def outcomes(self) -> frozenset[str]:
        """Return how it ended: one outcome, or none while it waits."""
        return outcomes_of(self.events)

    @property
    def state(self) -> str:
        """Return its outcome, or that it waits."""
        return min(self.outcomes, default=WAITING)

    @property
    def waits(self) -> bool:
        """Tell whether somebody still has to decide."""
        return not self.outcomes

    @property
    def received(self) -> datetime:
        """Return when intake took it."""
        return self.events[0].at

    @property
    def last(self) -> Event:
        """Return the newest event."""
        return self.events[-1]

    def newest(self, kind: str) -> Event | None:
        """Return the newest event of one kind, if there is one."""
        found = [event for event in self.events if event.kind == kind]
        return found[-1] if found else None

    def happened(self, event: Event) -> tuple[Entry, Files]:
        """Return it after *event*, and the file that says so."""
        number = len(self.events) + 1
        path = f"{self.folder}/{self.id}{_EVENTS}/{number}.json"
        return replace(self, events=(*self.events, event)), {path: event_json(event)}


class Ledger(NamedTuple):
    """Hold all that came, the oldest first."""

    entries: dict[str, Entry]
    """By id."""
    stray: tuple[str, ...] = ()
    """Files that belong to nothing that came."""

    def of(self, entry_id: str) -> Entry | None:
        """Return what came under one id."""
        return self.entries.get(entry_id)

    def waiting(self, plan: str = "") -> list[Entry]:
        """Return those that wait, of *plan* or of all, the oldest first."""
        return [
            one for one in self.entries.values() if one.waits and plan in {"", one.plan}
        ]

    def with_entry(self, entry: Entry) -> Ledger:
        """Return it with *entry* in place of the one of that id."""
        return ordered({**self.entries, entry.id: entry}, self.stray)

    def named(self, name: str) -> Entry:
        """Return what *name* means: an id, a short name, or the beginning of an id.

        Whoever sends an id that begins like another's short name gets nothing by it.
        """
        known = self.entries.values()
        found = [one for one in known if name in (one.id, one.key)]
        if name and not found:
            found = [one for one in known if one.id.lower().startswith(name.lower())]
        exact = self.entries.get(name)
        if exact or len(found) == 1:
            return exact or found[0]
        many = "several begin so" if found else "`mapsite changes list` shows them"
        raise MapsiteError(f"no suggestion is meant by {name[:40]!r}; {many}")


def key_of(entry_id: str) -> str:
    """Return eight characters for an id, none of which its sender chose."""
    return hashlib.sha256(entry_id.encode()).hexdigest()[:_SHORT]


def received(suggestion: Suggestion) -> tuple[Entry, Files]:
    """Return the entry of a suggestion that came, and the files that say so."""
    if suggestion.received is None or suggestion.source is None:
        raise ValueError("intake tells when and from where")
    told = suggestion.source._asdict()
    entry = Entry(suggestion.id, (), suggestion)
    files = {f"{entry.folder}/{entry.id}.json": as_json(suggestion) + b"\n"}
    entry, more = entry.happened(Event("received", suggestion.received, told))
    return entry, files | more


def unread(
    original: bytes, name: str, reason: str, at: datetime, salt: bytes = b""
) -> tuple[Entry, Files]:
    """Return the entry of what could not be understood, and the files that say so.

    The same original is always the same entry, for the same *salt*.
    """
    entry_id = hashlib.sha256(salt + original).hexdigest()[:26]
    entry = Entry(entry_id, (), name=name)
    place = f"{entry.folder}/{entry.id}"
    about = json.dumps({"name": name}, ensure_ascii=False)
    files = {f"{place}.original": original, f"{place}.json": f"{about}\n".encode()}
    entry, more = entry.happened(Event("received", at, {"reason": reason}))
    return entry, files | more


def read_ledger(files: Mapping[str, bytes]) -> Ledger:
    """Return the ledger that *files* hold; raise MapsiteError where one is broken."""
    events: dict[tuple[str, str], dict[int, bytes]] = defaultdict(dict)
    papers: dict[tuple[str, str], bytes] = {}
    stray = []
    for path, raw in files.items():
        parts = path.split("/")[1:]
        match parts:
            case [place, name] if name.endswith(".json"):
                papers[place, name.removesuffix(".json")] = raw
            case [place, name] if place == UNREAD and name.endswith(".original"):
                continue
            case [place, folder, name] if folder.endswith(_EVENTS):
                number = name.removesuffix(".json")
                if not (number.isascii() and number.isdecimal()):
                    stray.append(path)
                    continue
                events[place, folder.removesuffix(_EVENTS)][int(number)] = raw
            case _:
                stray.append(path)
    stray += ["/".join(key) for key in events.keys() - papers.keys()]
    entries = {}
    for key, raw in papers.items():
        entry = _entry(key, raw, events[key])
        if entry.id in entries:
            stray.append("/".join(key))
        entries[entry.id] = entry
    return ordered(entries, tuple(sorted(stray)))


def _entry(key: tuple[str, str], raw: bytes, events: Mapping[int, bytes]) -> Entry:
    place, entry_id = key
    where = f"{FOLDER}/{place}/{entry_id}.json"
    try:
        told = tuple(read_event(events[number]) for number in sorted(events))
        if place == UNREAD:
            about: Any = json.loads(raw)
            entry = Entry(entry_id, told, name=str(about["name"]))
        else:
            # Not by its size: intake has added to what was small enough.
            entry = Entry(entry_id, told, suggestion_of(json.loads(raw)))
    except (ValueError, LookupError, TypeError, MapsiteError) as error:
        raise _broken(where) from error
    right = (
        place == UNREAD or (entry.plan, entry.suggestion and entry.suggestion.id) == key
    )
    if not told or told[0].kind != "received" or not right:
        raise _broken(where)
    return entry


def _broken(path: str) -> MapsiteError:
    return MapsiteError(
        f"{path} of the ledger is not as mapsite wrote it; take it back from git"
    )


def ordered(entries: dict[str, Entry], stray: tuple[str, ...]) -> Ledger:
    """Return the ledger of *entries*, the oldest first."""
    found = sorted(entries.values(), key=lambda one: (one.received, one.id))
    return Ledger({one.id: one for one in found}, stray)
