"""Two brands on one page: colours that can be read."""

from __future__ import annotations

import colorsys
import re
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.room.brand import (
    DARK_GROUNDS,
    DEFAULTS,
    LETTERS,
    LIGHT_GROUNDS,
    contrast,
    letter_on,
    luminance,
    readable,
    stylesheet,
)

MANY = settings(max_examples=300, derandomize=True, deadline=None, database=None)
colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TOKENS = Path(__file__).parents[1] / "theme" / "assets" / "tokens.css"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#000000", 5.25),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """Ratios as other tools give them, whichever way round."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@MANY
@given(color=colors, dark=st.booleans())
def test_every_brand_can_be_read(color: str, dark: bool) -> None:  # noqa: FBT001  # hypothesis draws it
    """4.5 to 1 on every ground, in light and in dark."""
    grounds = DARK_GROUNDS if dark else LIGHT_GROUNDS
    found = readable(color, grounds)
    assert re.fullmatch("#[0-9a-f]{6}", found)
    assert min(contrast(found, ground) for ground in grounds) >= 4.5


@MANY
@given(color=colors)
def test_every_letter_can_be_read_on_its_brand(color: str) -> None:
    """White or near black, whichever stands out, at least 4.5 to 1 as well."""
    assert contrast(letter_on(color), color) == max(
        contrast(color, ink) for ink in LETTERS
    )
    assert contrast(letter_on(color), color) > 4.3
    for grounds in (LIGHT_GROUNDS, DARK_GROUNDS):
        shown = readable(color, grounds)
        assert contrast(letter_on(shown), shown) >= 4.5


@MANY
@given(color=colors)
def test_a_brand_keeps_its_hue(color: str) -> None:
    """It is the brand's own colour, lighter or darker."""
    for grounds in (LIGHT_GROUNDS, DARK_GROUNDS):
        before, after = hue_of(color), hue_of(readable(color, grounds))
        if before is not None and after is not None:
            apart = abs(before - after)
            assert min(apart, 1 - apart) < 0.04


def hue_of(color: str) -> float | None:
    """Return the hue of a colour that has one."""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    if max(red, green, blue) - min(red, green, blue) < 0.15:
        return None
    return colorsys.rgb_to_hls(red, green, blue)[0]


@pytest.mark.parametrize("color", ["#0b63bc", "#7138e6", "#000000"])
def test_a_colour_that_can_be_read_is_left_alone(color: str) -> None:
    """A brand is not changed without need."""
    assert readable(color, LIGHT_GROUNDS) == color


@pytest.mark.parametrize("color", ["#ffff00", "#ffffff", "#fafafa"])
def test_a_pale_colour_is_darkened_in_light(color: str) -> None:
    """Yellow on white cannot be read."""
    assert luminance(readable(color, LIGHT_GROUNDS)) < luminance(color)
    assert readable(color, DARK_GROUNDS) == color


def test_the_rules_hold_colours_and_nothing_else() -> None:
    """A value is a colour in hex, so that no text can become a rule."""
    text = stylesheet({"buyer": "#0b6bcb", "seller": "#ffee00"})
    color = "#[0-9a-f]{6}"
    name = "--m-(on-)?(buyer|seller)"
    both = rf"{name}:light-dark\({color},{color}\)"
    one = f"{name}:{color}"
    rules, fallback = text.splitlines()
    assert re.fullmatch(rf":root\{{{both}(;{both}){{3}}\}}", rules)
    assert re.fullmatch(
        rf"@supports not .*?\{{:root\{{{one}(;{one}){{3}}\}}\}}", fallback
    )


def test_browsers_without_light_dark_have_the_light_colours() -> None:
    """Old ones show the room in light, and its brands with it."""
    rules, fallback = stylesheet({"buyer": "#0b6bcb", "seller": "#ffee00"}).splitlines()
    light = re.findall(r"(--m-[\w-]+):light-dark\((#\w+)", rules)
    assert len(light) == 4
    assert re.findall(r"(--m-[\w-]+):(#\w+)", fallback) == light


def test_a_plan_without_colours_has_those_of_the_theme() -> None:
    """Both sides can always be told apart."""
    assert stylesheet({"buyer": None, "seller": None}) == stylesheet(dict(DEFAULTS))
    assert DEFAULTS["buyer"] != DEFAULTS["seller"]


def test_the_grounds_are_those_of_the_theme() -> None:
    """The contrast is measured against what the page really has."""
    tokens = TOKENS.read_text("utf-8").lower()
    found = set(re.findall(r"#[0-9a-f]{6}\b", tokens)) | {
        "#" + "".join(c * 2 for c in short)
        for short in re.findall(r"#([0-9a-f]{3})\b", tokens)
    }
    assert set(LIGHT_GROUNDS + DARK_GROUNDS) <= found
