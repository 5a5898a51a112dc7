"""The command that runs an inbox: what buyers send waits in it until it is fetched."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import FOLDER, complain, examples, say
from mapsite.errors import MapsiteError
from mapsite.plan.naming import opaque_id
from mapsite.repository import SETTINGS, find_plans, find_root

if TYPE_CHECKING:
    from mapsite.inbox.settings import Settings, Tokens
    from mapsite.publish.key import Secret

_NO_ORIGIN = (
    "no page can send to this inbox: say where rooms are, like"
    " --origin https://deals.mama.example"
)
_NO_FETCHING = (
    "`mapsite changes pull` can fetch nothing: set MAPSITE_INBOX_PULL_TOKEN, here and"
    " there"
)
_SOME = click.IntRange(min=1)


@click.command(
    epilog=examples(
        "mapsite inbox --origin https://deals.mama.example",
        "mapsite inbox --print-key",
        "mapsite inbox --folder /srv/inbox --proxy 127.0.0.1",
    )
)
@click.option(
    "--folder",
    type=FOLDER,
    default="inbox",
    show_default=True,
    envvar="MAPSITE_INBOX_FOLDER",
    help="Where suggestions wait; a folder of its own.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, envvar="MAPSITE_INBOX_HOST"
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8420,
    show_default=True,
    envvar="MAPSITE_INBOX_PORT",
    help="0 takes a free one.",
)
@click.option(
    "--tokens",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="MAPSITE_INBOX_TOKENS",
    help="A file with plans' names and tokens.  [default: all of the key]",
)
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="URL",
    envvar="MAPSITE_INBOX_ORIGINS",
    help="Where rooms are, so that their pages may send; again for each.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    envvar="MAPSITE_INBOX_PROXIES",
    help="Whose X-Forwarded-For is believed, like 127.0.0.1; again for each.",
)
@click.option(
    "--per-address",
    type=_SOME,
    default=60,
    show_default=True,
    envvar="MAPSITE_INBOX_PER_ADDRESS",
    help="Requests a minute from one address.",
)
@click.option(
    "--per-plan",
    type=_SOME,
    default=120,
    show_default=True,
    envvar="MAPSITE_INBOX_PER_PLAN",
    help="Suggestions a minute for one plan.",
)
@click.option(
    "--most-waiting",
    type=_SOME,
    default=1000,
    show_default=True,
    envvar="MAPSITE_INBOX_MOST_WAITING",
    help="Suggestions of one plan that may wait.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0.1, 600),
    default=20,
    show_default=True,
    envvar="MAPSITE_INBOX_PATIENCE",
    help="Seconds that a request may take to arrive.",
)
@click.option(
    "--print-key",
    is_flag=True,
    help="Print the key of all submit tokens for MAPSITE_INBOX_KEY, and end.",
)
@click.option(
    "--print-tokens",
    is_flag=True,
    help="Print the names and tokens of all plans for --tokens, and end.",
)
def inbox(  # noqa: PLR0913  # one for each option
    *,
    folder: Path,
    host: str,
    port: int,
    tokens: Path | None,
    origins: tuple[str, ...],
    proxies: tuple[str, ...],
    per_address: int,
    per_plan: int,
    most_waiting: int,
    patience: float,
    print_key: bool,
    print_tokens: bool,
) -> None:
    """Take the suggestions that rooms send, and keep them until they are fetched.

    What was answered with 202 is on the disk. With MAPSITE_INBOX_PULL_TOKEN set,
    `mapsite changes pull` fetches what waits; else import the files in waiting/.
    MAPSITE_INBOX_KEY, or the secret at hand, tells the plans' tokens. With
    MAPSITE_INBOX_HOOK_TALLY, _TYPEFORM, _NETLIFY, _FORMSPREE or _GENERIC set, webhooks
    of that service are taken at /hooks/tally and so on.
    Only this computer is listened to: put nginx or another server with https before
    it. Ctrl-C stops.
    """
    if print_key or print_tokens:
        _print(key=print_key)
        return
    if not all(find_spec(name) for name in ("starlette", "uvicorn")):
        raise MapsiteError(
            "an inbox needs its extra; install it with: pip install 'mapsite[inbox]'"
        )
    from mapsite.inbox import settings as read  # noqa: PLC0415  # what only this needs

    settings = read.Settings(
        tokens=_tokens(tokens),
        hooks=read.read_hooks(os.environ),
        pull_token=read.read_pull_token(os.environ.get(read.PULL_VARIABLE)),
        origins=read.read_origins(origins),
        proxies=read.read_proxies(proxies),
        per_address=per_address,
        per_plan=per_plan,
        most_waiting=most_waiting,
        patience=patience,
    )
    _run(folder, host, port, settings)


def _run(folder: Path, host: str, port: int, settings: Settings) -> None:
    from mapsite.inbox.port import listen  # noqa: PLC0415
    from mapsite.inbox.spool import Spool  # noqa: PLC0415

    spool = Spool(folder, settings.most_waiting, settings.most_odd)
    spool.open()
    with listen(host, port) as listening:
        # Slow to import: whoever comes meanwhile waits at the port.
        from mapsite.inbox.app import Inbox  # noqa: PLC0415
        from mapsite.inbox.serving import serve  # noqa: PLC0415

        counts = spool.count()
        say(
            f"inbox: http://{host}:{listening.getsockname()[1]}/  {counts.waiting}"
            f" waiting in {folder}, {counts.odd} in quarantine  (Ctrl-C stops)",
            *(f"webhooks of {name}: /hooks/{name}" for name in settings.hooks),
        )
        if not settings.origins:
            complain(_NO_ORIGIN)
        if settings.pull_token is None:
            complain(_NO_FETCHING)
        serve(Inbox(settings, spool, say).app(), settings, listening)
    spool.close()
    say("stopped; what was taken is in the folder")


def _tokens(file: Path | None) -> Tokens:
    from mapsite.inbox import settings as read  # noqa: PLC0415
    from mapsite.publish.key import Secret  # noqa: PLC0415
    from mapsite.publish.link import submit_key  # noqa: PLC0415

    if file:
        return read.read_tokens(file)
    key = read.read_key(os.environ.get(read.KEY_VARIABLE))
    return read.SignedTokens(key or Secret(submit_key(_secret())))


def _secret() -> Secret:
    """Return the secret at hand: the repository's, or that of this computer."""
    from mapsite.publish.secret import known_secret, read_secret  # noqa: PLC0415

    here = Path.cwd()
    if any((folder / SETTINGS).is_file() for folder in (here, *here.parents)):
        return known_secret(find_root(here))
    return read_secret(here)


def _print(*, key: bool) -> None:
    """Print the key of all tokens, or each plan's name and token."""
    from mapsite.changes.addressed import LETTERS  # noqa: PLC0415
    from mapsite.publish.link import submit_key, submit_token  # noqa: PLC0415
    from mapsite.publish.secret import kept_check, known_secret  # noqa: PLC0415

    root = find_root(Path.cwd())
    secret = known_secret(root)
    if key:
        say(submit_key(secret))
        return
    salt = kept_check(root) or ""
    for plan in find_plans(root, ())[0]:
        name = opaque_id(plan.id, salt, LETTERS)
        say(f"{name} {submit_token(secret, name)}")
