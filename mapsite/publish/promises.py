"""Whether what a server sent is at least what was promised, header by header."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mapsite.publish.headers import (
    IMMUTABLE,
    UNKNOWN,
    cache_control,
    content_type,
    security,
)

_HALF_A_YEAR: Final = 15_768_000
"""Seconds; what scanners of headers take for lasting."""
_MOST_SHOWN = 60
_VERSION = re.compile(r"/?\d+(?:\.\d+)+")
_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])", re.IGNORECASE)
_SAME_TYPES = {
    "application/javascript": "text/javascript",
    "application/x-javascript": "text/javascript",
    "image/vnd.microsoft.icon": "image/x-icon",
    "application/font-woff2": "font/woff2",
    "application/font-woff": "font/woff",
    "binary/octet-stream": UNKNOWN,
}
Fault = Callable[[str, str], str]
"""Takes what was promised and what came, as they stand; returns what is wrong, or
nothing."""


def header_faults(
    key: str, headers: Mapping[str, str], *, https: bool, connects: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield each promised header for the file *key* with its fault, empty if none."""
    for name, promised in security(connects).items():
        if name == "Strict-Transport-Security" and not https:
            continue
        yield name, _fault(_CHECKS.get(name, _covers), promised, headers.get(name))
    cache = _fault(_caching, cache_control(key), headers.get("Cache-Control"))
    yield "Cache-Control", cache
    kind = _fault(_kind, content_type(key), headers.get("Content-Type"))
    yield "Content-Type", kind


def extra_faults(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each header that is not promised to be absent, with what it gives away."""
    server = headers.get("Server", "")
    yield (
        "no version told",
        f"Server says {shown(server)}" if _VERSION.search(server) else "",
    )
    powered = headers.get("X-Powered-By")
    yield "no software told", f"X-Powered-By says {shown(powered)}" if powered else ""
    yield "no cookies", "sets a cookie" if "Set-Cookie" in headers else ""
    opened = headers.get("Access-Control-Allow-Origin")
    told = f"Access-Control-Allow-Origin is {shown(opened)}" if opened else ""
    yield "closed to other sites", told


def masked(text: str) -> str:
    """Return *text* without any secret of an address in it."""
    return _TOKEN.sub("…", text)


def shown(value: str) -> str:
    """Return a header's value as it may be told: short, and without an address."""
    plain = masked(" ".join(value.split()))
    return f"{plain[:_MOST_SHOWN]}…" if len(plain) > _MOST_SHOWN else plain


def _fault(check: Fault, promised: str, came: str | None) -> str:
    return check(promised, came) if came is not None else "not sent"


def _covers(promised: str, came: str) -> str:
    """Expect every part of a list that was promised."""
    parts = {part.strip().lower() for part in came.split(",")}
    wanted = {part.strip().lower() for part in promised.split(",")}
    return "" if wanted <= parts else f"got {shown(came)}"


def _exactly(promised: str, came: str) -> str:
    return "" if came.strip().lower() == promised.lower() else f"got {shown(came)}"


def _hidden(promised: str, came: str) -> str:
    return "" if "none" in came.lower().split(", ") else _covers(promised, came)


def _lasting(_: str, came: str) -> str:
    age = re.search(r"max-age=\"?(\d+)", came, re.IGNORECASE)
    if age and int(age[1]) >= _HALF_A_YEAR:
        return ""
    return f"got {shown(came)}, expected half a year or more"


def _caching(promised: str, came: str) -> str:
    """Expect a page to be kept nowhere, and what never changes by the reader alone."""
    parts = {part.strip().lower() for part in came.split(",")}
    if promised != IMMUTABLE:
        return "" if "no-store" in parts else f"got {shown(came)}, expected {promised}"
    if {"private", "immutable"} <= parts and not parts & {"public", "no-store"}:
        return ""
    return f"got {shown(came)}, expected {promised}"


def _kind(promised: str, came: str) -> str:
    """Expect the type, and UTF-8 where browsers would else guess."""
    wanted, _, _ = promised.partition(";")
    kind, _, rest = (part.strip().lower() for part in came.partition(";"))
    if _SAME_TYPES.get(kind, kind) != wanted:
        return f"got {shown(came)}, expected {wanted}"
    charset = rest.replace('"', "").replace(" ", "").removeprefix("charset=")
    if charset == "utf-8" or (not charset and not wanted.startswith("text/")):
        return ""
    return f"got {shown(came)}, expected charset=utf-8" if "charset" in promised else ""


def _policy(promised: str, came: str) -> str:
    """Expect a policy that allows nothing but what was promised."""
    if "," in came:
        return "sent more than once"
    ours, theirs = _directives(promised), _directives(came)
    loose = [
        name
        for name in sorted({*ours, *theirs})
        if not _allowed(theirs, name) <= _allowed(ours, name)
    ]
    if loose:
        return f"is looser in {', '.join(map(shown, loose))}"
    asked = ours.get("connect-src", frozenset())
    stopped = sorted(asked - _allowed(theirs, "connect-src"))
    told = ", ".join(map(shown, stopped))
    return f"stops what rooms ask of {told}" if told else ""


_NOT_FETCHED = ("base-uri", "form-action", "frame-ancestors", "sandbox")
_NO_SOURCES = ("upgrade-insecure-requests", "block-all-mixed-content", "sandbox")
_REPORTS = ("report-uri", "report-to")


def _directives(policy: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for part in policy.lower().split(";"):
        name, *sources = part.split() or [""]
        if name and name not in _NO_SOURCES:
            found.setdefault(name, frozenset(sources) - {"'none'"})
    return found


def _allowed(policy: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    """Return what a policy allows, also by what it does not say."""
    if name in _REPORTS:
        return policy.get(name, frozenset())
    everything = frozenset({"*"})
    default = everything if name in _NOT_FETCHED else policy.get("default-src")
    return policy.get(name, everything if default is None else default)


_CHECKS: Final[Mapping[str, Fault]] = {
    "Content-Security-Policy": _policy,
    "Referrer-Policy": _exactly,
    "X-Content-Type-Options": _exactly,
    "X-Frame-Options": _exactly,
    "X-Robots-Tag": _hidden,
    "Cross-Origin-Resource-Policy": _exactly,
    "Cross-Origin-Opener-Policy": _exactly,
    "Strict-Transport-Security": _lasting,
}
