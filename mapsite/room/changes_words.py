"""The sentences about a plan's past, like the minutes of its meetings."""

from __future__ import annotations

from mapsite.room.changes import MOST_TOLD
from mapsite.room.changes_events import PARTS
from mapsite.room.changes_view import NOW, ChangesView, Told
from mapsite.room.escaping import NOTHING, Markup, escape, joined, safe
from mapsite.room.goal_words import capital, sentences
from mapsite.room.labels import Labels
from mapsite.room.marks import MARKS, Marks, state
from mapsite.room.step_view import Named, WhoView
from mapsite.room.view import RoomView
from mapsite.room.voice import Voice

_FIELDS = frozenset(
    {"takes", "after", "phase", "tasks", "documents", "links", "evidence", "support"}
)
"""What of a step is named when it changed."""
_PLACES = frozenset({"goal", "title", "summary", "review", "sections", "phases"})
"""Parts of a plan that are no lists."""

_VAGUE = frozenset({"reworded", "changed"})


class ChangeWords(Voice):
    """Say what happened to a plan."""

    def __init__(
        self, view: RoomView, labels: Labels, marks: Marks, page: str = ""
    ) -> None:
        """Speak as a `Voice`; links lead to *page*, or stay where they are."""
        super().__init__(view, labels, marks)
        self._page = page

    def lead(self, past: ChangesView) -> Markup:
        """Say how often the plan was revised, since when, and whether that is all."""
        cut = self._t("changes.lead_cut") if past.cut else NOTHING
        return sentences(part for part in (self._often(past), cut) if part)

    def _often(self, past: ChangesView) -> Markup:
        if not past.revisions:
            return self._t("changes.lead_recorded")
        first, last = self._m.long(past.start), self._m.long(past.last)
        over = self._view.closed or past.last > self._view.today
        key = "changes.lead_closed" if over else "changes.lead"
        last = last if over else escape(self._m.distance(past.last))
        return self._t.count(key, past.revisions, first=first, last=last)

    def lines(self, happened: tuple[Told, ...]) -> list[Markup]:
        """Say what was done, a sentence for each item."""
        lines: list[Markup] = []
        before: tuple[Named, ...] = ()
        for told in happened:
            now = self._of_one(told)
            if now is not None and told.items and told.items == before:
                lines[-1] = self._t("changes.and", first=lines[-1], then=now)
            else:
                lines.append(self._sentence(told, now))
                before = () if now is None else told.items
        return lines

    def who(self, who: WhoView) -> Markup:
        """Write who did it."""
        named = self._m.who(who) if who.name else capital(self._m.who(who))
        return safe(f"{self._m.side(who.side)} {named}") if who.side else named

    def _sentence(self, told: Told, now: Markup | None) -> Markup:
        """Say one thing that happened, or several of a kind."""
        if told.kind == "written":
            return self._written()
        if told.part == "status":
            return self._ended(told)
        if told.part in PARTS and not told.items and told.kind not in _VAGUE:
            return self._counted(told)
        if now is not None:
            return self._t("changes.says", item=self._item(told), what=now)
        return self._phrase(told)

    def _phrase(self, told: Told) -> Markup:
        """Say what happened in a sentence of its own."""
        if told.kind == "added":
            key = f"changes.added_{told.part}"
            return self._t.count(key, told.count, items=self._what(told))
        if told.kind in {*_VAGUE, *NOW, "joined", "named"}:
            kind = "changed" if told.kind in NOW else told.kind
            return self._t(f"changes.{kind}", items=self._what(told))
        item = self._item(told)
        if told.kind == "owner":
            return self._owner(told, item)
        if told.kind == "confirmed":
            return self._confirmed(told, item)
        if told.kind == "asked" and told.person:
            return self._t("changes.asked_by", item=item, who=told.person)
        day = self._m.day(told.to) if told.to else NOTHING
        return self._t(f"changes.{told.kind}", item=item, day=day)

    def _of_one(self, told: Told) -> Markup | None:
        """Say what stands after the name of an item: its days, or its state."""
        if told.kind == "moved" and told.was and told.to:
            return self._m.moved(self._m.day(told.was), self._m.day(told.to))
        if told.kind == "done":
            return state("done", self._t("state.done"))
        if told.kind != "status" or told.state not in MARKS:
            return None
        section = told.part if told.part in {"criteria", "documents"} else "state"
        word = self._t.maybe(f"{section}.{told.state}", "")
        if not word:
            return None
        shape = "todo" if (section, told.state) == ("criteria", "open") else ""
        return state(told.state, word, shape)

    def _ended(self, told: Told) -> Markup:
        """Say that the deal has ended, or goes on."""
        word = self._t.maybe(f"standing.{told.state}", "")
        if not word or told.state not in MARKS:
            return self._t("changes.open_again")
        return self._t("changes.ended", state=state(told.state, word))

    def _owner(self, told: Told, item: Markup) -> Markup:
        was, to = told.before, told.person
        if was and to:
            return self._t("changes.owner_from", item=item, was=was, to=to)
        if was or to:
            key = "changes.owner_to" if to else "changes.owner_was"
            return self._t(key, item=item, who=to or was)
        return self._t("changes.owner", item=item)

    def _confirmed(self, told: Told, item: Markup) -> Markup:
        key = "changes.confirmed_by" if told.person else "changes.confirmed"
        if told.to is None:
            key = "changes.confirmed_day_by" if told.person else "changes.confirmed_day"
        day = self._m.day(told.to) if told.to else NOTHING
        return self._t(key, item=item, day=day, who=told.person)

    def _item(self, told: Told) -> Markup:
        """Name what it happened to."""
        if told.items:
            return self._link(told.items[0])
        field, t = "".join(told.fields), self._t
        if field == "event":
            title = escape(self._view.goal.why or t("timeline.event"))
        elif field in {"decision", "go_live"}:
            title = t(f"timeline.{field}")
        else:
            title = t("timeline.goal")
        return self._link(Named(title, "goal"))

    def _what(self, told: Told) -> Markup:
        """Name all that it happened to."""
        if told.items:
            fields = told.fields or ("",) * len(told.items)
            pairs = zip(told.items, fields, strict=True)
            return self._t.join(self._with_fields(*pair) for pair in pairs)
        if told.part in PARTS and told.count > MOST_TOLD:
            return self._t.count(f"changes.n_{told.part}", told.count)
        if told.part in {"buyer", "seller"}:
            return escape(self._m.name(told.part))
        if told.part == "goal":
            return self._link(Named(self._t("changes.at_goal"), "goal"))
        place = told.part if told.part in {*_PLACES, "steps"} else "other"
        return self._t(f"changes.at_{place}")

    def _with_fields(self, named: Named, fields: str) -> Markup:
        """Name an item, and what of it where that says more."""
        words = [
            self._t(f"changes.field_{field}")
            for field in fields.split()
            if field in _FIELDS and named.anchor.startswith("step-")
        ]
        link = self._link(named)
        return safe(f"{link} ({joined(', ', words)})") if words else link

    def _counted(self, told: Told) -> Markup:
        """Say of several only how many they were, and of what is gone no more."""
        if told.kind in {"removed", "left"} and told.count == 1:
            return self._t(f"changes.gone_{told.part}")
        what = self._t.count(f"changes.n_{told.part}", told.count)
        return self._t(f"changes.many_{told.kind}", what=what)

    def _written(self) -> Markup:
        t, past = self._t, self._view.past
        parts = [
            t.count(f"changes.n_{part}", count)
            for part, count in (
                ("steps", past.steps if past else 0),
                ("people", past.people if past else 0),
            )
            if count > 0
        ]
        return t("changes.written", what=t.join(parts)) if parts else t("changes.begun")

    def _link(self, named: Named) -> Markup:
        title = escape(named.title)
        return safe(f'<a href="{self._page}#{escape(named.anchor)}">{title}</a>')
