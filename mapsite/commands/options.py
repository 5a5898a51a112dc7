"""What the commands have in common: options, help texts and the way they speak."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import click

from mapsite.errors import MapsiteError
from mapsite.plan.day import read_date
from mapsite.report import printable
from mapsite.repository import find_plans, find_root

FOLDER = click.Path(file_okay=False, path_type=Path)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9000, 12, 31)


def read_day(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
    """Read a day as plans write one, where the calendar has years on both sides."""
    day = None if text is None else read_date(text)
    if text is not None and day is None:
        raise click.BadParameter(f"expected a day like 2026-05-24, got {text!r}")
    if day and not _FIRST_DAY <= day <= _LAST_DAY:
        span = f"from {_FIRST_DAY} to {_LAST_DAY}"
        raise click.BadParameter(f"expected a day {span}, got {text!r}")
    return day


def examples(*lines: str) -> str:
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


plans_argument = click.argument(
    "plans", nargs=-1, metavar="[PLAN]...", shell_complete=_complete_plans
)
today_option = click.option(
    "--today",
    callback=read_day,
    metavar="DATE",
    help="Build as on this day, like 2026-05-24.  [default: today]",
)


def now() -> date:
    """Return the reader's own day."""
    return date.today()  # noqa: DTZ011  # the reader's own day


def say(*lines: str, err: bool = False) -> None:
    """Print *lines*, none of which can steer a terminal."""
    for line in lines:
        click.echo(printable(line), err=err)


complain = partial(say, err=True)
