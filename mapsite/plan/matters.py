"""What a plan holds beside its steps: questions, criteria, numbers, risks, papers."""

from __future__ import annotations

from typing import Annotated

from mapsite.plan.fields import Day, DayOrTbd, File, Id, Line, Prose, Url, Weight
from mapsite.plan.item import Item
from mapsite.plan.validators import OneOf, one_or_list

Level = Annotated[str, OneOf("low", "medium", "high")]
CriterionStatus = Annotated[str, OneOf("open", "met", "at-risk", "not-met")]
DocumentStatus = Annotated[
    str,
    OneOf(
        "needed", "requested", "shared", "received", "approved", "signed", "not-needed"
    ),
]


class Question(Item):
    """Something that one side wants to know."""

    id: Id
    """Stable id."""
    text: Line
    """The question."""
    asked_by: Line | None = None
    """A person's id, or words."""
    owner: Line | None = None
    """Who answers: a person's id, or words."""
    due: DayOrTbd = None
    """By when."""
    answer: Prose | None = None
    """The answer, in Markdown."""
    answered: Day | None = None
    """The day of the answer."""


class Criterion(Item):
    """What the buyer decides by."""

    id: Id
    """Stable id."""
    text: Line
    """The criterion."""
    measure: Line | None = None
    """How it is measured."""
    weight: Weight | None = None
    """How much it counts, 1 to 5."""
    status: CriterionStatus | None = None
    """open unless said."""
    owner: Line | None = None
    """Who judges: a person's id, or words."""
    evidence: Line | None = None
    """What shows it."""


class Metric(Item):
    """A number that should change."""

    id: Id
    """Stable id."""
    text: Line
    """What is counted."""
    baseline: Line | None = None
    """Its value today."""
    target: Line | None = None
    """Its value when the plan has worked."""
    measure: Line | None = None
    """Where it is read."""
    owner: Line | None = None
    """Who reads it: a person's id, or words."""


class Risk(Item):
    """Something that both sides watch."""

    id: Id
    """Stable id."""
    text: Line
    """What could happen."""
    likelihood: Level | None = None
    """low, medium or high."""
    impact: Level | None = None
    """low, medium or high."""
    mitigation: Line | None = None
    """What is done about it."""
    owners: Annotated[tuple[Line, ...], one_or_list(Line)] = ()
    """Who watches it: ids of people, or words."""


class Document(Item):
    """A paper that the plan needs."""

    id: Id
    """Stable id; steps refer to it."""
    title: Line
    """Its name."""
    url: Url | None = None
    """Where it stands: https."""
    file: File | None = None
    """Path from the plan's folder; the file is copied into the room."""
    status: DocumentStatus | None = None
    """needed unless said."""
    owner: Line | None = None
    """Who provides it: a person's id, or words."""
    due: DayOrTbd = None
    """By when."""


class Section(Item):
    """Anything else that both sides want on the page."""

    title: Line
    """The heading."""
    text: Prose
    """The text, in Markdown."""
