"""What the commands about suggestions have in common: how they begin, tell and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

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
    "held": "waits: too many of this deal are open; name it to propose it anyway",
}


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


def with_plans(outcomes: Iterable[Outcome], settings: Settings) -> list[Outcome]:
    """Return *outcomes* with the ids of the plans that rooms only hint at."""
    from mapsite.changes.addressed import addressed  # noqa: PLC0415  # only here

    root = find_root(Path.cwd())
    plans = [*find_plans(root, ())[0], *closed_plans(root)]
    return addressed(outcomes, (plan.id for plan in plans), settings.salt)


def settled() -> Review:
    """Look, and note what was decided elsewhere."""
    from mapsite.changes.settling import settle  # noqa: PLC0415  # only here

    _, review = begin()
    tell(settle(review))
    return review


def tell_stored(found: Iterable[Stored]) -> None:
    """Say of each thing that came whether it is new."""
    for one in found:
        state = "new" if one.new else "known"
        if one.entry.suggestion is None:
            state += ", for a person to read"
        say(f"{state}  {line(one.entry)}")


def tell(found: Sequence[Done]) -> None:
    """Say what was done about each suggestion."""
    for done in found:
        say(f"{done.entry.key}  {_who(done.entry)}: {_WORDS.get(done.what, done.what)}")
        say(*(f"  {line}" for line in done.lines))
        if done.url:
            say(f"  {done.url}")


def line(entry: Entry) -> str:
    """Return the line of a list: short name, day, state, plan and sender."""
    last = entry.last.kind if entry.waits else entry.state
    return f"{entry.key}  {entry.received:%Y-%m-%d}  {last}  {_who(entry)}"


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
