"""Whether a host serves rooms as promised: every promise, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from mapsite.publish.fetch import Fetched
from mapsite.publish.front import front_files
from mapsite.publish.headers import security
from mapsite.publish.limits import Host, host_behind
from mapsite.publish.promises import extra_faults, header_faults, masked
from mapsite.publish.target import TargetError
from mapsite.publish.visit import OK, Visit

_ROOM_NAMED = re.compile(rb"(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])")
_LISTING = re.compile(
    rb"<title>\s*(?:Index|Listing|Directory)\b|<ListBucketResult|<EnumerationResults",
    re.IGNORECASE,
)
_ABSENT = (404, 410)
_REDIRECTS = range(300, 400)
_LOCAL = ("localhost", "127.0.0.1")
_MOST_NAMED = 3


class Finding(NamedTuple):
    """Hold one promise, and what is wrong with it if anything is."""

    promise: str
    fault: str = ""
    fix: str = ""
    """What mends it, where the host's file is not enough."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Hold what was found of one address; no part of it tells a room's."""

    address: str
    """The root that was asked, without any secret."""
    host: Host
    asked: tuple[str, ...]
    """What kinds of files answered."""
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> tuple[Finding, ...]:
        """Return the promises that are not kept."""
        return tuple(one for one in self.findings if one.fault)


def examine(found: Visit, connects: str = "") -> Diagnosis:
    """Return what there is to say of a host after the visit *found*.

    *connects* is what the rooms' script may ask, as the look says.
    """
    findings = (
        _reached(found),
        _by_https(found),
        *_front(found),
        *_nothing_there(found),
        _repository(found),
        *_room(found),
        *_headers(found, connects),
    )
    return Diagnosis(
        masked(found.root),
        host_behind(found.host, found.front.headers),
        tuple(one.what for one in found.seen),
        findings,
    )


def _reached(found: Visit) -> Finding:
    told = ""
    if found.front.status != OK:
        told = f"the front answers {found.front.status}"
    elif found.room and found.room.status != OK:
        told = f"the room answers {found.room.status}"
    fix = "publish first; then compare the target's `address` with the host's folder"
    return Finding("something is there", told, fix)


def _by_https(found: Visit) -> Finding:
    if not found.https:
        local = found.host in _LOCAL
        told = "" if local else "by http, everybody on the way can read the addresses"
        return Finding("https", told, "get a certificate, and give the https address")
    plain = found.plain
    if isinstance(plain, Fetched):
        leads = urljoin(found.root.replace("https:", "http:", 1), _leads(plain))
        if plain.status not in _REDIRECTS:
            told = f"http is not led to https; it answers {plain.status}"
            return Finding("https", told, "let http redirect to the same path by https")
        if not leads.startswith("https://") or urlsplit(leads).hostname != found.host:
            told = "http is led to another place than the same host's https"
            return Finding("https", told, "let http redirect to the same path by https")
    return Finding("https")


def _front(found: Visit) -> Iterator[Finding]:
    ours = front_files(urlsplit(found.root).path)
    robots = [one for one in found.others if one.what == "robots.txt"]
    read = {"the front": found.front, **{one.what: one.answer for one in robots}}
    named = [what for what, one in read.items() if _ROOM_NAMED.search(one.body)]
    told = f"an address seems to stand in {_list(named)}" if named else ""
    yield Finding("names no room", told, "remove it, and rotate the links it names")
    if urlsplit(found.root).path != "/":
        return  # only a robots.txt at the root of the host counts
    if not robots:
        told = "there is none"
    else:
        same = robots[0].answer.body == ours["robots.txt"]
        told = "" if same else "is another one than mapsite publishes"
    yield Finding("robots.txt", told, "publish again, and keep the file as it is")


def _nothing_there(found: Visit) -> Iterator[Finding]:
    listed = [
        what
        for what, one in (
            ("the front", found.front),
            *((one.what, one.answer) for one in found.gone),
            ("the folder of a room's files", found.listing),
        )
        if isinstance(one, Fetched) and _LISTING.search(one.body)
    ]
    told = f"{_list(listed)}: lists what is in it" if listed else ""
    yield Finding("no listing", told, "switch listings of folders off")
    statuses: dict[str, list[str]] = {}
    for one in found.gone:
        if one.answer.status not in _ABSENT:
            statuses.setdefault(f"answers {one.answer.status}", []).append(one.what)
    fix = "answer 404 with 404.html for all that is missing, folders too"
    yield Finding("404 for what is missing", _grouped(statuses, len(found.gone)), fix)
    bodies = {one.answer.body for one in found.gone}
    told = (
        "the answers differ, so they tell what was asked for" if len(bodies) > 1 else ""
    )
    yield Finding("one answer for all that is missing", told, fix)


def _repository(found: Visit) -> Finding:
    told = f"it serves {_list(found.private)}" if found.private else ""
    fix = "serve the published folder only, not the repository; rotate all links"
    return Finding("nothing but rooms", told, fix)


def _room(found: Visit) -> Iterator[Finding]:
    """Judge how a room's address without its last slash is led to the room."""
    bare = found.bare
    if not isinstance(bare, Fetched) or found.room is None:
        return
    told = ""
    if bare.status in _REDIRECTS:
        leads = urlsplit(urljoin(found.root, _leads(bare)))
        same = (leads.scheme, leads.netloc) == urlsplit(found.root)[:2]
        told = "" if same else "is led to another place, which then knows the address"
    elif bare.status == OK:
        told = "shows the room where none of its files can be found"
    fix = "redirect a folder to the same path with a slash, by https"
    yield Finding("a room's address without its slash", told, fix)


def _headers(found: Visit, connects: str) -> Iterator[Finding]:
    """Judge every header over all files, so that each is told of once."""
    faults: dict[str, dict[str, list[str]]] = {}
    for one in found.seen:
        told = [
            *header_faults(
                one.key, one.answer.headers, https=found.https, connects=connects
            ),
            *extra_faults(one.answer.headers),
        ]
        for promise, fault in told:
            groups = faults.setdefault(promise, {})
            if fault:
                groups.setdefault(fault, []).append(one.what)
    for promise, groups in faults.items():
        value = security(connects).get(promise)
        fix = f"send {promise}: {value}" if value else ""
        yield Finding(promise, _grouped(groups, len(found.seen)), fix)


def _grouped(groups: dict[str, list[str]], total: int) -> str:
    """Say of each fault what it concerns: ``not sent (a script, a room)``."""
    return "; ".join(
        fault if len(concerned) == total else f"{fault} ({_some(concerned)})"
        for fault, concerned in groups.items()
    )


def _some(words: list[str]) -> str:
    more = len(words) - _MOST_NAMED
    return f"{_list(words[:_MOST_NAMED])} and {more} more" if more > 1 else _list(words)


def _leads(answer: Fetched | TargetError) -> str:
    return answer.headers.get("Location", "") if isinstance(answer, Fetched) else ""


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
