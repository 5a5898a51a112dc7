"""Read archives, whatever has been put into them, and find all that is wrong.

Nothing is unpacked to the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

from mapsite.publish.archive import FORMAT, HISTORY, MANIFEST, PLAN, README, ROOM, Deal

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)
"""What reading a damaged zip raises."""
_UNREADABLE = (*_DAMAGE, KeyError, TypeError, AttributeError, RecursionError)
"""The same, and what a strange manifest leads to."""

_MOST_MANIFEST = 8 << 20
_MOST_RATIO = 50
"""Text never shrinks to less than a fiftieth; bombs do."""
_SMALL = 1 << 20
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_NEEDED = (README, HISTORY, PLAN, f"{ROOM}index.html")


def verify(path: Path) -> list[str]:
    """Return what is wrong with the archive at *path*, in words; [] if nothing is.

    It is read and compared with its own manifest, whatever has been put into it.
    """
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return ["is no file"]
            size = os.fstat(file.fileno()).st_size
            with zipfile.ZipFile(file) as packed:
                return list(_unsafe(packed, size)) or list(_differing(packed))
    except OSError as error:
        return [f"cannot be read: {error.strerror or 'damaged'}"]
    except _DAMAGE:
        return ["is no zip, or a damaged one"]


def plan_in(path: Path) -> bytes | None:
    """Return the plan's text in the archive at *path*; None where it is damaged."""
    if verify(path):
        return None
    with zipfile.ZipFile(path) as packed:
        return packed.read(PLAN)


def deal_in(path: Path) -> Deal | None:
    """Return what the archive at *path* says that it is of, without verifying it."""
    try:
        with zipfile.ZipFile(path) as packed:
            told = _manifest(packed)
        on = date.fromisoformat(told["closed_on"])
        return Deal(str(told["plan"]), str(told["outcome"]), on)
    except (OSError, *_UNREADABLE):
        return None


def _unsafe(packed: zipfile.ZipFile, size: int) -> Iterator[str]:
    """Tell what no archive has, before anything in it is read."""
    infos = packed.infolist()
    for name, count in Counter(info.filename for info in infos).items():
        if count > 1:
            yield f"{name}: is there {count} times"
    for info in infos:
        if fault := _fault_of(info):
            yield f"{info.filename}: {fault}"
    declared = sum(info.file_size for info in infos)
    if declared > _MOST_RATIO * size + _SMALL:
        yield f"says that it holds {declared:,} bytes, too many for a file of {size:,}"


def _fault_of(info: zipfile.ZipInfo) -> str | None:
    # Of `orig_filename` zipfile leaves out what follows a zero byte.
    name, mode = info.orig_filename, info.external_attr >> 16
    if name.startswith(("/", "\\")) or name[1:2] == ":":
        return "is an absolute path"
    if "\\" in name or "\0" in name or not {"", ".", ".."}.isdisjoint(name.split("/")):
        return "is no plain path inside the archive"
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "is a link or a folder, no file"
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        return "is packed in a way that mapsite does not use"
    return None


def _differing(packed: zipfile.ZipFile) -> Iterator[str]:
    """Tell in what the files differ from those that the manifest names."""
    try:
        declared = _declared(packed)
    except _UNREADABLE:
        yield f"{MANIFEST}: is missing, damaged or of another version of mapsite"
        return
    sizes = {info.filename: info.file_size for info in packed.infolist()}
    for name in sorted(declared.keys() | set(_NEEDED)):
        if name not in sizes:
            yield f"{name}: is missing"
        elif name not in declared:
            continue
        elif sizes[name] != declared[name][1]:
            yield f"{name}: has {sizes[name]:,} bytes instead of {declared[name][1]:,}"
        elif _hash_in(packed, name) != declared[name][0]:
            yield f"{name}: is not what was archived"
    for name in sorted(sizes.keys() - declared.keys() - {MANIFEST}):
        yield f"{name}: does not belong to the archive"


def _declared(packed: zipfile.ZipFile) -> dict[str, tuple[str, int]]:
    files = _manifest(packed)["files"]
    return {
        str(name): (str(file["sha256"]), int(file["size"]))
        for name, file in files.items()
    }


def _manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    if packed.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise ValueError(MANIFEST)
    manifest = json.loads(packed.read(MANIFEST))
    if not isinstance(manifest, dict) or manifest["format"] != FORMAT:
        raise ValueError(MANIFEST)
    return manifest


def _hash_in(packed: zipfile.ZipFile, name: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with packed.open(name) as file:
            for chunk in _chunks(file):
                digest.update(chunk)
    except _DAMAGE:
        return None
    return digest.hexdigest()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
