"""The lists of one plan's text, as checks between its parts look things up in them."""

from __future__ import annotations

import difflib

from mapsite.errors import Problem
from mapsite.plan.nodes import Source, Spot
from mapsite.plan.wording import got

MOST_LOOKS = 4_000
"""Names compared for suggestions in one plan: a tenth of a second."""


class Parts:
    """Find the lists of one plan, each only once."""

    def __init__(self, source: Source) -> None:
        """Begin with nothing looked up."""
        self.file = source.file
        self.top = source.top()
        self._lists: dict[str, list[Spot]] = {}
        self._ids: dict[str, dict[str, Spot]] = {}
        self._looks = MOST_LOOKS

    def items(self, name: str) -> list[Spot]:
        """Return the items of one of the plan's lists."""
        if name not in self._lists:
            self._lists[name] = self.top.each(name)
        return self._lists[name]

    def ids(self, name: str) -> dict[str, Spot]:
        """Return where each id of a list stands."""
        if name not in self._ids:
            found = self._ids[name] = {}
            for item in self.items(name):
                spot = item.at("id")
                if spot and spot.text:
                    found.setdefault(spot.text, spot)
        return self._ids[name]

    def nearest(
        self, text: str, ids: dict[str, Spot], alike: float = 0.6
    ) -> str | None:
        """Return the id that *text* may have meant, while looking costs little.

        *alike* is how much of both must be the same, from 0 to 1.
        """
        if self._looks < len(ids):
            return None
        self._looks -= len(ids)
        shown = [name for name, spot in ids.items() if not spot.hidden]
        near = difflib.get_close_matches(text[:64], shown, 1, alike)
        return near[0] if near else None


def problem(parts: Parts, spot: Spot, rule: str, what: str, tail: str = "") -> Problem:
    """Say what was expected at *spot*, what stands there, and *tail*."""
    message = f"expected {what}, got {got(spot.text, hidden=spot.hidden)}{tail}"
    node = spot.node
    return Problem(parts.file, node.line, node.column, spot.address, rule, message)
