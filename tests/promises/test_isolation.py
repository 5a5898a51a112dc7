"""A room's bytes are the same whether it is built alone or beside other plans."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mapsite.repository import find_plans
from mapsite.room.build import Order, build
from tests.promises.sample import differences

PLANS = Path(__file__).resolve().parents[1] / "plans"
OTHERS = ("bare", "everything", "least", "other", "bolt")

Build = Callable[..., dict[str, str]]


@pytest.fixture
def deals(repo: Path) -> Path:
    """Return a repository with the full plan and its files alone."""
    for file in (repo / "plans").iterdir():
        file.unlink()
    for folder in ("logos", "documents"):
        shutil.copytree(PLANS / folder, repo / "plans" / folder)
    shutil.copy(PLANS / "full.yaml", repo / "plans" / "acme.yaml")
    return repo


@pytest.fixture
def run(deals: Path, today: date) -> Build:
    """Return a function that builds `deals` and returns each room's state."""

    def build_all(*names: str, out: str = "site", jobs: int = 1) -> dict[str, str]:
        plans, problems = find_plans(deals, names)
        assert not problems
        order = Order(deals, plans, Path(out), today, jobs, everything=not names)
        return {outcome.plan.id: outcome.state for outcome in build(order)}

    return build_all


def add_others(deals: Path) -> None:
    """Put five plans beside the first; one names the same files, one cannot be read."""
    folder = deals / "plans"
    text = (PLANS / "full.yaml").read_text("utf-8")
    other = text.replace("Acme", "Zorro").replace("#0B6BCB", "#aa0000")
    assert other != text
    for name in OTHERS[1:]:
        (folder / f"{name}.yaml").write_text(other, "utf-8")
    shutil.copy(PLANS / "bare.yaml", folder / "bare.yaml")
    (folder / "broken.yaml").write_text("title: [", "utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below *folder*."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_room_alone_is_the_room_among_others(deals: Path, run: Build) -> None:
    """The same tree, byte for byte, though the others share its files."""
    assert run() == {"acme": "built"}
    alone = tree(deals / "site/acme")
    assert len(alone) > 10
    add_others(deals)
    states = run(out="crowd")
    assert list(states.values()).count("built") == 6
    assert states["broken"] == "failed"
    assert differences(tree(deals / "crowd/acme"), alone) == []
    assert b"Zorro" in tree(deals / "crowd/other")["index.html"]


def test_a_new_plan_touches_no_other_room(deals: Path, run: Build) -> None:
    """Neither a byte nor a time stamp of what was there."""
    run()
    rooms = deals / "site/acme"
    before = {path: path.stat().st_mtime_ns for path in rooms.rglob("*")}
    alone = tree(rooms)
    add_others(deals)
    run()
    assert {path: path.stat().st_mtime_ns for path in rooms.rglob("*")} == before
    assert differences(tree(rooms), alone) == []


def test_no_room_names_another(deals: Path, run: Build) -> None:
    """No list of deals, no next and previous, nothing beside the rooms."""
    add_others(deals)
    run()
    assert sorted(os.listdir(deals / "site")) == sorted(["acme", *OTHERS])
    for name, data in tree(deals / "site/acme").items():
        assert b"Zorro" not in data, name
        assert b"bolt" not in data, name


def test_the_order_of_building_does_not_matter(deals: Path, run: Build) -> None:
    """What was made before in the same process leaves nothing behind."""
    add_others(deals)
    run("other", "acme", out="one")
    run("acme", "other", out="two")
    assert differences(tree(deals / "one"), tree(deals / "two")) == []
