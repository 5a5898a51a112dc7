"""The commands, joined; they alone print or exit.

Exit codes: 0 done, 1 a plan or the repository needs you, 2 wrong use of a command.
A command is imported when it is wanted, and what is slow to import when it is needed.
"""

from __future__ import annotations

import gc

# Most of what a short run allocates are modules and plans, which stay: looking for
# garbage among them every few objects takes a tenth of its time.
gc.set_threshold(100_000, 20, 20)

from importlib import import_module  # noqa: E402  # behind the line above
from typing import Any  # noqa: E402

import click  # noqa: E402

import mapsite  # noqa: E402
from mapsite.commands.options import complain, examples  # noqa: E402
from mapsite.errors import MapsiteError  # noqa: E402
from mapsite.report import ending  # noqa: E402

COMMANDS = {
    "archive": "close",
    "build": "build",
    "changes": "changes",
    "check": "check",
    "close": "close",
    "diff": "diff",
    "doctor": "doctor",
    "gate": "gate",
    "host": "host",
    "inbox": "inbox",
    "init": "start",
    "links": "links",
    "new": "new",
    "publish": "publish",
    "reopen": "close",
    "rotate": "publish",
    "schedule": "schedule",
    "schema": "start",
    "secret": "secret",
    "serve": "build",
    "templates": "templates",
    "withdraw": "publish",
}
"""In which module of `mapsite.commands` each command stands, by its own name."""


class Commands(click.Group):
    """Import a command when it is wanted; end one that stops with a clear line."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, without those that nobody asked for."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"mapsite.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

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


def main() -> None:
    """Run mapsite on the command line."""
    try:
        commands(prog_name="mapsite")
    finally:
        # Nor does anybody need what is left to be looked through at the end.
        gc.freeze()
