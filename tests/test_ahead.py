"""A second process looks at the files of some rooms, and is never trusted far."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mapsite.repository import find_plans
from mapsite.room import ahead as module
from mapsite.room.ahead import Ahead
from mapsite.room.build import Order, build

MANY = 500


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do the same on a machine that has only one."""
    monkeypatch.setattr(module, "_processors", lambda: 2)


def test_it_knows_of_the_last_ones_only() -> None:
    """Of the first ones nobody was asked, so somebody has to look."""
    ahead = Ahead(MANY, lambda task: task % 3 == 0)
    known = [ahead.knows(task) for task in range(MANY)]
    ours = known.index(True)
    assert 0 < ours < MANY / 2
    assert known[ours:] == [task % 3 == 0 for task in range(ours, MANY)]
    ahead.close()


def test_few_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started, and nothing known."""
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("started one"))
    ahead = Ahead(module.ENOUGH - 1, lambda _: True)
    assert not any(ahead.knows(task) for task in range(module.ENOUGH))
    ahead.close()


def _dies(task: int) -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return bool(task)


def _fails(task: int) -> bool:
    raise OSError(task)


@pytest.mark.parametrize("holds", [_dies, _fails])
def test_of_a_process_that_stopped_nothing_is_believed(
    holds: Callable[[int], bool],
) -> None:
    """Whatever stopped it."""
    ahead = Ahead(MANY, holds)
    assert not any(ahead.knows(task) for task in range(MANY))
    ahead.close()


def test_nobody_is_left_behind() -> None:
    """A build that stops early ends the other process and waits for it."""
    ahead = Ahead(MANY, lambda _: signal.pause() is None)
    child = ahead._child  # noqa: SLF001  # to see that it is gone
    ahead.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(child, 0)


@pytest.mark.parametrize("ours", [0, 1], ids=["there", "here"])
@pytest.mark.parametrize(
    "touch",
    [
        lambda root: (root / "site/bolt/index.html").write_text("x", "utf-8"),
        lambda root: (root / "site/bolt/plan.ics").unlink(),
        lambda root: (root / "site/bolt/assets/more.txt").write_text("x", "utf-8"),
        lambda root: (root / "plans/bolt.yaml").write_text(
            (root / "plans/bolt.yaml").read_text("utf-8").replace("Demo", "Visit"),
            "utf-8",
        ),
    ],
    ids=["page", "gone", "more", "plan"],
)
def test_whoever_looks_what_changed_is_seen(
    repo: Path,
    monkeypatch: pytest.MonkeyPatch,
    touch: Callable[[Path], object],
    ours: int,
) -> None:
    """A file that was changed, is gone or came, in the room or the plan itself."""
    monkeypatch.setattr(module, "ENOUGH", 1)
    monkeypatch.setattr(module, "_OURS", ours)

    def built() -> list[str]:
        plans, _ = find_plans(repo, ())
        order = Order(repo, plans, repo / "site", date(2026, 5, 24), 1)
        return sorted(f"{one.plan.id} {one.state}" for one in build(order))

    assert built() == ["acme built", "bolt built"]
    assert built() == ["acme unchanged", "bolt unchanged"]
    touch(repo)
    assert built() == ["acme unchanged", "bolt built"]
