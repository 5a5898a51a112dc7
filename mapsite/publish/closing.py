"""Close deals and open them again.

Each step leaves the plan whole and in one place, and the same command continues where
an earlier one was stopped: the archive is written first, then the plan says how the
deal ended, then it moves, then its addresses are withdrawn.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError
from mapsite.plan.edit import edited
from mapsite.plan.model import Plan
from mapsite.plan.read import read_plan
from mapsite.publish.archive import Deal
from mapsite.publish.archiving import Reading, archived, is_closed, opened, read
from mapsite.publish.disk import settle
from mapsite.publish.links import (
    former_nonces,
    live_links,
    with_expiry,
    withdrawn,
    write_plan,
)
from mapsite.repository import CLOSED, PLANS, PlanFile
from mapsite.room.build import alone
from mapsite.room.suggested import NO_REPLIES, Replies

_STATUS, _ENDING = ("status",), ("closed",)


class Order(NamedTuple):
    """Say which deal is closed, and how."""

    root: Path
    plan: PlanFile
    outcome: str
    """``won``, ``lost`` or ``no-decision``."""
    today: date
    on: date | None = None
    """The day of the closing; None for today, or what the plan says already."""
    reason: str | None = None
    keep_until: date | None = None
    """The last day on which the room can be read; None withdraws it at once."""
    replies: Replies = NO_REPLIES
    """Know what the room is told for suggestions."""


class Closed(NamedTuple):
    """Tell what a closing has done."""

    plan: PlanFile
    """Where the plan is now."""
    deal: Deal
    archive: Path
    kept: dict[str, date]
    """The links that still lead to the room, with their last days."""
    former: bool
    """Whether addresses have to be withdrawn."""


class Reopened(NamedTuple):
    """Tell what a reopening has done."""

    plan: PlanFile
    links: dict[str, date | None]
    """Its links, none of which has an address, with the last days that they keep."""
    former: bool
    """Whether addresses have to be withdrawn."""
    changed: bool
    """Whether the deal was not open already."""


def close(order: Order, withdraw: Callable[[Closed], None]) -> Closed:
    """Close a deal; *withdraw* has its former addresses removed, as the last step.

    Raises MapsiteError, with nothing written, where the plan has errors or was closed
    in another way.
    """
    with alone(order.root):
        home = _home(order.plan, CLOSED)
        was = read(order.root, order.plan)
        deal = _deal(order, was.plan)
        text = _ended(order, was, deal)
        ended = read_plan(text, order.plan.path, order.plan.folder)
        archive = archived(was, deal, text, order.today, order.replies)
        write_plan(Path(order.plan.path), was.raw, text)
        _move(order.plan, home)
    live = live_links(ended, order.today)
    kept = {link.name: link.expires for link in live if link.expires}
    former = bool(former_nonces(ended, order.today))
    closed = Closed(home, deal, archive, kept, former)
    withdraw(closed)
    return closed


def reopen(
    root: Path, file: PlanFile, today: date, withdraw: Callable[[Reopened], None]
) -> Reopened:
    """Open a closed deal again, at no address; *withdraw* removes one that was kept."""
    with alone(root):
        home = _home(file, PLANS)
        was = read(root, file)
        names = [name for name, link in was.plan.links.items() if link.nonce]
        # An open deal has addresses of its own; only a closed one's are given up.
        closed = file.closed or is_closed(was.plan)
        gone = names if closed else []
        text = withdrawn(opened(was), gone, file.path)
        plan = read_plan(text, file.path, file.folder)
        write_plan(Path(file.path), was.raw, text)
        _move(file, home)
    former = closed and bool(former_nonces(plan, today))
    links = {name: link.expires for name, link in plan.links.items()}
    done = Reopened(home, links, former, closed)
    withdraw(done)
    return done


def addressed(root: Path, file: PlanFile) -> bool:
    """Tell whether a plan has or had an address: closing it needs the secret then."""
    links = read(root, file).plan.links.values()
    return any(link.nonce or link.former for link in links)


def _home(file: PlanFile, place: str) -> PlanFile:
    """Return where a plan belongs; raise MapsiteError where it cannot go there."""
    name = f"{file.id}.yaml"
    if file.source not in {f"{PLANS}/{name}", f"{CLOSED}/{name}"}:
        raise MapsiteError(
            f"{file.path} is not in {PLANS}/; only deals there are closed"
        )
    path = os.path.normpath(file.folder / place.removeprefix(PLANS).strip("/") / name)
    if file.source != f"{place}/{name}" and os.path.lexists(path):
        raise MapsiteError(
            f"{path} is there already; rename one of them, nothing was written"
        )
    return PlanFile(file.id, path, f"{place}/{name}")


def _move(file: PlanFile, home: PlanFile) -> None:
    if file.source == home.source:
        return
    folders = Path(file.path).parent, Path(home.path).parent
    folders[1].mkdir(exist_ok=True)
    os.rename(file.path, home.path)
    for folder in folders:
        settle(folder)


def _deal(order: Order, plan: Plan) -> Deal:
    """Return how the deal ends; raise MapsiteError where it has ended otherwise."""
    ending = plan.closed
    first = f"{order.plan.path} was closed as {plan.status}"
    again = f"`mapsite reopen {order.plan.id}` opens it; nothing was written"
    if is_closed(plan) and plan.status != order.outcome:
        raise MapsiteError(f"{first}, not {order.outcome}; {again}")
    if ending and order.on and order.on != ending.on:
        raise MapsiteError(f"{first} on {ending.on}, not {order.on}; {again}")
    if ending and order.reason and order.reason != ending.reason:
        raise MapsiteError(f"{first} for another reason; {again}")
    on = ending.on if ending else order.on or order.today
    return Deal(order.plan.id, order.outcome, on)


def _ended(order: Order, was: Reading, deal: Deal) -> bytes:
    """Return the plan's text as it will say how the deal ended."""
    file = order.plan.path
    edits: dict[tuple[str, ...], str | date] = {
        _STATUS: deal.outcome,
        (*_ENDING, "on"): deal.on,
    }
    if order.reason:
        edits[*_ENDING, "reason"] = order.reason
    text = edited(was.raw, edits, file)
    live = live_links(was.plan, order.today) if order.keep_until else []
    names = {link.name for link in live}
    gone = [n for n, link in was.plan.links.items() if link.nonce and n not in names]
    text = withdrawn(text, gone, file)
    for link in live:
        day = min(filter(None, (link.expires, order.keep_until)))
        text = with_expiry(text, link.name, day, file)
    return text
