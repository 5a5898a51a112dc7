"""The quiet pencils beside all that a reader can suggest otherwise, and their ways."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from mapsite.room.escaping import NOTHING, Markup, escape, safe
from mapsite.room.labels import Labels
from mapsite.room.suggesting import NO_WAY
from mapsite.room.suggesting_view import SuggestView
from mapsite.room.suggesting_words import choices, script_words
from mapsite.room.view import RoomView


@cache
def mark(name: str) -> Markup:
    """Draw the shape called *name* of the sprite."""
    return Markup(
        '<svg class="map-mark" viewBox="0 0 16 16" aria-hidden="true">'
        '<use href="#map-{}"/></svg>'
    ).format(name)


class Pencils:
    """Lead from everything in one room to where a change of it is suggested."""

    def __init__(self, view: RoomView, labels: Labels) -> None:
        """Take the room's contact and its other ways from *view*."""
        self._view, self._labels = view, labels
        self._mail = quote(view.contact, safe="@") if view.contact else ""
        self._suggest = view.suggest
        way = view.suggest.way if view.suggest else NO_WAY
        self._form = way.form
        self.pencils = view.suggest is not None
        """Whether a change of anything can be suggested."""
        self._pencil = '<a class="map-suggest" href="'
        self._hint = labels("suggest.title")
        before, _, behind = (
            labels("suggest.subject", address="|").unescape().partition("|")
        )
        self._before = f"mailto:{self._mail}?subject={quote(before)}"
        self._behind = quote(behind)

    def suggest(self, address: str, name: str) -> Markup:
        """Draw the quiet pencil that suggests a change, where there is a way to."""
        if not self.pencils:
            return NOTHING
        label = self._labels("suggest.label", name=safe(f"<b>{escape(name)}</b>"))
        return safe(
            f'{self._pencil}{self.way(address)}" data-at="{escape(address)}" '
            f'title="{self._hint}">{mark("edit")}'
            f'<span class="map-sr">{label}</span></a>'
        )

    def choices(self) -> Markup:
        """Draw what a reader can choose from in the form."""
        return choices(self._labels)

    def words(self) -> Markup:
        """Return the words that the script says, as JSON between single quotes."""
        return script_words(self._labels)

    def room(self) -> str:
        """Name the room for the reader's own browser; it tells nothing to others."""
        return self._view.opaque_id(12)

    def locale(self) -> str:
        """Name the language for the script, which writes a day in it."""
        return str(self._labels.locale).replace("_", "-")

    def add(self, address: str, label: Markup) -> Markup:
        """Offer to add something to the list at *address*, where there is a way to."""
        if not self.pencils:
            return NOTHING
        return safe(
            f' <a class="map-add map-noprint" href="{self.way(address)}"'
            f' data-at="{address}">{label}</a>'
        )

    def way(self, address: str) -> Markup:
        """Return where a change of *address* is suggested without a script."""
        if self._form and self._suggest:
            return self._linked_form(self._suggest, address)
        return self.mailto(address)

    def _linked_form(self, suggest: SuggestView, address: str) -> Markup:
        field, old = suggest.old(address)
        item = address if address.partition("/")[0] != "goal" else "goal"
        values = {"plan": self.room(), "base": suggest.base, "item": item}
        values |= {"field": field, "old": old}
        values["ref"] = f"{self.room()}/{suggest.base}/{address}"
        return escape(suggest.way.form_for(values))

    def mailto(self, address: str) -> Markup:
        """Return the address of a mail about *address*."""
        return safe(f"{self._before}{quote(address)}{self._behind}")
