"""Disks that are full, and disks that cannot be written to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small(folder: Path, size: str = "192k") -> Iterator[bool]:
    """Mount a small disk at *folder* until the block ends; tell whether one may."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = _done(command)
    try:
        yield mounted
    finally:
        if mounted:
            _done(["umount", "-l", str(folder)])


@contextmanager
def read_only(folder: Path, *, mounted: bool) -> Iterator[None]:
    """Let nobody write into *folder* until the block ends."""
    if mounted:
        assert _done(["mount", "-o", "remount,ro", str(folder)])
        try:
            yield
        finally:
            _done(["mount", "-o", "remount,rw", str(folder)])
        return
    # Nobody may mount here; where the drafts go, there is no folder any more.
    place = folder / "spool" / "incoming"
    place.rename(place.with_name("gone"))
    try:
        yield
    finally:
        place.with_name("gone").rename(place)


def _done(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
