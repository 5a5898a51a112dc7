"""What is known of a plan's past as an archive keeps it; its README says the format.

Of each version only the day and the commit are told: names and addresses of those who
wrote it, and what a buyer could not see, are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mapsite.plan.past import Change, History, PastMove, Version

FORMAT = 1

Retold = dict[str, object]


def retell(plan_id: str, history: History, versions: Sequence[Version]) -> Retold:
    """Return *history*, and the *versions* that it is of, as JSON writes them."""
    return {
        "format": FORMAT,
        "plan": plan_id,
        "versions": [
            {"commit": version.commit, "day": _day(version.day)} for version in versions
        ],
        "changes": [_change(change) for change in history.changes],
        "steps": {
            step: {"first": _day(past.first), "moves": [_move(m) for m in past.moves]}
            for step, past in sorted(history.steps.items())
        },
        "people": {one: _day(day) for one, day in sorted(history.people.items())},
        "revisions": history.revisions,
        "start": _day(history.start),
        "last": _day(history.last),
    }


def _change(change: Change) -> Retold:
    return {
        "day": _day(change.day),
        "who": change.who,
        "why": change.why,
        "kind": change.kind,
        "address": change.address,
        "was": change.was,
        "to": change.to,
    }


def _move(move: PastMove) -> Retold:
    days = {"day": _day(move.day), "was": _day(move.was), "to": _day(move.to)}
    return {**days, "who": move.who, "why": move.why}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
