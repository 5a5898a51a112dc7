"""Show a published folder on this computer, the way a good host would."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mapsite.errors import MapsiteError
from mapsite.publish.headers import headers_for
from mapsite.publish.target import TargetError, TargetSettings
from mapsite.publish.targets.folder import FolderTarget

HOST = "127.0.0.1"
_LOCAL_ONLY = "Strict-Transport-Security"
"""Would lock this computer's own name to https."""


class Handler(BaseHTTPRequestHandler):
    """Answer with a file of the folder and the headers that are promised for it."""

    server_version = "mapsite"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, target: FolderTarget, *args: object) -> None:
        """Keep the folder; the server gives the rest."""
        self._target = target
        super().__init__(*args)  # type: ignore[arg-type]  # as the server passes them

    def do_GET(self) -> None:
        """Send a file, or the page that stands for every file that is not there."""
        key = unquote(urlsplit(self.path).path).removeprefix("/")
        if not key or key.endswith("/"):
            key += "index.html"
        body = self._file(key)
        if body is None and self._file(f"{key}/index.html") is not None:
            self._send(HTTPStatus.MOVED_PERMANENTLY, "index.html", b"", f"/{key}/")
        elif body is None:
            self._send(HTTPStatus.NOT_FOUND, "404.html", self._file("404.html") or b"")
        else:
            self._send(HTTPStatus.OK, key, body)

    def do_HEAD(self) -> None:
        """Answer like GET, without the body."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name it overrides
        """Say nothing: a log would hold addresses."""

    def _file(self, key: str) -> bytes | None:
        try:
            return self._target.read([key]).get(key)
        except TargetError:
            return None

    def _send(
        self, status: HTTPStatus, key: str, body: bytes, place: str | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers_for(key, self._target.settings.connects).items():
            if name != _LOCAL_ONLY:
                self.send_header(name, value)
        if place is not None:
            self.send_header("Location", place)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Serve without holding up the end."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore readers who went away."""


def published_server(settings: TargetSettings, port: int) -> Server:
    """Return a server of the folder target on this computer alone; 0 is a free port."""
    if settings.kind != "folder":
        raise MapsiteError(
            f"the target {settings.name} is no folder; its rooms are where its host"
            " shows them"
        )
    try:
        return Server((HOST, port), partial(Handler, FolderTarget(settings)))
    except OSError as error:
        raise MapsiteError(
            f"port {port} cannot be used ({error.strerror}); take another with --port"
        ) from None


def serve_published(
    root: Path, name: str | None, port: int, say: Callable[[str], None]
) -> None:
    """Serve what was published until Ctrl-C."""
    from mapsite.publish.settings import read_targets  # noqa: PLC0415  # slow to import

    with published_server(read_targets(root).named(name), port) as server:
        say(
            f"published rooms: http://{HOST}:{server.server_address[1]}/ and what"
            " `mapsite links PLAN` shows  (Ctrl-C stops)"
        )
        server.serve_forever(0.1)
