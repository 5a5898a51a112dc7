"""First files: a repository, and the schema for editors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from mapsite.commands.options import FOLDER, examples, now, say, today_option
from mapsite.repository import SETTINGS


@click.command(
    epilog=examples(
        "mapsite schema > plan.schema.json",
        "mapsite schema --suggestion > suggestion.schema.json",
    )
)
@click.option(
    "--suggestion",
    is_flag=True,
    help="Print that of a suggestion instead, for forms and scripts that send them.",
)
def schema(*, suggestion: bool) -> None:
    """Print the JSON Schema of a plan, for editors."""
    if suggestion:
        from mapsite.changes.schema import suggestion_schema_text  # noqa: PLC0415

        click.echo(suggestion_schema_text(), nl=False)
        return
    from mapsite.start.starter import schema_text  # noqa: PLC0415

    click.echo(schema_text(), nl=False)


@click.command(epilog=examples("mapsite init deals", "mapsite init deals --ci github"))
@click.argument("folder", default=".", metavar="[DIR]", type=FOLDER)
@click.option(
    "--theme",
    is_flag=True,
    help="Only copy mapsite's templates into DIR/theme, to change them.",
)
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab"]),
    help="Also write workflows that check, take in suggestions and publish; in a"
    " repository of plans only those.",
)
@today_option
def init(folder: Path, today: date | None, *, theme: bool, ci: str | None) -> None:
    """Make a repository for plans in DIR, with one example to copy from.

    A README.md and a .gitignore that are there stay as they are.
    """
    if theme and ci:
        raise click.UsageError("expected --theme or --ci, got both")
    if theme:
        from mapsite.start.starter import start_theme  # noqa: PLC0415

        say(*(f"wrote  {path}" for path in start_theme(folder)))
        say("next: custom_dir: theme in mkdocs.yml; delete what you do not change")
        return
    from mapsite.start.ci import start_workflows, workflows  # noqa: PLC0415

    found = workflows(folder, ci) if ci else None
    fresh = found is None or not (folder / SETTINGS).is_file()
    if fresh:
        _begin(folder, today or now())
    if found:
        say(*(f"wrote  {path}" for path in start_workflows(folder, found)))
    if fresh:
        enter = "" if folder == Path() else f"cd {folder} && "
        say(f"next: {enter}mapsite serve")
        say("next: mapsite secret new, once, before the first mapsite publish")
    say(*(f"next: {todo}" for todo in (found.todo if found else ())))


def _begin(folder: Path, today: date) -> None:
    """Write a repository, and tell of what was there."""
    from mapsite.start.starter import start_repository  # noqa: PLC0415

    written, kept = start_repository(folder, today)
    say(*(f"wrote  {path}" for path in written))
    for path in kept:
        hint = "; let it ignore /site/" if path.name == ".gitignore" else ""
        say(f"kept   {path}  (it was there{hint})")
