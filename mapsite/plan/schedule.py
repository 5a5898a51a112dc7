"""What a plan means today: every date and state, derived once and here alone.

A pass over the steps in the order of their dependencies gives each step its days
(`mapsite.plan.days`), a look from the goal finds the way to it
(`mapsite.plan.critical`), and a pass back what is to spare (`mapsite.plan.slack`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from types import MappingProxyType

from mapsite.plan.calendar import Calendar
from mapsite.plan.critical import Graph, Way, way_to_goal
from mapsite.plan.days import Work, set_days
from mapsite.plan.model import Plan
from mapsite.plan.moment import Duration
from mapsite.plan.slack import Back, ancestors, latest_days, slack_of, tied, work_back
from mapsite.plan.step_time import Slack, StepTime, step_time

__all__ = ["Schedule", "StepTime", "schedule"]

Slips = Mapping[str, Duration]
"""How much later than expected steps end, by their ids."""

_NO_SLIPS: Slips = MappingProxyType({})


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
    finish: date | None
    """The day on which the last visible step ends, at this pace."""
    spare: int | None
    """Days from when the goal could be reached to its date; negative when past it."""

    def __getitem__(self, step_id: str) -> StepTime:
        """Return the times of the step with *step_id*."""
        return next(time for time in self.steps if time.step.id == step_id)


def schedule(
    plan: Plan, today: date, slips: Slips = _NO_SLIPS, *, early: bool = False
) -> Schedule:
    """Derive every date and state of *plan* as of *today*.

    *slips* asks what would be if some steps ended later than they are expected to,
    *early* also when each ends if every range is as short as it can be.
    """
    calendar = Calendar(plan)
    ids = {step.id for step in plan.steps}
    graph = {step.id: [a for a in step.after if a in ids] for step in plan.steps}
    order = tuple(TopologicalSorter(graph).static_order())
    forward = _Forward(plan, calendar, graph, order, today)
    works = forward.works(slips)
    way = way_to_goal(plan, works, graph)
    visible = frozenset(
        ancestors(graph, [step.id for step in plan.steps if not step.hidden])
    )
    finish = _finish(works[step_id] for step_id in visible)
    back = Back(plan, works, graph, calendar, way.goal_step, order, finish, visible)
    kept = latest_days(back, keep=True)
    soonest = forward.early(works, slips) if early else {}
    slacks = _slacks(back, way, soonest, kept)
    # Where a deal has ended, nothing is late any more and no delay counts.
    now = today if plan.status == "open" else None
    if now:
        work_back(back, kept, now)
    goal, chain = plan.goal.date, way.chain if now else ()
    return Schedule(
        today=today,
        calendar=calendar,
        steps=tuple(
            step_time(work, works, calendar, now, slacks[step_id])
            for step_id, work in works.items()
        ),
        chain=chain,
        goal_step=way.goal_step,
        forecast=way.forecast,
        finish=finish,
        spare=(goal - way.ready).days if goal and way.ready and chain else None,
    )


class _Forward:
    """Pass over the steps of one plan, each after those that it waits for."""

    def __init__(
        self,
        plan: Plan,
        calendar: Calendar,
        graph: Graph,
        order: tuple[str, ...],
        today: date,
    ) -> None:
        self._plan, self._calendar, self._graph = plan, calendar, graph
        self._order, self._today = order, today
        self._needed = _needed(plan, graph)

    def works(self, slips: Slips) -> dict[str, Work]:
        """Return every step with its days, each range at its longer length."""
        now = self._pass({step.id: Work(step) for step in self._plan.steps})
        if not slips:
            return now
        then = {s.id: Work(s, slip=slips.get(s.id)) for s in self._plan.steps}
        for step_id, work in now.items():
            then[step_id].near_from = (work.near and work.starts) or date.min
        return self._pass(then)

    def early(self, late: dict[str, Work], slips: Slips) -> dict[str, date | None]:
        """Return when each step ends if every range is as short as it can be."""
        ranges = {
            step_id: shortest
            for step_id, work in late.items()
            if (shortest := _shortest(work.step.takes))
        }
        if not ranges:
            return {step_id: work.expected for step_id, work in late.items()}
        short = {
            step_id: Work(
                work.step.model_copy(update={"takes": ranges[step_id]})
                if step_id in ranges
                else work.step,
                slip=slips.get(step_id),
            )
            for step_id, work in late.items()
        }
        return {step_id: work.expected for step_id, work in self._pass(short).items()}

    def _pass(self, works: dict[str, Work]) -> dict[str, Work]:
        for step_id in self._order:
            before = [
                works[a]
                for a in self._graph[step_id]
                if works[a].step.status != "cancelled"
            ]
            leads = step_id in self._needed
            set_days(works[step_id], before, self._calendar, self._today, leads=leads)
        return works


def _shortest(takes: Duration | None) -> Duration | None:
    """Return the shorter length of a range, None where there is only one."""
    if takes is None or not takes.known:
        return None
    if (takes.least, takes.least_unit) == (takes.most, takes.most_unit):
        return None
    unit = takes.least_unit
    return Duration(f"{takes.least}{unit}", takes.least, unit, takes.least, unit)


def _slacks(
    back: Back,
    way: Way,
    early: Mapping[str, date | None],
    kept: Mapping[str, date],
) -> dict[str, Slack]:
    latest = latest_days(back, keep=False)
    days = {
        step_id: slack_of(back.calendar, work.expected, latest.get(step_id))
        for step_id, work in back.works.items()
    }
    is_open = back.plan.status == "open"
    critical = tied(way.chain, days, back.graph) if is_open else set()
    return {
        step_id: Slack(
            early.get(step_id),
            latest.get(step_id),
            kept.get(step_id),
            days[step_id],
            step_id in critical,
        )
        for step_id in back.works
    }


def _finish(works: Iterable[Work]) -> date | None:
    ends = [work.expected for work in works if work.step.status != "cancelled"]
    return max(filter(None, ends), default=None)


def _needed(plan: Plan, graph: Graph) -> set[str]:
    """Return the steps that visible ones wait for, by way of hidden ones too."""
    visible = [step.id for step in plan.steps if not step.hidden]
    return ancestors(graph, [before for a in visible for before in graph[a]])
