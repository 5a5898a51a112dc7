"""The record of one published room, which lies beside it as ``room.json``.

It tells the next publish what is there, and a withdrawal what must go. It holds paths,
hashes and times; no word of the plan, and not its id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

MANIFEST = "room.json"
ENTRY = "index.html"
"""The page that a link opens."""
_FORMAT = 1
_SHA = re.compile(r"[0-9a-f]{64}")
_PATH = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[\w.@+-]+(?:/[\w.@+-]+)*", re.ASCII)

_NOT_OURS = (
    *(ValueError, KeyError, TypeError, AttributeError),
    *(OverflowError, RecursionError),
)
"""What reading anything at all can raise."""

Print = tuple[str, int]
"""The SHA-256 of a file in hex, and its size in bytes."""


@dataclass(frozen=True, slots=True)
class RoomManifest:
    """Hold which files one published room consists of."""

    by: str
    """Whose room it is: a name made from the publisher's secret."""
    files: Mapping[str, Print] = field(default_factory=dict)
    """By path in the room, without the manifest itself."""
    coming: tuple[str, ...] = ()
    """Paths that a publish has begun to write; some may be there already."""
    stale: Mapping[str, datetime] = field(default_factory=dict)
    """Paths of the release before, each with the time since when it is not used."""

    def paths(self) -> list[str]:
        """Return every path that may be there, the entry page first."""
        every = {*self.files, *self.coming, *self.stale}
        return sorted(every, key=removal_order)

    def as_bytes(self) -> bytes:
        """Return the file's content."""
        record = {
            "format": _FORMAT,
            "by": self.by,
            "files": dict(sorted(self.files.items())),
            "coming": sorted(self.coming),
            "stale": {path: when.isoformat() for path, when in self.stale.items()},
        }
        return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()


def read_manifest(raw: bytes) -> RoomManifest | None:
    """Return the manifest that *raw* holds, or None where it is none of ours.

    A path that could lead out of the room makes it none: nothing is deleted by it.
    """
    try:
        record = json.loads(raw)
        if record["format"] != _FORMAT or not isinstance(record["by"], str):
            return None
        files = {
            str(path): (str(h), int(size))
            for path, (h, size) in record["files"].items()
        }
        stale = {
            str(path): datetime.fromisoformat(when)
            for path, when in record["stale"].items()
        }
        coming = tuple(map(str, record["coming"]))
    except _NOT_OURS:
        return None
    sound = all(_PATH.fullmatch(path) for path in (*files, *stale, *coming))
    zoned = all(when.tzinfo for when in stale.values())
    if not (sound and zoned and all(_SHA.fullmatch(h) for h, _ in files.values())):
        return None
    return RoomManifest(record["by"], files, coming, stale)


def removal_order(path: str) -> tuple[int, str]:
    """Sort paths so that the entry page goes first, then pages, then the rest."""
    return (0 if path == ENTRY else 1 if path.endswith(".html") else 2, path)
