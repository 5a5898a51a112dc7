"""A room is alone with its reader: nothing is fetched from elsewhere or breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.rooms import OWN
from tests.browser.server import Host
from tests.browser.visit import OPEN_ALL, Visiting

TEXT = "document.querySelector('main').innerText"


@pytest.mark.parametrize("room", OWN)
def test_nothing_leaves_the_folder_of_a_room(
    room: str, host: Host, visit: Visiting
) -> None:
    """Every request stays in the room's folder, finds its file and keeps the policy."""
    before = len(host.answers)
    reader = visit(host.room(room))
    reader.read(OPEN_ALL)
    reader.page.mouse.wheel(0, 20_000)
    reader.page.wait_for_load_state("networkidle")
    answers = host.answers[before:]
    assert [url for url in reader.requests if not url.startswith(host.room(room))] == []
    assert [a for a in answers if a.status != 200] == []
    assert all(answer.path.startswith(f"/{room}/") for answer in answers)
    assert reader.faults == []


@pytest.mark.parametrize("room", OWN)
def test_opens_from_a_folder(room: str, site: Path, visit: Visiting) -> None:
    """A room from a memory stick shows the same text, pictures and looks."""
    folder = (site / room).as_uri()
    reader = visit(f"{folder}/index.html")
    assert [url for url in reader.requests if not url.startswith(folder)] == []
    assert reader.faults == []
    assert reader.read(
        "[...document.images].every((image) => image.complete && image.naturalWidth)"
    )
    assert reader.read("getComputedStyle(document.querySelector('.map-side')).color")


@pytest.mark.parametrize("room", OWN)
def test_says_the_same_without_javascript(
    room: str, host: Host, visit: Visiting
) -> None:
    """It can be read if the script never comes; only the form is missing."""
    whole, plain = visit(host.room(room)), visit(host.room(room), script=False)
    assert plain.page.inner_text("main") == whole.page.inner_text("main")
    for section in plain.page.query_selector_all("main section:not(#suggest)"):
        assert section.is_visible()
    assert plain.page.is_visible("h1")
    assert "no-js" in (plain.page.locator("html").get_attribute("class") or "")
    assert plain.read("getComputedStyle(document.body).opacity") == "1"
    assert not plain.page.is_visible("[data-md-component=palette]")
    assert plain.faults == []


@pytest.mark.parametrize("page", ["", "changes/index.html"])
def test_tab_names_the_deal_that_previews_do_not(
    page: str, host: Host, visit: Visiting
) -> None:
    """The script gives each page its name; without one the neutral title stays."""
    reader = visit(host.room("acme") + page)
    title = reader.page.title()
    assert "Acme and Mama: " in title
    assert title.startswith("What changed: ") == bool(page)
    plain = visit(host.room("acme") + page, script=False)
    assert plain.page.title() == "Mutual plan"
