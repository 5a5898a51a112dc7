"""Time whole processes, and watch how much memory their tree takes."""

from __future__ import annotations

import resource
import subprocess
import time
from contextlib import suppress
from typing import NamedTuple

import psutil

from bench.peers import Peer

_MOST_SECONDS = 1800
_BETWEEN_LOOKS = 0.004
_MIB = 1024 * 1024


class Run(NamedTuple):
    """Say what one run of a process cost."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of all cores, in all processes of the tree."""


class Peak(NamedTuple):
    """Say how much memory the process tree took at most, in MiB."""

    proportional: float
    """Memory that forked processes share is counted once."""
    resident: float
    """The plain sum, in which it is counted for each of them."""


def run(peer: Peer) -> Run:
    """Run the command of *peer* to its end; raise when it fails or misses a page."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        peer.command(),
        cwd=peer.folder,
        env=peer.environment,
        capture_output=True,
        check=False,
        timeout=_MOST_SECONDS,
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or peer.built() != peer.count:
        told = (done.stderr or done.stdout).decode(errors="replace")
        raise RuntimeError(f"{peer.name} built {peer.built()} pages: {told[:2000]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Run(wall, cpu)


def peak(peer: Peer) -> Peak:
    """Run the command of *peer* once more, untimed, and look at its memory often."""
    process = psutil.Popen(
        peer.command(),
        cwd=peer.folder,
        env=peer.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most = Peak(0, 0)
    while process.poll() is None:
        seen = _look(process)
        most = Peak(*map(max, most, seen))
        time.sleep(_BETWEEN_LOOKS)
    return most


def _look(process: psutil.Process) -> Peak:
    proportional = resident = 0.0
    # A process may end between being listed and being looked at.
    with suppress(psutil.Error):
        for one in [process, *process.children(recursive=True)]:
            memory = one.memory_full_info()
            resident += memory.rss / _MIB
            # Only Linux tells what is shared.
            proportional += getattr(memory, "pss", memory.rss) / _MIB
    return Peak(proportional, resident)
