"""What a plan means today: every date and state, derived once and here alone.

Three passes over the steps in the order of their dependencies give each step the day
it is planned for and the day it can be expected on. An agreed date is never moved:
where it cannot hold, `expected` is later than `due`, and `mapsite.plan.health` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from graphlib import TopologicalSorter

from mapsite.plan.calendar import Calendar
from mapsite.plan.critical import Work, way_to_goal
from mapsite.plan.model import Plan
from mapsite.plan.steps import Step

SOON = timedelta(days=7)
"""A step due within this span of today is due this week."""


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
    for step_id in TopologicalSorter(graph).static_order():
        before = [
            works[a] for a in graph[step_id] if works[a].step.status != "cancelled"
        ]
        _plan(works[step_id], before, calendar)
        _expect(works[step_id], before, calendar, today)
    way = way_to_goal(plan, works, graph)
    times = tuple(
        _time(work, works, calendar, today, critical=work.step.id in way.chain)
        for work in works.values()
    )
    goal = plan.goal.date
    return Schedule(
        today=today,
        calendar=calendar,
        steps=times,
        chain=way.chain,
        goal_step=way.goal_step,
        forecast=way.forecast,
        spare=(goal - way.ready).days if goal and way.ready and way.chain else None,
    )


def _plan(work: Work, before: list[Work], calendar: Calendar) -> None:
    """Give *work* the days that the plan states or that follow forward from others."""
    step = work.step
    work.due = calendar.resolve(step.due)
    work.begin = calendar.resolve(step.start, end=False)
    work.agreed_due, work.agreed_begin = work.due is not None, work.begin is not None
    takes = step.takes if step.takes and step.takes.known else None
    if work.due is None:
        ends = [other.due for other in before if other.due]
        ready = max(ends) if ends and len(ends) == len(before) else None
        begin = work.begin or ready
        work.due = calendar.add(begin, takes) if begin and takes else work.due
        work.begin = begin if takes else work.begin
    elif work.begin is None and takes:
        work.begin = calendar.subtract(work.due, takes)


def _expect(work: Work, before: list[Work], calendar: Calendar, today: date) -> None:
    """Give *work* the day it can end on: not before today, its date or its steps."""
    step = work.step
    if step.finished:
        work.expected = step.done or min(filter(None, (work.due, today)))
        return
    ready = max((other.expected for other in before if other.expected), default=None)
    takes = step.takes if step.takes and step.takes.known else None
    begins = [ready, work.begin if work.agreed_begin else None]
    begin = max(filter(None, begins), default=None)
    work.earliest = calendar.add(begin, takes) if begin and takes else begin
    work.expected = max(filter(None, (work.due, work.earliest)), default=None)
    if work.expected and work.expected < today:
        work.expected = calendar.roll(today) or today


def _time(
    work: Work,
    works: dict[str, Work],
    calendar: Calendar,
    today: date,
    *,
    critical: bool,
) -> StepTime:
    step = work.step
    waits_on = tuple(a for a in step.after if a in works and _holds_up(works[a].step))
    late = _days_late(work, today)
    moves = [move for move in step.moves if not move.hidden]
    return StepTime(
        step=step,
        begin=work.begin,
        due=work.due,
        day=work.day,
        agreed=work.agreed_due or work.agreed_begin,
        expected=work.expected,
        state=_state(work, late, waits_on, today),
        late=late,
        waits_on=waits_on,
        week=calendar.week(work.day)
        if work.day
        else step.due.week
        if step.due
        else None,
        critical=critical,
        moved_from=moves[0].from_ if moves and moves[0].from_ != work.day else None,
    )


def _holds_up(step: Step) -> bool:
    """Tell whether others visibly wait for *step*; a hidden one only moves dates."""
    return not (step.finished or step.hidden or step.status == "cancelled")


def _days_late(work: Work, today: date) -> int:
    step = work.step
    if step.finished or step.status == "cancelled":
        return 0
    begun = step.status == "in-progress" and not work.agreed_due
    day = work.due if begun else work.day
    return max((today - day).days, 0) if day else 0


def _state(work: Work, late: int, waits_on: tuple[str, ...], today: date) -> str:
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
    soon = work.day is not None and work.day - today < SOON
    return "soon" if soon else "todo"
