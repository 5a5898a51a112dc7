"""Bring differences to a target, in the order that no reader can notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from mapsite.publish.difference import Difference
from mapsite.publish.headers import cache_control, content_type
from mapsite.publish.lease import Lease
from mapsite.publish.manifest import MANIFEST, RoomManifest
from mapsite.publish.patience import patient
from mapsite.publish.rooms import Address, Room
from mapsite.publish.target import Target, Upload

_MOST_ROOMS = 32
_MOST_BYTES = 4 << 20
Progress = Callable[[int], None]
"""Told how many files arrived since it was called last."""


class Change(NamedTuple):
    """Hold one room that is not as it should be."""

    address: Address
    room: Room
    difference: Difference

    @property
    def size(self) -> int:
        """Return how many bytes of the room travel."""
        paths = chain.from_iterable(self.difference.steps)
        return sum(self.room.files[path][1] for path in paths)


def upload(key: str, data: bytes) -> Upload:
    """Return *data* as it goes to *key*, with its headers."""
    return Upload(key, data, content_type(key), cache_control(key))


def deliver(
    target: Target, changes: Sequence[Change], lease: Lease, progress: Progress
) -> None:
    """Bring *changes* to *target*, a few rooms at a time.

    Of each room what pages name comes first, then pages, the entry page, and the
    manifest; then what no release needs any more is removed. Stopped anywhere, every
    page names files that are there, and the next publish goes on.
    """
    for group in _groups(changes):
        lease.renew()
        listed = [(c, c.difference.before) for c in group if c.difference.before]
        _put(target, [_manifest(c, manifest) for c, manifest in listed])
        for step in ("assets", "pages", "entry"):
            files = [
                upload(f"{change.address.prefix}{path}", change.room.read(path))
                for change in group
                for path in getattr(change.difference.steps, step)
            ]
            _put(target, files, progress)
        removed = [
            f"{change.address.prefix}{path}"
            for change in group
            for path in change.difference.remove
        ]
        if removed:
            patient(lambda removed=removed: target.remove(removed))  # type: ignore[misc]
        _put(target, [_manifest(c, c.difference.after) for c in group])


def _put(
    target: Target, uploads: list[Upload], progress: Progress = lambda _: None
) -> None:
    if uploads:
        patient(lambda: target.put(uploads))
        progress(len(uploads))


def _manifest(change: Change, manifest: RoomManifest) -> Upload:
    return upload(f"{change.address.prefix}{MANIFEST}", manifest.as_bytes())


def _groups(changes: Sequence[Change]) -> Iterator[list[Change]]:
    group: list[Change] = []
    size = 0
    for change in changes:
        if group and (len(group) == _MOST_ROOMS or size + change.size > _MOST_BYTES):
            yield group
            group, size = [], 0
        group.append(change)
        size += change.size
    if group:
        yield group
