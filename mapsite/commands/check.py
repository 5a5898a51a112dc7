"""Tell what keeps a plan from its room, and what a good plan still lacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import examples, now, plans_argument, read_day, say
from mapsite.repository import find_root

if TYPE_CHECKING:
    from mapsite.plan.advice.rule import Rule


@click.command(
    epilog=examples(
        "mapsite check",
        "mapsite check acme --today 2026-05-24",
        "mapsite check --strict --json",
        "mapsite check --rules",
    )
)
@plans_argument
@click.option(
    "--today",
    callback=read_day,
    metavar="DATE",
    help="Advise as on this day, like 2026-05-24.  [default: today]",
)
@click.option("--strict", is_flag=True, help="Let warnings fail too, as in CI.")
@click.option(
    "--rules", is_flag=True, help="Explain every rule of advice, and check nothing."
)
@click.option("--json", "as_json", is_flag=True, help="Print a list for machines.")
def check(
    plans: tuple[str, ...],
    today: date | None,
    *,
    strict: bool,
    rules: bool,
    as_json: bool,
) -> None:
    """Tell every problem of every PLAN, or of all plans, and of mkdocs.yml at once.

    A plan without a problem gets advice: what it still lacks, and what helps. Advice
    stops nothing. Rules are switched off or tuned under extra: mapsite: checks: in
    mkdocs.yml, and for one plan, with a reason, under its own checks:.
    """
    if rules:
        _explain(as_json=as_json)
        return
    from mapsite.checking import check_repository  # noqa: PLC0415

    checked = check_repository(find_root(Path.cwd()), plans, today or now())
    problems = checked.problems
    if as_json:
        click.echo(json.dumps([problem.as_dict() for problem in problems], indent=2))
    else:
        say(*map(str, problems), checked.verdict)
    fails = {"error", "warning"} if strict else {"error"}
    if any(problem.severity in fails for problem in problems):
        raise click.exceptions.Exit(1)


def _explain(*, as_json: bool) -> None:
    from mapsite.plan.advice.registry import RULES  # noqa: PLC0415  # only here

    if as_json:
        click.echo(json.dumps([_record(rule) for rule in RULES.values()], indent=2))
        return
    for rule in RULES.values():
        say(*_lines(rule))


def _lines(rule: Rule) -> Iterator[str]:
    yield f"{rule.id} ({rule.severity}): {rule.title}"
    yield f"  why: {rule.why}"
    yield f"  fix: {rule.fix}"
    for name, limit in rule.limits.items():
        yield f"  {name}: {limit.default}  # {limit.what}"
    yield ""


def _record(rule: Rule) -> dict[str, object]:
    limits = {
        name: {
            "default": limit.default,
            "least": limit.least,
            "most": limit.most,
            "what": limit.what,
        }
        for name, limit in rule.limits.items()
    }
    return {
        "id": rule.id,
        "severity": rule.severity,
        "title": rule.title,
        "why": rule.why,
        "fix": rule.fix,
        "limits": limits,
    }
