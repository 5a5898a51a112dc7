"""Tell what keeps a plan from its room."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mapsite.commands.options import examples, plans_argument, say
from mapsite.repository import find_root


@click.command(
    epilog=examples("mapsite check", "mapsite check acme", "mapsite check --json")
)
@plans_argument
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
        say(*map(str, problems), checked.verdict)
    if any(problem.severity == "error" for problem in problems):
        raise click.exceptions.Exit(1)
