"""The days of one step: what the plan states, and what follows from other steps.

Steps come in the order of their dependencies. An agreed day is never moved; where it
cannot hold, `Work.expected` is later. A day that only follows from others does move:
with what it waits for, and with today while nobody has begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mapsite.plan.calendar import Calendar
from mapsite.plan.moment import Duration
from mapsite.plan.steps import Step

BEGUN = frozenset({"in-progress", "at-risk", "blocked"})
"""The states of a step that somebody works on."""


@dataclass(slots=True)
class Work:
    """Gather one step's days while the passes run."""

    step: Step
    begin: date | None = None
    due: date | None = None
    agreed_due: bool = False
    agreed_begin: bool = False
    expected: date | None = None
    earliest: date | None = None
    """The day it could end on, whatever day is agreed for its end."""
    starts: date | None = None
    """The day the work begins if everything goes on as it stands today."""
    anchored: bool = False
    """Whether its days follow from something stated, rather than from today."""
    worked_back: bool = False
    """Whether `due` is the latest day that keeps what comes after it."""
    near: bool = False
    """Whether it ends a workday after its agreed day, which is a way of counting."""
    near_from: date = date.max
    """The last day to begin on from which that is no delay. Where somebody asks what
    if, beginning later than now is one."""
    slip: Duration | None = None
    """How much longer it takes than the plan says, where somebody asks what if."""

    @property
    def day(self) -> date | None:
        """Return the day that both sides speak of."""
        return self.begin if self.agreed_begin and not self.agreed_due else self.due


def set_days(
    work: Work, before: list[Work], calendar: Calendar, today: date, *, leads: bool
) -> None:
    """Find the days of *work*, whose steps *before* have theirs.

    *leads* tells whether another step waits for it.
    """
    step = work.step
    work.due = calendar.resolve(step.due)
    work.begin = calendar.resolve(step.start, end=False)
    work.agreed_due, work.agreed_begin = work.due is not None, work.begin is not None
    work.anchored = _is_anchored(work, before)
    takes = known(step.takes)
    if step.finished:
        _finish(work, today)
    elif work.agreed_due:
        ready = _ready(work, before)
        _expect(work, ready, takes or _stated_length(work, ready), calendar, today)
    elif takes and all(other.due for other in before):
        ready = _ready(work, before)
        alone = ready is None and not before
        if alone:
            ready = calendar.roll(max(calendar.created or today, today))
        _follow(work, ready, takes, calendar, today)
        if alone and not leads:
            # It can begin at any time: that is worth no day in the plan.
            work.due = work.begin = None
    else:
        _at_the_earliest(work, _ready(work, before), takes, calendar, today)
    if work.due and work.begin is None and takes:
        work.begin = calendar.subtract(work.due, takes)
    if work.slip and work.expected and not step.finished:
        _slip(work, work.slip, calendar)


def known(takes: Duration | None) -> Duration | None:
    """Return *takes* where a date can follow from it."""
    return takes if takes and takes.known else None


def _is_anchored(work: Work, before: list[Work]) -> bool:
    step = work.step
    if work.agreed_due or work.agreed_begin or step.finished or step.status in BEGUN:
        return True
    return bool(before) and all(other.anchored for other in before)


def _slip(work: Work, slip: Duration, calendar: Calendar) -> None:
    """Let *work* end later than it is expected to."""
    work.expected = _later(work.expected, slip, calendar)
    work.earliest = _later(work.earliest, slip, calendar)
    if not work.agreed_due:
        work.due = work.expected


def _later(day: date | None, slip: Duration, calendar: Calendar) -> date | None:
    """Return *day* after *slip*; a business day after a Sunday is the Monday."""
    if day and slip.most_unit == "d":
        day = calendar.roll(day, -1)
    return calendar.add(day, slip) if day else None


def _ready(work: Work, before: list[Work]) -> date | None:
    """Return the day on which *work* can begin: stated, or when the last one ends."""
    ends = [other.expected for other in before]
    return max(filter(None, [*ends, work.begin]), default=None)


def _at_the_earliest(
    work: Work,
    ready: date | None,
    takes: Duration | None,
    calendar: Calendar,
    today: date,
) -> None:
    """Say when a step can end at the earliest, after some whose days are not known."""
    if takes is None:
        work.earliest = work.expected = ready
        return
    begin = _not_past(work, ready or calendar.roll(today), calendar, today)
    work.starts = begin
    work.earliest = work.expected = calendar.add(begin, takes) if begin else None


def _stated_length(work: Work, ready: date | None) -> Duration | None:
    """Return the days from agreed begin to agreed end of work that must begin later."""
    if not work.agreed_begin or work.begin is None or work.due is None:
        return None
    days = (work.due - work.begin).days
    if ready is None or ready <= work.begin or days <= 0:
        return None
    return Duration(f"{days}cd", days, "cd", days, "cd")


def _finish(work: Work, today: date) -> None:
    """Take the day on which a step was done for its day, where no other is agreed."""
    if work.due is None and work.step.done:
        work.due, work.agreed_due = work.step.done, True
    work.expected = work.step.done or min(filter(None, (work.due, today)))


def _expect(
    work: Work,
    ready: date | None,
    takes: Duration | None,
    calendar: Calendar,
    today: date,
) -> None:
    """Say when a step with an agreed end can end: not before it is ready, nor today."""
    planned = calendar.subtract(work.due, takes) if work.due and takes else None
    begin = _not_past(work, ready or planned, calendar, today) if takes else ready
    work.starts = begin
    if begin and takes and (ready or begin != planned):
        work.earliest = calendar.add(begin, takes)
    else:
        work.earliest = ready
    if work.due and work.earliest and takes and work.earliest > work.due:
        # Four weeks from a Monday end on a Friday for some and on a Monday for others.
        near = calendar.between(work.due, work.earliest) <= 1
        work.near = near and begin is not None and begin <= work.near_from
        work.earliest = work.due if work.near else work.earliest
    work.expected = max(filter(None, (work.due, work.earliest)), default=None)
    if work.expected and work.expected < today:
        work.expected = calendar.roll(today) or today


def _follow(
    work: Work, ready: date | None, takes: Duration, calendar: Calendar, today: date
) -> None:
    """Give a step whose end nobody agreed on the days that follow from the others."""
    begin = _not_past(work, ready, calendar, today)
    if begin is None:
        return
    end = calendar.add(begin, takes)
    if end and (end < today or takes.most_unit == "w"):
        end = calendar.roll(max(end, today))
    work.due = work.earliest = work.expected = end
    work.starts = begin
    if not work.agreed_begin:
        work.begin = begin


def _not_past(
    work: Work, begin: date | None, calendar: Calendar, today: date
) -> date | None:
    """Return *begin*, or today where it has passed and nobody has begun."""
    if begin and begin < today and work.step.status not in BEGUN:
        return calendar.roll(today)
    return begin
