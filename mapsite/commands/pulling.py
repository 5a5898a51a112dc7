"""The places that `mapsite changes pull` fetches from, one after another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from mapsite.commands.options import say
from mapsite.commands.suggestions import Plans, tell_stored
from mapsite.errors import MapsiteError

if TYPE_CHECKING:
    from mapsite.changes.intake.outcome import Outcome
    from mapsite.changes.intake.sources import Source
    from mapsite.changes.settings import Settings
    from mapsite.changes.storing import Stored


class Haul(NamedTuple):
    """Hold what one place brings."""

    outcomes: list[Outcome]
    put_away: Callable[[], None]
    """Tells the place that all of it is safe."""


class Place(NamedTuple):
    """Know one place, and how to fetch from it."""

    name: str
    fetch: Callable[[datetime], Haul]


def places(settings: Settings, *, needed: bool = True) -> Iterator[Place]:
    """Yield the inbox and the sources of *settings*.

    Raises MapsiteError where there is none though one is *needed*.
    """
    if needed and not (settings.line("inbox") or settings.sources):
        raise MapsiteError(
            "mkdocs.yml names no inbox and no sources; extra: mapsite: changes: inbox:"
            " is its address"
        )
    if settings.line("inbox"):
        yield _inbox(settings)
    yield from _sources(settings)


def tell_fetched(name: str, found: Sequence[Stored], plans: Plans) -> None:
    """Say what is new, and how many came."""
    new = [one for one in found if one.new]
    tell_stored(new, plans)
    say(f"{name}: {len(found)} fetched, {len(new)} new")


def _inbox(settings: Settings) -> Place:
    from mapsite.changes.pulling import TOKEN, Inbox  # noqa: PLC0415  # slow

    token = os.environ.get(TOKEN, "").strip()
    inbox = Inbox(settings.line("inbox"), token, settings.intake.columns)

    def fetch(now: datetime) -> Haul:
        pieces = list(inbox.pieces(now))
        keys = list(dict.fromkeys(key for key, _ in pieces))
        return Haul([one for _, one in pieces], lambda: inbox.put_away(keys))

    return Place("inbox", fetch)


def _sources(settings: Settings) -> Iterator[Place]:
    from mapsite.changes.intake.rows import read_rows  # noqa: PLC0415  # slow
    from mapsite.changes.paging import fetch as fetch_items  # noqa: PLC0415

    for source in settings.sources:

        def fetch(now: datetime, source: Source = source) -> Haul:
            items = fetch_items(source, os.environ)
            return Haul(read_rows(items, source, now), lambda: None)

        yield Place(source.name, fetch)
