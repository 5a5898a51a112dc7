"""Sizes of pictures, from their first bytes."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, strategies as st
from PIL import Image

from mapsite.room.pictures import picture_size

SIZES = [(167, 40), (1, 1), (3, 1200)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True, "exif": b"Exif\0\0" + b"x" * 900}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0x"}),
    ],
)
def test_every_kind_of_picture_tells_its_size(
    kind: str, options: dict[str, object], size: tuple[int, int]
) -> None:
    """PNG, JPEG and WebP in each of their forms are as large as they were drawn."""
    file = BytesIO()
    Image.new("RGB", size, "#0b63bc").save(file, kind, **options)
    assert picture_size(file.getvalue()) == size


@pytest.mark.parametrize(
    ("tag", "size"),
    [
        ('<svg width="2000" height="500">', (2000, 500)),
        ("<svg width='20px' height='5' viewBox='0 0 1 1'>", (1000, 250)),
        ('<svg viewBox="0 0 24 12.0">', (1000, 500)),
        (
            '<?xml version="1.0"?>\n<svg viewBox="-1,-1,2000,1000" width="100%">',
            (2000, 1000),
        ),
        (f"<svg width='{'9' * 400}' height='1'>", None),
        ("<svg>", None),
        ('<svg viewBox="0 0 0 0">', None),
        ('<svg width="1.2.3" height="4">', None),
        ("no picture", None),
    ],
)
def test_a_drawing_tells_its_size_or_shape(
    tag: str, size: tuple[int, int] | None
) -> None:
    """An SVG's width and height count, else the view; a small one keeps its shape."""
    assert picture_size(tag.encode()) == size


@given(
    st.sampled_from([b"\x89PNG", b"\xff\xd8\xff", b"RIFF1234WEBPVP8 ", b"<svg "]),
    st.binary(max_size=64),
)
def test_broken_pictures_have_no_size_and_do_no_harm(start: bytes, rest: bytes) -> None:
    """Whatever follows the first bytes, there is a size of at least one, or none."""
    size = picture_size(start + rest)
    assert size is None or min(size) > 0
