"""Bring rooms to their private addresses, move them to others, and take them back."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import (
    complain,
    examples,
    now,
    plans_argument,
    say,
    today_option,
)
from mapsite.repository import PlanFile, closed_plans, find_plans, find_root

if TYPE_CHECKING:
    from mapsite.publish.work import Order

_MOST_FILES = 1_000_000

target_option = click.option(
    "--target",
    metavar="NAME",
    help="One of extra: mapsite: targets: in mkdocs.yml.  [default: the first]",
)
_most_option = click.option(
    "--max-delete",
    type=click.IntRange(0, _MOST_FILES),
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
    done = _publish(
        root,
        target,
        lambda order: order._replace(
            plans=chosen,
            everything=everything,
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

    _change_links(plan, link, target, rotate_links, "new address")


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


def publish_plans(root: Path, plans: list[PlanFile], target: str | None) -> bool:
    """Publish *plans*, withdraw what they withdrew, and tell whether all is well."""
    return _publish(
        root,
        target,
        lambda order: order._replace(plans=plans, everything=False),
        None,
        to_the_last=True,
    )


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
    say(f"{told:<12}{plan.id}: {', '.join(names)}; commit {plan.path}")
    if not publish_plans(root, [plan], target):
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


def _publish(
    root: Path,
    name: str | None,
    with_choices: Callable[[Order], Order],
    today: date | None,
    *,
    to_the_last: bool = False,
) -> bool:
    from mapsite.publish.link import publisher_name  # noqa: PLC0415
    from mapsite.publish.publish import publish as publish_rooms  # noqa: PLC0415
    from mapsite.publish.secret import known_secret  # noqa: PLC0415
    from mapsite.publish.settings import open_target, read_targets  # noqa: PLC0415
    from mapsite.publish.telling import Telling  # noqa: PLC0415
    from mapsite.publish.verify import look  # noqa: PLC0415
    from mapsite.publish.work import Order  # noqa: PLC0415

    began = time.perf_counter()
    secret = known_secret(root)
    settings = read_targets(root).named(name)
    order = with_choices(
        Order(
            root=root,
            plans=[],
            out=root / "site",
            today=today or now(),
            clock=lambda: datetime.now(UTC),
            settings=settings,
            by=publisher_name(secret),
        )
    )
    target = open_target(settings)
    if target.whole_site and not order.everything:
        every = [*find_plans(root, ())[0], *closed_plans(root)]
        order = order._replace(plans=every, everything=True)
    try:
        with ExitStack() as stack:
            work = publish_rooms(order, secret, target, lambda n: _bar(stack, n))
        telling = Telling(work, settings, say, complain)
        if order.dry_run:
            telling.would()
            return not work.failed
        seen = look(target, work.changes, work.withdrawals)
    finally:
        target.close()
    seconds = time.perf_counter() - began
    return telling.did(seen, seconds, to_the_last=to_the_last)


def _bar(stack: ExitStack, count: int) -> Callable[[int], None]:
    """Show a progress bar where a person watches."""
    if not count or not sys.stdout.isatty():
        return lambda _: None
    return stack.enter_context(
        click.progressbar(length=count, label="publishing")
    ).update
