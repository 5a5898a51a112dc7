"""A room is light: few small files, and nothing moves once it is drawn."""

from __future__ import annotations

import pytest

from tests.browser.rooms import OWN, SHOWN
from tests.browser.server import Host
from tests.browser.visit import DESK, PHONE, Visiting

MOST_BYTES = 90_000
MOST_REQUESTS = 8

SHIFTS = """() => new Promise((resolve) => {
  const seen = [];
  new PerformanceObserver((list) => seen.push(...list.getEntries()))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => setTimeout(() => resolve(seen.map((shift) => [
    shift.value, ...shift.sources.map((s) => s.node && s.node.className)])), 100));
})"""


@pytest.mark.parametrize("room", SHOWN)
def test_arrives_small_and_in_few_pieces(
    room: str, host: Host, visit: Visiting
) -> None:
    """Opened cold, everything included, at most 90 KB and 8 requests."""
    before = len(host.answers)
    visit(host.room(room)).page.wait_for_load_state("networkidle")
    answers = host.answers[before:]
    assert sum(answer.size for answer in answers) <= MOST_BYTES, answers
    assert len(answers) <= MOST_REQUESTS, answers


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("room", OWN)
def test_nothing_moves_while_it_loads(
    room: str, size: dict[str, int], host: Host, visit: Visiting
) -> None:
    """Late pictures, styles and scripts push nothing aside."""
    host.pause = 0.3
    try:
        reader = visit(host.room(room), size)
    finally:
        host.pause = 0
    assert reader.read(SHIFTS) == []
