"""Publish rooms: build what changed, bring it to the target, and look at it there."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping

from mapsite.errors import MapsiteError
from mapsite.publish.deliver import Progress, deliver, upload
from mapsite.publish.gone import gone_file
from mapsite.publish.key import Secret
from mapsite.publish.lease import Lease, alone, hold
from mapsite.publish.manifest import RoomManifest
from mapsite.publish.patience import patient
from mapsite.publish.record import STAMP, Record
from mapsite.publish.rooms import Addresses, Failed, Room, built_room, find_addresses
from mapsite.publish.target import Target, TargetMoved
from mapsite.publish.withdraw import withdraw
from mapsite.publish.work import Order, Work, compare
from mapsite.room.build import Order as Build, build, written_rooms


def publish(
    order: Order,
    secret: Secret,
    target: Target,
    starting: Callable[[int], Progress] = lambda _: lambda _: None,
) -> Work:
    """Make *target* hold the rooms of *order* at their addresses, and no others.

    *starting* is told how many files will arrive or go. Raises MapsiteError, with the
    target as it was, where a room is empty or too much would be removed.
    """
    with alone(order.settings.memory, order.wait):
        return _publish(order, secret, target, starting)


def _publish(
    order: Order, secret: Secret, target: Target, starting: Callable[[int], Progress]
) -> Work:
    addresses = find_addresses(order.root, order.plans, secret, order.today)
    others = find_addresses(order.root, order.others, secret, order.today)
    addresses.others.extend((*others.live, *others.gone))
    unread = bool(addresses.failed or others.failed or order.misnamed)
    if unread:
        # A room at the target may be that of a plan that cannot be read now.
        order = order._replace(everything=False, others=())
    failed, rooms = _build(order, addresses)
    gone = {plan.id for plan, _ in failed}
    addresses.failed.extend(failed)
    live = [address for address in addresses.live if address.plan.id not in gone]
    record = _record(order, target)
    work = compare(order, target, record, addresses, live, rooms)
    _guard_site(target, addresses, unread=unread)
    _guard(order, work)
    if order.dry_run:
        return work
    if work.nothing and not target.waits:
        _remember(record, work)
        return work
    with hold(target, order.settings.memory, order.clock, order.wait) as lease:
        # Somebody else may have published until now.
        record = _record(order, target)
        work = compare(order, target, record, addresses, live, rooms)
        _guard(order, work)
        try:
            _do(order, target, record, work, lease, starting(work.files))
            lease.confirm()
        except TargetMoved:
            _unsettle(target, record)
            raise
    patient(target.deliver)
    _remember(record, work)
    if work.withdrawals:
        work.remains = target.remains()
    return work


def _record(order: Order, target: Target) -> Record:
    return patient(lambda: Record(target, order.settings.memory / "record.json"))


def _build(order: Order, addresses: Addresses) -> tuple[list[Failed], dict[str, Room]]:
    """Build the rooms that somebody has an address of."""
    plans = list({address.plan.id: address.plan for address in addresses.live}.values())
    if not plans:
        return [], {}
    made = Build(
        *(order.root, plans, order.out, order.today),
        everything=False,
        replies=order.replies,
    )
    failed = [
        Failed(outcome.plan, outcome.problems)
        for outcome in build(made)
        if outcome.state == "failed"
    ]
    lost = {plan.id for plan, _ in failed}
    wanted = [plan.id for plan in plans if plan.id not in lost]
    written = written_rooms(order.root, order.out)
    rooms = {
        plan_id: built_room(order.out / plan_id, written.get(plan_id, {}), plan_id)
        for plan_id in wanted
    }
    return failed, rooms


def _guard(order: Order, work: Work) -> None:
    """Raise MapsiteError where more would be removed than may be."""
    if work.removals > order.most_removed:
        raise MapsiteError(
            f"this would remove {work.removals} files, more than {order.most_removed};"
            f" nothing was done. If that is meant: --max-delete {work.removals}"
        )


def _guard_site(target: Target, addresses: Addresses, *, unread: bool) -> None:
    """Raise MapsiteError where a host of whole sites would lose a room."""
    if not target.whole_site:
        return
    if unread and patient(target.rooms) is None:
        raise MapsiteError(
            "this host takes whole sites, and not every plan can be read: their rooms"
            " would vanish; nothing was done, `mapsite check` tells why"
        )
    broken = {plan.id for plan, _ in addresses.failed}
    if any(address.plan.id in broken for address in addresses.live):
        raise MapsiteError(
            "this host takes whole sites, and a plan with an address cannot be built:"
            " its room would vanish; nothing was done"
        )


def _do(
    order: Order,
    target: Target,
    record: Record,
    work: Work,
    lease: Lease,
    progress: Progress,
) -> None:
    """Change the target: what must go first, then the rooms."""
    ours = {**record.front, **_hashes(work.front)}
    stamp = record.begin(ours)
    patient(lambda: target.put([upload(STAMP, stamp)]))
    lease.mark(STAMP, stamp)
    if work.gone is not None:
        listed = upload(*gone_file(order.gone, work.gone))
        patient(lambda: target.put([listed]))
    withdraw(target, work.withdrawals, lease, progress)
    if work.front:
        files = [upload(name, data) for name, data in work.front.items()]
        patient(lambda: target.put(files))
    deliver(target, work.changes, lease, progress)


def _unsettle(target: Target, record: Record) -> None:
    """Have everybody look again at what this run changed after it lost the target."""
    with contextlib.suppress(MapsiteError):
        target.put([upload(STAMP, record.begin(record.front))])


def _remember(record: Record, work: Work) -> None:
    manifests: dict[str, RoomManifest | None] = {
        change.address.prefix: change.difference.after for change in work.changes
    }
    manifests |= {room.address.prefix: None for room in work.withdrawals}
    # Without the memory the next run asks the target for what is there.
    with contextlib.suppress(OSError):
        record.finish(manifests)


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
