"""A local server that stands in for the REST interface of a forge."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from mapsite.changes.forge import Forge

TOKEN = "a-token"  # noqa: S105  # the stand-in knows no other


@dataclass
class StandIn:
    """Hold the requests that were opened, as one kind of forge tells them."""

    kind: str
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0

    @property
    def forge(self) -> Forge:
        """Return what mapsite knows of it."""
        return Forge(self.kind, self.url, "mama/deals", "", TOKEN)

    def decide(self, branch: str, state: str) -> None:
        """Close or merge the request of *branch*."""
        for one in self.requests:
            if one["head"] == branch:
                one["state"] = state

    def told(self, one: dict[str, Any]) -> dict[str, Any]:
        """Return a request as the forge writes it."""
        state = one["state"]
        if self.kind == "gitlab":
            names = {"iid": one["number"], "web_url": one["url"]}
            return {
                **names,
                "source_branch": one["head"],
                "state": {"open": "opened"}.get(state, state),
            }
        merged = {"merged_at": "2026-05-25T10:00:00Z"} if state == "merged" else {}
        shown = "closed" if state == "merged" else state
        return {
            "number": one["number"],
            "html_url": one["url"],
            "head": {"ref": one["head"]},
            "state": shown,
            **merged,
        }


class _Handler(BaseHTTPRequestHandler):
    stand_in: ClassVar[StandIn]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # http.server's own name
        """List requests."""
        asked = parse_qs(urlsplit(self.path).query)
        found = self.stand_in.requests
        head = (asked.get("head") or asked.get("source_branch") or [""])[0]
        if head:
            found = [one for one in found if one["head"] == head.rpartition(":")[2]]
        if asked.get("page", ["1"]) != ["1"]:
            found = []
        self.answer(200, [self.stand_in.told(one) for one in reversed(found)])

    def do_POST(self) -> None:
        """Open a request."""
        fields = self.fields()
        known = self.stand_in.requests
        number = len(known) + 1
        made = {
            "number": number,
            "url": f"https://git.example/mama/deals/pulls/{number}",
            "head": fields.get("head") or fields.get("source_branch"),
            "title": fields["title"],
            "body": fields.get("body") or fields.get("description"),
            "state": "open",
        }
        if any(one["head"] == made["head"] for one in known):
            self.answer(409, {"message": "there is one"})
            return
        known.append(made)
        self.answer(201, self.stand_in.told(made))

    def do_PATCH(self) -> None:
        """Change a request."""
        fields = self.fields()
        number = int(re.sub(r".*/", "", urlsplit(self.path).path))
        one = self.stand_in.requests[number - 1]
        if "closed" in fields.values() or "close" in fields.values():
            one["state"] = "closed"
        one["body"] = fields.get("description", one["body"])
        self.answer(200, self.stand_in.told(one))

    do_PUT = do_PATCH  # noqa: N815

    def fields(self) -> dict[str, str]:
        """Return what was sent."""
        length = int(self.headers.get("Content-Length", "0"))
        found: dict[str, str] = json.loads(self.rfile.read(length))
        return found

    def answer(self, status: int, document: object) -> None:
        """Answer, if the token is right."""
        shown = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN")
        words = {"github": "Bearer ", "forgejo": "token ", "gitlab": ""}
        if shown != f"{words[self.stand_in.kind]}{TOKEN}":
            status, document = 401, {}
        self.stand_in.heard.append((self.command, self.path))
        raw = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@contextmanager
def stand_in(kind: str) -> Iterator[StandIn]:
    """Run a stand-in for one kind of forge."""
    found = StandIn(kind)
    handler = type("Handler", (_Handler,), {"stand_in": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
