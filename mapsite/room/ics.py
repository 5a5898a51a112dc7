"""The dates of a room as a calendar file; the only module that knows icalendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from mapsite import __version__
from mapsite.room.labels import Labels
from mapsite.room.step_view import StepView
from mapsite.room.view import RoomView


def calendar(view: RoomView, labels: Labels) -> bytes:
    """Return the dates of *view* as iCalendar (RFC 5545), in the plan's order."""
    made = Calendar()
    made.add("prodid", f"-//mapsite//mapsite {__version__}//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", _line(view.title))
    scope = sha256(view.id.encode()).hexdigest()[:16]
    for step in view.steps:
        if step.day:
            made.add_component(_step_event(step, step.day, view, scope, labels))
    for name, day, summary in _goal_days(view, labels):
        made.add_component(
            _event(f"goal-{name}-{scope}", day, day, summary, view.today)
        )
    return bytes(made.to_ical())


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
    event = _event(f"{step.id}-{scope}", first, last, step.title, view.today)
    event.add("sequence", len(step.moves))
    event.add("status", _status(step))
    team = str(labels("steps.team", name=view.seller.name).unescape())
    owners = [who.name or team for who in step.owners]
    if owners:
        event.add("description", _line(", ".join(owners)))
    return event


def _status(step: StepView) -> str:
    if step.state == "cancelled":
        return "CANCELLED"
    return "CONFIRMED" if step.agreed else "TENTATIVE"


def _event(uid: str, first: date, last: date, summary: str, today: date) -> Event:
    event = Event()
    event.add("uid", f"{uid}@mapsite.invalid")
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("dtstart", first)
    # The day after the end; without one it is an event of one day.
    if last < date.max:
        event.add("dtend", last + timedelta(days=1))
    event.add("summary", _line(summary))
    event.add("transp", "TRANSPARENT")
    return event


def _line(text: str) -> str:
    """Return *text* without what some readers of calendars take for a line's end."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).split())
