"""What a room's script knows of the plan: whatever a reader can suggest otherwise.

An allowlist like `mapsite.room.view`: each value stands in the page in other words, and
is written here as the plan has it, so that a suggestion can say what its reader saw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from mapsite.plan.item import shown
from mapsite.plan.model import Person, Plan
from mapsite.plan.people import People
from mapsite.plan.steps import Owner, Step
from mapsite.room.escaping import Markup, safe
from mapsite.room.step_view import StepView
from mapsite.room.suggested import Suggested
from mapsite.room.suggesting import NO_WAY, WayBack

Facts = dict[str, Any]
"""Texts by the fields of one item."""

_MARKUP = (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"), ("'", "\\u0027"))
_DIGITS = 12
_OVER = frozenset({"done", "cancelled"})


@dataclass(frozen=True)
class SuggestView:
    """Hold what the way back from one room needs."""

    stated: Mapping[str, Facts]
    """By the address of an item, what the plan says of it."""
    looks: str
    """Who looks at suggestions: a name."""
    way: WayBack = field(default=NO_WAY)
    endpoint: str = ""
    suggested: tuple[Suggested, ...] = ()
    """What reached the seller's side, the oldest first."""
    edits: str = ""
    """Where colleagues change the plan's file; empty unless that is to be shown."""

    @cached_property
    def as_attribute(self) -> Markup:
        """Return `stated` as JSON that can stand between single quotes."""
        return in_quotes(self.stated)

    @cached_property
    def base(self) -> str:
        """Return 12 hex digits that change with what can be suggested otherwise."""
        return hashlib.sha256(self.as_attribute.encode()).hexdigest()[:_DIGITS]

    def old(self, address: str) -> tuple[str, str]:
        """Return the field that a form asks of the item at *address*, and its value."""
        name, _, one = address.partition("/")
        if name == "goal":
            return one, str(self.stated["goal"].get(one) or "")
        if not one:
            return "", ""
        field = _ASKED.get(name, "")
        return field, str(self.stated.get(address, {}).get(field) or "")


def in_quotes(value: object) -> Markup:
    """Return *value* as JSON that can stand between single quotes in a page."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign, written in _MARKUP:
        text = text.replace(sign, written)
    return safe(text)


_ASKED = {"steps": "due", "people": "name", "questions": "answer", "criteria": "status"}
"""By list, the field that is most often another one."""


def stated(plan: Plan, steps: Iterable[StepView], people: People) -> dict[str, Facts]:
    """Return what *plan* says of each visible item that can be suggested otherwise."""
    views = {view.id: view for view in steps}
    goal = plan.goal
    day = _iso(goal.date)
    facts: Facts = {"outcome": goal.outcome, "date": day or "tbd", "day": day}
    found = {"goal": _said(facts)}
    for person in shown(plan.people):
        found[f"people/{person.id}"] = _of_person(person)
    for step in plan.steps:
        if step.id in views:
            found[f"steps/{step.id}"] = _of_step(step, views[step.id], people)
    for question in shown(plan.questions):
        due, over = _iso(question.due), question.answer or question.answered
        facts = {"due": due, "day": due, "over": "yes" if over else None}
        found[f"questions/{question.id}"] = _said(facts)
    for criterion in shown(plan.criteria):
        over = "yes" if criterion.status == "met" else None
        facts = {"status": criterion.status, "over": over}
        found[f"criteria/{criterion.id}"] = _said(facts)
    return found


def who_looks(plan: Plan, people: People) -> str:
    """Name whoever looks at suggestions: the seller's side of the first review."""
    for review in shown(plan.review)[:1]:
        for who in map(people.find, review.with_):
            if who.words and who.side == "seller":
                return who.words
    return plan.seller.name


def _of_person(person: Person) -> Facts:
    return _said({"name": person.name, "title": person.title})


def _of_step(step: Step, view: StepView, people: People) -> Facts:
    moment = step.due or step.start
    facts: Facts = {
        "due": step.due.text if step.due else None,
        "start": step.start.text if step.start and not step.due else None,
        "status": step.status,
        "over": "yes" if view.state in _OVER else None,
        "owners": _owners(step, people),
    }
    if view.day and moment:
        facts["day"] = view.day.isoformat()
    return _said(facts)


def _owners(step: Step, people: People) -> list[Any] | None:
    """Return the owners as the plan writes them; None where one must not be named."""
    owners = shown(step.owners)
    named = (owner.who or owner.buyer or owner.seller or "" for owner in owners)
    if any(people.find(name).hidden for name in named):
        return None
    return [_written(owner) for owner in owners]


def _written(owner: Owner) -> str | dict[str, str]:
    if owner.who and not owner.does:
        return owner.who
    fields = ("who", "buyer", "seller", "does")
    return {name: text for name in fields if (text := getattr(owner, name))}


def _said(facts: Mapping[str, Any]) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
