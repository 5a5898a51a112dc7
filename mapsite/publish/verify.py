"""Look at published rooms the way a reader does, and compare."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mapsite.publish.deliver import Change
from mapsite.publish.fetch import Fetched, fetch_all
from mapsite.publish.manifest import ENTRY, MANIFEST
from mapsite.publish.patience import patient
from mapsite.publish.rooms import Address
from mapsite.publish.target import Target
from mapsite.publish.withdraw import Withdrawal

MOST_FILES = 400
"""Of more new files than this only the pages are fetched."""
_GONE = frozenset({404, 410})
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
    differing: list[tuple[Address, str]] = field(default_factory=list)
    """Rooms with the path of a file that is not what was published."""
    served: list[tuple[Address, str]] = field(default_factory=list)
    """Withdrawn rooms with the path of a file that is still there."""
    unknown: list[tuple[Address, str]] = field(default_factory=list)
    """The same, where the host did not answer."""


def look(
    target: Target, changes: Sequence[Change], withdrawn: Sequence[Withdrawal]
) -> Seen:
    """Compare what *target* shows to readers with what was brought to it.

    A host may take its time: what differs is asked for again until it has had that.
    """
    seen = Seen(public=target.settings.address is not None)
    expected = _expected(changes)
    seen.files = len(expected)
    ends = time.monotonic() + _PATIENCE.get(target.settings.kind, _SOON)
    while True:
        seen.differing = _differing(target, expected)
        _look_for_gone(target, withdrawn, seen)
        done = not (seen.differing or seen.served or seen.unknown)
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


def _differing(
    target: Target, expected: dict[str, tuple[Address, str, str]]
) -> list[tuple[Address, str]]:
    bodies = _contents(target, list(expected))
    return [
        (address, path)
        for key, (address, path, digest) in expected.items()
        if key not in bodies or hashlib.sha256(bodies[key]).hexdigest() != digest
    ]


def _contents(target: Target, keys: list[str]) -> dict[str, bytes]:
    address = target.settings.address
    if address is None:
        return patient(lambda: target.read(keys))
    entry = target.settings.entry
    urls = {f"{address}{_as_read(key, entry)}": key for key in keys}
    answers = fetch_all(urls, workers=16)
    return {
        urls[url]: answer.body
        for url, answer in answers.items()
        if isinstance(answer, Fetched) and answer.status == 200  # noqa: PLR2004
    }


def _as_read(key: str, entry: str) -> str:
    """Return the path by which a reader asks for *key*.

    A link leads to a folder, or to *entry* in it; pages name other pages in full.
    """
    place, _, name = key.rpartition("/")
    return f"{place}/{entry}" if name == ENTRY and place.count("/") == 1 else key


def _look_for_gone(target: Target, withdrawn: Sequence[Withdrawal], seen: Seen) -> None:
    seen.served, seen.unknown = [], []
    for room in withdrawn:
        if target.settings.address is None:
            keys = [*room.keys, f"{room.address.prefix}{MANIFEST}"]
            left = patient(lambda keys=keys: target.read(keys))  # type: ignore[misc]
            start = len(room.address.prefix)
            seen.served += [(room.address, key[start:]) for key in left]
        else:
            _ask_for_gone(target.settings.address, room, seen)


def _ask_for_gone(address: str, room: Withdrawal, seen: Seen) -> None:
    place = f"{address}{room.address.prefix}"
    urls = {f"{place}{path}": path for path in (*room.manifest.paths(), MANIFEST)}
    # The same page under other addresses, of which a cache may have kept another copy.
    urls |= {place: ENTRY, f"{place}?x": ENTRY, place.removesuffix("/"): ENTRY}
    for url, answer in fetch_all(urls, workers=16).items():
        if not isinstance(answer, Fetched):
            found = seen.unknown
        elif answer.status in _GONE:
            continue
        else:
            found = seen.served
        if (room.address, urls[url]) not in found:
            found.append((room.address, urls[url]))
