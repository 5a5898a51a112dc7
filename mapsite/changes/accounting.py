"""Count what came and what became of it: both sums have to be the same.

They are counted from different things: what came from the suggestions that are kept,
what became of it from the events beside them.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from mapsite.changes.events import OUTCOMES
from mapsite.changes.ledger import Entry, Ledger

_ALWAYS = ("applied", "already", "declined")


class Account(NamedTuple):
    """Hold how many came, and how many of them ended how."""

    received: int
    ended: Counter[str]
    waiting: int
    needs_person: int
    """How many of those that wait were not understood, or cannot be done for them."""
    oldest: timedelta | None
    """How long the oldest one waits; None where none does."""
    stray: tuple[str, ...]
    """What belongs to nothing that came, or ended in two ways."""

    @property
    def balances(self) -> bool:
        """Tell whether nothing was lost, and nothing counted twice."""
        outcomes = sum(self.ended.values())
        return self.received == outcomes + self.waiting and not self.stray

    @property
    def line(self) -> str:
        """Say it in one line: ``received 2 = applied 1 + already 0 + ...``."""
        shown = [one for one in OUTCOMES if one in _ALWAYS or self.ended[one]]
        terms = [f"{one} {self.ended[one]}" for one in shown]
        terms.append(f"waiting {self.waiting}{self._more()}")
        sign = "=" if self.balances else "is not"
        return f"received {self.received} {sign} {' + '.join(terms)}"

    def _more(self) -> str:
        if self.oldest is None:
            return ""
        told = [f"oldest {in_words(self.oldest)}"]
        if self.needs_person:
            told.append(f"{self.needs_person} for a person")
        return f" ({', '.join(told)})"


def account_of(ledger: Ledger, now: datetime) -> Account:
    """Count what *ledger* holds, as of *now*."""
    ended: Counter[str] = Counter()
    for entry in ledger.entries.values():
        ended.update(entry.outcomes)
    waiting = ledger.waiting()
    twice = [one.id for one in ledger.entries.values() if len(one.outcomes) > 1]
    return Account(
        received=len(ledger.entries),
        ended=ended,
        waiting=len(waiting),
        needs_person=sum(map(needs_person, waiting)),
        oldest=max((now - one.received for one in waiting), default=None),
        stray=(*ledger.stray, *twice),
    )


def needs_person(entry: Entry) -> bool:
    """Tell whether mapsite can do nothing more for *entry*."""
    return entry.suggestion is None or entry.last.kind in {"conflict", "needs-person"}


def in_words(age: timedelta) -> str:
    """Say how long it is: ``3 days``, ``5 hours``, ``0 minutes``."""
    minutes = max(0, int(age.total_seconds() // 60))
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes >= length:
            return _many(minutes // length, unit)
    return _many(minutes, "minute")


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
