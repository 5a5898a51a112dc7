"""What an inbox answers: a status, words for a person, fields for a program."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Any, NamedTuple

NEVER_KEPT: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
"""The headers of every answer."""

_BY_MAIL = "nothing was kept; try again later, or send it by mail"


class Answer(NamedTuple):
    """Hold one answer."""

    status: HTTPStatus
    says: str
    """In words for whoever sent the request."""
    fields: Mapping[str, Any] = {}
    """What a program is told beside them."""
    headers: Mapping[str, str] = {}
    unread: bool = False
    """Whether more of the request is on its way, which nobody wants."""

    def as_json(self) -> bytes:
        """Return it for programs."""
        fine = "received" if self.status == HTTPStatus.ACCEPTED else "ok"
        status = fine if self.status < HTTPStatus.BAD_REQUEST else "refused"
        told = {"status": status, "message": self.says} | dict(self.fields)
        return (json.dumps(told, ensure_ascii=False) + "\n").encode()

    def as_page(self) -> bytes:
        """Return it for whoever sent a form without a script."""
        title = "Received" if self.status == HTTPStatus.ACCEPTED else "Not received"
        return (
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{title}</title>\n<h1>{title}</h1>\n<p>{escape(self.says)}</p>\n"
        ).encode()


def received(when: str, number: str | None = None) -> Answer:
    """Say that a suggestion is on the disk."""
    says = "Received. It is not in the plan yet: the people who keep it review it."
    fields = {"received": when} | ({"id": number} if number else {})
    return Answer(HTTPStatus.ACCEPTED, says, fields)


def taken(when: str) -> Answer:
    """Say that a webhook is on the disk."""
    return Answer(HTTPStatus.ACCEPTED, "Received.", {"received": when})


def unsigned(header: str, *, given: bool) -> Answer:
    """Say what shows that a webhook is the service's."""
    if given:
        says = f"The header {header} does not go with this body and the inbox's secret"
        return Answer(HTTPStatus.FORBIDDEN, f"{says}; nothing was kept.")
    says = f"Expected the header {header}; nothing was kept."
    return Answer(HTTPStatus.UNAUTHORIZED, says, unread=True)


def unreadable(reason: str, *, kept: bool) -> Answer:
    """Say what was expected, and whether what came instead was kept."""
    after = "It was kept for a person to look at." if kept else "It was not kept."
    says = f"This is not a suggestion as a room sends it: {reason}. {after}"
    return Answer(HTTPStatus.BAD_REQUEST, says, {"reason": reason, "kept": kept})


def too_many(seconds: float, what: str = "too many requests at once") -> Answer:
    """Say when to try again."""
    wait = max(1, math.ceil(seconds))
    says = f"{what[0].upper()}{what[1:]}; nothing was kept. Try again in {wait} s."
    return Answer(
        HTTPStatus.TOO_MANY_REQUESTS, says, headers={"Retry-After": str(wait)}
    )


def too_large(most: int) -> Answer:
    """Say how much may be sent."""
    says = f"Expected at most {most:,} bytes; nothing was kept. Send less, or by mail."
    return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, says, unread=True)


def too_slow() -> Answer:
    """Say that the rest of a request did not come."""
    says = "The rest of the request did not come in time; nothing was kept."
    return Answer(HTTPStatus.REQUEST_TIMEOUT, says, headers={"Connection": "close"})


def disk_fails(*, full: bool) -> Answer:
    """Say that nothing can be kept now."""
    again = {"Retry-After": "60"}
    if full:
        says = f"The inbox has no room left: {_BY_MAIL}."
        return Answer(HTTPStatus.INSUFFICIENT_STORAGE, says, headers=again)
    says = f"The inbox cannot write to its disk: {_BY_MAIL}."
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, says, headers=again)


FORBIDDEN = Answer(
    HTTPStatus.FORBIDDEN,
    "This address takes no suggestions for that plan; nothing was kept. Open the newest"
    " link to the plan, or send it by mail.",
)
TAKEN = Answer(
    HTTPStatus.CONFLICT,
    "Another suggestion has this id already; nothing was kept. Send it with a new id.",
)
OTHER_TYPE = Answer(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "Expected application/json, or a form as application/x-www-form-urlencoded, not"
    " compressed; nothing was kept.",
)
NOT_JSON = Answer(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "Expected application/json, not compressed; nothing was kept.",
)
NO_HOOK = Answer(
    HTTPStatus.NOT_FOUND,
    "No webhooks are taken here: the inbox has no secret for this service.",
    unread=True,
)
NO_KEY = Answer(
    HTTPStatus.UNAUTHORIZED,
    "Fetching needs the inbox's token: Authorization: Bearer TOKEN.",
    headers={"WWW-Authenticate": "Bearer"},
)
NOTHING_HERE = Answer(
    HTTPStatus.NOT_FOUND, "Nothing can be fetched here: this inbox has no token for it."
)
BROKEN = Answer(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    f"Something in the inbox is broken: {_BY_MAIL}.",
    headers={"Retry-After": "60"},
)
