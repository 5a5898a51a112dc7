"""Tell what buyers would see changed, for whoever decides on a change of plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import (
    complain,
    examples,
    now,
    plans_argument,
    read_day,
    say,
)
from mapsite.repository import find_root

if TYPE_CHECKING:
    from mapsite.comparing import Compared, Comparison

_STATES = {
    "same": "the room stays as it is",
    "new": "a new room",
    "gone": "the room goes",
    "unknown": "the plan has errors, so its room stays as it is",
}
_SEEN = frozenset({"changed", "new", "gone"})
_LOOK = "may change the look of every room"


@click.command(
    epilog=examples(
        "mapsite diff main",
        "mapsite diff HEAD~1 acme --today 2026-05-24",
        "mapsite diff origin/main --markdown",
    )
)
@click.argument("base")
@plans_argument
@click.option(
    "--today",
    callback=read_day,
    metavar="DATE",
    help="Compare as on this day, like 2026-05-24.  [default: today]",
)
@click.option("--markdown", is_flag=True, help="Print it for a pull request.")
@click.option("--json", "as_json", is_flag=True, help="Print it for machines.")
def diff(
    base: str,
    plans: tuple[str, ...],
    today: date | None,
    *,
    markdown: bool,
    as_json: bool,
) -> None:
    """Tell what the buyer of every PLAN would see changed since BASE.

    BASE is what git calls a revision: main, HEAD~1, a commit. Plans whose files changed
    without a change of their rooms are named too. What is internal is never told.
    """
    if markdown and as_json:
        raise click.UsageError("expected --markdown or --json, got both")
    from mapsite.comparing import compare_repository  # noqa: PLC0415  # slow to import

    found = compare_repository(find_root(Path.cwd()), base, plans, today or now())
    if as_json:
        # No line of it can be taken for a command by the runner of a workflow.
        click.echo(json.dumps(_record(found), indent=2).replace("#", "\\u0023"))
    else:
        say(*(_markdown(found) if markdown else _lines(found)))
    problems = [*found.problems, *(p for one in found.plans for p in one.problems)]
    complain(*map(str, problems))
    if problems:
        raise click.exceptions.Exit(1)


def _lines(found: Comparison) -> Iterator[str]:
    for one in found.plans:
        yield f"{one.plan}: {_state(one)}"
        yield from (f"  {difference.text}" for difference in one.differences)
    if found.look:
        yield f"{', '.join(found.look)}: {_LOOK}"
    yield from _sum(found)


def _markdown(found: Comparison) -> Iterator[str]:
    from mapsite.markdown_text import escaped  # noqa: PLC0415  # only here

    yield from ("## What the buyers would see", "")
    for one in found.plans:
        yield from (f"**{escaped(one.plan)}**: {_state(one)}", "")
        told = [difference.text for difference in one.differences]
        told += map(str, one.problems)
        yield from (f"- {escaped(text)}" for text in told)
        yield from [""] if told else []
    if found.look:
        yield from (f"{escaped(', '.join(found.look))}: {_LOOK}", "")
    yield from _sum(found)


def _state(one: Compared) -> str:
    count = len(one.differences)
    many = f"{count} change{'' if count == 1 else 's'}"
    return _STATES.get(one.state, many)


def _sum(found: Comparison) -> Iterator[str]:
    states = [one.state for one in found.plans]
    count = sum(state in _SEEN for state in states)
    if count:
        rooms = "One buyer" if count == 1 else f"The buyers of {count} plans"
        yield f"{rooms} would see a change."
    elif not found.look and "unknown" not in states:
        yield "No buyer would see a change."


def _record(found: Comparison) -> dict[str, object]:
    return {
        "plans": [
            {
                "plan": one.plan,
                "state": one.state,
                "changes": [
                    {"address": each.address, "text": each.text}
                    for each in one.differences
                ],
                "problems": [problem.as_dict() for problem in one.problems],
            }
            for one in found.plans
        ],
        "look": list(found.look),
        "problems": [problem.as_dict() for problem in found.problems],
    }
