"""The private addresses of a plan: the only command that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import examples, now, read_day, say, today_option
from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.repository import PlanFile, find_plans, find_root, read_plan_file

if TYPE_CHECKING:
    from mapsite.plan.links import PrivateLink
    from mapsite.plan.model import Plan
    from mapsite.publish.key import Secret


@click.command(
    epilog=examples(
        "mapsite links acme",
        "mapsite links acme --new legal",
        "mapsite links acme --new trial --expires 2026-09-30",
    )
)
@click.argument("plan", metavar="PLAN")
@click.option("--new", metavar="NAME", help="Add a link, which can be withdrawn alone.")
@click.option(
    "--link", metavar="NAME", help="Change the last day of this link, with --expires."
)
@click.option(
    "--expires",
    callback=read_day,
    metavar="DATE",
    help="The last day on which the link can be read.",
)
@click.option(
    "--target",
    metavar="NAME",
    help="Show the addresses at this target of mkdocs.yml.  [default: the first]",
)
@today_option
def links(
    plan: str,
    new: str | None,
    link: str | None,
    expires: date | None,
    target: str | None,
    today: date | None,
) -> None:
    """Show the private addresses of PLAN: whoever has one can read its room.

    A new link is published by the next `mapsite publish`.
    """
    from mapsite.publish.secret import known_secret  # noqa: PLC0415  # slow to import
    from mapsite.publish.settings import read_targets  # noqa: PLC0415  # same

    today = today or now()
    if expires and bool(new) == bool(link):
        raise click.UsageError("--expires needs either --new or --link")
    if expires and expires < today:
        raise click.BadParameter(f"{expires} is over", param_hint="--expires")
    if link and not expires:
        raise click.UsageError("--link needs --expires")
    root = find_root(Path.cwd())
    secret = known_secret(root)
    at = read_targets(root).named(target)
    place = at.address
    found = _one(root, plan)
    read = _changed(found, new, link, expires)
    say(*_rows(found, read, secret, (place or "", at.entry), today))
    if read.links and not place:
        say(
            "note: the target has no `address` in mkdocs.yml, so these are paths in it;"
            " `mapsite serve --published` shows a folder"
        )
    if new or link:
        say(f"next: commit {found.path}, then mapsite publish {found.id}")


def _one(root: Path, name: str) -> PlanFile:
    plans, misnamed = find_plans(root, (name,))
    if misnamed:
        raise InvalidPlan(misnamed)
    return plans[0]


def _changed(
    file: PlanFile, new: str | None, link: str | None, expires: date | None
) -> Plan:
    """Write what is to change into the plan; return what it says then."""
    from mapsite.plan.read import read_plan  # noqa: PLC0415  # pydantic is slow to import
    from mapsite.publish.links import (  # noqa: PLC0415
        fresh_nonce,
        with_expiry,
        with_link,
        write_plan,
    )

    raw = changed = read_plan_file(file.path)
    plan = read_plan(raw, file.path)
    if new and (file.closed or plan.status != "open") and not expires:
        raise MapsiteError(
            f"{file.path}: the deal is closed; --expires says how long it can be read"
        )
    if new:
        changed = with_link(raw, new, fresh_nonce(), expires, file.path)
    elif link and link in plan.links and plan.links[link].nonce is None:
        raise MapsiteError(
            f"{file.path}: the link {link} is withdrawn; `mapsite links {file.id} --new"
            f" {link} --expires {expires}` makes a new address"
        )
    elif link:
        changed = with_expiry(raw, link, expires, file.path)
    plan = read_plan(changed, file.path)
    write_plan(Path(file.path), raw, changed)
    return plan


def _rows(
    file: PlanFile, plan: Plan, secret: Secret, place: tuple[str, str], today: date
) -> Iterator[str]:
    """Yield a line for each link: its name, its state, and the address it has.

    *place* is what comes before the room's folder in an address, and after it.
    """
    from mapsite.publish.link import prefix, token  # noqa: PLC0415

    if not plan.links:
        yield f"{file.id} has no link yet; mapsite publish {file.id} makes the first"
    width = max(map(len, plan.links), default=0)
    is_open = plan.status == "open" and not file.closed
    for name, link in plan.links.items():
        state, shown = _state(link, today, is_open=is_open)
        row = f"{name:<{width}}  {state:<23}"
        if link.nonce and shown:
            folder = prefix(token(secret, file.id, name, link.nonce))
            row += f"  {place[0]}{folder}{place[1]}"
        yield row.rstrip()


def _state(link: PrivateLink, today: date, *, is_open: bool) -> tuple[str, bool]:
    """Return the state of a link in words, and whether its address leads anywhere."""
    if link.nonce is None:
        return "withdrawn" if link.former else "no address yet", False
    if link.expires is None:
        return ("live", True) if is_open else ("closed with the deal", False)
    if today > link.expires:
        return f"expired on {link.expires}", False
    return f"live until {link.expires}", True
