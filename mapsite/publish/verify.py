"""Look at published rooms the way a reader does, and compare."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin

from mapsite.publish.deliver import Change
from mapsite.publish.fetch import Fetched, fetch_all
from mapsite.publish.link import fresh_nonce, prefix
from mapsite.publish.manifest import ENTRY, MANIFEST
from mapsite.publish.patience import patient
from mapsite.publish.rooms import Address, Room
from mapsite.publish.target import Target, TargetError
from mapsite.publish.withdraw import Withdrawal

MOST_FILES = 400
"""Of more new files than this only the pages are fetched."""
_GONE = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 307, 308})
_PAUSE = 2.0
_PATIENCE = {"git": 180.0, "command": 60.0}
"""Seconds until a host shows what it was given, by the kind of target."""
_SOON = 6.0


@dataclass(slots=True)
class Seen:
    """Hold what readers find."""

    files: int = 0
    """How many files were compared."""
    public: bool = True
    """Whether the public address was asked, and not only the target."""
    trouble: str = ""
    """Why the host could not be asked, where it could not."""
    unseen: list[tuple[Address, str]] = field(default_factory=list)
    """Rooms with the path of a file that the host did not answer for."""
    differing: list[tuple[Address, str]] = field(default_factory=list)
    """Rooms with the path of a file that is not what was published."""
    served: list[tuple[Address, str]] = field(default_factory=list)
    """Withdrawn rooms with the path of a file that is still there."""
    unknown: list[tuple[Address, str]] = field(default_factory=list)
    """The same, where the host did not answer."""


def look(
    target: Target,
    changes: Sequence[Change],
    withdrawn: Sequence[Withdrawal],
    again: Iterable[tuple[Address, Room]] = (),
) -> Seen:
    """Compare what *target* shows to readers with what was brought to it.

    Of the rooms *again*, which did not change, the entry page is looked at. A host may
    take its time: what differs is asked for again until it has had that.
    """
    seen = Seen(public=target.settings.address is not None)
    expected = _expected(changes)
    seen.files = len(expected)
    for address, room in again:
        digest = room.files[ENTRY][0]
        expected[f"{address.prefix}{ENTRY}"] = (address, ENTRY, digest)
    ends = time.monotonic() + _PATIENCE.get(target.settings.kind, _SOON)
    while True:
        _look_for_new(target, expected, seen)
        _look_for_gone(target, withdrawn, seen)
        done = not (seen.differing or seen.unseen or seen.served or seen.unknown)
        if done or not seen.public or time.monotonic() >= ends:
            return seen
        time.sleep(_PAUSE)


def _expected(changes: Iterable[Change]) -> dict[str, tuple[Address, str, str]]:
    """Return address, path and hash of what was written, by its key."""
    written = {
        f"{change.address.prefix}{path}": (
            change.address,
            path,
            change.room.files[path][0],
        )
        for change in changes
        for step in change.difference.steps
        for path in step
    }
    if len(written) <= MOST_FILES:
        return written
    return {key: one for key, one in written.items() if one[1].endswith(".html")}


def _look_for_new(
    target: Target, expected: dict[str, tuple[Address, str, str]], seen: Seen
) -> None:
    bodies = _contents(target, list(expected))
    seen.differing, seen.unseen, seen.trouble = [], [], ""
    for key, (address, path, digest) in expected.items():
        body = bodies.get(key)
        if isinstance(body, TargetError):
            seen.unseen.append((address, path))
            seen.trouble = str(body)
        elif body is None or hashlib.sha256(body).hexdigest() != digest:
            seen.differing.append((address, path))


def _contents(target: Target, keys: list[str]) -> Mapping[str, bytes | TargetError]:
    """Return what readers find at *keys*, or why the host could not be asked."""
    address = target.settings.address
    if address is None:
        return patient(lambda: target.read(keys))
    entry = target.settings.entry
    urls = {f"{address}{_as_read(key, entry)}": key for key in keys}
    answers = fetch_all(urls, workers=16)
    shorter = {
        url: short
        for url, answer in answers.items()
        if isinstance(answer, Fetched) and (short := _shorter(url, answer))
    }
    answers |= _moved(answers, shorter)
    return {
        urls[url]: answer.body if isinstance(answer, Fetched) else answer
        for url, answer in answers.items()
        if not isinstance(answer, Fetched) or answer.status == HTTPStatus.OK
    }


def _moved(
    answers: Mapping[str, Fetched | TargetError], shorter: Mapping[str, str]
) -> dict[str, Fetched | TargetError]:
    """Return by their first address what is at the *shorter* ones."""
    more = fetch_all([url for url in shorter.values() if url not in answers], 16)
    there = {**answers, **more}
    return {url: there[short] for url, short in shorter.items()}


def _shorter(url: str, answer: Fetched) -> str | None:
    """Return where some hosts send who asks for a page in full: to its folder."""
    if answer.status not in _REDIRECTS or not url.endswith(f"/{ENTRY}"):
        return None
    folder = url.removesuffix(ENTRY)
    told = urljoin(url, answer.headers.get("location", ""))
    return folder if told == folder else None


def _as_read(key: str, entry: str) -> str:
    """Return the path by which a reader asks for *key*.

    A link leads to a folder, or to *entry* in it; pages name other pages in full.
    """
    place, _, name = key.rpartition("/")
    return f"{place}/{entry}" if name == ENTRY and place.count("/") == 1 else key


def _look_for_gone(target: Target, withdrawn: Sequence[Withdrawal], seen: Seen) -> None:
    seen.served, seen.unknown = [], []
    gone = _statuses_of_nothing(target) if withdrawn else _GONE
    for room in withdrawn:
        if target.settings.address is None:
            keys = [*room.keys, f"{room.address.prefix}{MANIFEST}"]
            left = patient(lambda keys=keys: target.read(keys))  # type: ignore[misc]
            start = len(room.address.prefix)
            seen.served += [(room.address, key[start:]) for key in left]
        else:
            _ask_for_gone(target.settings.address, room, seen, gone)


def _statuses_of_nothing(target: Target) -> AbstractSet[int]:
    """Return with which statuses the host says that there is nothing.

    A bucket that nobody may list answers 403 for whatever is not there.
    """
    if target.settings.address is None:
        return _GONE
    answer = fetch_all([f"{target.settings.address}{prefix(fresh_nonce())}"])
    refused = any(
        isinstance(one, Fetched) and one.status == HTTPStatus.FORBIDDEN
        for one in answer.values()
    )
    return _GONE | {HTTPStatus.FORBIDDEN} if refused else _GONE


def _ask_for_gone(
    address: str, room: Withdrawal, seen: Seen, gone: AbstractSet[int]
) -> None:
    place = f"{address}{room.address.prefix}"
    urls = {f"{place}{path}": path for path in (*room.manifest.paths(), MANIFEST)}
    # The same page under other addresses, of which a cache may have kept another copy.
    urls |= {place: ENTRY, f"{place}?x": ENTRY, place.removesuffix("/"): ENTRY}
    for url, answer in fetch_all(urls, workers=16).items():
        if not isinstance(answer, Fetched):
            found = seen.unknown
        elif answer.status in gone:
            continue
        else:
            found = seen.served
        if (room.address, urls[url]) not in found:
            found.append((room.address, urls[url]))
