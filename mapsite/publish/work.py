"""Compare what plans want at a target with what is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from mapsite.errors import MapsiteError, Problem
from mapsite.publish.deliver import Change
from mapsite.publish.difference import difference
from mapsite.publish.front import front_files
from mapsite.publish.gone import mark_of, read_gone
from mapsite.publish.hosts import host_files, host_of_command
from mapsite.publish.link import FOLDER
from mapsite.publish.manifest import ENTRY, MANIFEST, RoomManifest
from mapsite.publish.patience import patient
from mapsite.publish.record import Record
from mapsite.publish.rooms import NOWHERE, Address, Addresses, Failed, Room
from mapsite.publish.target import Target, TargetSettings
from mapsite.publish.withdraw import Withdrawal
from mapsite.repository import PlanFile
from mapsite.room.suggested import Replies

_ALWAYS = (ENTRY, "changes/index.html", "plan.ics")
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
    formerly: frozenset[str] = frozenset()
    """The names of secrets that this one has replaced."""
    gone: str = ""
    """The folder at the target in which the list of former addresses lies."""
    others: Sequence[PlanFile] = ()
    """Plans that are not published now, so that their rooms are known as theirs."""
    everything: bool = True
    """Whether `plans` are all there are, closed ones included."""
    misnamed: bool = False
    """Whether there are files among the plans whose names name none."""
    clean: bool = False
    """Withdraw rooms of ours that no plan knows of any more."""
    dry_run: bool = False
    most_removed: int = MOST_REMOVED
    replies: Replies | None = None
    """Know what rooms are told for suggestions."""
    wait: float = 60
    """Seconds to wait for another publisher."""


@dataclass(slots=True)
class Work:
    """Hold what a publish has to do, and after it what it did."""

    changes: list[Change] = field(default_factory=list)
    unchanged: list[Address] = field(default_factory=list)
    rooms: list[tuple[Address, Room]] = field(default_factory=list)
    """The same addresses with their rooms."""
    withdrawals: list[Withdrawal] = field(default_factory=list)
    front: dict[str, bytes] = field(default_factory=dict)
    """Files of the target's root that are not as they should be."""
    foreign: list[str] = field(default_factory=list)
    """Names at the target's root that are somebody else's."""
    failed: list[Failed] = field(default_factory=list)
    linkless: list[PlanFile] = field(default_factory=list)
    orphans: list[Withdrawal] = field(default_factory=list)
    """Rooms of ours at the target that no plan knows of."""
    empty: list[Withdrawal] = field(default_factory=list)
    """Addresses of old at which the target holds nothing, as it should be."""
    damaged: list[Address] = field(default_factory=list)
    """Addresses that must be empty, of which nobody can tell what they hold."""
    gone: frozenset[str] | None = None
    """The list of former addresses, where it has to be written."""
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
    around = order.everything or bool(order.others)
    listed = _listed(target) if around else None
    gone = [address.prefix for address in addresses.gone]
    places = [*(address.prefix for address in live), *gone]
    record.forget(places if listed is not None else gone, listed)
    there = patient(lambda: record.manifests(places))
    work = Work(failed=addresses.failed, linkless=addresses.linkless)
    _add_rooms(work, live, rooms, there, order)
    _add_withdrawals(work, target, addresses.gone, there, listed)
    if around:
        known = {address.prefix for address in (*addresses.live, *addresses.gone)}
        known |= {address.prefix for address in addresses.others} | {order.gone}
        unknown = (listed or set()) - known
        record.forget(unknown, listed)
        orphans = list(_orphans(record, unknown, {order.by, *order.formerly}))
        (work.withdrawals if order.clean else work.orphans).extend(orphans)
    if live:
        work.front, work.foreign = _front(target, record)
    if target.whole_site and not work.nothing and target.rooms() is None:
        # Here is none of what the host has, and what is not delivered vanishes there.
        work.changes, work.unchanged, work.rooms = [], [], []
        _add_rooms(work, live, rooms, {}, order)
        work.front = _front_files(target.settings)
        work.gone = read_gone(target, order.gone)
    _bury(work, target, order)
    return work


def _bury(work: Work, target: Target, order: Order) -> None:
    """Keep addresses that were taken back from coming back with an older plan."""
    ended = [w for w in work.withdrawals if w.address.why in {"rotated", "withdrawn"}]
    if not order.gone or not (ended or any(c.difference.new for c in work.changes)):
        return
    known = read_gone(target, order.gone)
    older = [c for c in work.changes if mark_of(c.address.prefix) in known]
    if older and order.clean:
        raise MapsiteError(
            "plans here are older than what was published, so nobody can tell whose"
            " rooms are to be cleaned away; pull first. Nothing was done"
        )
    work.changes = [change for change in work.changes if change not in older]
    work.failed = [*work.failed, *(_older(change.address) for change in older)]
    marks = known | {mark_of(room.address.prefix) for room in ended}
    if marks != known:
        work.gone = marks


def _older(address: Address) -> Failed:
    path, at = address.plan.path, f"links/{address.link}"
    told = (
        "this address was taken back already, so the plan here is an older one: pull"
        f" first. If it is not, `mapsite rotate {address.plan.id} --link"
        f" {address.link}` makes a new address"
    )
    return Failed(address.plan, (Problem(path, 0, 0, at, "former-link", told),))


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
            work.rooms.append((address, room))
        else:
            work.changes.append(Change(address, room, found))


def _listed(target: Target) -> set[str] | None:
    """Return where the target has rooms; None where that costs too much."""
    names = patient(target.rooms)
    return None if names is None else {f"{FOLDER}/{name}/" for name in names}


def _add_withdrawals(
    work: Work,
    target: Target,
    gone: Sequence[Address],
    there: Mapping[str, RoomManifest],
    listed: AbstractSet[str] | None,
) -> None:
    """Add what has to go from the addresses *gone*."""
    silent = [address for address in gone if address.prefix not in there]
    held = _held(target, silent) if listed is None else listed
    for address in gone:
        manifest = there.get(address.prefix)
        if manifest is not None:
            work.withdrawals.append(Withdrawal(address, manifest))
        elif address.prefix in held:
            # What its record would tell is lost; each room has these.
            work.damaged.append(address)
            work.withdrawals.append(Withdrawal(address, RoomManifest("", {}, _ALWAYS)))
        else:
            work.empty.append(Withdrawal(address, RoomManifest("", {}, _ALWAYS)))


def _held(target: Target, addresses: Sequence[Address]) -> set[str]:
    """Return at which of *addresses*, where no room is known to be, there is one."""
    if target.whole_site:
        return set()
    keys = {
        f"{address.prefix}{name}": address.prefix
        for address in addresses
        for name in (ENTRY, MANIFEST)
    }
    return {keys[key] for key in patient(lambda: target.read(keys))}


def _orphans(
    record: Record, unknown: AbstractSet[str], ours: AbstractSet[str]
) -> Iterator[Withdrawal]:
    """Yield the rooms at *unknown* that are of one of the publishers *ours*."""
    for prefix, manifest in patient(lambda: record.manifests(unknown)).items():
        if manifest.by in ours:
            yield Withdrawal(Address(NOWHERE, "", prefix, "no plan"), manifest)


def _front_files(settings: TargetSettings) -> dict[str, bytes]:
    """Return what the target's root should hold, and the host's file of headers."""
    files = front_files(urlsplit(settings.address or "/").path)
    if settings.kind == "command":
        files |= host_files(host_of_command(settings.place), settings.connects)
    return files


def _front(target: Target, record: Record) -> tuple[dict[str, bytes], list[str]]:
    """Return which files of the root must be written, and which are not ours."""
    files = _front_files(target.settings)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    # Whoever wrote the stamp may have been stopped before the front.
    if hashes == record.front and record.known:
        return {}, []
    there = patient(lambda: target.read(files))
    write, foreign = {}, []
    for name, data in files.items():
        found = hashlib.sha256(there[name]).hexdigest() if name in there else None
        if found is None or hashes[name] != found == record.front.get(name):
            write[name] = data
        elif found != hashes[name]:
            foreign.append(name)
    return write, foreign
