"""Everybody can read a room: axe-core finds nothing, in any look or width."""

from __future__ import annotations

import pytest

from tests.browser.rooms import OWN, REAL
from tests.browser.server import Host
from tests.browser.visit import DESK, OPEN_ALL, PHONE, Scheme, Visit, Visiting

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def violations(visit: Visit, axe: str) -> list[str]:
    """Return what axe-core finds, one line a fault."""
    visit.read(axe)
    found = visit.read(
        "(tags) => axe.run({runOnly: {type: 'tag', values: tags},"
        " resultTypes: ['violations']})",
        TAGS,
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("room", OWN)
def test_no_barrier_in_any_look(
    room: str,
    size: dict[str, int],
    scheme: Scheme,
    host: Host,
    axe: str,
    visit: Visiting,
) -> None:
    """Nothing breaks WCAG 2.2 A or AA, with folded parts closed and open."""
    reader = visit(host.room(room), size, scheme)
    assert violations(reader, axe) == []
    if reader.read("document.querySelector('details:not([open])') !== null"):
        reader.read(OPEN_ALL)
        assert violations(reader, axe) == []


@pytest.mark.parametrize("room", REAL)
def test_no_barrier_in_plans_of_real_teams(
    room: str, host: Host, axe: str, visit: Visiting
) -> None:
    """Nothing breaks WCAG 2.2 A or AA in a room nobody designed for."""
    reader = visit(host.room(room), PHONE, "dark")
    reader.read(OPEN_ALL)
    assert violations(reader, axe) == []
