"""Stand between a publisher and a server: count what passes, and break it.

with faulty.serve(s3.endpoint) as proxy:             # HTTP: S3, WebDAV, Azure
    proxy.url                                        # in place of s3.endpoint
    proxy.fail(503, at=3)                            # the third request from now
    proxy.fail("close-after", method="PUT", times=None)
    proxy.passed, proxy.up, proxy.down               # requests; bytes of bodies

with faulty.wire(ssh.port) as line:                  # any TCP: SFTP, rsync
    line.port, line.up, line.down
    line.cut(after=10_000)                           # bytes of the publisher's
"""

from __future__ import annotations

import http.client
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

Fault = int | Literal["hang", "close", "close-after"]
"""A status; no answer; a closed connection; done, but closed before that is told."""
_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade"}
_PIECE = 65536


class Passed(NamedTuple):
    """Hold one request that came by."""

    method: str
    path: str
    status: int | None
    """None where it got no answer."""
    up: int
    """Bytes of its body."""
    down: int
    """Bytes of its answer's body."""


@dataclass
class _Order:
    fault: Fault
    at: int
    times: int | None
    method: str | None
    seen: int = 0

    def hits(self, method: str) -> bool:
        if self.method not in {None, method}:
            return False
        self.seen += 1
        late = self.times is None or self.seen < self.at + self.times
        return self.seen >= self.at and late


@dataclass
class Proxy:
    """Stand for the running proxy."""

    url: str
    server: tuple[str, int]
    passed: list[Passed] = field(default_factory=list)
    orders: list[_Order] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def up(self) -> int:
        """Return how many bytes of bodies went to the server."""
        return sum(one.up for one in self.passed)

    @property
    def down(self) -> int:
        """Return how many bytes of bodies came from the server."""
        return sum(one.down for one in self.passed)

    def fail(
        self,
        fault: Fault,
        at: int = 1,
        *,
        times: int | None = 1,
        method: str | None = None,
    ) -> None:
        """Let requests fail from the *at*-th from now, *times* in a row or for ever."""
        with self.lock:
            self.orders.append(_Order(fault, at, times, method))

    def reset(self) -> None:
        """Forget what passed and what should fail."""
        with self.lock:
            self.passed.clear()
            self.orders.clear()

    def next_fault(self, method: str) -> Fault | None:
        """Return what is to happen to the request that just came."""
        with self.lock:
            found = [order.fault for order in self.orders if order.hits(method)]
        return found[0] if found else None


@contextmanager
def serve(url: str) -> Iterator[Proxy]:
    """Pass requests on to the server at *url* until the block ends."""
    parts = urlsplit(url)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    proxy = Proxy(
        f"http://127.0.0.1:{server.server_address[1]}{parts.path}",
        (str(parts.hostname), parts.port or 80),
    )
    server.proxy = proxy  # type: ignore[attr-defined]  # where handlers find it
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Pass on one connection's requests."""

    protocol_version = "HTTP/1.1"

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer every method there is, those of WebDAV too."""
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def _pass_on(self) -> None:
        proxy: Proxy = self.server.proxy  # type: ignore[attr-defined]  # serve()
        body = self._body()
        fault = proxy.next_fault(self.command)
        status, content = None, b""
        if isinstance(fault, int):
            status = fault
            self._answer(fault, [], b"")
        elif fault == "hang":
            self._hang(proxy)
        elif fault != "close":
            status, headers, content = self._ask(proxy, body)
            if fault is None:
                self._answer(status, headers, content)
        self.close_connection = self.close_connection or isinstance(fault, str)
        told = None if isinstance(fault, str) else status
        with proxy.lock:
            proxy.passed.append(
                Passed(self.command, self.path, told, len(body), len(content))
            )

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _ask(
        self, proxy: Proxy, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(*proxy.server, timeout=30)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                if name.lower() not in _HOP | {"content-length", "expect"}:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(
        self, status: int, headers: list[tuple[str, str]], content: bytes
    ) -> None:
        self.send_response_only(status)
        told = {name.lower() for name, _ in headers}
        for name, value in headers:
            # Of HEAD's answer the length is that of a body which does not follow.
            length = name.lower() == "content-length" and self.command != "HEAD"
            if not length and name.lower() not in _HOP:
                self.send_header(name, value)
        if self.command != "HEAD" or "content-length" not in told:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _hang(self, proxy: Proxy) -> None:
        """Say nothing until the client gives up."""
        while not proxy.stopping.is_set():
            ready, _, _ = select.select([self.connection], [], [], 0.05)
            with suppress(OSError):
                if ready and not self.connection.recv(1, socket.MSG_PEEK):
                    return

    def log_message(self, *_: object) -> None:
        """Stay quiet: the tests read `passed`."""


@dataclass
class Line:
    """Stand for a running connection of any kind."""

    port: int
    up: int = 0
    """Bytes that went to the server."""
    down: int = 0
    connections: int = 0
    limit: int | None = None

    def cut(self, after: int) -> None:
        """Close every connection once *after* more bytes went to the server."""
        self.limit = self.up + after

    def mend(self) -> None:
        """Let all pass again."""
        self.limit = None


@contextmanager
def wire(port: int) -> Iterator[Line]:
    """Pass bytes on to *port* of this computer until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = Line(listening.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(listening, port, line))
        thread.start()
        try:
            yield line
        finally:
            # accept() notices nothing of a close, but of this it does.
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(listening: socket.socket, port: int, line: Line) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            line.connections += 1
            threading.Thread(
                target=_carry, args=(client, port, line), daemon=True
            ).start()


def _carry(client: socket.socket, port: int, line: Line) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        other = {client: server, server: client}
        with suppress(OSError):
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for one in ready:
                    piece = one.recv(_PIECE)
                    if not piece:
                        return
                    if one is client:
                        line.up += len(piece)
                    else:
                        line.down += len(piece)
                    if line.limit is not None and line.up > line.limit:
                        return
                    other[one].sendall(piece)
