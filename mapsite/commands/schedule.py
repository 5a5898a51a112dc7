"""Tell when a plan's steps begin and end, and what a delay would do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from mapsite.commands.options import (
    complain,
    examples,
    now,
    plans_argument,
    say,
    today_option,
)
from mapsite.errors import Problem
from mapsite.plan.moment import Duration, read_duration
from mapsite.repository import PlanFile, find_plans, find_root

_MOST_TRIED = 60
"""Of more plans at once it is not tried what could run in parallel."""
_MANY = 60
"""From so many plans on it takes several processes."""


def read_slips(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> dict[str, Duration]:
    """Read ``security-review=5d``, each step once."""
    slips: dict[str, Duration] = {}
    for text in texts:
        step_id, _sign, length = text.partition("=")
        takes = read_duration(length.removeprefix("+"))
        if not step_id or takes is None or not takes.known:
            raise click.BadParameter(
                f"expected STEP=LENGTH like security-review=5d, got {text!r}"
            )
        if not takes.most:
            raise click.BadParameter(f"{text} is no delay; expected 1d or more")
        if step_id in slips:
            raise click.BadParameter(f"{step_id} is given twice")
        slips[step_id] = takes
    return slips


@click.command(
    epilog=examples(
        "mapsite schedule acme",
        "mapsite schedule acme --slip security-review=5d",
        "mapsite schedule --json --today 2026-05-24",
    )
)
@plans_argument
@today_option
@click.option(
    "--slip",
    "slips",
    multiple=True,
    callback=read_slips,
    metavar="STEP=LENGTH",
    help="What if this step ended so much later: 5d, 2w, 10cd. Can be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it for machines.")
def schedule(
    plans: tuple[str, ...],
    today: date | None,
    slips: dict[str, Duration],
    *,
    as_json: bool,
) -> None:
    """Tell when the steps of every PLAN begin and end, at this pace.

    finish is when a step is expected to end, agreed the day that both sides named,
    slack the business days that it can slip before the goal moves.
    """
    chosen, misnamed = find_plans(find_root(Path.cwd()), plans)
    tables, problems = [], list(misnamed)
    for result in _results(chosen, today or now(), slips):
        if isinstance(result, dict):
            tables.append(result)
        else:
            problems += [Problem(**fields) for fields in result]
    lost = slips.keys() - {step for table in tables for step in _slipped(table)}
    if lost and not problems:
        named = ", ".join(sorted(lost))
        raise click.BadParameter(
            f"no step {named} in {', '.join(plan.id for plan in chosen[:5])}",
            param_hint="--slip",
        )
    _print(tables, as_json=as_json)
    complain(*map(str, problems))
    if problems:
        raise click.exceptions.Exit(1)


def _slipped(table: dict[str, Any]) -> dict[str, str]:
    by: dict[str, str] = table.get("slip", {}).get("by", {})
    return by


def _results(
    chosen: list[PlanFile], today: date, slips: dict[str, Duration]
) -> Iterator[Any]:
    """Return each plan's table, or the problems that it has as records, in order."""
    from mapsite.room.faults import as_problems  # noqa: PLC0415  # only when it runs
    from mapsite.room.workers import default_jobs, share  # noqa: PLC0415
    from mapsite.timetable import timetable  # noqa: PLC0415  # pydantic is slow

    tried = len(chosen) <= _MOST_TRIED

    def work(number: int) -> object:
        file = chosen[number]
        try:
            return timetable(file, today, slips, savings_too=tried)
        except Exception as error:  # noqa: BLE001  # the other plans are told too
            return [problem.as_dict() for problem in as_problems(file.path, error)]

    if len(chosen) <= _MANY:
        return map(work, range(len(chosen)))
    found = dict(share(len(chosen), work, default_jobs()))
    return (found[number] for number in range(len(chosen)))


def _print(tables: list[dict[str, Any]], *, as_json: bool) -> None:
    from mapsite.timetable import lines  # noqa: PLC0415  # pydantic is slow to import

    if as_json:
        click.echo(json.dumps(tables, indent=2, ensure_ascii=False))
        return
    for number, table in enumerate(tables):
        say(*([""] if number else []), *lines(table))
