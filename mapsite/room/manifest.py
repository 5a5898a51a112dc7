"""What mapsite remembers of the last build, so that unchanged rooms cost nothing.

Everything here is on the path of "nothing changed": the standard library alone.
A file counts as unchanged when its status (size, times, inode) is the one recorded,
and else when its content has the recorded hash.
"""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from typing import NamedTuple, TypedDict

from mapsite.room.fingerprint import Sizes, Stamp, contents, shortest, stamp_of
from mapsite.room.pasts import Pasts

_FORMAT = 3


class Entry(TypedDict):
    """Record one room: what it was made from, and what it consists of."""

    source: str
    """The plan's path from the repository's root."""
    made: str
    """Which look and version made it; empty when it must be made again."""
    head: str
    """The newest commit when its plan's history was looked at last."""
    past: str
    """Fingerprint of that history; empty where there is none."""
    replies: str
    """The stamp of what rooms are told for suggestions when it was asked for last."""
    given: str
    """Fingerprint of what this room was told; empty for nothing."""
    today: str
    """The day it was made for; empty when no day changes it any more."""
    inputs: dict[str, Stamp]
    """The plan and the files that it names, by path from the root."""
    look: str
    """Which of the manifest's looks its shared files are listed under."""
    files: Sizes
    """The room's own files."""
    written: int
    """When it was written, in nanoseconds: a file that is younger was edited."""


class Made(NamedTuple):
    """Say with what rooms are made now."""

    look: str
    """Fingerprint of mkdocs.yml, the theme and what renders it."""
    today: str
    code: str = ""
    """Fingerprint of mapsite and of the libraries it writes rooms with."""

    @property
    def by(self) -> str:
        """Name look and code in one word."""
        return f"{self.look} {self.code}"


class Manifest:
    """Hold the record of one output folder's rooms."""

    def __init__(self, file: Path, root: Path) -> None:
        """Read *file*, or begin anew where it is missing or cannot be understood."""
        self.file = file
        self._root = shortest(root)
        self.changed = False
        self.looks: dict[str, Sizes] = {}
        self.rooms: dict[str, Entry] = {}
        try:
            record = json.loads(file.read_bytes())
            if record["format"] == _FORMAT:
                self.looks, self.rooms = record["looks"], record["rooms"]
        except (OSError, ValueError, KeyError, TypeError):
            self.changed = True

    def save(self) -> None:
        """Write the record, if it changed, whole or not at all."""
        if not self.changed:
            return
        used = {entry["look"] for entry in self.rooms.values()}
        looks = {look: files for look, files in self.looks.items() if look in used}
        record = {"format": _FORMAT, "looks": looks, "rooms": self.rooms}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        fresh.write_text(json.dumps(record, separators=(",", ":")), "ascii")
        fresh.replace(self.file)
        self.changed = False

    def is_untouched(self, plan_id: str, source: str, out: str) -> bool:
        """Tell from their status alone that plan and room are as they were recorded.

        False where only their content could tell. Nothing is changed by asking.
        """
        entry = self.rooms.get(plan_id)
        if entry is None or source not in entry["inputs"]:
            return False
        shared = self.looks.get(entry["look"])
        if shared is None:
            return False
        try:
            for name, stamp in entry["inputs"].items():
                seen = os.lstat(f"{self._root}/{name}")
                if stamp[1:] != _status(seen) or not stat.S_ISREG(seen.st_mode):
                    return False
        except OSError:
            return False
        room = f"{out}{os.sep}{plan_id}"
        return _untouched(room, entry["files"], shared, entry["written"])

    def is_current(
        self, plan_id: str, source: str, made: Made, out: str, *, untouched: bool
    ) -> bool:
        """Tell whether the room of *plan_id* is what a build would write.

        *untouched* says that its files need not be looked at.
        """
        entry = self.rooms.get(plan_id)
        if (
            entry is None
            or entry["made"] != made.by
            or entry["today"] not in {"", made.today}
        ):
            return False
        inputs = entry["inputs"]
        if entry["source"] != source or source not in inputs:
            return False
        if untouched:
            return True
        for name, stamp in inputs.items():
            if not self._unchanged(f"{self._root}/{name}", stamp):
                return False
        return self._is_whole(f"{out}{os.sep}{plan_id}", entry)

    def has_past(self, plan_id: str, pasts: Pasts) -> bool:
        """Tell whether the room of *plan_id* was made with the history of its plan."""
        entry = self.rooms[plan_id]
        if entry["head"] == pasts.head:
            return True
        if entry["past"] != pasts.fingerprint(entry["source"]):
            return False
        entry["head"] = pasts.head
        self.changed = True
        return True

    def has_replies(self, plan_id: str, stamp: str, given: str) -> bool:
        """Tell whether the room of *plan_id* was told *given*, and remember *stamp*."""
        entry = self.rooms[plan_id]
        if entry["given"] != given:
            return False
        entry["replies"] = stamp
        self.changed = True
        return True

    def forget(self, plan_id: str) -> None:
        """Drop the record of a room."""
        del self.rooms[plan_id]
        self.changed = True

    def distrust(self, plan_id: str) -> None:
        """Have the room of *plan_id* made again by the next build."""
        if plan_id in self.rooms:
            self.rooms[plan_id]["made"] = ""
            self.changed = True

    def remember(self, plan_id: str, entry: Entry) -> None:
        """Record a room that was built."""
        self.rooms[plan_id] = entry
        self.changed = True

    def _unchanged(self, path: str, stamp: Stamp) -> bool:
        try:
            seen = os.lstat(path)
        except OSError:
            return False
        if not stat.S_ISREG(seen.st_mode):
            return False
        if stamp[1:] == _status(seen):
            return True
        if seen.st_size != stamp[1]:
            return False
        fresh = stamp_of(path)
        if fresh[0] != stamp[0]:
            return False
        self.changed = self.changed or fresh != stamp
        stamp[:] = fresh
        return True

    def _is_whole(self, room: str, entry: Entry) -> bool:
        """Tell whether the room's folder holds its files, as written, and no others."""
        shared = self.looks.get(entry["look"])
        if shared is None:
            return False
        if _untouched(room, entry["files"], shared, entry["written"]):
            return True
        now = time.time_ns()
        if contents(room) != {**_plain(shared), **_plain(entry["files"])}:
            return False
        entry["written"] = now
        self.changed = True
        return True


def _status(seen: os.stat_result) -> list[int]:
    """Return what of a file's status a `Stamp` keeps."""
    return [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]


def _untouched(room: str, own: Sizes, shared: Sizes, written: int) -> bool:
    """Tell from their status alone that files and folders are those written then."""
    look, begin = os.lstat, f"{room}/"
    try:
        for files in (own, shared):
            for name, (size, _) in files.items():
                seen = look(begin + name)
                if seen.st_size != size or seen.st_mtime_ns > written:
                    return False
        # A folder's own time tells that something was put into it or taken out.
        folders = {name.rpartition("/")[0] for name in own}
        folders |= {name.rpartition("/")[0] for name in shared}
        return all(look(begin + name).st_mtime_ns <= written for name in folders)
    except OSError:
        return False


def _plain(files: Sizes) -> dict[str, list[str | int]]:
    return {name: list(values) for name, values in files.items()}
