"""Which single edits make one tree of a plan's values out of another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, Literal, NamedTuple

Place = tuple[str | int, ...]
"""Keys of maps and places in lists, from 0, from the top of a plan down."""


_AKIN = 0.5
"""From 0 to 1, how much two texts have in common of which one became the other."""


class Edit(NamedTuple):
    """Hold one change of one field or one item."""

    kind: Literal["set", "insert", "remove", "order"]
    """Set a field or an item, insert or remove an item, or order a list anew."""
    place: Place
    """Of the field, of the item that is there then or was there, or of the list."""
    value: Any = None
    """What is to stand there; None for nothing. Of an order, the places now."""


def edits_between(place: Place, old: Any, new: Any) -> Iterator[Edit]:  # noqa: ANN401  # any value of a plan
    """Yield what makes *new* of *old* at *place*, in an order that can be followed.

    What stays the same is not touched; None is nothing.
    """
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and (new or not place) and old:
        for key, value in new.items():
            yield from edits_between((*place, key), old.get(key), value)
        for key in old:
            if key not in new:
                yield Edit("set", (*place, key))
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _of_lists(place, old, new)
    else:
        yield Edit("set", place, new)


def _of_lists(place: Place, old: list[Any], new: list[Any]) -> Iterator[Edit]:
    was, now = ([_known_by(item) for item in items] for items in (old, new))
    if was != now and Counter(was) == Counter(now) and len(set(was)) == len(was):
        yield Edit("order", place, [was.index(one) for one in now])
        old = [old[was.index(one)] for one in now]
        was = now
    steps = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    # From the end, so that the places before stay what they are.
    for tag, start, end, first, last in reversed(steps):
        if tag == "equal":
            pairs = list(zip(range(start, end), range(first, last), strict=True))
        else:
            pairs = _pairs(old, range(start, end), new, range(first, last))
        bounds = [(start - 1, first - 1), *pairs, (end, last)]
        for (at, to), (below, until) in reversed(list(pairwise(bounds))):
            # New ones come before old ones go: a list is never empty meanwhile.
            for other in reversed(range(to + 1, until)):
                yield Edit("insert", (*place, below), new[other])
            for other in reversed(range(at + 1, below)):
                yield Edit("remove", (*place, other))
            if at >= start:
                yield from edits_between((*place, at), old[at], new[to])


def _pairs(
    old: list[Any], places: range, new: list[Any], now: range
) -> list[tuple[int, int]]:
    """Return which of the items that changed are the same ones, said otherwise."""
    kinds = [[isinstance(old[at], dict) for at in places]]
    kinds += [[isinstance(new[at], dict) for at in now]]
    ids = any("id" in one for one in (*old, *new) if isinstance(one, dict))
    if kinds[0] == kinds[1] and not ids:
        return list(zip(places, now, strict=True))
    found: list[tuple[int, int]] = []
    for to in now:
        free = (at for at in places if not found or at > found[-1][0])
        if (
            at := next((at for at in free if _akin(old[at], new[to])), None)
        ) is not None:
            found.append((at, to))
    return found


def _akin(old: Any, new: Any) -> bool:  # noqa: ANN401  # any value of a plan
    """Tell whether *new* may be what became of *old*."""
    if isinstance(old, dict) and isinstance(new, dict):
        same = any(old.get(key) == value for key, value in new.items())
        return same and old.get("id") == new.get("id")
    texts = isinstance(old, str) and isinstance(new, str)
    return texts and SequenceMatcher(None, old, new).ratio() > _AKIN


def _known_by(item: Any) -> str:  # noqa: ANN401  # any value of a plan
    """Return what tells an item from the others: its id, or all of it."""
    one = item.get("id") if isinstance(item, dict) else None
    if isinstance(one, str):
        return f"id {one}"
    return json.dumps(item, sort_keys=True)
