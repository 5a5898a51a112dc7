"""Run a real `mapsite inbox` and send to it.

with running.serve(folder) as inbox:
    inbox.post(suggestion())            # to the plan acme, as its room would
    inbox.waiting()                     # what lies on its disk
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.ports import answers, free_ports, start, stop, wait_until

PROJECT = Path(__file__).resolve().parents[2]
ORIGIN = "https://deals.mama.example"
ACME = "abcdefghijklmnopqrstuvwxya"
BOLT = "abcdefghijklmnopqrstuvwxyb"
TOKENS = f"# plans and tokens\nacme {ACME}\nbolt {BOLT}\n"
PULL = "q7Zk2-nVb9-Xr4Tm-81LsPd-wE6Hy-0cJuGf-oA3Ni"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_PATIENCE = 30.0


@dataclass(frozen=True)
class Heard:
    """Hold an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def says(self) -> dict[str, Any]:
        """Return what it tells a program."""
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Inbox:
    """Stand for the running server."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    log_file: Path

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Heard:
        """Send one request over a connection of its own from the address *source*."""
        line = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=_PATIENCE, source_address=(source, 0)
        )
        try:
            line.request(method, path, body, dict(headers or {}))
            answer = line.getresponse()
            return Heard(answer.status, answer.headers, answer.read())
        finally:
            line.close()

    def post(
        self,
        body: bytes,
        kind: str = JSON,
        token: str = ACME,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Heard:
        """Send a suggestion."""
        named = {"Content-Type": kind, **(headers or {})}
        return self.ask("POST", f"/s/{token}", body, named, source)

    def pull(
        self, path: str = "", method: str = "GET", body: bytes | None = None
    ) -> Heard:
        """Ask as whoever fetches suggestions does."""
        named = {"Authorization": f"Bearer {PULL}"}
        return self.ask(method, f"/pull{path}", body, named)

    def waiting(self) -> dict[str, bytes]:
        """Return the suggestions on its disk by their names."""
        return _files(self.folder / "waiting")

    def done(self) -> dict[str, bytes]:
        """Return what was told to be safe."""
        return _files(self.folder / "done")

    def quarantine(self) -> list[dict[str, Any]]:
        """Return what lies in quarantine."""
        return [json.loads(raw) for raw in _files(self.folder / "quarantine").values()]

    def log(self) -> str:
        """Return all that it printed."""
        return self.log_file.read_text("utf-8")


@contextmanager
def serve(
    folder: Path,
    *options: str,
    beside: Path | None = None,
    largest_file: int | None = None,
    tokens: bool = True,
    origin: str = ORIGIN,
    **more: str,
) -> Iterator[Inbox]:
    """Run an inbox that keeps its suggestions in *folder* until the block ends.

    Its log is *beside* it, as is the file of its *tokens*, if it has one. The system
    lets it write no file above *largest_file* bytes.
    """
    (port,) = free_ports(1)
    beside = beside or folder.parent
    log = beside / "inbox.log"
    if tokens:
        (beside / "tokens.txt").write_text(TOKENS, "utf-8")
        options = ("--tokens", str(beside / "tokens.txt"), *options)
    process = start(
        [
            *(sys.executable, "-m", "mapsite", "inbox", "--port", str(port)),
            *("--folder", str(folder), *options),
            *(("--origin", origin) if origin else ()),
        ],
        log,
        {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "MAPSITE_INBOX_PULL_TOKEN": PULL,
            **more,
        },
    )
    if largest_file is not None:
        limit = (largest_file, largest_file)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limit)
    try:
        wait_until(lambda: answers(port), "the inbox", process, log)
        yield Inbox(port, folder, process, log)
    finally:
        stop(process)


def suggestion(
    number: str = "01JF8Q6Z5T9K3W7V2X4Y6A8B0C", plan: str = "acme", **more: object
) -> bytes:
    """Return a suggestion as a room sends it."""
    move = {
        "op": "set",
        "path": "steps/review/due",
        "old": "2026-06-10",
        "new": "2026-06-12",
        "why": "The report arrives on the 11th.",
    }
    document = {
        "mapsite": "change/1",
        "id": number,
        "plan": plan,
        "base": "9f3c2a1b77aa",
        "at": "2026-05-26T09:14:02Z",
        "by": {"name": "Zoë N."},
        "ops": [move],
    }
    return json.dumps(document | more, ensure_ascii=False).encode()


def until(ready: object, what: str) -> None:
    """Return once *ready* returns something."""
    end = time.monotonic() + _PATIENCE
    assert callable(ready)
    while not ready():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
