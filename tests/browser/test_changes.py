"""What changed, and what of it since the reader's last visit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mapsite.plan.past import Version
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room
from mapsite.room.shell import Frame
from tests.browser.rooms import PROJECT
from tests.browser.server import Host, serve
from tests.browser.test_access import violations
from tests.browser.test_layout import CUT, SIDEWAYS, SPACED
from tests.browser.test_print import A4, sheets
from tests.browser.test_weight import SHIFTS
from tests.browser.visit import DESK, PHONE, WIDTHS, ZOOMED, Scheme, Visit, Visiting

PLAN = PROJECT / "plans" / "acme.yaml"
LANGUAGES = ("en", "de", "fr", "es")
MARKED = """() => [...document.querySelectorAll("[data-changed], [data-day]")]
  .filter((e) => e.querySelector(".map-new").checkVisibility())
  .map((e) => e.id)"""
ASTRAY = """() => [...document.querySelectorAll(".map-new:not([hidden])")]
  .filter((mark) => {
    const [own, item] = [mark, mark.closest("[data-changed], [data-day]")]
      .map((e) => e.getBoundingClientRect());
    return own.top < item.top - 1 || own.bottom > item.bottom + 1
      || own.height < 20 || own.right > item.left || own.left < 0;
  }).map((mark) => mark.parentElement.outerHTML.slice(0, 80))"""
LINE = ".map-seen"
KEPT = """Object.entries(localStorage)
  .filter(([key]) => key.startsWith("mapsite.seen.")).map(([, value]) => value)"""
BLOCKED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("no", "SecurityError"); } })"""
NEW = ["step-security-review", "criterion-demo"]
"""What the last two versions change, in the order of the page."""


def versions(language: str) -> list[Version]:
    """Return four versions of the example, as both sides wrote them."""
    last = PLAN.read_text("utf-8").replace("language: en", f"language: {language}")
    third = last.replace("weight: 3\n    status: met", "weight: 3\n    status: open")
    second = third.replace("due: 2026-05-28", "due: 2026-05-21")
    first = second.replace("id: jobs", "id: fewer-jobs")
    jo, sarah = ("Jo", "jo@mama.example"), ("Sarah", "sarah@acme.example")
    assert len({first, second, third, last}) == 4
    return [
        Version("a", date(2026, 5, 12), *jo, "", first.encode()),
        Version("b", date(2026, 5, 19), *jo, "", second.encode()),
        Version("c", date(2026, 5, 21), *sarah, "InfoSec asks", third.encode()),
        Version("d", date(2026, 5, 23), *jo, "", last.encode()),
    ]


def write(frame: Frame, folder: Path, day: date, language: str = "en") -> None:
    """Write the room as it stood on *day*."""
    known = [one for one in versions(language) if one.day <= day]
    made = make_room(PLAN, known[-1].raw, day, frame, versions=known)
    for name, content in made.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a room as it stood on two days, and in four languages."""
    folder = tmp_path_factory.mktemp("rooms")
    frame = load_frame(PROJECT, folder / "cache")
    write(frame, folder / "early", date(2026, 5, 20))
    for language in LANGUAGES:
        write(frame, folder / language, date(2026, 5, 24), language)
    return folder


@pytest.fixture(scope="module")
def deal(rooms: Path) -> Iterator[Host]:
    """Return a server of these rooms."""
    with serve(rooms) as running:
        yield running


def again(reader: Visit, url: str) -> None:
    """Open another page with the same browser."""
    reader.page.goto(url, wait_until="load")


class TestVisit:
    """What is new is marked in the margin, and nowhere else."""

    def test_the_first_visit_marks_nothing(self, deal: Host, visit: Visiting) -> None:
        """It only remembers its day, under a name that tells nothing."""
        reader = visit(deal.room("en"))
        assert reader.read(MARKED) == []
        assert not reader.page.is_visible(LINE)
        assert reader.read(KEPT) == [" 2026-05-24"]
        assert re.fullmatch(
            r"mapsite\.seen\.[0-9a-f]{12}", reader.read("localStorage.key(0)")
        )
        assert reader.faults == []

    def test_a_later_visit_marks_what_is_new(self, deal: Host, visit: Visiting) -> None:
        """Also after a reload and on the other page, until there is a newer room."""
        reader = visit(deal.room("early"))
        again(reader, deal.room("en"))
        for _ in range(2):
            assert reader.read(MARKED) == NEW
            said = reader.page.inner_text(LINE)
            assert said == "New since your last visit on 20 May"
            assert reader.read(KEPT) == ["2026-05-20 2026-05-24"]
            reader.page.reload()
        reader.page.click(f"{LINE} a")
        reader.page.wait_for_url("**/changes/index.html")
        assert reader.page.url == f"{deal.room('en')}changes/index.html"
        assert reader.read(MARKED) == ["day-2026-05-23", "day-2026-05-21"]
        assert reader.page.is_visible(LINE)
        assert reader.faults == []

    def test_a_visit_on_the_same_day_is_no_other(
        self, deal: Host, visit: Visiting
    ) -> None:
        """Two looks at the same room leave nothing new."""
        reader = visit(deal.room("en"))
        again(reader, deal.room("en"))
        assert reader.read(MARKED) == []
        assert reader.read(KEPT) == [" 2026-05-24"]

    def test_nothing_new_says_nothing(self, deal: Host, visit: Visiting) -> None:
        """A reader who has seen it all finds the page as it is."""
        reader = visit(deal.room("early"))
        reader.read("""localStorage.setItem(localStorage.key(0), " 2026-05-23")""")
        again(reader, deal.room("en"))
        assert reader.read(MARKED) == []
        assert not reader.page.is_visible(LINE)

    @pytest.mark.parametrize(
        "kept", ["", "x", "2026-05-20", "<b> <i>", "{} 9", "a b c"]
    )
    def test_what_others_have_stored_does_no_harm(
        self, kept: str, deal: Host, visit: Visiting
    ) -> None:
        """A value that is none counts as a first visit."""
        reader = visit(deal.room("en"))
        reader.read("(kept) => localStorage.setItem(localStorage.key(0), kept)", kept)
        reader.page.reload()
        assert reader.read(MARKED) == []
        assert reader.read(KEPT) == [" 2026-05-24"]
        assert reader.faults == []

    def test_a_browser_that_stores_nothing_shows_the_room(
        self, deal: Host, visit: Visiting
    ) -> None:
        """Nothing is marked, and nothing fails."""
        reader = visit("about:blank")
        reader.page.add_init_script(BLOCKED)
        for page in ("early", "en", "en"):
            again(reader, deal.room(page))
            assert reader.read(MARKED) == []
            assert not reader.page.is_visible(LINE)
        assert reader.faults == []

    def test_works_from_a_folder(self, rooms: Path, visit: Visiting) -> None:
        """A room that was unpacked twice knows what changed in between."""
        reader = visit((rooms / "early/index.html").as_uri())
        again(reader, (rooms / "en/index.html").as_uri())
        assert reader.read(MARKED) == NEW
        reader.page.click(f"{LINE} a")
        reader.page.wait_for_url("**/changes/index.html")
        assert reader.read(MARKED) == ["day-2026-05-23", "day-2026-05-21"]
        reader.page.locator(".map-changes__lead a").click()
        reader.page.wait_for_url((rooms / "en/index.html").as_uri())
        assert reader.faults == []

    def test_shows_nothing_without_a_script(self, deal: Host, visit: Visiting) -> None:
        """Whoever has none reads the same page without marks."""
        for page in ("", "changes/index.html"):
            reader = visit(deal.room("en") + page, script=False)
            assert not reader.page.is_visible(LINE)
            assert reader.page.locator(".map-new:visible").count() == 0

    @pytest.mark.parametrize(
        "size",
        [ZOOMED, PHONE, {"width": 800, "height": 1000}, DESK],
        ids=["zoom", "phone", "tablet", "desk"],
    )
    @pytest.mark.parametrize("page", ["", "changes/index.html"])
    def test_marks_move_nothing(
        self, page: str, size: dict[str, int], deal: Host, visit: Visiting
    ) -> None:
        """What the script brings out stands beside its item, in free space."""
        reader = visit(deal.room("early"), size)
        deal.pause = 0.2
        try:
            again(reader, deal.room("en") + page)
        finally:
            deal.pause = 0
        assert len(reader.read(MARKED)) == 2
        assert reader.read(SHIFTS) == []
        assert reader.read(ASTRAY) == []
        below = reader.page.locator("h1").bounding_box()
        line = reader.page.locator(LINE).bounding_box()
        assert below
        assert line
        assert line["y"] + line["height"] <= below["y"] + 1
        assert reader.read(SIDEWAYS) <= 0

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "New since your last visit on 1 May"),
            ("de", "Neu seit Ihrem letzten Besuch am 1. Mai"),
            ("fr", "Nouveau depuis votre visite du 1er mai"),
            ("es", "Novedades desde su visita del 1 may"),
        ],
    )
    def test_writes_the_day_as_the_page_does(
        self, language: str, said: str, deal: Host, visit: Visiting
    ) -> None:
        """In the language of the plan, whatever the browser's is."""
        reader = visit(deal.room(language))
        reader.read("""localStorage.setItem(localStorage.key(0), " 2026-05-01")""")
        reader.page.reload()
        assert reader.page.inner_text(LINE) == said


class TestPage:
    """The page of what changed is a page of the room like the first."""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_fits_every_width(self, language: str, deal: Host, visit: Visiting) -> None:
        """From a zoom of 400 % to a very wide screen, also with wider letters."""
        reader = visit(f"{deal.room(language)}changes/index.html", ZOOMED)
        for width in WIDTHS:
            reader.page.set_viewport_size({"width": width, "height": 900})
            assert reader.read(SIDEWAYS) <= 0, width
            assert reader.read(CUT) == [], width
        reader.read(SPACED)
        assert reader.read(CUT) == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    def test_has_no_barrier(
        self,
        size: dict[str, int],
        scheme: Scheme,
        deal: Host,
        axe: str,
        visit: Visiting,
    ) -> None:
        """Nothing breaks WCAG 2.2 A or AA, with marks and without."""
        reader = visit(f"{deal.room('early')}changes/index.html", size, scheme)
        assert violations(reader, axe) == []
        for page in ("changes/index.html", ""):
            again(reader, deal.room("en") + page)
            assert reader.page.is_visible(LINE)
            assert violations(reader, axe) == []

    def test_prints_light_on_a4(self, deal: Host, visit: Visiting) -> None:
        """One sheet, without marks and without links that paper cannot follow."""
        reader = visit(deal.room("early"), scheme="dark")
        again(reader, f"{deal.room('en')}changes/index.html")
        assert sheets(reader) == [A4]
        reader.page.emulate_media(media="print")
        for screen_only in (".map-new", LINE, ".map-changes__lead a"):
            assert not reader.page.locator(screen_only).first.is_visible()
        background = reader.read("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(255, 255, 255)"

    def test_asks_for_files_of_the_room_alone(
        self, deal: Host, visit: Visiting
    ) -> None:
        """All are there, and the room's first page is one link away."""
        before = len(deal.answers)
        reader = visit(f"{deal.room('en')}changes/index.html")
        answers = deal.answers[before:]
        assert {answer.status for answer in answers} == {200}
        assert all(answer.path.startswith("/en/") for answer in answers)
        assert len(answers) >= 5
        reader.page.locator("article a").first.click()
        reader.page.wait_for_url(f"{deal.room('en')}index.html#*")
        assert reader.faults == []
