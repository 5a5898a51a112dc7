"""The shapes of a timeline as SVG: percent across, em down, attributes and classes.

Percent across keep the drawing as wide as its column while em keep text at its size.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mapsite.room.escaping import escape

LETTER_DOWN = 0.36
"""From the middle of a row to the base line of its text, in em."""


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """Write *value* shortly and the same everywhere: ``19.51``, ``0``."""
    return f"{round(value, 2) + 0.0:g}"


def line(name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """Draw a line of class *name*."""
    return (
        f'<line class="map-g-{name}" x1="{number(x1)}%" x2="{number(x2)}%"'
        f' y1="{number(y1)}em" y2="{number(y2)}em"/>'
    )


def text(
    x: float, y: float, words: str, *, name: str = "", dx: float = 0, anchor: str = ""
) -> str:
    """Write *words* at *x*, moved aside by *dx* em; *anchor* as SVG names it."""
    named = f' class="map-g-{name}"' if name else ""
    aside = f' dx="{number(dx)}em"' if dx else ""
    held = f' text-anchor="{anchor}"' if anchor else ""
    place = f'x="{number(x)}%" y="{number(y)}em"'
    return f"<text{named} {place}{aside}{held}>{escape(words)}</text>"


def bar(name: str, x1: float, x2: float, y: float) -> str:
    """Draw the time that work takes."""
    return (
        f'<rect class="map-g-{name}" x="{number(x1)}%" y="{number(y - 0.26)}em"'
        f' width="{number(x2 - x1)}%" height=".52em" rx=".26em"/>'
    )


def band(x: float, y: float, height: float) -> str:
    """Wash what is past."""
    return (
        f'<rect class="map-g-band" x="0" y="{number(y)}em" width="{number(x)}%"'
        f' height="{number(height)}em"/>'
    )


def at(x: float, y: float, inner: str) -> str:
    """Put shapes that are drawn around zero at *x*, *y*."""
    place = f'x="{number(x)}%" y="{number(y)}em"'
    return f'<svg {place} overflow="visible">{inner}</svg>'


def diamond(name: str) -> str:
    """Draw a named day around zero."""
    return (
        f'<rect class="map-g-dia{name}" x="-.58em" y="-.58em" width="1.16em"'
        ' height="1.16em" transform="rotate(45)"/>'
    )


def ring(name: str, radius: float, x: float = 0) -> str:
    """Draw a ring around zero, moved aside by *x* em."""
    aside = f' cx="{number(x)}em"' if x else ""
    return f'<circle class="map-g-{name}"{aside} r="{number(radius)}em"/>'


def token(side: str, letter: str, filling: str, x: float = 0) -> str:
    """Draw a side around zero: the buyer a circle, the seller a square."""
    if side == "buyer":
        shape = f'<circle class="map-g-buyer{filling}" cx="{number(x)}em" r=".78em"/>'
    else:
        shape = (
            f'<rect class="map-g-seller{filling}" x="{number(x - 0.74)}em" y="-.74em"'
            ' width="1.48em" height="1.48em" rx=".22em"/>'
        )
    size = 0.8 if len(letter) > 1 else 1
    named = f"map-g-let map-g-let--{side}{filling}" + (" is-two" if size < 1 else "")
    place = f'x="{number(x / size)}em" y="{number(LETTER_DOWN)}em"'
    return f'{shape}<text class="{named}" {place}>{escape(letter)}</text>'


def tokens(sides: Iterable[str], letters: dict[str, str], filling: str) -> str:
    """Draw one side, both beside each other, or a ring for nobody yet."""
    drawn = [side for side in ("buyer", "seller") if side in tuple(sides)]
    if not drawn:
        return ring(f"none{filling}", 0.7)
    aside = (0.0,) if len(drawn) == 1 else (-0.84, 0.84)
    return "".join(
        token(side, letters[side], filling, x)
        for side, x in zip(drawn, aside, strict=True)
    )


def picture(height: float, label: str, parts: Iterable[str]) -> str:
    """Close *parts* into the drawing, named *label* for those who cannot see it."""
    return (
        f'<svg class="map-chart__svg" height="{number(height)}em" role="img"'
        f' aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
