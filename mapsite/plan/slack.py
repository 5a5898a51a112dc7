"""The way back from the goal: the latest days that still meet it, and what is to spare.

Two passes against the order of the dependencies. The first one heeds the goal alone
and gives the slack; the second one keeps every agreed day and the goal's buffer too,
and gives a day to steps that have a length and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mapsite.plan.calendar import Calendar
from mapsite.plan.critical import Graph
from mapsite.plan.days import Work, known
from mapsite.plan.model import Plan

_MOST_YEARS = 30
"""Slack of more years is none to speak of, and long to count."""

Latest = Mapping[str, date]
"""By step, the last day on which it can end."""


@dataclass(frozen=True)
class Back:
    """Hold what is known of a plan when the passes back begin."""

    plan: Plan
    works: Mapping[str, Work]
    graph: Graph
    calendar: Calendar
    goal_step: str | None
    order: tuple[str, ...]
    """The steps in the order of their dependencies."""
    finish: date | None
    """When the last step ends."""
    shown: frozenset[str]
    """The visible steps and all that they wait for: a hidden step that nothing visible
    waits for must bound nothing."""

    @cached_property
    def live(self) -> list[str]:
        """Return the steps that are still to come, the last one first."""
        steps = (a for a in reversed(self.order) if a in self.shown)
        return [a for a in steps if _counts(self.works[a])]

    @cached_property
    def needed_by(self) -> dict[str, list[str]]:
        """Return for each step those that wait for it and are still to come."""
        found: dict[str, list[str]] = {}
        for step_id in self.live:
            for before in self.graph[step_id]:
                found.setdefault(before, []).append(step_id)
        return found

    @cached_property
    def after_goal(self) -> set[str]:
        """Return the steps that wait for the goal, by way of others too."""
        found = {self.goal_step} if self.goal_step else set()
        for step_id in self.order if found else ():
            if not found.isdisjoint(self.graph[step_id]):
                found.add(step_id)
        return found - {self.goal_step}


def latest_days(back: Back, *, keep: bool) -> dict[str, date]:
    """Return the last day on which each step can end so that the goal is met.

    With *keep* the agreed days of later steps and the goal's buffer are met too.
    """
    ends = _ends(back, keep=keep)
    latest: dict[str, date] = {}
    for step_id in back.live:
        limits = [
            _begin(back, later, latest, keep=keep)
            for later in back.needed_by.get(step_id, ())
        ]
        bound = min(filter(None, [*limits, ends.get(step_id)]), default=None)
        if bound:
            latest[step_id] = bound
    return latest


def slack_of(
    calendar: Calendar, expected: date | None, latest: date | None
) -> int | None:
    """Return the business days from *expected* to *latest*; negative when too late."""
    if expected is None or latest is None:
        return None
    if abs(latest.year - expected.year) > _MOST_YEARS:
        return None
    return calendar.between(expected, latest)


def work_back(back: Back, latest: Latest, today: date) -> None:
    """Give steps that have a length and no day the *latest* one that keeps the plan."""
    if back.plan.goal.date is None:
        return
    led = _led(back)
    for step_id in back.live:
        work = back.works[step_id]
        takes = known(work.step.takes)
        if work.anchored or work.slip or takes is None or step_id not in led:
            continue
        end = latest.get(step_id)
        begin = back.calendar.subtract(end, takes) if end else None
        soonest = max(filter(None, (work.begin, today)))
        if begin and begin >= soonest:
            work.due, work.begin, work.worked_back = end, begin, True


def _counts(work: Work) -> bool:
    return work.step.status != "cancelled" and not work.step.finished


def _begin(
    back: Back, later: str, latest: Mapping[str, date], *, keep: bool
) -> date | None:
    """Return the last day on which the step *later* can begin."""
    work = back.works[later]
    bounds = [latest.get(later)]
    if keep and work.agreed_due:
        bounds.append(work.due)
    end = min(filter(None, bounds), default=None)
    if end is None:
        return None
    takes = known(work.step.takes)
    begin = back.calendar.subtract(end, takes) if takes else end
    if work.near and begin and work.starts and work.due and end >= work.due:
        begin = max(begin, work.starts)
    if keep and work.agreed_begin and begin and work.begin:
        begin = min(begin, work.begin)
    if keep and later == back.goal_step:
        begin = _buffered(back, begin)
    # Nobody finishes on a day on which nobody works.
    return back.calendar.roll(begin, -1) if begin else None


def _ends(back: Back, *, keep: bool) -> dict[str, date]:
    """Return the days by which the steps must end that no other step waits for."""
    goal = back.plan.goal
    if goal.date is None:
        return dict.fromkeys(back.live, back.finish) if back.finish else {}
    ends: dict[str, date] = {}
    for step_id in back.live:
        day = back.works[step_id].day
        if step_id == back.goal_step:
            ends[step_id] = goal.date
        elif step_id in back.after_goal or (day and day > goal.date):
            # Without a day of go-live nothing bounds what comes after the goal.
            if goal.go_live:
                ends[step_id] = max(goal.go_live, goal.date)
        else:
            bound = _buffered(back, goal.date) if keep else goal.date
            ends[step_id] = bound or goal.date
    return ends


def _buffered(back: Back, day: date | None) -> date | None:
    buffer = known(back.plan.goal.buffer)
    return back.calendar.subtract(day, buffer) if day and buffer else day


def _led(back: Back) -> set[str]:
    """Return the goal's step, and those that something visible waits for."""
    visible = [a for a in back.live if not back.works[a].step.hidden]
    roots = [before for a in visible for before in back.graph[a]]
    return ancestors(back.graph, [*roots, *filter(None, [back.goal_step])])


def tied(
    chain: tuple[str, ...], slacks: Mapping[str, int | None], graph: Graph
) -> set[str]:
    """Return the critical path with the steps beside it that have no more slack."""
    known_slacks = [s for a in chain if (s := slacks.get(a)) is not None]
    if not known_slacks:
        return set(chain)
    least = min(known_slacks)
    way_in = ancestors(graph, chain)
    return {
        step_id
        for step_id in way_in
        if step_id in chain
        or ((days := slacks.get(step_id)) is not None and days <= least)
    }


def ancestors(graph: Graph, later: Iterable[str]) -> set[str]:
    """Return the steps *later* and all that they wait for."""
    found: set[str] = set()
    left = list(later)
    while left:
        step_id = left.pop()
        if step_id not in found:
            found.add(step_id)
            left += graph[step_id]
    return found
