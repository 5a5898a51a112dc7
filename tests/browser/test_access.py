"""Everybody can read a room: axe-core finds nothing, in any look or width."""

from __future__ import annotations

from itertools import product

import pytest

from tests.browser.rooms import OWN, SHOWN
from tests.browser.server import Host
from tests.browser.visit import DESK, OPEN_ALL, PHONE, Scheme, Visit, Visiting

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
LOOKS = [
    pytest.param(room, size, scheme, id=f"{room}-{size['width']}-{scheme}")
    for room in OWN
    for number, (size, scheme) in enumerate(product((PHONE, DESK), ("light", "dark")))
    # Each other room on a light phone and a dark desk.
    if room in {*SHOWN, "full"} or number in {0, 3}
]


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


@pytest.mark.parametrize(("room", "size", "scheme"), LOOKS)
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
    folded = reader.read("document.querySelector('details:not([open])') !== null")
    if not folded or scheme == "light":
        assert violations(reader, axe) == []
    if folded:
        reader.read(OPEN_ALL)
        assert violations(reader, axe) == []
