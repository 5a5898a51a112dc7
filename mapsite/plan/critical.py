"""The way to the goal: the step that reaches it, what is critical, the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mapsite.plan.days import Work
from mapsite.plan.model import Plan

Graph = dict[str, list[str]]
"""The ids of the steps that each step waits for."""


@dataclass(frozen=True, slots=True)
class Way:
    """Hold the way from today to the goal."""

    goal_step: str | None
    """Id of the step that reaches the goal."""
    chain: tuple[str, ...]
    """Ids of the critical path, first step first; empty where nothing depends."""
    ready: date | None
    """The day on which it could be reached, whatever day is agreed for it."""
    forecast: date | None
    """The day on which the goal can be expected."""


def way_to_goal(plan: Plan, works: dict[str, Work], graph: Graph) -> Way:
    """Find the way to the goal of *plan* among the days of *works*."""
    goal_step = _goal_step(plan, works, graph)
    ready = _ready(plan, goal_step, works, graph)
    return Way(
        goal_step=goal_step,
        chain=_chain(goal_step, works, graph),
        ready=ready,
        forecast=_forecast(plan, goal_step, works, ready),
    )


def _goal_step(plan: Plan, works: dict[str, Work], graph: Graph) -> str | None:
    """Return the last signature, else the step due on the goal's day, else the end."""
    live = [
        work
        for work in works.values()
        if work.step.status != "cancelled" and not work.step.hidden
    ]
    for work in reversed(live):
        if work.step.kind == "signature":
            return work.step.id
    for work in reversed(live):
        if plan.goal.date and work.agreed_due and work.due == plan.goal.date:
            return work.step.id
    return None if plan.goal.go_live else _only_end(live, graph)


def _only_end(live: list[Work], graph: Graph) -> str | None:
    """Return the one step that all others lead to, where no day is agreed for it."""
    needed = {before for work in live for before in graph[work.step.id]}
    ends = [work for work in live if work.step.id not in needed]
    if len(ends) == 1 and graph[ends[0].step.id] and not ends[0].agreed_due:
        return ends[0].step.id
    return None


def _chain(
    goal_step: str | None, works: dict[str, Work], graph: Graph
) -> tuple[str, ...]:
    """Trace back from the goal, each time to the step that is expected last."""
    chain: list[str] = []
    at = goal_step
    while at is not None:
        chain.append(at)
        before = [
            a
            for a in graph[at]
            if works[a].expected and works[a].step.status != "cancelled"
        ]
        at = max(before, key=lambda a: works[a].expected or date.min, default=None)
    return tuple(reversed(chain)) if len(chain) > 1 else ()


def _ready(
    plan: Plan, goal_step: str | None, works: dict[str, Work], graph: Graph
) -> date | None:
    """Return the day on which everything that the goal needs can be ready."""
    if goal_step and graph[goal_step]:
        return works[goal_step].earliest
    ends = [
        work.expected
        for work in works.values()
        if work.expected
        and work.day
        and plan.goal.date
        and work.day <= plan.goal.date
        and not work.step.hidden
        and work.step.id != goal_step
        and work.step.status != "cancelled"
    ]
    return max(ends, default=None)


def _forecast(
    plan: Plan, goal_step: str | None, works: dict[str, Work], ready: date | None
) -> date | None:
    """Return the later of the goal's date and what its steps allow."""
    days = [plan.goal.date, works[goal_step].expected if goal_step else None, ready]
    if goal_step and works[goal_step].step.finished:
        return works[goal_step].expected
    return max(filter(None, days), default=None)
