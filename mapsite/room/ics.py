"""The dates of a room as calendar files; the only module that knows icalendar.

One holds the whole plan and each owner's the steps that person has, as the same
entries: whoever takes both into one calendar sees a step once.

The lines are put in order here, and icalendar escapes the texts and folds the lines:
its components guess the type of every value anew, which takes ten times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from icalendar import vText
from icalendar.parser import Contentline

from mapsite import __version__
from mapsite.room.labels import Labels
from mapsite.room.step_view import StepView
from mapsite.room.view import RoomView

PLAN_FILE = "plan.ics"
"""The whole plan's calendar; the owners' lie where their views say."""

_HEAD = (
    "BEGIN:VCALENDAR\r\n"
    "VERSION:2.0\r\n"
    f"PRODID:-//mapsite//mapsite {__version__}//EN\r\n"
    "CALSCALE:GREGORIAN\r\n"
).encode()
_FOLD_FROM = 75
"""Bytes of the shortest line that is folded."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Event = dict[str, str]
"""The properties of one event, as they are written and in their order."""


def calendars(view: RoomView, labels: Labels) -> dict[str, bytes]:
    """Return the calendar files of *view* by their paths, as iCalendar (RFC 5545)."""
    scope = view.opaque_id(16)
    # Written once, however many people own the step.
    steps = {
        step.id: _written(_step_event(step, step.day, view, scope, labels))
        for step in view.steps
        if step.day
    }
    goal = [
        _written(_event(f"goal-{name}-{scope}", day, day, summary, view.today))
        for name, day, summary in _goal_days(view, labels)
    ]
    files = {PLAN_FILE: _file(view.title, [*steps.values(), *goal])}
    deal = f"{view.buyer.name} / {view.seller.name}"
    for person in view.people:
        if person.calendar:
            called = person.name or person.title or person.id
            own = [steps[step] for step in person.dated]
            files[person.calendar] = _file(f"{deal} · {called}", own)
    return files


def _file(name: str, events: Iterable[bytes]) -> bytes:
    return b"".join(
        [_HEAD, _folded(f"X-WR-CALNAME:{_line(name)}"), *events, b"END:VCALENDAR\r\n"]
    )


def _written(event: Event) -> bytes:
    lines = [_folded(f"{name}:{value}") for name, value in event.items()]
    return b"".join([b"BEGIN:VEVENT\r\n", *lines, b"END:VEVENT\r\n"])


def _goal_days(view: RoomView, labels: Labels) -> list[tuple[str, date, str]]:
    goal = view.goal
    days = [
        ("day", goal.day, labels("calendar.goal", outcome=goal.outcome)),
        ("decision", goal.decision, labels("calendar.decision", title=view.title)),
        ("go-live", goal.go_live, labels("calendar.go_live", title=view.title)),
    ]
    return [(name, day, str(words.unescape())) for name, day, words in days if day]


def _step_event(
    step: StepView, first: date, view: RoomView, scope: str, labels: Labels
) -> Event:
    last = step.end if step.end and step.end > first and step.begin == first else first
    team = str(labels("steps.team", name=view.seller.name).unescape())
    owners = ", ".join(who.name or team for who in step.owners)
    # A calendar takes over what has a higher number than the entry it knows.
    more = {"SEQUENCE": str(step.sequence)}
    if owners:
        more["DESCRIPTION"] = _text(owners)
    more["STATUS"] = _status(step)
    return _event(f"{step.id}-{scope}", first, last, step.title, view.today, more)


def _status(step: StepView) -> str:
    if step.state == "cancelled":
        return "CANCELLED"
    return "CONFIRMED" if step.agreed else "TENTATIVE"


def _event(
    uid: str,
    first: date,
    last: date,
    summary: str,
    today: date,
    more: dict[str, str] | None = None,
) -> Event:
    event = {"SUMMARY": _text(summary), "DTSTART;VALUE=DATE": _day(first)}
    # The day after the end; without one it is an event of one day.
    if last < date.max:
        event["DTEND;VALUE=DATE"] = _day(last + timedelta(days=1))
    event["DTSTAMP"] = f"{_day(today)}T000000Z"
    event["UID"] = f"{uid}@mapsite.invalid"
    return {**event, **(more or {}), "TRANSP": "TRANSPARENT"}


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _line(text: str) -> str:
    """Return *text* without what some readers of calendars take for a line's end."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _text(text: str) -> str:
    return vText(_line(text)).to_ical().decode()


def _folded(line: str) -> bytes:
    written = line.encode()
    if len(written) < _FOLD_FROM:
        return written + b"\r\n"
    content: Any = Contentline  # its methods have no types
    return bytes(content(line).to_ical()) + b"\r\n"
