"""Read where a git repository stands from its own files, without running git."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_LINKS = 5


def git_folder(start: Path) -> str | None:
    """Return where the repository around *start* keeps what it knows."""
    folder = os.path.realpath(start)
    while True:
        here = os.path.join(folder, ".git")
        if os.path.isdir(here):
            return here
        if (link := _text(here)).startswith("gitdir: "):
            return os.path.normpath(os.path.join(folder, link[8:]))
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def newest_commit(folder: str) -> str | None:
    """Return the commit of the work tree; empty without one, None where git must say.

    *folder* is what `git_folder` returned.
    """
    shared = _shared(folder)
    if os.path.isdir(os.path.join(shared, "reftable")):
        return None
    head = _text(os.path.join(folder, "HEAD"))
    for _ in range(_MOST_LINKS):
        if not head.startswith("ref: "):
            break
        name = head[5:]
        found = _text(os.path.join(folder, name)) or _text(os.path.join(shared, name))
        head = found or _packed(shared, name)
    return head


def stamp_of_refs(folder: str, *names: str) -> str:
    """Return what changes whenever one of the refs *names* moves; empty for none.

    *folder* is what `git_folder` returned.
    """
    shared = _shared(folder)
    tables = _text(os.path.join(shared, "reftable", "tables.list"))
    tips = [_text(f"{shared}/{name}") or _packed(shared, name) for name in names]
    return ",".join(tip for tip in (tables, *tips) if tip)


def _shared(folder: str) -> str:
    """Return the folder that the work trees of one repository share."""
    return os.path.normpath(
        os.path.join(folder, _text(os.path.join(folder, "commondir")))
    )


def boundaries(folder: str) -> frozenset[str]:
    """Return the commits at which a shallow clone ends."""
    return frozenset(_text(os.path.join(_shared(folder), "shallow")).split())


def _packed(shared: str, name: str) -> str:
    for line in _text(os.path.join(shared, "packed-refs")).splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name:
            return commit
    return ""


def _text(path: str) -> str:
    """Return what a small file says, or nothing."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
