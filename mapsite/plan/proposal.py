"""Days for a plan that has none yet: before the goal, with the spare time spread.

The forward pass says when each step can end at the earliest. Where the goal leaves more
time than that, every step gets its share of it, so that none is left for the end alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter

from mapsite.plan.calendar import Calendar
from mapsite.plan.critical import Graph
from mapsite.plan.days import known
from mapsite.plan.model import Plan
from mapsite.plan.moment import Moment
from mapsite.plan.schedule import schedule
from mapsite.plan.slack import ancestors
from mapsite.plan.steps import Step

Days = dict[str, date]
"""By the id of a step, the day on which it is to end."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Hold the days proposed for one plan, or why there are none."""

    days: Mapping[str, date]
    """For each step whose `due` is tbd; empty where the goal is out of reach."""
    reach: date
    """The first business day on which the steps before the goal can be finished."""
    spare: int
    """Business days from `reach` to the goal's date; negative where out of reach."""
    stuck: tuple[str, date] | None = None
    """A step whose own date cannot hold, and the day on which it can end."""


def propose(plan: Plan, start: date) -> Proposal:
    """Propose a day for every step of *plan* that says ``due: tbd``, from *start* on.

    Raises ValueError where the plan's goal has no date.
    """
    if plan.goal.date is None:
        raise ValueError("a goal without a date leads nowhere")
    stretch = _Stretch(plan, start, plan.goal.date)
    if stretch.spare < 0:
        return Proposal({}, stretch.reach, stretch.spare)
    days = stretch.days()
    stuck = _stuck(_with(plan, days), start)
    return Proposal(days, stretch.reach, stretch.spare, stuck)


class _Stretch:
    """Lay the earliest days of one plan over the time that there is."""

    def __init__(self, plan: Plan, start: date, goal: date) -> None:
        self._plan, self._start = plan, start
        self._calendar = Calendar(plan)
        self._first = self._calendar.roll(start) or start
        self._goal = self._calendar.roll(goal, -1) or goal
        # What hangs on the goal's date must not move when the goal does.
        self._forward = schedule(_without_goal(plan), start)
        goal_step = self._forward.goal_step
        # What neither leads to the goal nor follows from it is not held to its date.
        self._way = set() if goal_step is None else ancestors(_graph(plan), [goal_step])
        self._later = _later(plan, goal_step)
        self._earliest = dict(self._ends())
        self.reach = self._reach()
        self.spare = self._calendar.between(self.reach, self._goal)

    def days(self) -> Days:
        """Return a day for each open step: up to the goal, then onward from it."""
        days = dict(self._before())
        after = schedule(_with(self._plan, days), self._start)
        for time in after.steps:
            if _open(time.step) and time.step.id not in days and time.expected:
                rolled = self._calendar.roll(time.expected)
                days[time.step.id] = rolled or time.expected
        return days

    def _before(self) -> Iterator[tuple[str, date]]:
        """Yield the steps up to the goal, each after those that it waits for."""
        steps = tuple(s for s in self._plan.steps if s.id not in self._later)
        plan = self._plan.model_copy(update={"steps": steps})
        times = {time.step.id: time for time in schedule(plan, self._start).steps}
        done = {a: time.due for a, time in times.items() if time.agreed and time.due}
        for step_id in _order(plan):
            time = times[step_id]
            day = self._day(time.step, done) if _open(time.step) else None
            if day and time.latest and step_id in self._way:
                day = min(day, self._calendar.roll(time.latest, -1) or day)
            if day:
                done[step_id] = day
                yield step_id, day

    def _day(self, step: Step, done: Mapping[str, date]) -> date | None:
        """Return the share of *step*, not before those it waits for leave it time."""
        if step.id == self._forward.goal_step:
            return self._goal
        earliest = self._earliest.get(step.id)
        if earliest is None:
            return None
        needed = self._calendar.between(self._first, self.reach)
        there = self._calendar.between(self._first, self._goal)
        count = self._calendar.between(self._first, earliest)
        share = count * there // needed if needed else there
        day = self._calendar.shift(self._first, share, "d")
        ends = [done[a] for a in step.after if a in done]
        takes = known(step.takes)
        if day and ends and takes:
            soonest = self._calendar.add(max(ends), takes) or day
            day = max(day, self._calendar.roll(soonest) or soonest)
        return day

    def _ends(self) -> Iterator[tuple[str, date]]:
        """Yield the earliest end of each step, where its length and others tell it."""
        for time in self._forward.steps:
            takes = known(time.step.takes)
            alone = None
            if takes and not time.step.after:
                alone = self._calendar.add(self._first, takes)
            if day := time.expected or alone:
                yield time.step.id, self._calendar.roll(day) or day

    def _reach(self) -> date:
        goal_step = self._forward.goal_step
        if goal_step and goal_step in self._earliest:
            return self._earliest[goal_step]
        ends = [d for a, d in self._earliest.items() if a not in self._later]
        return max(ends, default=self._first)


def _stuck(plan: Plan, start: date) -> tuple[str, date] | None:
    """Return the first step of *plan* that cannot end on its day."""
    for time in schedule(plan, start).steps:
        if time.held_by and time.earliest:
            return time.step.id, time.earliest
    return None


def _open(step: Step) -> bool:
    """Tell whether *step* waits for a day to be proposed."""
    asks = step.due is not None and step.due.open
    return asks and not step.finished and step.status != "cancelled"


def _with(plan: Plan, days: Mapping[str, date]) -> Plan:
    """Return *plan* with *days* as the agreed ends of its steps."""
    steps = tuple(
        step.model_copy(update={"due": Moment(f"{day}", day=day)})
        if (day := days.get(step.id))
        else step
        for step in plan.steps
    )
    return plan.model_copy(update={"steps": steps})


def _without_goal(plan: Plan) -> Plan:
    goal = plan.goal.model_copy(update={"date": None, "go_live": None})
    return plan.model_copy(update={"goal": goal})


def _later(plan: Plan, goal_step: str | None) -> set[str]:
    """Return the steps that wait for the goal, by way of others too."""
    after = _graph(plan)
    found = {goal_step}
    for step_id in _order(plan):
        if found.intersection(after[step_id]):
            found.add(step_id)
    return {step_id for step_id in found if step_id and step_id != goal_step}


def _graph(plan: Plan) -> Graph:
    return {step.id: list(step.after) for step in plan.steps}


def _order(plan: Plan) -> tuple[str, ...]:
    return tuple(TopologicalSorter(_graph(plan)).static_order())
