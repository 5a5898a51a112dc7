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
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

import mapsite
from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.report import Report, printable, verdict
from mapsite.repository import PlanFile, find_plans, find_root, read_plan_file
from mapsite.room.faults import as_problems

_FEWEST_FOR_BAR = 2


class Commands(click.Group):
    """Turn what stops a command into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own signature
        """Run the command; a fault of the user's ends it with one clear line."""
        try:
            return super().invoke(ctx)
        except InvalidPlan as error:
            _complain(*map(str, error.problems))
        except MapsiteError as error:
            _complain(f"mapsite: {error}")
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _complain(f"mapsite: {where}{error.strerror or error}")
        return ctx.exit(1)


def _complete_plans(
    ctx: click.Context,  # noqa: ARG001  # click passes three arguments
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    """Offer the ids of the repository's plans to the shell."""
    try:
        plans, _ = find_plans(find_root(Path.cwd()), ())
    except MapsiteError:
        return []
    return [plan.id for plan in plans if plan.id.startswith(incomplete)]


_plans_argument = click.argument(
    "plans", nargs=-1, metavar="[PLAN]...", shell_complete=_complete_plans
)
_today_option = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Build as on this day, like 2026-05-24.  [default: today]",
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    mapsite.__version__, prog_name="mapsite", message="%(prog)s %(version)s"
)
def commands() -> None:
    r"""Turn each deal's plan into a small private site that buyer and seller share.

    A plan is one file, plans/NAME.yaml; its room is the folder site/NAME.

    \b
    Begin with:
      mapsite init deals && cd deals
      mapsite new acme --buyer "Acme" --seller "Mama"
      mapsite serve
    """


@commands.command()
@_plans_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
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
    today: datetime | None,
    jobs: int | None,
    *,
    clean: bool,
) -> None:
    r"""Write a room for each PLAN: an id like acme or a path; all plans without one.

    Rooms whose plan, look and day are unchanged are left as they are.

    \b
    Examples:
      mapsite build
      mapsite build acme --out /tmp/rooms
      mapsite build --today 2026-05-24 --clean
    """
    from mapsite.room.build import Order, build as build_rooms  # noqa: PLC0415

    began = time.perf_counter()
    root = find_root(Path.cwd())
    chosen, misnamed = find_plans(root, plans)
    out = out or Path(os.path.relpath(root / "site"))
    order = Order(root, chosen, out, _day(today), jobs, clean, not plans)
    report = Report(out, misnamed, _say, _complain)
    with ExitStack() as stack:
        for outcome in build_rooms(order, lambda n: report.begin(_bar(stack, n))):
            report.add(outcome)
    report.finish(time.perf_counter() - began)
    if report.failed:
        raise click.exceptions.Exit(1)


@commands.command()
@_plans_argument
@click.option(
    "--json", "as_json", is_flag=True, help="Print a list of problems for machines."
)
def check(plans: tuple[str, ...], *, as_json: bool) -> None:
    r"""Tell every problem of every PLAN at once; of all plans without one.

    \b
    Examples:
      mapsite check
      mapsite check acme
      mapsite check --json
    """
    chosen, problems = find_plans(find_root(Path.cwd()), plans)
    count = len(chosen) + len(problems)
    found = [[problem] for problem in problems] + [
        _problems_of(plan) for plan in chosen
    ]
    problems = [problem for some in found for problem in some]
    if as_json:
        click.echo(json.dumps([problem.as_dict() for problem in problems], indent=2))
    else:
        _say(*map(str, problems), verdict(count, found))
    if any(problem.severity == "error" for problem in problems):
        raise click.exceptions.Exit(1)


@commands.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
@_today_option
def serve(port: int, today: datetime | None) -> None:
    r"""Show all rooms in the browser, and again whenever you save.

    Only this computer can open the page. Ctrl-C stops.

    \b
    Examples:
      mapsite serve
      mapsite serve --port 8080 --today 2026-05-24
    """
    from mapsite.room.serve import serve_rooms  # noqa: PLC0415

    root = find_root(Path.cwd())
    try:
        serve_rooms(root, port, today.date() if today else None, _say)
    except KeyboardInterrupt:
        _say("stopped")


@commands.command()
def schema() -> None:
    r"""Print the JSON Schema of a plan, for editors.

    \b
    Example:
      mapsite schema > plan.schema.json
    """
    from mapsite.starter import schema_text  # noqa: PLC0415

    click.echo(schema_text(), nl=False)


@commands.command()
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(path_type=Path))
@_today_option
def init(folder: Path, today: datetime | None) -> None:
    r"""Make a repository for plans in DIR, with one example to copy from.

    \b
    Example:
      mapsite init deals
    """
    from mapsite.starter import start_repository  # noqa: PLC0415

    for path in start_repository(folder, _day(today)):
        _say(f"wrote  {path}")
    enter = "" if folder == Path() else f"cd {folder} && "
    _say(f"next: {enter}mapsite serve")


@commands.command()
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
def new(
    name: str, buyer: str | None, seller: str | None, today: datetime | None
) -> None:
    r"""Write a first plan, plans/NAME.yaml, to fill in.

    \b
    Example:
      mapsite new acme --buyer "Acme" --seller "Mama"
    """
    from mapsite.repository import ID_RULE, is_plan_id, suggest_id  # noqa: PLC0415
    from mapsite.starter import start_plan  # noqa: PLC0415

    if not is_plan_id(name):
        better = suggest_id(name.removesuffix(".yaml"))
        hint = f"; try {better}" if better else ""
        raise click.BadParameter(
            f"a plan's name takes {ID_RULE}{hint}", param_hint="NAME"
        )
    path = start_plan(find_root(Path.cwd()), name, buyer, seller, _day(today))
    _say(f"wrote  {path}", f"next: fill it in, then mapsite check {name}")


def _bar(stack: ExitStack, count: int) -> Callable[[int], None] | None:
    """Show a progress bar where a person watches more than one room."""
    if count < _FEWEST_FOR_BAR or not sys.stdout.isatty():
        return None
    return stack.enter_context(click.progressbar(length=count, label="building")).update


def _problems_of(plan: PlanFile) -> list[Problem]:
    """Return every problem of one plan."""
    from mapsite.plan.read import read_plan  # noqa: PLC0415

    try:
        read_plan(read_plan_file(plan.path), plan.path, Path(plan.path).parent)
    except Exception as error:  # noqa: BLE001  # the other plans are checked too
        return as_problems(plan.path, error)
    return []


def _day(today: datetime | None) -> date:
    return today.date() if today else date.today()  # noqa: DTZ011  # the reader's own day


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(printable(line))


def _complain(*lines: str) -> None:
    for line in lines:
        click.echo(printable(line), err=True)


def main() -> None:
    """Run mapsite on the command line."""
    commands(prog_name="mapsite")
