"""Follow plans through the log of a repository: back in time, through renames.

Pure: `log` reads what git wrote. One walk from the newest commit to the oldest serves
all plans: each commit carries the names under which the plans that have come so far are
known there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mapsite.git.log import Commit, Entry

_SAME = "R100"


class Mark(NamedTuple):
    """Tell where a plan got a new text."""

    commit: Commit
    blob: str
    olds: tuple[str, ...]
    """The texts before, one for each parent that has the plan."""
    alone: bool
    """Whether all older marks of the plan lead to this one."""
    renamed: tuple[str, ...]
    """Those of `olds` that had another name and were not quite the same."""


class _Followed(NamedTuple):
    """Say that a name is that of a plan, at one commit."""

    plan: str
    gone: str = ""
    """The blob with which the plan came back, while it is looked for as deleted."""


_Names = dict[str, set[_Followed]]
Trails = dict[str, list[Mark]]
"""The marks of each plan, newest first, by its name in the newest commit."""


def follow(
    names: Iterable[str],
    commits: list[Commit],
    merged: Mapping[str, list[list[Entry]]],
) -> Trails:
    """Return the marks of the plans called *names* in the newest commit.

    *commits* come children first; *merged* has for each commit that is `untold` what
    differs from each of its parents.
    """
    walk = _Walk({name: [] for name in names})
    if not commits:
        return walk.trails
    walk.known[commits[0].id] = {name: {_Followed(name)} for name in walk.trails}
    for commit in commits:
        here = walk.known.pop(commit.id, None)
        if not here:
            continue
        if sides := merged.get(commit.id):
            walk.merge(commit, here, sides)
        else:
            walk.step(commit, here)
            walk.hand_on(here, commit.parents)
    return walk.trails


class _Walk:
    def __init__(self, trails: Trails) -> None:
        self.trails = trails
        self.known: dict[str, _Names] = {}
        self.lanes: dict[str, int] = defaultdict(lambda: 1)
        """At how many commits each plan is known at once."""

    def step(self, commit: Commit, here: _Names) -> None:
        """Take what *commit* did, and turn *here* into the names before it."""
        new_names = {entry.name for entry in commit.entries if entry.status[0] != "D"}
        before: list[tuple[str, _Followed]] = []
        for entry in commit.entries:
            if entry.status[0] == "D" or entry.old_name not in new_names:
                self._leave(entry, here)
            if entry.status[0] == "D":
                continue
            for followed in here.pop(entry.name, ()):
                if older := self._mark(commit, followed, entry):
                    before.append((entry.old_name, older))
                else:
                    self.lanes[followed.plan] -= 1
        for name, followed in before:
            here.setdefault(name, set()).add(followed)

    def _leave(self, entry: Entry, here: _Names) -> None:
        """Look at a name that *entry* takes away: only what came back had it before."""
        for followed in here.pop(entry.old_name, ()):
            if followed.gone == entry.old_blob and entry.status[0] == "D":
                here.setdefault(entry.old_name, set()).add(_Followed(followed.plan))
            else:
                self.lanes[followed.plan] -= 1

    def _mark(
        self, commit: Commit, followed: _Followed, entry: Entry
    ) -> _Followed | None:
        """Note a new text of a plan; return how it is followed from there on."""
        if followed.gone:
            return None
        fresh = entry.status[0] == "A"
        olds = () if fresh else (entry.old_blob,)
        self._note(commit, followed.plan, [entry], olds)
        return _Followed(followed.plan, entry.blob if fresh else "")

    def _note(
        self, commit: Commit, plan: str, entries: list[Entry], olds: tuple[str, ...]
    ) -> None:
        renamed = tuple(
            entry.old_blob
            for entry in entries
            if entry.status[0] == "R" and entry.status != _SAME
        )
        alone = self.lanes[plan] == 1
        blob = entries[0].blob
        self.trails[plan].append(Mark(commit, blob, olds, alone, renamed))

    def merge(self, commit: Commit, here: _Names, sides: list[list[Entry]]) -> None:
        """Follow each plan to the parent that has its text, or to all of them."""
        by_name = [{entry.name: entry for entry in side} for side in sides]
        others: list[_Names] = [{} for _ in commit.parents[1:]]
        first = by_name[0] if by_name else {}
        for name in here.keys() & first.keys():
            entries = [side.get(name) for side in by_name]
            for followed in here.pop(name):
                self._part(commit, followed, name, entries, [here, *others])
        for parent, names in zip(commit.parents, [here, *others], strict=True):
            self.hand_on(names, (parent,))

    def _part(
        self,
        commit: Commit,
        followed: _Followed,
        name: str,
        entries: list[Entry | None],
        ways: list[_Names],
    ) -> None:
        for entry, way in zip(entries, ways, strict=False):
            if entry is None:
                way.setdefault(name, set()).add(followed)
                return
        both = [entry for entry in entries if entry]
        if followed.gone or any(entry.status == "D" for entry in both):
            self.lanes[followed.plan] -= 1
            return
        olds = [(e, way) for e, way in zip(both, ways, strict=False) if e.status != "A"]
        self._note(commit, followed.plan, both, tuple(e.old_blob for e, _ in olds))
        for entry, way in olds:
            way.setdefault(entry.old_name, set()).add(_Followed(followed.plan))
        self.lanes[followed.plan] += len(olds) - 1

    def hand_on(self, names: _Names, parents: tuple[str, ...]) -> None:
        """Give *names* to the parent, which may know some from another child."""
        if not parents:
            return
        there = self.known.setdefault(parents[0], names)
        if there is names:
            return
        if len(there) < len(names):
            there, names = names, there
            self.known[parents[0]] = there
        for name, followed in names.items():
            known = there.setdefault(name, set())
            for one in followed:
                self.lanes[one.plan] -= one in known
            known |= followed
