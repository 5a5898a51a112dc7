"""Where an inbox listens; whoever comes before it is ready waits a moment."""

from __future__ import annotations

import socket

from mapsite.errors import MapsiteError


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; 0 is a free port; raise MapsiteError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once, without waiting to send more, only where TCP is named.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise MapsiteError(
            f"{host} port {port} cannot be used ({error.strerror}); take others with"
            " --host and --port"
        ) from None
    return listening
