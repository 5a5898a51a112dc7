"""A local server that stands in for what GitHub tells about one pull request.

The request is number 7 of mama/deals, at the commit that its check ran for.
"""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from tests.ci.runners import REPOSITORY

TOKEN = "a-token"  # noqa: S105  # the stand-in knows no other
COMMIT = "0123456789abcdef0123456789abcdef01234567"
BOT = "github-actions[bot]"
_ROOT = f"/repos/{REPOSITORY}"


@dataclass
class Conversation:
    """Hold a pull request as GitHub knows it."""

    report: Mapping[str, bytes] | bytes
    """Files of the artifact, or an artifact that is no archive."""
    state: str = "open"
    paths: tuple[str, ...] = ("plans/example.yaml",)
    comments: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    leaked: bool = False
    """Whether the token was shown where it does not belong."""

    def say(self, body: str, login: str = BOT) -> None:
        """Add a comment of somebody."""
        number = len(self.comments) + 1
        one = {"id": number, "body": body, "user": {"login": login}}
        self.comments.append(one)

    @property
    def artifact(self) -> bytes:
        """Return the artifact as it is downloaded."""
        if isinstance(self.report, bytes):
            return self.report
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, raw in self.report.items():
                archive.writestr(name, raw)
        return made.getvalue()

    def told(self, path: str) -> object:
        """Return what GitHub answers to a question."""
        size = len(self.artifact)
        request = {"state": self.state, "head": {"sha": COMMIT}}
        answers = {
            "actions/runs/41/artifacts": {
                "artifacts": [
                    {"id": 1, "name": "other", "size_in_bytes": 1},
                    {"id": 2, "name": "report", "size_in_bytes": size},
                ]
            },
            "pulls/7": request,
            "pulls/8": {**request, "head": {"sha": "f" * 40}},
            "pulls/7/files": [{"filename": path} for path in self.paths],
            "issues/7/comments": self.comments,
        }
        return answers.get(path.removeprefix(f"{_ROOT}/"))


class _Handler(BaseHTTPRequestHandler):
    conversation: ClassVar[Conversation]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # http.server's own name
        """Answer a question, or bring the artifact from another place."""
        path, _, asked = self.path.partition("?")
        if path == "/blob":
            self.conversation.leaked |= "Authorization" in self.headers
            self.answer(200, self.conversation.artifact)
        elif path == f"{_ROOT}/actions/artifacts/2/zip":
            self.answer(302, b"", Location=f"{self.conversation.url}/blob")
        else:
            found = self.conversation.told(path)
            page = re.search("[?&]page=([0-9]+)", f"?{asked}")
            if isinstance(found, list) and page:
                first = 100 * (int(page[1]) - 1)
                found = found[first : first + 100]
            self.answer(404 if found is None else 200, json.dumps(found).encode())

    def do_POST(self) -> None:
        """Take a comment."""
        assert self.path == f"{_ROOT}/issues/7/comments"
        self.conversation.say(self.body())
        self.answer(201, b"{}")

    def do_PATCH(self) -> None:
        """Change a comment."""
        number = int(self.path.removeprefix(f"{_ROOT}/issues/comments/"))
        self.conversation.comments[number - 1]["body"] = self.body()
        self.answer(200, b"{}")

    def body(self) -> str:
        """Return the comment that was sent."""
        length = int(self.headers.get("Content-Length", "0"))
        return str(json.loads(self.rfile.read(length))["body"])

    def answer(self, status: int, raw: bytes, **headers: str) -> None:
        """Answer, if the token is right."""
        known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if not known and self.path != "/blob":
            status, raw = 401, b"{}"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@contextmanager
def serving(conversation: Conversation) -> Iterator[Conversation]:
    """Answer for GitHub about *conversation*."""
    handler = type("Handler", (_Handler,), {"conversation": conversation})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    conversation.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield conversation
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
