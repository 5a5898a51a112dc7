"""First files: a repository, and the schema for editors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from mapsite.commands.options import FOLDER, examples, now, say, today_option


@click.command(epilog=examples("mapsite schema > plan.schema.json"))
def schema() -> None:
    """Print the JSON Schema of a plan, for editors."""
    from mapsite.start.starter import schema_text  # noqa: PLC0415

    click.echo(schema_text(), nl=False)


@click.command(epilog=examples("mapsite init deals"))
@click.argument("folder", default=".", metavar="[DIR]", type=FOLDER)
@click.option(
    "--theme",
    is_flag=True,
    help="Only copy mapsite's templates into DIR/theme, to change them.",
)
@today_option
def init(folder: Path, today: date | None, *, theme: bool) -> None:
    """Make a repository for plans in DIR, with one example to copy from.

    A README.md and a .gitignore that are there stay as they are.
    """
    from mapsite.start.starter import start_repository, start_theme  # noqa: PLC0415

    if theme:
        say(*(f"wrote  {path}" for path in start_theme(folder)))
        say("next: custom_dir: theme in mkdocs.yml; delete what you do not change")
        return
    written, kept = start_repository(folder, today or now())
    say(*(f"wrote  {path}" for path in written))
    for path in kept:
        hint = "; let it ignore /site/" if path.name == ".gitignore" else ""
        say(f"kept   {path}  (it was there{hint})")
    enter = "" if folder == Path() else f"cd {folder} && "
    say(f"next: {enter}mapsite serve")
