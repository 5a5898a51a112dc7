"""A room on paper: light, on few sheets, without what only a screen needs."""

from __future__ import annotations

import re

import pytest

from tests.browser.rooms import OWN
from tests.browser.server import Host
from tests.browser.visit import Visit, Visiting

A4 = (595, 842)
DARKEN = "() => localStorage.setItem('mapsite.scheme', 'dark')"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def sheets(visit: Visit) -> list[tuple[int, int]]:
    """Return the size of each printed page in points."""
    pdf = visit.page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type /Page\b", pdf))
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def test_acme_in_inter_fits_two_sheets_of_a4(
    host: Host, inter: str, visit: Visiting
) -> None:
    """A full room of eight steps is two A4 pages, however wide the window was."""
    reader = visit(host.room("acme"))
    reader.use_font(inter)
    assert sheets(reader) == [A4, A4]


@pytest.mark.parametrize("room", OWN)
def test_paper_is_light_and_quiet(room: str, host: Host, visit: Visiting) -> None:
    """Paper stays white for a reader in the dark; pencils and switches stay away."""
    reader = visit(host.room(room), scheme="dark")
    reader.read(DARKEN)
    reader.page.reload()
    assert reader.read(BACKGROUND) != "rgb(255, 255, 255)"
    reader.page.emulate_media(media="print")
    assert reader.read(BACKGROUND) == "rgb(255, 255, 255)"
    for screen_only in (".map-suggest", "[data-md-component=palette]", ".md-skip"):
        for thing in reader.page.locator(screen_only).all():
            assert not thing.is_visible(), screen_only
    assert reader.page.locator("h1").is_visible()


def test_finished_phases_stay_folded_on_paper(host: Host, visit: Visiting) -> None:
    """What is over takes one line of paper, and is as it was after printing."""
    reader = visit(host.room("regulated-22-steps"))
    folded = "document.querySelectorAll('details:not([open])').length"
    note = f"window.foldedOnPaper = {folded};"
    before = reader.read(folded)
    assert before > 0
    reader.read(f"addEventListener('beforeprint', () => {{ {note} }})")
    assert all(sheet == A4 for sheet in sheets(reader))
    assert reader.read(folded) == before
    assert reader.read("window.foldedOnPaper") == before


def test_the_critical_path_stands_in_its_column_in_french(
    host: Host, visit: Visiting
) -> None:
    """Its name is longest there, and paper the narrowest page with columns."""
    reader = visit(host.room("agence-refonte"))
    reader.page.set_viewport_size({"width": 703, "height": 994})
    reader.page.emulate_media(media="print")
    room = "[...document.querySelectorAll('.map-crit')].map(p => [p.scrollWidth, "
    sizes = reader.read(f"{room}p.clientWidth])")
    assert sizes
    assert all(wide <= column for wide, column in sizes), sizes
