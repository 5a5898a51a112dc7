"""The templates that new plans grow from: which there are, and a copy to change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import complain, examples, now, say, today_option
from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.repository import find_root

if TYPE_CHECKING:
    from mapsite.start.templates import Template


def complete_templates(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Offer the names of the templates to the shell."""
    from mapsite.start.templates import find_templates  # noqa: PLC0415

    return [f.name for f in find_templates(_root()) if f.name.startswith(begun)]


@click.command(
    epilog=examples("mapsite templates", "mapsite templates --copy enterprise")
)
@click.option(
    "--copy",
    "name",
    metavar="NAME",
    shell_complete=complete_templates,
    help="Copy a template of mapsite into templates/, to make it your own.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the list for machines.")
@today_option
def templates(name: str | None, today: date | None, *, as_json: bool) -> None:
    """List the templates of `mapsite new`, yours and those of mapsite.

    Yours are plans in the folder templates/, with $buyer and $seller for the names and
    tbd for the dates. Weeks are those that the steps up to the goal take at least.
    """
    from mapsite.start.templates import UnknownTemplate, copy_template  # noqa: PLC0415

    if name is None:
        _list(today or now(), as_json=as_json)
        return
    try:
        path = copy_template(find_root(Path.cwd()), name)
    except UnknownTemplate as error:
        raise click.BadParameter(str(error), param_hint="--copy") from None
    say(f"wrote  {path}", f"next: change it; --template {name} now means yours")


def read_named(root: Path, name: str) -> Template:
    """Read the template called *name*; another name is wrong use."""
    from mapsite.start.templates import (  # noqa: PLC0415
        UnknownTemplate,
        find_template,
        read_template,
    )

    try:
        return read_template(find_template(root, name), root)
    except UnknownTemplate as error:
        raise click.BadParameter(str(error), param_hint="--template") from None


def _list(today: date, *, as_json: bool) -> None:
    """List the templates; those that cannot be used are told as problems."""
    from mapsite.start.templates import (  # noqa: PLC0415
        find_templates,
        misnamed_templates,
        read_template,
    )

    root = _root()
    problems = misnamed_templates(root) if root else []
    found = []
    for file in find_templates(root):
        try:
            found.append(read_template(file, root))
        except InvalidPlan as error:
            problems += error.problems
    rows = [_row(template, today) for template in found]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        say(*_lines(rows))
    if problems:
        complain(*map(str, problems))
        raise click.exceptions.Exit(1)


def _row(template: Template, today: date) -> dict[str, str | int]:
    return {
        "name": template.file.name,
        "steps": len(template.plan.steps),
        "weeks": template.weeks(today),
        "from": "mapsite" if template.file.packaged else template.file.path,
        "about": template.about,
    }


def _lines(rows: list[dict[str, str | int]]) -> list[str]:
    width = max(len(str(row["name"])) for row in rows)
    wide = max(len(str(row["from"])) for row in rows)
    return [
        f"{row['name']:<{width}}  {row['steps']:>2} steps, {row['weeks']:>2} weeks"
        f"  {row['from']:<{wide}}  {row['about']}"
        for row in rows
    ]


def _root() -> Path | None:
    try:
        return find_root(Path.cwd())
    except MapsiteError:
        return None
