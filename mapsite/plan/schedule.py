"""What a plan means today: every date and state, derived once and here alone.

One pass over the steps in the order of their dependencies gives each step its days
(`mapsite.plan.days`), a second one finds the way to the goal (`mapsite.plan.critical`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter

from mapsite.plan.calendar import Calendar
from mapsite.plan.critical import Graph, way_to_goal
from mapsite.plan.days import Work, set_days
from mapsite.plan.model import Plan
from mapsite.plan.steps import Step


@dataclass(frozen=True, slots=True)
class StepTime:
    """Hold what today makes of one step."""

    step: Step
    begin: date | None
    """The day the work begins, stated or worked back from its end."""
    due: date | None
    """The day it ends: agreed, else following from what it depends on."""
    day: date | None
    """The day that both sides speak of: `due`, or `begin` where only that is agreed."""
    agreed: bool
    """Whether `day` stands in the plan rather than following from other days."""
    expected: date | None
    """The day it will be finished on if everything goes on as it stands today."""
    state: str
    """done, cancelled, blocked, late, at-risk, in-progress, soon, waiting or todo."""
    late: int
    """Calendar days past `day`; 0 when in time, finished or cancelled."""
    waits_on: tuple[str, ...]
    """Ids of unfinished steps that come before it; none that is hidden."""
    week: int | None
    critical: bool
    """Whether a delay here moves the goal."""
    moved_from: date | None
    """The first agreed date, where the plan records that it moved."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hold what today makes of a whole plan."""

    today: date
    calendar: Calendar
    steps: tuple[StepTime, ...]
    """Every step in the plan's order, hidden ones too."""
    chain: tuple[str, ...]
    """Ids of the critical path, first step first."""
    goal_step: str | None
    """Id of the step that reaches the goal."""
    forecast: date | None
    """The day on which the goal can be expected, at this pace."""
    spare: int | None
    """Days from when the goal could be reached to its date; negative when past it."""

    def __getitem__(self, step_id: str) -> StepTime:
        """Return the times of the step with *step_id*."""
        return next(time for time in self.steps if time.step.id == step_id)


def schedule(plan: Plan, today: date) -> Schedule:
    """Derive every date and state of *plan* as of *today*."""
    calendar = Calendar(plan)
    works = {step.id: Work(step) for step in plan.steps}
    graph = {s.id: [a for a in s.after if a in works] for s in plan.steps}
    needed = _needed(plan, graph)
    for step_id in TopologicalSorter(graph).static_order():
        before = [
            works[a] for a in graph[step_id] if works[a].step.status != "cancelled"
        ]
        set_days(works[step_id], before, calendar, today, leads=step_id in needed)
    way = way_to_goal(plan, works, graph)
    # Where a deal has ended, nothing is late any more and no delay counts.
    now = today if plan.status == "open" else None
    chain = way.chain if now else ()
    times = tuple(
        _time(work, works, calendar, now, critical=work.step.id in chain)
        for work in works.values()
    )
    goal = plan.goal.date
    return Schedule(
        today=today,
        calendar=calendar,
        steps=times,
        chain=chain,
        goal_step=way.goal_step,
        forecast=way.forecast,
        spare=(goal - way.ready).days if goal and way.ready and chain else None,
    )


def _needed(plan: Plan, graph: Graph) -> set[str]:
    """Return the steps that visible ones wait for, by way of hidden ones too."""
    found: set[str] = set()
    left = [
        before for step in plan.steps if not step.hidden for before in graph[step.id]
    ]
    while left:
        before = left.pop()
        if before not in found:
            found.add(before)
            left += graph[before]
    return found


def _time(
    work: Work,
    works: dict[str, Work],
    calendar: Calendar,
    now: date | None,
    *,
    critical: bool,
) -> StepTime:
    step = work.step
    waits_on = tuple(a for a in step.after if a in works and _holds_up(works[a].step))
    late = _days_late(work, now) if now else 0
    moves = [move for move in step.moves if not move.hidden]
    return StepTime(
        step=step,
        begin=work.begin,
        due=work.due,
        day=work.day,
        agreed=work.agreed_due or work.agreed_begin,
        expected=work.expected,
        state=_state(work, late, waits_on, now),
        late=late,
        waits_on=waits_on,
        week=_week(work, calendar),
        critical=critical,
        moved_from=moves[0].from_ if moves and moves[0].from_ != work.day else None,
    )


def _week(work: Work, calendar: Calendar) -> int | None:
    if work.day:
        return calendar.week(work.day)
    return work.step.due.week if work.step.due else None


def _holds_up(step: Step) -> bool:
    """Tell whether others visibly wait for *step*; a hidden one only moves dates."""
    return not (step.finished or step.hidden or step.status == "cancelled")


def _days_late(work: Work, today: date) -> int:
    """Return how long ago the day was that both sides agreed on."""
    step = work.step
    if step.finished or step.status == "cancelled":
        return 0
    if not (work.agreed_due or work.agreed_begin):
        return 0
    begun = step.status == "in-progress" and not work.agreed_due
    day = work.due if begun else work.day
    return max((today - day).days, 0) if day else 0


def _state(work: Work, late: int, waits_on: tuple[str, ...], now: date | None) -> str:
    status = work.step.status
    if work.step.finished:
        return "done"
    if status in {"cancelled", "blocked"}:
        return status
    if late:
        return "late"
    if status in {"at-risk", "in-progress"}:
        return status
    if waits_on:
        return "waiting"
    soon = now is not None and work.day is not None and _same_week(work.day, now)
    return "soon" if soon else "todo"


def _same_week(one: date, other: date) -> bool:
    return one.isocalendar()[:2] == other.isocalendar()[:2]
