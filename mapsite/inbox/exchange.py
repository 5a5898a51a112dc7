"""Hear one request out, as far as somebody wants it, and send its answer."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mapsite.inbox import answers
from mapsite.inbox.answers import Answer

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_LINGER = 2.0
"""Seconds and bytes that are read and thrown away, so that a refusal is heard."""
_LINGER_BYTES = 256 * 1024


def type_of(request: Request) -> str | None:
    """Return the type of what *request* brings; None where it is compressed."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        return None
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def body_of(request: Request, most: int, patience: float) -> bytes | Answer:
    """Return the body of *request*, or the refusal of one too large or too slow."""
    announced = request.headers.get("content-length", "0")
    if len(announced) > len(str(most)) or int(announced) > most:
        return answers.too_large(most)
    raw = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for piece in request.stream():
                raw += piece
                if len(raw) > most:
                    return answers.too_large(most)
    except (TimeoutError, ClientDisconnect):
        return answers.too_slow()
    return bytes(raw)


class Reply(Response):
    """Send an answer, and hear a refused request out a little before closing."""

    def __init__(self, answer: Answer, request: Request, more: dict[str, str]) -> None:
        """Write it as whoever asked can read it."""
        headers = {**answers.NEVER_KEPT, **more, **answer.headers}
        self._unread = answer.unread
        if answer.unread:
            headers["Connection"] = "close"
        is_form = request.headers.get("content-type", "").lower().startswith(FORM)
        kind = "text/html" if is_form else JSON
        body = answer.as_page() if is_form else answer.as_json()
        super().__init__(body, answer.status, headers, kind)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        if not self._unread:
            return await super().__call__(scope, receive, send)
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        body = {"type": "http.response.body", "body": self.body}
        await send({**body, "more_body": True})
        # Closed at once, the sender's system might throw the answer away unread.
        await _thrown_away(receive)
        return await send({**body, "body": b"", "more_body": False})


async def _thrown_away(receive: Receive) -> None:
    left = _LINGER_BYTES
    try:
        async with asyncio.timeout(_LINGER):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return
    except TimeoutError:
        return
