"""Serve built rooms as a real host would, and remember every answer."""

from __future__ import annotations

import gzip
import mimetypes
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

UNGUARDED = "/unguarded"
"""Rooms below it come without their content security policy."""

_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
_TEXT = {"text/html", "text/css", "text/javascript", "image/svg+xml", "text/calendar"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what one request got."""

    path: str
    status: int
    size: int
    """Bytes of the body as they went over the wire."""


@dataclass
class Host:
    """Stand for the running server."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    pause: float = 0
    """Seconds before a picture and within a page, as over a slow line."""

    def room(self, name: str, *, guarded: bool = True) -> str:
        """Return the address of a room."""
        return f"{self.url}{'' if guarded else UNGUARDED}/{name}/"


@contextmanager
def serve(folder: Path) -> Iterator[Host]:
    """Serve *folder* until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folder=folder))
    server.daemon_threads = True
    host = Host(f"http://127.0.0.1:{server.server_address[1]}")
    server.host = host  # type: ignore[attr-defined]  # where handlers find it
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    """Answer with gzip where it pays, like nginx or a CDN."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *rest: object, folder: Path) -> None:
        self.folder = folder
        super().__init__(*rest, directory=str(folder))  # type: ignore[arg-type]

    def send_head(self) -> BinaryIO | None:
        """Send the headers; return the body."""
        path = unquote(urlsplit(self.path).path)
        unguarded = path.startswith(f"{UNGUARDED}/")
        name = path.removeprefix(UNGUARDED) if unguarded else path
        file = self.folder / name.lstrip("/")
        file = file / "index.html" if name.endswith("/") else file
        if not file.is_file():
            self._remember(path, HTTPStatus.NOT_FOUND, 0)
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        body = file.read_bytes()
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if unguarded and kind == "text/html":
            body, found = _POLICY.subn(b"", body)
            assert found == 1, "the room has no policy to take away"
        return self._send(path, kind, body)

    def _send(self, path: str, kind: str, body: bytes) -> BinaryIO:
        self.halting = kind == "text/html"
        if kind.startswith("image/"):
            time.sleep(self._host.pause)
        zipped = kind in _TEXT and "gzip" in self.headers.get("Accept-Encoding", "")
        if zipped:
            body = gzip.compress(body, 9, mtime=0)
        self._remember(path, HTTPStatus.OK, len(body))
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        # What is in assets/ has a hash of its content in its name.
        lasting = "/assets/" in path
        self.send_header("Cache-Control", "max-age=31536000" if lasting else "no-store")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return BytesIO(body)

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]  # only bytes here
        """Send the body; a page comes in two halves when the line is slow."""
        body = source.read()
        half = len(body) // 2 if self.halting and self._host.pause else 0
        outputfile.write(body[:half])
        if half:
            outputfile.flush()
            time.sleep(self._host.pause)
        outputfile.write(body[half:])

    def _remember(self, path: str, status: int, size: int) -> None:
        self._host.answers.append(Answer(path, status, size))

    @property
    def _host(self) -> Host:
        return self.server.host  # type: ignore[attr-defined, no-any-return]  # serve()

    def log_message(self, *_: object) -> None:
        """Stay quiet: the tests read `answers`."""
