"""Whose a step is, as its owners tell: read from the values of a plan."""

from __future__ import annotations

from mapsite.changes.visible import Tree, Value, maps_of

SIDES = ("buyer", "seller")


def sides_of(tree: Tree, step: Tree) -> frozenset[str]:
    """Return the sides that own *step*, as `mapsite.plan.people` tells them."""
    owners = step.get("owners")
    found = {
        side
        for owner in (owners if isinstance(owners, list) else [owners])
        for side in _sides_of_owner(owner, tree)
    }
    if not found:
        found = {*SIDES} if step.get("side") == "both" else _one(step.get("side"))
    return frozenset(found)


def _sides_of_owner(owner: Value, tree: Tree) -> set[str]:
    if isinstance(owner, dict):
        said = {side for side in SIDES if owner.get(side)}
        return said or _sides_of_owner(owner.get("who"), tree)
    if not isinstance(owner, str):
        return set()
    for person in maps_of(tree.get("people")):
        if person.get("id") == owner:
            return _one(person.get("side"))
    # Words may begin with the name of a company.
    words = f"{owner.casefold()} "
    sides = {side for side in SIDES if words.startswith(_name_of(tree, side))}
    return sides if len(sides) == 1 else set()


def _one(side: Value) -> set[str]:
    return {side} if side in SIDES else set()


def _name_of(tree: Tree, side: str) -> str:
    """Return how words begin that name somebody of the company on *side*."""
    party = tree.get(side)
    name = party.get("name") if isinstance(party, dict) else None
    return f"{name.casefold()} " if isinstance(name, str) else "\n"
