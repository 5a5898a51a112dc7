"""Rules about single days: those that are missing, past, or on which nobody works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.rule import (
    MOST_NAMED,
    Finding,
    Rule,
    many,
    named,
    weekday,
)
from mapsite.plan.calendar import holiday_name
from mapsite.plan.item import shown
from mapsite.plan.moment import Moment
from mapsite.plan.schedule import StepTime

_SATURDAY = 5
_ANCHORS = {
    "created": "the day on which the plan began, whose week is week 1",
    "goal.go_live": "the day of go-live",
}
"""By key, what it says."""

Says = Callable[[date], str | None]
"""Tells why nobody works on a day, or None where people do."""


def _no_goal_date(at: Context) -> Iterator[Finding]:
    if at.plan.goal.date is None:
        why = "the goal has no date yet"
        yield Finding("goal/date", why, "ask the buyer by when, and what makes it so")


def _missing_anchor(at: Context) -> Iterator[Finding]:
    """Tell once of each key without which some days of the plan are not known."""
    found: dict[str, list[tuple[str, str]]] = {}
    for time in at.live:
        for place, moment in _moments(time):
            if key := _lacks(at, moment):
                found.setdefault(key, []).append((place, moment.text))
    for key, ((place, text), *others) in found.items():
        also = f", also in {named([other for other, _ in others])}" if others else ""
        yield Finding(
            place,
            f"`{text}` has no day, as `{key}` is missing{also}",
            f"write `{key}`: {_ANCHORS[key]}",
        )


def _moments(time: StepTime) -> Iterator[tuple[str, Moment]]:
    place = f"steps/{time.step.id}"
    for field, moment in (("start", time.step.start), ("due", time.step.due)):
        if moment:
            yield f"{place}/{field}", moment


def _lacks(at: Context, moment: Moment) -> str | None:
    """Return the key that a moment counts from, where the plan has it not."""
    if moment.week is not None or moment.anchor == "created":
        return None if at.plan.created else "created"
    missing = moment.anchor == "go-live" and at.plan.goal.go_live is None
    return "goal.go_live" if missing else None


def _no_date(at: Context) -> Iterator[Finding]:
    lacking = [
        time.step.id
        for time in at.live
        if time.day is None
        and not any(_lacks(at, moment) for _, moment in _moments(time))
        and not time.step.optional
        and not time.step.only_if
        and not (time.step.takes and time.step.takes.text == "ongoing")
    ]
    fix = "agree on a day, or give its length in `takes` and what it waits for"
    if len(lacking) > MOST_NAMED:
        why = f"{len(lacking)} steps ({named(lacking)}) have no date"
        yield Finding("steps", why, fix)
        return
    for step_id in lacking:
        place = f"steps/{step_id}"
        if at.by_id[step_id].step.due:
            place += "/due"
        yield Finding(place, "this step has no date that is known", fix)


def _weekend(at: Context) -> Iterator[Finding]:
    workdays = at.plan.calendar.workdays

    def says(day: date) -> str | None:
        if day.weekday() in workdays:
            return None
        name = weekday(day).split()[0]
        own = "" if day.weekday() >= _SATURDAY else ", which is no workday of this plan"
        return f"{day} is a {name}{own}"

    yield from _free(at, says)


def _holiday(at: Context) -> Iterator[Finding]:
    codes, workdays = at.plan.calendar.holidays, at.plan.calendar.workdays

    def says(day: date) -> str | None:
        if day.weekday() not in workdays:
            return None
        names = ((code, holiday_name(code, day)) for code in codes)
        return next((f"{day} is {name} ({code})" for code, name in names if name), None)

    yield from _free(at, says)


def _closed_window(at: Context) -> Iterator[Finding]:
    windows = shown(at.plan.calendar.closed)

    def says(day: date) -> str | None:
        for window in windows:
            if window.from_ <= day <= window.to:
                why = f" ({window.why})" if window.why else ""
                return f"{day} lies in the days closed until {window.to}{why}"
        return None

    yield from _free(at, says)


def _free(at: Context, says: Says) -> Iterator[Finding]:
    """Tell of each day of the plan on which nobody works, once."""
    found: dict[date, list[str]] = {}
    for told in at.told:
        found.setdefault(told.day, []).append(told.address)
    for day, (first, *others) in found.items():
        if why := says(day):
            also = f", also in {named(others)}" if others else ""
            yield Finding(first, why + also, _better(at, day))


def _better(at: Context, day: date) -> str:
    """Name the nearest day on which people work, rather before than after."""
    calendar = at.times.calendar
    before = calendar.roll(day, -1)
    if before and before >= at.today:
        return f"{weekday(before)} would do"
    after = calendar.roll(day)
    return f"{weekday(after)} would do" if after else "agree on another day"


def _step_past_date(at: Context) -> Iterator[Finding]:
    late = [time for time in at.live if time.late]
    if len(late) > MOST_NAMED:
        names = named([time.step.id for time in late])
        why = f"the days of {len(late)} steps ({names}) have passed"
        yield Finding("steps", why, "agree on new ones, or write down what is done")
        return
    for time in late:
        field = "due" if time.step.due else "start"
        yield Finding(
            f"steps/{time.step.id}/{field}",
            f"{time.day} was {many(time.late, 'day')} ago",
            "agree on a new day and write the reason under `moves`, or say it is done",
        )


def _question_past_date(at: Context) -> Iterator[Finding]:
    for question in at.open_questions:
        if question.due and question.due < at.today:
            days = many((at.today - question.due).days, "day")
            yield Finding(
                f"questions/{question.id}/due",
                f"this question was to be answered {days} ago",
                "answer it, or agree on a new day",
            )


RULES = (
    Rule(
        "no-goal-date",
        "info",
        "the goal has no date",
        "Without the goal's date nothing can be worked back from it.",
        "Ask by when the buyer needs it and what makes it so.",
        _no_goal_date,
    ),
    Rule(
        "missing-anchor",
        "warning",
        "a day counts from one that is missing",
        "`week 2` and `created+14d` count from the plan's `created`, `go-live-3w` from"
        " `goal.go_live`; without them nobody knows the day.",
        "Write the key that is named.",
        _missing_anchor,
    ),
    Rule(
        "no-date",
        "warning",
        "a step has no date",
        "A step without a date, and without a length from which one could follow, is"
        " nobody's turn. Optional, conditional and ongoing steps need none.",
        "Agree on a day, or write `takes` and `after`.",
        _no_date,
    ),
    Rule(
        "weekend",
        "warning",
        "an agreed day is no workday",
        "What is agreed for a day on which nobody works slips by the weekend. Go-live"
        " and milestones may fall on any day.",
        "Agree on the workday before.",
        _weekend,
    ),
    Rule(
        "holiday",
        "warning",
        "an agreed day is a public holiday",
        "What is agreed for a holiday of one of the sides happens after it, and often"
        " not on the next day.",
        "Agree on a workday before.",
        _holiday,
    ),
    Rule(
        "closed-window",
        "warning",
        "an agreed day lies in a closed window",
        "The plan's own calendar says that nobody works on it in these days.",
        "Agree on a day before or after the window.",
        _closed_window,
    ),
    Rule(
        "step-past-date",
        "warning",
        "the day of an open step has passed",
        "A day that has passed without a word makes all other days doubtful.",
        "Agree on a new day and keep the old one under `moves`, or say it is done.",
        _step_past_date,
    ),
    Rule(
        "question-past-date",
        "warning",
        "an open question is past its date",
        "A question that stays open holds up whatever waits for its answer.",
        "Answer it, or agree on a new day.",
        _question_past_date,
    ),
)
