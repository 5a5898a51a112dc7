"""The stages that deals go through, in order: the usual ones, or a team's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

USUAL = (
    ("Prospecting", "Prospect", "New", "Lead", "Appointment Scheduled"),
    ("Qualification", "Qualified", "Qualified To Buy"),
    ("Needs Analysis", "Discovery"),
    ("Value Proposition", "Presentation Scheduled", "Demo", "Evaluation"),
    ("Id. Decision Makers",),
    ("Perception Analysis",),
    ("Proposal/Price Quote", "Proposal", "Proposal Sent", "Quote"),
    ("Decision Maker Bought-In",),
    ("Negotiation/Review", "Negotiation", "Contract Sent"),
)
"""Those that Salesforce and HubSpot come with, by the chance that both give them."""


@dataclass(frozen=True, slots=True)
class Stages:
    """Hold an order of stages."""

    places: dict[str, int]
    """How far each stage is, from 0, by its name as `_plain` writes it."""

    def place(self, stage: str) -> int | None:
        """Return how far *stage* is, or None where nobody knows it."""
        return self.places.get(_plain(stage))


def usual_stages() -> Stages:
    """Return the stages of Salesforce and HubSpot."""
    return Stages(
        {_plain(name): at for at, names in enumerate(USUAL) for name in names}
    )


def own_stages(names: Iterable[str]) -> Stages:
    """Return a team's own stages, the earliest first."""
    return Stages({_plain(name): at for at, name in enumerate(names)})


def is_ended(stage: str) -> bool:
    """Tell whether *stage* says that a deal is over: ``Closed Won``, ``Lost``."""
    name = _plain(stage)
    return name.startswith("closed") or name in {"won", "lost"}


def _plain(stage: str) -> str:
    """Return *stage* as stages are compared: ``3. Qualified to buy (Sales)``."""
    # HubSpot adds the pipeline in brackets; teams number their stages.
    name = re.sub(r"\s*\([^()]*\)\s*$", "", stage.casefold())
    name = re.sub(r"^\s*(stage\s*)?[0-9]+\s*[-.:)/\u2013]+\s*", "", name)
    return "".join(sign for sign in name if sign.isalnum())
