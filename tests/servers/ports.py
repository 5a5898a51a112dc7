"""Find free loopback ports, start servers there and wait for them."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

PATIENCE = 60.0
"""Seconds that a server may take to answer, on a machine with much else to do."""


class NoServerError(Exception):
    """Say that a server that the tests need is not there or does not start."""


def free_ports(count: int) -> list[int]:
    """Return *count* different ports that nobody listens on, nor 10,000 above them.

    All lie below those that programs get who ask for any port: between this answer and
    the server's start one of them could be given to another. SeaweedFS takes both.
    """
    start = 10_000 + time.monotonic_ns() // 1000 % 10_000
    ports: list[int] = []
    for port in (*range(start, 22_000), *range(10_000, start)):
        if _is_free(port) and _is_free(port + 10_000):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise NoServerError("no free port on 127.0.0.1")


def wait_until(
    ready: Callable[[], bool], what: str, process: subprocess.Popen[bytes], log: Path
) -> None:
    """Return once *ready*; raise with the end of *log* where *process* gives up."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError):
            if ready():
                return
        time.sleep(0.01)
    stop(process)
    told = log.read_text("utf-8", "replace")[-4000:] if log.is_file() else ""
    raise NoServerError(f"{what} does not start:\n{told}")


def start(
    command: Sequence[str], log: Path, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start *command* with both its outputs in *log*."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End *process*, kindly first."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    """Tell whether somebody listens on *port*."""
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
