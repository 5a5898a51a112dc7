"""Rooms are made with the history of their plans, and again when it changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mapsite.git import versions
from mapsite.repository import find_plans
from mapsite.room.build import Order, build
from mapsite.room.desk import Desk
from tests.gits import Git

TODAY = date(2026, 5, 24)


@pytest.fixture
def git(repo: Path) -> Git:
    """Return the repository of `repo` under git, its plans committed on 12 May."""
    made = Git(repo).init()
    made.write(".gitignore", "/site/\n/.mapsite/\n")
    made.commit("2026-05-12", "Begin")
    return made


def built(root: Path, *names: str) -> dict[str, str]:
    """Build, and return what became of each room."""
    plans, _ = find_plans(root, names)
    order = Order(root, plans, root / "site", TODAY, everything=not names)
    return {outcome.plan.id: outcome.state for outcome in build(order)}


def move(root: Path, was: str, to: str, name: str = "acme") -> None:
    """Give the security review another day."""
    plan = root / f"plans/{name}.yaml"
    plan.write_text(plan.read_text("utf-8").replace(was, to), "utf-8")


def page(root: Path, name: str = "acme") -> str:
    """Return the first page of a room."""
    return (root / f"site/{name}/index.html").read_text("utf-8")


def test_a_date_that_moved_is_shown_with_its_first_day(git: Git, repo: Path) -> None:
    """Nobody wrote it under `moves`; git knows."""
    move(repo, "2026-06-10", "2026-06-17")
    git.commit("2026-05-20", "Move it\n\nWhy: the report came late")
    assert built(repo) == {"acme": "built", "bolt": "built"}
    row = re.search(r'<tr id="step-review".*?</tr>', page(repo), re.DOTALL)
    assert row
    assert "2026-06-10" in row[0]
    assert "2026-06-17" in row[0]
    changes = (repo / "site/acme/changes/index.html").read_text("utf-8")
    assert "the report came late" in changes
    assert "Move it" not in changes


def test_a_commit_that_changes_no_text_of_a_plan_builds_what_it_tells(
    git: Git, repo: Path
) -> None:
    """Once committed, a change has an author; what nobody touched has no news."""
    move(repo, "2026-06-10", "2026-06-17")
    assert built(repo) == {"acme": "built", "bolt": "built"}
    assert built(repo) == {"acme": "unchanged", "bolt": "unchanged"}
    git.commit("2026-05-20", "Move it")
    assert built(repo) == {"acme": "built", "bolt": "unchanged"}
    assert built(repo) == {"acme": "unchanged", "bolt": "unchanged"}


def test_a_commit_elsewhere_builds_nothing(git: Git, repo: Path) -> None:
    """The newest commit is another one; the plans' histories are the same."""
    built(repo)
    git.write("notes.txt", "nothing of a plan")
    git.commit("2026-05-21", "Write something else")
    assert built(repo) == {"acme": "unchanged", "bolt": "unchanged"}


def test_git_is_not_asked_while_nothing_changes(
    git: Git, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest commit is read from a file."""
    built(repo)

    def fail(*_: object) -> None:
        raise AssertionError("git was asked")

    monkeypatch.setattr(versions, "trails_of", fail)
    assert built(repo) == {"acme": "unchanged", "bolt": "unchanged"}
    git.commit("2026-05-22", "Another commit")
    with pytest.raises(AssertionError, match="git was asked"):
        built(repo)


def test_a_plan_built_alone_has_its_history_too(git: Git, repo: Path) -> None:
    """And the others are not taken for looked at."""
    move(repo, "2026-06-10", "2026-06-17")
    move(repo, "2026-06-10", "2026-06-17", "bolt")
    git.commit("2026-05-20")
    assert built(repo, "acme") == {"acme": "built"}
    assert "2026-06-10" in page(repo)
    assert built(repo) == {"acme": "unchanged", "bolt": "built"}
    assert "2026-06-10" in page(repo, "bolt")


def test_a_rebase_with_the_same_texts_builds_nothing(git: Git, repo: Path) -> None:
    """Other commits, the same past."""
    move(repo, "2026-06-10", "2026-06-17")
    git.commit("2026-05-20", "Move it")
    built(repo)
    git("commit", "--amend", "--quiet", "-m", "Say it better", day="2026-05-20")
    assert built(repo) == {"acme": "unchanged", "bolt": "unchanged"}


def test_many_rooms_share_the_work_and_have_their_own_history(
    git: Git, repo: Path, write_plan: Callable[..., Path]
) -> None:
    """Several processes ask git for their own plans."""
    for number in range(70):
        write_plan(repo / f"plans/deal-{number:02}.yaml", f"Buyer {number}")
    git.commit("2026-05-13")
    for number in range(0, 70, 7):
        move(repo, "2026-06-10", f"2026-07-{number // 7 + 1:02}", f"deal-{number:02}")
    git.commit("2026-05-20")
    assert set(built(repo).values()) == {"built"}
    for number in range(70):
        moved = "2026-06-10" in page(repo, f"deal-{number:02}") and number % 7 == 0
        assert moved == (number % 7 == 0)
        assert ("map-moved" in page(repo, f"deal-{number:02}")) == moved


def test_a_history_that_cannot_be_read_is_none(git: Git, repo: Path) -> None:
    """A damaged repository makes rooms without a past, and no error."""
    built(repo)
    for path in sorted((git.folder / ".git/objects").glob("??/*")):
        path.chmod(0o644)
        path.write_bytes(b"damaged")
    move(repo, "2026-06-10", "2026-06-17")
    assert built(repo)["acme"] == "built"


def test_what_is_served_has_the_history_too(git: Git, repo: Path) -> None:
    """And a commit is seen like a save."""
    desk = Desk(repo, TODAY)
    assert "map-moved" not in desk.room("acme").files["index.html"].decode()
    move(repo, "2026-06-10", "2026-06-17")
    desk.refresh()
    assert "map-moved" in desk.room("acme").files["index.html"].decode()
    state = desk.state
    git.commit("2026-05-20", "Move it\n\nWhy: the report came late")
    desk.refresh()
    assert desk.state != state
    files = desk.room("acme").files
    assert "the report came late" in files["changes/index.html"].decode()


def test_without_git_there_is_no_history(repo: Path) -> None:
    """A folder of plans is enough."""
    assert built(repo) == {"acme": "built", "bolt": "built"}
    assert not (repo / "site/acme/changes").exists()


def test_a_reason_given_for_several_plans_is_told_of_none(git: Git, repo: Path) -> None:
    """It may be about one buyer, and the other one reads it."""
    move(repo, "2026-06-10", "2026-06-17")
    move(repo, "2026-06-10", "2026-06-24", "bolt")
    git.commit("2026-05-20", "Move both\n\nWhy: the CFO of Acme is on leave")
    move(repo, "2026-06-17", "2026-06-18")
    look = repo / "mkdocs.yml"
    look.write_text(look.read_text("utf-8") + "# a new look\n", "utf-8")
    git.commit("2026-05-21", "Move one\n\nWhy: a holiday")
    built(repo)
    told = "".join(path.read_text("utf-8") for path in (repo / "site").rglob("*.html"))
    assert "on leave" not in told
    assert "a holiday" in told


def test_what_was_written_after_the_day_is_not_told(git: Git, repo: Path) -> None:
    """A clock that is ahead changes no history, and a room as of May knows no June."""
    move(repo, "2026-06-10", "2026-06-17")
    git.commit("2026-05-20", "Move it\n\nWhy: the report came late")
    move(repo, "2026-06-17", "2026-06-18")
    git.commit("2026-06-02", "Move it again\n\nWhy: nobody knows that yet")
    built(repo)
    told = (repo / "site/acme/changes/index.html").read_text("utf-8")
    assert "the report came late" in told
    assert "nobody knows that yet" not in told
    assert "2026-06-02" not in told
