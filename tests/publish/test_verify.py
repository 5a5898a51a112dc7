"""What readers are served is compared with what was published, whatever a host does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mapsite.publish import verify
from mapsite.publish.target import TargetSettings
from mapsite.publish.targets.folder import FolderTarget
from mapsite.publish.verify import look
from tests.publish.deals import NONCES, Deals


class Shortening(SimpleHTTPRequestHandler):
    """Send who asks for a page in full to its folder, or everybody to a log-in."""

    away = ""

    def do_GET(self) -> None:
        """Answer one reader."""
        place, _, name = self.path.rpartition("/")
        if self.away or name == "index.html":
            self.send_response(308)
            self.send_header("Location", self.away or f"{place}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  # as the library has it
        """Say nothing."""


class LoggingIn(Shortening):
    """Send everybody to a log-in."""

    away = "/login"


@pytest.fixture
def deals(repo: Path) -> Deals:
    """Return a repository whose plan acme has a link."""
    found = Deals(repo)
    found.write("acme", f"buyer: {{nonce: {NONCES[0]}}}")
    return found


@pytest.fixture
def served(
    deals: Deals, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[TargetSettings]:
    """Return a target whose host answers in the way that the test names."""
    place = tmp_path / "there"
    place.mkdir()
    handler = partial(request.param, directory=str(place))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    yield replace(deals.settings(place), address=address)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("served", [Shortening], indirect=True)
def test_a_host_that_shortens_addresses_shows_what_was_published(
    deals: Deals, served: TargetSettings
) -> None:
    """Some send `t/x/index.html` to `t/x/`; the page there is compared."""
    target = FolderTarget(replace(served, entry="index.html"))
    work = deals.publish(target)
    seen = look(target, work.changes, [])
    assert (seen.differing, seen.files > 4) == ([], True)


@pytest.mark.parametrize("served", [LoggingIn], indirect=True)
def test_a_page_to_log_in_at_is_no_room(
    deals: Deals, served: TargetSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that is there nor one that is gone."""
    monkeypatch.setattr(verify, "_SOON", 0.0)
    work = deals.publish(FolderTarget(served))
    seen = look(FolderTarget(served), work.changes, [])
    assert len(seen.differing) == seen.files
    deals.write("acme", f"buyer: {{former: [{NONCES[0]}]}}")
    work = deals.publish(FolderTarget(served))
    assert look(FolderTarget(served), [], work.withdrawals).served
