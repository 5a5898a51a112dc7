"""The links of a plan: which are live, and the plan's text after one changes.

Whatever an address was once made of stays in the plan as former, so that every later
publish can make sure that it is gone.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapsite.errors import MapsiteError
from mapsite.plan.edit import Edits, edited
from mapsite.plan.nodes import LINKS
from mapsite.plan.source import parse
from mapsite.plan.spelling import Value
from mapsite.plan.texts import read_id
from mapsite.plan.wording import quoted
from mapsite.publish.disk import settle
from mapsite.publish.link import fresh_nonce
from mapsite.repository import read_plan_file

if TYPE_CHECKING:
    from mapsite.plan.model import Plan

__all__ = [
    "LiveLink",
    "former_nonces",
    "fresh_nonce",
    "live_links",
    "rotated",
    "with_expiry",
    "with_link",
    "withdrawn",
    "write_plan",
]

_FILE = "the plan"
_LIKE_NONCE = re.compile(r"[a-z2-7]{26}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LiveLink:
    """Hold a link whose address can be read."""

    name: str
    nonce: str = field(repr=False)
    expires: date | None
    """The last day on which it can."""


def live_links(plan: Plan, today: date) -> list[LiveLink]:
    """Return the links of *plan* whose addresses can be read on *today*."""
    return [
        LiveLink(name, link.nonce, link.expires)
        for name, link in plan.links.items()
        if link.nonce and link.live(today)
    ]


def former_nonces(plan: Plan, today: date) -> list[tuple[str, str]]:
    """Return name and nonce of each address that must be gone on *today*."""
    found = []
    for name, link in plan.links.items():
        found += [(name, nonce) for nonce in link.former]
        if link.nonce and not link.live(today):
            found.append((name, link.nonce))
    return found


def with_link(
    raw: bytes, name: str, nonce: str, expires: date | None = None, file: str = _FILE
) -> bytes:
    """Return the plan *raw* with the link *name*, which has no address so far."""
    if not read_id(name) or _LIKE_NONCE.search(name):
        raise MapsiteError(
            f"expected a short name for a link, like buyer or legal-team, got"
            f" {quoted(name)}"
        )
    old = _links(raw, file).get(name, {})
    if old.get("nonce"):
        raise MapsiteError(f"{file}: the link {name} has an address already")
    fields = {"nonce": nonce, "expires": expires}
    if not old:
        link: Value = {key: value for key, value in fields.items() if value}
        return edited(raw, {(LINKS, name): link}, file)
    return edited(
        raw, {(LINKS, name, key): value for key, value in fields.items()}, file
    )


def rotated(raw: bytes, name: str, nonce: str, file: str = _FILE) -> bytes:
    """Return the plan *raw* with another nonce for the link *name*."""
    old = _known(raw, name, file)
    edits: Edits = {(LINKS, name, "former"): _former(old)} if old.get("nonce") else {}
    return edited(raw, {**edits, (LINKS, name, "nonce"): nonce}, file)


def withdrawn(raw: bytes, names: Iterable[str], file: str = _FILE) -> bytes:
    """Return the plan *raw* in which the links *names* have no address any more."""
    for name in names:
        old = _known(raw, name, file)
        if old.get("nonce"):
            link = (LINKS, name)
            edits: Edits = {(*link, "former"): _former(old), (*link, "nonce"): None}
            raw = edited(raw, edits, file)
    return raw


def with_expiry(raw: bytes, name: str, day: date | None, file: str = _FILE) -> bytes:
    """Return the plan *raw* whose link *name* can be read until *day*."""
    _known(raw, name, file)
    return edited(raw, {(LINKS, name, "expires"): day}, file)


def write_plan(path: Path, old: bytes, new: bytes) -> None:
    """Write *new* into the plan at *path* in one move.

    Raise MapsiteError, with nothing written, where *path* does not hold *old* any more.
    """
    if new == old:
        return
    mode = stat.S_IMODE(path.lstat().st_mode)
    # Always the same name, which git leaves alone: a killed run may leave the file.
    name = path.with_name(f".{path.name}.part")
    name.unlink(missing_ok=True)
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        _refuse_other(path, old)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    settle(path.parent)


def _refuse_other(path: Path, old: bytes) -> None:
    if read_plan_file(str(path)) != old:
        raise MapsiteError(
            f"{path} was saved by somebody else meanwhile; nothing was written, run"
            " the command again"
        )


def _links(raw: bytes, file: str) -> Mapping[str, Mapping[str, Any]]:
    found = parse(raw, file).data().get(LINKS, {})
    if not isinstance(found, dict) or not all(map(_is_link, found.values())):
        raise MapsiteError(
            f"{file}: links: is no map of links; `mapsite check` says more"
        )
    return found


def _is_link(link: object) -> bool:
    return isinstance(link, dict) and isinstance(link.get("former", []), list)


def _known(raw: bytes, name: str, file: str) -> Mapping[str, Any]:
    links = _links(raw, file)
    if name not in links:
        known = ", ".join(links) or "none yet"
        raise MapsiteError(f"{file} has no link {name}; it has: {known}")
    return links[name]


def _former(link: Mapping[str, Any]) -> list[str]:
    former = link.get("former", [])
    return [*former, *([] if link["nonce"] in former else [link["nonce"]])]
