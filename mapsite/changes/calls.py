"""Call a web service with a token: a forge's, or an inbox that is fetched from.

What it answers is data from outside. No redirect is followed, as the token would go
along, and no message tells more of an address than its host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mapsite import __version__
from mapsite.errors import MapsiteError

if TYPE_CHECKING:
    from http.client import HTTPResponse

_SECONDS = 30.0
"""Of silence."""
_ALTOGETHER = 120.0
"""Seconds that one call may take, however busily it is answered."""
_MOST_BYTES = 32 << 20
_LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:/|$)")


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what a service answered."""

    status: int
    body: bytes = field(repr=False)

    @property
    def fine(self) -> bool:
        """Tell whether it did what it was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004  # HTTP's own

    @property
    def document(self) -> Any:  # noqa: ANN401  # JSON
        """Return the JSON that it answered; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Limits:
    """Say how much a service may answer, and for how long."""

    size: int = _MOST_BYTES
    seconds: float = _ALTOGETHER


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    document: object = None,
    limits: Limits | None = None,
) -> Answer:
    """Call *url*, with *document* as JSON if there is one.

    Raises MapsiteError where it cannot be reached, or is not to be.
    """
    host, limits = host_of(url), limits or Limits()
    if not url.startswith("https://") and not _LOCAL.match(url):
        raise MapsiteError(f"{host}: expected an address that begins with https://")
    sent = {"User-Agent": f"mapsite/{__version__}", "Accept": "application/json"}
    body = None
    if document is not None:
        body, sent["Content-Type"] = json.dumps(document).encode(), "application/json"
    future: Future[Answer] = Future()

    def ask() -> None:
        try:
            given = (method, url, {**sent, **headers}, body, limits.size)
            future.set_result(_asked(*given))
        except BaseException as error:  # noqa: BLE001  # it is raised where it is awaited
            future.set_exception(error)

    # Neither names nor heads can be waited for with a limit; a thread can.
    Thread(target=ask, daemon=True).start()
    try:
        return future.result(limits.seconds)
    except TimeoutError:
        told = f"{host} did not answer in {limits.seconds:.0f} s; try again later"
        raise MapsiteError(told) from None


def _asked(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, most: int
) -> Answer:
    from http.client import HTTPException  # noqa: PLC0415  # slow to import
    from urllib.error import HTTPError, URLError  # noqa: PLC0415
    from urllib.request import Request, build_opener  # noqa: PLC0415

    host = host_of(url)
    try:
        request = Request(url, body, dict(headers), method=method)  # noqa: S310  # https alone
        opener = build_opener(_no_redirects())
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                return _read(answer, host, most)
        except HTTPError as error:
            with error:
                return Answer(error.code, error.read(most))
    except (URLError, HTTPException, OSError, ValueError):
        # Their texts may hold the whole address.
        raise MapsiteError(f"{host} cannot be reached; try again later") from None


def host_of(url: str) -> str:
    """Return the part of *url* that may be told: its host and port."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the address"
    return f"{parts.hostname or 'the address'}{port}"


def _read(answer: HTTPResponse, host: str, most: int) -> Answer:
    body = answer.read(most + 1)
    if len(body) > most:
        raise MapsiteError(f"{host} sends more than {most >> 20} MB at once")
    return Answer(answer.status, body)


def _no_redirects() -> Any:  # noqa: ANN401  # a class of a library that is slow to import
    from urllib.request import HTTPRedirectHandler  # noqa: PLC0415

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    return Stay()
