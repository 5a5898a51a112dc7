"""Answer many small questions about files in two processes at once.

Whether a thousand rooms are as they were written takes one processor as long as all
else that a build without changes does. The standard library alone, and as little of it
as can be.
"""

from __future__ import annotations

import os
from collections.abc import Callable

ENOUGH = 200
"""Fewer questions are answered sooner than a process has started."""
_OURS = 0.42
"""The part that stays here: there is more to do here meanwhile."""


class Ahead:
    """Ask a second process about the last of some tasks, as soon as it is made."""

    def __init__(self, count: int, holds: Callable[[int], bool]) -> None:
        """Take what tells whether something *holds* of a task; it changes nothing."""
        self._first, self._child, self._pipe = count, 0, -1
        self._told = b""
        if count >= ENOUGH and _processors() > 1 and hasattr(os, "fork"):
            self._first = int(count * _OURS)
            self._start(range(self._first, count), holds)

    def knows(self, task: int) -> bool:
        """Tell whether it holds of *task*; False where nobody was asked."""
        if task < self._first:
            return False
        if self._child:
            self._read()
        place = task - self._first
        return self._told[place : place + 1] == b"1"

    def close(self) -> None:
        """End the other process, whatever it does."""
        if self._child:
            import signal  # noqa: PLC0415  # a build that stops early

            os.kill(self._child, signal.SIGKILL)
            self._read()

    def _start(self, tasks: range, holds: Callable[[int], bool]) -> None:
        reader, writer = os.pipe()
        child = os.fork()
        if child:
            os.close(writer)
            self._child, self._pipe = child, reader
            return
        try:
            import signal  # noqa: PLC0415  # as little as can be before the fork

            # Ctrl-C reaches both; the one who asked ends this one.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            answers = b"".join(b"1" if holds(task) else b"0" for task in tasks)
            with open(writer, "wb") as pipe:
                pipe.write(answers)
        finally:
            os._exit(0)

    def _read(self) -> None:
        """Take the answers; those of a process that was stopped are missing."""
        with open(self._pipe, "rb") as pipe:
            self._told = pipe.read()
        os.waitpid(self._child, 0)
        self._child = 0


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
