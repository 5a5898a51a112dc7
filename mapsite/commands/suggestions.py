"""What the commands about suggestions have in common: how they begin, tell and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from mapsite.commands.options import complain, say
from mapsite.repository import closed_plans, find_plans, find_root

if TYPE_CHECKING:
    from mapsite.changes.intake.outcome import Outcome
    from mapsite.changes.ledger import Entry, Ledger
    from mapsite.changes.reviewing import Done, Review
    from mapsite.changes.settings import Settings
    from mapsite.changes.storing import Stored

_AGE = re.compile(r"(\d{1,4})([dh])", re.ASCII)
_WORDS = {
    "proposed": "proposed",
    "refreshed": "refreshed",
    "open": "open already",
    "applied": "in the plan",
    "already": "in the plan already",
    "read": "taken note of",
    "declined": "declined",
    "superseded": "said anew later",
    "conflict": "waits: the plan changed meanwhile",
    "needs-person": "waits for a person",
    "edited": "left alone",
    "before": "accepted before",
    "held": "waits: too many of this deal are open; name it to propose it anyway",
}
_STATES = {
    "received": "waits for you",
    "proposed": "proposed",
    "conflict": "the plan changed meanwhile",
    "needs-person": "waits for a person",
    "applied": "in the plan",
    "already": "in the plan already",
    "declined": "declined",
    "superseded": "said anew later",
}
_MOST_NAMED = 6


def begin() -> tuple[Settings, Review]:
    """Look at the repository and its origin."""
    from mapsite.changes.forge import forge_of  # noqa: PLC0415  # only here
    from mapsite.changes.keeping import Keeper  # noqa: PLC0415
    from mapsite.changes.reviewing import Review  # noqa: PLC0415
    from mapsite.changes.settings import read_settings  # noqa: PLC0415
    from mapsite.git.branches import Branches  # noqa: PLC0415

    root = find_root(Path.cwd())
    settings = read_settings(root)
    branches = Branches(root, settings.line("main"))
    keeper = Keeper(branches, in_tree=settings.line("ledger") == "tree")
    forge = forge_of(branches.url, settings.lines)
    now = datetime.now(UTC).replace(microsecond=0)
    review = Review(keeper, forge, settings.policy, now)
    review.look()
    return settings, review


class Plans(NamedTuple):
    """Know which plans there are."""

    open: tuple[str, ...]
    closed: tuple[str, ...]
    salt: str

    @classmethod
    def here(cls, settings: Settings) -> Plans:
        """Look at the repository."""
        root = find_root(Path.cwd())
        found = find_plans(root, ())[0], closed_plans(root)
        here, gone = (tuple(plan.id for plan in plans) for plans in found)
        return cls(here, gone, settings.salt)

    def named_in(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """Return *outcomes* with the ids of the plans that rooms only hint at."""
        from mapsite.changes.addressed import addressed  # noqa: PLC0415  # only here

        return addressed(outcomes, (*self.open, *self.closed), self.salt)

    def fault_of(self, name: str) -> str:
        """Say why nothing can be written into the plan *name*; empty where it can."""
        if name in self.open:
            return ""
        if name in self.closed:
            return f"the deal {name} is closed"
        known = list(self.open[:_MOST_NAMED])
        if more := len(self.open) - len(known):
            known.append(f"{more} more")
        are = "the plan is" if len(known) == 1 else "the plans are"
        told = f"; {are} {', '.join(known)}" if known else ""
        return f"no plan is called {name}{told}"


def settled() -> Review:
    """Look, and note what was decided elsewhere."""
    from mapsite.changes.settling import settle  # noqa: PLC0415  # only here

    _, review = begin()
    tell(settle(review))
    return review


def tell_stored(found: Iterable[Stored], plans: Plans) -> None:
    """Say of each thing that came whether it is new, and what is wrong with it."""
    for one in found:
        state, entry = "new" if one.new else "known", one.entry
        if entry.suggestion is None:
            fault = entry.events[0].reason
            state += ", for a person to read"
        else:
            fault = plans.fault_of(entry.plan)
        say(f"{state}  {line(entry)}", *([f"  {fault}"] if fault else []))


def tell_next(found: Iterable[Stored]) -> None:
    """Say what to do with what is new."""
    new = [one.entry for one in found if one.new]
    if new:
        understood = any(entry.suggestion for entry in new)
        more = ", or mapsite changes propose" if understood else ""
        say(f"next: mapsite changes show {new[0].key}{more}")


def tell(found: Sequence[Done]) -> None:
    """Say what was done about each suggestion."""
    for done in found:
        say(f"{done.entry.key}  {_who(done.entry)}: {_WORDS.get(done.what, done.what)}")
        say(*(f"  {line}" for line in done.lines))
        if done.url:
            say(f"  {done.url}")


def line(entry: Entry) -> str:
    """Return the line of a list: short name, day, state, plan and sender."""
    unread = entry.waits and entry.suggestion is None
    kind = entry.last.kind if entry.waits else entry.state
    state = _STATES["needs-person" if unread else kind]
    return f"{entry.key}  {entry.received:%Y-%m-%d}  {state}  {_who(entry)}"


def _who(entry: Entry) -> str:
    if entry.suggestion is None:
        return entry.name
    return f"{entry.plan}, {entry.suggestion.by.name}"


def end(ledger: Ledger, now: datetime) -> None:
    """Say what came and what became of it; stop where that is not the same."""
    from mapsite.changes.accounting import account_of  # noqa: PLC0415  # only here

    account = account_of(ledger, now)
    say(account.line)
    if not account.balances:
        complain(*(f"out of place in the ledger: {one}" for one in account.stray))
        raise click.exceptions.Exit(1)


def read_age(text: str | None) -> timedelta | None:
    """Read an age like 5d or 12h."""
    if text is None:
        return None
    found = _AGE.fullmatch(text)
    if not found:
        raise click.BadParameter(f"expected an age like 5d or 12h, got {text!r}")
    hours = int(found[1]) * (24 if found[2] == "d" else 1)
    return timedelta(hours=hours)
