"""Keep two publishers from working on one target at the same time.

Whoever publishes writes ``publishing.json`` at the target's root and renews it while
working. It is taken over from a publisher that died: at once where it was this
repository on this machine, else when its time is over.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError
from mapsite.publish.headers import cache_control, content_type
from mapsite.publish.patience import patient
from mapsite.publish.target import Target, TargetMoved, Upload

KEY = "publishing.json"
SPAN = timedelta(minutes=5)
"""For how long a publisher that does not renew it keeps a target."""
_RENEW = timedelta(seconds=45)
_ASK = 1.0
"""Seconds between two looks at a target that somebody else works on."""

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

    def take(self, wait: float) -> None:
        """Take the target, waiting up to *wait* seconds for another publisher."""
        ends = time.monotonic() + wait
        while not patient(lambda: self._target.claim(KEY, self._content())):
            holder = self._holder()
            if holder is None:
                patient(lambda: self._target.remove([KEY]))
            elif holder.by == self._by or holder.until <= self._clock():
                self._put()
                self.confirm()
                break
            elif time.monotonic() >= ends:
                minutes = max(1, round((holder.until - self._clock()).seconds / 60))
                raise MapsiteError(
                    "another publisher is at work on this target; try again when it is"
                    f" done, or in {minutes} min should it have died"
                )
            else:
                time.sleep(_ASK)
        self._renewed = self._clock()

    def renew(self) -> None:
        """Keep the target; raise `TargetMoved` where somebody took it over."""
        if self._clock() - self._renewed < _RENEW:
            return
        self.confirm()
        self._put()
        self._renewed = self._clock()

    def release(self) -> None:
        """Let the target go."""
        holder = self._holder()
        if holder is not None and holder.run == self._run:
            patient(lambda: self._target.remove([KEY]))

    def confirm(self) -> None:
        """Raise `TargetMoved` where somebody took the target over."""
        holder = self._holder()
        if holder is not None and holder.run != self._run:
            raise TargetMoved("another publisher took the target over; publish again")

    def _holder(self) -> _Holder | None:
        raw = patient(lambda: self._target.read([KEY])).get(KEY)
        try:
            record = json.loads(raw or b"")
            until = datetime.fromisoformat(record["until"])
            return _Holder(str(record["by"]), str(record["run"]), until.astimezone(UTC))
        except (ValueError, KeyError, TypeError):
            return None

    def _content(self) -> bytes:
        until = (self._clock() + SPAN).astimezone(UTC)
        record = {"by": self._by, "run": self._run, "until": until.isoformat()}
        return json.dumps(record).encode()

    def _put(self) -> None:
        upload = Upload(KEY, self._content(), content_type(KEY), cache_control(KEY))
        patient(lambda: self._target.put([upload]))


@contextlib.contextmanager
def hold(
    target: Target, memory: Path, clock: Clock, wait: float = 60
) -> Iterator[Lease]:
    """Hold *target* for the block; *memory* names this repository's copy.

    Raises MapsiteError where another publisher does not let go of it in *wait* seconds.
    """
    memory.mkdir(parents=True, exist_ok=True)
    with _alone(memory):
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
    with contextlib.suppress(FileExistsError), file.open("x", encoding="ascii") as new:
        new.write(secrets.token_hex(8))
    return file.read_text("ascii")


@contextlib.contextmanager
def _alone(memory: Path) -> Iterator[None]:
    try:
        import fcntl  # noqa: PLC0415  # not on Windows
    except ImportError:
        yield
        return
    with (memory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MapsiteError(
                f"another `mapsite publish` is running here (process lock"
                f" {os.path.relpath(lock.name)})"
            ) from None
        yield
