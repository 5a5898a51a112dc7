"""How large a picture is, so that a page can keep its place free."""

from __future__ import annotations

import re
import struct

_MOST = 0xFFFF
_MARK = 0xFF
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
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
    if content.startswith(b"\x89PNG"):
        width, height = struct.unpack_from(">II", content, 16)
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    if content.startswith(b"RIFF"):
        return _webp(content)
    return _svg(content)


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Walk from segment to segment until the one that starts the picture."""
    at = 2
    while content[at] == _MARK:
        kind = content[at + 1]
        if kind in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 1 if kind == _MARK else 2 + struct.unpack_from(">H", content, at + 2)[0]
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (
            int.from_bytes(content[at : at + 3], "little") for at in (24, 27)
        )
        return width + 1, height + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


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
