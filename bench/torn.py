"""Count torn pages: readers load rooms while one release after another is published.

A reader loads a page, then what that page names, then another page. A load is broken
where a page is not there, is cut short, or names a file that is not there or belongs to
another release.
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mapsite.publish.deliver import Change, deliver
from mapsite.publish.difference import difference
from mapsite.publish.lease import hold
from mapsite.publish.manifest import MANIFEST, read_manifest
from mapsite.publish.rooms import Address, Room
from mapsite.publish.target import Target
from mapsite.repository import PlanFile

READERS = 4
_REST = 0.002
"""Seconds between two visits of a reader, who leaves the processor to others."""
_LINK = re.compile(rb'href="([^"]+)"')
_RELEASE = re.compile(rb"release (\d+) end")
_FILLER = "<p>Every step from today to a signed contract, with owners and dates.</p>\n"

Get = Callable[[str], bytes | None]
"""Reads one file by its path from the target's root; None where it is not there."""


@dataclass
class Count:
    """Hold what the readers of one run found."""

    loads: int = 0
    broken: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Releases:
    """Hold a tree of rooms for each release, made when it is asked for."""

    folder: Path
    rooms: int = 3

    def places(self) -> list[str]:
        """Return where the rooms lie, from the target's root."""
        return [f"t/{chr(97 + n) * 26}/" for n in range(self.rooms)]

    def tree(self, number: int) -> Path:
        """Write all rooms of one release and return their folder."""
        tree = self.folder / f"release-{number}"
        for place in self.places():
            for path, text in _room(number).items():
                file = tree / place / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
        return tree


@contextmanager
def publishing(target: Target, releases: Releases) -> Iterator[Callable[[int], None]]:
    """Give what publishes one release to *target* as mapsite does."""

    def now() -> datetime:
        return datetime.now(UTC)

    with hold(target, target.settings.memory, now) as lease:

        def release(number: int) -> None:
            tree = releases.tree(number)
            changes = list(_changes(target, tree, releases, now()))
            deliver(target, changes, lease, lambda _: None)
            target.deliver()
            shutil.rmtree(tree)

        yield release


def _changes(
    target: Target, tree: Path, releases: Releases, now: datetime
) -> Iterator[Change]:
    """Compare one release with what is at *target*."""
    there = target.read([f"{place}{MANIFEST}" for place in releases.places()])
    for place in releases.places():
        known = read_manifest(there.get(f"{place}{MANIFEST}", b""))
        room = _built(tree / place)
        found = difference(room.files, known, "bench", now)
        if found is not None:
            address = Address(PlanFile("bench", "", ""), "buyer", place)
            yield Change(address, room, found)


def count_torn(
    release: Callable[[int], None], get: Get, releases: Releases, versions: int
) -> Count:
    """Publish *versions* releases back to back while readers load pages."""
    found, done, lock = Count(), threading.Event(), threading.Lock()
    release(0)

    def read(seed: int) -> None:
        choice = random.Random(seed)  # noqa: S311  # which page a reader opens next
        while not done.is_set():
            place = choice.choice(releases.places())
            time.sleep(_REST)
            faults = [
                fault
                for page in ("index.html", "changes/index.html")
                if (fault := _load(get, place, page))
            ]
            with lock:
                found.loads += 2
                found.broken += len(faults)
                found.examples += faults[: max(0, 3 - len(found.examples))]

    readers = [
        threading.Thread(target=read, args=(seed,), daemon=True)
        for seed in range(READERS)
    ]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, versions + 1):
            release(number)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    return found


def _load(get: Get, place: str, page: str) -> str | None:
    """Load one page with what it names; say what is broken."""
    body = get(f"{place}{page}")
    if body is None:
        return f"{page} is not there"
    if not body.endswith(b"</html>\n"):
        return f"{page} is cut short"
    numbers = set(_RELEASE.findall(body))
    for name in _LINK.findall(body):
        path = name.decode().removeprefix("../")
        asset = get(f"{place}{path}")
        if asset is None:
            return f"{page} names {path}, which is not there"
        numbers |= set(_RELEASE.findall(asset))
    return None if len(numbers) == 1 else f"{page} is of several releases"


def _room(number: int) -> dict[str, str]:
    """Return the files of a room: two pages and a stylesheet with a hashed name."""
    css = f"/* release {number} end */\nbody {{ margin: {number}px }}\n"
    name = f"assets/room.{hashlib.sha256(css.encode()).hexdigest()[:10]}.css"
    body = f"release {number} end\n{_FILLER * 400}"

    def page(base: str) -> str:
        return f'<html><link rel="stylesheet" href="{base}{name}">\n{body}</html>\n'

    return {"index.html": page(""), "changes/index.html": page("../"), name: css}


def _built(folder: Path) -> Room:
    files = {}
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            key = path.relative_to(folder).as_posix()
            files[key] = (hashlib.sha256(data).hexdigest(), len(data))
    return Room(folder, files)
