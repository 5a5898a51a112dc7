"""Bring rooms to their private addresses, move them to others, and take them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from mapsite.commands.options import (
    complain,
    examples,
    plans_argument,
    say,
    today_option,
)
from mapsite.commands.publishing import MOST_FILES, publish_order, publish_plans
from mapsite.errors import MapsiteError
from mapsite.repository import PlanFile, closed_plans, find_plans, find_root

target_option = click.option(
    "--target",
    metavar="NAME",
    help="One of extra: mapsite: targets: in mkdocs.yml.  [default: the first]",
)
_most_option = click.option(
    "--max-delete",
    type=click.IntRange(0, MOST_FILES),
    default=500,
    show_default=True,
    metavar="N",
    help="Do nothing where more files would be removed.",
)
_wait_option = click.option(
    "--wait",
    type=click.IntRange(0, 3600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="For another publisher to be done.",
)
_plan_argument = click.argument("plan", metavar="PLAN")
_link_option = click.option(
    "--link", metavar="NAME", help="One of its links.  [default: all of them]"
)


@click.command(
    epilog=examples(
        "mapsite publish acme",
        "mapsite publish --target live",
        "mapsite publish --dry-run",
    )
)
@plans_argument
@target_option
@click.option(
    "--dry-run", is_flag=True, help="Tell what would be done, and do nothing."
)
@click.option(
    "--clean", is_flag=True, help="Withdraw rooms whose plans are gone as well."
)
@_most_option
@_wait_option
@today_option
def publish(
    plans: tuple[str, ...],
    target: str | None,
    max_delete: int,
    wait: int,
    today: date | None,
    *,
    dry_run: bool,
    clean: bool,
) -> None:
    """Bring the room of each PLAN, or of all plans with one, to its private address.

    A plan that is named gets its first address; `mapsite links PLAN` shows it. Only
    what changed travels. What was rotated, withdrawn, closed or has expired is removed.
    """
    root = find_root(Path.cwd())
    chosen, misnamed = find_plans(root, plans)
    complain(*map(str, misnamed))
    everything = not plans
    if everything:
        chosen = [*chosen, *closed_plans(root)]
    elif not dry_run:
        _give_first_links(root, chosen)
    done = publish_order(
        root,
        target,
        lambda order: order._replace(
            plans=chosen,
            everything=everything,
            misnamed=everything and bool(misnamed),
            dry_run=dry_run,
            clean=clean,
            most_removed=max_delete,
            wait=wait,
        ),
        today,
    )
    if misnamed or not done:
        raise click.exceptions.Exit(1)


@click.command(
    epilog=examples("mapsite rotate acme", "mapsite rotate acme --link legal")
)
@_plan_argument
@_link_option
@target_option
def rotate(plan: str, link: str | None, target: str | None) -> None:
    """Move PLAN to a new address; the old one leads nowhere from then on.

    Exits with 1, naming what it could not withdraw, where a file can still be read.
    """
    from mapsite.publish.linking import rotate_links  # noqa: PLC0415

    _change_links(plan, link, target, rotate_links, "moved to a new address")


@click.command(
    epilog=examples("mapsite withdraw acme", "mapsite withdraw acme --link legal")
)
@_plan_argument
@_link_option
@target_option
def withdraw(plan: str, link: str | None, target: str | None) -> None:
    """Take PLAN from its addresses: each leads nowhere from then on.

    Exits with 1, naming what it could not withdraw, where a file can still be read.
    """
    from mapsite.publish.linking import withdraw_links  # noqa: PLC0415

    _change_links(plan, link, target, withdraw_links, "withdrawn")


def _change_links(
    name: str,
    link: str | None,
    target: str | None,
    change: Callable[[PlanFile, str | None], list[str]],
    told: str,
) -> None:
    """Write the plan first: whatever happens then, the next publish ends it."""
    from mapsite.publish.secret import known_secret  # noqa: PLC0415  # slow to import
    from mapsite.publish.settings import read_targets  # noqa: PLC0415

    root = find_root(Path.cwd())
    plan = _one_plan(root, name)
    known_secret(root)
    read_targets(root).named(target)
    names = change(plan, link)
    named = ", ".join(names) or "already"
    say(f"in the plan {plan.id}: {named} {told}; commit {plan.path}")
    try:
        done = publish_plans(root, [plan], target)
    except (MapsiteError, OSError):
        complain(
            "not gone    the old address can still be read: the target could not be"
            " changed. Mend what follows, then run `mapsite publish`"
        )
        raise
    if not done:
        raise click.exceptions.Exit(1)


def _one_plan(root: Path, name: str) -> PlanFile:
    plans, misnamed = find_plans(root, (name,))
    if misnamed:
        complain(*map(str, misnamed))
        raise click.exceptions.Exit(1)
    return plans[0]


def _give_first_links(root: Path, plans: list[PlanFile]) -> None:
    """Give each of *plans* an address that has none yet."""
    from mapsite.publish.linking import first_link  # noqa: PLC0415
    from mapsite.publish.secret import known_secret  # noqa: PLC0415

    known_secret(root)
    for plan in plans:
        if name := first_link(plan):
            say(f"new link    {plan.id}: {name}; commit {plan.path}")
