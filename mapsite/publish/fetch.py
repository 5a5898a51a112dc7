"""Ask a web server for files the way a reader would, and for nothing else."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from mapsite import __version__
from mapsite.publish.target import TargetBusy, TargetError

AGENT = f"mapsite/{__version__}"
_MOST_BYTES = 64 << 20
_MOST_HOPS = 5
_CHUNK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ASKING = {
    "User-Agent": AGENT,
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    # What a cache on the way kept is not what the host holds.
    "Cache-Control": "no-cache",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold what a server answered."""

    status: int
    headers: Mapping[str, str]
    """By name, whatever its case."""
    body: bytes = field(repr=False)


def fetch(url: str, timeout: float = 20.0, *, follow: bool = False) -> Fetched:
    """Get *url* over a connection of its own, with no cookie and no credentials.

    Redirects are returned as they are unless *follow*. *timeout* is in seconds, for
    the connection and for each wait. Raises TargetError, or TargetBusy where a second
    try may do; neither tells more of *url* than its host.
    """
    fetched = _get(url, timeout)
    hops = 0
    while follow and fetched.status in _REDIRECTS and "location" in fetched.headers:
        hops += 1
        if hops > _MOST_HOPS:
            raise TargetError(f"{host_of(url)} redirects again and again")
        url = urljoin(url, fetched.headers["location"])
        fetched = _get(url, timeout)
    return fetched


def fetch_all(
    urls: Iterable[str], workers: int = 8, timeout: float = 20.0
) -> dict[str, Fetched | TargetError]:
    """Get *urls*, several at a time; what failed has its error for a value."""
    wanted = list(dict.fromkeys(urls))

    def one(url: str) -> Fetched | TargetError:
        try:
            return fetch(url, timeout)
        except TargetError as error:
            return error

    if not wanted:
        return {}
    with ThreadPoolExecutor(min(workers, len(wanted))) as pool:
        return dict(zip(wanted, pool.map(one, wanted), strict=True))


def host_of(url: str) -> str:
    """Return the part of *url* that may be told: its host and port."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the address"
    return f"{parts.hostname or 'the address'}{port}"


def _get(url: str, timeout: float) -> Fetched:
    # The library's own errors hold the path, so none of them is passed on, not even
    # as the cause of ours.
    failed: TargetError | None = None
    try:
        with requests.Session() as session:
            # The environment says which proxy and which certificates there are; the
            # passwords of ~/.netrc are for nobody here.
            session.auth = _nobody
            return _read(session, url, timeout)
    except TargetError as error:
        failed = error
    except (requests.RequestException, OSError, ValueError) as error:
        failed = _told(host_of(url), error)
    raise failed


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _read(session: requests.Session, url: str, timeout: float) -> Fetched:
    with session.get(
        url, headers=_ASKING, timeout=timeout, allow_redirects=False, stream=True
    ) as answer:
        body = bytearray()
        for chunk in answer.iter_content(_CHUNK):
            body += chunk
            if len(body) > _MOST_BYTES:
                raise TargetError(f"{host_of(url)} sends more than a room can hold")
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(answer.headers)
        return Fetched(answer.status_code, headers, bytes(body))


def _told(host: str, error: Exception) -> TargetError:
    """Say in our own words what *error* says of *host*."""
    if isinstance(error, requests.Timeout):
        return TargetBusy(f"{host} did not answer in time")
    if isinstance(error, requests.exceptions.SSLError | ssl.SSLError):
        return TargetError(f"{host} has no valid certificate for https")
    if isinstance(error, ValueError):
        return TargetError(f"{host} cannot be asked: expected an address with https://")
    return TargetBusy(f"{host} cannot be reached")
