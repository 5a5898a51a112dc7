"""The commands, joined; they alone print or exit.

Exit codes: 0 done, 1 a plan or the repository needs you, 2 wrong use of a command.
Modules that are slow to import are imported by the command that needs them.
"""

from __future__ import annotations

from typing import Any

import click

import mapsite
from mapsite.commands.build import build, serve
from mapsite.commands.check import check
from mapsite.commands.gate import gate
from mapsite.commands.new import new
from mapsite.commands.options import complain, examples
from mapsite.commands.schedule import schedule
from mapsite.commands.start import init, schema
from mapsite.commands.templates import templates
from mapsite.errors import MapsiteError
from mapsite.report import ending


class Commands(click.Group):
    """Turn what stops a command into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own signature
        """Run the command; a fault of the user's ends it with one clear line."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (MapsiteError, OSError, KeyboardInterrupt) as error:
            lines, code = ending(error, ctx.invoked_subcommand)
            complain(*lines)
            return ctx.exit(code)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "mapsite init deals && cd deals",
        'mapsite new acme --buyer "Acme" --seller "Mama"',
        "mapsite serve",
    ),
)
@click.version_option(
    mapsite.__version__, prog_name="mapsite", message="%(prog)s %(version)s"
)
def commands() -> None:
    """Turn each deal's plan into a small private site that buyer and seller share.

    A plan is one file, plans/NAME.yaml; its room is the folder site/NAME.
    """


for _command in (build, check, schedule, gate, serve, schema, init, new, templates):
    commands.add_command(_command)


def main() -> None:
    """Run mapsite on the command line."""
    commands(prog_name="mapsite")
