"""The files beside a plan: logos and documents, which must be what they are named."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from mapsite.errors import Problem
from mapsite.plan.nodes import Source, Spot
from mapsite.plan.wording import quoted

MOST_LOGO = 2 << 20
MOST_DOCUMENT = 20 << 20

_NO_LINK = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_ACTIVE_SVG = re.compile(
    rb"<!doctype|<!entity|<(\w+:)?(script|foreignobject|iframe|handler)|\son\w+\s*=|javascript:",
    re.IGNORECASE,
)
_MAGIC = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "pdf": b"%PDF-",
}
_NO_VALUES = (b"<", b"PK\3\4", b"%PDF-")
_SAID = {
    "jpeg": "a JPEG picture",
    "jpg": "a JPEG picture",
    "png": "a PNG picture",
    "webp": "a WebP picture",
    "svg": "an SVG picture in UTF-8 without <!DOCTYPE, <!ENTITY and scripts",
    "pdf": "a PDF document",
    "csv": "a text with values",
    "ics": "a calendar that starts with BEGIN:VCALENDAR",
    "xlsx": "an Excel workbook without macros",
    "docx": "a Word document without macros",
    "pptx": "a PowerPoint presentation without macros",
}


class UnfitFile(Exception):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say what the file should have been: the WHAT of ``expected WHAT``."""


def load_file(folder: Path, path: str, most: int) -> bytes:
    """Return the bytes of the file at *path* inside *folder*, at most *most* of them.

    Raise `UnfitFile` when it is missing, no regular file, behind a symbolic link, too
    big, or something else than its name says.
    """
    data = _read_regular(_find(folder, path), most)
    kind = path.lower().rpartition(".")[2]
    if kind not in _SAID or not _is_really(kind, data):
        raise UnfitFile(_SAID.get(kind, "a kind of file that rooms hold"))
    return data


def file_problems(source: Source, folder: Path) -> list[Problem]:
    """Return every fault of the files that a plan names, looked for in *folder*."""
    top = source.top()
    logos = [top.at(party, "logo") for party in ("buyer", "seller")]
    documents = [document.at("file") for document in top.each("documents")]
    looks = [(spot, MOST_LOGO) for spot in logos]
    looks += [(spot, MOST_DOCUMENT) for spot in documents]
    problems = []
    for spot, most in looks:
        # What is hidden is not copied, so nobody misses its file.
        if spot and spot.text and not spot.hidden:
            problems += _file_problem(source, spot, spot.text, folder, most)
    return problems


def _find(folder: Path, path: str) -> Path:
    found = folder
    for name in path.split("/"):
        found = found / name
        try:
            mode = os.lstat(found).st_mode
        except (OSError, ValueError):
            raise UnfitFile("a file that exists") from None
        if stat.S_ISLNK(mode):
            raise UnfitFile("a file that is reached without symbolic links")
        if name in {"", ".", ".."}:
            raise UnfitFile("a file inside the plan's folder")
    return found


def _read_regular(path: Path, most: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_LINK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnfitFile("a regular file")
            data = file.read(most + 1)
    except IsADirectoryError:
        raise UnfitFile("a regular file") from None
    except OSError:
        raise UnfitFile("a file that can be read") from None
    if len(data) > most:
        raise UnfitFile(f"a file of at most {most >> 20} MiB")
    return data


def _is_really(kind: str, data: bytes) -> bool:
    if kind in _MAGIC:
        return data.startswith(_MAGIC[kind])
    looks = {"webp": _is_webp, "svg": _is_svg, "ics": _is_calendar, "csv": _is_csv}
    return looks[kind](data) if kind in looks else _is_office(kind, data)


def _is_webp(data: bytes) -> bool:
    return data.startswith(b"RIFF") and data[8:12] == b"WEBP"


def _is_calendar(data: bytes) -> bool:
    return _text(data).startswith(b"BEGIN:VCALENDAR") and b"\0" not in data


def _is_csv(data: bytes) -> bool:
    text = _text(data)
    return bool(text) and b"\0" not in text and not text.startswith(_NO_VALUES)


def _is_svg(data: bytes) -> bool:
    text = _text(data)
    start = text.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in text
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return start and not _ACTIVE_SVG.search(text)


def _is_office(kind: str, data: bytes) -> bool:
    # A ZIP file holds the names of its members uncompressed, so none is unpacked.
    part = {"xlsx": b"xl/", "docx": b"word/", "pptx": b"ppt/"}[kind]
    return (
        data.startswith(b"PK\3\4")
        and b"[Content_Types].xml" in data
        and part in data
        and b"vbaProject.bin" not in data
    )


def _text(data: bytes) -> bytes:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()


def _file_problem(
    source: Source, spot: Spot, path: str, folder: Path, most: int
) -> list[Problem]:
    try:
        load_file(folder, path, most)
    except UnfitFile as fault:
        message = f"expected {fault}, got {quoted(path)}"
        line, column = spot.node.line, spot.node.column
        return [Problem(source.file, line, column, spot.address, "file", message)]
    return []
