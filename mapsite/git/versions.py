"""Ask git for the versions of plans; the only module that runs it.

Whatever is missing (git, a repository, a commit, somebody's trust in its folder) means
no history, never an error. The standard library alone is imported.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mapsite.errors import MapsiteError
from mapsite.git.commits import boundaries, git_folder
from mapsite.git.log import FORMAT, Entry, other_place, read_log, read_merges, untold
from mapsite.git.trails import Mark, follow
from mapsite.repository import read_plan_file

if TYPE_CHECKING:
    from mapsite.plan.past import Version

_SETTINGS = (
    "core.fsmonitor=false",
    "protocol.allow=never",
    "log.showSignature=false",
    "log.showRoot=true",
    "log.follow=false",
    "diff.renameLimit=400",
    "i18n.logOutputEncoding=UTF-8",
    "trailer.separators=:",
)
"""No command that somebody configured runs, nothing is fetched, all is told alike."""
_COMPARE = (
    *("--raw", "-z", "-r", "-M", "--no-abbrev", "--relative"),
    *("--no-color", "--no-ext-diff", "--no-textconv"),
)
_KEPT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES")
"""Of git's own environment; the rest may point to another repository."""


class Trail(NamedTuple):
    """Hold where one plan got each of its texts, newest first."""

    marks: tuple[Mark, ...]
    folder: Path
    """Where git is asked for the texts."""
    boundaries: frozenset[str] = frozenset()
    """Commits at which a shallow clone ends."""

    @property
    def fingerprint(self) -> str:
        """Return a hash of all that a history is made from; empty without one.

        A rebase that gives the same texts by the same people on the same days is the
        same history.
        """
        if not self.marks:
            return ""
        parts = []
        for mark in self.marks:
            commit, alone = mark.commit, str(mark.alone)
            parts += [commit.day, commit.author, commit.email, commit.why, mark.blob]
            parts += [alone, *mark.olds, "", *mark.renamed, ""]
            parts.append(str(commit.id in self.boundaries))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def trails_of(root: Path, sources: Iterable[str]) -> dict[str, Trail]:
    """Return the trail of each of *sources*, paths from *root*, from one log."""
    folders: dict[str, dict[str, str]] = defaultdict(dict)
    for source in sources:
        path = os.path.normpath(source).replace(os.sep, "/")
        outside = path.startswith("../") or os.path.isabs(path)
        folder, name = os.path.split(path) if outside else ("", path)
        folders[folder][source] = name
    found: dict[str, Trail] = {}
    for folder, names in folders.items():
        found |= _trails(root / folder, names)
    return found


def versions_of(
    root: Path,
    sources: Sequence[str],
    today: date,
    trails: Mapping[str, Trail] | None = None,
) -> dict[str, tuple[Version, ...]]:
    """Return the versions of each of *sources*, oldest first; none without a commit.

    *sources* are paths from *root*, *trails* those of `trails_of` where they are known
    already. What the file says now is the newest version, of *today*, where that is
    not committed.
    """
    known = trails_of(root, sources) if trails is None else trails
    wanted = {source: known[source] for source in sources if source in known}
    blobs: dict[Path, set[str]] = defaultdict(set)
    for trail in wanted.values():
        for mark in trail.marks:
            olds = () if mark.alone else mark.olds
            blobs[trail.folder].update((mark.blob, *olds, *mark.renamed))
    texts: dict[str, bytes] = {}
    for folder, named in blobs.items():
        texts |= read_blobs(folder, sorted(named))
    return {
        source: _versions(os.path.join(root, source), trail, texts, today)
        for source, trail in wanted.items()
    }


def _trails(folder: Path, names: Mapping[str, str]) -> dict[str, Trail]:
    """Return the trails of plans by their source; *names* are paths from *folder*."""
    # To look at all that there is takes git a third of the time that a pattern takes.
    part = [] if os.path.exists(folder / ".git") else ["."]
    arguments = ["log", "--topo-order", "--parents", "--no-show-signature", *_COMPARE]
    output = ask_git(folder, [*arguments, f"--format={FORMAT}", "--", *part])
    commits = read_log(output or b"")
    merged: dict[str, list[list[Entry]]] = defaultdict(list)
    if pairs := untold(commits):
        asked = "".join(f"{commit} {parent}\n" for commit, parent in pairs).encode()
        arguments = ["diff-tree", "--stdin", "--always", *_COMPARE, "--", *part]
        sides = list(read_merges(ask_git(folder, arguments, asked) or b""))
        if len(sides) != len(pairs):
            commits = []
        for (commit, _), side in zip(pairs, sides, strict=False):
            merged[commit].append(side)
    place = git_folder(folder) if commits else None
    ends = boundaries(place) if place else frozenset()
    before = {name: _before_move(folder, name) for name in names.values()}
    trails = follow({*before, *before.values()}, commits, merged)
    return {
        source: Trail(tuple(trails[name] or trails[before[name]]), folder, ends)
        for source, name in names.items()
    }


def _before_move(folder: Path, name: str) -> str:
    """Return what git knows a plan as while nobody has committed that it moved."""
    other = other_place(name)
    return name if other is None or os.path.lexists(folder / other) else other


def _versions(
    path: str, trail: Trail, texts: Mapping[str, bytes], today: date
) -> tuple[Version, ...]:
    from mapsite.plan.past import Version  # noqa: PLC0415  # not before there is one

    found: list[Version] = []
    for mark in trail.marks:
        commit, raw = mark.commit, texts.get(mark.blob)
        if date.fromisoformat(commit.day) > today:
            continue  # as of that day it had not been written
        olds = [texts[old] for old in mark.olds if old in texts]
        if raw is not None and (mark.alone or olds):
            found.append(
                Version(
                    commit=commit.id,
                    day=date.fromisoformat(commit.day),
                    author=commit.author,
                    email=commit.email,
                    why=commit.why,
                    raw=raw,
                    parents=() if mark.alone else tuple(olds),
                    boundary=commit.id in trail.boundaries,
                )
            )
        if mark.renamed and not _same_deal(mark, texts):
            break
    now = _read(path) if found else None
    if now is not None and _lines(now) != _lines(found[0].raw):
        found.insert(0, Version("", today, "", "", "", now))
    return tuple(reversed(found))


def _same_deal(mark: Mark, texts: Mapping[str, bytes]) -> bool:
    """Tell whether a rename was one: git also takes a likeness for it.

    Two deals that began with the same template are much alike, and one must not get
    the other's past.
    """
    from mapsite.plan.blocks import buyer_of  # noqa: PLC0415  # only renames need it

    buyers = {buyer_of(texts.get(blob, b"")) for blob in (mark.blob, *mark.renamed)}
    return len(buyers) == 1 and None not in buyers


def _read(path: str) -> bytes | None:
    try:
        return read_plan_file(path)
    except (OSError, MapsiteError):
        return None


def _lines(raw: bytes) -> bytes:
    """Return *raw* as git may have stored it."""
    return raw.replace(b"\r\n", b"\n")


def read_blobs(folder: Path, blobs: list[str]) -> dict[str, bytes]:
    """Return the contents of those of *blobs* that git has in *folder*."""
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    output = ask_git(folder, ["cat-file", "--batch", "--buffer"], asked) or b""
    texts: dict[str, bytes] = {}
    at = 0
    while (end := output.find(b"\n", at)) > 0:
        fields = output[at:end].decode("ascii", "replace").split()
        at = end + 1
        if fields[1:2] == ["blob"]:
            size = int(fields[2])
            texts[fields[0]] = output[at : at + size]
            at += size + 1
    return texts


def ask_git(folder: Path, arguments: list[str], text: bytes = b"") -> bytes | None:
    """Return what git prints, or None where it cannot do what is asked."""
    import subprocess  # noqa: PLC0415  # 15 ms that a build with nothing to do saves

    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    environment |= {"GIT_TERMINAL_PROMPT": "0"}
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and no word from outside
            ["git", "--no-pager", *settings, *arguments],  # noqa: S607  # wherever it is
            cwd=folder,
            env=environment,
            input=text,
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError):
        return None
    return done.stdout if done.returncode == 0 else None
