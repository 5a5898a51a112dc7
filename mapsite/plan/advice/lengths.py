"""A rule about words that tell a length, against the days beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.lexicon import words_of
from mapsite.plan.advice.rule import Finding, Limit, Rule, lasting, many
from mapsite.plan.moment import Duration
from mapsite.plan.schedule import StepTime
from mapsite.plan.steps import Step

_LASTING = frozenset(
    {"pilot", "security-review", "legal-review", "procurement", "implementation"}
)
"""Kinds of step whose titles may say how long they are."""
_WORKING = frozenset({"business", "working"})
_NAMES = {"d": "day", "b": "business day", "w": "week", "m": "month"}
_CALENDAR = {"d": 1.0, "w": 7.0, "m": 30.4}
_MOST = 1_000
_FEWEST_IDLE = 5
"""So many business days between two steps may just be room to breathe."""


class Claim(NamedTuple):
    """Hold a length that a title names."""

    number: int
    unit: str
    """``d``, ``b`` for business days, ``w`` or ``m``."""


class Span(NamedTuple):
    """Hold the days that a step really has."""

    first: date
    last: date
    until: str
    """What happens on the last day."""

    @property
    def days(self) -> int:
        """Return the calendar days between them."""
        return (self.last - self.first).days


def _duration_differs(at: Context) -> Iterator[Finding]:
    for time in at.live:
        claim = _claim(at, time.step)
        if claim and (found := _title_differs(at, time, claim)):
            yield found
        if found := _takes_differs(at, time):
            yield found


def _claim(at: Context, step: Step) -> Claim | None:
    """Return the length that the title of *step* names as its own."""
    words, lexicon = words_of(step.title), at.lexicon
    for place, word in enumerate(words):
        count = int(word) if word.isdecimal() else lexicon.numbers.get(word, 0)
        end = place + 1
        working = words[end : end + 1] and words[end] in _WORKING
        end += 1 if working else 0
        unit = lexicon.units.get(words[end]) if end < len(words) else None
        if not unit or not 0 < count < _MOST:
            continue
        beside = {*words[max(place - 1, 0) : place], *words[end + 1 : end + 2]}
        if not lexicon.no_length.isdisjoint(beside):
            continue
        if at.kinds[step.id] in _LASTING or end == len(words) - 1:
            return Claim(count, "b" if working else unit)
    return None


def _title_differs(at: Context, time: StepTime, claim: Claim) -> Finding | None:
    step, calendar = time.step, at.times.calendar
    told = many(claim.number, _NAMES[claim.unit])
    takes = step.takes if step.takes and step.takes.known else None
    if takes:
        if not _is_one(takes):
            return None
        first = time.start or at.today
        last = calendar.add(first, takes)
        span = Span(first, last or first, f"`takes: {takes.text}`")
        says = f"its length is {lasting(takes)}"
        says += f", {many(span.days, 'day')}" if takes.most_unit == "w" else ""
    else:
        found = _own_days(at, time) or _until_next(at, time)
        if found is None:
            return None
        span = found
        says = f"{span.first} to {span.last} ({span.until}) are {span.days} days"
    business = calendar.between(span.first, span.last)
    if _agrees(claim, span.days, business, at.limit("duration-differs", "percent")):
        return None
    return Finding(
        f"steps/{step.id}/title",
        f"the title says {told}, and {says}",
        "make the words and the days say the same",
    )


def _agrees(claim: Claim, days: int, business: int, percent: int) -> bool:
    """Tell whether a length is what the words say; days are counted, weeks felt."""
    if claim.unit == "b":
        return abs(claim.number - business) <= 1
    if claim.unit == "d":
        return min(abs(claim.number - days), abs(claim.number - business)) <= 1
    meant = claim.number * _CALENDAR[claim.unit]
    return abs(meant - days) * 100 <= percent * meant


def _takes_differs(at: Context, time: StepTime) -> Finding | None:
    """Find work that ends long before the day on which the plan goes on."""
    step, calendar = time.step, at.times.calendar
    takes = step.takes
    span = _own_days(at, time) or _until_next(at, time)
    if span is None or not takes or not takes.known or not _is_one(takes):
        return None
    end = calendar.add(span.first, takes)
    if end is None or end >= span.last:
        return None
    idle, meant = calendar.between(end, span.last), (end - span.first).days
    over = (span.days - meant) * 100 > at.limit("duration-differs", "percent") * meant
    if idle < _FEWEST_IDLE or not over:
        return None
    return Finding(
        f"steps/{step.id}/takes",
        f"{lasting(takes)} from {span.first} would end on {end}, and {span.until} is on"
        f" {span.last}: {span.days} days in all",
        "agree on an earlier day, or say what the days between are for",
    )


def _is_one(takes: Duration) -> bool:
    return (takes.least, takes.least_unit) == (takes.most, takes.most_unit)


def _own_days(at: Context, time: StepTime) -> Span | None:
    days = at.agreed[time.step.id]
    if days.start and days.due and days.start < days.due:
        return Span(days.start, days.due, "its end")
    return None


def _until_next(at: Context, time: StepTime) -> Span | None:
    """Return the days from a step that is known by its beginning to the next one."""
    days, step = at.agreed[time.step.id], time.step
    begins = any(at.lexicon.starts.find(words_of(step.title)))
    first = days.start if days.due is None else days.due if begins else None
    if first is None:
        return None
    after = [
        (begin, later.step.id)
        for later in _next_steps(at, time, first)
        if (begin := _begin(at, later)) and begin > first
    ]
    if not after:
        return None
    last, step_id = min(after)
    return Span(first, last, step_id)


def _next_steps(at: Context, time: StepTime, first: date) -> list[StepTime]:
    """Return what waits for a step; in a plan without `after`, what comes next."""
    later = at.later.get(time.step.id, [])
    if later or any(one.step.after for one in at.visible):
        return [
            one
            for one in later
            if not any(
                (end := at.by_id[other].expected) and end > first + timedelta(days=7)
                for other in one.step.after
                if other != time.step.id and other in at.by_id
            )
        ]
    return [one for one in at.visible if one.day and one.day > first]


def _begin(at: Context, time: StepTime) -> date | None:
    """Return the agreed day on which work on a step begins."""
    days, takes = at.agreed[time.step.id], time.step.takes
    if days.start or days.due is None:
        return days.start
    if takes and takes.known:
        return at.times.calendar.subtract(days.due, takes)
    return days.due


RULES = (
    Rule(
        "duration-differs",
        "info",
        "a length in words differs from the days",
        "A 30-day pilot in 28 days, or two weeks of procurement in 23 days: one of the"
        " two is not meant. Days are compared by one, weeks and months by a fifth.",
        "Make the words and the days say the same.",
        _duration_differs,
        {"percent": Limit(20, 1, 1_000, "percent that weeks and months may differ")},
    ),
)
