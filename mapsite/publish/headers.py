"""What every published file is sent with: its type, its caching, and what protects it.

The one place for it: uploads, the files for hosts and `mapsite doctor` all ask here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mapsite.room.frame import CSP_WITH_FONTS

TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "html": "text/html",
        "css": "text/css",
        "js": "text/javascript",
        "svg": "image/svg+xml",
        "txt": "text/plain",
        "csv": "text/csv",
        "ics": "text/calendar",
        "json": "application/json",
        "png": "image/png",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "webp": "image/webp",
        "gif": "image/gif",
        "ico": "image/x-icon",
        "woff2": "font/woff2",
        "woff": "font/woff",
        "ttf": "font/ttf",
        "otf": "font/otf",
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "docx": "application/vnd.openxmlformats-officedocument"
        ".wordprocessingml.document",
        "pptx": "application/vnd.openxmlformats-officedocument"
        ".presentationml.presentation",
    }
)
"""Media types by the ending of a name, for all that a room or the front can hold."""

UNKNOWN = "application/octet-stream"
"""What is sent as this with ``nosniff`` is saved, never shown."""

CHARSET_TYPES: Final = ("text/", "image/svg+xml", "application/json")
"""Beginnings of the types that are text, which is always UTF-8."""

LOOK = (
    *("css", "js", "svg", "png", "jpg", "jpeg", "webp", "gif", "ico"),
    *("woff2", "woff", "ttf", "otf"),
)
"""Endings of what makes up a page; under a hashed name such a file never changes."""

NO_STORE = "no-store"

# Not `public`: a copy that a CDN or a company's proxy keeps for a year outlives the
# withdrawal of the room. The reader's own browser is what needs the copy.
IMMUTABLE = "private, max-age=31536000, immutable"

HASHED_ASSET = rf"assets/[^/]+\.[0-9a-f]{{10}}\.(?:{'|'.join(LOOK)})"
"""Pattern of the end of a path whose file never changes; also for hosts' own rules."""

SECURITY: Final[Mapping[str, str]] = MappingProxyType(
    {
        # With font-src for every look: what a page has in its own head narrows it to
        # what that look needs, so a new look needs no new configuration of the host.
        "Content-Security-Policy": f"{CSP_WITH_FONTS}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(),"
        " usb=()",
        "Strict-Transport-Security": "max-age=31536000",
    }
)
"""What goes with every answer, whatever its kind and status."""


def security(connects: str = "") -> Mapping[str, str]:
    """Return `SECURITY` for rooms whose script may ask *connects*, as the look says.

    It is what ``connect-src`` says in their own head: ``https://inbox.example``.
    """
    if not connects:
        return SECURITY
    name, before = "Content-Security-Policy", "; frame-ancestors"
    policy = SECURITY[name].replace(before, f"; connect-src {connects}{before}")
    return {**SECURITY, name: policy}


_IMMUTABLE = re.compile(rf"(?:^|/){HASHED_ASSET}$")


def content_type(key: str) -> str:
    """Return the Content-Type of the file at *key*, with the charset where it is text.

    What is not known by its ending is `UNKNOWN`.
    """
    found = TYPES.get(_ending(key), UNKNOWN)
    return f"{found}; charset=utf-8" if found.startswith(CHARSET_TYPES) else found


def cache_control(key: str) -> str:
    """Return the Cache-Control of the file at *key*.

    What makes up a page and has a hash in its name may stay in the reader's browser;
    pages, calendars and documents, which tell of the deal, are not to be kept at all.
    """
    return IMMUTABLE if _IMMUTABLE.search(key) else NO_STORE


def headers_for(key: str, connects: str = "") -> dict[str, str]:
    """Return every header that is promised for the file at *key*; see `security`."""
    return {
        "Content-Type": content_type(key),
        "Cache-Control": cache_control(key),
        **security(connects),
    }


def _ending(key: str) -> str:
    return key.rpartition("/")[2].rpartition(".")[2].lower()
