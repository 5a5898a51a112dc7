"""Give what waits to whoever fetches it; put it away once that is told to be safe."""

from __future__ import annotations

import json
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from mapsite.inbox.answers import Answer, disk_fails
from mapsite.inbox.disk import is_full
from mapsite.inbox.receiving import time_of
from mapsite.inbox.spool import HOOK, Kept, Spool

_MOST_ITEMS = 200
_MOST_BYTES = 4 << 20
_MOST_KEYS = 1000


def listed(spool: Spool, after: str) -> Answer:
    """Return a page of what waits, oldest first, from behind the cursor *after*.

    Pieces of the quarantine come last; each is a document with ``why`` and ``body``.
    """
    places = [(spool.waiting, kept) for kept in spool.list_waiting()]
    places += [(spool.odd, kept) for kept in spool.list_odd()]
    names = [_cursor(kept) for _, kept in places]
    start = names.index(after) + 1 if after in names else 0
    items: list[dict[str, Any]] = []
    size, end = 0, start
    for folder, kept in places[start : start + _MOST_ITEMS]:
        size += kept.size
        if items and size > _MOST_BYTES:
            break
        end += 1
        items += _item(folder, kept)
    more = end < len(places)
    fields = {
        "mapsite": "inbox/1",
        "items": items,
        "next": names[end - 1] if more else None,
    }
    return Answer(HTTPStatus.OK, f"{len(places)} waiting", fields)


def put_away(spool: Spool, raw: bytes) -> Answer:
    """Put away what ``{"keys": […]}`` names; say which of them were never here."""
    keys = _keys(raw)
    if keys is None:
        says = f'Expected {{"keys": [KEY, …]}}, at most {_MOST_KEYS}; nothing was done.'
        return Answer(HTTPStatus.BAD_REQUEST, says)
    found = spool.put_away(keys)
    done = [key for key in keys if key in found]
    unknown = [key for key in keys if key not in found]
    fields = {"done": done, "unknown": unknown}
    return Answer(HTTPStatus.OK, f"{len(done)} put away", fields)


def put_one_away(spool: Spool, key: str) -> Answer:
    """Put away what *key* names."""
    if spool.put_away([key]):
        return Answer(HTTPStatus.OK, "put away", {"done": [key]})
    return Answer(HTTPStatus.NOT_FOUND, "There was never anything with this key.")


def health(spool: Spool) -> Answer:
    """Tell whether the disk takes a suggestion now, and how many wait."""
    counts = spool.count()
    fields = {"waiting": counts.waiting, "quarantine": counts.odd}
    try:
        spool.probe()
    except OSError as error:
        failing = disk_fails(full=is_full(error))
        return failing._replace(fields={"status": "failing", **fields})
    return Answer(HTTPStatus.OK, "ready", {"status": "ok", **fields})


def _item(folder: Path, kept: Kept) -> list[dict[str, Any]]:
    try:
        raw = kept.read(folder)
    except FileNotFoundError:  # somebody else fetched it meanwhile
        return []
    item = {
        "key": kept.key,
        "kind": _kind(kept.key),
        "received": time_of(kept.received),
        "sha256": sha256(raw).hexdigest(),
        "body": raw.decode("utf-8"),
    }
    return [item]


def _kind(key: str) -> str:
    if key.startswith(HOOK):
        return "webhook"
    return "suggestion" if "." in key else key.partition("-")[0]


def _cursor(kept: Kept) -> str:
    return f"{kept.received}.{kept.key}"


def _keys(raw: bytes) -> list[str] | None:
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        return None
    return keys if all(isinstance(key, str) for key in keys) else None
