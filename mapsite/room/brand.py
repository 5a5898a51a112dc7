"""Two brands on one page: colours that can be read in light and in dark.

The hue of a brand's colour is kept and its lightness moved until it has a contrast of
4.5:1 (WCAG 2.2, 1.4.3) on both grounds of the page; the letter on it is near white or
near black.
"""

from __future__ import annotations

import colorsys
from bisect import bisect_left
from functools import cache

LEAST_CONTRAST = 4.5
LIGHT_GROUNDS = ("#ffffff", "#f6f5f1")
"""Paper and wash in light; the same as in the theme's tokens."""
DARK_GROUNDS = ("#131418", "#1b1d22")
"""Paper and wash in dark; the same as in the theme's tokens."""
LETTERS = ("#ffffff", "#0c0e12")
DEFAULTS = {"buyer": "#0b63bc", "seller": "#7138e6"}
_STEPS = 200
_MIDDLE = 0.5
_LINEAR_BELOW = 0.04045


def stylesheet(colors: dict[str, str | None]) -> str:
    """Return the rules that carry both brands; *colors* are ``#rrggbb`` by side."""
    both, plain = [], []
    for side, default in DEFAULTS.items():
        color = colors[side] or default
        light, dark = readable(color, LIGHT_GROUNDS), readable(color, DARK_GROUNDS)
        for name, day, night in (
            (f"--m-{side}", light, dark),
            (f"--m-on-{side}", letter_on(light), letter_on(dark)),
        ):
            both.append(f"{name}:light-dark({day},{night})")
            plain.append(f"{name}:{day}")
    return (
        f":root{{{';'.join(both)}}}\n"
        f"@supports not (color:light-dark(#000,#fff)){{:root{{{';'.join(plain)}}}}}\n"
    )


@cache
def readable(color: str, grounds: tuple[str, ...]) -> str:
    """Return the nearest colour of the same hue that can be read on *grounds*."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(color))
    darker = luminance(grounds[0]) > _MIDDLE

    def moved(step: int) -> str:
        share = step / _STEPS
        at = lightness * (1 - share) if darker else lightness + (1 - lightness) * share
        return _hex(colorsys.hls_to_rgb(hue, at, saturation))

    def is_readable(step: int) -> bool:
        color = moved(step)
        return min(contrast(color, ground) for ground in grounds) >= LEAST_CONTRAST

    # Further away it can be read all the more, so the first such step is soon found.
    found = bisect_left(range(_STEPS + 1), 1, key=is_readable)
    if found > _STEPS:
        return LETTERS[1] if darker else LETTERS[0]
    return moved(found)


@cache
def letter_on(color: str) -> str:
    """Return the letter's colour that stands out most on *color*."""
    return max(LETTERS, key=lambda letter: contrast(letter, color))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def luminance(color: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1, as WCAG 2.2 defines it."""
    red, green, blue = (_linear(channel) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return (
        channel / 12.92
        if channel <= _LINEAR_BELOW
        else ((channel + 0.055) / 1.055) ** 2.4
    )


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
