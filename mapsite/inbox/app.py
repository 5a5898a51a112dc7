"""The inbox on the web: who may ask what, and how long we wait for the question."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mapsite.changes.intake.signatures import HEADERS, is_signed, signature_of
from mapsite.changes.suggestion import MOST_BYTES
from mapsite.inbox import answers, fetching
from mapsite.inbox.answers import Answer
from mapsite.inbox.exchange import FORM, JSON, Reply, body_of, type_of
from mapsite.inbox.limits import Rates, sender_of
from mapsite.inbox.receiving import Post, Receiver
from mapsite.inbox.settings import Settings
from mapsite.inbox.spool import Spool

_THREADS = 12
"""How many wait for the disk at once; one sync serves many of them."""
_MOST_HOOK = 256 * 1024
"""Bytes of a webhook: some services send all questions of the form along."""
_HEALTH_LASTS = 0.3

Endpoint = Callable[[Request], Awaitable[Response]]


class Inbox:
    """Answer what is asked of one inbox."""

    def __init__(
        self, settings: Settings, spool: Spool, tell: Callable[[str], None]
    ) -> None:
        """Begin with an open *spool*; *tell* hears what the operator should know."""
        self._settings, self._spool, self._tell = settings, spool, tell
        self._receiver = Receiver(settings, spool)
        self._rates = Rates(settings.per_address)
        self._pool = ThreadPoolExecutor(_THREADS, "disk")
        self._health: tuple[float, Answer] | None = None

    def app(self) -> Starlette:
        """Return the application."""
        routes = [
            Route("/s/{token}", self._guarded(self.submit), methods=["POST"]),
            Route("/s/{token}", self.preflight, methods=["OPTIONS"]),
            Route("/hooks/{service}", self._guarded(self.hook), methods=["POST"]),
            Route("/pull", self._guarded(self.pull), methods=["GET"]),
            Route("/pull/done", self._guarded(self.put_away), methods=["POST"]),
            Route("/pull/{key}", self._guarded(self.put_one_away), methods=["DELETE"]),
            Route("/healthz", self._guarded(self.health), methods=["GET"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _missing})

    async def submit(self, request: Request) -> Answer:
        """Keep a suggestion."""
        kind = type_of(request)
        raw = await self._body(request)
        if isinstance(raw, Answer):
            return raw
        if refusal := self._too_often(request):
            return refusal
        if kind not in {JSON, FORM}:
            return answers.OTHER_TYPE
        post = Post(request.path_params["token"], raw, kind == FORM)
        return await self._on_disk(self._receiver.take, post, time.monotonic())

    async def hook(self, request: Request) -> Answer:
        """Keep what a form service sends, once it is sure to be the service's."""
        service = request.path_params["service"]
        secret = self._settings.hooks.get(service)
        if secret is None:
            return self._too_often(request) or answers.NO_HOOK
        given = bool(signature_of(service, request.headers))
        raw = await self._body(request, _MOST_HOOK) if given else b""
        if isinstance(raw, Answer):
            return raw
        # A service sends all its answers from few addresses: only others are counted.
        if not is_signed(service, raw, request.headers, secret):
            told = answers.unsigned(HEADERS[service], given=given)
            return self._too_often(request) or told
        if type_of(request) != JSON:
            return answers.NOT_JSON
        return await self._on_disk(self._receiver.take_hook, service, raw)

    async def preflight(self, request: Request) -> Response:
        """Tell a browser whether a page of its origin may send from a script."""
        headers = {**answers.NEVER_KEPT, **self._shared(request)}
        if "Access-Control-Allow-Origin" not in headers:
            return Response(status_code=HTTPStatus.FORBIDDEN, headers=headers)
        headers |= {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": "600",
        }
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)

    async def pull(self, request: Request) -> Answer:
        """List what waits."""
        if refusal := self._refusal(request):
            return refusal
        after = request.query_params.get("after", "")
        return await self._on_disk(fetching.listed, self._spool, after)

    async def put_away(self, request: Request) -> Answer:
        """Put away what is safe elsewhere."""
        if refusal := self._refusal(request):
            return refusal
        raw = await self._body(request)
        if isinstance(raw, Answer):
            return raw
        return await self._on_disk(fetching.put_away, self._spool, raw)

    async def put_one_away(self, request: Request) -> Answer:
        """Put one away."""
        if refusal := self._refusal(request):
            return refusal
        key = request.path_params["key"]
        return await self._on_disk(fetching.put_one_away, self._spool, key)

    async def health(self, _: Request) -> Answer:
        """Tell whether suggestions can be kept, and how many wait."""
        now = time.monotonic()
        if self._health is None or now - self._health[0] > _HEALTH_LASTS:
            found = await self._on_disk(fetching.health, self._spool)
            self._health = (now, found)
        return self._health[1]

    def _guarded(self, answer: Callable[[Request], Awaitable[Answer]]) -> Endpoint:
        """Answer whatever happens, and never with what happened inside."""

        async def answered(request: Request) -> Response:
            try:
                found = await answer(request)
            except OSError:
                found = answers.disk_fails(full=False)
            except Exception as error:  # noqa: BLE001  # one request ends no other
                # Neither its words nor its values: they may be the sender's.
                self._tell(f"broken: {type(error).__name__} in {request.method}")
                found = answers.BROKEN
            return Reply(found, request, self._shared(request))

        return answered

    async def _on_disk(self, work: Callable[..., Answer], *arguments: object) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, work, *arguments)

    async def _body(self, request: Request, most: int = MOST_BYTES) -> bytes | Answer:
        return await body_of(request, most, self._settings.patience)

    def _too_often(self, request: Request) -> Answer | None:
        """Count one request of its sender; refuse it where there were too many."""
        peer = request.client.host if request.client else None
        forwarded = request.headers.getlist("x-forwarded-for")
        sender = sender_of(peer, forwarded, self._settings.proxies)
        wait = self._rates.wait(sender, time.monotonic())
        return answers.too_many(wait) if wait else None

    def _refusal(self, request: Request) -> Answer | None:
        """Refuse whoever does not show the token; guessing is slow."""
        token = self._settings.pull_token
        if token is None:
            return answers.NOTHING_HERE
        kind, _, shown = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and token.opens(shown.strip()):
            return None
        return self._too_often(request) or answers.NO_KEY

    def _shared(self, request: Request) -> dict[str, str]:
        """Return what lets a page of a known origin read the answer."""
        if not request.url.path.startswith("/s/"):
            return {}
        origin = request.headers.get("origin", "")
        shared = {"Vary": "Origin"}
        if origin in self._settings.origins:
            shared["Access-Control-Allow-Origin"] = origin
            shared["Access-Control-Expose-Headers"] = "Retry-After"
        return shared


async def _missing(request: Request, error: Exception) -> Response:
    """Answer where nothing is, or where something else can be asked."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = (error.headers if isinstance(error, HTTPException) else None) or {}
    says = f"{HTTPStatus(status).phrase}; a suggestion is sent to /s/TOKEN by POST."
    answer = Answer(HTTPStatus(status), says, headers=headers)
    return Reply(answer, request, {})
