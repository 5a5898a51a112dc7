"""A room of a plan into which everything hostile was accepted is like any other."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import html5lib

from mapsite.changes.policy import Policy
from mapsite.changes.suggestion import suggestion_of
from mapsite.changes.weighing import weigh
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room
from mapsite.room.suggested import Given, Suggested
from tests.changes.channels import document
from tests.changes.payloads import WORDS
from tests.changes.test_hostile_words import PLAN, plain

Tree = dict[str, Any]
KINDS: tuple[Callable[[str], Tree], ...] = (
    lambda text: {
        "op": "add",
        "path": "steps",
        "value": {"title": text, "detail": f"x\n\n{text}\n", "owners": [text]},
    },
    lambda text: {"op": "ask", "path": "questions", "value": {"text": text}},
    lambda text: {
        "op": "add",
        "path": "people",
        "value": {"name": text, "title": text, "side": "buyer"},
    },
    lambda text: {
        "op": "add",
        "path": "criteria",
        "value": {"text": text, "measure": text},
    },
)
ADDRESS = re.compile(r"https://[^\s/@]+([/?#]\S*)?|mailto:[^\s@]+@\S+|[#\w./-]*")
MADE = {"p", "br", "strong", "em", "code", "pre", "blockquote", "hr", "h3", "a"} | {
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "b"),
}
"""What Markdown of a plan may become."""


def accepted(texts: list[str]) -> bytes:
    """Return a plan into which each text was accepted, in one field or another."""
    raw = PLAN.encode()
    for first in range(0, len(texts), 40):
        some = enumerate(texts[first : first + 40])
        document = {
            "mapsite": "change/1",
            "id": "01JF8Q6Z5T9K3W7V2X4Y000001",
            "plan": "acme",
            "by": {"name": texts[first][:100]},
            "ops": [KINDS[number % len(KINDS)](text) for number, text in some],
        }
        weighed = weigh(suggestion_of(document), raw, "acme", Policy())
        assert {*weighed.fates} == {"write"}
        raw = weighed.raw
    return raw


def shape(page: bytes) -> list[tuple[str, ...]]:
    """Return the elements of a page and their attributes, but those in Markdown."""
    found: list[tuple[str, ...]] = []

    def walk(element: ET.Element) -> None:
        found.append((str(element.tag), *sorted(element.attrib)))
        for name in ("href", "src", "action", "formaction", "poster", "srcset"):
            assert ADDRESS.fullmatch(element.get(name, "")), element.attrib
        inside = "map-md" in element.get("class", "").split()
        for child in element.iter() if inside else element:
            if inside:
                assert child is element or child.tag in MADE
                assert {*child.attrib} <= {"href", "rel", "title", "align"} or (
                    child is element
                )
            else:
                walk(child)

    walk(html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False))
    return found


def test_rooms_have_the_shape_of_harmless_ones(frame_cache: Path) -> None:
    """The same elements with the same attributes, and no address but real ones."""
    frame = load_frame(frame_cache.parent, frame_cache)
    lines = [" ".join(plain(text).split())[:300] for text in WORDS.values()]
    pages = []
    for texts in (lines, [f"Word {number}" for number in range(len(lines))]):
        raw = accepted(texts)
        made = make_room(Path("plans/acme.yaml"), raw, date(2026, 5, 24), frame).files
        pages.append(shape(made["index.html"]))
    assert len(pages[0]) > 1000
    assert pages[0] == pages[1]


def suggested(texts: list[str]) -> tuple[Suggested, ...]:
    """Return suggestions of each text, some that wait and some that were decided."""
    day, found = date(2026, 5, 20), []
    for number, text in enumerate(texts):
        sent = suggestion_of(document(number, text))
        said = Suggested(sent.id, sent.by.name, sent.operations, day)
        if number % 2:
            outcome = ("declined", "accepted", "superseded", "already")[number // 2 % 4]
            said = said._replace(outcome=outcome, decided=day, why=text[:200])
        found.append(said)
    return tuple(found)


def test_what_waits_and_what_was_declined_is_text(frame_cache: Path) -> None:
    """Nobody has accepted it, and everybody sees it, beside its item and in changes."""
    frame = load_frame(frame_cache.parent, frame_cache)
    lines = [" ".join(plain(text).split())[:300] for text in WORDS.values()]
    words = [f"Word {number}" for number in range(len(lines))]
    for first in range(0, len(lines), 30):
        pages = []
        for texts in (lines, words):
            given = Given(suggested=suggested(texts[first : first + 30]))
            file, day = Path("plans/acme.yaml"), date(2026, 5, 24)
            made = make_room(file, PLAN.encode(), day, frame, given=given).files
            pages.append([shape(made[name]) for name in made if name.endswith(".html")])
            told = made["index.html"].decode()
            assert first or texts is lines or "Word 0" in told
        assert pages[0] == pages[1]
