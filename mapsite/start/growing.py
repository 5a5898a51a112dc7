"""Grow a plan from a template: names and days filled in, checked, then written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mapsite.errors import MapsiteError
from mapsite.plan.calendar import Calendar
from mapsite.plan.model import Plan
from mapsite.plan.proposal import Proposal, propose
from mapsite.plan.texts import DAY_NAMES
from mapsite.repository import PLANS
from mapsite.start.filling import Filling, plain, quoted
from mapsite.start.starter import check_new, free_path, write_new
from mapsite.start.templates import Template

_GOAL_DAYS = {"goal/decision": "decision", "goal/go_live": "go-live"}
"""Days of the goal, and the id of the step that each is the day of."""
_QUESTIONS_WITHIN = 10
"""Business days in which open questions are to be answered."""
_SHARE_FOR_QUESTIONS = 3
"""They take no more than this part of the time to the goal."""


@dataclass(frozen=True, slots=True)
class Deal:
    """Hold what a template needs to know about one deal."""

    buyer: str
    seller: str
    goal: date
    created: date
    today: date
    language: str | None = None
    holidays: tuple[str, ...] = ()
    """Codes in place of the template's; none leaves those."""

    @property
    def start(self) -> date:
        """Return the first day on which anything can be done."""
        return max(self.created, self.today)


@dataclass(frozen=True, slots=True)
class Grown:
    """Hold what became of a template."""

    path: Path
    steps: int
    spare: int
    """Business days that the goal leaves beyond what the steps need."""
    signed: date
    """The last business day up to the goal's date."""
    next_day: date
    """The first business day from the goal's date on."""
    undated: int
    """Steps that still have no date, because nothing tells how long they take."""


def grow_plan(root: Path, plan_id: str, template: Template, deal: Deal) -> Grown:
    """Write the plan *plan_id* for *deal*; nothing where the goal is out of reach."""
    path = free_path(root, plan_id)
    plan = _dated(template.plan, deal)
    proposal = propose(plan, deal.start)
    _refuse(template, proposal, deal)
    text = _text(template, plan, proposal, deal)
    check_new(text, path, root / PLANS)
    write_new(path, text)
    calendar = Calendar(plan)
    asked = [step for step in plan.steps if step.due and step.due.open]
    return Grown(
        path=path,
        steps=len(plan.steps),
        spare=proposal.spare,
        signed=calendar.roll(deal.goal, -1) or deal.goal,
        next_day=calendar.roll(deal.goal) or deal.goal,
        undated=len(asked) - len(proposal.days),
    )


def named_day(day: date) -> str:
    """Return *day* with its weekday: Friday 2026-08-14."""
    return f"{DAY_NAMES[day.weekday()].title()} {day}"


def _dated(plan: Plan, deal: Deal) -> Plan:
    """Return *plan* with the days of *deal*, those of its steps still open."""
    goal = plan.goal.model_copy(update={"date": deal.goal})
    changes = {"created": deal.created, "goal": goal}
    if deal.holidays:
        holidays = {"holidays": deal.holidays}
        changes["calendar"] = plan.calendar.model_copy(update=holidays)
    return plan.model_copy(update=changes)


def _refuse(template: Template, proposal: Proposal, deal: Deal) -> None:
    """Raise MapsiteError where the steps do not fit before the goal."""
    name = template.file.name
    if proposal.spare < 0:
        raise MapsiteError(
            f"the steps of {name} need until {proposal.reach}; give --goal-date"
            f" {proposal.reach} or later, or a lighter template; nothing was written"
        )
    if proposal.stuck:
        step, day = proposal.stuck
        raise MapsiteError(
            f"the step {step} of {name} has a date of its own, and can end on {day} at"
            f" the earliest with the goal on {deal.goal}; nothing was written"
        )


def _text(template: Template, plan: Plan, proposal: Proposal, deal: Deal) -> str:
    filling = Filling(template.source)
    filling.name({"buyer": deal.buyer, "seller": deal.seller})
    filling.put("name", plain(deal.buyer), "buyer")
    filling.put("name", plain(deal.seller), "seller")
    filling.put("date", deal.goal.isoformat(), "goal")
    filling.put("created", deal.created.isoformat())
    filling.put("band", template.file.name)
    if deal.language:
        filling.put("language", deal.language)
    if deal.holidays:
        codes = ", ".join(map(quoted, deal.holidays))
        filling.put("holidays", f"[{codes}]", "calendar")
    for address, day in _days(plan, proposal.days, deal):
        filling.date(address, day)
    return filling.text(_head(template.file.name))


def _head(name: str) -> str:
    return (
        f"# Grown from the template {name}. All dates are a proposal: go through them\n"
        "# with the buyer, and write names in place of `unknown` as you learn them."
    )


def _days(
    plan: Plan, days: Mapping[str, date], deal: Deal
) -> Iterator[tuple[str, date | None]]:
    """Yield the address of each date that may be open, and its day."""
    yield from ((address, days.get(step)) for address, step in _GOAL_DAYS.items())
    needed: dict[str, date] = {}
    for step in plan.steps:
        day = days.get(step.id)
        yield f"steps/{step.id}/due", day
        for place, _ in enumerate(step.tasks, 1):
            yield f"steps/{step.id}/tasks/{place}/due", day
        if day:
            for document in step.documents:
                needed[document] = min(day, needed.get(document, day))
    for paper in plan.documents:
        yield f"documents/{paper.id}/due", needed.get(paper.id)
    answered = _answered(plan, deal)
    yield from (
        (f"questions/{question.id}/due", answered) for question in plan.questions
    )


def _answered(plan: Plan, deal: Deal) -> date | None:
    """Return the day by which the first questions are to be answered."""
    calendar = Calendar(plan)
    there = calendar.between(deal.start, deal.goal)
    within = min(_QUESTIONS_WITHIN, max(there // _SHARE_FOR_QUESTIONS, 1))
    return calendar.shift(deal.start, within, "d")
