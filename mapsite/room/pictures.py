"""How large a picture is, so that a page can keep its place free.

The only module that knows imagesize, which does not read the view of an SVG.
"""

from __future__ import annotations

import re
import struct
from io import BytesIO

_MOST = 0xFFFF
_RASTER = (b"\x89PNG", b"\xff\xd8", b"RIFF")
_SVG_TAG = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE)
_SVG_LENGTH = re.compile(rb"""\s(width|height)\s*=\s*["']\s*([\d.]+)(?:px)?\s*["']""")
_SVG_VIEW = re.compile(
    rb"""\sviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*["']"""
)


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, JPEG, WebP or SVG; None where none is told."""
    try:
        size = _size(content)
    except (struct.error, IndexError, ValueError, OverflowError):
        return None
    return size if size and 0 < min(size) <= max(size) <= _MOST else None


def _size(content: bytes) -> tuple[int, int] | None:
    if content.startswith(_RASTER):
        # It brings urllib and ssl, and most plans have no such picture.
        import imagesize  # type: ignore[import-untyped] # noqa: PLC0415  # has no types

        width, height = imagesize.get(BytesIO(content))
        return int(width), int(height)
    return _svg(content)


def _svg(content: bytes) -> tuple[int, int] | None:
    """Return the drawing's own size, else its view's, scaled up to keep the shape."""
    tag = _SVG_TAG.search(content)
    if tag is None:
        return None
    lengths = dict(_SVG_LENGTH.findall(tag[0]))
    view = _SVG_VIEW.search(tag[0])
    if len(lengths) == 2:  # noqa: PLR2004  # a width and a height
        width, height = float(lengths[b"width"]), float(lengths[b"height"])
    elif view:
        width, height = float(view[1]), float(view[2])
    else:
        return None
    scale = max(1.0, 1000 / max(width, height, 1))
    return round(width * scale), round(height * scale)
