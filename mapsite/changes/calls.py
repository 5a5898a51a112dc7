"""Call a web service with a token: a forge's, or an inbox that is fetched from.

What it answers is data from outside. No redirect is followed, as the token would go
along, and no message tells more of an address than its host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mapsite import __version__
from mapsite.errors import MapsiteError

if TYPE_CHECKING:
    from http.client import HTTPResponse

_SECONDS = 30.0
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


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    document: object = None,
) -> Answer:
    """Call *url*, with *document* as JSON if there is one.

    Raises MapsiteError where it cannot be reached, or is not to be.
    """
    from http.client import HTTPException  # noqa: PLC0415  # slow to import
    from urllib.error import HTTPError, URLError  # noqa: PLC0415
    from urllib.request import Request, build_opener  # noqa: PLC0415

    host = host_of(url)
    if not url.startswith("https://") and not _LOCAL.match(url):
        raise MapsiteError(f"{host}: expected an address that begins with https://")
    sent = {"User-Agent": f"mapsite/{__version__}", "Accept": "application/json"}
    body = None
    if document is not None:
        body, sent["Content-Type"] = json.dumps(document).encode(), "application/json"
    request = Request(url, body, {**sent, **headers}, method=method)  # noqa: S310  # https alone
    try:
        with build_opener(_no_redirects()).open(request, timeout=_SECONDS) as answer:
            return _read(answer, host)
    except HTTPError as error:
        with error:
            return Answer(error.code, error.read(_MOST_BYTES))
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


def _read(answer: HTTPResponse, host: str) -> Answer:
    body = answer.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise MapsiteError(f"{host} sends more than {_MOST_BYTES >> 20} MB at once")
    return Answer(answer.status, body)


def _no_redirects() -> Any:  # noqa: ANN401  # a class of a library that is slow to import
    from urllib.request import HTTPRedirectHandler  # noqa: PLC0415

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    return Stay()
