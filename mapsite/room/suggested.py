"""What a room is told of suggestions that reached the seller's side."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from mapsite.plan.operations import Operation
from mapsite.repository import PlanFile

OUTCOMES = ("accepted", "already", "declined", "superseded")


class Suggested(NamedTuple):
    """Hold one suggestion, and what became of it."""

    id: str
    """As its sender's browser made it."""
    who: str
    """As the sender is called, or says so."""
    operations: tuple[Operation, ...]
    since: date
    outcome: str = ""
    """One of `OUTCOMES`; empty while it waits."""
    decided: date | None = None
    why: str = ""
    """The reason that was given to its sender, in one line."""


class Given(NamedTuple):
    """Hold what a room is told for suggestions; its plan does not know it."""

    token: str = ""
    """What lets suggestions for this plan into the endpoint."""
    source: str = ""
    """The path of the plan's file in its repository."""
    suggested: tuple[Suggested, ...] = ()
    """The oldest first."""

    @property
    def fingerprint(self) -> str:
        """Return what changes whenever the room would."""
        told = repr((self.token, self.suggested)) if any(self[::2]) else ""
        return hashlib.sha256(told.encode()).hexdigest() if told else ""


class Replies(Protocol):
    """Know what rooms are told for suggestions."""

    @property
    def stamp(self) -> str:
        """Return what changes whenever `given` may; cheap to ask for."""

    def given(self, plan: PlanFile, settings: Mapping[str, Any]) -> Given:
        """Return what the room of *plan* is told; *settings* are ``extra.mapsite``."""


class _NoReplies:
    """Tell rooms no more than where their plan lies."""

    stamp = ""

    def given(self, plan: PlanFile, settings: Mapping[str, Any]) -> Given:
        """Return where *plan* lies."""
        del settings
        return Given(source=plan.source)


NOTHING_GIVEN = Given()
NO_REPLIES: Replies = _NoReplies()
