"""Where suggestions wait on the inbox's own disk, one file each, until they are safe.

``waiting/PLAN.ID.json`` holds exactly what was sent, ``waiting/hook_SERVICE.SUM.json``
what a form service told, ``done/`` what whoever fetched it said to be safe, and
``quarantine/`` what needs a person's look. A file is whole before it
has its name, and on the disk before anybody is told that it is.
"""

from __future__ import annotations

import os
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from mapsite.inbox.disk import draft, sync, taken, write

ENDING = ".json"
HOOK = "hook_"
"""How the keys of webhooks begin, as no plan's name does."""
_KEY = re.compile(
    rf"(?:{HOOK})?[a-z0-9-]{{1,64}}\.[0-9A-Za-z-]{{16,40}}|[a-z]+-[0-9a-f]{{32}}",
    re.ASCII,
)
_FOLDERS = ("incoming", "waiting", "done", "quarantine")
_PROBE = b" " * (64 * 1024)


class Differs(Exception):  # noqa: N818  # what it is
    """Say that another suggestion has the same id."""


class Crowded(Exception):  # noqa: N818  # what it is
    """Say that so many wait already that no more are taken."""


class Kept(NamedTuple):
    """Hold what is on the disk."""

    key: str
    """Names it when it is fetched and told to be safe."""
    received: int
    """When it was, in nanoseconds since 1970."""
    size: int

    def read(self, folder: Path) -> bytes:
        """Return the bytes."""
        return (folder / f"{self.key}{ENDING}").read_bytes()


class Counts(NamedTuple):
    """Hold how many are on the disk."""

    waiting: int
    odd: int


class Spool:
    """Keep suggestions in a folder that belongs to one inbox alone."""

    def __init__(self, folder: Path, most_waiting: int, most_odd: int) -> None:
        """Name the places; at most *most_waiting* of a plan and *most_odd* are kept."""
        self._folder = folder
        places = (folder / name for name in _FOLDERS)
        self._incoming, self.waiting, self._done, self.odd = places
        self._most_waiting, self._most_odd = most_waiting, most_odd
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._lock = -1

    def open(self) -> None:
        """Take the folder, and sweep up what a killed inbox left half-done."""
        for place in (self._incoming, self.waiting, self._done, self.odd):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = taken(self._folder)
        with suppress(OSError):  # a disk that cannot be written to needs no sweeping
            for path in self._incoming.iterdir():
                path.unlink()
            for kept in _listed(self.waiting):
                name = f"{kept.key}{ENDING}"
                if (self._done / name).exists():
                    (self.waiting / name).unlink()
        self._counts = Counter(_plan(kept.key) for kept in _listed(self.waiting))

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock)

    def keep(self, plan: str, number: str, raw: bytes) -> Kept:
        """Return *raw* as it is on the disk by now, kept once however often it comes.

        Raise `Differs` where *number* is another suggestion's, `Crowded` where too
        many of *plan* wait, OSError where the disk fails.
        """
        name = f"{plan}.{number}{ENDING}"
        found = self._known(self.waiting, name, raw)
        if found:
            return found
        if self._counts[plan] >= self._most_waiting:
            raise Crowded
        try:
            received = write(self._incoming, self.waiting / name, raw)
        except FileExistsError:
            return self._known(self.waiting, name, raw) or self.keep(plan, number, raw)
        self._count(plan, 1)
        # Told to be safe between the first look and now: it is not to wait again.
        if (self._done / name).exists():
            self._remove(name)
            return self._known(self.waiting, name, raw) or self.keep(plan, number, raw)
        return Kept(f"{plan}.{number}", received, len(raw))

    def keep_hook(self, service: str, raw: bytes) -> Kept:
        """Return what a form service sent as it is kept, like `keep`; sums are ids."""
        return self.keep(f"{HOOK}{service}", sha256(raw).hexdigest()[:40], raw)

    def keep_odd(self, kind: str, raw: bytes) -> Kept:
        """Return what needs a person's look as it is kept; raise `Crowded` or OSError.

        The same bytes are kept once.
        """
        name = f"{kind}-{sha256(raw).hexdigest()[:32]}{ENDING}"
        found = self._known(self.odd, name, raw)
        if found:
            return found
        if sum(1 for _ in _listed(self.odd)) >= self._most_odd:
            raise Crowded
        with suppress(FileExistsError):
            write(self._incoming, self.odd / name, raw)
        return self._known(self.odd, name, raw) or self.keep_odd(kind, raw)

    def put_away(self, keys: Iterable[str]) -> set[str]:
        """Put what *keys* name away for good; return those that ever were here."""
        known = {key for key in keys if _KEY.fullmatch(key)}
        for key in known:
            name = f"{key}{ENDING}"
            for place in (self.waiting, self.odd):
                with suppress(FileNotFoundError):
                    os.replace(place / name, self._done / name)
                    if place is self.waiting:
                        self._count(_plan(key), -1)
        for place in (self._done, self.waiting, self.odd):
            sync(place)
        return {key for key in known if (self._done / f"{key}{ENDING}").exists()}

    def list_waiting(self) -> list[Kept]:
        """Return all suggestions that wait, oldest first."""
        return sorted(_listed(self.waiting), key=lambda kept: (kept.received, kept.key))

    def list_odd(self) -> list[Kept]:
        """Return all that need a person's look, oldest first."""
        return sorted(_listed(self.odd), key=lambda kept: (kept.received, kept.key))

    def count(self) -> Counts:
        """Return how many wait."""
        places = (self.waiting, self.odd)
        return Counts(*(sum(1 for _ in _listed(place)) for place in places))

    def probe(self) -> None:
        """Write as much as one suggestion may be and remove it; raise OSError."""
        draft(self._incoming, _PROBE).unlink()

    def _known(self, folder: Path, name: str, raw: bytes) -> Kept | None:
        """Return what has *name* already, once it is sure to stay; raise `Differs`."""
        for place in (self._done, folder, self._done):
            try:
                there = (place / name).read_bytes()
                found = _kept(place / name)
            except FileNotFoundError:
                continue
            if there != raw:
                raise Differs
            # Whoever wrote it may have been killed before the folder was synced.
            sync(place)
            return found
        return None

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            (self.waiting / name).unlink()
            self._count(_plan(name), -1)

    def _count(self, plan: str, more: int) -> None:
        with self._counting:
            self._counts[plan] += more


def _listed(place: Path) -> Iterator[Kept]:
    with os.scandir(place) as entries:
        for entry in entries:
            key = entry.name.removesuffix(ENDING)
            if key != entry.name and _KEY.fullmatch(key):
                # It may be told to be safe at this very moment.
                with suppress(FileNotFoundError):
                    found = entry.stat()
                    yield Kept(key, found.st_mtime_ns, found.st_size)


def _kept(path: Path) -> Kept:
    found = path.stat()
    return Kept(path.name.removesuffix(ENDING), found.st_mtime_ns, found.st_size)


def _plan(key: str) -> str:
    return key.partition(".")[0]
