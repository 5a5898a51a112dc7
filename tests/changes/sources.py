"""Form services as somebody fetches from them: their lists, page by page.

with Service() as service:
    service.put("/api?page=2", document)    # what is answered there
    service.url                             # http://127.0.0.1:PORT
    service.asked                           # what was asked, and what was shown
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

ROW = {
    "plan": "acme",
    "item": "steps/security-review",
    "field": "due",
    "old": "2026-05-28",
}
AT = "2026-05-26T09:14:02.000Z"


class Service(ThreadingHTTPServer):
    """Answer what was put into it."""

    daemon_threads = True

    def __init__(self) -> None:
        """Begin to listen."""
        self.pages: dict[str, bytes] = {}
        """What is answered, by path and query; nothing is 404."""
        self.heads: dict[str, str] = {}
        """What is told besides; a Location makes a redirect."""
        self.asked: list[tuple[str, str]] = []
        """Path and Authorization of each request."""
        self.token = ""
        """What has to be shown."""
        self.drips = False
        """Whether it sends a byte now and then, without end."""
        self.ended = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def put(self, path: str, document: object) -> None:
        """Answer *document* at *path*."""
        self.pages[path] = json.dumps(document).encode()

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """End."""
        self.ended.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer one page."""
        shown = self.headers["Authorization"] or ""
        self.server.asked.append((self.path, shown))
        raw = self.server.pages.get(self.path)
        status = 404 if raw is None else 200
        if shown != self.server.token:
            status, raw = 401, b'{"error": "who are you"}'
        self.send_response(302 if "Location" in self.server.heads else status)
        for name, value in self.server.heads.items():
            self.send_header(name, value)
        if self.server.drips:
            self.end_headers()
            while not self.server.ended.wait(0.05):
                self.wfile.write(b" ")
            return
        self.send_header("Content-Length", str(len(raw or b"")))
        self.end_headers()
        self.wfile.write(raw or b"")


def tally(number: int, day: str) -> dict[str, Any]:
    """Return one of Tally's submissions."""
    told = ROW | {"due": day, "why": "Report", "comment": None}
    return {
        "id": f"tally-{number}",
        "formId": "mexJoq",
        "respondentId": "jzQdR9",
        "isCompleted": True,
        "submittedAt": AT,
        "responses": [
            {"id": f"r{number}{name}", "questionId": f"q-{name}", "answer": answer}
            for name, answer in told.items()
        ],
    }


def typeform(number: int, day: str) -> dict[str, Any]:
    """Return one of Typeform's responses."""
    return {
        "landing_id": f"l{number}",
        "token": f"typeform-{number}",
        "response_id": f"typeform-{number}",
        "landed_at": AT,
        "submitted_at": AT,
        "metadata": {"user_agent": "Mozilla/5.0", "platform": "other"},
        "hidden": ROW,
        "answers": [
            {
                "field": {"id": "a1", "type": "date", "ref": "due"},
                "type": "date",
                "date": day,
            },
            {
                "field": {"id": "a2", "type": "long_text", "ref": "why"},
                "type": "text",
                "text": "Report",
            },
        ],
    }


def netlify(number: int, day: str) -> dict[str, Any]:
    """Return one of Netlify's submissions."""
    return {
        "number": number,
        "id": f"netlify-{number}",
        "form_id": "f1",
        "form_name": "change",
        "created_at": AT,
        "human_fields": {"Due": day},
        "data": {
            **ROW,
            "What should it be?": day,
            "why": "Report",
            "ip": "192.0.2.1",
            "user_agent": "Mozilla/5.0",
            "referrer": "https://deals.mama.example/",
        },
    }


def formspree(number: int, day: str) -> dict[str, Any]:
    """Return one of Formspree's submissions, which have no number."""
    mails = {"jo@mama.example": {"delivered": True}}
    typed = {"due": day, "why": "Report", "_status": mails}
    return {"_date": f"2026-05-26T09:14:02.{number:06}"} | ROW | typed


def airtable(number: int, day: str) -> dict[str, Any]:
    """Return one record of Airtable."""
    fields = ROW | {"New date": day, "Why?": "Report"}
    return {"id": f"rec{number:014}", "createdTime": AT, "fields": fields}
