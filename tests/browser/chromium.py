"""Find the Chromium that the tests drive, or install one.

`python -m tests.browser.chromium` prints its path.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.servers import programs

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # refuses to start as root, which containers are
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever asks for another host is told that there is none.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
NONE_FOUND = (
    "no Chromium: the tests open every room in one. Install chromium or Google Chrome,"
    " or set MAPSITE_CHROMIUM to its path"
)


class NoChromiumError(Exception):
    """Say that there is no browser and that none could be installed."""


def find_chromium() -> str:
    """Return the path of a Chromium; one is installed where none is found."""
    with programs.only_one("chromium"):
        return _present() or _installed()


def _present() -> str | None:
    named = os.environ.get("MAPSITE_CHROMIUM")
    if named:
        if not shutil.which(named):
            raise NoChromiumError(f"MAPSITE_CHROMIUM is {named!r}, which cannot be run")
        return named
    on_path = (shutil.which(name) for name in NAMES)
    return next(filter(None, on_path), None) or _of_playwright()


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _installed() -> str:
    """Install a Chromium the way this computer can; return its path."""
    programs.run(sys.executable, "-m", "playwright", "install", "chromium")
    path = _present()
    if path is None and programs.can_install():
        programs.install("chromium")
        path = _present()
    if path is None:
        raise NoChromiumError(NONE_FOUND)
    return path


if __name__ == "__main__":
    print(find_chromium())  # noqa: T201  # the answer
