"""Take in what buyers suggest, propose it, decide on it, and lose none of it."""

from __future__ import annotations

from pathlib import Path

import click

from mapsite.commands.options import complain, examples, say
from mapsite.commands.pulling import places, tell_fetched
from mapsite.commands.suggestions import (
    Plans,
    begin,
    end,
    line,
    read_age,
    settled,
    tell,
    tell_next,
    tell_stored,
)
from mapsite.errors import MapsiteError
from mapsite.repository import find_root

_MOST_BYTES = 64 << 20


@click.group(
    epilog=examples(
        "mapsite changes import mail.eml",
        "mapsite changes propose",
        "mapsite changes list",
    )
)
def changes() -> None:
    """Take in what buyers suggest, and bring it into the plans once you accept it.

    Every suggestion is kept once, on a branch of its own, and every run says what
    became of all of them.
    """


@changes.command(
    "import", epilog=examples("mapsite changes import mail.eml answers.csv")
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def import_(files: tuple[str, ...]) -> None:
    """Keep the suggestions in each FILE: a mail, a download, an export of a form.

    What cannot be understood is kept as it is, for a person to read.
    """
    from mapsite.changes.intake.reading import read_file  # noqa: PLC0415  # slow
    from mapsite.changes.storing import store  # noqa: PLC0415

    settings, review = begin()
    plans = Plans.here(settings)
    outcomes = []
    for file in files:
        with open(file, "rb") as opened:
            raw = opened.read(_MOST_BYTES)
        name = Path(file).name
        outcomes += read_file(name, raw, review.now, settings.intake)
    outcomes = plans.named_in(outcomes)
    review.ledger, found = store(review.keeper, outcomes, review.now, review.ledger)
    tell_stored(found, plans)
    tell_next(found)
    end(review.ledger, review.now)


@changes.command(epilog=examples("mapsite changes pull && mapsite changes propose"))
@click.option(
    "--if-named", is_flag=True, help="Do nothing where mkdocs.yml names no place."
)
def pull(*, if_named: bool) -> None:
    """Fetch what waits in the inbox and the sources that mkdocs.yml names, and keep it.

    The inbox puts it away only when it is safe here. Where one of them cannot be
    reached, what the others bring is kept all the same, and the exit code is 1.
    """
    from mapsite.changes.storing import store  # noqa: PLC0415  # slow

    settings, review = begin()
    plans, fetched, failed = Plans.here(settings), [], []
    for place in places(settings, needed=not if_named):
        try:
            haul = place.fetch(review.now)
            outcomes = plans.named_in(haul.outcomes)
            review.ledger, found = store(
                review.keeper, outcomes, review.now, review.ledger
            )
            tell_fetched(place.name, found, plans)
            fetched += found
            haul.put_away()
        except MapsiteError as error:
            failed.append(f"{place.name}: {error}")
    complain(*failed)
    tell_next(fetched)
    end(review.ledger, review.now)
    if failed:
        raise click.exceptions.Exit(1)


@changes.command("list", epilog=examples("mapsite changes list --all"))
@click.option("--all", "everything", is_flag=True, help="Also what is decided.")
def list_(*, everything: bool) -> None:
    """Show what waits, the oldest first, and what it would do."""
    from mapsite.changes.showing import in_short  # noqa: PLC0415

    _, review = begin()
    for entry in review.ledger.entries.values():
        if everything or entry.waits:
            say(line(entry))
        if entry.waits and (told := in_short(review, entry)):
            say(f"  {told}")
    end(review.ledger, review.now)


@changes.command(epilog=examples("mapsite changes show 3fa81c02"))
@click.argument("name", metavar="ID")
def show(name: str) -> None:
    """Show what ID asks for, what would be written today, and what happened to it."""
    from mapsite.changes.showing import lines_of  # noqa: PLC0415

    _, review = begin()
    say(*lines_of(review, review.ledger.named(name)))


@changes.command(
    epilog=examples("mapsite changes propose", "mapsite changes propose 3fa81c02")
)
@click.argument("names", nargs=-1, metavar="[ID]...")
def propose(names: tuple[str, ...]) -> None:
    """Make a branch of each suggestion that waits, and a request where one can be.

    Merging it accepts the suggestion, closing the request declines it.
    """
    from mapsite.changes.proposing import propose as propose_them  # noqa: PLC0415

    review = settled()
    for done in propose_them(review, names):
        tell([done])
        if done.what in {"proposed", "open"} and not done.url:
            branch = review.branch_of(done.entry)
            way = f"git merge {branch}, or mapsite changes accept {done.entry.key}"
            say(f"  next: {way}")
    end(review.ledger, review.now)


@changes.command(epilog=examples("mapsite changes accept 3fa81c02"))
@click.argument("name", metavar="ID")
@click.option(
    "--anyway", is_flag=True, help="Also where the plan changed since it was sent."
)
def accept(name: str, *, anyway: bool) -> None:
    """Write what ID asks for into the plan, on the main branch."""
    from mapsite.changes.deciding import accept as accept_it  # noqa: PLC0415

    review = settled()
    done = accept_it(review, name, anyway=anyway)
    tell([done])
    if done.what == "applied" and not review.branches.follow():
        main, way = review.branches.main, review.branches.way_to_main
        say(f"{main} is ahead of what is checked out here; `{way}` shows it")
    end(review.ledger, review.now)


@changes.command(
    epilog=examples('mapsite changes decline 3fa81c02 --reason "We keep 28 May"')
)
@click.argument("name", metavar="ID")
@click.option("--reason", default="", help="Why, for whoever sent it.")
@click.option(
    "--quiet", is_flag=True, help="Tell no reason, and show it in no room any more."
)
def decline(name: str, reason: str, *, quiet: bool) -> None:
    """Leave the plan as it is, and say why; or show it nowhere, for an attack."""
    from mapsite.changes.deciding import decline as decline_it  # noqa: PLC0415

    if quiet == bool(reason):
        raise click.UsageError("expected --reason TEXT, or --quiet alone")
    review = settled()
    tell([decline_it(review, name, reason)])
    end(review.ledger, review.now)


@changes.command(epilog=examples("mapsite changes refresh"))
def refresh() -> None:
    """Make the open branches anew on today's main, so that none clashes with another.

    A branch that somebody has worked on stays as it is.
    """
    from mapsite.changes.refreshing import refresh as refresh_them  # noqa: PLC0415

    review = settled()
    tell(refresh_them(review))
    end(review.ledger, review.now)


@changes.command(epilog=examples("mapsite changes status --max-age 5d"))
@click.option(
    "--max-age",
    metavar="AGE",
    help="Exit with 1 where something waits longer, like 5d or 12h.",
)
def status(max_age: str | None) -> None:
    """Say what came and what became of it."""
    most = read_age(max_age)
    review = settled()
    late = [
        entry
        for entry in review.ledger.waiting()
        if most is not None and review.now - entry.received > most
    ]
    say(*map(line, late))
    end(review.ledger, review.now)
    if late:
        complain(f"waiting longer than {max_age}: {len(late)}")
        raise click.exceptions.Exit(1)


@changes.command(epilog=examples("mapsite changes check --base origin/main"))
@click.option("--base", required=True, metavar="REV", help="What it is compared with.")
@click.option(
    "--side",
    type=click.Choice(["buyer", "seller"]),
    default="buyer",
    show_default=True,
    help="Whose change it is.",
)
@click.option("--markdown", is_flag=True, help="Print it for a pull request.")
def check(base: str, side: str, *, markdown: bool) -> None:
    """Say in sentences what a change of plans does, and whether its author may.

    Exits with 1 where the policy does not allow part of it, or a plan has errors.
    """
    from mapsite.changes.pull_requests import check as judge  # noqa: PLC0415
    from mapsite.changes.showing import lines_of_check  # noqa: PLC0415

    found = judge(find_root(Path.cwd()), base, side)
    say(*lines_of_check(found, markdown=markdown))
    complain(*map(str, found.problems))
    if not found.fine:
        raise click.exceptions.Exit(1)
