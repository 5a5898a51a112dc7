"""Hold the CRM's deals against the plans."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import click

from mapsite.commands.options import complain, examples, now, read_day, say
from mapsite.gate.amounts import MARKS, read_amount
from mapsite.gate.columns import FIELDS
from mapsite.gate.stages import Stages, own_stages, usual_stages
from mapsite.repository import find_root

_FEWEST_STAGES = 2


def read_threshold(_: click.Context, __: click.Parameter, text: str) -> Decimal:
    """Read an amount that can be read in one way, and is no debt."""
    amount = read_amount(text)
    value = amount.value(None) if amount else None
    if value is None or value < 0:
        raise click.BadParameter(f"expected an amount like 25000 or 25K, got {text!r}")
    return value


def read_mapping(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> dict[str, str]:
    """Read ``amount=Deal value``, each field once."""
    mapped: dict[str, str] = {}
    for text in texts:
        field, _sign, column = (part.strip() for part in text.partition("="))
        if field not in FIELDS or not column:
            fields = ", ".join(FIELDS)
            raise click.BadParameter(
                f"expected FIELD=COLUMN with a FIELD of {fields}, got {text!r}"
            )
        if field in mapped:
            raise click.BadParameter(f"{field} is given twice")
        mapped[field] = column
    return mapped


def read_stages(
    _: click.Context, __: click.Parameter, text: str | None
) -> Stages | None:
    """Read a team's own stages, the earliest first."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) < _FEWEST_STAGES:
        raise click.BadParameter(f"expected stages in order, A,B,C, got {text!r}")
    return own_stages(names)


@click.command(
    epilog=examples(
        "mapsite gate pipeline.csv",
        "mapsite gate pipeline.csv --threshold 50K --stage Proposal --strict",
        'mapsite gate deals.csv --map amount="Deal value" --map name=Title',
    )
)
@click.argument(
    "deals",
    metavar="DEALS.csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--threshold",
    default="25000",
    show_default=True,
    callback=read_threshold,
    metavar="AMOUNT",
    help="Deals of at least this amount need a plan.",
)
@click.option(
    "--stage",
    metavar="STAGE",
    help="Only deals in this stage or a later one need a plan.  [default: all open]",
)
@click.option(
    "--stages",
    callback=read_stages,
    metavar="A,B,C",
    help="Your stages in order.  [default: those of Salesforce and HubSpot]",
)
@click.option(
    "--stale",
    type=click.IntRange(1, 3650),
    default=14,
    show_default=True,
    metavar="DAYS",
    help="After so many days without a change a plan is stale.",
)
@click.option("--strict", is_flag=True, help="Warnings about a plan count too.")
@click.option(
    "--map",
    "mapped",
    multiple=True,
    callback=read_mapping,
    metavar="FIELD=COLUMN",
    help=f"Where your export has {', '.join(FIELDS)}. Can be given again.",
)
@click.option(
    "--decimal",
    "mark",
    type=click.Choice(list(MARKS)),
    help="The decimal mark, where the amounts leave it open.",
)
@click.option(
    "--today",
    callback=read_day,
    metavar="DATE",
    help="Judge as on this day, like 2026-05-24.  [default: today]",
)
@click.option("--json", "as_json", is_flag=True, help="Print it for machines.")
def gate(  # noqa: PLR0913  # one for each option
    deals: Path,
    threshold: Decimal,
    stage: str | None,
    stages: Stages | None,
    stale: int,
    mapped: dict[str, str],
    mark: str | None,
    today: date | None,
    *,
    strict: bool,
    as_json: bool,
) -> None:
    """Tell which open deals of the CRM's export lack a plan that is kept up.

    DEALS.csv is a report of Salesforce or an export of HubSpot, or any table with such
    columns. A plan belongs to the deal whose id stands in its internal crm_id, else to
    the open deal of its buyer.
    """
    from mapsite.gate.deals import read_deals  # noqa: PLC0415  # only when it runs
    from mapsite.gate.plans import plan_states  # noqa: PLC0415  # pydantic is slow
    from mapsite.gate.report import failing, lines, record  # noqa: PLC0415
    from mapsite.gate.verdicts import Rule, judge  # noqa: PLC0415

    order = stages or usual_stages()
    if stage is not None and order.place(stage) is None:
        raise click.BadParameter(
            f"expected a stage whose place is known, got {stage!r};"
            " --stages tells yours in order",
            param_hint="--stage",
        )
    day = today or now()
    rule = Rule(threshold, day, stale, strict, stage, order)
    found = read_deals(
        deals.read_bytes(), str(deals), mapped, by_stage=stage is not None, mark=mark
    )
    plans, untold = plan_states(find_root(Path.cwd()), day)
    verdicts = judge(found, plans, rule)
    if as_json:
        text = json.dumps(record(verdicts, str(deals), rule), indent=2)
        click.echo(text)
    else:
        say(*lines(verdicts, str(deals), rule))
    complain(*map(str, untold))
    if failing(verdicts):
        raise click.exceptions.Exit(1)
