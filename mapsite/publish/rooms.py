"""Which rooms should be at which addresses, and which addresses must be empty."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.publish.link import prefix, token
from mapsite.publish.manifest import ENTRY, Print
from mapsite.publish.record import write_private
from mapsite.publish.secret import Secret
from mapsite.repository import MEMORY, PlanFile, read_plan_file

_FORMAT = 1
_OPEN = "open"
NOWHERE = PlanFile("", "", "")
"""Stands for the plan of a room that no plan knows of."""


@dataclass(frozen=True, slots=True)
class Address:
    """Name one place of a room: the plan, the link, and where it leads."""

    plan: PlanFile
    link: str
    prefix: str = field(repr=False)
    """``t/<token>/`` from the target's root; told to nobody but by `mapsite links`."""
    why: str = ""
    """Why nothing may be there: rotated, withdrawn, expired or closed; else empty."""


@dataclass(frozen=True, slots=True)
class Room:
    """Hold the files of one built room."""

    folder: Path
    files: Mapping[str, Print]

    def read(self, path: str) -> bytes:
        """Return one file; raise MapsiteError where it is not what was built."""
        data = (self.folder / path).read_bytes()
        if hashlib.sha256(data).hexdigest() != self.files[path][0]:
            raise MapsiteError(
                f"{self.folder / path} changed while it was published; publish again"
            )
        return data


class Failed(NamedTuple):
    """Hold a plan of which no room can be published, and why."""

    plan: PlanFile
    problems: tuple[Problem, ...]


class Addresses(NamedTuple):
    """Hold what the plans say of their links."""

    live: list[Address]
    gone: list[Address]
    linkless: list[PlanFile]
    """Open plans that never had an address."""
    failed: list[Failed]
    others: list[Address]
    """Addresses of plans that were not asked for."""


def find_addresses(
    root: Path, plans: Iterable[PlanFile], secret: Secret, today: date
) -> Addresses:
    """Return the addresses of *plans* on the day *today*."""
    found = Addresses([], [], [], [], [])
    kept = _Kept(root / MEMORY / "links.json")
    for plan in plans:
        try:
            links = kept.links(plan)
        except InvalidPlan as error:
            found.failed.append(Failed(plan, tuple(error.problems)))
            continue
        # A plan that was moved there by hand may still say that it is open.
        links = links._replace(open=links.open and not plan.closed)
        for address in _addresses(plan, links, secret, today):
            (found.gone if address.why else found.live).append(address)
        if not links.links and links.open:
            found.linkless.append(plan)
    kept.save()
    return found


def built_room(folder: Path, files: Mapping[str, Print], plan_id: str) -> Room:
    """Return the room that a build wrote; raise MapsiteError for what is none."""
    if not files.get(ENTRY, ("", 0))[1]:
        raise MapsiteError(f"the room of {plan_id} is empty; nothing was published")
    return Room(folder, files)


class _Links(NamedTuple):
    open: bool
    links: dict[str, tuple[str | None, str | None, tuple[str, ...]]]
    """By name: the nonce, the last day, and the nonces of former addresses."""


class _Kept:
    """Remember the links of plans by their content: reading a plan takes its time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._old: dict[str, list[object]] = {}
        self._new: dict[str, list[object]] = {}
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            record = json.loads(file.read_bytes())
            if record["format"] == _FORMAT:
                self._old = dict(record["plans"])

    def links(self, plan: PlanFile) -> _Links:
        raw = read_plan_file(plan.path)
        digest = hashlib.sha256(raw).hexdigest()
        known = self._old.get(digest)
        if known is None:
            known = _read_links(raw, plan.path)
        self._new[digest] = known
        is_open, links = known
        return _Links(
            bool(is_open),
            {name: (n, day, tuple(old)) for name, (n, day, old) in links.items()},  # type: ignore[attr-defined]  # from JSON
        )

    def save(self) -> None:
        if self._new.items() <= self._old.items():
            return
        record = {"format": _FORMAT, "plans": self._old | self._new}
        write_private(self._file, json.dumps(record, separators=(",", ":")))


def _read_links(raw: bytes, path: str) -> list[object]:
    from mapsite.plan.read import read_plan  # noqa: PLC0415  # pydantic is slow to load

    plan = read_plan(raw, path)
    return [
        plan.status == _OPEN,
        {
            name: [
                link.nonce,
                link.expires.isoformat() if link.expires else None,
                list(link.former),
            ]
            for name, link in plan.links.items()
        },
    ]


def _addresses(
    plan: PlanFile, links: _Links, secret: Secret, today: date
) -> Iterator[Address]:
    for name, (nonce, last, former) in links.links.items():

        def at(one: str, why: str, name: str = name) -> Address:
            place = prefix(token(secret, plan.id, name, one))
            return Address(plan, name, place, why)

        if nonce is not None:
            why = ""
            if last is not None and date.fromisoformat(last) < today:
                why = "expired"
            elif last is None and not links.open:
                why = "closed"
            yield at(nonce, why)
        for one in former:
            yield at(one, "rotated" if nonce else "withdrawn")
