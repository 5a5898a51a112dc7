"""The days of a plan on which somebody is to do something, with their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from mapsite.plan.item import shown
from mapsite.plan.matters import Question
from mapsite.plan.model import Plan
from mapsite.plan.schedule import StepTime

_ON_ANY_DAY = frozenset({"milestone"})
"""Kinds of step that may well fall on a day off: nobody has to work on them."""


class Told(NamedTuple):
    """Hold one day that the plan states, and where."""

    address: str
    day: date


class Agreed(NamedTuple):
    """Hold the days that a step itself states, as its plan's calendar reads them."""

    start: date | None
    due: date | None


def days_told(
    plan: Plan,
    live: Iterable[StepTime],
    agreed: Mapping[str, Agreed],
    kinds: Mapping[str, str | None],
) -> Iterator[Told]:
    """Yield every such day; nothing of what is hidden, done or answered."""
    goal = plan.goal
    for name, day in (("date", goal.date), ("decision", goal.decision)):
        if day:
            yield Told(f"goal/{name}", day)
    for number, review in enumerate(plan.review, 1):
        if review.next and not review.hidden:
            yield Told(f"review/{number}/next", review.next)
    for time in live:
        step_id = time.step.id
        if time.step.kind not in _ON_ANY_DAY and kinds[step_id] != "go-live":
            yield from _of_step(time, agreed[step_id])
    for question in open_questions(plan):
        if question.due:
            yield Told(f"questions/{question.id}/due", question.due)


def _of_step(time: StepTime, days: Agreed) -> Iterator[Told]:
    place = f"steps/{time.step.id}"
    if days.start:
        yield Told(f"{place}/start", days.start)
    if days.due:
        yield Told(f"{place}/due", days.due)
    for number, task in enumerate(time.step.tasks, 1):
        if task.due and not task.done and not task.hidden:
            yield Told(f"{place}/tasks/{number}/due", task.due)


def open_questions(plan: Plan) -> tuple[Question, ...]:
    """Return the visible questions that wait for an answer."""
    return tuple(
        one
        for one in shown(plan.questions)
        if one.answer is None and one.answered is None
    )
