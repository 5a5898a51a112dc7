"""Two publishers of one target: never both at work, and none is kept out for ever."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mapsite.errors import MapsiteError
from mapsite.publish.lease import KEY, Lease, alone, hold
from mapsite.publish.target import TargetMoved, TargetSettings, Upload
from mapsite.publish.targets.folder import FolderTarget

STAMP = "published.json"


class Watched(FolderTarget):
    """Have something happen when the lease is read or written."""

    def __init__(self, settings: TargetSettings) -> None:
        """Begin with nothing that happens."""
        super().__init__(settings)
        self.before_read: list[Callable[[], None]] = []
        self.after_read: list[Callable[[], None]] = []
        self.before_put: list[Callable[[], None]] = []

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Read, with what happens before and after."""
        _happen(self.before_read)
        found = super().read(keys)
        _happen(self.after_read)
        return found

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write, after what happens before."""
        _happen(self.before_put)
        super().put(uploads, done)


def _happen(waiting: list[Callable[[], None]]) -> None:
    if waiting:
        waiting.pop(0)()


class Clock:
    """Tell a time that goes on when it is told to."""

    def __init__(self) -> None:
        """Begin on a day."""
        self.now = datetime(2026, 5, 24, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def later(self, minutes: int) -> None:
        """Let time go by."""
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def place(tmp_path: Path) -> Watched:
    """Return a target."""
    return Watched(
        TargetSettings("demo", "folder", "there", tmp_path, tmp_path / "memory")
    )


def test_what_was_let_go_is_claimed_not_taken(place: Watched) -> None:
    """Whoever claims it first has it, also where another one just saw it held."""
    clock = Clock()
    first, second, third = (Lease(place, one, one, clock) for one in "abc")
    first.take(0)
    place.before_read.append(first.release)
    # The first look of third is release's own; what it finds then is nothing.
    place.after_read += [lambda: None, lambda: second.take(0)]
    with pytest.raises(MapsiteError, match="another publisher is at work"):
        third.take(0)
    second.confirm()


def test_of_two_that_take_over_one_has_it(place: Watched) -> None:
    """Both saw that the one before them had died."""
    clock = Clock()
    Lease(place, "dead", "dead", clock).take(0)
    clock.later(6)
    first, second = (Lease(place, one, one, clock) for one in "ab")
    seen, confirmed = threading.Event(), threading.Event()
    held: list[str] = []

    def slow() -> None:
        other = Watched(place.settings)
        other.before_put.append(lambda: (seen.set(), confirmed.wait(0.3))[0])
        second._target = other  # noqa: SLF001  # its own connection
        second.take(0)
        held.append("b")

    thread = threading.Thread(target=slow)
    thread.start()
    assert seen.wait(10)
    try:
        first.take(0)
        held.append("a")
        confirmed.set()
    except TargetMoved:
        pass
    thread.join()
    assert held == ["b"]


def test_a_computer_that_slept_finds_that_another_one_was_here(place: Watched) -> None:
    """Though that one is done and let the target go."""
    clock = Clock()
    first, second = (Lease(place, one, one, clock) for one in "ab")
    first.take(0)
    place.put([Upload(STAMP, b"first", "", "")])
    first.mark(STAMP, b"first")
    clock.later(1)
    first.renew()
    clock.later(20)
    second.take(0)
    place.put([Upload(STAMP, b"second", "", "")])
    second.release()
    with pytest.raises(TargetMoved, match="publish again"):
        first.renew()


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b'{"until": 1}'])
def test_what_is_no_lease_keeps_nobody_out(place: Watched, text: bytes) -> None:
    """Somebody else's file of that name is replaced."""
    place.put([Upload(KEY, text, "", "")])
    Lease(place, "a", "a", Clock()).take(0)


def test_what_is_kept_here_is_nobody_elses(place: Watched) -> None:
    """The site that a host is given lies there, and its folders are the addresses.

    A publisher that was killed while it took a name has one afterwards.
    """
    memory = place.settings.memory
    memory.mkdir()
    (memory / "publisher").touch()
    with alone(memory, 0), hold(place, memory, Clock()):
        assert b'"by": ""' not in place.read([KEY])[KEY]
    assert stat.S_IMODE(memory.stat().st_mode) == 0o700
