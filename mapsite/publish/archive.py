"""Keep what is left of a closed deal in one zip: room, plan, history and hashes.

``archive/acme-2026-06-01.zip`` holds:

- ``room/``: the room as it was last seen; it opens in a browser from the folder
- ``plan.yaml``: the closed plan without its private addresses
- ``history.json``: `mapsite.publish.retelling` says what stands in it
- ``manifest.json``: plan, outcome, day, and the hash and size of every other file
- ``README.txt``

The same files always give the same bytes: nothing is compressed, as another version of
the library would do it differently, and every file has the same day.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import mapsite
from mapsite.publish.disk import settle

ARCHIVE = "archive"
"""The folder of all archives, beside ``plans/``."""
ROOM, PLAN, HISTORY = "room/", "plan.yaml", "history.json"
MANIFEST, README = "manifest.json", "README.txt"
FORMAT = 1

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR = 0o100644 << 16
_UNIX = 3
_README = """\
What is kept of a closed deal: {plan}, {outcome}, closed on {on}

Keep this inside your company. plan.yaml holds the seller's internal notes, which the
buyer has never seen.

room/index.html   the room as it was last seen; open it in a browser, also offline
plan.yaml         the plan as it was closed, without the room's private addresses
history.json      what was changed when, as far as git and the plan tell
manifest.json     the SHA-256 and the size of every file

`mapsite archive verify FILE` tells whether a zip like this one is whole.

history.json, format 1. Days are written 2026-05-24, what is not known is null, and
steps, people and other items have their ids from plan.yaml.

  plan       the plan's id
  versions   the plan's texts, oldest first: commit (empty where it was not committed
             yet) and day
  changes    newest first: day, who (a person's id), why, kind (moved, dated, undated,
             added, removed, done, reopened, status, owner, confirmed, asked, answered,
             reworded, joined, named, left, changed), address, was and to; an address is
             a place in the plan, like steps/security-review/due
  steps      by id: first, the first agreed date, and moves, oldest first: day, was, to,
             who, why
  people     by id: the day since which the person was on the plan
  revisions  how often somebody changed what both sides see
  start      the day of the first version, unless there were others before it
  last       the day of the last change
"""


class Deal(NamedTuple):
    """Name what an archive is of."""

    plan: str
    """The plan's id."""
    outcome: str
    """``won``, ``lost`` or ``no-decision``."""
    on: date

    @property
    def name(self) -> str:
        """Return the name of its archive without the ending."""
        return f"{self.plan}-{self.on.isoformat()}"


def pack(
    deal: Deal, room: Mapping[str, bytes], plan: bytes, history: Mapping[str, object]
) -> bytes:
    """Return the zip of a closed deal; *plan* is its text without private addresses."""
    told = {"plan": deal.plan, "outcome": deal.outcome, "on": deal.on.isoformat()}
    files = {f"{ROOM}{name}": data for name, data in room.items()}
    files |= {
        PLAN: plan,
        HISTORY: _json(history),
        README: _README.format(**told).encode(),
    }
    hashes = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in sorted(files.items())
    }
    manifest = {
        "format": FORMAT,
        "plan": deal.plan,
        "outcome": deal.outcome,
        "closed_on": deal.on.isoformat(),
        "mapsite": mapsite.__version__,
        "files": hashes,
    }
    return _zipped(files | {MANIFEST: _json(manifest)})


def keep(root: Path, deal: Deal, packed: bytes) -> Path:
    """Write an archive, whole or not at all, and return where it is.

    One that is there already stays: with other content the new one is called ``-2``.
    """
    folder = root / ARCHIVE
    number, path = 1, folder / f"{deal.name}.zip"
    while os.path.lexists(path):
        if path.is_file() and path.read_bytes() == packed:
            return path
        number += 1
        path = folder / f"{deal.name}-{number}.zip"
    folder.mkdir(exist_ok=True)
    part = folder / f".{deal.name}.part"
    with part.open("wb") as file:
        file.write(packed)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    settle(folder)
    return path


def archives(root: Path) -> list[Path]:
    """Return all archives, by name."""
    return sorted((root / ARCHIVE).glob("[!.]*.zip"))


def archives_of(root: Path, deal: Deal) -> Iterator[Path]:
    """Yield the archives that have the name of *deal*, the newest first."""
    ours = re.compile(rf"{re.escape(deal.name)}(?:-(\d+))?\.zip")
    found = {path: ours.fullmatch(path.name) for path in archives(root)}
    numbers = {path: int(name[1] or 1) for path, name in found.items() if name}
    yield from sorted(numbers, key=lambda path: -numbers[path])


def _json(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.create_system, info.external_attr = _UNIX, _REGULAR
            archive.writestr(info, data)
    return packed.getvalue()
