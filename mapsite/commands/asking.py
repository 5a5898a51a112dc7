"""What `new` asks on a terminal, where an option is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click

from mapsite.commands.options import read_day, say

SKELETON = "none"
"""What to answer for a plan without a template."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Hold what was given about a new plan, and what a terminal added."""

    template: str | None
    buyer: str | None
    seller: str | None
    goal_date: date | None
    created: date | None
    language: str | None
    holidays: tuple[str, ...]


def ask(root: Path, name: str, wish: Wish, today: date) -> Wish:
    """Ask for what *wish* lacks; Enter takes what stands in brackets."""
    from mapsite.start.starter import usual_buyer, usual_seller  # noqa: PLC0415

    asked = wish.template or _ask_template(root)
    template = None if asked == SKELETON else asked
    buyer = wish.buyer or click.prompt("Buyer", default=usual_buyer(name))
    seller = wish.seller or click.prompt("Your company", default=usual_seller(root))
    wish = replace(wish, template=template, buyer=buyer, seller=seller)
    if template is None or wish.goal_date:
        return wish
    return replace(wish, goal_date=_ask_goal(max(wish.created or today, today)))


def _ask_template(root: Path) -> str:
    from mapsite.start.templates import find_templates  # noqa: PLC0415

    names = [file.name for file in find_templates(root)]
    say("Templates (`mapsite templates` tells more; none writes a skeleton)")
    kinds = click.Choice([*names, SKELETON])
    return str(click.prompt("Template", type=kinds, default="mid-market"))


def _ask_goal(start: date) -> date:
    """Ask until the answer is a day after *start*."""

    def read(text: str) -> date:
        context = click.get_current_context()
        day = read_day(context, context.command.params[0], text)
        if day is None or day <= start:
            raise click.BadParameter(f"expected a day after {start}, got {text}")
        return day

    day: date = click.prompt("Day of the signature, like 2026-12-11", value_proc=read)
    return day
