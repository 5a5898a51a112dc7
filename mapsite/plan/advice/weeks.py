"""A rule about words that tell a week, against the dates beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.rule import Finding, Rule
from mapsite.plan.schedule import StepTime

_WEEK = re.compile(
    r"(?P<word>w|wk|week|woche|kw|semaine|semana)[ .-]?(?P<number>\d{1,2})\b",
    re.IGNORECASE,
)


def _week_differs(at: Context) -> Iterator[Finding]:
    told = [(time, *found) for time in at.visible if (found := _week_told(at, time))]
    if not told:
        return
    shifts = Counter(min(says - week for week in weeks) for _, says, weeks, _ in told)
    shift, count = shifts.most_common(1)[0]
    usual = shift if count > 1 and count * 2 > len(told) else 0
    for time, says, weeks, field in told:
        if time.step.finished or any(says - week == usual for week in weeks):
            continue
        yield Finding(
            f"steps/{time.step.id}/{field}",
            f"{field} says week {says}, and {time.day} lies in week {weeks[0] + usual}",
            "make the week and the date say the same",
        )


def _week_told(at: Context, time: StepTime) -> tuple[int, list[int], str] | None:
    """Return the week that a step names, those of its days, and where it does."""
    step, days = time.step, at.agreed[time.step.id]
    found, field = _WEEK.fullmatch(step.ref or ""), "ref"
    if found is None:
        found, field = _WEEK.match(step.title), "title"
    if found is None:
        return None
    stated = [day for day in (days.due, days.start) if day]
    if found["word"].casefold() == "kw":
        weeks: list[int | None] = [day.isocalendar().week for day in stated]
    else:
        weeks = [at.times.calendar.week(day) for day in stated]
    known = [week for week in weeks if week is not None]
    return (int(found["number"]), known, field) if known else None


RULES = (
    Rule(
        "week-differs",
        "warning",
        "a week in words is not that of the date",
        "Two people who read the same row read two dates. Weeks are counted from"
        " `created`, or as most rows count them; KW is the calendar's week.",
        "Make the week and the date say the same.",
        _week_differs,
    ),
)
