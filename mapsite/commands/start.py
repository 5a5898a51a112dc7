"""First files: a repository, a plan, and the schema for editors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from mapsite.commands.options import FOLDER, examples, now, say, today_option
from mapsite.repository import find_root


@click.command(epilog=examples("mapsite schema > plan.schema.json"))
def schema() -> None:
    """Print the JSON Schema of a plan, for editors."""
    from mapsite.starter import schema_text  # noqa: PLC0415

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
    from mapsite.starter import start_repository, start_theme  # noqa: PLC0415

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


@click.command(epilog=examples('mapsite new acme --buyer "Acme" --seller "Mama"'))
@click.argument("name")
@click.option(
    "--buyer", metavar="COMPANY", help="The buyer's name.  [default: made from NAME]"
)
@click.option(
    "--seller",
    metavar="COMPANY",
    help="Your company's name.  [default: as in your other plans]",
)
@today_option
def new(name: str, buyer: str | None, seller: str | None, today: date | None) -> None:
    """Write a first plan, plans/NAME.yaml, to fill in."""
    from mapsite.plan.naming import fault_of_id, suggest_id  # noqa: PLC0415
    from mapsite.starter import start_plan  # noqa: PLC0415

    if fault := fault_of_id(name):
        better = suggest_id(name.removesuffix(".yaml"))
        hint = f"; try {better}" if better else ""
        raise click.BadParameter(f"expected {fault}{hint}", param_hint="NAME")
    path = start_plan(find_root(Path.cwd()), name, buyer, seller, today or now())
    say(f"wrote  {path}", f"next: fill it in, then mapsite check {name}")
