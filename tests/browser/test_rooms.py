"""Every plan of the repository becomes a room."""

from __future__ import annotations

from pathlib import Path

from tests.browser.rooms import EVERY


def test_every_plan_builds(built: tuple[Path, str]) -> None:
    """The command builds all plans and says nothing on its error stream."""
    site, complaint = built
    assert complaint == ""
    assert sorted(room.name for room in site.iterdir()) == sorted(EVERY)
