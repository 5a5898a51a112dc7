"""From the versions of a plan to its revisions: what a person made of it on a day.

What differs only in internal matters, or only in how it is written, is none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from mapsite.plan.blocks import Blocks
from mapsite.plan.operations import Operation, apply_what_fits, diff
from mapsite.plan.past import Version
from mapsite.plan.public import PublicView
from mapsite.plan.renames import with_last_ids

MOST_WHY = 300
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """Hold what one person made of the plan on one day."""

    day: date
    author: str
    email: str
    view: Tree
    """What a buyer could see afterwards."""
    operations: tuple[Operation, ...] = ()
    """From the view before; none for the first, before which nothing is known."""
    whys: tuple[tuple[str, str], ...] = ()
    """What was changed for which reason; the last reason counts."""
    boundary: bool = False
    """Whether there was something before it that is not at hand."""
    turned: tuple[str, ...] = ()
    """Steps whose agreed day, or whether they are on, changed; once for each time."""

    def why(self, path: str) -> str | None:
        """Return the reason that was given for the change of *path*."""
        return dict(self.whys).get(path)


class _State(NamedTuple):
    version: Version
    view: Tree
    boundary: bool


def revisions_of(
    versions: Sequence[Version], blocks: Blocks | None = None
) -> tuple[Revision, ...]:
    """Return the first state of *versions*, oldest first, and all revisions of it.

    *blocks* may know already what some of their text says.
    """
    found: list[Revision] = []
    before: _State | None = None
    for _, group in groupby(_states(versions, blocks or Blocks()), _author_and_day):
        states = list(group)
        version, view, boundary = states[-1]
        fields = version.day, version.author, version.email, view
        turned = tuple(_turned(before, states))
        if not found:
            found.append(Revision(*fields, boundary=boundary, turned=turned))
        elif operations := diff(found[-1].view, view):
            whys = tuple(_whys(before, states))
            found.append(Revision(*fields, operations, whys, turned=turned))
        else:
            found[-1] = replace(found[-1], turned=found[-1].turned + turned)
        before = states[-1]
    return tuple(found)


def path_of(operation: Operation) -> str:
    """Return what *operation* is about: its path, down to the item that is new."""
    if operation.op in {"add", "ask"}:
        return f"{operation.path}/{operation.new['id']}"
    return operation.path


def clean_why(text: str) -> str:
    """Return *text* in one line that can all be seen, of at most `MOST_WHY` signs."""
    shown = "".join(
        " " if unicodedata.category(sign) in _UNSEEN else sign
        for sign in unicodedata.normalize("NFC", text[: MOST_WHY * 4])
    )
    line = " ".join(shown.split())
    return line if len(line) <= MOST_WHY else line[: MOST_WHY - 1].rstrip() + "…"


def _author_and_day(state: _State) -> tuple[str, str, date]:
    version = state.version
    return version.author, version.email, version.day


def _whys(before: _State | None, states: list[_State]) -> list[tuple[str, str]]:
    """Return the reasons given on one day, each with what was changed for it."""
    found = []
    for state in states:
        if before and (why := clean_why(state.version.why)):
            changed = diff(before.view, state.view)
            found += [(path_of(operation), why) for operation in changed]
        before = state
    return found


def _turned(before: _State | None, states: list[_State]) -> Iterator[str]:
    """Return the steps that calendars have to learn of, as often as they have."""
    was = _entries(before.view) if before else {}
    for state in states:
        now = _entries(state.view)
        for step_id in was.keys() | now.keys():
            old, new = was.get(step_id), now.get(step_id)
            if old != new and (old or (new and new[1])):
                yield step_id
        was = now


def _entries(view: Tree) -> dict[str, tuple[str | None, bool]]:
    """Return of each step the agreed day, and whether it is off."""
    days = view["agreed"]
    return {
        step["id"]: (days.get(step["id"]), step.get("status") == "cancelled")
        for step in view["steps"]
    }


def _states(versions: Sequence[Version], blocks: Blocks) -> list[_State]:
    """Return the versions that a buyer could tell from the ones before."""
    public = PublicView()
    states: list[_State] = []
    tree: Tree | None = None
    boundary = False
    for version in versions:
        boundary = boundary or version.boundary
        own = blocks.tree(version.raw)
        if own is None:
            continue
        if tree and version.parents:
            parents = [blocks.tree(parent) for parent in version.parents]
            own = _side_by_side(tree, own, [one for one in parents if one])
        if tree and _another_deal(tree, own):
            states, boundary = [], False
        tree, view = own, public.of(own)
        if view and not (states and view == states[-1].view):
            states.append(_State(version, view, boundary))
    views = with_last_ids([state.view for state in states])
    return [s._replace(view=v) for s, v in zip(states, views, strict=True)]


def _side_by_side(tree: Tree, own: Tree, parents: list[Tree]) -> Tree:
    """Return *tree* after what *own* brings that none of its *parents* had."""
    if not parents:
        return tree
    operations = diff(parents[0], own)
    for parent in parents[1:]:
        paths = {path_of(operation) for operation in diff(parent, own)}
        operations = tuple(one for one in operations if path_of(one) in paths)
    return apply_what_fits(operations, tree)


def _another_deal(before: Tree, after: Tree) -> bool:
    """Tell whether a file was written over with the plan of another deal."""
    buyers = [_text(tree.get("buyer"), "name") for tree in (before, after)]
    created = [_text(tree, "created") for tree in (before, after)]
    return buyers[0] != buyers[1] and created[0] != created[1]


def _text(tree: Any, key: str) -> str:  # noqa: ANN401  # not checked
    value = tree.get(key) if isinstance(tree, dict) else None
    return " ".join(value.casefold().split()) if isinstance(value, str) else ""
