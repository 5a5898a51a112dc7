"""What browser tests share: every plan's room, a host, a Chromium, a reader."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.node import node_modules
from tests.browser.rooms import build_all
from tests.browser.server import Host, serve
from tests.browser.visit import DESK, WATCH, Scheme, Visit, Visiting

FONT = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder of all rooms, and what the build wrote to its error stream."""
    root = tmp_path_factory.mktemp("team")
    return root / "site", build_all(root).stderr


@pytest.fixture(scope="session")
def site(built: tuple[Path, str]) -> Path:
    """Return the folder of all rooms."""
    assert built[0].is_dir(), built[1]
    return built[0]


@pytest.fixture(scope="session")
def host(site: Path) -> Iterator[Host]:
    """Return a server of all rooms on this computer."""
    with serve(site) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the Chromium."""
    return find_chromium()


@pytest.fixture(scope="session")
def modules() -> Path:
    """Return the folder of npm's packages."""
    return node_modules()


@pytest.fixture(scope="session")
def axe(modules: Path) -> str:
    """Return axe-core as text; a policy stops a page's scripts but not the tests'."""
    return (modules / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def inter(modules: Path) -> str:
    """Return the font Inter, base64, for what is measured in it."""
    return base64.b64encode((modules / FONT).read_bytes()).decode()


# Per package, as a running Playwright would be in the way of others' event loops.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Return a running Chromium with a fresh profile."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=list(ARGUMENTS)
        )
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visiting]:
    """Return a function that opens an address as a new reader with an empty cache."""
    contexts = []

    def open_page(
        url: str,
        size: dict[str, int] = DESK,
        scheme: Scheme = "light",
        *,
        script: bool = True,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        visit = Visit(context.new_page())
        answer = visit.page.goto(url, wait_until="load")
        assert answer is None or answer.ok, f"{url}: {answer.status}, not built?"
        return visit

    yield open_page
    for context in contexts:
        context.close()
