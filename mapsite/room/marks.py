"""The small pieces of markup that recur in a room: days, sides, states, pencils."""

from __future__ import annotations

from datetime import date
from functools import cache

from mapsite.plan.moment import Duration, Moment
from mapsite.room.escaping import Markup, escape, safe
from mapsite.room.labels import Labels
from mapsite.room.pencils import Pencils, mark
from mapsite.room.step_view import StepView, WhoView
from mapsite.room.view import RoomView

MARKS = {
    "done": "done",
    "cancelled": "off",
    "blocked": "blocked",
    "late": "late",
    "at-risk": "risk",
    "in-progress": "doing",
    "soon": "todo",
    "waiting": "todo",
    "todo": "todo",
    "open": "open",
    "met": "done",
    "not-met": "off",
    "needed": "todo",
    "requested": "doing",
    "shared": "done",
    "received": "done",
    "approved": "done",
    "signed": "done",
    "not-needed": "off",
    "on-track": "done",
    "behind": "risk",
    "unknown": "open",
    "reached": "done",
    "won": "done",
    "lost": "off",
    "no-decision": "off",
}
"""The shape of each state: done, doing, todo, open, late, blocked, risk or off."""


def state(name: str, word: str, shape: str = "") -> Markup:
    """Tell the state *name* by shape and by *word*; *shape* if not the usual one."""
    return _state(shape or MARKS[name], escape(word))


@cache
def _state(shape: str, word: Markup) -> Markup:
    return safe(
        f'<span class="map-state map-state--{shape}">{mark(shape)}&nbsp;{word}</span>'
    )


def link(anchor: str, title: str) -> Markup:
    """Link to a place in the page."""
    return safe(f'<a href="#{escape(anchor)}">{escape(title)}</a>')


def link_out(url: str, title: str) -> Markup:
    """Link to a place elsewhere, which learns nothing of where the reader came from."""
    rel = "noopener noreferrer nofollow"
    return safe(f'<a href="{escape(url)}" rel="{rel}">{escape(title)}</a>')


@cache
def day(value: date, text: str) -> Markup:
    """Mark up a day for machines and people."""
    return safe(f'<time datetime="{value.isoformat()}">{escape(text)}</time>')


class Marks(Pencils):
    """Make the pieces that depend on the room and its language."""

    def __init__(self, view: RoomView, labels: Labels) -> None:
        """Take the room's names, contact and day from *view*."""
        super().__init__(view, labels)
        self._tokens = {
            party.side: _token(party.side, party.letter) for party in view.parties
        }
        self._names = {party.side: party.name for party in view.parties}
        self._changed = safe(
            '<span class="map-new" hidden><span class="map-sr">'
            f"{labels('changes.mark')} </span></span>"
        )

    def side(self, side: str) -> Markup:
        """Draw the token of *side*, with its letter."""
        return self._tokens[side]

    def name(self, side: str) -> str:
        """Return the name of the company on *side*."""
        return self._names[side]

    def who(self, who: WhoView, *, title: bool = True) -> Markup:
        """Write an owner with position (unless *title* is false) and part in it."""
        name, does = self._called(who), f", {escape(who.does)}" if who.does else ""
        if not title or not who.title:
            return safe(f"{name}{does}")
        # Paper has less room than a screen, and the position stands with the people.
        position = f'<span class="map-noprint">, {escape(who.title)}</span>'
        return safe(f"{name}{position}{does}")

    def _called(self, who: WhoView) -> Markup:
        if who.name:
            return escape(who.name)
        return self._labels("steps.team", name=self._names["seller"])

    def names(self, owners: tuple[WhoView, ...]) -> Markup:
        """Write the owners in one phrase, without what each does."""
        called = [self._called(who) for who in owners]
        told = (
            self._with_side(name, who) if called.count(name) > 1 and who.name else name
            for name, who in zip(called, owners, strict=True)
        )
        return self._labels.join(dict.fromkeys(told))

    def _with_side(self, name: Markup, who: WhoView) -> Markup:
        return safe(f"{name} ({escape(self._names[who.side])})") if who.side else name

    def day(self, value: date) -> Markup:
        """Write a day short: ``28 May``."""
        return day(value, self._labels.day(value, self._view.today))

    def day_named(self, value: date) -> Markup:
        """Write a day with its weekday: ``Thu 28 May``."""
        weekday = self._labels.weekday(value)
        return self._labels("time.named", weekday=weekday, day=self.day(value))

    def long(self, value: date) -> Markup:
        """Write a day in full: ``15 August 2026``."""
        return day(value, self._labels.long(value))

    def moved(self, was: Markup, to: Markup) -> Markup:
        """Write that a day became another one: ``28 May → 4 Jun``."""
        labels = self._labels
        return safe(
            f'<span class="map-moved"><del><span class="map-sr">'
            f"{labels('steps.moved_from')} </span>{was}</del> "
            '<span aria-hidden="true">→</span><span class="map-sr"> '
            f"{labels('steps.moved_to')} </span> <ins>{to}</ins></span>"
        )

    def distance(self, value: date) -> str:
        """Write how far *value* is from today: ``in 12 weeks``."""
        return self._labels.distance((value - self._view.today).days)

    def takes(self, duration: Duration) -> Markup:
        """Write a duration in words."""
        labels = self._labels
        if not duration.known:
            return labels(f"takes.{duration.text}")
        most = labels.count(f"takes.{duration.most_unit}", duration.most)
        if (duration.least, duration.least_unit) == (duration.most, duration.most_unit):
            return most
        same = duration.least_unit == duration.most_unit
        least = (
            duration.least
            if same
            else labels.count(f"takes.{duration.least_unit}", duration.least)
        )
        return labels("takes.range", least=least, most=most)

    def moment(self, moment: Moment | None) -> Markup:
        """Write a moment whose day is not known."""
        labels = self._labels
        if moment and moment.week is not None:
            return labels("time.week_open", number=moment.week)
        if moment and moment.anchor and not moment.offset:
            return labels(f"time.on_{moment.anchor.replace('-', '_')}")
        if moment and moment.anchor:
            place = "before" if moment.offset < 0 else "after"
            span = labels.count(f"takes.{moment.unit}", abs(moment.offset))
            return labels(f"time.{place}_{moment.anchor.replace('-', '_')}", span=span)
        return labels("time.to_choose")

    def step_state(self, step: StepView) -> Markup:
        """Tell the state of *step*."""
        return state(step.state, self._labels(f"state.{step.state}"))

    def changed(self) -> Markup:
        """Mark what changed; hidden until the script knows the reader's last visit."""
        return self._changed

    def visit_day(self) -> Markup:
        """Leave the place of a day that only the reader's browser knows."""
        return Markup("<time></time>")


def _token(side: str, letter: str) -> Markup:
    two = " map-side--two" if len(letter) > 1 else ""
    return safe(
        f'<span class="map-side map-side--{side}{two}" aria-hidden="true">'
        f"{escape(letter)}</span>"
    )
