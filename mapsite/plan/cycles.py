"""Steps that wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def cycles_of(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return circles such as ``[a, b, a]``, each step in one of them at most.

    *after* names for every step those that it waits for, all of them known. A circle
    begins with its first step in the order of *after*.
    """
    place = {name: number for number, name in enumerate(after)}
    told: set[str] = set()
    finished: set[str] = set()
    cycles = []
    for name in after:
        for cycle in _search(name, after, finished):
            if told.isdisjoint(cycle):
                told.update(cycle)
                start = cycle.index(min(cycle, key=place.__getitem__))
                cycles.append([*cycle[start:], *cycle[:start], cycle[start]])
    return cycles


def _search(
    name: str, after: Mapping[str, Sequence[str]], finished: set[str]
) -> list[list[str]]:
    """Walk from *name* along all ways not walked yet, and note where one closes."""
    found: list[list[str]] = []
    if name in finished:
        return found
    path = [name]
    inside = {name: 0}
    ways = [iter(after[name])]
    while path:
        step = next(ways[-1], None)
        if step is None:
            ways.pop()
            finished.add(path.pop())
            inside.pop(next(reversed(inside)))
        elif step in inside:
            found.append(path[inside[step] :])
        elif step not in finished:
            inside[step] = len(path)
            path.append(step)
            ways.append(iter(after[step]))
    return found
