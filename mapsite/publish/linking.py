"""Give plans links, move them and take them back, in the plan's own file."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from mapsite.errors import MapsiteError
from mapsite.plan.model import Plan
from mapsite.plan.read import read_plan
from mapsite.plan.wording import quoted
from mapsite.publish.link import fresh_nonce
from mapsite.publish.links import rotated, with_link, withdrawn, write_plan
from mapsite.repository import PlanFile, read_plan_file

FIRST = "buyer"
"""The link that a plan gets when it is published for the first time."""


def first_link(plan: PlanFile) -> str | None:
    """Give *plan* its first link and return its name; None where it ever had one.

    A plan whose links were all withdrawn, and one that is closed, get none by accident.
    """
    raw = read_plan_file(plan.path)
    read = read_plan(raw, plan.path)
    if plan.closed or read.status != "open":
        raise MapsiteError(
            f"{plan.id} is closed; `mapsite reopen {plan.id}` opens it again"
        )
    if any(link.nonce for link in read.links.values()):
        return None
    if read.links:
        raise MapsiteError(
            f"the links of {plan.id} were withdrawn; `mapsite links {plan.id} --new"
            f" {FIRST}` makes a new address"
        )
    write_plan(Path(plan.path), raw, with_link(raw, FIRST, fresh_nonce()))
    return FIRST


def rotate_links(plan: PlanFile, name: str | None) -> list[str]:
    """Give *plan*'s link *name*, or all its links, new addresses; return the names."""

    def change(raw: bytes, names: list[str]) -> bytes:
        for one in names:
            raw = rotated(raw, one, fresh_nonce())
        return raw

    return _change(plan, name, change)


def withdraw_links(plan: PlanFile, name: str | None) -> list[str]:
    """Leave *plan*'s link *name*, or all of its links, without an address.

    Return their names: none where an earlier run, which may have been stopped before
    it came to the target, wrote all that.
    """
    return _change(plan, name, withdrawn, again=True)


def _change(
    plan: PlanFile,
    name: str | None,
    change: Callable[[bytes, list[str]], bytes],
    *,
    again: bool = False,
) -> list[str]:
    raw = read_plan_file(plan.path)
    read = read_plan(raw, plan.path)
    if again and _is_withdrawn(read, name):
        return []
    names = _names(plan, read, name)
    write_plan(Path(plan.path), raw, change(raw, names))
    return names


def _is_withdrawn(read: Plan, name: str | None) -> bool:
    """Tell whether the link *name*, or each of all, had an address and has none."""
    meant = [read.links[name]] if name in read.links else []
    links = list(read.links.values()) if name is None else meant
    had = any(link.former for link in links)
    return had and not any(link.nonce for link in links)


def _names(plan: PlanFile, read: Plan, name: str | None) -> list[str]:
    """Return the links with an address that are meant; raise MapsiteError for none."""
    live = [one for one, link in read.links.items() if link.nonce]
    if name is None:
        if not live:
            raise MapsiteError(f"{plan.id} has no address; there is nothing to change")
        return live
    if name not in read.links:
        near = difflib.get_close_matches(name[:64], read.links, 1)
        hint = f"; did you mean {quoted(near[0])}?" if near else ""
        known = ", ".join(read.links) or "none"
        raise MapsiteError(
            f"{plan.id} has no link {quoted(name)}{hint}; its links: {known}"
        )
    if name not in live:
        raise MapsiteError(f"the link {name} of {plan.id} is withdrawn already")
    return [name]
