"""What may be told of a plan's past, from its versions.

Only what a buyer could see of two versions is compared (`mapsite.plan.public`): what
was internal then, and what is hidden or gone today, is never named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from mapsite.plan.blocks import Blocks
from mapsite.plan.calendar import Calendar
from mapsite.plan.changes import Today, tell
from mapsite.plan.item import shown
from mapsite.plan.model import Plan
from mapsite.plan.moves import Turn, net, past_of
from mapsite.plan.operations import KEYED
from mapsite.plan.past import (
    NO_HISTORY,
    Change,
    History,
    PastMove,
    StepPast,
    Version,
)
from mapsite.plan.revisions import Revision, path_of, revisions_of
from mapsite.plan.steps import Step

__all__ = [
    "NO_HISTORY",
    "Change",
    "History",
    "PastMove",
    "StepPast",
    "Version",
    "history_of",
]

_Births = dict[tuple[str, str], int]
"""By list and id: the place of the revision since which an item has been there."""


def history_of(
    versions: Sequence[Version], plan: Plan, blocks: Blocks | None = None
) -> History:
    """Return what may be told today of *versions*, oldest first, of *plan*.

    Without a version, that is what the plan itself records of moved dates and of when
    people joined. *blocks* may know already what some of their text says.
    """
    return _told(revisions_of(versions, blocks), plan)


def first_history(version: Version, plan: Plan) -> History:
    """Return what `history_of` tells of a plan that has one *version*, as it is now.

    Most plans of a repository are like that, and nothing has to be read for them.
    """
    view: dict[str, Any] = {
        name: [{"id": item.id} for item in shown(getattr(plan, name))] for name in KEYED
    }
    calendar = Calendar(plan)
    days = {
        step.id: calendar.resolve(step.due) or calendar.resolve(step.start, end=False)
        for step in shown(plan.steps)
    }
    view["agreed"] = {one: day.isoformat() for one, day in days.items() if day}
    revision = Revision(
        version.day,
        version.author,
        version.email,
        view,
        boundary=version.boundary,
        turned=_cancelled(plan),
    )
    return _told((revision,), plan)


def _told(revisions: Sequence[Revision], plan: Plan) -> History:
    today = Today(plan)
    births = _births(revisions, today)
    steps: dict[str, StepPast] = {}
    changes = [*_changes(revisions, births, today)]
    turned = Counter(step for revision in revisions for step in revision.turned)
    turned.update(() if revisions else _cancelled(plan))
    for step in shown(plan.steps):
        first, turns = _days(step.id, revisions, births, today)
        past = past_of(step, first, turns, today)
        steps[step.id] = replace(past, turns=turned[step.id])
        changes += _of_days(step, first, turns, steps[step.id])
    days = [revision.day for revision in revisions if not revision.boundary]
    return History(
        changes=tuple(_newest_first(changes)) if revisions else (),
        steps=steps,
        people=_since(plan, revisions, births),
        revisions=max(len(revisions) - 1, 0),
        last=max(days, default=None),
        start=next((r.day for r in revisions[:1] if not r.boundary), None),
        cut=any(revision.boundary for revision in revisions[:1]),
    )


def _cancelled(plan: Plan) -> tuple[str, ...]:
    return tuple(s.id for s in shown(plan.steps) if s.status == "cancelled")


def _births(revisions: Sequence[Revision], today: Today) -> _Births:
    """Return since when each item that is shown today has been there all the time."""
    births: _Births = {}
    for name in KEYED:
        alive: set[str] | None = None
        for number in reversed(range(len(revisions))):
            there = {item["id"] for item in revisions[number].view[name]}
            if alive is None:
                alive = {one for one in there if today.has(name, one)}
            births |= {(name, one): number + 1 for one in alive - there}
            alive &= there
        births |= {(name, one): 0 for one in alive or ()}
    return births


def _changes(
    revisions: Sequence[Revision], births: _Births, today: Today
) -> Iterator[Change]:
    """Tell all changes but those of agreed days."""
    for number, (before, after) in enumerate(pairwise(revisions), 1):
        lives = _lives(births, number)
        who = today.author(after.author, after.email)
        for operation in after.operations:
            why = after.why(path_of(operation))
            for kind, address, was, to in tell(
                operation, before.view, after.view, today, lives
            ):
                # What was said of something that is gone went with it.
                told = None if address in KEYED else why
                yield Change(after.day, who, told, kind, address, was, to)


def _days(
    one: str, revisions: Sequence[Revision], births: _Births, today: Today
) -> tuple[date | None, list[Turn]]:
    """Return the day that a step was agreed for at first, and what became of it."""
    birth = births.get(("steps", one))
    if birth is None:
        return None, []
    first = _agreed(revisions[birth], one)
    turns = []
    for before, after in pairwise(revisions[birth:]):
        was, to = _agreed(before, one), _agreed(after, one)
        if was != to:
            who = today.author(after.author, after.email)
            why = next(filter(None, map(after.why, _paths(one))), None)
            turns.append(Turn(after.day, was, to, who, why))
    return first, net(turns)


def _of_days(
    step: Step, first: date | None, turns: Iterable[Turn], past: StepPast
) -> Iterator[Change]:
    """Tell how the agreed day of *step* came, moved and went."""
    field = "start" if step.due is None and step.start is not None else "due"
    address = f"steps/{step.id}/{field}"
    for move in past.moves:
        if move.day:
            was, to = move.was.isoformat(), move.to.isoformat()
            yield Change(move.day, move.who, move.why, "moved", address, was, to)
    known = first
    for turn in turns:
        fields = turn.day, turn.who, turn.why
        if turn.was and turn.to is None:
            yield Change(*fields, "undated", address, turn.was.isoformat())
        elif turn.was is None and turn.to and known in {None, turn.to}:
            yield Change(*fields, "dated", address, None, turn.to.isoformat())
        known = turn.to or known


def _since(
    plan: Plan, revisions: Sequence[Revision], births: _Births
) -> dict[str, date]:
    """Return since when people are on the plan, as it says or as its versions do."""
    found: dict[str, date] = {}
    for person in shown(plan.people):
        birth = births.get(("people", person.id))
        if person.added:
            found[person.id] = person.added
        elif birth is not None and not revisions[birth].boundary:
            found[person.id] = revisions[birth].day
    return found


def _newest_first(changes: Iterable[Change]) -> list[Change]:
    """Sort *changes*, of which those of one date on one day come to a single one."""
    found: list[Change] = []
    dates: dict[tuple[date, str], int] = {}
    for change in sorted(changes, key=lambda change: change.day):
        place = (change.day, change.address)
        if change.kind not in {"moved", "dated", "undated"}:
            found.append(change)
        elif place not in dates:
            dates[place] = len(found)
            found.append(change)
        else:
            first = found[dates[place]]
            found[dates[place]] = _both(first, change)
    kept = [c for c in found if not (c.kind == "moved" and c.was == c.to)]
    return kept[::-1]


def _both(first: Change, then: Change) -> Change:
    """Return what two changes of one date on the same day come to."""
    was, to = first.was, then.to
    kind = "moved" if was and to else "dated" if to else "undated"
    return replace(then, was=was, to=to, kind=kind, why=then.why or first.why)


def _lives(births: _Births, number: int) -> Callable[[str, str], bool]:
    """Return whether an item is there from revision *number* until today."""
    return lambda name, one: births.get((name, one), number + 1) <= number


def _agreed(revision: Revision, one: str) -> date | None:
    day = revision.view["agreed"].get(one)
    return date.fromisoformat(day) if day else None


def _paths(one: str) -> tuple[str, ...]:
    """Return what changes with an agreed day."""
    return f"agreed/{one}", f"steps/{one}/due", f"steps/{one}/start"
