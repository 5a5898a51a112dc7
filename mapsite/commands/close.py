"""Close deals, open them again, and look after what is kept of them."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import complain, examples, now, read_day, say
from mapsite.commands.publish import target_option
from mapsite.commands.publishing import publish_plans
from mapsite.errors import MapsiteError
from mapsite.repository import PLANS, PlanFile, closed_plans, find_plans, find_root

if TYPE_CHECKING:
    from mapsite.publish.archive import Deal
    from mapsite.publish.closing import Closed, Reopened


_CLOSED = "CLOSED_PLAN"


def _complete(_: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Offer the ids of plans to the shell: of closed deals, or of open ones."""
    try:
        root = find_root(Path.cwd())
        closed = parameter.metavar == _CLOSED
        plans = closed_plans(root) if closed else find_plans(root, ())[0]
    except MapsiteError:
        return []
    return [plan.id for plan in plans if plan.id.startswith(begun)]


@click.command(
    epilog=examples(
        "mapsite close acme --won",
        'mapsite close acme --lost --reason "Went with another vendor"',
        "mapsite close acme --won --keep-until 2026-12-31",
    )
)
@click.argument("plan", metavar="PLAN", shell_complete=_complete)
@click.option("--won", is_flag=True, help="The buyer signed.")
@click.option("--lost", is_flag=True, help="The buyer took something else.")
@click.option("--no-decision", is_flag=True, help="The buyer left all as it was.")
@click.option("--reason", metavar="TEXT", help="Why, in one line; never shown.")
@click.option(
    "--on",
    callback=read_day,
    metavar="DATE",
    help="The day on which it was closed.  [default: today]",
)
@click.option(
    "--keep-until",
    callback=read_day,
    metavar="DATE",
    help="Leave the room at its address up to this day.  [default: withdraw it now]",
)
@target_option
def close(
    plan: str,
    reason: str | None,
    on: date | None,
    keep_until: date | None,
    target: str | None,
    *,
    won: bool,
    lost: bool,
    no_decision: bool,
) -> None:
    """Close the deal of PLAN: keep its room in a zip, and take it from its addresses.

    The plan says how the deal ended and moves to plans/closed/. Stopped half-way, the
    same command goes on where it was.
    """
    from mapsite.publish.closing import Order, addressed, close as close_deal  # noqa: PLC0415
    from mapsite.replying import FromLedger  # noqa: PLC0415

    told = {"won": won, "lost": lost, "no-decision": no_decision}
    outcome = _outcome([name for name, given in told.items() if given])
    today = now()
    if on and on > today:
        raise click.BadParameter(f"{on} is still to come", param_hint="--on")
    if keep_until and keep_until < today:
        raise click.BadParameter(f"{keep_until} is over", param_hint="--keep-until")
    root = find_root(Path.cwd())
    file = _named(root, plan)
    if addressed(root, file):
        _check_target(root, target)
    why = " ".join(reason.split()) if reason else None
    replies = FromLedger(root)
    order = Order(root, file, outcome, today, on, why, keep_until, replies)

    def withdraw(closed: Closed) -> None:
        _tell_closed(order.plan, closed, keep_until)
        if closed.former or closed.kept:
            _clean_up(root, closed.plan, target)

    close_deal(order, withdraw)


@click.command(epilog=examples("mapsite reopen acme"))
@click.argument("plan", metavar=_CLOSED, shell_complete=_complete)
@target_option
def reopen(plan: str, target: str | None) -> None:
    """Open a closed deal again: its plan moves back to plans/.

    Its room comes back at a new address only, once you make one.
    """
    from mapsite.publish.closing import addressed, reopen as reopen_deal  # noqa: PLC0415

    root = find_root(Path.cwd())
    file = _named(root, plan)
    if addressed(root, file):
        _check_target(root, target)

    def withdraw(opened: Reopened) -> None:
        _tell_reopened(file, opened)
        if opened.former:
            _clean_up(root, opened.plan, target)

    reopen_deal(root, file, now(), withdraw)


@click.group(
    epilog=examples("mapsite archive list", "mapsite archive verify archive/*.zip")
)
def archive() -> None:
    """Look after the zips in archive/, each of which holds a closed deal."""


@archive.command(epilog=examples("mapsite archive verify archive/*.zip"))
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path),
)
def verify(files: tuple[Path, ...]) -> None:
    """Tell whether each FILE holds all that was archived, unchanged."""
    from mapsite.publish.archive_reading import verify as faults_of  # noqa: PLC0415

    damaged = False
    for file in files:
        faults = faults_of(file)
        damaged |= bool(faults)
        complain(*(f"{file}: {fault}" for fault in faults))
        if not faults:
            say(f"fine   {file}")
    if damaged:
        raise click.exceptions.Exit(1)


@archive.command("list", epilog=examples("mapsite archive list"))
def list_archives() -> None:
    """Tell which closed deals are archived, how they ended, and when."""
    from mapsite.publish.archive import archives  # noqa: PLC0415
    from mapsite.publish.archive_reading import deal_in  # noqa: PLC0415

    root = find_root(Path.cwd())
    found = archives(root)
    for path in found:
        say(f"{_told(deal_in(path))}{os.path.relpath(path)}")
    if not found:
        say("no archive yet; `mapsite close` writes one")


def _told(deal: Deal | None) -> str:
    if deal is None:
        return f"{'cannot be read':<25} "
    return f"{deal.on}  {deal.outcome:<12}{deal.plan}  "


def _outcome(given: list[str]) -> str:
    if len(given) != 1:
        raise click.UsageError("say how the deal ended: --won, --lost or --no-decision")
    return given[0]


def _named(root: Path, name: str) -> PlanFile:
    plans, misnamed = find_plans(root, (name,))
    if misnamed:
        complain(*map(str, misnamed))
        raise click.exceptions.Exit(1)
    return plans[0]


def _check_target(root: Path, target: str | None) -> None:
    """Stop before anything is written where addresses could not be withdrawn."""
    from mapsite.publish.secret import known_secret  # noqa: PLC0415
    from mapsite.publish.settings import read_targets  # noqa: PLC0415

    known_secret(root)
    read_targets(root).named(target)


def _clean_up(root: Path, plan: PlanFile, target: str | None) -> None:
    try:
        done = publish_plans(root, [plan], target)
    except (MapsiteError, OSError):
        _say_again(plan)
        raise
    if not done:
        _say_again(plan)
        raise click.exceptions.Exit(1)


def _say_again(plan: PlanFile) -> None:
    complain(f"{plan.path} is written, but not all of its addresses are; run it again")


def _tell_closed(file: PlanFile, closed: Closed, keep_until: date | None) -> None:
    deal, archived = closed.deal, os.path.relpath(closed.archive)
    say(f"closed     {deal.plan}: {deal.outcome} on {deal.on}")
    say(f"archived   {archived}  (holds internal notes: keep it inside your company)")
    if file.path != closed.plan.path:
        say(f"moved      {file.path} to {closed.plan.path}")
    for name, day in closed.kept.items():
        say(f"kept       the link {name} leads to the room until {day}")
    if keep_until and not closed.kept:
        say("kept       nothing: no link leads to the room")
    say("next: commit archive/ and plans/")


def _tell_reopened(file: PlanFile, opened: Reopened) -> None:
    plan = opened.plan
    if file.path == plan.path and not opened.changed:
        say(f"{plan.id} is open; there is nothing to do")
        return
    say(f"opened     {plan.id}: {plan.path}")
    if links := opened.links:
        days = {name: f" (until {day})" if day else "" for name, day in links.items()}
        named = ", ".join(f"{name}{until}" for name, until in days.items())
        say(f"links      {named}: none has an address any more")
        new = f"mapsite links {plan.id} --new {next(iter(links))}"
        say(f"next: commit {PLANS}/; {new} makes a new address")
    else:
        say(f"next: commit {PLANS}/")
