"""Fetch what waits in an inbox, and put it away there once it is safe here.

An inbox answers pages of pieces, each with its key. A piece is put away only after the
ledger that holds it was pushed: whatever stops in between, it is fetched again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from mapsite.changes.calls import Answer, call, host_of
from mapsite.changes.intake.columns import Columns
from mapsite.changes.intake.outcome import Delivery, Outcome, needs_person
from mapsite.changes.intake.webhooks import read_webhook
from mapsite.changes.outside import Unreadable
from mapsite.changes.suggestion import Origin, read_suggestion
from mapsite.errors import MapsiteError

TOKEN = "MAPSITE_INBOX_PULL_TOKEN"  # noqa: S105  # the name of a variable
_MOST_PAGES = 1000
_MOST_KEYS = 500
_NOT_ALLOWED = frozenset({401, 403})
_NOTHING_THERE = 404


@dataclass(frozen=True, slots=True)
class Inbox:
    """Know an inbox and what opens it."""

    url: str
    token: str = field(repr=False)
    columns: Columns = field(default_factory=dict)
    """Which question of a form is what, for the webhooks that wait there."""

    def pieces(self, now: datetime) -> Iterator[tuple[str, Outcome]]:
        """Yield the key of each piece that waits, with each thing that it brings."""
        after = ""
        for _ in range(_MOST_PAGES):
            asked = f"?after={quote(after, safe='')}" if after else ""
            page = self._call("GET", f"/pull{asked}").document
            if not isinstance(page, dict) or not isinstance(page.get("items"), list):
                raise MapsiteError(f"{host_of(self.url)} is no inbox of mapsite")
            for item in page["items"]:
                yield from _piece(item, self.columns, now)
            after = page.get("next") or ""
            if not isinstance(after, str) or not after:
                return

    def put_away(self, keys: list[str]) -> None:
        """Tell it that what has *keys* is safe."""
        for first in range(0, len(keys), _MOST_KEYS):
            some = keys[first : first + _MOST_KEYS]
            self._call("POST", "/pull/done", {"keys": some})

    def _call(self, method: str, path: str, document: object = None) -> Answer:
        if not self.token:
            raise MapsiteError(
                f"{TOKEN} is not set here; it holds what the inbox was started with"
            )
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = call(method, f"{self.url.rstrip('/')}{path}", headers, document)
        if answer.status in _NOT_ALLOWED:
            raise MapsiteError(
                f"{host_of(self.url)} does not know the token that {TOKEN} holds here;"
                " the inbox was started with another one"
            )
        if answer.status == _NOTHING_THERE:
            raise MapsiteError(
                f"{host_of(self.url)} lets nobody fetch: start that inbox with {TOKEN}"
                " set, too, or correct its address in mkdocs.yml"
            )
        if not answer.fine:
            raise MapsiteError(
                f"{host_of(self.url)} answered {answer.status}; nothing is lost, try"
                " again"
            )
        return answer


def _piece(
    item: Any,  # noqa: ANN401  # JSON
    columns: Columns,
    now: datetime,
) -> Iterator[tuple[str, Outcome]]:
    """Read one item of a page; one without key or body is none of ours."""
    if not isinstance(item, dict):
        return
    key, body = item.get("key"), item.get("body")
    if not isinstance(key, str) or not isinstance(body, str):
        return
    raw = body.encode("utf-8", "surrogatepass")
    delivery = Delivery(f"inbox {key}", _moment(item.get("received")) or now)
    if item.get("kind") == "webhook":
        for outcome in read_webhook(raw, columns, delivery):
            yield key, outcome
    elif item.get("kind") == "suggestion":
        yield key, _suggestion(raw, key, delivery)
    else:
        told = f"set aside by the inbox: {item.get('kind')}{_why(body)}"
        yield key, needs_person([told], raw, delivery.name)


def _suggestion(raw: bytes, key: str, delivery: Delivery) -> Outcome:
    try:
        found = read_suggestion(raw)
    except Unreadable as error:
        return needs_person([error.reason], raw, delivery.name)
    return found.taken(Origin("inbox", key[:200]), delivery.received)


def _why(body: str) -> str:
    """Return why the inbox set something aside, where it says so."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    why = told.get("why") if isinstance(told, dict) else None
    return f", {why}" if isinstance(why, str) else ""


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
