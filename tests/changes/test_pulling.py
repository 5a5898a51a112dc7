"""What waits in an inbox is put away there only when it is safe here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.changes.pulling import TOKEN
from mapsite.changes.suggestion import as_json
from mapsite.cli import commands
from tests.changes.origins import Team, make_team, move_date, review_of, suggest

MOVE = move_date("security-review", "2026-05-28", "2026-06-02")


class StandIn(ThreadingHTTPServer):
    """Stand in for an inbox with two pieces on two pages."""

    def __init__(self) -> None:
        """Begin to listen."""
        body = as_json(suggest(1, MOVE)).decode()
        moment = "2026-05-24T09:00:00Z"
        first = {"key": "acme.1", "kind": "suggestion", "received": moment}
        odd = {"key": "odd-1", "kind": "odd", "received": moment, "body": "{}"}
        self.pages = {"": ({**first, "body": body}, "c"), "c": (odd, None)}
        self.done: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Give one page."""
        item, after = self.server.pages[self.path.partition("?after=")[2]]
        self.answer({"mapsite": "inbox/1", "items": [item], "next": after})

    def do_POST(self) -> None:
        """Put pieces away."""
        length = int(self.headers["Content-Length"])
        self.server.done += json.loads(self.rfile.read(length))["keys"]
        self.answer({})

    def answer(self, document: object) -> None:
        """Answer, if the token is right."""
        fine = self.headers["Authorization"] == "Bearer a-token"
        raw = json.dumps(document).encode()
        self.send_response(200 if fine else 401)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Run a stand-in for an inbox."""
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """Return a clone with its origin, in which the commands run."""
    team = make_team(tmp_path)
    monkeypatch.chdir(team.root)
    monkeypatch.setenv(TOKEN, "a-token")
    return team


def pull(team: Team, server: StandIn) -> tuple[int, str]:
    """Run `mapsite changes pull` on an inbox."""
    url = f"http://127.0.0.1:{server.server_port}"
    path = team.root / "mkdocs.yml"
    team.git("checkout", "--quiet", "mkdocs.yml")
    extra = f"  mapsite:\n    changes: {{inbox: '{url}'}}\n"
    path.write_text(path.read_text("utf-8").replace("  mapsite:\n", extra, 1), "utf-8")
    result = CliRunner().invoke(commands, ["changes", "pull"], prog_name="mapsite")
    return result.exit_code, result.output


def test_a_stand_in_for_an_inbox_is_emptied(team: Team) -> None:
    """All pages, suggestions and odd pieces alike; twice is once."""
    with stand_in() as server:
        code, told = pull(team, server)
        assert (code, server.done) == (0, ["acme.1", "odd-1"])
        assert "received 2 =" in told
        assert "received 2 =" in pull(team, server)[1]
    ledger = review_of(team.root).ledger
    assert sorted(entry.id for entry in ledger.entries.values() if entry.plan) == [
        suggest(1).id
    ]


def test_nothing_is_put_away_before_it_is_pushed(team: Team) -> None:
    """An origin that takes nothing leaves all of it in the inbox."""
    hook = team.origin.folder / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with stand_in() as server:
        code, _ = pull(team, server)
        assert (code, server.done) == (1, [])


def test_a_wrong_token_is_told_without_it(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the log learns which variable is meant, and nothing else."""
    monkeypatch.setenv(TOKEN, "wrong-token")
    with stand_in() as server:
        code, told = pull(team, server)
    assert code == 1
    assert TOKEN in told
    assert "wrong-token" not in told
