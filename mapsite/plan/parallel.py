"""What could run in parallel, and how much sooner the goal would be reached.

Every link of the critical path is tried with the schedule of the plan itself: what if
a step waited for what the one before it waits for, and ran beside it? Whether it can,
only those who do the work know: a result is not reviewed before it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mapsite.plan.calendar import Calendar
from mapsite.plan.model import Plan
from mapsite.plan.moment import Moment
from mapsite.plan.schedule import Schedule, schedule
from mapsite.plan.steps import Step

MOST_ROUNDS = 5
"""More changes at once are another plan."""

_GATES = frozenset({"signature", "decision", "milestone"})
"""Kinds of step that are passed: nothing runs beside them, nor they beside others."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Hold what it would save if one step ran beside those that it waits for."""

    step: str
    """Id of the step that would begin sooner."""
    beside: tuple[str, ...]
    """Ids of the steps of the critical path that it would run beside, first one first.

    The step would wait for what these wait for; whatever waits for it, for these too.
    """
    days: int
    """Business days saved, at least 1."""
    weeks: int
    """Whole weeks saved; 0 where it is less than one."""
    finish: date
    """The day on which the goal could then be expected."""


@dataclass(frozen=True, slots=True)
class Together:
    """Hold what several changes would save that can all be made."""

    savings: tuple[Saving, ...]
    """One on top of the other, each with what it adds; at most `MOST_ROUNDS`."""
    days: int
    """Business days saved by all of them."""
    weeks: int
    """Whole weeks saved by all of them."""
    finish: date | None
    """The day on which the goal could then be expected."""


@dataclass(frozen=True, slots=True)
class _Try:
    """Hold a plan that might be, and when its goal can be expected."""

    plan: Plan
    times: Schedule
    saving: Saving | None = None

    @property
    def finish(self) -> date | None:
        """Return the goal's day at this pace, or the end of a plan without one."""
        return self.times.forecast if self.plan.goal.date else self.times.finish


def savings(plan: Plan, today: date) -> tuple[Saving, ...]:
    """Return what running steps in parallel could save, one by one, greatest first.

    Each step is named once, with the stretch of the critical path beside which it saves
    most.
    """
    found = _tries(_Try(plan, schedule(plan, today)))
    return tuple(tried.saving for tried in found if tried.saving)


def together(plan: Plan, today: date) -> Together:
    """Return what the best savings of *plan* come to where each builds on the last."""
    first = now = _Try(plan, schedule(plan, today))
    taken: list[Saving] = []
    while len(taken) < MOST_ROUNDS and (found := _tries(now)):
        now = found[0]
        taken += [now.saving] if now.saving else []
    days, weeks = _between(now, first)
    return Together(tuple(taken), days, weeks, now.finish)


def _tries(now: _Try) -> list[_Try]:
    """Return the changes of *now* that save something, greatest saving first."""
    chain = now.times.chain
    found = [
        best
        for place in range(1, len(chain))
        if (best := _longest(now, chain[: place + 1]))
    ]
    return sorted(
        found, key=lambda tried: tried.saving.days if tried.saving else 0, reverse=True
    )


def _longest(now: _Try, chain: tuple[str, ...]) -> _Try | None:
    """Let the last step of *chain* run beside as many before it as save more."""
    best: _Try | None = None
    plan, times = now.plan, now.times
    for beside in _stretches(now, chain):
        if not _frees(plan, times, chain[-1], beside[0]):
            break
        plan = _beside(plan, times, chain[-1], beside[0])
        times = schedule(plan, now.times.today)
        tried = _Try(plan, times)
        days, weeks = _between(tried, now)
        least = best.saving.days if best and best.saving else 0
        if tried.finish is None or days <= least:
            break
        saving = Saving(chain[-1], beside, days, weeks, tried.finish)
        best = _Try(plan, times, saving)
    return best


def _stretches(now: _Try, chain: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what the last step of *chain* might run beside: one step, two, ..."""
    steps = {step.id: step for step in now.plan.steps}
    last = steps[chain[-1]]
    if last.id == now.times.goal_step or not _may_move(last):
        return
    for place in range(len(chain) - 2, -1, -1):
        step = steps[chain[place]]
        if step.finished or step.kind in _GATES:
            return
        yield chain[place:-1]


def _may_move(step: Step) -> bool:
    """Tell whether nobody has begun with *step* and it is work."""
    waiting = step.status in {None, "todo"} and not step.finished
    return waiting and step.kind not in _GATES


def _frees(plan: Plan, times: Schedule, step_id: str, before_id: str) -> bool:
    """Tell whether a step could begin sooner if it did not wait for another one."""
    steps = {step.id: step for step in plan.steps}
    ends = {time.step.id: time.expected for time in times.steps}
    freed = ends[before_id]
    others = {*steps[step_id].after, *steps[before_id].after} - {before_id}
    return freed is not None and not any(
        end >= freed
        for other in others
        if (end := ends.get(other)) and steps[other].status != "cancelled"
    )


def _beside(plan: Plan, times: Schedule, step_id: str, before_id: str) -> Plan:
    """Let a step wait for what another one waits for, instead of for that one."""
    before = times[before_id].step
    steps = tuple(
        _sooner(step, before, times.calendar)
        if step.id == step_id
        else _later(step, step_id, before_id)
        for step in plan.steps
    )
    return plan.model_copy(update={"steps": steps})


def _sooner(step: Step, before: Step, calendar: Calendar) -> Step:
    """Return *step* beside the step *before* it; neither begins before its start."""
    after = dict.fromkeys((*step.after, *before.after))
    after.pop(before.id, None)
    changed: dict[str, object] = {"after": tuple(after)}
    starts = (calendar.resolve(each.start, end=False) for each in (step, before))
    begin = max(filter(None, starts), default=None)
    if begin:
        changed["start"] = Moment(begin.isoformat(), day=begin)
    return step.model_copy(update=changed)


def _later(step: Step, step_id: str, before_id: str) -> Step:
    """Return *step*, which waits for both where it waited for one after the other."""
    if step_id not in step.after or before_id in step.after:
        return step
    return step.model_copy(update={"after": (*step.after, before_id)})


def _between(sooner: _Try, later: _Try) -> tuple[int, int]:
    """Return by how many business days and whole weeks one finish is sooner."""
    if sooner.finish is None or later.finish is None:
        return 0, 0
    days = later.times.calendar.between(sooner.finish, later.finish)
    return days, (later.finish - sooner.finish).days // 7
