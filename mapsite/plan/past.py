"""What is known of a plan's past, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Version:
    """Hold one text that a plan once had, and who wrote it when."""

    commit: str
    """Empty where it is not committed yet."""
    day: date
    """The author's own day."""
    author: str
    """Name, only to find the person; never shown."""
    email: str
    """Only to find the person; never shown."""
    why: str
    """What the commit's ``Why:`` says; the rest of its message is never shown."""
    raw: bytes
    parents: tuple[bytes, ...] = ()
    """The texts that it was made from, where people worked side by side.

    Empty where it holds all that the versions before it say.
    """
    boundary: bool = False
    """Whether there were versions before it that are not at hand (a shallow clone)."""


@dataclass(frozen=True, slots=True)
class Change:
    """Tell one change of what a buyer may see."""

    day: date
    who: str | None
    """Id of a person who is on today's plan and may be shown there."""
    why: str | None
    kind: str
    """moved (a date to another), dated (a date where none was), undated, added,
    removed, done, reopened, status, owner, confirmed, asked, answered, reworded,
    joined, named (whose name was unknown), left, or changed (anything else)."""
    address: str
    """``steps/security-review/due``; only what today's plan shows.

    Of what is gone only its list is told, ``steps``.
    """
    was: str | None = None
    """A date, a status or the id of a person who may be shown; never a text."""
    to: str | None = None
    """Like `was`; of a confirmation and a question the person whose it is."""


@dataclass(frozen=True, slots=True)
class PastMove:
    """Tell that the agreed date of a step became another one."""

    day: date | None
    """When; None where only the plan tells of it, without a day."""
    was: date
    to: date
    who: str | None
    """Id of a person who is on today's plan and may be shown there."""
    why: str | None


@dataclass(frozen=True, slots=True)
class StepPast:
    """Hold what dates a step of today's plan once had."""

    first: date | None
    """The first agreed date."""
    moves: tuple[PastMove, ...] = ()
    """Oldest first."""
    turns: int = 0
    """How often its agreed day changed or it was cancelled, taken up again or removed;
    never less than in an earlier version, even where days come to nothing."""


@dataclass(frozen=True, slots=True)
class History:
    """Hold what a buyer may know of a plan's past."""

    changes: tuple[Change, ...]
    """Newest first."""
    steps: dict[str, StepPast]
    """Of each step that may be shown, by its id."""
    people: dict[str, date]
    """Since when each person that may be shown is on the plan, where that is known."""
    revisions: int
    """How often somebody changed what a buyer may see."""
    last: date | None
    """The day on which what a buyer may see was last written."""
    start: date | None = None
    """The day of the first version, unless there were others before it."""
    cut: bool = False
    """Whether there were versions before the first one, which are not at hand."""


NO_HISTORY = History((), {}, {}, 0, None)
