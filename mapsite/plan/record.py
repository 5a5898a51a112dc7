"""What a plan records of the past: the days on which something was done or agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mapsite.plan.item import shown
from mapsite.plan.model import Plan
from mapsite.plan.steps import Step


def last_entry(plan: Plan, until: date = date.max) -> date | None:
    """Return the last day that what may be shown of *plan* records, if there is one.

    Days after *until* are not of the past yet.
    """
    return max((day for day in _days(plan) if day and day <= until), default=None)


def read_as_of(plan: Plan, today: date) -> date:
    """Return the day as of which *plan* is read; a closed one's is its last entry."""
    return today if plan.status == "open" else last_entry(plan) or today


def _days(plan: Plan) -> Iterator[date | None]:
    yield plan.created
    yield from (person.added for person in shown(plan.people))
    yield from (question.answered for question in shown(plan.questions))
    for step in shown(plan.steps):
        yield from _days_of(step)


def _days_of(step: Step) -> Iterator[date | None]:
    yield step.done or (_stated(step) if step.finished else None)
    if step.confirmed and not step.confirmed.hidden:
        yield step.confirmed.on
    yield from (evidence.met for evidence in shown(step.evidence))
    yield from (move.on for move in shown(step.moves))
    yield from (task.done for task in shown(step.tasks))


def _stated(step: Step) -> date | None:
    """Return the day that *step* was due on, if the plan names a date."""
    return step.due.day if step.due else None
