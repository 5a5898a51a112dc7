"""What hosts must be told so that rooms are served as promised: one file for each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from mapsite.errors import MapsiteError
from mapsite.publish.headers import (
    CHARSET_TYPES,
    HASHED_ASSET,
    IMMUTABLE,
    LOOK,
    NO_STORE,
    TYPES,
    UNKNOWN,
    security,
)
from mapsite.publish.template import text_of

HOSTS: Final = ("nginx", "netlify", "cloudflare", "apache", "cloudfront")
"""The hosts that there is a file for."""

ADDRESS = "https://deals.example/"
"""Stands for an address that is not known yet."""
SOMEWHERE = "/srv/deals"
"""Stands for a folder that is not known yet."""

_CALENDAR = "/t/:token/calendar/*"
_PAGES: Final = (
    *("/", "/index.html", "/404.html", "/robots.txt", "/t/:token/"),
    *("/t/:token/index.html", "/t/:token/changes/*"),
    *("/t/:token/room.json",),
    *("/t/:token/plan.ics", _CALENDAR),
)
_CONFIG_TEXT = re.compile(r"[\w./:~+@ -]+")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
_TOKEN = re.compile(r"[a-z2-7]{26}", re.ASCII)
_HTTPS = 443


class Place(NamedTuple):
    """Hold where readers find a host: the parts of its address."""

    https: bool
    host: str
    port: int


def read_place(address: str) -> Place:
    """Return the parts of *address*; raise MapsiteError where rooms must not be."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"https", "http"} or not _HOST.fullmatch(host):
        raise MapsiteError("expected an address like https://deals.example")
    if any(_TOKEN.fullmatch(label) for label in host.split(".")):
        raise MapsiteError(
            "the name of a host is no place for a link's secret: names are seen by"
            " name servers and in public lists of certificates; leave it out"
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise MapsiteError(
            "expected an address without a path: rooms want a host name of their own,"
            " because robots.txt and what a browser stores belong to the whole name"
        )
    https = parts.scheme == "https"
    return Place(https, host, port or (_HTTPS if https else 80))


def host_texts(
    kind: str, address: str = ADDRESS, folder: str = SOMEWHERE, connects: str = ""
) -> dict[str, str]:
    """Return the files that the host *kind* is set up with, by their names.

    *address* is where readers find it, *folder* where nginx finds what is published,
    *connects* what the rooms' script may ask, as the look says. Raises MapsiteError for
    values that no configuration can hold.
    """
    if kind == "nginx":
        return {"rooms.conf": _nginx(address, folder, security(connects))}
    if kind == "apache":
        return {".htaccess": _apache(security(connects))}
    if kind == "cloudfront":
        return {
            "rooms-headers.json": _cloudfront(security(connects)),
            "rooms-index.js": text_of("rooms-index.js"),
        }
    cloudflare = kind == "cloudflare"
    return {"_headers": _headers_file(security(connects), cloudflare=cloudflare)}


def host_files(kind: str, connects: str = "") -> dict[str, bytes]:
    """Return what the host *kind* wants to find among the published files."""
    if kind not in {"netlify", "cloudflare", "apache"}:
        return {}
    texts = host_texts(kind, connects=connects)
    return {name: text.encode() for name, text in texts.items()}


def host_of_command(command: str) -> str:
    """Tell by a command that delivers a whole site which host it delivers to."""
    return "cloudflare" if "wrangler" in command else "netlify"


def next_steps(kind: str) -> tuple[str, ...]:
    """Say what to do with the files of a host."""
    return tuple(text_of(f"next-{kind}.txt").splitlines())


def _nginx(address: str, folder: str, protection: Mapping[str, str]) -> str:
    place = read_place(address)
    if not _CONFIG_TEXT.fullmatch(folder):
        raise MapsiteError("expected a folder without quotes and special characters")
    kept = sorted({kind for kind in TYPES.values() if kind.startswith(CHARSET_TYPES)})
    texts = " ".join(kind for kind in kept if kind != "text/html")
    redirect = text_of("redirect.conf", host=place.host)
    scheme = "https" if place.https else "http"
    usual = place.port == (_HTTPS if place.https else 80)
    return text_of(
        "rooms.conf",
        address=f"{scheme}://{place.host}{'' if usual else f':{place.port}'}/",
        host=place.host,
        folder=folder.rstrip("/") or "/",
        listen=_indented(_listen(place), 4),
        redirect=redirect if place.https and usual else "",
        hashed=f"/{HASHED_ASSET}",
        no_store=NO_STORE,
        immutable=IMMUTABLE,
        charset_types=texts,
        gzip_types=texts,
        unknown=UNKNOWN,
        types=_indented(_endings_by_type("{} {};"), 8),
        headers=_indented(
            (
                f'add_header {name} "{value}" always;'
                for name, value in protection.items()
            ),
            4,
        ),
    )


def _listen(place: Place) -> Iterator[str]:
    if not place.https:
        local = "127.0.0.1:" if place.host in {"127.0.0.1", "localhost"} else ""
        yield f"listen {local}{place.port};"
        return
    yield f"listen {place.port} ssl;"
    yield f"listen [::]:{place.port} ssl;"
    for name, file in (("", "fullchain"), ("_key", "privkey")):
        path = f"/etc/letsencrypt/live/{place.host}/{file}.pem"
        yield f'ssl_certificate{name} "{path}";  # yours'
    yield "ssl_protocols TLSv1.2 TLSv1.3;"


def _endings_by_type(form: str) -> Iterator[str]:
    """Yield a line for each media type, with the endings that it has."""
    for kind in dict.fromkeys(TYPES.values()):
        endings = [ending for ending, found in TYPES.items() if found == kind]
        yield form.format(kind, " ".join(endings))


def _apache(protection: Mapping[str, str]) -> str:
    texts = [end for end, kind in TYPES.items() if kind.startswith(CHARSET_TYPES)]
    headers = [
        f'Header always set {name} "{value}"' for name, value in protection.items()
    ]
    return text_of(
        "htaccess",
        charset_endings=" ".join(texts),
        types=_indented(_endings_by_type("AddType {} {}"), 0),
        headers=_indented(iter(headers), 0),
        no_store=NO_STORE,
        immutable=IMMUTABLE,
        hashed_name=HASHED_ASSET.partition("/")[2].replace("[^/]+", ""),
    )


def _headers_file(protection: Mapping[str, str], *, cloudflare: bool) -> str:
    """Return the ``_headers`` of Netlify or Cloudflare Pages.

    No two rules that name the same header meet in one path: the two hosts differ in
    what they make of that.
    """
    lines = ["# Rooms of mapsite. No rule names a room: this file may be read by all."]
    # Cloudflare Pages would let every other site read what it serves.
    opened = ["! Access-Control-Allow-Origin"] if cloudflare else []
    rules: dict[str, list[str]] = {
        "/*": [*opened, *(f"{name}: {value}" for name, value in protection.items())]
    }
    rules |= {path: [f"Cache-Control: {NO_STORE}"] for path in _PAGES}
    rules["/assets/*"] = [f"Cache-Control: {IMMUTABLE}"]
    rules |= {
        f"/t/:token/assets/*.{ending}": [
            f"Cache-Control: {IMMUTABLE if ending in LOOK else NO_STORE}"
        ]
        for ending in TYPES
        if ending not in {"html", "json", "txt"}
    }
    for path in (path for path in rules if path.endswith((".ics", _CALENDAR))):
        rules[path].append(f"Content-Type: {TYPES['ics']}; charset=utf-8")
    rules["/t/:token/assets/*.csv"].append(
        f"Content-Type: {TYPES['csv']}; charset=utf-8"
    )
    for path, headers in rules.items():
        lines += [path, *(f"  {header}" for header in headers)]
    return "\n".join(lines) + "\n"


def _cloudfront(protection: Mapping[str, str]) -> str:
    def always(**values: object) -> dict[str, object]:
        return {**values, "Override": True}

    known = {
        "ContentSecurityPolicy": always(
            ContentSecurityPolicy=protection["Content-Security-Policy"]
        ),
        "ContentTypeOptions": always(),
        "FrameOptions": always(FrameOption=protection["X-Frame-Options"]),
        "ReferrerPolicy": always(ReferrerPolicy=protection["Referrer-Policy"]),
        "StrictTransportSecurity": always(
            AccessControlMaxAgeSec=int(
                protection["Strict-Transport-Security"].removeprefix("max-age=")
            ),
            IncludeSubdomains=False,
            Preload=False,
        ),
    }
    others = [
        always(Header=name, Value=protection[name])
        for name in (
            *("X-Robots-Tag", "Permissions-Policy"),
            *("Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy"),
        )
    ]
    policy = {
        "Name": "mapsite-rooms",
        "Comment": "What protects the rooms of mapsite",
        "SecurityHeadersConfig": known,
        "CustomHeadersConfig": {"Quantity": len(others), "Items": others},
    }
    return json.dumps(policy, indent=2) + "\n"


def _indented(lines: Iterator[str], by: int) -> str:
    return "\n".join(" " * by + line for line in lines)
