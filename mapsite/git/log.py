"""Read git's log of a repository of plans: which commit did what to which file.

Pure: git's output comes in as bytes (`versions` runs git).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mapsite.repository import CLOSED, PLANS

FORMAT = (
    "%x00%H%x00%P%x00%as%x00%an%x00%ae"
    "%x00%(trailers:key=Why,valueonly,unfold,separator=%x3B%x20)"
)
"""What `read_log` expects of each commit; its files follow as ``--raw -z`` has them."""

_COMMIT = re.compile(r"\s*([0-9a-f]{40}|[0-9a-f]{64})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PLACES = {PLANS: CLOSED, CLOSED: PLANS}
_MOVED = "R000"
_NO_PLANS = frozenset({"mkdocs.yml"})


class Entry(NamedTuple):
    """Tell what a commit did to one file."""

    status: str
    """``M``, ``A``, ``D``, ``R087`` and so on."""
    old_blob: str
    blob: str
    old_name: str
    name: str


class Commit(NamedTuple):
    """Hold one commit of the log."""

    id: str
    parents: tuple[str, ...]
    """Those in the log, not those that say nothing about plans."""
    day: str
    author: str
    email: str
    why: str
    entries: list[Entry]


def read_log(output: bytes) -> list[Commit]:
    """Read git's log in `FORMAT`; nothing where a git too old wrote something else."""
    tokens = iter(output.decode("utf-8", "replace").split("\0"))
    commits: list[Commit] = []
    for token in tokens:
        if commits and token.lstrip("\n").startswith(":"):
            entry = _entry(token, tokens)
            if entry is None:
                return []
            commits[-1].entries.append(entry)
        elif found := _COMMIT.fullmatch(token):
            parents, day, author, email, why = (next(tokens, "") for _ in range(5))
            if not _DAY.fullmatch(day):
                return []
            came_from = tuple(parents.split())
            commits.append(Commit(found[1], came_from, day, author, email, why, []))
    return [_discreet(_with_closings(commit)) for commit in commits]


def _discreet(commit: Commit) -> Commit:
    """Leave out the reason of a commit on several plans: it may be another buyer's."""
    plans = {entry.name for entry in commit.entries if entry.name not in _NO_PLANS}
    return commit if len(plans) <= 1 else commit._replace(why="")


def read_merges(output: bytes) -> Iterator[list[Entry]]:
    """Yield the files of each comparison that ``diff-tree --stdin --always`` made."""
    tokens = iter(output.decode("utf-8", "replace").split("\0"))
    entries: list[Entry] | None = None
    for token in tokens:
        if token.lstrip("\n").startswith(":"):
            entry = _entry(token, tokens)
            if entry and entries is not None:
                entries.append(entry)
        elif _COMMIT.fullmatch(token):
            if entries is not None:
                yield _closings(entries)
            entries = []
    if entries is not None:
        yield _closings(entries)


def _entry(token: str, tokens: Iterator[str]) -> Entry | None:
    fields = token.split()
    if len(fields) != 5:  # noqa: PLR2004  # two modes, two blobs, the status
        return None
    _, _, old_blob, blob, status = fields
    name = next(tokens, "")
    new = next(tokens, "") if status[0] in "RC" else name
    return Entry(status, old_blob, blob, name, new)


def untold(commits: Iterable[Commit]) -> list[tuple[str, str]]:
    """Return the commits of which the log says no files, each with each parent.

    These are merges, also those whose parents come down to one in the log.
    """
    return [
        (commit.id, parent)
        for commit in commits
        if not commit.entries
        for parent in commit.parents
    ]


def other_place(name: str) -> str | None:
    """Return where the plan *name* lies once its deal is closed, or open again."""
    place, file = os.path.split(name)
    return f"{_PLACES[place]}/{file}" if place in _PLACES else None


def _with_closings(commit: Commit) -> Commit:
    """Take the closing of a deal for a move, however much it wrote into the plan."""
    return commit._replace(entries=_closings(commit.entries))


def _closings(entries: list[Entry]) -> list[Entry]:
    gone = {entry.name: entry for entry in entries if entry.status == "D"}
    moved: dict[str, Entry] = {}
    for entry in entries:
        was = gone.get(other_place(entry.name) or "")
        if entry.status == "A" and was:
            moved[was.name] = entry
    here = {entry.name: was for was, entry in moved.items()}
    return [
        Entry(_MOVED, gone[here[e.name]].old_blob, e.blob, here[e.name], e.name)
        if e.name in here
        else e
        for e in entries
        if e.name not in moved
    ]
