"""Write files that are whole or not there, and hold a folder for one inbox alone."""

from __future__ import annotations

import errno
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from mapsite.errors import MapsiteError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PATIENCE = 1.0
"""Seconds in which an inbox that was stopped lets go of its folder."""


def write(drafts: Path, place: Path, raw: bytes) -> int:
    """Put *raw* at *place* in one move, and return when, in nanoseconds since 1970.

    Raise FileExistsError if the place is taken.
    """
    path = draft(drafts, raw)
    try:
        when = path.stat().st_mtime_ns
        os.link(path, place)
        sync(place.parent)
    finally:
        with suppress(OSError):
            path.unlink()
    return when


def draft(drafts: Path, raw: bytes) -> Path:
    """Return a file among *drafts* that holds *raw* on the disk."""
    path = drafts / secrets.token_hex(12)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return path


def sync(folder: Path) -> None:
    """Keep the names in *folder* through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_full(error: OSError) -> bool:
    """Tell a disk without room from one that fails otherwise."""
    return error.errno in _FULL


def taken(folder: Path) -> int:
    """Return the lock of *folder*; raise MapsiteError where another inbox has it."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows
    except ImportError:
        raise MapsiteError("an inbox runs on Linux, macOS or BSD, not here") from None
    handle = os.open(folder, os.O_RDONLY)
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(handle)
                raise MapsiteError(
                    f"another `mapsite inbox` keeps its suggestions in {folder}; take"
                    " another folder with --folder"
                ) from None
            time.sleep(0.05)
        else:
            return handle
