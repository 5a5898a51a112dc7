"""Light, dark and two brands: what is drawn can be told apart."""

from __future__ import annotations

import pytest

from mapsite.room.brand import contrast, luminance
from tests.browser.rooms import OWN
from tests.browser.server import Host
from tests.browser.visit import PHONE, Scheme, Visit, Visiting

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
def test_dark_is_dark_and_light_is_light(
    room: str, host: Host, visit: Visiting
) -> None:
    """The page follows the reader's system in both directions."""
    light, dark = visit(host.room(room)), visit(host.room(room), scheme="dark")
    assert luminance(painted(light, "body", "backgroundColor")) > 0.9
    assert luminance(painted(light, "body", "color")) < 0.1
    assert luminance(painted(dark, "body", "backgroundColor")) < 0.03
    assert luminance(painted(dark, "body", "color")) > 0.8


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("room", OWN)
def test_both_brands_stand_out(
    room: str, scheme: Scheme, host: Host, visit: Visiting
) -> None:
    """Each side's token has 4.5:1 to the page, and its letter 4.5:1 to the token."""
    reader = visit(host.room(room), PHONE, scheme)
    page = painted(reader, "body", "backgroundColor")
    for side in ("buyer", "seller"):
        token = f".map-side--{side}"
        ground = painted(reader, token, "backgroundColor")
        assert contrast(ground, page) >= 4.5, side
        assert contrast(painted(reader, token, "color"), ground) >= 4.5, side


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
