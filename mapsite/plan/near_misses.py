"""Names that are nearly those of a phase or a person of the plan.

Steps may name phases and owners that stand nowhere else, as words. What is only a
letter away from a name that the plan lists was meant to be that name.
"""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.errors import Problem
from mapsite.plan.nodes import Mapping, Spot
from mapsite.plan.parts import Parts, problem
from mapsite.plan.texts import read_id
from mapsite.plan.wording import MOST_SHOWN, in_line, quoted

_ALIKE = 0.8
"""How much of a word must be that of an id, from 0 to 1."""
_MOST_PHASES = 8
"""Of those that a message lists."""
_MENTIONS = {
    "steps": ("owners", "support"),
    "questions": ("asked_by", "owner"),
    "criteria": ("owner",),
    "metrics": ("owner",),
    "risks": ("owners",),
    "documents": ("owner",),
    "people": ("backup",),
    "review": ("with",),
}
"""Where each list names people: by id, or in words."""
_MENTIONS_IN_STEPS = {"confirmed": "by", "moves": "by", "tasks": "owner"}


def near_misses(parts: Parts) -> Iterator[Problem]:
    """Find phases that are not listed, and ids of people with a typo."""
    yield from _phases(parts)
    yield from _people(parts)


def _phases(parts: Parts) -> Iterator[Problem]:
    spots = [phase.at("name") for phase in parts.items("phases")]
    listed = {_plain(name): name for name in spots if name and name.text}
    shown = [name for name, spot in listed.items() if not spot.hidden]
    if not listed:
        return
    more = ", …" if len(shown) > _MOST_PHASES else ""
    names = ", ".join(in_line(name, MOST_SHOWN) for name in shown[:_MOST_PHASES])
    what = f"one of the phases {names}{more}" if shown else "a phase of this plan"
    for step in parts.items("steps"):
        spot = step.at("phase")
        if not spot or not spot.text or _plain(spot) in listed:
            continue
        near = None if spot.hidden else parts.nearest(_plain(spot), listed)
        tail = f"; did you mean {quoted(near)}?" if near else ""
        yield problem(parts, spot, "unknown-phase", what, tail)


def _plain(spot: Spot) -> str:
    return " ".join((spot.text or "").split())


def _people(parts: Parts) -> Iterator[Problem]:
    people = parts.ids("people")
    meant: dict[str, str | None] = {}
    for spot in _mentions(parts) if people else ():
        text = spot.text
        if not text or text in people or spot.hidden or not read_id(text):
            continue
        if text not in meant:
            meant[text] = parts.nearest(text, people, _ALIKE)
        if near := meant[text]:
            told = f"unknown person {quoted(text)}; did you mean {quoted(near)}?"
            line, column = spot.node.line, spot.node.column
            yield Problem(
                parts.file, line, column, spot.address, "unknown-person", told
            )


def _mentions(parts: Parts) -> Iterator[Spot]:
    for name, keys in _MENTIONS.items():
        for item in parts.items(name):
            for key in keys:
                yield from map(_who, item.each(key))
    for step in parts.items("steps"):
        for name, key in _MENTIONS_IN_STEPS.items():
            for item in step.each(name):
                yield from item.each(key)


def _who(spot: Spot) -> Spot:
    """Return the person of an owner that is written as a map."""
    return (spot.at("who") or spot) if isinstance(spot.node, Mapping) else spot
