"""Show all rooms on a page of this computer, and again after every save."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import watchfiles

from mapsite.errors import MapsiteError
from mapsite.repository import PLANS
from mapsite.room.desk import Desk
from mapsite.room.live_pages import (
    asset,
    list_page,
    problems_page,
    trouble_page,
    with_reload,
)
from mapsite.room.look import CONFIG
from mapsite.room.suggested import Replies
from mapsite.room.telling import Telling

_HOST = "127.0.0.1"
_LOOK_EVERY_MS = 1000
"""How often to look for what the watcher cannot see, such as a new folder."""
_LAST_PORT = 65535
_OWN_FILES = ("live.css", "reload.js")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
Say = Callable[[str], None]


class Answer(NamedTuple):
    """Hold what a request gets."""

    body: bytes
    kind: str = "text/html"
    status: HTTPStatus = HTTPStatus.OK


class Handler(BaseHTTPRequestHandler):
    """Answer for one request with a room's file, the list, or problems."""

    server_version = "mapsite"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, desk: Desk, *args: object) -> None:
        """Keep what requests are answered from; the server gives the rest."""
        self.desk = desk
        super().__init__(*args)  # type: ignore[arg-type]  # as the server passes them

    def do_GET(self) -> None:
        """Answer a request for a page, one of its files, or the next save."""
        path = unquote(urlsplit(self.path).path)
        if not self._is_for_us():
            page = trouble_page(
                "Not here", "This page answers only under its own address."
            )
            self._send(Answer(page.encode(), status=HTTPStatus.MISDIRECTED_REQUEST))
        elif path == "/-/events":
            self._send_events(urlsplit(self.path).query)
        else:
            self._send(self._answer(path))

    def do_HEAD(self) -> None:
        """Answer like GET, without the body."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name it overrides
        """Say nothing: the terminal is for plans."""

    def _is_for_us(self) -> bool:
        # A page elsewhere can point its own name at this computer and read along.
        name, _, port = self.headers.get("Host", "").rpartition(":")
        return name in {_HOST, "localhost"} and port == str(
            self.connection.getsockname()[1]
        )

    def _answer(self, path: str) -> Answer:
        """Return what lies at *path*; pages are made from what is saved now."""
        folder, _, name = path.removeprefix("/").partition("/")
        if folder == "-" and name in _OWN_FILES:
            return Answer(asset(name), guess_type(name)[0] or "")
        if not name or name.endswith((".html", "/")):
            self.desk.refresh()
        if path == "/":
            return self._page(list_page(self.desk.listed(), self.desk.misnamed))
        if folder not in self.desk.ids():
            return self._nothing(f"There is no plan {folder}.")
        if path == f"/{folder}":
            return Answer(b"", status=HTTPStatus.PERMANENT_REDIRECT)
        return self._room_file(folder, name)

    def _room_file(self, plan_id: str, name: str) -> Answer:
        """Return a file of a room, or the page that stands in for the room."""
        try:
            room = self.desk.room(plan_id)
        except MapsiteError as error:
            return self._page(trouble_page("The look needs you", str(error)))
        if room.problems:
            return self._page(problems_page(plan_id, room.problems))
        if not name or name.endswith("/"):
            name += "index.html"
        if name not in room.files:
            return self._nothing(f"The room has no {name}.")
        if name.endswith(".html"):
            return self._page(room.files[name].decode())
        return Answer(
            room.files[name], guess_type(name)[0] or "application/octet-stream"
        )

    def _page(self, page: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
        return Answer(with_reload(page, self.desk.state).encode(), status=status)

    def _nothing(self, message: str) -> Answer:
        return self._page(trouble_page("Nothing here", message), HTTPStatus.NOT_FOUND)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.status == HTTPStatus.PERMANENT_REDIRECT:
            self.send_header("Location", f"{urlsplit(self.path).path}/")
        text = answer.kind.startswith("text/")
        self.send_header(
            "Content-Type", answer.kind + ("; charset=utf-8" if text else "")
        )
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _send_events(self, seen: str) -> None:
        """Keep the line open until the next save, and say so then."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            while not self.desk.wait(seen, 15):
                self.wfile.write(b": still here\n\n")
                self.wfile.flush()
            if not self.desk.closed:
                self.wfile.write(b"data: saved\n\n")
        except OSError:
            return  # the page was closed


class Server(ThreadingHTTPServer):
    """Serve without holding up the end, and without a reused port."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore readers who went away."""


def serve_rooms(
    root: Path,
    port: int,
    today: date | None,
    say: Say,
    replies: Callable[[], Replies],
) -> None:
    """Serve the rooms of *root* until Ctrl-C; *today* None follows the clock.

    *replies* looks again at what rooms are told for suggestions.
    """
    desk = Desk(root, today, replies)
    try:
        server = Server((_HOST, port), partial(Handler, desk))
    except OSError as error:
        other = port + 1 if port < _LAST_PORT else port - 1
        raise MapsiteError(
            f"port {port} cannot be used ({error.strerror}); "
            f"take another: mapsite serve --port {other}"
        ) from None
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    say(f"rooms: http://{_HOST}:{server.server_address[1]}/  (Ctrl-C stops)")
    try:
        _watch(desk, say)
    finally:
        desk.close()
        server.shutdown()
        server.server_close()


def _watch(desk: Desk, say: Say) -> None:
    """Look for saves until interrupted, and tell the terminal what they did."""
    telling = Telling(desk)
    while True:
        folders = [
            path for path in (desk.root / PLANS, desk.root / "theme") if path.is_dir()
        ]
        watched = folders or [desk.root / CONFIG]
        for _ in watchfiles.watch(
            *watched,
            debounce=200,
            step=20,
            rust_timeout=_LOOK_EVERY_MS,
            yield_on_timeout=True,
        ):
            for line in telling.lines():
                say(line)
            if not folders or not all(path.is_dir() for path in folders):
                break
