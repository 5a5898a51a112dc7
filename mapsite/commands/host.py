"""Print what a host must be told so that it serves rooms as promised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import FOLDER, complain, examples, say
from mapsite.errors import MapsiteError
from mapsite.repository import find_root

if TYPE_CHECKING:
    from mapsite.publish.target import TargetSettings

_HOSTS = ("nginx", "netlify", "cloudflare", "apache", "cloudfront")


@click.command(
    epilog=examples(
        "mapsite host nginx --address https://deals.mama.example > rooms.conf",
        "mapsite host cloudfront --out cloudfront",
    )
)
@click.argument("host", type=click.Choice(_HOSTS), metavar="|".join(_HOSTS))
@click.option(
    "--address",
    metavar="URL",
    help="Where readers find the rooms.  [default: the first target's address]",
)
@click.option(
    "--folder",
    metavar="DIR",
    help="Where nginx finds what is published.  [default: /srv/deals]",
)
@click.option("--out", type=FOLDER, help="Write the files into this folder.")
def host(host: str, address: str | None, folder: str | None, out: Path | None) -> None:
    """Print the settings with which a host serves rooms as promised.

    Headers, caching, types and one answer for all that is missing; no room is named
    in them. `mapsite doctor` tells whether they work.
    """
    from mapsite.publish.hosts import (  # noqa: PLC0415  # what only this needs
        ADDRESS,
        SOMEWHERE,
        host_texts,
        next_steps,
    )

    place = str(Path(folder).absolute()) if folder else SOMEWHERE
    own = _own()
    known = address or (own.address if own else None) or ADDRESS
    texts = host_texts(host, known, place, own.connects if own else "")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (out / name).write_text(text, "utf-8", newline="\n")
            say(f"wrote  {out / name}")
    else:
        for name, text in texts.items():
            if len(texts) > 1:
                click.echo(f"==> {name} <==")
            click.echo(text, nl=False)
    complain(*(f"next: {step}" for step in next_steps(host)))


def _own() -> TargetSettings | None:
    """Return the default target, if there is a repository around."""
    from mapsite.publish.settings import read_targets  # noqa: PLC0415  # YAML is slow

    try:
        root = find_root(Path.cwd())
    except MapsiteError:
        return None
    return read_targets(root).named(None)
