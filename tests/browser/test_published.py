"""A published link, followed from somebody else's page, rotated and closed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request

from tests.browser.rooms import PROJECT
from tests.browser.server import serve
from tests.browser.visit import OPEN_ALL, Visit, Visiting

TOKEN = r"t/[a-z2-7]{26}/"  # noqa: S105  # how one looks
GONE = 404


class Team:
    """Run mapsite in a repository of its own, as its user would."""

    def __init__(self, root: Path) -> None:
        """Take the folder of the repository."""
        self.root = root
        root.mkdir()

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start one command."""
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "mapsite", *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __call__(self, *words: str) -> str:
        """Run one command to its end and return what it printed."""
        process = self.start(*words)
        told, _ = process.communicate(timeout=120)
        assert process.returncode == 0, told
        return told

    def link(self, plan: str) -> str:
        """Return the path of the plan's first link."""
        found = re.search(TOKEN, self("links", plan))
        assert found
        return found[0]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Return a repository that began with `mapsite init` and published its example."""
    found = Team(tmp_path / "deals")
    found("init", ".", "--ci", "github")
    found("secret", "new")
    told = found("publish", "example")
    assert "published" in told
    assert not re.search(TOKEN, told)
    return found


@pytest.fixture
def address(team: Team) -> Iterator[str]:
    """Return where `mapsite serve --published` shows the folder."""
    process = team.start("serve", "--published", "--port", "0")
    assert process.stdout
    line = process.stdout.readline()
    yield re.findall(r"http://[\d.:]+/", line)[0]
    process.terminate()
    process.wait()
    process.stdout.close()


def test_a_link_is_followed_rotated_and_closed(
    team: Team, address: str, tmp_path: Path, visit: Visiting
) -> None:
    """No referrer comes or goes, nothing else is asked, and old addresses are gone."""
    old = team.link("example")
    mail = tmp_path / "mail"
    mail.mkdir()
    page = f'<!doctype html><title>Mail</title><a href="{address}{old}">the plan</a>'
    (mail / "index.html").write_text(page, "utf-8")
    with serve(mail) as other:
        reader = visit(other.room("").rstrip("/") + "/index.html")
        sent: list[Request] = []
        reader.page.on("request", lambda asked: sent.append(asked))  # noqa: PLW0108  # Playwright wants a function
        reader.page.click("a")
        reader.page.wait_for_load_state("networkidle")
        assert reader.page.inner_text("h1")
        reader.read(OPEN_ALL)
        assert len(sent) > 3
        assert all(asked.url.startswith(f"{address}{old}") for asked in sent)
        # What the room itself asks for tells nobody where it was asked from.
        told = [(one.url, one.all_headers().get("referer")) for one in sent[1:]]
        assert [one for one in told if one[1]] == []

    rotated = team("rotate", "example")
    assert "rotated" in rotated
    assert not re.search(TOKEN, rotated)
    new = team.link("example")
    assert new != old
    assert _status(reader, f"{address}{old}") == GONE
    assert _status(reader, f"{address}{old}changes/index.html") == GONE
    assert _status(reader, f"{address}{new}") == 200

    closed = team("close", "example", "--won", "--reason", "They wanted it")
    assert not re.search(TOKEN, closed)
    assert _status(reader, f"{address}{new}") == GONE
    [archive] = (team.root / "archive").glob("*.zip")
    assert team("archive", "verify", str(archive))
    assert (team.root / "plans" / "closed" / "example.yaml").is_file()


def _status(reader: Visit, url: str) -> int:
    """Return the status with which the reader is answered."""
    answer = reader.page.goto(url)
    assert answer
    return answer.status
