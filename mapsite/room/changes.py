"""What happened to a plan, day by day: from its history, and from what it records.

Where both tell of the same, history does. Several of a kind on one day by one person
for one reason become one; from whom and why is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from mapsite.plan.past import History
from mapsite.room.changes_events import PARTS, Event, events_of
from mapsite.room.changes_view import (
    NOW,
    ChangesView,
    DayView,
    LatelyItem,
    Told,
    TurnView,
)
from mapsite.room.step_view import Named, WhoView
from mapsite.room.view import RoomView

LATELY = timedelta(days=31)
MOST_LATELY = 4
MOST_TOLD = 6
"""More than so many of a kind on one day are only counted."""

_ORDER = (
    *("moved", "dated", "undated", "done", "reopened", "status", "confirmed", "owner"),
    *("added", "removed", "asked", "answered", "joined", "named", "left"),
    *("changed", "reworded", "written"),
)
"""Every kind, in the order in which a day tells them."""
_VAGUE = ("changed", "reworded")
_TOGETHER = frozenset({"added", "removed", "joined", "named", "left", *_VAGUE})
"""Kinds that take one sentence for several items."""
_SMALL = frozenset({"removed", "left", "written", *_VAGUE})
"""What the first page does not tell."""


def with_past(view: RoomView, history: History) -> RoomView:
    """Return *view* with what may be told of its past."""
    known, own = events_of(view, history)
    events = known + own
    if not events:
        return view
    if history.start:
        events.append(Event(history.start, None, None, Told("written", "plan")))
    days = tuple(_days(events))
    past = ChangesView(
        days=days,
        changed=_changed(events),
        revisions=history.revisions,
        start=history.start or min(event.day for event in events),
        last=max(event.day for event in events),
        steps=_at_first("steps", len(view.steps), known),
        people=_at_first("people", len(view.people), known),
        cut=history.cut,
    )
    return replace(view, past=past, lately=tuple(_lately(days, view.today)))


def _days(events: Iterable[Event]) -> Iterator[DayView]:
    """Yield the days with what happened on each, newest first."""
    ordered = sorted(events, key=lambda event: event.day, reverse=True)
    for day, found in groupby(ordered, key=lambda event: event.day):
        turns: dict[tuple[WhoView | None, str | None], list[Told]] = {}
        for event in found:
            turns.setdefault((event.who, event.why), []).append(event.told)
        views = [TurnView(*key, _joined(told)) for key, told in turns.items()]
        yield DayView(day, tuple(sorted(views, key=lambda turn: _rank(turn.told[0]))))


def _rank(told: Told) -> tuple[bool, int]:
    # Where the goal or the whole plan changes, all else follows from it.
    return told.part not in {"goal", "status"}, _ORDER.index(told.kind)


def _joined(told: list[Told]) -> tuple[Told, ...]:
    """Return *told* in order, those of a kind as one where that says the same."""
    groups: dict[tuple[str, str, bool], list[Told]] = {}
    for one in _without_vague(told):
        groups.setdefault((one.kind, one.part, bool(one.items)), []).append(one)
    found: list[Told] = []
    for (kind, part, named), same in groups.items():
        gone = part in PARTS and not named
        whole = kind in _TOGETHER or len(same) > MOST_TOLD or gone
        found += [_one(same)] if whole else same
    return _in_order(found)


def _in_order(found: list[Told]) -> tuple[Told, ...]:
    """Sort *found*; what happened to one item stands where the first of it stands."""
    first: dict[object, int] = {}
    placed: list[tuple[int, int, Told]] = []
    for number, one in enumerate(sorted(found, key=_rank)):
        own = one.items[0].anchor if len(one.items) == 1 else number
        placed.append((first.setdefault(own, number), number, one))
    return tuple(one for _, _, one in sorted(placed, key=lambda found: found[:2]))


def _without_vague(told: list[Told]) -> list[Told]:
    """Leave out that an item was changed where it is told how, or told before."""
    if not any(one.kind in _VAGUE for one in told):
        return told
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for one in told:
        if one.kind != "reworded":
            said[one.kind == "changed"].update(item.anchor for item in one.items)
    more = {"changed": said[False], "reworded": said[False] | said[True]}
    return [
        one
        for one in told
        if not any(item.anchor in more.get(one.kind, ()) for item in one.items)
    ]


def _one(same: list[Told]) -> Told:
    """Return one that tells all of *same*, which are of a kind."""
    fields: dict[str, dict[str, None]] = {}
    items: dict[str, Named] = {}
    for one in same:
        anchor = one.items[0].anchor if one.items else ""
        fields.setdefault(anchor, {}).update(dict.fromkeys(one.fields))
        items |= {item.anchor: item for item in one.items}
    kind, part, count = same[0].kind, same[0].part, len(items)
    if not items:
        return Told(kind, part, count=len(same), fields=tuple(fields[""]))
    if count > MOST_TOLD or kind not in _TOGETHER:
        return Told(kind, part, count=count)
    each = tuple(" ".join(fields[anchor]) for anchor in items)
    return Told(kind, part, tuple(items.values()), count, each)


def _changed(events: Iterable[Event]) -> dict[str, date]:
    """Return the day on which each item changed last, by its anchor."""
    found: dict[str, date] = {}
    for event in events:
        for item in event.told.items:
            found[item.anchor] = max(found.get(item.anchor, date.min), event.day)
    return found


def _at_first(part: str, now: int, known: Iterable[Event]) -> int:
    """Return how many of a list there were in the first version."""
    steps = {"added": -1, "joined": -1, "removed": 1, "left": 1}
    changes = (e.told for e in known if e.told.part == part)
    return now + sum(steps.get(told.kind, 0) for told in changes)


def _lately(days: Iterable[DayView], today: date) -> Iterator[LatelyItem]:
    """Yield what matters most of the last month, newest first."""
    left = MOST_LATELY
    for one in days:
        if one.day > today or today - one.day > LATELY:
            continue
        told = (told for turn in one.turns for told in turn.told)
        large = (told for told in told if told.kind not in _SMALL)
        for _, found in groupby(large, key=_sentence):
            if left:
                left -= 1
                yield LatelyItem(one.day, tuple(found))


def _sentence(told: Told) -> tuple[object, ...]:
    """Return what is the same for those that make one sentence."""
    one = told.kind in NOW and len(told.items) == 1
    return (told.items[0].anchor,) if one else (told.kind, told.part, id(told))
