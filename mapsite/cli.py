"""The commands: the only place that prints or exits.

Exit codes: 0 done, 1 a plan or the repository needs you, 2 wrong use of a command.
Modules that are slow to import are imported by the command that needs them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

import mapsite
from mapsite.errors import MapsiteError
from mapsite.plan.moment import read_date
from mapsite.report import Report, ending, printable
from mapsite.repository import find_plans, find_root

_FEWEST_FOR_BAR = 2
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9000, 12, 31)
_FOLDER = click.Path(file_okay=False, path_type=Path)


class Commands(click.Group):
    """Turn what stops a command into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own signature
        """Run the command; a fault of the user's ends it with one clear line."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (MapsiteError, OSError, KeyboardInterrupt) as error:
            lines, code = ending(error, ctx.invoked_subcommand)
            _complain(*lines)
            return ctx.exit(code)


def _day(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
    """Read a day as plans write one, where the calendar has years on both sides."""
    day = None if text is None else read_date(text)
    if text is not None and day is None:
        raise click.BadParameter(f"expected a day like 2026-05-24, got {text!r}")
    if day and not _FIRST_DAY <= day <= _LAST_DAY:
        span = f"from {_FIRST_DAY} to {_LAST_DAY}"
        raise click.BadParameter(f"expected a day {span}, got {text!r}")
    return day


def _examples(*lines: str) -> str:
    """Return the end of a help text, with each of *lines* in a line of its own."""
    word = "Example" if len(lines) == 1 else "Examples"
    return "\n  ".join([f"\b\n{word}:", *lines])  # \b keeps click from refilling it


def _complete_plans(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Offer the ids of the repository's plans to the shell."""
    try:
        plans = find_plans(find_root(Path.cwd()), ())[0]
    except MapsiteError:
        return []
    return [plan.id for plan in plans if plan.id.startswith(begun)]


_plans_argument = click.argument(
    "plans", nargs=-1, metavar="[PLAN]...", shell_complete=_complete_plans
)
_today_option = click.option(
    "--today",
    callback=_day,
    metavar="DATE",
    help="Build as on this day, like 2026-05-24.  [default: today]",
)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_examples(
        "mapsite init deals && cd deals",
        'mapsite new acme --buyer "Acme" --seller "Mama"',
        "mapsite serve",
    ),
)
@click.version_option(
    mapsite.__version__, prog_name="mapsite", message="%(prog)s %(version)s"
)
def commands() -> None:
    """Turn each deal's plan into a small private site that buyer and seller share.

    A plan is one file, plans/NAME.yaml; its room is the folder site/NAME.
    """


@commands.command(
    epilog=_examples(
        "mapsite build",
        "mapsite build acme --out /tmp/rooms",
        "mapsite build --today 2026-05-24 --clean",
    )
)
@_plans_argument
@click.option(
    "--out",
    type=_FOLDER,
    metavar="FOLDER",
    help="Where rooms are written.  [default: site, beside mkdocs.yml]",
)
@_today_option
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes.  [default: all processors]",
)
@click.option(
    "--clean",
    is_flag=True,
    help="Build all again and remove rooms whose plans are gone.",
)
def build(
    plans: tuple[str, ...],
    out: Path | None,
    today: date | None,
    jobs: int | None,
    *,
    clean: bool,
) -> None:
    """Write a room for each PLAN: an id like acme or a path; all plans without one.

    Rooms whose plan, look and day are unchanged are left as they are.
    """
    from mapsite.room.build import Order, build as build_rooms  # noqa: PLC0415

    began = time.perf_counter()
    root = find_root(Path.cwd())
    chosen, misnamed = find_plans(root, plans)
    out = out or Path(os.path.relpath(root / "site"))
    order = Order(root, chosen, out, today or _now(), jobs, clean, not plans)
    report = Report(out, misnamed, _say, _complain)
    with ExitStack() as stack:
        for outcome in build_rooms(order, lambda n: report.begin(_bar(stack, n))):
            report.add(outcome)
    report.finish(time.perf_counter() - began)
    if report.failed:
        raise click.exceptions.Exit(1)


@commands.command(
    epilog=_examples("mapsite check", "mapsite check acme", "mapsite check --json")
)
@_plans_argument
@click.option(
    "--json", "as_json", is_flag=True, help="Print a list of problems for machines."
)
def check(plans: tuple[str, ...], *, as_json: bool) -> None:
    """Tell every problem of every PLAN, or of all plans, and of mkdocs.yml at once."""
    from mapsite.checking import check_repository  # noqa: PLC0415

    checked = check_repository(find_root(Path.cwd()), plans)
    problems = checked.problems
    if as_json:
        click.echo(json.dumps([problem.as_dict() for problem in problems], indent=2))
    else:
        _say(*map(str, problems), checked.verdict)
    if any(problem.severity == "error" for problem in problems):
        raise click.exceptions.Exit(1)


@commands.command(
    epilog=_examples("mapsite serve", "mapsite serve --port 8080 --today 2026-05-24")
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
@_today_option
def serve(port: int, today: date | None) -> None:
    """Show all rooms in the browser, and again whenever you save.

    Only this computer can open the page. Ctrl-C stops.
    """
    from mapsite.room.serve import serve_rooms  # noqa: PLC0415

    root = find_root(Path.cwd())
    try:
        serve_rooms(root, port, today, _say)
    except KeyboardInterrupt:
        _say("stopped")


@commands.command(epilog=_examples("mapsite schema > plan.schema.json"))
def schema() -> None:
    """Print the JSON Schema of a plan, for editors."""
    from mapsite.starter import schema_text  # noqa: PLC0415

    click.echo(schema_text(), nl=False)


@commands.command(epilog=_examples("mapsite init deals"))
@click.argument("folder", default=".", metavar="[DIR]", type=_FOLDER)
@click.option(
    "--theme",
    is_flag=True,
    help="Only copy mapsite's templates into DIR/theme, to change them.",
)
@_today_option
def init(folder: Path, today: date | None, *, theme: bool) -> None:
    """Make a repository for plans in DIR, with one example to copy from.

    A README.md and a .gitignore that are there stay as they are.
    """
    from mapsite.starter import start_repository, start_theme  # noqa: PLC0415

    if theme:
        _say(*(f"wrote  {path}" for path in start_theme(folder)))
        _say("next: custom_dir: theme in mkdocs.yml; delete what you do not change")
        return
    written, kept = start_repository(folder, today or _now())
    _say(*(f"wrote  {path}" for path in written))
    for path in kept:
        hint = "; let it ignore /site/" if path.name == ".gitignore" else ""
        _say(f"kept   {path}  (it was there{hint})")
    enter = "" if folder == Path() else f"cd {folder} && "
    _say(f"next: {enter}mapsite serve")


@commands.command(epilog=_examples('mapsite new acme --buyer "Acme" --seller "Mama"'))
@click.argument("name")
@click.option(
    "--buyer", metavar="COMPANY", help="The buyer's name.  [default: made from NAME]"
)
@click.option(
    "--seller",
    metavar="COMPANY",
    help="Your company's name.  [default: as in your other plans]",
)
@_today_option
def new(name: str, buyer: str | None, seller: str | None, today: date | None) -> None:
    """Write a first plan, plans/NAME.yaml, to fill in."""
    from mapsite.plan.naming import fault_of_id, suggest_id  # noqa: PLC0415
    from mapsite.starter import start_plan  # noqa: PLC0415

    if fault := fault_of_id(name):
        better = suggest_id(name.removesuffix(".yaml"))
        hint = f"; try {better}" if better else ""
        raise click.BadParameter(f"expected {fault}{hint}", param_hint="NAME")
    path = start_plan(find_root(Path.cwd()), name, buyer, seller, today or _now())
    _say(f"wrote  {path}", f"next: fill it in, then mapsite check {name}")


def _bar(stack: ExitStack, count: int) -> Callable[[int], None] | None:
    """Show a progress bar where a person watches more than one room."""
    if count < _FEWEST_FOR_BAR or not sys.stdout.isatty():
        return None
    return stack.enter_context(click.progressbar(length=count, label="building")).update


def _now() -> date:
    return date.today()  # noqa: DTZ011  # the reader's own day


def _say(*lines: str, err: bool = False) -> None:
    for line in lines:
        click.echo(printable(line), err=err)


_complain = partial(_say, err=True)


def main() -> None:
    """Run mapsite on the command line."""
    commands(prog_name="mapsite")
