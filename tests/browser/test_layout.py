"""A room fits: every width, every zoom, wider letters, and the first screen."""

from __future__ import annotations

import pytest

from tests.browser.rooms import OWN, REAL, SHOWN
from tests.browser.server import Host
from tests.browser.test_access import violations
from tests.browser.visit import DESK, OPEN_ALL, PHONE, WIDTHS, ZOOMED, Visiting

# Text that its own box hides, or that stands out of the page; not what is only spoken.
CUT = """() => {
  const cut = [];
  // Beside the drawing a mark and two lines of a name lead to the step, which says all.
  const SHORTENED = "svg, .md-skip, .map-stop__state, .map-stop__name";
  const spoken = (e) => {
    for (; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.clipPath !== "none" || style.clip !== "auto") return true;
    }
    return false;
  };
  for (const e of document.body.querySelectorAll("*")) {
    const box = e.getBoundingClientRect();
    if (e.closest(SHORTENED) || !box.width || !e.innerText || spoken(e))
      continue;
    const style = getComputedStyle(e);
    const hides = (axis) => /hidden|clip|auto|scroll/.test(style[axis]);
    if (hides("overflowX") && e.scrollWidth > e.clientWidth + 1
        || hides("overflowY") && e.scrollHeight > e.clientHeight + 1
        || box.right > document.documentElement.clientWidth + 1
        || box.left < -1)
      cut.push(`${e.tagName}.${e.className}: ${e.innerText.slice(0, 60)}`);
  }
  return cut;
}"""

SIDEWAYS = """() => {
  const page = document.scrollingElement;
  return page.scrollWidth - page.clientWidth;
}"""

# The distances that WCAG 2.2, 1.4.12 asks a page to bear.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""

# WebKit draws spaced letters one by one, each with its halo over the one before.
EATEN = """() => [...document.querySelectorAll("text")].filter((e) => {
  const style = getComputedStyle(e);
  return style.stroke !== "none" && style.letterSpacing !== "normal";
}).map((e) => e.textContent)"""

BOTTOM = (
    "(what) => document.querySelector(what).getBoundingClientRect().bottom + scrollY"
)


@pytest.mark.parametrize("room", OWN)
def test_no_width_makes_it_scroll_sideways(
    room: str, host: Host, visit: Visiting
) -> None:
    """From a zoom of 400 % to a very wide screen, nothing is cut or out of sight."""
    reader = visit(host.room(room), ZOOMED)
    reader.read(OPEN_ALL)
    for width in WIDTHS:
        reader.page.set_viewport_size({"width": width, "height": 900})
        assert reader.read(SIDEWAYS) <= 0, f"at {width} px"
        assert reader.read(CUT) == [], f"at {width} px"


@pytest.mark.parametrize("room", REAL)
def test_rooms_that_nobody_designed_for_fit_and_have_no_barrier(
    room: str, host: Host, axe: str, visit: Visiting
) -> None:
    """Plans as teams wrote them: nothing cut, nothing against WCAG 2.2 A or AA."""
    reader = visit(host.room(room), PHONE, "dark")
    reader.read(OPEN_ALL)
    assert violations(reader, axe) == []
    for width in WIDTHS[::2]:
        reader.page.set_viewport_size({"width": width, "height": 900})
        assert reader.read(SIDEWAYS) <= 0, f"at {width} px"
        assert reader.read(CUT) == [], f"at {width} px"


@pytest.mark.parametrize("room", OWN)
def test_wider_letters_and_lines_cut_nothing(
    room: str, host: Host, visit: Visiting
) -> None:
    """A reader's own distances between letters, words and lines hide no text."""
    reader = visit(host.room(room), ZOOMED)
    reader.read(OPEN_ALL)
    reader.read(SPACED)
    for size in (ZOOMED, PHONE, DESK):
        reader.page.set_viewport_size(
            {"width": size["width"], "height": size["height"]}
        )
        assert reader.read(SIDEWAYS) <= 0, size
        assert reader.read(CUT) == [], size


@pytest.mark.parametrize("room", SHOWN)
def test_first_screen_of_a_phone_in_inter_answers_the_four_questions(
    room: str, host: Host, inter: str, visit: Visiting
) -> None:
    """Goal, day, state and turn need no scrolling; acme's end within 720 px."""
    reader = visit(host.room(room), PHONE)
    reader.use_font(inter)
    assert reader.page.locator(".map-fact").count() >= 3
    room_for_it = 720 if room == "acme" else PHONE["height"]
    assert reader.read(BOTTOM, ".map-facts") <= room_for_it
    assert reader.read(BOTTOM, ".map-strip") <= room_for_it


@pytest.mark.parametrize("room", SHOWN)
def test_first_screen_of_a_desk_answers_the_four_questions(
    room: str, host: Host, visit: Visiting
) -> None:
    """The four answers and the strip need no scrolling at 1280 by 800."""
    reader = visit(host.room(room), DESK)
    assert reader.read(BOTTOM, ".map-facts") <= DESK["height"]
    assert reader.read(BOTTOM, ".map-strip") <= DESK["height"]


def test_link_into_a_fold_opens_it(host: Host, visit: Visiting) -> None:
    """A link to a step of a finished, folded phase shows the step."""
    reader = visit(host.room("regulated-22-steps"))
    steps = reader.read(
        "[...document.querySelectorAll('details:not([open]) [id^=step-]')]"
        ".map((step) => step.id)"
    )
    assert steps
    deep = visit(f"{host.room('regulated-22-steps')}#{steps[0]}")
    step = deep.page.locator(f"#{steps[0]}")
    assert step.is_visible()
    top = step.evaluate("e => e.getBoundingClientRect().top")
    assert 0 <= top < DESK["height"]
    within = deep.page.locator(f"a[href='#{steps[-1]}']").first
    deep.read(
        "document.querySelectorAll('.map-fold').forEach(d => { d.open = false; })"
    )
    within.evaluate("e => e.click()")
    assert deep.page.locator(f"#{steps[-1]}").is_visible()


def test_no_letter_in_a_drawing_hides_the_one_before(
    host: Host, visit: Visiting
) -> None:
    """Words with a halo are not spaced, so that Safari shows them whole."""
    reader = visit(host.room("acme"), DESK)
    haloed = "[...document.querySelectorAll('text')].some((e) => getComputedStyle(e)"
    assert reader.read(f"() => {haloed}.stroke !== 'none')")
    assert reader.read(EATEN) == []
