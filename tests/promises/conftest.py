"""What the promises share: a frame, and rooms made in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mapsite.plan.past import Version
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room
from mapsite.room.shell import Frame
from tests.promises.sample import as_text

PLANS = Path(__file__).resolve().parents[1] / "plans"


@pytest.fixture(scope="session")
def frame(frame_cache: Path) -> Frame:
    """Return the frame of the look that `mapsite init` writes."""
    return load_frame(frame_cache.parent, frame_cache)


@pytest.fixture(scope="session")
def room(frame: Frame) -> Callable[..., dict[str, bytes]]:
    """Return a function that makes the room of a plan, told as text or as data."""

    def make(
        plan: bytes | dict[str, Any],
        name: str = "deal",
        today: date = date(2026, 5, 24),
        versions: Sequence[Version] = (),
    ) -> dict[str, bytes]:
        raw = plan if isinstance(plan, bytes) else as_text(plan)
        file = PLANS / f"{name}.yaml"
        return make_room(file, raw, today, frame, versions=versions).files

    return make


@pytest.fixture(scope="session")
def full() -> bytes:
    """Return the plan with every field and every state, and canaries."""
    return (PLANS / "full.yaml").read_bytes()


@pytest.fixture(scope="session")
def bare() -> bytes:
    """Return the plan with nothing but eight titles."""
    return (PLANS / "bare.yaml").read_bytes()
