"""The steps of a plan, and what belongs to each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from mapsite.plan.fields import Day, DayOrTbd, Flag, Id, Line, Prose, Takes, Url, When
from mapsite.plan.item import Item
from mapsite.plan.validators import OneOf, expected, one_or_list

StepSide = Annotated[str, OneOf("buyer", "seller", "both")]
StepStatus = Annotated[
    str, OneOf("todo", "in-progress", "blocked", "at-risk", "done", "cancelled")
]
StepKind = Annotated[
    str,
    OneOf(
        "task",
        "meeting",
        "approval",
        "document",
        "form",
        "signature",
        "decision",
        "milestone",
    ),
]


class Phase(Item):
    """A part of the plan that steps name."""

    name: Line
    """As steps write it in their phase."""
    gate: Line | None = None
    """What must be true before the next phase begins."""


class Owner(Item):
    """Who does a step: a person, a team, or words."""

    who: Line | None = None
    """A person's id, or words whose side is not told."""
    buyer: Line | None = None
    """Words for somebody on the buyer's side."""
    seller: Line | None = None
    """Words for somebody on the seller's side."""
    does: Line | None = None
    """What this owner does in the step: reviews, delivers, signs."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:  # noqa: ANN401  # pydantic hands over what it got
        if isinstance(value, str):
            return {"who": value}
        if isinstance(value, dict):
            named = [
                key for key in ("who", "buyer", "seller") if value.get(key) is not None
            ]
            if len(named) != 1 and value.get("internal") != "true":
                raise expected("one of who, buyer or seller", "owner")
        return value


class Confirmed(Item):
    """The buyer's yes to a date."""

    by: Line
    """Who said yes: a person's id, or words."""
    on: Day
    """When."""


class Evidence(Item):
    """How both sides know that a step is done."""

    text: Line
    """What can be seen."""
    met: Day | None = None
    """The day it was seen."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:  # noqa: ANN401  # pydantic hands over what it got
        return {"text": value} if isinstance(value, str) else value


class Move(Item):
    """An agreed change of a step's date."""

    on: Day | None = None
    """The day on which both sides agreed."""
    from_: Day = Field(alias="from")
    """The date before."""
    to: Day
    """The date after."""
    why: Line | None = None
    """The reason."""
    by: Line | None = None
    """Who asked for it: a person's id, or words."""


class Task(Item):
    """A small piece of a step."""

    title: Line
    """What is to be done."""
    owner: Line | None = None
    """A person's id, or words."""
    due: DayOrTbd = None
    """The date."""
    done: Day | None = None
    """The day it was finished."""


class Link(Item):
    """An address that helps with a step."""

    title: Line
    """What stands there."""
    url: Url
    """https or mailto."""


class Step(Item):
    """One step from today to the goal."""

    id: Id
    """Stable id, such as security-review."""
    title: Line
    """What happens, in a few words."""
    detail: Prose | None = None
    """More about it, in Markdown."""
    phase: Line | None = None
    """The phase that it belongs to."""
    kind: StepKind | None = None
    """What sort of step it is."""
    owners: Annotated[tuple[Owner, ...], one_or_list(Owner | Line)] = ()
    """Who does it, on both sides."""
    support: Annotated[tuple[Line, ...], one_or_list(Line)] = ()
    """Who helps: ids of people, or words."""
    side: StepSide | None = None
    """Whose step it is, where the owners do not tell."""
    start: When | None = None
    """When it begins."""
    due: When | None = None
    """The agreed date: a day, tbd, week 9, created+14d, goal-3w."""
    takes: Takes | None = None
    """How long it takes: 5d, 4w, 30cd, 5d-10d, tbd, ongoing."""
    after: Annotated[tuple[Id, ...], one_or_list(Id)] = ()
    """Ids of the steps that must be finished before."""
    waits_for: Line | None = None
    """A dependency outside the plan, in words."""
    only_if: Line | None = None
    """The condition under which the step happens."""
    status: StepStatus | None = None
    """todo unless said."""
    blocker: Line | None = None
    """What stands in the way."""
    done: Day | None = None
    """The day it was finished."""
    outcome: Line | None = None
    """What came out of it."""
    confirmed: Confirmed | None = None
    """The buyer's yes to the date."""
    evidence: Annotated[tuple[Evidence, ...], one_or_list(Evidence | Line)] = ()
    """How both sides know that it is done."""
    moves: tuple[Move, ...] = ()
    """Agreed changes of the date, with their reasons."""
    tasks: tuple[Task, ...] = ()
    """Small pieces of the step."""
    documents: Annotated[tuple[Id, ...], one_or_list(Id)] = ()
    """Ids of documents that it needs or makes."""
    links: tuple[Link, ...] = ()
    """Addresses that help."""
    fallback: Line | None = None
    """What helps meanwhile, or instead."""
    optional: Flag = False
    """Whether the plan works without it."""
    note: Prose | None = None
    """A shared remark, in Markdown."""
    ref: Line | None = None
    """The number it has in the buyer's own list."""

    @property
    def finished(self) -> bool:
        """Tell whether the step is done."""
        return self.status == "done" or (self.done is not None and self.status is None)
