"""The secret that private addresses are made with: a new one, and a look at it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mapsite.commands.options import examples, say
from mapsite.errors import MapsiteError
from mapsite.repository import find_root


@click.group(epilog=examples("mapsite secret new", "mapsite secret check"))
def secret() -> None:
    """Make the secret of all private addresses, or look whether it is the right one.

    It is never shown. Whoever has it and the plans can tell every address.
    """


@secret.command(epilog=examples("mapsite secret new"))
@click.option(
    "--file",
    metavar="PATH",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to keep it.  [default: .mapsite-secret beside mkdocs.yml]",
)
@click.option(
    "--replace",
    is_flag=True,
    help="Take another secret than that of mkdocs.yml: every address changes.",
)
def new(file: Path | None, *, replace: bool) -> None:
    """Write a new secret into a file that only you can read.

    mkdocs.yml gets a check of eight letters, by which a wrong secret is found before
    anything is published with it.
    """
    from mapsite.publish.keeping import FILE, keep_new_secret  # noqa: PLC0415
    from mapsite.publish.secret import FILE_VARIABLE, VARIABLE  # noqa: PLC0415

    root = find_root(Path.cwd())
    kept = keep_new_secret(root, file or _beside(root, FILE), replace=replace)
    say(f"wrote    {kept.path}  (only you can read it)")
    if kept.ignored:
        say("changed  .gitignore  (git leaves the secret alone)")
    say(
        "changed  mkdocs.yml  (key_check, which tells a wrong secret); commit it",
        "keep a copy of the file in your team's password manager: without it, every"
        " address changes",
        f"for CI, make its content the protected variable {VARIABLE}, as with:"
        f" gh secret set {VARIABLE} < {kept.path}",
    )
    if file:
        say(f"here, set {FILE_VARIABLE} to its path: {file.resolve()}")
    for name in (VARIABLE, FILE_VARIABLE):
        if name in os.environ:
            say(f"note: {name} is set here, and mapsite reads it first")
    if replace:
        say("every address changed; next: mapsite publish --clean, then mapsite links")


@secret.command(epilog=examples("mapsite secret check"))
def check() -> None:
    """Tell whether the secret at hand is the one that addresses are made with."""
    from mapsite.publish.link import key_check  # noqa: PLC0415
    from mapsite.publish.secret import (  # noqa: PLC0415
        kept_check,
        known_secret,
        read_secret,
    )

    root = find_root(Path.cwd())
    if kept_check(root) is None:
        found = key_check(read_secret(root))
        raise MapsiteError(
            "mkdocs.yml does not say which secret the addresses are made with; if it is"
            f" this one, add there:\nextra:\n  mapsite:\n    key_check: {found}"
        )
    known_secret(root)
    say("fine: this is the secret that the addresses are made with")


def _beside(root: Path, name: str) -> Path:
    return Path(os.path.relpath(root / name))
