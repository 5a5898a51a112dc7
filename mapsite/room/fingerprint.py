"""Fingerprints of files, rooms and of mapsite itself; the standard library alone."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import mapsite

Stamp = list[str | int]
"""SHA-256, size, mtime, ctime and inode of a file that a room was made from."""
Sizes = dict[str, tuple[int, str]]
"""Size and SHA-256 of a room's files by their path in the room."""

_SETTLED_NS = 1_000_000_000
"""A file younger than this may change again without a new time stamp."""
_DEPENDENCIES = frozenset(
    {"babel", "holidays", "icalendar", "jinja2", "markdown", "markupsafe", "nh3"}
    | {"pydantic", "pydantic_core", "pyyaml", "tzdata"}
)
"""Libraries whose versions may change what stands in a room."""
_OF_NO_ROOM = frozenset(
    {"__pycache__", "theme", "start", "commands", "gate", "publish", "changes", "inbox"}
)
"""Folders of mapsite whose code changes no room but by what it is given."""


def stamp_of(path: str) -> Stamp:
    """Return the stamp of the file at *path*, as it is now."""
    seen = os.lstat(path)
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    settled = time.time_ns() - max(seen.st_mtime_ns, seen.st_ctime_ns) > _SETTLED_NS
    times = [seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino] if settled else [0, 0, 0]
    return [digest, seen.st_size, *times]


def stamps(root: Path, paths: Iterable[str]) -> dict[str, Stamp]:
    """Return the stamps of *paths*, by their path from *root*."""
    return {os.path.relpath(path, root): stamp_of(path) for path in paths}


def sizes(files: Mapping[str, bytes]) -> Sizes:
    """Return size and hash of each of *files*."""
    return {
        name: (len(data), hashlib.sha256(data).hexdigest())
        for name, data in files.items()
    }


def contents(room: str) -> dict[str, list[str | int]]:
    """Return size and hash of every file in *room*, and [] for what belongs in none."""
    found: dict[str, list[str | int]] = {}
    for folder, folders, names in os.walk(room):
        if not names and not folders:
            found[_inside(room, folder)] = []
        for name in names + folders:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    data = file.read()
                found[_inside(room, path)] = [
                    len(data),
                    hashlib.sha256(data).hexdigest(),
                ]
            elif not stat.S_ISDIR(mode):
                found[_inside(room, path)] = []
    return found


def shortest(path: Path) -> str:
    """Return *path* from the current folder, where that is shorter.

    Each part of it costs almost as much as the file, for each of many files.
    """
    try:
        return min(str(path), os.path.relpath(path), key=len)
    except ValueError:  # on another drive
        return str(path)


def code_fingerprint() -> str:
    """Return a hash of mapsite's code and of the libraries that it writes with."""
    folder = os.path.dirname(mapsite.__file__)
    digest = hashlib.sha256(mapsite.__version__.encode())
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _OF_NO_ROOM)
        for name in sorted(names):
            if name.endswith((".py", ".toml")):
                path = os.path.join(place, name)
                digest.update(_inside(folder, path).encode() + b"\0")
                with open(path, "rb") as file:
                    digest.update(hashlib.sha256(file.read()).digest())
    for version in sorted(_versions()):
        digest.update(version.encode() + b"\0")
    return digest.hexdigest()


def _versions() -> set[str]:
    """Return the names of installed metadata folders, ``babel-2.18.0.dist-info``."""
    # importlib.metadata says the same and takes 40 ms to import.
    found = set()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if (
                name.endswith(".dist-info")
                and name.partition("-")[0].lower() in _DEPENDENCIES
            ):
                found.add(name)
    return found


def _inside(folder: str, path: str) -> str:
    return path[len(folder) + 1 :].replace(os.sep, "/")
