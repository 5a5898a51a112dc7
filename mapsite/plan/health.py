"""Where a plan stands, in one word with its reasons, and whose turn it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from mapsite.plan.calendar import Calendar
from mapsite.plan.model import Plan, Review
from mapsite.plan.people import People
from mapsite.plan.schedule import Schedule, StepTime
from mapsite.plan.texts import DAY_NAMES


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold the overall state of a plan; only what may be shown counts."""

    word: str
    """won, lost, no-decision, reached, unknown, behind, at-risk or on-track."""
    behind: int
    """Days from the goal's date to the forecast; 0 when in time."""
    counts: Counter[str]
    """Number of visible steps in each state of `StepTime`, cancelled ones apart."""
    total: int
    """Number of visible steps, cancelled ones apart."""
    dated: int
    """Number of those that have a day."""
    turn: StepTime | None
    """The step that needs somebody first."""
    turn_sides: tuple[str, ...]
    held: int
    """Number of visible steps whose agreed day cannot hold."""
    causes: tuple[StepTime, ...]
    """Blocked and late steps, the critical ones first."""


def standing(plan: Plan, times: Schedule, people: People) -> Standing:
    """Sum up *plan* as of the day of *times*."""
    visible = [
        time
        for time in times.steps
        if not time.step.hidden and time.state != "cancelled"
    ]
    turn = _turn(visible) if plan.status == "open" else None
    behind = _behind(plan, times) if plan.status == "open" else 0
    causes = [time for time in visible if time.state in {"blocked", "late"}]
    return Standing(
        word=_word(plan, times, visible, behind),
        behind=behind,
        counts=Counter(time.state for time in visible),
        total=len(visible),
        dated=sum(time.day is not None for time in visible),
        turn=turn,
        held=sum(time.held_by is not None for time in visible),
        turn_sides=people.sides(turn.step) if turn else (),
        causes=tuple(sorted(causes, key=lambda time: not time.critical)),
    )


def _behind(plan: Plan, times: Schedule) -> int:
    goal = plan.goal.date
    if goal is None or times.forecast is None:
        return 0
    return max((times.forecast - goal).days, 0)


def _word(plan: Plan, times: Schedule, visible: list[StepTime], behind: int) -> str:
    if plan.status != "open":
        return plan.status
    if times.goal_step and times[times.goal_step].state == "done":
        return "reached"
    if visible and all(time.state == "done" for time in visible):
        return "reached"
    if behind or (plan.goal.date and plan.goal.date < times.today):
        return "behind"
    troubled = {"blocked", "late", "at-risk"}
    if any(time.state in troubled or time.held_by for time in visible):
        return "at-risk"
    known = plan.goal.date and any(time.day for time in visible)
    return "on-track" if known else "unknown"


def _turn(visible: list[StepTime]) -> StepTime | None:
    """Return the unfinished step that waits for no other and is due first."""
    ready = [time for time in visible if time.state != "done" and not time.waits_on]
    return min(ready, key=lambda time: time.day or date.max, default=None)


def next_review(review: Review, calendar: Calendar, today: date) -> date | None:
    """Return the day of the next meeting of *review*, maybe today; None if unknown."""
    if review.next and review.next >= today:
        return review.next
    if review.every == "day":
        return calendar.roll(today)
    if review.every == "week" and (review.on or review.next):
        weekday = DAY_NAMES.index(review.on) if review.on else _weekday(review.next)
        return calendar.shift(today, (weekday - today.weekday()) % 7, "cd")
    if review.every == "2 weeks" and review.next:
        return calendar.shift(today, (review.next - today).days % 14, "cd")
    return None


def _weekday(day: date | None) -> int:
    return day.weekday() if day else 0
