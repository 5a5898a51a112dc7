"""The words in which a publish tells what it did; never with an address in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from mapsite.publish.deliver import Change
from mapsite.publish.rooms import Address
from mapsite.publish.target import TargetSettings
from mapsite.publish.verify import Seen
from mapsite.publish.withdraw import Withdrawal
from mapsite.publish.work import Work

_MOST_LISTED = 20
_KILO = 1000

Say = Callable[..., None]


class Telling:
    """Tell of one publish."""

    def __init__(
        self, work: Work, settings: TargetSettings, say: Say, complain: Say
    ) -> None:
        """Take what was done, and how to print."""
        self._work = work
        self._settings = settings
        self._say = say
        self._complain = complain

    def would(self) -> None:
        """Tell what a publish would do."""
        self._tell_rooms("would publish", "would withdraw")
        self._tell_failed()
        for plan in self._work.linkless[:_MOST_LISTED]:
            self._say(
                f"no link yet {plan.id}: `mapsite publish {plan.id}` makes one and"
                " publishes"
            )
        self._say(f"{self._counts('to publish', 'to withdraw')}; nothing was done")

    def did(self, seen: Seen, seconds: float, *, to_the_last: bool) -> bool:
        """Tell what was done and seen; return whether everything is as it should be.

        With *to_the_last* it is not while a copy of what was withdrawn may be left.
        """
        self._tell_rooms("published", "withdrawn")
        self._tell_failed()
        self._tell_faults(seen)
        work = self._work
        for name in work.foreign:
            self._say(f"note        {name} at the target's root is not mapsite's; kept")
        if work.orphans:
            self._complain(
                f"not known   {_many(len(work.orphans), 'room')} at the target can be"
                " read and belong to no link here. Pull first, if a colleague published"
                " since; if plans or links were renamed or deleted, `mapsite publish"
                " --clean` withdraws"
            )
        for plan in work.linkless[:_MOST_LISTED]:
            self._say(
                f"note        {plan.id} has no address; `mapsite publish {plan.id}`"
                " gives it one"
            )
        for address in work.damaged:
            self._complain(
                f"not known   {_named(address)}: its room.json was lost, and files with"
                " it may be left; remove the folders in t/ that have none"
            )
        for where in work.remains:
            self._complain(f"remains     {where}")
        compared = f", {_many(seen.files, 'file')} compared" if seen.files else ""
        where = " at the public address" if seen.files and seen.public else ""
        counts = self._counts("published", "withdrawn")
        self._say(f"{counts}{compared}{where} in {seconds:.1f} s")
        wrong = (
            *(seen.differing, seen.unseen, seen.served, seen.unknown),
            *(work.failed, work.damaged),
        )
        left = work.remains or work.orphans
        return not (any(wrong) or (to_the_last and left))

    def _tell_rooms(self, published: str, withdrawn: str) -> None:
        lines = [
            *_changes(self._work.changes, published),
            *_withdrawals(self._work.withdrawals, withdrawn),
        ]
        self._say(*lines[:_MOST_LISTED])
        if len(lines) > _MOST_LISTED:
            self._say(f"            and {len(lines) - _MOST_LISTED} more")

    def _tell_failed(self) -> None:
        for plan, problems in self._work.failed:
            self._complain(
                *map(str, problems), f"failed      {plan.id}: its room stays as it was"
            )

    def _tell_faults(self, seen: Seen) -> None:
        if seen.trouble:
            self._complain(
                f"not seen    {seen.trouble}, so nobody knows whether readers can; is"
                f" `address` of the target {self._settings.name} right?"
            )
        told = (
            (seen.differing, "differs", "is not what was published"),
            (seen.served, "not gone", "can still be read"),
            (seen.unknown, "not known", "may still be there: the host did not answer"),
        )
        for found, word, fault in told:
            for address, paths in _by_room(found).items():
                more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""  # noqa: PLR2004  # enough to see which
                self._complain(
                    f"{word:<12}{address}: {', '.join(paths[:5])}{more} {fault}"
                )

    def _counts(self, published: str, withdrawn: str) -> str:
        work = self._work
        total = len(work.changes) + len(work.unchanged)
        parts = [
            f"{len(work.changes)} {published}",
            f"{len(work.unchanged)} unchanged",
            f"{len(work.withdrawals)} {withdrawn}",
            f"{len(work.failed)} failed",
        ]
        return f"{_many(total, 'address', 'es')}: {', '.join(parts)}"


def _changes(changes: Iterable[Change], word: str) -> Iterator[str]:
    for change in changes:
        new = "new, " if change.difference.new else ""
        files = _many(change.difference.writes, "file")
        yield (
            f"{word:<11} {_named(change.address)}: {new}{files}, {_size(change.size)}"
        )


def _withdrawals(rooms: Iterable[Withdrawal], word: str) -> Iterator[str]:
    for room in rooms:
        files = _many(len(room.keys), "file")
        yield f"{word:<11} {_named(room.address)}: {files} ({room.address.why})"


def _by_room(found: Iterable[tuple[Address, str]]) -> dict[str, list[str]]:
    rooms: dict[str, list[str]] = defaultdict(list)
    for address, path in found:
        rooms[_named(address)].append(path)
    return rooms


def _named(address: Address) -> str:
    """Name a room by plan and link, which are the publisher's own words."""
    if not address.link:
        return "a room without a plan"
    return f"{address.plan.id}/{address.link}"


def _size(count: int) -> str:
    if count < _KILO:
        return f"{count} bytes"
    if count < _KILO * _KILO:
        return f"{count / _KILO:.0f} kB"
    return f"{count / _KILO / _KILO:.1f} MB"


def _many(count: int, word: str, plural: str = "s") -> str:
    return f"{count:,} {word}{'' if count == 1 else plural}"
