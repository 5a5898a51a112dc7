"""Share work among forked processes, which have everything loaded already."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NoReturn

Work = Callable[[int], object]
"""Does the task of that number; what it returns can be written as JSON."""

_COLLECT_AFTER = 25
"""Tasks after which a worker frees what is left of them."""


def default_jobs() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do *work* in a process of its own while the block runs, and wait for it.

    Whether it succeeded is not told: what it prepares is looked for afterwards.
    """
    pid, pipe = _start([0], lambda _: work(), [])
    try:
        yield
    finally:
        for _ in _lines([pipe]):
            pass
        _stop({pipe: pid})


def share(count: int, work: Work, jobs: int) -> Generator[tuple[int, object]]:
    """Yield each task's number and result as workers finish them, None for a lost one.

    Task *n* of *count* goes to worker ``n % jobs``. When the caller stops early,
    the workers are stopped too.
    """
    jobs = min(jobs, count)
    gc.freeze()
    workers: dict[int, int] = {}
    open_tasks = set(range(count))
    try:
        for number in range(jobs):
            pid, pipe = _start(range(number, count, jobs), work, list(workers))
            workers[pipe] = pid
        for line in _lines(list(workers)):
            task, result = json.loads(line)
            open_tasks.discard(task)
            yield task, result
    finally:
        gc.unfreeze()
        _stop(workers)
    for task in sorted(open_tasks):
        yield task, None


def _start(tasks: Sequence[int], work: Work, pipes: list[int]) -> tuple[int, int]:
    """Fork a worker for *tasks*; return its process id and the pipe to read from."""
    reader, writer = os.pipe()
    # What is still buffered would be written by the worker as well.
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    for pipe in [reader, *pipes]:
        os.close(pipe)
    return _run(tasks, work, writer)


def _run(tasks: Sequence[int], work: Work, writer: int) -> NoReturn:
    """Do *tasks* in a worker and leave without the parent's exit handlers."""
    code = 1
    try:
        # Ctrl-C reaches every process of the terminal; the parent stops its workers.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with open(writer, "w", encoding="ascii", newline="\n") as pipe:
            # What one task leaves is looked through once in a while, not all the time.
            gc.disable()
            for done, task in enumerate(tasks, 1):
                pipe.write(json.dumps([task, work(task)]) + "\n")
                pipe.flush()
                if done % _COLLECT_AFTER == 0:
                    gc.collect()
        code = 0
    finally:
        os._exit(code)


def _lines(pipes: list[int]) -> Iterator[bytes]:
    """Yield whole lines from *pipes* until all of them are closed."""
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ, bytearray())
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    selector.unregister(key.fd)
                rest: bytearray = key.data
                rest += chunk
                *lines, tail = bytes(rest).split(b"\n")
                rest[:] = tail
                yield from lines


def _stop(workers: dict[int, int]) -> None:
    """End what still runs, after the room that it is just putting in place."""
    for pipe, pid in workers.items():
        os.close(pipe)
        os.kill(pid, signal.SIGTERM)
    for pid in workers.values():
        os.waitpid(pid, 0)
