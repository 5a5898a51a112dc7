"""What happened to a plan, one thing at a time: as versions tell it, and as it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from mapsite.plan.past import Change, History
from mapsite.room.changes_view import Told
from mapsite.room.step_view import Named, StepView, WhoView
from mapsite.room.view import RoomView

PARTS = {
    "steps": "step",
    "people": "person",
    "questions": "question",
    "criteria": "criterion",
    "metrics": "metric",
    "documents": "document",
    "risks": "risk",
}
"""The lists of a plan, each with what the anchors of its items begin with."""


class Event(NamedTuple):
    """One thing that happened to one item or field."""

    day: date
    who: WhoView | None
    why: str | None
    told: Told
    id: str = ""
    """Empty for a field of the plan, and for what is gone."""

    @property
    def key(self) -> tuple[object, ...]:
        """Return what is the same where two tell of the same."""
        told = self.told
        moved = (told.was, told.to) if told.kind == "moved" else ()
        return told.kind, told.part, self.id, *moved


class _Shown(NamedTuple):
    """What the room shows, found by what a plan calls it."""

    items: dict[tuple[str, str], Named]
    """By list and id, with today's titles."""
    people: dict[str, WhoView]
    steps: dict[str, StepView]


def events_of(view: RoomView, history: History) -> tuple[list[Event], list[Event]]:
    """Return what *history* tells, and what only *view* does, both in plan order."""
    shown = _shown(view)
    known = [_read(change, shown) for change in history.changes]
    keys = {event.key for event in known}
    own = [event for event in _recorded(view, shown) if event.key not in keys]
    places = {named.anchor: place for place, named in enumerate(shown.items.values())}
    for events in (known, own):
        events.sort(key=lambda event: [places[one.anchor] for one in event.told.items])
    return known, own


def _shown(view: RoomView) -> _Shown:
    titles = [("steps", step.id, step.title) for step in view.steps]
    titles += [("people", one.id, one.called) for one in view.people]
    titles += [("documents", one.id, one.title) for one in view.documents]
    for part in ("questions", "criteria", "metrics", "risks"):
        titles += [(part, one.id, one.text) for one in getattr(view, part)]
    items = {
        (part, one): Named(title, f"{PARTS[part]}-{one}") for part, one, title in titles
    }
    people = {one.id: WhoView(one.called, one.side) for one in view.people}
    return _Shown(items, people, {step.id: step for step in view.steps})


def _read(change: Change, shown: _Shown) -> Event:
    """Return *change* as the room tells it."""
    part, *rest = change.address.split("/")
    one = rest[0] if rest and (part, rest[0]) in shown.items else ""
    dated = change.kind in {"moved", "dated", "undated"}
    was, to = (_date(change.was), _date(change.to)) if dated else (None, None)
    if change.kind == "confirmed":
        to = _confirmed_day(shown, one, change.day)
    told = Told(
        kind=change.kind,
        part=part,
        items=(shown.items[part, one],) if one else (),
        fields=tuple(rest[bool(one) :][-1:]),
        was=was,
        to=to,
        state=change.to or "" if change.kind == "status" else "",
        before=_named(shown, change.was),
        person=_named(shown, change.to),
    )
    # Of whoever is not on the plan nobody knows for which side it was.
    who = shown.people.get(change.who or "")
    return Event(change.day, who, change.why, told, one)


def _named(shown: _Shown, person: str | None) -> str:
    return shown.people[person].name if person in shown.people else ""


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _who(shown: _Shown, name: str | None) -> WhoView | None:
    """Return who is called *name*."""
    known = (who for who in shown.people.values() if who.name == name)
    return next(known, WhoView(name, None)) if name else None


def _confirmed_day(shown: _Shown, one: str, day: date) -> date | None:
    """Return the day that somebody agreed to on *day*, unless it moved afterwards."""
    step = shown.steps.get(one)
    if step is None or any(move.on and move.on > day for move in step.moves):
        return None
    return step.day


def _recorded(view: RoomView, shown: _Shown) -> Iterator[Event]:
    """Yield what the plan itself says of its past."""
    for step in view.steps:
        yield from _of_step(step, shown)
    for one in view.questions:
        if one.answered:
            told = Told("answered", "questions", (shown.items["questions", one.id],))
            yield Event(one.answered, None, None, told, one.id)
    for person in view.people:
        if person.since and person.name:
            told = Told("joined", "people", (shown.items["people", person.id],))
            yield Event(person.since, None, None, told, person.id)


def _of_step(step: StepView, shown: _Shown) -> Iterator[Event]:
    named = (shown.items["steps", step.id],)
    if step.done:
        yield Event(step.done, None, None, Told("done", "steps", named), step.id)
    for move in step.moves:
        if move.on:
            told = Told("moved", "steps", named, was=move.was, to=move.to)
            yield Event(move.on, _who(shown, move.by), move.why, told, step.id)
    if step.confirmed_on and step.day:
        day = _confirmed_day(shown, step.id, step.confirmed_on)
        by = step.confirmed_by or ""
        told = Told("confirmed", "steps", named, to=day, person=by)
        yield Event(step.confirmed_on, None, None, told, step.id)
