"""A published tree with a file of every kind, and what a scanner would give for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import html5lib

from mapsite.publish.fetch import Fetched
from mapsite.publish.front import front_files
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room

PLANS = Path(__file__).resolve().parents[1] / "plans"
TOKEN = "bcdefghijklmnopqrstuvwxy27"  # noqa: S105  # opens nothing
STRANGERS = ("m" * 26, "n" * 26)
ROOM = f"t/{TOKEN}/"


def published_site(frame_cache: Path) -> dict[str, bytes]:
    """Return the files of a target: the front, and a room with all it can have."""
    file = PLANS / "full.yaml"
    frame = load_frame(frame_cache.parent, frame_cache)
    room = make_room(file, file.read_bytes(), date(2026, 5, 24), frame).files
    return {
        **front_files(),
        **{f"{ROOM}{name}": data for name, data in room.items()},
        f"{ROOM}room.json": b'{"format": 1, "files": {}, "stale": {}}\n',
    }


def write_site(site: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of *site* into *folder*."""
    for key, data in site.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def observatory_score(page: Fetched, *, https: bool, redirected: bool) -> int:
    """Return the score that MDN's HTTP Observatory would give for *page*.

    Its rules as published (mdn/mdn-http-observatory, table of modifiers of 2026): from
    100, what is missing takes away, and from 90 on what is there adds. For what our
    headers can get wrong; a policy with an error in it is none.
    """
    marks = [
        _policy(page),
        0 if "set-cookie" not in page.headers else -20,
        -50 if "access-control-allow-credentials" in page.headers else 0,
        0 if redirected else -20,
        _referrer(page.headers.get("referrer-policy", "")),
        _lasting(page.headers.get("strict-transport-security", ""), https=https),
        0 if page.headers.get("x-content-type-options") == "nosniff" else -5,
        _framing(page),
        {"same-origin": 10, "same-site": 10, "": 0}.get(
            page.headers.get("cross-origin-resource-policy", ""), -5
        ),
    ]
    lost = 100 + sum(mark for mark in marks if mark < 0)
    return 100 + sum(marks) if lost >= 90 else lost


def policies(page: Fetched) -> list[dict[str, list[str]]]:
    """Return the policies that hold for *page*: its header's, then its head's."""
    tree = html5lib.parse(page.body.decode(), namespaceHTMLElements=False)
    texts = [
        page.headers.get("content-security-policy", ""),
        *(
            meta.get("content")
            for meta in tree.iter("meta")
            if (meta.get("http-equiv") or "").lower() == "content-security-policy"
        ),
    ]
    return [
        {words[0]: words[1:] for part in text.split(";") if (words := part.split())}
        for text in texts
        if text
    ]


def _policy(page: Fetched) -> int:
    """Give 10 for a policy that allows nothing by default and nothing unsafe."""
    found = policies(page)
    if not found:
        return -25
    sources = [
        source
        for policy in found
        for name in ("script-src", "style-src", "object-src", "default-src")
        for source in policy.get(name, [])
    ]
    if any(source in {"'unsafe-inline'", "data:", "*", "https:"} for source in sources):
        return -20
    if "'unsafe-eval'" in sources or any(s.startswith("http:") for s in sources):
        return -10
    return 10 if all(p.get("default-src") == ["'none'"] for p in found) else 5


def _referrer(value: str) -> int:
    private = {"no-referrer", "same-origin", "strict-origin"}
    private.add("strict-origin-when-cross-origin")
    return 0 if not value else 5 if value in private else -5


def _lasting(value: str, *, https: bool) -> int:
    age = value.partition("max-age=")[2].partition(";")[0]
    if not https or not age.isdecimal():
        return -20
    return 0 if int(age) >= 15_768_000 else -10


def _framing(page: Fetched) -> int:
    by_policy = "frame-ancestors" in page.headers.get("content-security-policy", "")
    by_header = page.headers.get("x-frame-options", "").lower()
    return 5 if by_policy or by_header in {"deny", "sameorigin"} else -20
