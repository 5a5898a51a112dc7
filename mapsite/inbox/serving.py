"""Run the inbox: a server that nobody can hold up by being slow."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from mapsite.inbox.limits import is_proxy, sender_of
from mapsite.inbox.settings import Settings

_MOST_HEAD = 16 * 1024
"""Bytes of a request before its body."""
_IDLE = 5
"""Seconds that a connection may wait between two requests."""
_GRACE = 10
"""Seconds in which requests under way are ended when the inbox stops."""
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 5\r\nRetry-After: 5\r\nConnection: close\r\n\r\nbusy\n"
)


class Door:
    """Know who is in, and let nobody stand in the door."""

    def __init__(self, settings: Settings) -> None:
        """Begin with nobody."""
        self._settings = settings
        self.patience = settings.patience
        self._inside: dict[Connection, str] = {}
        self._senders: Counter[str] = Counter()

    def enter(self, connection: Connection, peer: str) -> bool:
        """Let *connection* in, in place of the longest idle one if there is no room."""
        proxies = self._settings.proxies
        sender = "" if is_proxy(peer, proxies) else sender_of(peer, (), ())
        most = self._settings.per_address_connections
        if sender and self._senders[sender] >= most:
            return False
        if len(self._inside) >= self._settings.most_connections:
            idle = next((one for one in self._inside if one.is_waiting), None)
            if idle is None:
                return False
            self.leave(idle)
            idle.transport.abort()
        self._inside[connection] = sender
        self._senders[sender] += 1
        return True

    def leave(self, connection: Connection) -> None:
        """Forget *connection*."""
        sender = self._inside.pop(connection, None)
        if sender is not None:
            self._senders[sender] -= 1
            if not self._senders[sender]:
                del self._senders[sender]


class Connection(H11Protocol):
    """Close on whoever does not say what it wants, or does not listen."""

    door: Door
    _deadline: asyncio.TimerHandle | None = None
    _unheard: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Tell whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for a request."""
        super().connection_made(transport)
        if not self.door.enter(self, self.client[0] if self.client else ""):
            transport.write(_BUSY)
            transport.close()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave."""
        self.door.leave(self)
        for timer in (self._deadline, self._unheard):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hear more of a request; a whole head ends the wait for it."""
        if self.transport.is_closing():
            return
        if self.is_waiting and self._deadline is None:
            self._wait()
        super().data_received(data)
        if not self.is_waiting and self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def pause_writing(self) -> None:
        """Begin to wait for somebody who does not take the answer."""
        super().pause_writing()
        self._unheard = self.loop.call_later(self.door.patience, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if self._unheard:
            self._unheard.cancel()
            self._unheard = None

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self.door.patience, self.transport.close)


def serve(app: Starlette, settings: Settings, listening: socket.socket) -> None:
    """Serve until Ctrl-C, or until the system asks to stop."""

    class Inside(Connection):
        door = Door(settings)

    options: dict[str, Any] = {
        # Its log would hold addresses, and with them tokens.
        "access_log": False,
        "log_config": None,
        "log_level": "critical",
        "proxy_headers": False,
        "server_header": False,
        "lifespan": "off",
        "ws": "none",
        "loop": "asyncio",
        "h11_max_incomplete_event_size": _MOST_HEAD,
        "timeout_keep_alive": _IDLE,
        "timeout_graceful_shutdown": _GRACE,
    }
    server = Server(Config(app, http=Inside, **options))
    _ending(lambda: server.run([listening]))


def _ending(run: Callable[[], None]) -> None:
    """Let *run* end as it should where the system asks for it."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        run()
    finally:
        signal.signal(signal.SIGTERM, before)
