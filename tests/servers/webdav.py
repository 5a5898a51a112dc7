"""Run a real WebDAV server, WsgiDAV, in a process of its own.

with webdav.serve(folder) as dav:
    dav.url                       # "http://127.0.0.1:PORT"; webdav+ before it for us
    dav.files                     # the folder that it shows
    dav.environment               # credentials
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.ports import answers, free_ports, start, stop, wait_until

USER = "tests"
PASSWORD = "tests-only"  # noqa: S105  # opens nothing


@dataclass(frozen=True, slots=True)
class Dav:
    """Stand for the running server."""

    url: str
    files: Path
    environment: dict[str, str]


@contextmanager
def serve(folder: Path) -> Iterator[Dav]:
    """Show *folder*/files until the block ends."""
    files, log = folder / "files", folder / "wsgidav.log"
    files.mkdir(parents=True, exist_ok=True)
    (port,) = free_ports(1)
    process = start([sys.executable, "-m", __name__, str(files), str(port)], log)
    try:
        wait_until(lambda: answers(port), "WsgiDAV", process, log)
        yield Dav(
            f"http://127.0.0.1:{port}",
            files,
            {"MAPSITE_WEBDAV_USER": USER, "MAPSITE_WEBDAV_PASSWORD": PASSWORD},
        )
    finally:
        stop(process)


def _run(folder: str, port: int) -> None:
    """Serve *folder* until the process is told to end."""
    from cheroot.wsgi import Server  # noqa: PLC0415  # only that process needs them
    from wsgidav.wsgidav_app import WsgiDAVApp  # noqa: PLC0415

    app = WsgiDAVApp(
        {
            "provider_mapping": {"/": folder},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False},
            "dir_browser": {"enable": False},
            "logging": {"enable": False},
            "verbose": 1,
        }
    )
    server = Server(("127.0.0.1", port), app, numthreads=20, request_queue_size=100)
    server.start()


if __name__ == "__main__":
    _run(sys.argv[1], int(sys.argv[2]))
