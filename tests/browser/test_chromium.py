"""The browser is found where it is, or its absence is an error, never a skip."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.browser import chromium
from tests.servers import programs


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the programs of a computer without Playwright's browser and apt."""
    there: set[str] = set()
    monkeypatch.delenv("MAPSITE_CHROMIUM", raising=False)
    monkeypatch.setattr(
        shutil, "which", lambda name: f"/there/{name}" if name in there else None
    )
    monkeypatch.setattr(chromium, "_of_playwright", lambda: None)
    return there


def test_takes_the_first_that_is_there(
    computer: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The named browser comes first, then chromium, then Chrome."""
    computer |= {"google-chrome"}
    assert chromium.find_chromium() == "/there/google-chrome"
    computer |= {"chromium", "mine"}
    assert chromium.find_chromium() == "/there/chromium"
    monkeypatch.setenv("MAPSITE_CHROMIUM", "mine")
    assert chromium.find_chromium() == "mine"
    monkeypatch.setenv("MAPSITE_CHROMIUM", "gone")
    with pytest.raises(chromium.NoChromiumError, match="'gone'"):
        chromium.find_chromium()


def test_installs_one_as_root_with_apt(
    computer: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Playwright's own download is tried first, then Debian's package."""
    commands = []

    def run(*command: str) -> None:
        commands.append(command)
        if command[:2] == ("apt-get", "install"):
            computer.add("chromium")

    computer.add("apt-get")
    monkeypatch.setattr(programs, "run", run)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert chromium.find_chromium() == "/there/chromium"
    assert [command[-1] for command in commands] == ["chromium", "-qq", "chromium"]


@pytest.mark.usefixtures("computer")
def test_says_what_to_do_where_none_can_be_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without any way to a browser the tests stop with a sentence."""
    monkeypatch.setattr(programs, "run", lambda *_: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(chromium.NoChromiumError, match="MAPSITE_CHROMIUM"):
        chromium.find_chromium()
