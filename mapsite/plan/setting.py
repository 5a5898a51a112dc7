"""Read settings from their text, and tell what is wrong with one of them."""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.errors import Problem
from mapsite.plan.nodes import Mapping, Scalar, Spot
from mapsite.plan.wording import got


def fields_of(spot: Spot) -> Iterator[tuple[str, Spot]]:
    """Yield each field of the map at *spot*; nothing where there is no map."""
    if isinstance(spot.node, Mapping):
        for key, node in spot.node.entries:
            yield key.text, spot.key(key.text, node)


def got_at(spot: Spot) -> str:
    """Name what stands at *spot* for the end of a message."""
    if isinstance(spot.node, Scalar):
        return got(spot.text)
    return "a map" if isinstance(spot.node, Mapping) else "a list"


def fault_at(spot: Spot, message: str, file: str) -> Problem:
    """Return a fault of the setting at *spot* in *file*."""
    node = spot.node
    return Problem(file, node.line, node.column, spot.address, "setting", message)
