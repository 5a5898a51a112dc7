"""A page with open slots, and the set of files that every room of a look shares."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from mapsite.errors import MapsiteError


@dataclass(frozen=True, slots=True)
class Shell:
    """Hold one page's literal pieces and the names of the slots between them."""

    pieces: tuple[str, ...]
    """One more than there are slots."""
    slots: tuple[str, ...]
    """In the order of the page; a name may come twice."""

    def fill(self, values: Mapping[str, Markup]) -> str:
        """Return the page with *values* in its slots; only escaped text is taken."""
        parts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            value = values[slot]
            if not isinstance(value, Markup):
                raise TypeError(f"slot {slot}: expected Markup, got {type(value)}")
            parts += (str(value), piece)
        return "".join(parts)

    def with_text(self, slot: str, text: str) -> Shell:
        """Return a shell that has *text* in one of its slots for good."""
        pieces, slots = [self.pieces[0]], []
        for name, piece in zip(self.slots, self.pieces[1:], strict=True):
            if name == slot:
                pieces[-1] += text + piece
            else:
                slots.append(name)
                pieces.append(piece)
        return Shell(tuple(pieces), tuple(slots))


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold what all rooms of one look have in common."""

    shells: dict[str, Shell]
    """By the page's path in a room, ``index.html``."""
    files: dict[str, bytes]
    """By path in a room, ``assets/room.1a2b3c4d5e.css``."""
    settings: dict[str, Any]
    """``extra.mapsite`` of mkdocs.yml."""
    logo: str | None
    """The path in `files` of ``theme.logo`` of mkdocs.yml."""
    csp: str
    """The content security policy that every page carries."""
    sections: tuple[Path, ...] = ()
    """Folders of section templates, the first one wins; not part of what is cached."""


class Slots:
    """Mark places in a page by words that nothing else can contain."""

    def __init__(self, names: Iterable[str]) -> None:
        """Make one mark for each of *names*."""
        nonce = secrets.token_hex(8)
        self._pattern = re.compile(rf"slot-{nonce}-([a-z_]+)-end")
        self.marks = {name: escape(f"slot-{nonce}-{name}-end") for name in names}

    def split(self, page: str) -> Shell:
        """Return *page* cut at its marks; each but a label must have survived."""
        parts = self._pattern.split(page)
        lost = sorted(set(self.marks) - set(parts[1::2]))
        # A page without a switch needs no words for one.
        if lost := [name for name in lost if not name.startswith("label_")]:
            kept = " and ".join(f"{{{{ config.extra.frame.{name} }}}}" for name in lost)
            raise MapsiteError(
                f"the theme's templates print no {', '.join(lost)}: keep {kept} in"
                " your own, without a filter; `mapsite init --theme` copies mapsite's"
            )
        return Shell(tuple(parts[::2]), tuple(parts[1::2]))


def hashed(name: str, content: bytes) -> str:
    """Return the path of an asset in a room: its name with a hash of its content."""
    stem, suffix = os.path.splitext(os.path.basename(name))
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40] or "file"
    digest = hashlib.sha256(content).hexdigest()[:10]
    return f"assets/{plain}.{digest}{suffix.lower()}"


def kept_frame(cache: Path, look: str) -> Path:
    """Return where the frame of a *look* is kept, named by its fingerprint."""
    return cache / f"frame-{look}.json"


def write_frame(frame: Frame, path: Path) -> None:
    """Keep *frame* on disk; a reader sees the old file or the whole new one."""
    body = json.dumps(
        {
            "shells": {k: [s.pieces, s.slots] for k, s in frame.shells.items()},
            "files": {k: b64encode(v).decode() for k, v in frame.files.items()},
            "settings": frame.settings,
            "logo": frame.logo,
            "csp": frame.csp,
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".frame-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{_digest(body)}\n{body}")
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def read_frame(path: Path) -> Frame | None:
    """Return the frame kept at *path*, or None if it is missing or damaged."""
    try:
        digest, _, body = path.read_text("utf-8").partition("\n")
        if digest != _digest(body):
            return None
        kept = json.loads(body)
    except (OSError, ValueError):
        return None
    return Frame(
        {k: Shell(tuple(p), tuple(s)) for k, (p, s) in kept["shells"].items()},
        {k: b64decode(v) for k, v in kept["files"].items()},
        kept["settings"],
        kept["logo"],
        kept["csp"],
    )


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
