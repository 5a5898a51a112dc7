"""Take rooms from a target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mapsite.publish.deliver import Progress
from mapsite.publish.lease import Lease
from mapsite.publish.manifest import ENTRY, MANIFEST, RoomManifest
from mapsite.publish.patience import patient
from mapsite.publish.rooms import Address
from mapsite.publish.target import Target


class Withdrawal(NamedTuple):
    """Hold one room that must not be at its address any more."""

    address: Address
    manifest: RoomManifest

    @property
    def keys(self) -> list[str]:
        """Return the keys of all that may be there, in the order in which they go."""
        return [f"{self.address.prefix}{path}" for path in self.manifest.paths()]


def withdraw(
    target: Target, rooms: Sequence[Withdrawal], lease: Lease, progress: Progress
) -> None:
    """Remove *rooms*: the entry page first, the manifest last.

    Stopped anywhere, the manifest still tells the next run what is left.
    """
    for room in rooms:
        lease.renew()
        first = [key for key in room.keys if key.endswith(f"/{ENTRY}")]
        rest = [key for key in room.keys if key not in first]
        for keys in (first, rest, [f"{room.address.prefix}{MANIFEST}"]):
            if keys:
                patient(lambda keys=keys: target.remove(keys))  # type: ignore[misc]
        progress(len(room.keys))
