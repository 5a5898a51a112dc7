"""Files beside a plan are what their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapsite.plan.files import UnfitFile, load_file

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
ZIP = b"PK\3\4..[Content_Types].xml.."


def load(folder: Path, name: str, data: bytes) -> bytes:
    """Write a file and load it."""
    (folder / name).write_bytes(data)
    return load_file(folder, name, 1 << 20)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\nrest"),
        ("a.jpg", b"\xff\xd8\xff\xe0rest"),
        ("A.JPEG", b"\xff\xd8\xff\xe1rest"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 "),
        ("a.svg", SVG),
        ("a.svg", b'\xef\xbb\xbf<?xml version="1.0"?>\n' + SVG),
        ("a.svg", b"<!-- drawn by hand -->" + SVG),
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.csv", "Größe;Preis\n".encode("latin-1")),
        ("a.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ("a.xlsx", ZIP + b"xl/workbook.xml"),
        ("a.docx", ZIP + b"word/document.xml"),
        ("a.pptx", ZIP + b"ppt/presentation.xml"),
    ],
)
def test_fitting_file_is_loaded(tmp_path: Path, name: str, data: bytes) -> None:
    """Content decides, whatever the case of the ending."""
    assert load(tmp_path, name, data) == data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b""),
        ("a.png", SVG),
        ("a.jpg", b"\x89PNG\r\n\x1a\n"),
        ("a.webp", b"RIFF\0\0\0\0AVI LIST"),
        ("a.svg", b"<html><svg></svg></html>"),
        ("a.svg", SVG.decode().encode("utf-16")),
        ("a.svg", b"<?xml version='1.0' encoding='latin-1'?><svg>\xe9</svg>"),
        ("a.svg", b'<!DOCTYPE svg PUBLIC "x">' + SVG),
        ("a.svg", b"<?xml version='1.0'?><!doctype svg>" + SVG),
        ("a.svg", b"<svg><!ENTITY x 'y'></svg>"),
        ("a.svg", b"<svg><SCRIPT>1</SCRIPT></svg>"),
        ("a.svg", b"<svg><s:script>1</s:script></svg>"),
        ("a.svg", b"<svg onload = 'x()'></svg>"),
        ("a.svg", b"<svg\nonload='x()'></svg>"),
        ("a.svg", b"<svg><a href='javascript:x()'/></svg>"),
        ("a.svg", b"<svg><foreignObject/></svg>"),
        ("a.pdf", b"<html>%PDF-"),
        ("a.csv", b"a,b\0"),
        ("a.csv", b" <html>"),
        ("a.csv", b""),
        ("a.ics", b"a,b"),
        ("a.xlsx", ZIP + b"word/document.xml"),
        ("a.docx", ZIP + b"word/document.xml word/vbaProject.bin"),
        ("a.pptx", b"ppt/ [Content_Types].xml"),
        ("a.exe", b"MZ"),
        ("a", b"text"),
    ],
)
def test_file_that_is_something_else_is_refused(
    tmp_path: Path, name: str, data: bytes
) -> None:
    """A name promises a content, and none that does something by itself."""
    with pytest.raises(UnfitFile):
        load(tmp_path, name, data)


@pytest.mark.parametrize("path", ["../a.pdf", "x/../a.pdf", "./a.pdf", "x//a.pdf"])
def test_path_that_is_no_way_down_is_refused(tmp_path: Path, path: str) -> None:
    """A path only goes down, even where the way up would come back."""
    (tmp_path / "x").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "x" / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(UnfitFile):
        load_file(tmp_path, path, 100)


@pytest.mark.parametrize("path", ["x\0.pdf", "a" * 300 + ".pdf", "a.pdf/b.pdf"])
def test_path_that_the_system_refuses_is_missing(tmp_path: Path, path: str) -> None:
    """No error of the system comes through."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(UnfitFile, match="a file that exists"):
        load_file(tmp_path, path, 100)
