"""What this machine remembers of a target, so that an unchanged one costs one question.

It holds good while the target bears the stamp that it ends with: every publish begins
by writing another one. Rooms are named by a hash of their place, never by their token.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping, Set as AbstractSet
from pathlib import Path

from mapsite.publish.manifest import MANIFEST, RoomManifest, read_manifest
from mapsite.publish.target import Target

STAMP = "published.json"
_FORMAT = 1


class Record:
    """Know what a target holds, from memory or by asking it."""

    def __init__(self, target: Target, file: Path) -> None:
        """Read what *file* remembers and ask the target for its stamp."""
        self._target = target
        self._file = file
        self._stamp = target.read([STAMP]).get(STAMP, b"").decode("utf-8", "replace")
        self.front: dict[str, str] = _front(self._stamp)
        """Hashes of the files at the target's root that mapsite put there."""
        self._rooms: dict[str, str] = {}
        """By hidden place the manifest that is there; empty where there is none."""
        self.known = False
        """Whether the last publish to the target was this machine's, and ended."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            record = json.loads(file.read_bytes())
            if record["format"] == _FORMAT and record["stamp"] == self._stamp:
                self._rooms = dict(record["rooms"])
                self.known = True
        self._saved = dict(self._rooms)

    def manifests(self, prefixes: Iterable[str]) -> dict[str, RoomManifest]:
        """Return the manifests of those of *prefixes* at which there is a room."""
        places = {prefix: _hidden(prefix) for prefix in prefixes}
        unknown = [p for p, hidden in places.items() if hidden not in self._rooms]
        found = self._target.read([f"{prefix}{MANIFEST}" for prefix in unknown])
        for prefix in unknown:
            raw = found.get(f"{prefix}{MANIFEST}", b"")
            self._rooms[places[prefix]] = raw.decode("utf-8", "replace")
        raws = {prefix: self._rooms[hidden] for prefix, hidden in places.items()}
        read = {prefix: read_manifest(raw.encode()) for prefix, raw in raws.items()}
        return {prefix: manifest for prefix, manifest in read.items() if manifest}

    def forget(self, prefixes: Iterable[str], listed: AbstractSet[str] | None) -> None:
        """Forget of *prefixes* what cannot be, as somebody else put files back.

        *listed* are those that the target has; where it is None, all are forgotten.
        """
        for prefix in prefixes:
            hidden = _hidden(prefix)
            held = bool(self._rooms.get(hidden))
            if listed is None or held != (prefix in listed):
                self._rooms.pop(hidden, None)

    def begin(self, front: Mapping[str, str]) -> bytes:
        """Return the stamp to write before the target is changed.

        Everybody, this machine too, forgets then what they remember.
        """
        self._file.unlink(missing_ok=True)
        self._saved = {}
        self._stamp = json.dumps({"stamp": secrets.token_hex(16), "front": dict(front)})
        return self._stamp.encode()

    def finish(self, manifests: Mapping[str, RoomManifest | None]) -> None:
        """Remember what was found, and *manifests* as they are now."""
        for prefix, manifest in manifests.items():
            text = manifest.as_bytes().decode() if manifest else ""
            self._rooms[_hidden(prefix)] = text
        if self._stamp and self._rooms != self._saved:
            record = {"format": _FORMAT, "stamp": self._stamp, "rooms": self._rooms}
            write_private(self._file, json.dumps(record, separators=(",", ":")))


def write_private(file: Path, text: str) -> None:
    """Write *text* whole or not at all, for nobody else on this machine to read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as open_file:
        open_file.write(text)
    part.replace(file)


def _front(stamp: str) -> dict[str, str]:
    try:
        return {str(name): str(one) for name, one in json.loads(stamp)["front"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _hidden(prefix: str) -> str:
    return hashlib.sha256(prefix.encode()).hexdigest()[:32]
