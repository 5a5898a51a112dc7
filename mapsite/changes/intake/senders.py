"""Who a mail says it is from, and how far the server that took it vouches for that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from mapsite.plan.texts import read_email
from mapsite.plan.wording import in_line

_MOST_HEADER = 2_000
_MOST_NAME = 120
_ADDRESS = re.compile(r'("[^"\\]*"|[^",;:<>@]*) ?<([^<>\s]+)>')
"""One person; whatever else a From may hold is shown, but names nobody."""
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
"""Anybody may put a statement there: into the first half of an address, in quotes."""
_RESULT = re.compile(r"\s*(dkim|dmarc)\s*=\s*pass\b", re.IGNORECASE)
_DOMAIN = re.compile(
    r"\bheader\.(?:d|i|from)\s*=\s*\"?(?:[^\s@;\"]*@)?([A-Za-z0-9.-]+)", re.IGNORECASE
)


def header_of(message: Message, name: str) -> str:
    """Return one header in one line of what can be seen, decoded; empty if missing."""
    return in_line(_decoded(str(message.get(name) or "")[:_MOST_HEADER]), _MOST_HEADER)


def sender_of(message: Message) -> str:
    """Return whom the From names, like ``Priya N. <priya@acme.example>``."""
    name, email = _from(message)
    return f"{name} <{email}>" if name and email else name or email


def grade_of(message: Message, trusted: str) -> str:
    """Return ``mail`` where the server called *trusted* vouches for the From.

    Only the topmost result counts: anybody can write others below it.
    """
    domain = _from(message)[1].rpartition("@")[2].lower()
    results = message.get_all("Authentication-Results") or [""]
    told = _plain(str(results[0])[:_MOST_HEADER])
    server, *statements = told.split(";")
    if not (trusted and domain) or server.split()[:1] != [trusted]:
        return ""
    vouched = any(_stands_for(one, domain) for one in _vouched(statements))
    return "mail" if vouched and len(message.get_all("From") or ()) == 1 else ""


def _from(message: Message) -> tuple[str, str]:
    """Return name and address of the only person that the From names."""
    raw = " ".join(str(message.get("From") or "")[:_MOST_HEADER].split())
    if email := read_email(raw):
        return "", email
    found = _ADDRESS.fullmatch(raw)
    email = read_email(found[2]) if found else None
    if not (found and email):
        return in_line(header_of(message, "From"), _MOST_NAME), ""
    return in_line(_decoded(found[1].strip(' "')), _MOST_NAME), email


def _decoded(raw: str) -> str:
    try:
        return str(make_header(decode_header(raw)))
    except (MessageError, LookupError, ValueError):
        return raw


def _plain(results: str) -> str:
    """Return *results* without what senders have a say in; nothing in doubt."""
    told = _QUOTED.sub("", " ".join(results.split()))
    count = 1
    while count:
        told, count = _COMMENT.subn(" ", told)
    return "" if set(told) & {'"', "(", ")"} else told


def _vouched(statements: list[str]) -> Iterator[str]:
    """Yield the domains that passed."""
    for one in statements:
        if _RESULT.match(one):
            yield from (found[1].lower() for found in _DOMAIN.finditer(one))


def _stands_for(signer: str, domain: str) -> bool:
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))
