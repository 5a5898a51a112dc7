"""Take what somebody sent: judge it, keep it, and only then say so."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from mapsite.changes.outside import Unreadable
from mapsite.changes.suggestion import as_json, suggestion_of
from mapsite.inbox import answers
from mapsite.inbox.answers import Answer
from mapsite.inbox.disk import is_full
from mapsite.inbox.forms import plan_of, read_document
from mapsite.inbox.limits import Rates
from mapsite.inbox.settings import Settings
from mapsite.inbox.spool import Crowded, Differs, Spool

_CROWDED = 3600.0
"""Seconds after which somebody may have fetched what waits."""
_MOST_REASON = 300
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f]")


class Post(NamedTuple):
    """Hold what somebody sent."""

    token: str
    """From the address that it was sent to."""
    raw: bytes
    is_form: bool


class _Odd(NamedTuple):
    """Hold what needs a person's look, and why."""

    kind: str
    why: str
    plan: str | None


class Receiver:
    """Take what is sent to one inbox; several threads may at once."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        """Begin with an open *spool*."""
        self._tokens, self._spool = settings.tokens, spool
        self._rates = Rates(settings.per_plan)
        self._lock = threading.Lock()

    def take(self, post: Post, now: float) -> Answer:
        """Return the answer to *post*; what it says has happened already.

        *now* is in seconds, by a clock that never goes back.
        """
        return _told(lambda: self._taken(post, now))

    def take_hook(self, service: str, raw: bytes) -> Answer:
        """Return the answer to what *service* sent; it is kept as it came."""
        return _told(lambda: self._hook_taken(service, raw))

    def _taken(self, post: Post, now: float) -> Answer:
        if not self._tokens.may_be(post.token):
            return answers.FORBIDDEN
        plan = None
        try:
            document, trapped = read_document(post.raw, is_form=post.is_form)
            plan = plan_of(document)
            if plan is not None and not self._tokens.opens(post.token, plan):
                return answers.FORBIDDEN
            wait = self._wait(plan or "", now)
            if wait:
                return answers.too_many(wait, "too many suggestions for this plan")
            if trapped:
                return self._set_aside(post, _Odd("honeypot", "hidden field", plan))
            suggestion = suggestion_of(document)
        except Unreadable as unreadable:
            return self._refused(post, unreadable.reason, plan)
        raw = as_json(suggestion) if post.is_form else post.raw
        kept = self._spool.keep(suggestion.plan, suggestion.id, raw)
        return answers.received(time_of(kept.received), suggestion.id)

    def _hook_taken(self, service: str, raw: bytes) -> Answer:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            post = Post("", raw, is_form=False)
            odd = _Odd("unreadable", f"a webhook of {service} that is no text", None)
            return answers.taken(time_of(self._keep_odd(post, odd)))
        return answers.taken(time_of(self._spool.keep_hook(service, raw).received))

    def _wait(self, plan: str, now: float) -> float:
        with self._lock:
            return self._rates.wait(plan, now)

    def _set_aside(self, post: Post, odd: _Odd) -> Answer:
        """Keep what looks like no person's: it may be one's all the same."""
        return answers.received(time_of(self._keep_odd(post, odd)))

    def _refused(self, post: Post, reason: str, plan: str | None) -> Answer:
        """Keep what cannot be read, while there is room for such."""
        kept = True
        try:
            self._keep_odd(post, _Odd("unreadable", reason, plan))
        except Crowded:
            kept = False
        return answers.unreadable(reason[:_MOST_REASON], kept=kept)

    def _keep_odd(self, post: Post, odd: _Odd) -> int:
        text = _text(post.raw)
        document = {
            "mapsite": "odd/1",
            "why": odd.why,
            "plan": odd.plan,
            "form": post.is_form,
            "hex" if text is None else "body": post.raw.hex() if text is None else text,
        }
        raw = json.dumps(document, ensure_ascii=False, indent=1).encode()
        return self._spool.keep_odd(odd.kind, raw).received


def _told(take: Callable[[], Answer]) -> Answer:
    """Return what *take* answers, or what hindered it."""
    try:
        return take()
    except Crowded:
        return answers.too_many(_CROWDED, "too many suggestions wait already")
    except Differs:
        return answers.TAKEN
    except OSError as error:
        return answers.disk_fails(full=is_full(error))


def time_of(nanoseconds: int) -> str:
    """Return a time in UTC, to the second."""
    moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(raw: bytes) -> str | None:
    """Return *raw* as text, unless JSON would make it many times as long."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
