"""Every published file has its type, its caching and its protection from one place."""

from __future__ import annotations

import re

import pytest

from mapsite.plan import files
from mapsite.publish.headers import (
    IMMUTABLE,
    SECURITY,
    TYPES,
    cache_control,
    content_type,
    headers_for,
)
from mapsite.room.frame import CSP, CSP_WITH_FONTS
from mapsite.room.look import SUFFIXES

ROOM = f"t/{'a' * 26}/"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        (f"{ROOM}assets/room.0123456789.css", "text/css; charset=utf-8"),
        (f"{ROOM}assets/room.0123456789.js", "text/javascript; charset=utf-8"),
        (f"{ROOM}assets/acme.0123456789.svg", "image/svg+xml; charset=utf-8"),
        (f"{ROOM}plan.ics", "text/calendar; charset=utf-8"),
        (f"{ROOM}assets/cost.0123456789.CSV", "text/csv; charset=utf-8"),
        (f"{ROOM}room.json", "application/json; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        (f"{ROOM}assets/mama.0123456789.png", "image/png"),
        (f"{ROOM}assets/soc2.0123456789.pdf", "application/pdf"),
        ("what.is-this", "application/octet-stream"),
        ("dir.css/README", "application/octet-stream"),
    ],
)
def test_types_tell_browsers_all(key: str, expected: str) -> None:
    """The type by the ending, the charset wherever it is text."""
    assert content_type(key) == expected


def test_every_kind_that_a_room_can_hold_has_a_type() -> None:
    """Documents of plans and files of looks are never sent as something unknown."""
    kinds = {*files._SAID, *(suffix[1:] for suffix in SUFFIXES)}  # noqa: SLF001
    assert kinds <= set(TYPES)


@pytest.mark.parametrize(
    "key",
    [
        *("index.html", "404.html", "robots.txt", f"{ROOM}index.html"),
        *(f"{ROOM}changes/index.html", f"{ROOM}plan.ics", f"{ROOM}room.json"),
        f"{ROOM}calendar/buyer.ics",
        f"{ROOM}assets/soc2.0123456789.pdf",
        f"{ROOM}assets/invite.0123456789.ics",
        f"{ROOM}assets/cost.0123456789.csv",
        f"{ROOM}assets/room.css",
        f"{ROOM}assets/room.012345678.css",
        f"{ROOM}assets/room.0123456789.css/index.html",
        f"{ROOM}changes/room.0123456789.css",
    ],
)
def test_what_tells_of_a_deal_is_kept_nowhere(key: str) -> None:
    """Pages, calendars, documents, and what could change under its name."""
    assert cache_control(key) == "no-store"


@pytest.mark.parametrize("name", ["room.css", "room.js", "acme.svg", "inter.woff2"])
def test_what_never_changes_stays_with_its_reader_alone(name: str) -> None:
    """No cache on the way may keep it, or a withdrawn room would leave parts there."""
    stem, ending = name.split(".")
    for folder in (f"{ROOM}assets", "assets"):
        found = cache_control(f"{folder}/{stem}.0123456789.{ending}")
        assert found == IMMUTABLE
    assert {"private", "immutable"} <= set(IMMUTABLE.split(", "))
    assert "public" not in IMMUTABLE


def test_the_policy_is_the_codes_one_with_nobody_around_it() -> None:
    """It lets through what pages of every look need, and no more."""
    policy = SECURITY["Content-Security-Policy"]
    assert policy.startswith(CSP)
    assert policy.endswith("; frame-ancestors 'none'")
    ours = set(policy.split("; "))
    for of_pages in (CSP, CSP_WITH_FONTS):
        assert set(of_pages.split("; ")) <= ours
    assert not re.search(r"unsafe|\*|https?:|blob:", policy)


def test_headers_can_be_written_into_any_file() -> None:
    """Printable, one line, short, without the quotes of configurations."""
    for name, value in headers_for("index.html").items():
        assert re.fullmatch(r"[A-Za-z-]+", name)
        assert value.isascii()
        assert value.isprintable()
        assert '"' not in value
        assert "$" not in value
        assert len(f"  {name}: {value}") < 2000
