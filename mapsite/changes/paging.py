"""Fetch all items of a source, page by page; its token goes nowhere else.

Nothing is put away there: what comes again is known by its number or its words.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from mapsite.changes.calls import Limits, call, host_of
from mapsite.changes.intake.paths import Json, Path, find, is_deep, text_of
from mapsite.changes.intake.sources import Next, Source
from mapsite.errors import MapsiteError

MOST_ITEMS = 20_000
_MOST_PAGES = 500
_LIMITS = Limits(size=8 << 20, seconds=60.0)


def fetch(
    source: Source, environment: Mapping[str, str], limits: Limits = _LIMITS
) -> list[Json]:
    """Return the items of *source*, each once; raise MapsiteError, without any token.

    *limits* are those of one page.
    """
    headers = _headers(source, environment)
    items: dict[tuple[str, int], Json] = {}
    seen = [source.url]
    while len(seen) < _MOST_PAGES:
        page = _page(source, seen[-1], headers, limits)
        known, counts = len(items), Counter[str]()
        for item in _items(page, source):
            words = json.dumps(item, sort_keys=True)
            counts[words] += 1
            # A page that has moved on meanwhile brings some of them once more.
            items.setdefault((words, counts[words]), item)
        if len(items) > MOST_ITEMS:
            break
        url = _behind(source, page, len(seen), len(items))
        in_vain = len(items) == known and source.next and not source.next.found
        if url is None or url in seen or in_vain:
            return list(items.values())
        seen.append(url)
    raise MapsiteError(
        f"{host_of(source.url)} has more than {MOST_ITEMS:,} items, or pages without"
        " end; let its address ask for fewer"
    )


def _headers(source: Source, environment: Mapping[str, str]) -> dict[str, str]:
    if not source.variable:
        return {}
    token = environment.get(source.variable, "").strip()
    if not token:
        raise MapsiteError(f"{source.variable} is not set; it holds the token")
    if source.scheme == "Basic":
        token = b64encode(token.encode(errors="surrogateescape")).decode()
    return {"Authorization": f"{source.scheme} {token}"}


def _page(source: Source, url: str, headers: Mapping[str, str], limits: Limits) -> Json:
    host = host_of(url)
    answer = call("GET", url, headers, limits=limits)
    if answer.status in {401, 403}:
        told = f"; {source.variable} holds the token" if source.variable else ""
        raise MapsiteError(f"{host} does not let us in ({answer.status}){told}")
    if not answer.fine:
        raise MapsiteError(
            f"{host} answered {answer.status}; redirects are not followed, and nothing"
            " is lost"
        )
    found = answer.document
    if found is None or is_deep(found):
        raise MapsiteError(f"{host} answered no JSON that can be read")
    return found


def _items(page: Json, source: Source) -> list[Json]:
    place = find(page, source.items)
    if place is None or not isinstance(place.value, list):
        raise MapsiteError(
            f"{host_of(source.url)} answered no list of items where the settings say"
        )
    return place.value


def _behind(source: Source, page: Json, pages: int, items: int) -> str | None:
    """Return the address of the page behind *page*, of *pages* fetched with *items*."""
    ways = source.next
    if ways is None:
        return None
    if ways.found is None:
        return _with(source.url, ways.ask, _count(source.url, ways, pages, items))
    told = _told(page, ways.found)
    if not told:
        return None
    if ways.ask:
        return _with(source.url, ways.ask, told)
    return _same_host(source.url, urljoin(source.url, told))


def _told(page: Json, path: Path) -> str:
    place = find(page, path)
    return text_of(place.value) if place else ""


def _count(url: str, ways: Next, pages: int, items: int) -> str:
    """Return the number to ask for: the first page may have one of its own."""
    own = dict(parse_qsl(urlsplit(url).query)).get(ways.ask, "")
    first = int(own) if own.isdecimal() and own.isascii() and len(own) < 10 else None  # noqa: PLR2004  # digits
    if ways.by_items:
        return str((first or 0) + items)
    return str((1 if first is None else first) + pages)


def _with(url: str, parameter: str, value: str) -> str:
    parts = urlsplit(url)
    asked = [
        (name, told)
        for name, told in parse_qsl(parts.query, keep_blank_values=True)
        if name != parameter
    ]
    query = urlencode([*asked, (parameter, value)])
    return urlunsplit(parts._replace(query=query))


def _same_host(url: str, other: str) -> str:
    ours, theirs = urlsplit(url), urlsplit(other)
    if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
        raise MapsiteError(
            f"{host_of(url)} names a next page at another host; the token stays here"
        )
    return other
