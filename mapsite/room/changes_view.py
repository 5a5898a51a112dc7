"""What a buyer may see of a plan's past; the last part of the allowlist.

It is made from what the room shows and from `mapsite.plan.past.History`, which holds
nothing else: no text that was deleted or reworded, no item that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mapsite.room.step_view import Named, WhoView

NOW = frozenset({"moved", "done", "status"})
"""Kinds that tell what is so now: of one item they make a single sentence."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, or several of a kind on one day."""

    kind: str
    """One of `mapsite.plan.past.Change`; ``written`` for the whole plan."""
    part: str
    """What it happened to: ``steps``, ``people``, ``goal``, ``status`` ..."""
    items: tuple[Named, ...] = ()
    """Those that today's plan shows, by today's titles."""
    count: int = 1
    """How many it happened to, also those that are gone."""
    fields: tuple[str, ...] = ()
    """What changed: ``date`` of the goal; of several items, of each of them."""
    was: date | None = None
    to: date | None = None
    state: str = ""
    before: str = ""
    """Who had it, where it changed hands."""
    person: str = ""
    """Who has it now, asked it or confirmed it."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """What one person did on one day, for one reason."""

    who: WhoView | None
    """None where nobody knows; without a name for the seller's team."""
    why: str | None
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """What happened on one day."""

    day: date
    turns: tuple[TurnView, ...]


@dataclass(frozen=True, slots=True)
class LatelyItem:
    """Something that happened in the last weeks."""

    day: date
    told: tuple[Told, ...]
    """More than one only of a single item."""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """What is told of a plan's past."""

    days: tuple[DayView, ...]
    """Newest first."""
    changed: dict[str, date]
    """When each item changed last, by its anchor."""
    revisions: int
    """How often somebody changed what a buyer may see."""
    start: date
    """The day on which the plan was written, or the first that is known."""
    last: date
    """The day on which what a buyer may see was last written."""
    steps: int
    """How many steps the first version had."""
    people: int
    """How many people the first version had."""
    cut: bool = False
    """Whether more was changed before, of which nothing is known here."""
