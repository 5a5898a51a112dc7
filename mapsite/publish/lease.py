"""Keep two publishers from working on one target at the same time.

Whoever publishes writes ``publishing.json`` at the target's root and renews it while
working. It is taken over from a publisher that died: at once where it was this
repository on this machine, else when its time is over.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError
from mapsite.publish.headers import cache_control, content_type
from mapsite.publish.patience import patient
from mapsite.publish.record import write_private
from mapsite.publish.target import Target, TargetMoved, Upload

KEY = "publishing.json"
SPAN = timedelta(minutes=5)
"""For how long a publisher that does not renew it keeps a target."""
_RENEW = timedelta(seconds=45)
_ASK = 1.0
"""Seconds between two looks at a target that somebody else works on."""
_SETTLE = 1.0
"""Seconds in which two publishers that both take a target over see each other."""
_MOVED = "another publisher took the target over; publish again"

Clock = Callable[[], datetime]


class _Holder(NamedTuple):
    by: str
    run: str
    until: datetime


class Lease:
    """Hold a target for one publisher."""

    def __init__(self, target: Target, by: str, run: str, clock: Clock) -> None:
        """Prepare to hold *target* for run *run* of publisher *by*."""
        self._target = target
        self._by = by
        self._run = run
        self._clock = clock
        self._renewed = clock()
        self._marked: dict[str, bytes] = {}

    def take(self, wait: float) -> None:
        """Take the target, waiting up to *wait* seconds for another publisher."""
        ends = time.monotonic() + wait
        while not patient(lambda: self._target.claim(KEY, self._content())):
            raw = self._read([KEY]).get(KEY)
            holder = _holder_in(raw)
            # Without one it was let go just now, and whoever claims it first has it.
            if raw is not None and self._is_free(holder):
                self._take_over(holder)
                break
            if time.monotonic() >= ends:
                raise _busy(holder, self._clock())
            time.sleep(_ASK)
        self._renewed = self._clock()

    def mark(self, key: str, data: bytes) -> None:
        """Know by *data* at *key*, which every publisher replaces, who came last."""
        self._marked = {key: data}

    def renew(self) -> None:
        """Keep the target; raise `TargetMoved` where somebody took it over."""
        if self._clock() - self._renewed < _RENEW:
            return
        self.confirm()
        self._put()
        self._renewed = self._clock()

    def release(self) -> None:
        """Let the target go."""
        holder = _holder_in(self._read([KEY]).get(KEY))
        if holder is not None and holder.run == self._run:
            patient(lambda: self._target.remove([KEY]))

    def confirm(self) -> None:
        """Raise `TargetMoved` where somebody took the target over.

        Also where they let it go since, as while this computer slept.
        """
        found = self._read([KEY, *self._marked])
        holder = _holder_in(found.get(KEY))
        if holder is not None and holder.run != self._run:
            raise TargetMoved(_MOVED)
        if any(found.get(key) != data for key, data in self._marked.items()):
            raise TargetMoved(_MOVED)

    def _is_free(self, holder: _Holder | None) -> bool:
        if holder is None:
            return True
        return holder.by == self._by or holder.until <= self._clock()

    def _take_over(self, holder: _Holder | None) -> None:
        self._put()
        if holder is None or holder.by != self._by:
            # Another one may have seen it free as well and be about to write.
            time.sleep(_SETTLE)
        self.confirm()

    def _read(self, keys: list[str]) -> dict[str, bytes]:
        return patient(lambda: self._target.read(keys))

    def _content(self) -> bytes:
        until = (self._clock() + SPAN).astimezone(UTC)
        record = {"by": self._by, "run": self._run, "until": until.isoformat()}
        return json.dumps(record).encode()

    def _put(self) -> None:
        upload = Upload(KEY, self._content(), content_type(KEY), cache_control(KEY))
        patient(lambda: self._target.put([upload]))


def _holder_in(raw: bytes | None) -> _Holder | None:
    try:
        record = json.loads(raw or b"")
        until = datetime.fromisoformat(record["until"])
        return _Holder(str(record["by"]), str(record["run"]), until.astimezone(UTC))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _busy(holder: _Holder | None, now: datetime) -> MapsiteError:
    left = (holder.until - now).total_seconds() if holder else 0
    return MapsiteError(
        "another publisher is at work on this target; try again when it is"
        f" done, or in {max(1, round(left / 60))} min should it have died"
    )


@contextlib.contextmanager
def hold(
    target: Target, memory: Path, clock: Clock, wait: float = 60
) -> Iterator[Lease]:
    """Hold *target* for the block; *memory* names this repository's copy.

    Raises MapsiteError where another publisher does not let go of it in *wait* seconds.
    """
    lease = Lease(target, _publisher(memory), secrets.token_hex(8), clock)
    lease.take(wait)
    try:
        yield lease
    finally:
        # What stopped the publish is told, not that the lease stays as well.
        with contextlib.suppress(MapsiteError, OSError):
            lease.release()


def _publisher(memory: Path) -> str:
    """Return the name of this copy of the repository on this machine."""
    file = memory / "publisher"
    name = file.read_text("ascii") if file.exists() else ""
    if not name:
        name = secrets.token_hex(8)
        write_private(file, name)
    return name


@contextlib.contextmanager
def alone(memory: Path, wait: float) -> Iterator[None]:
    """Keep other processes of this repository from the target for the block.

    *memory* is the target's folder here. Raises MapsiteError where another one is not
    done in *wait* seconds.
    """
    memory.mkdir(parents=True, exist_ok=True)
    # A host's site lies in it, with every address.
    with contextlib.suppress(OSError):
        memory.chmod(0o700)
    try:
        import fcntl  # noqa: PLC0415  # not on Windows
    except ImportError:
        yield
        return
    with (memory / "lock").open("w") as lock:
        ends = time.monotonic() + wait
        while not _locked(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)):
            if time.monotonic() >= ends:
                raise MapsiteError(
                    "another `mapsite publish` is running in this repository; run this"
                    " again when it is done, or give it more time with --wait"
                )
            time.sleep(_ASK)
        yield


def _locked(lock: Callable[[], None]) -> bool:
    try:
        lock()
    except BlockingIOError:
        return False
    return True
