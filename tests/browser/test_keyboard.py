"""A room can be used without a mouse."""

from __future__ import annotations

import pytest

from tests.browser.server import Host
from tests.browser.visit import DESK, OPEN_ALL, PHONE, Visit, Visiting

REACHABLE = """() => [...document.querySelectorAll(
    "a[href], summary, button, input:not([type=radio]), input:checked, [tabindex='0']")]
  .filter((e) => e.checkVisibility({visibilityProperty: true}))
  .map((e, at) => { e.dataset.atTest = at; return at; })"""

# A hidden switch shows its focus on the label beside it.
REACHED = """() => {
  const at = document.activeElement;
  const shown = at.matches("input") ? at.nextElementSibling : at;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  return {
    at: at.dataset.atTest === undefined ? null : Number(at.dataset.atTest),
    name: at.outerHTML.slice(0, 120),
    ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
  };
}"""

SWITCH = "[data-md-component=palette] input:checked"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def tab_through(visit: Visit, count: int) -> list[dict[str, object]]:
    """Press Tab *count* times; return what had the focus after each."""
    stops = []
    for _ in range(count):
        visit.page.keyboard.press("Tab")
        stops.append(visit.read(REACHED))
    return stops


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("room", ["acme", "full"])
def test_tab_reaches_everything_in_order(
    room: str, size: dict[str, int], host: Host, visit: Visiting
) -> None:
    """Tab visits each link, fold and switch once, in order, with a visible ring."""
    reader = visit(host.room(room), size)
    reader.read(OPEN_ALL)
    expected = reader.read(REACHABLE)
    stops = tab_through(reader, len(expected))
    assert [stop["at"] for stop in stops] == expected
    assert [stop["name"] for stop in stops if not stop["ring"]] == []
    assert [stop["name"] for stop in stops if not stop["seen"]] == []


def test_first_stop_skips_to_the_content(host: Host, visit: Visiting) -> None:
    """The first Tab offers a way past the header, and Enter takes it."""
    reader = visit(host.room("acme"))
    reader.page.keyboard.press("Tab")
    assert reader.page.locator(".md-skip").evaluate("e => e === document.activeElement")
    assert reader.page.locator(".md-skip").is_visible()
    reader.page.keyboard.press("Enter")
    assert reader.read("document.activeElement.id") == "main"
    reader.page.keyboard.press("Tab")
    assert reader.read("document.activeElement.closest('main') !== null")


def test_enter_opens_and_closes_a_fold(host: Host, visit: Visiting) -> None:
    """What is folded opens with Enter, closes with it, and Escape breaks nothing."""
    reader = visit(host.room("regulated-22-steps"))
    fold = reader.page.locator("details:not([open])").first
    fold = reader.page.locator(f"#{fold.get_attribute('id')}")
    fold.locator("summary").first.focus()
    for expected in (True, False):
        reader.page.keyboard.press("Enter")
        assert fold.evaluate("e => e.open") is expected
    text = reader.page.inner_text("main")
    reader.page.keyboard.press("Escape")
    assert reader.page.inner_text("main") == text
    assert reader.faults == []


def test_keyboard_switches_the_look_for_good(host: Host, visit: Visiting) -> None:
    """An arrow key on the switch darkens the room, also after it is opened again."""
    reader = visit(host.room("acme"))
    light = reader.read(BACKGROUND)
    reader.page.focus(SWITCH)
    reader.page.keyboard.press("ArrowDown")
    dark = reader.read(BACKGROUND)
    assert dark != light
    reader.page.reload()
    assert reader.read(BACKGROUND) == dark
    reader.page.focus(SWITCH)
    reader.page.keyboard.press("ArrowDown")
    assert reader.read(BACKGROUND) == light
