"""New plans: a skeleton, or one grown from a template."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mapsite.commands.asking import Wish, ask
from mapsite.commands.options import examples, now, read_day, say, today_option
from mapsite.commands.templates import complete_templates, read_named
from mapsite.repository import find_root

if TYPE_CHECKING:
    from mapsite.start.growing import Grown
    from mapsite.start.templates import Template

_Given = TypeVar("_Given")


def read_name(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """Take a name that stands in one line and can all be seen."""
    from mapsite.plan.decode import control_in  # noqa: PLC0415  # only where it is given

    if text is None:
        return None
    if not {"\n", "\r", "\t"}.isdisjoint(text):
        raise click.BadParameter("expected a name in one line, without tabs")
    if fault := control_in(text):
        raise click.BadParameter(fault)
    return text


@click.command(
    epilog=examples(
        'mapsite new acme --buyer "Acme" --seller "Mama"',
        "mapsite new acme --template enterprise --goal-date 2026-12-11",
    )
)
@click.argument("name")
@click.option(
    "--template",
    metavar="NAME",
    shell_complete=complete_templates,
    help="What to grow the plan from; `mapsite templates` lists them.",
)
@click.option(
    "--buyer",
    callback=read_name,
    metavar="COMPANY",
    help="The buyer's name.  [default: made from NAME]",
)
@click.option(
    "--seller",
    callback=read_name,
    metavar="COMPANY",
    help="Your company's name.  [default: as in all your other plans]",
)
@click.option(
    "--goal-date",
    callback=read_day,
    metavar="DATE",
    help="The day of the signature; the template's days are spread before it.",
)
@click.option(
    "--created",
    callback=read_day,
    metavar="DATE",
    help="Day 0 of the plan.  [default: today]",
)
@click.option(
    "--language",
    type=click.Choice(["en", "de", "fr", "es"]),
    help="Of the room's labels and dates; the words of a template stay.",
)
@click.option(
    "--holidays",
    multiple=True,
    metavar="CODE",
    help="Public holidays to keep free, like US or DE-BY; may be repeated.",
)
@today_option
def new(name: str, today: date | None, **given: Any) -> None:  # noqa: ANN401  # click's
    """Write a first plan, plans/NAME.yaml.

    With --template it is complete: steps, owners by role, and dates that fit before
    the goal. Without one it is a skeleton to fill in. On a terminal it asks for what
    is missing.
    """
    from mapsite.start.starter import free_path, start_plan  # noqa: PLC0415

    _refuse_name(name)
    root, day, wish = find_root(Path.cwd()), today or now(), Wish(**given)
    free_path(root, name)
    if sys.stdin.isatty():
        wish = ask(root, name, wish, day)
    if wish.template:
        _grow(root, name, wish, day)
        return
    _refuse_without_template(wish)
    path = start_plan(root, name, wish.buyer, wish.seller, day)
    say(f"wrote  {path}", f"next: fill it in, then mapsite check {name}")


def _refuse_name(name: str) -> None:
    from mapsite.plan.naming import fault_of_id, suggest_id  # noqa: PLC0415

    if fault := fault_of_id(name):
        better = suggest_id(name.removesuffix(".yaml"))
        hint = f"; try {better}" if better else ""
        raise click.BadParameter(f"expected {fault}{hint}", param_hint="NAME")


def _refuse_without_template(wish: Wish) -> None:
    """Refuse options that only a template can use."""
    for option in ("goal_date", "created", "language", "holidays"):
        if getattr(wish, option):
            flag = f"--{option.replace('_', '-')}"
            raise click.UsageError(
                f"{flag} goes with --template; `mapsite templates` lists them"
            )


def _grow(root: Path, name: str, wish: Wish, today: date) -> None:
    from mapsite.start.growing import Deal, grow_plan  # noqa: PLC0415
    from mapsite.start.starter import usual_buyer, usual_seller  # noqa: PLC0415

    template = read_named(root, wish.template or "")
    goal = _needed(wish.goal_date, "--goal-date", "the day of the signature")
    _refuse_past(goal, wish.created, today)
    _refuse_unknown(wish.holidays)
    seller = wish.seller or template.seller or usual_seller(root)
    deal = Deal(
        buyer=wish.buyer or usual_buyer(name),
        seller=_needed(seller, "--seller", "your company's name"),
        goal=goal,
        created=wish.created or today,
        today=today,
        language=wish.language,
        holidays=wish.holidays,
    )
    _tell(name, template, goal, grow_plan(root, name, template, deal))


def _needed(value: _Given | None, option: str, what: str) -> _Given:
    """Return *value*, which a template cannot do without."""
    if value is None:
        raise click.UsageError(f"--template needs {option} too: {what}")
    return value


def _refuse_past(goal: date, created: date | None, today: date) -> None:
    start = max(created or today, today)
    if goal <= start:
        what = f"expected a day after {start}, got {goal}"
        raise click.BadParameter(what, param_hint="--goal-date")


def _refuse_unknown(holidays: tuple[str, ...]) -> None:
    from mapsite.plan.calendar import known_holidays  # noqa: PLC0415

    for code in holidays:
        if not known_holidays(code):
            what = f"expected a code like US or DE-BY, got {code}"
            raise click.BadParameter(what, param_hint="--holidays")


def _tell(name: str, template: Template, goal: date, grown: Grown) -> None:
    """Say what was written, and what is worth knowing about its days."""
    from mapsite.start.growing import named_day  # noqa: PLC0415

    spare = "no day to spare"
    if grown.spare:
        days = "day" if grown.spare == 1 else "days"
        spare = f"{grown.spare} business {days} to spare, spread over the steps"
    say(
        f"wrote  {grown.path}",
        f"{template.file.name}: {grown.steps} steps, with {spare}",
    )
    if grown.signed != goal:
        say(
            f"note: {named_day(goal)} is no business day of the plan; the last step"
            f" before it is due on {named_day(grown.signed)}; the next one is"
            f" {named_day(grown.next_day)}"
        )
    if grown.undated:
        say(f"note: {_steps_without_dates(grown.undated)}, since `takes` is missing")
    say(f"next: go through the dates with the buyer, then mapsite check {name}")


def _steps_without_dates(count: int) -> str:
    return "1 step has no date yet" if count == 1 else f"{count} steps have no date yet"
