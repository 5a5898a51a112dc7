"""What has to be written and removed so that one published room is as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from mapsite.publish.manifest import ENTRY, Print, RoomManifest

GRACE = timedelta(seconds=60)
"""How long a file stays that a release replaced: pages just loaded still name it."""
LATE = timedelta(minutes=15)
"""After this time the replaced files of a room are removed though it did not change."""


class Steps(NamedTuple):
    """Hold the paths of one room in the order in which they must arrive."""

    assets: tuple[str, ...]
    """What pages name: stylesheets, scripts, pictures, calendars."""
    pages: tuple[str, ...]
    entry: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what turns the room at the target into the one that is wanted."""

    steps: Steps
    remove: tuple[str, ...]
    before: RoomManifest | None
    """To be written first, so that after a publish that broke off it is known what may
    be there; None where nothing is written."""
    after: RoomManifest
    """To be written last."""
    new: bool

    @property
    def writes(self) -> int:
        """Return how many files arrive."""
        return sum(map(len, self.steps))


def difference(
    wanted: Mapping[str, Print], there: RoomManifest | None, by: str, now: datetime
) -> Difference | None:
    """Compare by content; None where nothing has to be done.

    What the release before had and this one has not is removed by a later publish.
    """
    known = there or RoomManifest(by)
    changed = [
        path for path, print_ in wanted.items() if known.files.get(path) != print_
    ]
    # Of what a broken publish began to write, nobody knows which of it arrived.
    doubtful = [path for path in known.coming if path in wanted]
    fresh = sorted({*changed, *doubtful})
    left = {
        **dict.fromkeys((*known.files, *known.coming), now),
        **known.stale,
    }
    left = {path: when for path, when in left.items() if path not in wanted}
    wait = GRACE if fresh else LATE
    remove = sorted(path for path, when in left.items() if now - when >= wait)
    if not fresh and not remove and there is not None and not known.coming:
        return None
    gone = set(remove)
    after = RoomManifest(
        by, dict(wanted), (), {k: v for k, v in left.items() if k not in gone}
    )
    before = None
    if fresh or there is None:
        coming = tuple(sorted({*known.coming, *fresh}))
        before = RoomManifest(by, known.files, coming, known.stale)
    return Difference(_in_order(fresh), tuple(remove), before, after, there is None)


def _in_order(paths: list[str]) -> Steps:
    entry = tuple(path for path in paths if path == ENTRY)
    pages = tuple(p for p in paths if p.endswith(".html") and p != ENTRY)
    done = {*entry, *pages}
    return Steps(tuple(path for path in paths if path not in done), pages, entry)
