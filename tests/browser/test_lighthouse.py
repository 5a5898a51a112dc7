"""What a stranger's tool says of a room."""

from __future__ import annotations

import pytest

from tests.browser.lighthouse import complaints, lighthouse, scores
from tests.browser.server import Host


@pytest.mark.slow
@pytest.mark.parametrize("room", ["acme", "full"])
def test_lighthouse_finds_nothing_to_better(
    room: str, host: Host, chromium: str
) -> None:
    """Lighthouse gives 100 for accessibility and for best practices."""
    report = lighthouse(host.room(room), chromium, "accessibility", "best-practices")
    assert complaints(report) == []
    assert scores(report) == {"accessibility": 100, "best-practices": 100}
