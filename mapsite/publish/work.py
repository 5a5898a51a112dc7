"""Compare what plans want at a target with what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from mapsite.publish.deliver import Change
from mapsite.publish.difference import difference
from mapsite.publish.front import front_files
from mapsite.publish.hosts import host_files, host_of_command
from mapsite.publish.link import FOLDER
from mapsite.publish.manifest import RoomManifest
from mapsite.publish.patience import patient
from mapsite.publish.record import Record
from mapsite.publish.rooms import NOWHERE, Address, Addresses, Failed, Room
from mapsite.publish.target import Target, TargetSettings
from mapsite.publish.withdraw import Withdrawal
from mapsite.repository import PlanFile

MOST_REMOVED = 500
"""So many files one publish removes without being told that it may."""


class Order(NamedTuple):
    """Say what is to be published, and where."""

    root: Path
    plans: list[PlanFile]
    out: Path
    """Where rooms are built."""
    today: date
    clock: Callable[[], datetime]
    """Gives the time, with its zone."""
    settings: TargetSettings
    by: str
    """The name of the publisher's secret, as rooms at the target bear it."""
    everything: bool = True
    """Whether `plans` are all there are, closed ones included."""
    clean: bool = False
    """Withdraw rooms of ours that no plan knows of any more."""
    dry_run: bool = False
    most_removed: int = MOST_REMOVED
    wait: float = 60
    """Seconds to wait for another publisher."""


@dataclass(slots=True)
class Work:
    """Hold what a publish has to do, and after it what it did."""

    changes: list[Change] = field(default_factory=list)
    unchanged: list[Address] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    front: dict[str, bytes] = field(default_factory=dict)
    """Files of the target's root that are not as they should be."""
    foreign: list[str] = field(default_factory=list)
    """Names at the target's root that are somebody else's."""
    failed: list[Failed] = field(default_factory=list)
    linkless: list[PlanFile] = field(default_factory=list)
    orphans: list[Withdrawal] = field(default_factory=list)
    """Rooms of ours at the target that no plan knows of."""
    remains: tuple[str, ...] = ()
    """Where removed files can still be read, in words."""

    @property
    def nothing(self) -> bool:
        """Tell whether the target is as it should be."""
        return not (self.changes or self.withdrawals or self.front)

    @property
    def files(self) -> int:
        """Return how many files arrive or are removed."""
        removed = sum(len(room.keys) for room in self.withdrawals)
        return removed + sum(change.difference.writes for change in self.changes)

    @property
    def removals(self) -> int:
        """Return how many files are removed."""
        removed = sum(len(change.difference.remove) for change in self.changes)
        return removed + sum(len(room.keys) for room in self.withdrawals)


def compare(
    order: Order,
    target: Target,
    record: Record,
    addresses: Addresses,
    live: Sequence[Address],
    rooms: Mapping[str, Room],
) -> Work:
    """Compare what is wanted with what is there."""
    places = [address.prefix for address in (*live, *addresses.gone)]
    there = patient(lambda: record.manifests(places))
    work = Work(failed=addresses.failed, linkless=addresses.linkless)
    _add_rooms(work, live, rooms, there, order)
    work.withdrawals = [
        Withdrawal(address, there[address.prefix])
        for address in addresses.gone
        if address.prefix in there
    ]
    if order.everything:
        known = {address.prefix for address in (*addresses.live, *addresses.gone)}
        orphans = list(_orphans(target, record, known, order.by))
        (work.withdrawals if order.clean else work.orphans).extend(orphans)
    if live:
        work.front, work.foreign = _front(target, record)
    if target.whole_site and not work.nothing and target.rooms() is None:
        # Here is none of what the host has, and what is not delivered vanishes there.
        work.changes, work.unchanged = [], []
        _add_rooms(work, live, rooms, {}, order)
        work.front = _front_files(target.settings)
    return work


def _add_rooms(
    work: Work,
    live: Sequence[Address],
    rooms: Mapping[str, Room],
    there: Mapping[str, RoomManifest],
    order: Order,
) -> None:
    now = order.clock()
    for address in live:
        room = rooms[address.plan.id]
        found = difference(room.files, there.get(address.prefix), order.by, now)
        if found is None:
            work.unchanged.append(address)
        else:
            work.changes.append(Change(address, room, found))


def _orphans(
    target: Target, record: Record, known: AbstractSet[str], by: str
) -> Iterator[Withdrawal]:
    """Yield the rooms of this publisher of which *known* has no address."""
    found = patient(target.rooms) or ()
    unknown = [f"{FOLDER}/{name}/" for name in found]
    unknown = [prefix for prefix in unknown if prefix not in known]
    for prefix, manifest in patient(lambda: record.manifests(unknown)).items():
        if manifest.by == by:
            yield Withdrawal(Address(NOWHERE, "", prefix, "no plan"), manifest)


def _front_files(settings: TargetSettings) -> dict[str, bytes]:
    """Return what the target's root should hold, and the host's file of headers."""
    files = front_files(urlsplit(settings.address or "/").path)
    if settings.kind == "command":
        files |= host_files(host_of_command(settings.place))
    return files


def _front(target: Target, record: Record) -> tuple[dict[str, bytes], list[str]]:
    """Return which files of the root must be written, and which are not ours."""
    files = _front_files(target.settings)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if hashes == record.front:
        return {}, []
    there = patient(lambda: target.read(files))
    write, foreign = {}, []
    for name, data in files.items():
        found = hashlib.sha256(there[name]).hexdigest() if name in there else None
        if found is None or found == record.front.get(name):
            write[name] = data
        elif found != hashes[name]:
            foreign.append(name)
    return write, foreign
