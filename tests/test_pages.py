"""The sections of a room as markup, compared with golden files."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import html5lib
import pytest

from mapsite.plan.read import read_plan
from mapsite.room.look import theme_folder
from mapsite.room.pages import slots
from mapsite.room.project import project

TESTS = Path(__file__).parent
SECTIONS = (theme_folder() / "sections",)
SECTION = re.compile(r'<section [^>]*?id="([a-z0-9-]+)".*?</section>\s*', re.DOTALL)

FULL = [
    "goal",
    "now",
    "summary",
    "timeline",
    "steps",
    "people",
    "questions",
    "criteria",
    "metrics",
    "documents",
    "risks",
    "section-1",
    "section-2",
    "suggest",
]
BARE = ["goal", "open", "timeline", "steps", "suggest"]


class Everywhere(dict[str, str]):
    """Say of every file where it lies in the room."""

    def __missing__(self, path: str) -> str:
        """Put it into the assets, under its own name."""
        return f"assets/{Path(path).name}"


def sections_of(file: Path, today: date) -> dict[str, str]:
    """Return the page's sections by their anchors, with header and footer."""
    plan = read_plan(file.read_bytes(), file.name)
    values = slots(
        project(file.stem, plan, today, Everywhere()), SECTIONS, "assets/brand.css"
    )
    body = str(values["body"])
    found = {section[1]: section[0] for section in SECTION.finditer(body)}
    found["sprite"] = body[: body.index("<section")]
    assert SECTION.sub("", body) == found["sprite"]
    found |= {"header": str(values["header"]), "footer": str(values["footer"])}
    return {name: f"{markup.strip()}\n" for name, markup in found.items()}


@pytest.mark.parametrize("name", [*FULL, "sprite", "header", "footer"])
def test_full_plan(name: str, today: date, golden: Callable[[str, str], None]) -> None:
    """Every field and every state, section by section."""
    golden(f"full/{name}.html", sections_of(TESTS / "plans/full.yaml", today)[name])


@pytest.mark.parametrize("name", [*BARE, "header", "footer"])
def test_bare_plan(name: str, today: date, golden: Callable[[str, str], None]) -> None:
    """Eight titles in their order make a room worth sending."""
    golden(f"bare/{name}.html", sections_of(TESTS / "plans/bare.yaml", today)[name])


@pytest.mark.parametrize(("plan", "expected"), [("full", FULL), ("bare", BARE)])
def test_sections_stand_in_their_order(
    plan: str, expected: list[str], today: date
) -> None:
    """Those that have something to say, and no others."""
    found = sections_of(TESTS / f"plans/{plan}.yaml", today)
    assert [
        name for name in found if name not in {"sprite", "header", "footer"}
    ] == expected


@pytest.mark.parametrize(
    "plan", sorted((TESTS / "plans/real").glob("*.yaml")), ids=lambda p: p.stem
)
def test_pages_of_real_plans_are_well_formed(plan: Path, today: date) -> None:
    """Every tag is closed where it was opened, every id is there once."""
    values = slots(
        project(
            plan.stem, read_plan(plan.read_bytes(), plan.name), today, Everywhere()
        ),
        SECTIONS,
        "assets/brand.css",
    )
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(f"<!doctype html><title>x</title><main>{values['body']}</main>")
    # A mark that is drawn without content may close itself inside an SVG.
    faults = [fault for fault in parser.errors if "self-closing" not in fault[1]]
    assert faults == []
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    anchors = {
        e.get("href", "")[1:] for e in page.iter() if e.get("href", "").startswith("#")
    }
    assert anchors
    assert anchors <= set(ids)


def test_every_section_of_the_theme_is_shown() -> None:
    """A template that no golden file has is one that nobody looks at."""
    parts = {"room", "step", "sections", "frame"}
    names = {path.name.split(".")[0] for path in SECTIONS[0].glob("[!_]*.jinja")}
    assert len(names) > 10
    assert names - parts - {*FULL, *BARE, "sprite", "header", "footer"} == {
        "changes",
        "seen",
    }
