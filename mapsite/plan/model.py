"""What a plan is: the one schema that reading, checking and editors share.

The docstring under a field is its description in the JSON Schema (``mapsite schema``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mapsite.plan.checks import Checks
from mapsite.plan.fields import (
    Clock,
    Color,
    Day,
    DayOrTbd,
    Email,
    Id,
    Line,
    Logo,
    Order,
    Prose,
    Takes,
    Weekday,
    Workdays,
)
from mapsite.plan.item import Item
from mapsite.plan.links import Links
from mapsite.plan.matters import Criterion, Document, Metric, Question, Risk, Section
from mapsite.plan.steps import Phase, Step
from mapsite.plan.validators import OneOf, one_or_list

Side = Annotated[str, OneOf("buyer", "seller")]
Language = Annotated[str, OneOf("en", "de", "fr", "es")]
Every = Annotated[str, OneOf("day", "week", "2 weeks", "month")]
PlanStatus = Annotated[str, OneOf("open", "won", "lost", "no-decision")]


class Goal(Item):
    """Where both sides want to be, and when."""

    outcome: Line
    """What is true for the buyer when the plan has worked, in one sentence."""
    date: DayOrTbd
    """The day of the signature, or tbd."""
    decision: DayOrTbd = None
    """The buyer's own decision day."""
    go_live: DayOrTbd = None
    """The first day of use."""
    why: Line | None = None
    """The buyer's reason for the date."""
    event: DayOrTbd = None
    """The day of the buyer's event that the date comes from."""
    buffer: Takes | None = None
    """Time kept free before the goal."""
    value: Line | None = None
    """What the contract is worth, as text; shown."""


class Party(Item):
    """One of the two companies."""

    name: Line
    """The company's name."""
    logo: Logo | None = None
    """Path from the plan's folder to a PNG, JPEG, WebP or SVG file."""
    color: Color | None = None
    """The brand's colour, in quotes; its lightness is adjusted to be readable."""
    contact: Email | None = None
    """Where readers send suggestions; shown in the room."""


class Review(Item):
    """A regular meeting in which both sides go through the plan."""

    every: Every | None = None
    """How often."""
    on: Weekday | None = None
    """The day of the week."""
    at: Clock | None = None
    """The time of day, in quotes."""
    with_: Annotated[tuple[Line, ...], one_or_list(Line)] = Field((), alias="with")
    """Who takes part: ids of people, or words."""
    next: Day | None = None
    """The day of the next one, where the rhythm does not tell."""


class Ending(Item):
    """How a deal was closed; never shown."""

    on: Day
    """The day on which it was closed."""
    reason: Line | None = None
    """Why it ended so, for those who learn from it."""


class Closed(Item):
    """Days on which nobody at one of the companies works on the plan."""

    from_: Day = Field(alias="from")
    """First closed day."""
    to: Day
    """Last closed day."""
    why: Line | None = None
    """The reason, for those who keep the plan."""


class WorkCalendar(Item):
    """Which days count as business days."""

    workdays: Workdays = (0, 1, 2, 3, 4)
    """Days of the week on which people work; mon-fri unless said."""
    holidays: tuple[Line, ...] = ()
    """Countries, or country and region, whose public holidays are free: US, DE-BY."""
    closed: tuple[Closed, ...] = ()
    """Windows in which nothing happens, such as a quarter's close."""


class Person(Item):
    """Somebody who takes part, on either side."""

    id: Id
    """Stable id; owners refer to it."""
    name: Line
    """The name, or unknown where only the role is known."""
    side: Side | None = None
    """Which company the person belongs to."""
    title: Line | None = None
    """Position in the company."""
    roles: tuple[Line, ...] = ()
    """Part in the decision: champion, economic-buyer, executive-sponsor,
    decision-maker, technical, security, legal, procurement, finance, signer, user,
    coach, or other words."""
    email: Email | None = None
    """Never shown."""
    added: Day | None = None
    """The day the person joined the plan."""
    backup: Line | None = None
    """Who stands in: a person's id, or words."""
    signs: Order | None = None
    """Place in the order of signatures."""

    @property
    def known(self) -> bool:
        """Tell whether the plan knows the person's name."""
        return self.name != "unknown"


class Plan(Item):
    """A mutual action plan: every step from today to the goal, on both sides."""

    title: Line
    """What the plan is called; words of a shared project plan."""
    language: Language = "en"
    """The language of labels and dates."""
    band: Line | None = None
    """Which template it grew from; any word."""
    marking: Line | None = None
    """Shown on every page and in print, such as Confidential."""
    created: DayOrTbd = None
    """Day 0; week 1 starts here."""
    status: PlanStatus = "open"
    """Written when a deal is closed."""
    goal: Goal
    buyer: Party
    seller: Party
    summary: Prose | None = None
    """The one-page why, in Markdown, for the champion to forward."""
    review: Annotated[tuple[Review, ...], one_or_list(Review)] = ()
    """The regular meetings."""
    calendar: WorkCalendar = WorkCalendar()
    """Business days."""
    people: tuple[Person, ...] = ()
    """Everybody who takes part."""
    phases: tuple[Phase, ...] = ()
    """The phases in order; without it the order in which steps name them."""
    steps: tuple[Step, ...] = ()
    """Every step from today to the goal."""
    questions: tuple[Question, ...] = ()
    """What is not known yet, and what has been answered."""
    criteria: tuple[Criterion, ...] = ()
    """What the buyer decides by."""
    metrics: tuple[Metric, ...] = ()
    """What success looks like in numbers."""
    risks: tuple[Risk, ...] = ()
    """What both sides watch."""
    documents: tuple[Document, ...] = ()
    """Papers that the plan needs."""
    sections: tuple[Section, ...] = ()
    """Assumptions, scope, budget, or anything else."""
    checks: Checks | None = None
    """Rules of advice that do not fit this plan, each with its reason; never shown."""
    closed: Ending | None = None
    """When and why the deal was closed; never shown."""
    links: Links = Field(default_factory=dict, repr=False)
    """The private addresses of the room; `mapsite links` writes them."""
