"""Receive suggestions as an inbox would, with answers that a test decides on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCEPTED = HTTPStatus.ACCEPTED


@dataclass
class Receiver:
    """Hold what arrived, and what is answered next."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    """Of every request, accepted or not."""
    paths: list[str] = field(default_factory=list)
    answers: list[HTTPStatus] = field(default_factory=list)
    """The next answers; then everything is accepted."""


@contextmanager
def receive() -> Iterator[Receiver]:
    """Receive until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    server.receiver = receiver  # type: ignore[attr-defined]  # where handlers find it
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_OPTIONS(self) -> None:  # the name that is called
        """Let a page of any origin send JSON."""
        self._answer(
            HTTPStatus.NO_CONTENT,
            {
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": "Content-Type",
            },
        )

    def do_POST(self) -> None:  # same
        """Remember what came, and answer what the test wants."""
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]  # receive()
        size = int(self.headers.get("Content-Length", "0"))
        status = receiver.answers.pop(0) if receiver.answers else ACCEPTED
        receiver.bodies.append(self.rfile.read(size))
        receiver.paths.append(self.path)
        self._answer(status, {})

    def _answer(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet: the tests read `bodies`."""
