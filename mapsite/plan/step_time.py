"""What today makes of one step: its days, its state, what is to spare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mapsite.plan.calendar import Calendar
from mapsite.plan.days import Work
from mapsite.plan.steps import Step

_SOON = 3
"""Days in which a late step can be done, so that nothing more has to be said."""


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
    worked_back: bool
    """Whether `due` is the latest day that keeps the goal and what is agreed."""
    start: date | None
    """The day the work begins if everything goes on as it stands today."""
    expected: date | None
    """The day it will be finished on if everything goes on as it stands today."""
    early: date | None
    """The same, if whatever may take 5 to 10 days takes 5; None if nobody asked."""
    latest: date | None
    """The last day on which it can end so that the goal is met."""
    kept: date | None
    """The last day on which it can end so that the agreed days of later steps and the
    goal's buffer are kept too."""
    slack: int | None
    """Business days from `expected` to `latest`; negative where the goal is missed."""
    earliest: date | None
    """The first day on which it can end, where that is after its agreed end."""
    held_by: str | None
    """Id of the step that keeps it from ending before `earliest`: one before it,
    maybe hidden, or itself where its own length does."""
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
class Slack:
    """Hold what the passes beside the first one found of one step."""

    early: date | None
    latest: date | None
    kept: date | None
    days: int | None
    critical: bool


def step_time(
    work: Work,
    works: dict[str, Work],
    calendar: Calendar,
    now: date | None,
    slack: Slack,
) -> StepTime:
    """Sum up *work* as of *now*; None where the deal has ended."""
    step = work.step
    waits_on = tuple(a for a in step.after if a in works and _holds_up(works[a].step))
    late = _days_late(work, now) if now else 0
    moves = [move for move in step.moves if not move.hidden]
    held_by = _held_by(work, works) if now else None
    if late and now and (work.earliest is None or (work.earliest - now).days <= _SOON):
        held_by = None  # that it is late says as much
    return StepTime(
        step=step,
        begin=work.begin,
        due=work.due,
        day=work.day,
        agreed=work.agreed_due or work.agreed_begin,
        worked_back=work.worked_back,
        start=_start(work),
        expected=work.expected,
        early=slack.early,
        latest=slack.latest,
        kept=slack.kept,
        slack=slack.days,
        earliest=work.earliest if held_by else None,
        held_by=held_by,
        state=_state(work, late, waits_on, now),
        late=late,
        waits_on=waits_on,
        week=_week(work, calendar),
        critical=slack.critical,
        moved_from=moves[0].from_ if moves and moves[0].from_ != work.day else None,
    )


def _start(work: Work) -> date | None:
    """Return when the work begins; what takes no time begins when it ends."""
    begin = work.starts or work.begin
    if begin or work.step.takes:
        return begin
    return work.expected


def _held_by(work: Work, works: dict[str, Work]) -> str | None:
    """Return the step that makes the agreed end of *work* impossible."""
    if not work.agreed_due or work.due is None or work.earliest is None:
        return None
    if work.step.finished or work.step.status == "cancelled":
        return None
    if work.earliest <= work.due:
        return None
    before = [works[a] for a in work.step.after if a in works]
    before = [o for o in before if o.step.status != "cancelled" and o.expected]
    last = max(before, key=lambda other: other.expected or date.min, default=None)
    if last is None or last.expected != (work.starts or last.expected):
        return work.step.id
    return last.step.id


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
