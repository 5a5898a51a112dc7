"""The picture in the README is of a room as it is."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.browser.rooms import PROJECT
from tests.browser.server import Host
from tests.browser.visit import Visiting

PICTURE = PROJECT / "docs" / "room.png"
SIZE = {"width": 1280, "height": 1920}
MOST_BYTES = 200_000
COARSE = (80, 120)


def test_readme_shows_acme_as_it_is(
    request: pytest.FixtureRequest, host: Host, inter: str, visit: Visiting
) -> None:
    """docs/room.png looks like acme's page; --update-golden takes it anew."""
    reader = visit(host.room("acme"), SIZE)
    reader.use_font(inter)
    taken = Image.open(BytesIO(reader.page.screenshot())).convert("RGB")
    if request.config.getoption("--update-golden"):
        PICTURE.parent.mkdir(exist_ok=True)
        few = taken.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(PICTURE, optimize=True)
    assert PICTURE.stat().st_size < MOST_BYTES
    kept = Image.open(PICTURE).convert("RGB")
    assert kept.size == taken.size
    # Coarse, as browsers of different days smooth letters differently.
    apart = ImageChops.difference(kept.resize(COARSE), taken.resize(COARSE))
    assert max(ImageStat.Stat(apart).mean) < 3, "look, then pytest --update-golden"
