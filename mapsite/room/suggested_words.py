"""What others suggest, beside what it is about, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from mapsite.plan.day import read_date
from mapsite.plan.moment import read_moment
from mapsite.plan.operations import KEYED, Operation
from mapsite.plan.wording import in_line
from mapsite.room.escaping import NOTHING, Markup, escape, joined, safe
from mapsite.room.labels import Labels
from mapsite.room.marks import MARKS, Marks, state
from mapsite.room.suggested import Suggested
from mapsite.room.suggesting_view import in_quotes
from mapsite.room.view import RoomView
from mapsite.room.voice import Voice

MOST_SHOWN = 20
"""So many that wait, and so many that were decided; a room is no guest book."""
_MOST_KNOWN = 200
"""So many the reader's own list hears of."""
_MOST_TEXT = 200
_LISTED = ("steps", "people", "questions", "criteria")
"""The lists whose heads have room for what is to be added."""
_ADDED = {"steps": "step", "people": "person", "criteria": "criterion"}
_BY_FIELD = {
    ("steps", "due"): "move",
    ("steps", "start"): "move",
    ("questions", "due"): "move",
    ("goal", "date"): "move",
    ("goal", "outcome"): "reword",
    ("steps", "owners"): "owner",
    ("people", "name"): "name",
    ("people", "title"): "position",
}
"""What a field's new value is called in the form."""
_BY_STATE = {("steps", "done"): "done", ("criteria", "met"): "met"}
_KEPT = {
    "goal": ("outcome", "date"),
    "steps": ("due", "status"),
    "people": ("name", "title"),
    "questions": ("due",),
    "criteria": ("status",),
}
"""The fields whose value of today the room knows as the plan writes it."""
_OTHERWISE = "accepted_otherwise"
_SHAPES = {"accepted": "done", "already": "done", "declined": "off", _OTHERWISE: "off"}


class SuggestedWords(Voice):
    """Say what was suggested in one room."""

    def __init__(self, view: RoomView, labels: Labels, marks: Marks) -> None:
        """Take the suggestions from *view*."""
        super().__init__(view, labels, marks)
        found = view.suggest.suggested if view.suggest else ()
        self._stated = view.suggest.stated if view.suggest else {}
        self._names = dict(_names(view)) if found else {}
        self._decided = [one for one in reversed(found) if one.outcome]
        self._waiting = [one for one in found if not one.outcome]
        self._beside = self._chips() if self._waiting else {}

    def at(self, address: str) -> Markup:
        """Draw what waits at the item or list at *address*."""
        return self._beside.get(address, NOTHING)

    def known(self) -> Markup:
        """Return what became of each by its id, as JSON between single quotes."""
        decided = self._decided[:_MOST_KNOWN]
        told = {one.id: [self._became(one), one.why] for one in decided}
        told |= {one.id: ["received", ""] for one in self._waiting[:_MOST_KNOWN]}
        return in_quotes(told) if told else NOTHING

    def outcomes(self) -> list[tuple[Markup, Markup, Markup]]:
        """Return day, sentence and outcome of what was decided, the newest first."""
        told = [
            (self._m.day(one.decided or one.since), self._what(one), self._outcome(one))
            for one in self._decided
            if one.outcome in _SHAPES
        ]
        return [line for line in told if line[1]][:MOST_SHOWN]

    def _chips(self) -> Mapping[str, Markup]:
        """Draw each suggestion that waits at whatever it is about."""
        found: dict[str, list[Markup]] = defaultdict(list)
        looks = self._view.suggest.looks if self._view.suggest else ""
        waits = self._t("suggest.waits", who=looks)
        for one in self._waiting[-MOST_SHOWN:]:
            for operation in one.operations:
                place, what = self._place(operation.path), self._sentence(operation)
                if not what:
                    continue
                told = self._t("suggest.pending", who=_short(one.who), what=what)
                found[self._shown_at(place)].append(
                    safe(
                        '<span class="map-said map-said--theirs map-noprint"'
                        f' data-suggestion="{escape(one.id)}">{told} ({waits})</span>'
                    )
                )
        return {place: joined("", chips) for place, chips in found.items()}

    def _shown_at(self, place: str) -> str:
        """Return where the page has room for it: a list without items is not there."""
        if place in KEYED and not (place in _LISTED and getattr(self._view, place)):
            return "goal"
        return place

    def _what(self, one: Suggested) -> Markup:
        """Say in a sentence what somebody suggested; nothing where it is not shown."""
        parts = [told for told in map(self._sentence, one.operations) if told]
        if not parts:
            return NOTHING
        told = joined("; ", parts)
        return self._t("suggest.pending", who=_short(one.who), what=told)

    def _outcome(self, one: Suggested) -> Markup:
        why = one.why if one.outcome == "declined" else ""
        became = self._became(one)
        key = f"suggest.state_{became}{'_why' if why else ''}"
        return state("", self._t(key, why=_short(why)), _SHAPES[became])

    def _became(self, one: Suggested) -> str:
        """Return the outcome of *one*, and whether it is what the plan says today."""
        kept = one.outcome != "accepted" or all(map(self._holds, one.operations))
        return one.outcome if kept else _OTHERWISE

    def _holds(self, operation: Operation) -> bool:
        """Tell whether the plan of today says so, as far as the room knows."""
        name, _, rest = operation.path.partition("/")
        place, field = self._place(operation.path), rest.rpartition("/")[2]
        wanted = {"set": operation.new, "confirm": operation.old}.get(operation.op)
        facts = self._stated.get(place)
        if facts is None or field not in _KEPT.get(name, ()):
            return True
        if not isinstance(wanted, str):
            return True
        if (name, wanted) in _BY_STATE and "status" not in facts:
            return "over" in facts
        return wanted in {facts.get(field), facts.get("day")}

    def _place(self, path: str) -> str:
        """Return where in the page something about *path* stands."""
        name, *rest = path.split("/")
        return f"{name}/{rest[0]}" if name in KEYED and rest else name

    def _sentence(self, operation: Operation) -> Markup:
        """Say what *operation* would do; nothing where it is about what is not here."""
        place = self._place(operation.path)
        item = self._names.get(place)
        if item is None:
            return NOTHING
        key, new = self._said(operation, place.partition("/")[0])
        old = self._old(operation, place)
        if not old:
            key = {"move": "day", "works": "change"}.get(key, key)
        told = self._t(
            f"suggest.says_{key}",
            item=_short(item),
            old=old,
            new=new,
        )
        if not operation.why:
            return told
        return self._t("suggest.because", what=told, why=_short(operation.why))

    def _said(self, operation: Operation, name: str) -> tuple[str, Markup | str]:
        """Return the words of the form for *operation*, and its value."""
        op, value = operation.op, self._value(operation.new)
        if op in {"comment", "answer", "ask"}:
            return op, value
        if op == "add" and operation.path == name and name in _ADDED:
            return _ADDED[name], self._new(operation.new, value)
        if op == "set" and value:
            return self._set(name, operation.path.rpartition("/")[2], operation.new)
        return {"confirm": "works", "remove": op}.get(op, "change"), ""

    def _set(self, name: str, field: str, new: object) -> tuple[str, Markup | str]:
        key = _BY_FIELD.get((name, field), "change")
        moment = read_moment(new) if key == "move" and isinstance(new, str) else None
        if moment and moment.anchor:
            return key, self._m.moment(moment)
        if field != "status" or not isinstance(new, str):
            return key, self._value(new)
        if (name, new) in _BY_STATE:
            return _BY_STATE[name, new], ""
        section = "state" if name == "steps" else name
        word = self._t.maybe(f"{section}.{new}", "") if new in MARKS else ""
        return ("comment", word) if word else ("change", "")

    def _new(self, item: object, called: Markup | str) -> Markup | str:
        """Write a new item with its day and who it is with, or what somebody is."""
        told = item if isinstance(item, dict) else {}
        fields = ("title", "due", "owners") if "name" in told else ("due", "owners")
        more = [escape(self._value(told[one])) for one in fields if told.get(one)]
        return safe(f"{escape(called)} ({joined(', ', more)})") if more else called

    def _old(self, operation: Operation, place: str) -> Markup | str:
        """Write the day that the reader saw, however the plan writes it."""
        facts = self._stated.get(place, {})
        field = operation.path.rpartition("/")[2]
        same = operation.old is not None and operation.old == facts.get(field)
        found = facts.get("day") if same else operation.old
        known = read_date(found) if isinstance(found, str) else None
        return self._m.day(known) if known else ""

    def _value(self, value: object) -> Markup | str:
        """Write a value of an operation; nothing where there is none."""
        if isinstance(value, list):
            return self._t.join([escape(self._value(one)) for one in value])
        if isinstance(value, dict):
            names = ("name", "title", "text", "who", "buyer", "seller")
            return self._value(next((value[n] for n in names if value.get(n)), None))
        if not isinstance(value, str):
            return ""
        if found := read_date(value):
            return self._m.day(found)
        return _short(self._names.get(f"people/{value}", value))


def _short(text: str) -> str:
    return in_line(text, _MOST_TEXT)


def _names(view: RoomView) -> Iterator[tuple[str, str]]:
    """Yield what each item that can be seen is called, and an address of each list."""
    yield "goal", view.goal.outcome
    yield from ((name, "") for name in KEYED)
    for step in view.steps:
        yield f"steps/{step.id}", step.title
    for person in view.people:
        yield f"people/{person.id}", person.called
    for name in ("questions", "criteria", "metrics", "risks"):
        for one in getattr(view, name):
            yield f"{name}/{one.id}", one.text
    for document in view.documents:
        yield f"documents/{document.id}", document.title
