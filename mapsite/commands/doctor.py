"""Ask a host whether it serves rooms as promised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapsite.commands.options import examples, say
from mapsite.errors import MapsiteError
from mapsite.repository import find_root

if TYPE_CHECKING:
    from mapsite.publish.doctor import Diagnosis, Finding


@click.command(
    epilog=examples("mapsite doctor", "mapsite doctor https://deals.mama.example")
)
@click.argument("address", nargs=-1, metavar="[URL]")
@click.option("--target", metavar="NAME", help="Ask for this target's address.")
@click.pass_context
def doctor(ctx: click.Context, address: tuple[str, ...], target: str | None) -> None:
    """Compare how rooms are served with what mapsite promises of them.

    URL is where a target's rooms are found, or the address of one of them, which
    tells more. Without it, the default target's address is asked. No output holds
    the address of a room.
    """
    from mapsite.publish.doctor import examine  # noqa: PLC0415  # requests is slow
    from mapsite.publish.fetch import fetch_all  # noqa: PLC0415
    from mapsite.publish.link import fresh_nonce  # noqa: PLC0415
    from mapsite.publish.visit import visit  # noqa: PLC0415

    # click would print what it has no place for, and that may be a room's address.
    if len(address) > 1 or (address and target):
        raise click.UsageError("expected one URL, or --target NAME")
    asked = address[0] if address else _address_of(target)
    strangers = fresh_nonce(), fresh_nonce()
    diagnosis = examine(visit(asked, fetch_all, strangers), _connects())
    _tell(diagnosis)
    ctx.exit(1 if diagnosis.missing else 0)


def _address_of(target: str | None) -> str:
    from mapsite.publish.settings import read_targets  # noqa: PLC0415  # YAML is slow

    settings = read_targets(find_root(Path.cwd())).named(target)
    if settings.address is None:
        raise MapsiteError(
            f"target {settings.name} has no address in mkdocs.yml; give it one, or"
            " ask for it: mapsite doctor URL"
        )
    return settings.address


def _connects() -> str:
    """Return what rooms may ask, by the repository around, if there is one."""
    from mapsite.publish.settings import read_targets  # noqa: PLC0415  # YAML is slow

    try:
        root = find_root(Path.cwd())
    except MapsiteError:
        return ""
    return read_targets(root).named(None).connects


def _tell(diagnosis: Diagnosis) -> None:
    host, missing = diagnosis.host, diagnosis.missing
    say(f"address  {diagnosis.address}  ({host.name})")
    say(f"asked    {', '.join(diagnosis.asked)}", "")
    for finding in diagnosis.findings:
        say(*_rows(finding))
    say("")
    for limit in host.limits:
        say(f"{host.name}: {limit}")
    total = len(diagnosis.findings)
    if not missing:
        say(f"fine: all {total} promises are kept")
        return
    say(f"missing: {len(missing)} of {total} promises are not kept")
    if host.file:
        say(f"next: mapsite host {host.file} --address {diagnosis.address}")
    elif not host.limits:
        say("next: `mapsite host --help` lists the hosts that there are settings for")


def _rows(finding: Finding) -> list[str]:
    if not finding.fault:
        return [f"fine     {finding.promise}"]
    rows = [f"missing  {finding.promise}: {finding.fault}"]
    return [*rows, f"         {finding.fix}"] if finding.fix else rows
