"""Every text of a plan that its buyer reads, with its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mapsite.plan.item import Item, shown
from mapsite.plan.model import Plan
from mapsite.plan.steps import Step


class Text(NamedTuple):
    """Hold one text, and where it stands."""

    address: str
    text: str


_OF_GOAL = ("outcome", "why", "value")
_OF_STEP = (
    *("title", "detail", "waits_for", "only_if", "blocker", "outcome", "fallback"),
    "note",
)
_OF_MATTERS = {
    "questions": ("text", "answer"),
    "criteria": ("text", "measure", "evidence"),
    "metrics": ("text", "baseline", "target", "measure"),
    "risks": ("text", "mitigation"),
    "documents": ("title",),
    "people": ("title",),
}
_OF_PARTS = {"evidence": "text", "moves": "why", "tasks": "title", "links": "title"}


def texts_of(plan: Plan) -> Iterator[Text]:
    """Yield what a buyer reads of *plan*; nothing of a hidden item."""
    yield Text("title", plan.title)
    if plan.summary:
        yield Text("summary", plan.summary)
    yield from _fields("goal", plan.goal, _OF_GOAL)
    for number, phase in _numbered(plan.phases):
        yield from _fields(f"phases/{number}", phase, ("name", "gate"))
    for step in shown(plan.steps):
        yield from _of_step(step)
    for name, fields in _OF_MATTERS.items():
        for item in shown(getattr(plan, name)):
            yield from _fields(f"{name}/{item.id}", item, fields)
    for number, section in _numbered(plan.sections):
        yield from _fields(f"sections/{number}", section, ("title", "text"))


def _of_step(step: Step) -> Iterator[Text]:
    place = f"steps/{step.id}"
    yield from _fields(place, step, _OF_STEP)
    for name, field in _OF_PARTS.items():
        for number, part in _numbered(getattr(step, name)):
            yield from _fields(f"{place}/{name}/{number}", part, (field,))


def _fields(place: str, item: Item, fields: Iterable[str]) -> Iterator[Text]:
    for field in fields:
        if text := getattr(item, field):
            yield Text(f"{place}/{field}", text)


def _numbered(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    """Yield the items that are not hidden, by their places in the list from 1."""
    return (pair for pair in enumerate(items, 1) if not pair[1].hidden)
