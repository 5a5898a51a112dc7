"""Build the rooms, once or on every save."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import click

from mapsite.commands.options import (
    FOLDER,
    complain,
    examples,
    now,
    plans_argument,
    say,
    today_option,
)
from mapsite.report import Report
from mapsite.repository import find_plans, find_root

_FEWEST_FOR_BAR = 2


@click.command(
    epilog=examples(
        "mapsite build",
        "mapsite build acme --out /tmp/rooms",
        "mapsite build --today 2026-05-24 --clean",
    )
)
@plans_argument
@click.option(
    "--out",
    type=FOLDER,
    metavar="FOLDER",
    help="Where rooms are written.  [default: site, beside mkdocs.yml]",
)
@today_option
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes.  [default: all processors]",
)
@click.option(
    "--clean",
    is_flag=True,
    help="Build all again and remove rooms whose plans are gone.",
)
def build(
    plans: tuple[str, ...],
    out: Path | None,
    today: date | None,
    jobs: int | None,
    *,
    clean: bool,
) -> None:
    """Write a room for each PLAN: an id like acme or a path; all plans without one.

    Rooms whose plan, look and day are unchanged are left as they are.
    """
    from mapsite.replying import FromLedger  # noqa: PLC0415
    from mapsite.room.build import Order, build as build_rooms  # noqa: PLC0415

    began = time.perf_counter()
    root = find_root(Path.cwd())
    chosen, misnamed = find_plans(root, plans)
    out = out or Path(os.path.relpath(root / "site"))
    order = Order(
        *(root, chosen, out, today or now(), jobs, clean, not plans),
        replies=FromLedger(root),
    )
    report = Report(out, misnamed, say, complain)
    with ExitStack() as stack:
        for outcome in build_rooms(order, lambda n: report.begin(_bar(stack, n))):
            report.add(outcome)
    report.finish(time.perf_counter() - began)
    if report.failed:
        raise click.exceptions.Exit(1)


@click.command(
    epilog=examples(
        "mapsite serve",
        "mapsite serve --port 8080 --today 2026-05-24",
        "mapsite serve --published",
    )
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 takes a free one.",
)
@today_option
@click.option(
    "--published",
    is_flag=True,
    help="Show what was published to a folder, as a host would.",
)
@click.option("--target", metavar="NAME", help="The folder target to show.")
def serve(
    port: int, today: date | None, target: str | None, *, published: bool
) -> None:
    """Show all rooms in the browser, and again whenever you save.

    Only this computer can open the page. Ctrl-C stops.
    """
    root = find_root(Path.cwd())
    try:
        if published or target:
            from mapsite.publish.serve import serve_published  # noqa: PLC0415

            serve_published(root, target, port, say)
        else:
            from mapsite.replying import FromLedger  # noqa: PLC0415
            from mapsite.room.serve import serve_rooms  # noqa: PLC0415

            serve_rooms(root, port, today, say, lambda: FromLedger(root))
    except KeyboardInterrupt:
        say("stopped")


def _bar(stack: ExitStack, count: int) -> Callable[[int], None] | None:
    """Show a progress bar where a person watches more than one room."""
    if count < _FEWEST_FOR_BAR or not sys.stdout.isatty():
        return None
    return stack.enter_context(click.progressbar(length=count, label="building")).update
