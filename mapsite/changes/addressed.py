"""Find the plan of a suggestion: a room names its plan by a word that tells nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mapsite.changes.intake.outcome import Outcome
from mapsite.changes.suggestion import Suggestion
from mapsite.plan.naming import opaque_id

LETTERS = 12
"""So many of them a room names its plan with."""


def addressed(
    outcomes: Iterable[Outcome], plan_ids: Iterable[str], salt: str
) -> list[Outcome]:
    """Return *outcomes* in which each suggestion names its plan by the plan's id.

    *salt* is the ``key_check`` that the rooms were made with. What names no known plan
    stays as it is, for a person to see.
    """
    known = set(plan_ids)
    named = {opaque_id(one, salt, LETTERS): one for one in known}
    return [
        replace(one, plan=named[one.plan])
        if isinstance(one, Suggestion) and one.plan not in known and one.plan in named
        else one
        for one in outcomes
    ]
