"""Rules about days that cannot be kept, because of what comes before them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.rule import Finding, Rule, lasting, many, named, weekday
from mapsite.plan.schedule import StepTime

_BEGUN = frozenset({"in-progress", "at-risk", "blocked"})


def _impossible_date(at: Context) -> Iterator[Finding]:
    for time in at.live:
        found = _too_early(at, time) or _starts_too_early(at, time)
        if found := found or _began_before_the_plan(at, time):
            yield found


def _too_early(at: Context, time: StepTime) -> Finding | None:
    """Compare the agreed end with the first day that is possible."""
    if not time.held_by or not time.earliest or not time.due:
        return None
    if time.early and time.early <= time.due:
        return None  # whatever may take 5 to 10 days may take 5
    step, before = time.step, at.by_id[time.held_by]
    if time.held_by == step.id:
        why = f"{_length(time)} cannot end by {time.due}"
        if time.start:
            why = f"{_length(time)} from {time.start} cannot end by {time.due}"
    elif _inherits(at, time, before) and not _is_untold_goal(at, time):
        return None
    elif step.takes and step.takes.known:
        why = f"after {_ends(at, before)}, {_length(time)} cannot end by {time.due}"
    else:
        why = f"{time.due} cannot be kept after {_ends(at, before)}"
    why += _held_up(at, time, time.earliest)
    fix = f"agree on {weekday(time.earliest)} or later, or let it begin sooner"
    return Finding(f"steps/{step.id}/due", why, fix)


def _held_up(at: Context, time: StepTime, end: date) -> str:
    """Name the first step that waits for a late one and is agreed for a day before."""
    for later in at.later.get(time.step.id, []):
        days = at.agreed[later.step.id]
        day = days.start or days.due
        if day and day < end and not later.step.finished:
            return f", and {later.step.id}, which waits for it, is on {day}"
    return ""


def _inherits(at: Context, time: StepTime, before: StepTime) -> bool:
    """Tell whether the day would hold if *before* kept its own, which it cannot."""
    agreed = at.agreed[before.step.id].due
    if not before.held_by or agreed is None or time.due is None:
        return False
    if before.step.hidden:
        return False  # of which nothing is told
    takes = time.step.takes
    end = at.times.calendar.add(agreed, takes) if takes and takes.known else agreed
    return end is None or end <= time.due


def _is_untold_goal(at: Context, time: StepTime) -> bool:
    """Tell whether a step is the goal's, and no other rule tells that it is missed."""
    goal, forecast = at.plan.goal.date, at.times.forecast
    missed = goal and forecast and (forecast > goal or goal < at.today)
    return time.step.id == at.times.goal_step and not missed


def _starts_too_early(at: Context, time: StepTime) -> Finding | None:
    """Compare the agreed beginning with what has to be finished before."""
    start = at.agreed[time.step.id].start
    if start is None or start < at.today or time.step.status in _BEGUN:
        return None
    ends = [
        (before.expected, before)
        for step_id in time.step.after
        if (before := at.by_id.get(step_id))
        and before.expected
        and before.step.status != "cancelled"
    ]
    last, before = max(ends, key=lambda end: end[0], default=(None, None))
    if last is None or before is None or last <= start:
        return None
    agreed = at.agreed[before.step.id].due
    if before.held_by and agreed and agreed <= start:
        return None
    return Finding(
        f"steps/{time.step.id}/start",
        f"this step cannot begin on {start}, after {_ends(at, before)}",
        f"agree on {weekday(at.times.calendar.roll(last) or last)} or later",
    )


def _began_before_the_plan(at: Context, time: StepTime) -> Finding | None:
    """Find work under way whose length says that it began before the plan did."""
    step, days = time.step, at.agreed[time.step.id]
    created, takes = at.plan.created, step.takes
    if step.status not in _BEGUN or days.start or not days.due or step.after:
        return None
    if not takes or not takes.known or not created:
        return None
    began = at.times.calendar.shift(days.due, -takes.least, takes.least_unit)
    first = at.times.calendar.shift(created, takes.least, takes.least_unit)
    if began is None or first is None or began >= created:
        return None
    return Finding(
        f"steps/{step.id}/due",
        f"{_length(time)} until {days.due} would have begun on {began}, before the"
        f" plan did ({created}){_held_up(at, time, first)}",
        f"say in `start` when it began; from {created} it ends on {first}",
    )


def _ends(at: Context, before: StepTime) -> str:
    """Say when a step ends as things stand, and that its day has passed."""
    name, end = at.called(before.step), before.expected
    if before.late and not before.step.hidden:
        return f"{name}, which is open and cannot end before {end}"
    return f"{name}, which {'ended' if before.step.finished else 'ends'} on {end}"


def _length(time: StepTime) -> str:
    takes = time.step.takes
    return lasting(takes) if takes and takes.known else "the work"


def _goal_out_of_reach(at: Context) -> Iterator[Finding]:
    goal, forecast, step_id = at.plan.goal.date, at.times.forecast, at.times.goal_step
    if goal is None or (step_id and at.by_id[step_id].step.finished):
        return
    if all(time.step.finished for time in at.visible):
        return
    if goal < at.today:
        why = f"the goal's date {goal} has passed"
        fix = "agree on a new one, or close the plan with its `status`"
        yield Finding("goal/date", why, fix)
    elif forecast and forecast > goal:
        days = many((forecast - goal).days, "day")
        why = f"as things stand the goal is reached on {forecast}, {days} after {goal}"
        live = {time.step.id for time in at.live}
        chain = [step_id for step_id in at.times.chain if step_id in live]
        way = f" ({named(chain)})" if chain else ""
        fix = f"shorten what leads there{way}, or agree on a later date"
        yield Finding("goal/date", why, fix)


def _pilot_before_security(at: Context) -> Iterator[Finding]:
    reviews = [t for t in at.live if at.kinds[t.step.id] == "security-review"]
    pilots = [t for t in at.live if at.kinds[t.step.id] == "pilot"]
    for review in reviews:
        end = _review_end(at, review)
        for pilot in pilots:
            begin = at.agreed[pilot.step.id].start or pilot.begin or pilot.day
            if not end or not begin or end <= begin or review.step.fallback:
                continue
            if _waits(at, pilot.step.id, review.step.id):
                continue
            yield Finding(
                f"steps/{pilot.step.id}",
                f"the pilot begins on {begin}, and {review.step.id} ends on {end}",
                "ask whether it may begin before the approval, or let it wait with"
                f" `after: [{review.step.id}]`",
            )


def _review_end(at: Context, review: StepTime) -> date | None:
    """Return when a review ends; one that cannot have ended by its day begins on it."""
    takes, days = review.step.takes, at.agreed[review.step.id]
    if not takes or not takes.known or not days.due or days.start:
        return review.expected
    began = at.times.calendar.subtract(days.due, takes)
    if began and at.plan.created and began < at.plan.created:
        return at.times.calendar.add(days.due, takes)
    return review.expected


def _waits(at: Context, later: str, before: str) -> bool:
    seen, left = set(), [later]
    while left:
        step_id = left.pop()
        if step_id == before:
            return True
        if step_id not in seen and step_id in at.by_id:
            seen.add(step_id)
            left += at.by_id[step_id].step.after
    return False


RULES = (
    Rule(
        "impossible-date",
        "warning",
        "a day cannot be kept",
        "What a step waits for, or its own length, ends after the day that is agreed"
        " for it. The room says so too.",
        "Agree on a later day, begin sooner, or shorten what comes before.",
        _impossible_date,
    ),
    Rule(
        "goal-out-of-reach",
        "warning",
        "the goal cannot be reached on its day",
        "The steps that lead to the goal end after its date, as things stand today.",
        "Run steps side by side (`mapsite schedule` says which), or agree on a later"
        " date while there is time.",
        _goal_out_of_reach,
    ),
    Rule(
        "pilot-before-security",
        "info",
        "a pilot begins before the security review ends",
        "Many companies let nothing in before their security people have said yes. A"
        " `fallback` of the review, such as masked data, answers this.",
        "Ask whether the pilot may begin before, or let it wait for the review.",
        _pilot_before_security,
    ),
)
