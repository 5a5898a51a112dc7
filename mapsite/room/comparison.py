"""What a buyer would see changed between two states of a plan, as sentences.

Both states are views of rooms, the allowlist of what is shown: what is internal has no
way in. Two views that are the same make the same room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mapsite.plan.links import PrivateLink
from mapsite.room.comparison_words import (
    NOUNS,
    PARTS,
    changed,
    listed,
    moved,
    titled,
    told,
)
from mapsite.room.step_view import StepView
from mapsite.room.view import DocumentView, PersonView, QuestionView, RoomView

_GOAL_DAYS = {"day": "The goal", "decision": "The decision", "go_live": "Go-live"}
_GOAL_TEXTS = {
    "outcome": "outcome",
    "why": "reason",
    "event": "event",
    "value": "value",
}
_TOP = {
    "title": "title",
    "language": "language",
    "marking": "marking",
    "contact": "where suggestions go",
    "summary": "summary",
    "reviews": "regular review",
    "sections": "notes",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Tell one thing that would be other than it is."""

    address: str
    """``steps/security-review/day``; what it is about, by stable ids."""
    text: str
    """A sentence without its full stop."""


class Seen(NamedTuple):
    """Hold what a buyer sees of one state of a plan."""

    view: RoomView
    """Without a past: that follows from what is told here."""
    colors: tuple[str | None, ...] = ()
    links: Mapping[str, PrivateLink] = {}


def differences(before: Seen, after: Seen) -> tuple[Difference, ...]:
    """Return what a buyer would see changed; nothing where the room stays the same."""
    was, now = before.view, after.view
    found = [*_of_links(before, after), *_of_top(was, now), *_of_goal(was, now)]
    for part in PARTS:
        found += _of_list(part, was, now)
    found += _of_phases(was, now)
    if before.colors != after.colors:
        found.append(Difference("look", "The companies' colours change"))
    if followed := _followed(was, now, found):
        text = f"What follows from the rest changes for {listed(followed)}"
        found.append(Difference("steps", text))
    elif not found and was != now:
        found.append(Difference("", "Small things change that follow from the rest"))
    return tuple(found)


def arrival(seen: Seen) -> tuple[Difference, ...]:
    """Return what a buyer would see of a room that was not there before."""
    view = seen.view
    goal = f", the goal is {view.goal.day}" if view.goal.day else ""
    steps = len(view.steps)
    what = f"{steps} step{'' if steps == 1 else 's'}{goal}"
    return (Difference("", f"A new room for {titled(view.buyer.name)}: {what}"),)


def _of_links(before: Seen, after: Seen) -> Iterator[Difference]:
    """Tell which addresses come and go, and nothing of what they are made of."""
    for name in sorted({*before.links, *after.links}):
        old, new = (links.get(name) for links in (before.links, after.links))
        was, now = (link.nonce if link else None for link in (old, new))
        where = f"links/{name}"
        if was != now:
            what = "a new address" if now else "withdrawn"
            more = "; the old one stops working" if was and now else ""
            yield Difference(where, f"Link {name}: {what}{more}")
        ends = [link.expires if link and link.nonce else None for link in (old, new)]
        if now and ends[0] != ends[1]:
            until = f"ends after {ends[1]}" if ends[1] else "no longer ends"
            yield Difference(where, f"Link {name} {until}")


def _of_top(was: RoomView, now: RoomView) -> Iterator[Difference]:
    if was.status != now.status:
        yield Difference("status", f"The deal is now {told('status', now.status)}")
    for field, noun in _TOP.items():
        yield from _field("", field, noun, was, now, "The plan")
    for old, new in zip(was.parties, now.parties, strict=True):
        yield from _field(old.side, "name", "name", old, new, f"The {old.side}")
        if old.logo != new.logo:
            yield Difference(f"{old.side}/logo", f"{titled(new.name)}: another logo")
    ends = was.standing.forecast, now.standing.forecast
    words = was.standing.word, now.standing.word
    if words[0] != words[1]:
        old_word, new_word = (told("standing", word) for word in words)
        text = f"The plan as a whole is now {new_word}, before {old_word}"
        yield Difference("standing", text)
    if ends[0] != ends[1]:
        yield Difference("standing/forecast", moved("The expected end", *ends))


def _of_goal(was: RoomView, now: RoomView) -> Iterator[Difference]:
    for field, item in _GOAL_DAYS.items():
        days = getattr(was.goal, field), getattr(now.goal, field)
        if days[0] != days[1]:
            yield Difference(f"goal/{field}", moved(item, *days))
    for field, noun in _GOAL_TEXTS.items():
        yield from _field("goal", field, noun, was.goal, now.goal, "The goal")


def _of_phases(was: RoomView, now: RoomView) -> Iterator[Difference]:
    gates = [[(one.name, one.gate) for one in view.phases] for view in (was, now)]
    if gates[0] != gates[1]:
        yield Difference("phases", "The phases change")
    ids = [[step.id for step in view.steps] for view in (was, now)]
    stay = set(ids[0]) & set(ids[1])
    orders = [[one for one in some if one in stay] for some in ids]
    if orders[0] != orders[1]:
        yield Difference("steps", "The steps stand in another order")


def _of_list(part: str, was: RoomView, now: RoomView) -> Iterator[Difference]:
    """Tell the items of a list that come, go and change."""
    olds, news = _by_id(part, was), _by_id(part, now)
    noun = PARTS[part]
    for one, item in olds.items():
        if one not in news:
            text = f"{noun.capitalize()} removed: {_title(item)}"
            yield Difference(f"{part}/{one}", text)
    for one, item in news.items():
        if one not in olds:
            text = f"New {noun}: {_title(item)}{_terms(item)}"
            yield Difference(f"{part}/{one}", text)
        elif olds[one] != item:
            yield from _of_item(part, olds[one], item)


def _of_item(part: str, old: Any, new: Any) -> Iterator[Difference]:  # noqa: ANN401  # an item of any list
    where, item = f"{part}/{new.id}", _title(new)
    if isinstance(new, StepView):
        yield from _of_step(where, item, old, new)
    elif isinstance(new, PersonView):
        yield from _field(where, "name", "name", old, new, _title(old))
    elif isinstance(new, QuestionView | DocumentView) and old.due != new.due:
        yield Difference(f"{where}/due", moved(item, old.due, new.due))
    for field, noun in NOUNS[part].items():
        yield from _field(where, field, noun, old, new, item)


def _of_step(
    where: str, item: str, old: StepView, new: StepView
) -> Iterator[Difference]:
    if old.state != new.state:
        words = told("state", new.state), told("state", old.state)
        text = f"{item} is now {words[0]}, before {words[1]}"
        yield Difference(f"{where}/state", text)
    # The day of what is done is the day on which it was.
    if old.day != new.day and not new.state == "done" != old.state:
        yield Difference(f"{where}/day", moved(item, old.day, new.day))


def _followed(was: RoomView, now: RoomView, found: list[Difference]) -> list[str]:
    """Return the steps of which nothing is told though they are not the same."""
    olds, news = _by_id("steps", was), _by_id("steps", now)
    named = {"/".join(one.address.split("/")[:2]) for one in found}
    return [
        _title(item)
        for one, item in news.items()
        if one in olds and olds[one] != item and f"steps/{one}" not in named
    ]


def _field(
    where: str, field: str, noun: str, old: object, new: object, item: str
) -> Iterator[Difference]:
    was, now = getattr(old, field), getattr(new, field)
    if was != now:
        address = f"{where}/{field}" if where else field
        yield Difference(address, changed(item, field, noun, was, now))


def _by_id(part: str, view: RoomView) -> dict[str, Any]:
    return {one.id: one for one in getattr(view, part)}


def _title(item: Any) -> str:  # noqa: ANN401  # an item of any list
    if isinstance(item, PersonView):
        return titled(item.called)
    named = isinstance(item, StepView | DocumentView)
    return titled(item.title if named else item.text)


def _terms(item: object) -> str:
    """Say when and with whom a new step is, as far as that is known."""
    if not isinstance(item, StepView):
        return ""
    day = f", {item.day}" if item.day else ""
    owners = told("owners", item.owners)
    return f"{day}, with {owners}" if owners else day
