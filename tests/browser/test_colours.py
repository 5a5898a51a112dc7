"""Light, dark and two brands: what is drawn can be told apart."""

from __future__ import annotations

import pytest

from mapsite.room.brand import contrast, luminance
from tests.browser.rooms import OWN
from tests.browser.server import Host
from tests.browser.visit import PHONE, Scheme, Visit, Visiting

SCHEMES: tuple[Scheme, ...] = ("light", "dark", "light")
"""In both directions."""

# A canvas turns any way of writing a colour into the three numbers on the screen.
PAINTED = """([what, part]) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(document.querySelector(what))[part];
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return "#" + [r, g, b].map((n) => n.toString(16).padStart(2, "0")).join("");
}"""


def painted(visit: Visit, what: str, part: str) -> str:
    """Return a colour as it is drawn, as #rrggbb."""
    return str(visit.read(PAINTED, [what, part]))


@pytest.mark.parametrize("room", OWN)
def test_page_follows_the_system_and_both_brands_stand_out(
    room: str, host: Host, visit: Visiting
) -> None:
    """Light and dark; each side's token has 4.5:1 to the page, its letter to it."""
    reader = visit(host.room(room), PHONE)
    for scheme in SCHEMES:
        reader.page.emulate_media(color_scheme=scheme)
        page = painted(reader, "body", "backgroundColor")
        ink = luminance(painted(reader, "body", "color"))
        assert (luminance(page) > 0.9, ink < 0.1) == (scheme == "light",) * 2
        assert (luminance(page) < 0.03, ink > 0.8) == (scheme == "dark",) * 2
        for side in ("buyer", "seller"):
            token = f".map-side--{side}"
            ground = painted(reader, token, "backgroundColor")
            assert contrast(ground, page) >= 4.5, (scheme, side)
            assert contrast(painted(reader, token, "color"), ground) >= 4.5, scheme


def test_the_switch_overrules_the_system_and_lasts(host: Host, visit: Visiting) -> None:
    """A click on the switch darkens the room and all of its parts, also next time."""
    reader = visit(host.room("acme"))
    reader.page.locator("[data-md-component=palette] label:visible").click()
    assert luminance(painted(reader, "body", "backgroundColor")) < 0.03
    reader.page.goto(host.room("full"))
    assert luminance(painted(reader, "body", "backgroundColor")) < 0.03
    reader.page.locator("[data-md-component=palette] label:visible").click()
    assert luminance(painted(reader, "body", "backgroundColor")) > 0.9
    assert reader.read("localStorage.getItem('mapsite.scheme')") is None
    assert reader.faults == []
