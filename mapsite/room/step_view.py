"""What a buyer may see of the steps; the other half of the allowlist."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from mapsite.plan.moment import Duration, Moment


@dataclass(frozen=True, slots=True)
class WhoView:
    """Somebody who owns something."""

    name: str
    """A name or words; empty where only the seller's team may be named."""
    side: str | None
    title: str | None = None
    does: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be linked to inside the room."""

    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class HeldView:
    """Why an agreed day cannot hold."""

    day: date
    """The first day that can."""
    by: Named | None
    """The step before it that ends too late; None where its own length is the reason,
    or something that the seller's team prepares."""
    own: bool
    """Whether it is its own length."""


@dataclass(frozen=True, slots=True)
class MoveView:
    """One agreed change of a date."""

    on: date | None
    was: date
    to: date
    why: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A small piece of a step."""

    title: str
    owner: WhoView | None
    due: date | None
    done: date | None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step with what today makes of it."""

    id: str
    title: str
    number: int
    """Place in the plan among visible steps, from 1."""
    detail: str | None
    state: str
    late: int
    day: date | None
    begin: date | None
    end: date | None
    agreed: bool
    worked_back: bool
    """Whether `day` is the latest that keeps the goal; nobody agreed on it."""
    held: HeldView | None
    kept: date | None
    """The last day that keeps what comes after it, where there is time to spare."""
    moment: Moment | None
    """What the plan writes, where no day can be found from it: ``week 9``, ``tbd``."""
    done: date | None
    """The day it was finished on, where the plan tells."""
    begun: bool
    """Whether somebody works on it."""
    ready: bool
    """Whether no other visible step has to be finished first."""
    by_week: bool
    """Whether the plan speaks of a week rather than of `day`."""
    week: int | None
    takes: Duration | None
    critical: bool
    goal: bool
    optional: bool
    moved_from: date | None
    moves: tuple[MoveView, ...]
    sequence: int
    """How often its entry in calendars became another one; it never falls."""
    sides: tuple[str, ...]
    owners: tuple[WhoView, ...]
    support: tuple[WhoView, ...]
    after: tuple[Named, ...]
    after_hidden: bool
    """Whether it also waits for something that the seller's team prepares."""
    waits_for: str | None
    only_if: str | None
    blocker: str | None
    fallback: str | None
    outcome: str | None
    confirmed_by: str | None
    confirmed_on: date | None
    evidence: tuple[tuple[str, date | None], ...]
    tasks: tuple[TaskView, ...]
    documents: tuple[Named, ...]
    links: tuple[tuple[str, str], ...]
    note: str | None
    ref: str | None

    @property
    def next_day(self) -> date | None:
        """Return the day that counts next: the end, once the work has begun."""
        return self.end if self.state == "in-progress" and self.end else self.day

    @property
    def spare(self) -> int | None:
        """Return the calendar days that it can slip before anything else moves."""
        ends = [day for day in (self.end, self.day) if day]
        if self.kept is None or not ends or self.late or self.held:
            return None
        return (self.kept - max(ends)).days

    @property
    def anchor(self) -> str:
        """Return the step's anchor in the page."""
        return f"step-{self.id}"


@dataclass(frozen=True, slots=True)
class PhaseView:
    """Steps that belong together."""

    name: str
    """Empty for steps outside any phase."""
    anchor: str
    gate: str | None
    steps: tuple[StepView, ...]
    counts: Counter[str]
    total: int
    first: date | None
    last: date | None
    folded: bool
