"""What a buyer may see: the allowlist between a plan and its pages.

A field that no view names cannot be shown. Views hold text as the plan has it (it is
escaped where it is put into a page), days as dates and states as words of the schedule.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from mapsite.plan.naming import opaque_id, safe_stem
from mapsite.room.changes_view import ChangesView, LatelyItem
from mapsite.room.step_view import Named, PhaseView, StepView, WhoView
from mapsite.room.suggesting_view import SuggestView


@dataclass(frozen=True, slots=True)
class PartyView:
    """One company."""

    side: str
    name: str
    letter: str
    """One or two letters that stand for it in the drawing and the tokens."""
    logo: str | None
    """Path of its logo in the room."""
    logo_size: tuple[int, int] | None
    """Width and height of the logo, where its file tells them."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A paper and where it can be read."""

    id: str
    title: str
    href: str | None
    status: str
    owner: WhoView | None
    due: date | None
    late: int


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who takes part; the e-mail is not here on purpose."""

    id: str
    name: str | None
    """None while only the role is known."""
    side: str | None
    title: str | None
    roles: tuple[str, ...]
    backup: str | None
    signs: int | None
    since: date | None
    """Since when on the plan, where that is later than its beginning."""
    steps: tuple[Named, ...]
    dated: tuple[str, ...]
    """Ids of the steps in the person's calendar: those owned that have a day."""

    @property
    def called(self) -> str:
        """Return the name, or what stands for it while nobody knows it."""
        return self.name or self.title or self.id

    @property
    def calendar(self) -> str | None:
        """Return the path of the person's calendar in the room, if there is one."""
        return f"calendar/{safe_stem(self.id)}.ics" if self.dated else None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with its answer, if there is one."""

    id: str
    text: str
    asked_by: WhoView | None
    owner: WhoView | None
    due: date | None
    late: int
    answer: str | None
    answered: date | None

    @property
    def open(self) -> bool:
        """Tell whether it still waits for an answer."""
        return self.answer is None and self.answered is None


@dataclass(frozen=True, slots=True)
class CriterionView:
    """What the buyer decides by."""

    id: str
    text: str
    measure: str | None
    weight: int | None
    status: str
    owner: WhoView | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class MetricView:
    """A number that should change."""

    id: str
    text: str
    baseline: str | None
    target: str | None
    measure: str | None
    owner: WhoView | None


@dataclass(frozen=True, slots=True)
class RiskView:
    """Something that both sides watch."""

    id: str
    text: str
    likelihood: str | None
    impact: str | None
    mitigation: str | None
    owners: tuple[WhoView, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A regular meeting."""

    every: str | None
    weekday: int | None
    at: str | None
    people: tuple[str, ...]
    next: date | None


@dataclass(frozen=True, slots=True)
class NextItem:
    """Something that one side does next."""

    kind: str
    """step, question, document or task."""
    title: str
    anchor: str
    state: str
    late: int
    day: date | None
    owners: tuple[WhoView, ...]


@dataclass(frozen=True, slots=True)
class GoalView:
    """Where both sides want to be."""

    outcome: str
    day: date | None
    days: int | None
    """Days from today; negative when past."""
    decision: date | None
    go_live: date | None
    why: str | None
    event: date | None
    value: str | None


@dataclass(frozen=True, slots=True)
class StandingView:
    """How the plan stands, in words to be."""

    word: str
    behind: int
    forecast: date | None
    spare: int | None
    counts: Counter[str]
    total: int
    dated: int
    held: int
    """Number of steps whose agreed day cannot hold."""
    turn: StepView | None
    turn_sides: tuple[str, ...]
    causes: tuple[StepView, ...]
    chain: bool
    """Whether a critical path is known."""
    way: tuple[str, ...]
    """Ids of its visible steps that are not done yet, first one first."""
    overtaken: bool
    """Whether `forecast` only says that it is not done by now."""


@dataclass(frozen=True, slots=True)
class RoomView:
    """Everything that a room shows."""

    id: str
    title: str
    language: str
    marking: str | None
    status: str
    today: date
    contact: str | None
    """Where suggestions go."""
    buyer: PartyView
    seller: PartyView
    goal: GoalView
    standing: StandingView
    summary: str | None
    reviews: tuple[ReviewView, ...]
    next: dict[str, tuple[NextItem, ...]]
    """What comes next, by side; nothing where the deal has ended."""
    lately: tuple[LatelyItem, ...]
    """What happened in the last month, newest first."""
    missing: tuple[str, ...]
    """What would help next: goal-day, dates, owners, people, criteria, questions."""
    phases: tuple[PhaseView, ...]
    people: tuple[PersonView, ...]
    questions: tuple[QuestionView, ...]
    criteria: tuple[CriterionView, ...]
    metrics: tuple[MetricView, ...]
    documents: tuple[DocumentView, ...]
    risks: tuple[RiskView, ...]
    sections: tuple[tuple[str, str], ...]
    keepers: tuple[str, ...]
    """Who keeps the plan: those of the first review."""
    past: ChangesView | None = None
    """What is told of its past; None where there is nothing to tell."""
    suggest: SuggestView | None = None
    """How its reader can suggest changes; None where the deal has ended."""
    salt: str = ""
    """What readers do not know, so that no guess of the id can be proven."""

    def opaque_id(self, length: int) -> str:
        """Return *length* letters that name the room, and tell nobody its id."""
        return opaque_id(self.id, self.salt, length)

    @property
    def steps(self) -> tuple[StepView, ...]:
        """Return the visible steps in the order they are shown."""
        return tuple(step for phase in self.phases for step in phase.steps)

    @property
    def parties(self) -> tuple[PartyView, PartyView]:
        """Return both companies, the buyer first."""
        return self.buyer, self.seller

    def changed(self, anchor: str) -> date | None:
        """Return the day of the last change of an item, if it is known."""
        return self.past.changed.get(anchor) if self.past else None

    @property
    def as_of(self) -> date:
        """Return the day as of which the room tells what it does."""
        # A closed plan is read as of its last entry, and may have changed since.
        ended = self.past.last if self.past and self.closed else self.today
        return max(self.today, ended)

    @property
    def closed(self) -> bool:
        """Tell whether the deal has ended."""
        return self.status != "open"
