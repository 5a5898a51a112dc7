"""What previews of a forwarded link show is neutral; people see the deal's name."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import html5lib
import pytest

from mapsite.room.look import look_fingerprint
from mapsite.room.make import make_room
from mapsite.room.shell import Frame

Make = Callable[..., dict[str, bytes]]
PLANS = Path(__file__).resolve().parents[1] / "plans"
DAY = date(2026, 5, 24)
SHOWN = {"viewport", "referrer", "robots"}
"""Names of what a head tells beside its title; none of it is of a deal."""


def heads(files: dict[str, bytes]) -> list[dict[str, str]]:
    """Return what each page's head tells without a script, by its name."""
    found = []
    for name, data in sorted(files.items()):
        if name.endswith(".html"):
            tree = html5lib.parse(data, namespaceHTMLElements=False)
            head = tree.find("head")
            told = {"title": head.findtext("title")}
            for meta in head.iter("meta"):
                key = meta.get("name") or meta.get("property")
                if key:
                    told[key] = meta.get("content")
            found.append(told)
    return found


def test_heads_tell_the_same_whatever_the_deal(room: Make, full: bytes) -> None:
    """One title on all pages, no description, no picture, no name of the site."""
    told = [*heads(room(full)), *heads(room((PLANS / "bare.yaml").read_bytes()))]
    assert len(told) >= 3
    assert all(head == told[0] for head in told)
    assert told[0].keys() == SHOWN | {"title", "og:title"}
    assert told[0]["title"] == told[0]["og:title"] == "Mutual plan"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Mutual plan"),
        ("de", "Gemeinsamer Plan"),
        ("fr", "Plan commun"),
        ("es", "Plan conjunto"),
    ],
)
def test_title_is_in_the_rooms_language(
    language: str, title: str, room: Make, full: bytes
) -> None:
    """Unless the team sets one for all."""
    plan = full.replace(b"language: en", f"language: {language}".encode())
    assert {head["title"] for head in heads(room(plan))} == {title}


def test_team_sets_the_title_of_all_rooms(frame: Frame, full: bytes) -> None:
    """As text, whatever is in it."""
    ours = replace(frame, settings={"preview_title": "Plan <b>&"})
    files = make_room(PLANS / "full.yaml", full, DAY, ours).files
    assert {head["title"] for head in heads(files)} == {"Plan <b>&"}
    assert {head["og:title"] for head in heads(files)} == {"Plan <b>&"}


def test_setting_is_part_of_the_look(
    repo: Path, mapsite: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """So a build compares it, and rooms of before are made anew."""
    settings, before = repo / "mkdocs.yml", look_fingerprint(repo)
    more = 'extra: {mapsite: {preview_title: "Unser Plan"}}\n'
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    assert look_fingerprint(repo) != before
    assert mapsite("build", "acme").returncode == 0
    page = (repo / "site" / "acme" / "index.html").read_bytes()
    assert heads({"index.html": page})[0]["title"] == "Unser Plan"


def test_people_see_the_name_of_the_deal(room: Make, full: bytes) -> None:
    """Each page holds the title that its script sets."""
    named = {}
    for name, data in room(full).items():
        if name.endswith(".html"):
            tree = html5lib.parse(data, namespaceHTMLElements=False)
            titles = [e.get("data-title") for e in tree.iter() if e.get("data-title")]
            assert len(titles) == 1
            named[name] = titles[0]
    assert named["index.html"].endswith(' "everything" <b>at once</b>')
    assert named["changes/index.html"] == f"What changed: {named['index.html']}"
