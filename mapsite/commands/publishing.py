"""Publish for a command, look at it afterwards, and tell what was done and seen."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import complain, now, say
from mapsite.repository import PlanFile, closed_plans, find_plans

if TYPE_CHECKING:
    from mapsite.publish.key import Secret
    from mapsite.publish.rooms import Address, Room
    from mapsite.publish.target import TargetSettings
    from mapsite.publish.verify import Seen
    from mapsite.publish.work import Order, Work

MOST_FILES = 1_000_000
_UNSEEN = "unseen"
"""Lies in a target's memory while readers do not find what was published."""


def publish_plans(root: Path, plans: list[PlanFile], target: str | None) -> bool:
    """Publish *plans*, withdraw what they withdrew, and tell whether all is well."""
    done = publish_order(
        root,
        target,
        # What goes is meant to go.
        lambda order: order._replace(
            plans=plans,
            everything=False,
            others=_every_plan(root),
            most_removed=MOST_FILES,
        ),
        None,
        to_the_last=True,
    )
    _tell_of_others(root, target)
    return done


def _tell_of_others(root: Path, target: str | None) -> None:
    """Name the targets where the old addresses may still lead to a room."""
    from mapsite.publish.settings import read_targets  # noqa: PLC0415  # slow to import

    targets = read_targets(root)
    this = targets.named(target).name
    for name in targets.all:
        if name != this:
            say(
                f"note        the target {name} was not asked; if it has rooms too:"
                f" mapsite publish --target {name}"
            )


def publish_order(
    root: Path,
    name: str | None,
    with_choices: Callable[[Order], Order],
    today: date | None,
    *,
    to_the_last: bool = False,
) -> bool:
    """Publish to the target *name*, and tell whether all is as it should be.

    With *to_the_last* that holds for each old address of the plans that were asked for,
    also where an earlier run withdrew it.
    """
    from mapsite.publish.publish import publish as publish_rooms  # noqa: PLC0415
    from mapsite.publish.secret import known_secret  # noqa: PLC0415
    from mapsite.publish.settings import open_target, read_targets  # noqa: PLC0415
    from mapsite.publish.telling import Telling  # noqa: PLC0415
    from mapsite.publish.verify import look  # noqa: PLC0415

    began = time.perf_counter()
    secret = known_secret(root)
    settings = read_targets(root).named(name)
    order = with_choices(_order(root, settings, secret, today))
    asked = {plan.id for plan in order.plans}
    target = open_target(settings)
    if target.whole_site and not order.everything:
        order = _whole(order)
    try:
        with ExitStack() as stack:
            work = publish_rooms(order, secret, target, lambda n: _bar(stack, n))
        telling = Telling(work, settings, say, complain)
        if order.dry_run:
            telling.would()
            return not work.failed
        empty = [one for one in work.empty if one.address.plan.id in asked]
        gone = [*work.withdrawals, *(empty if to_the_last else ())]
        seen = look(target, work.changes, gone, _looked_at_again(work, settings))
        _note_whether_seen(settings, seen)
    finally:
        target.close()
    seconds = time.perf_counter() - began
    return telling.did(seen, seconds, to_the_last=to_the_last)


def _order(
    root: Path, settings: TargetSettings, secret: Secret, today: date | None
) -> Order:
    """Return an order for no plan yet."""
    from mapsite.publish.link import (  # noqa: PLC0415
        folder_of_gone,
        name_of_publisher,
        publisher_name,
    )
    from mapsite.publish.secret import former_checks  # noqa: PLC0415
    from mapsite.publish.work import Order  # noqa: PLC0415
    from mapsite.replying import FromLedger  # noqa: PLC0415

    return Order(
        root=root,
        plans=[],
        out=root / "site",
        today=today or now(),
        clock=lambda: datetime.now(UTC),
        settings=settings,
        by=publisher_name(secret),
        gone=folder_of_gone(secret),
        formerly=frozenset(map(name_of_publisher, former_checks(root))),
        replies=FromLedger(root),
    )


def _whole(order: Order) -> Order:
    """Return *order* for all plans there are."""
    misnamed = find_plans(order.root, ())[1]
    plans = _every_plan(order.root)
    return order._replace(plans=plans, everything=True, misnamed=bool(misnamed))


def _every_plan(root: Path) -> list[PlanFile]:
    return [*find_plans(root, ())[0], *closed_plans(root)]


def _looked_at_again(
    work: Work, settings: TargetSettings
) -> list[tuple[Address, Room]]:
    """Return unchanged rooms to look at: all where readers did not find the last ones.

    Else one: an address that leads nowhere shows with any of them.
    """
    if settings.address is None:
        return []
    doubted = (settings.memory / _UNSEEN).exists()
    return work.rooms if doubted else work.rooms[:1]


def _note_whether_seen(settings: TargetSettings, seen: Seen) -> None:
    """Remember that readers did not find what was published."""
    file = settings.memory / _UNSEEN
    if seen.differing or seen.unseen:
        settings.memory.mkdir(parents=True, exist_ok=True)
        file.touch()
    else:
        file.unlink(missing_ok=True)


def _bar(stack: ExitStack, count: int) -> Callable[[int], None]:
    """Show a progress bar where a person watches."""
    if not count or not sys.stdout.isatty():
        return lambda _: None
    return stack.enter_context(
        click.progressbar(length=count, label="publishing")
    ).update
