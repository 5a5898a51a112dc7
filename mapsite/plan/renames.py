"""Know a step again whose id became another one.

Where one step goes and another one with its title comes at the same time, and no other
has that title, it is the same step: all views are told under the id it has at last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Tree = dict[str, Any]
Names = Mapping[str, str]
"""By an id that a step had, the one that it has at last."""


def with_last_ids(views: Sequence[Tree]) -> list[Tree]:
    """Return *views*, oldest first, with every step under its last id."""
    found = list(views)
    first: dict[str, int] = {}
    for number, view in enumerate(views):
        for step in view["steps"]:
            first.setdefault(step["id"], number)
    names: dict[str, str] = {}
    for number in range(len(views) - 2, -1, -1):
        for old, new in _renamed(views[number], views[number + 1]).items():
            # What another step was called before would be taken for its past.
            if first[new] == number + 1:
                names[old] = names.get(new, new)
        if names:
            found[number] = _under(views[number], names)
    return found


def _renamed(before: Tree, after: Tree) -> dict[str, str]:
    """Return the new ids of steps that have another one in the view *after*."""
    if before["steps"] == after["steps"]:
        return {}
    old = {step["id"]: step.get("title") for step in before["steps"]}
    new = {step["id"]: step.get("title") for step in after["steps"]}
    gone = _by_title({a: title for a, title in old.items() if a not in new})
    came = _by_title({a: title for a, title in new.items() if a not in old})
    return {gone[title]: came[title] for title in gone.keys() & came.keys()}


def _by_title(titles: Mapping[str, str | None]) -> dict[str, str]:
    """Return the ids of steps by those titles that only one of them has."""
    told = list(titles.values())
    return {title: a for a, title in titles.items() if title and told.count(title) == 1}


def _under(view: Tree, names: Names) -> Tree:
    """Return *view* with other ids of steps."""
    agreed = {names.get(a, a): day for a, day in view["agreed"].items()}
    return {**view, "steps": [_step(a, names) for a in view["steps"]], "agreed": agreed}


def _step(step: Tree, names: Names) -> Tree:
    after = step.get("after", ())
    if step["id"] not in names and names.keys().isdisjoint(after):
        return step
    renamed = {**step, "id": names.get(step["id"], step["id"])}
    return {**renamed, "after": [names.get(a, a) for a in after]} if after else renamed
