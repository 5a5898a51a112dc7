"""A request that a buyer opens changes what a buyer may, whatever else it carries."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mapsite.changes.pull_requests import Checked, check
from mapsite.errors import MapsiteError
from tests.changes.origins import make_repository, named
from tests.conftest import PROJECT
from tests.gits import Git

MOVE = ("due: 2026-05-28", "due: 2026-06-02")
POLICY = "    changes: {policy: {buyer: {steps/due: never}}}\n"


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Return a repository with acme in its main branch, and bolt beside it."""
    return make_repository(tmp_path, "acme", "bolt")


def changed(git: Git, *change: tuple[str, str], plan: str = "acme") -> Checked:
    """Commit a plan with *change* and judge it as a buyer's."""
    path = git.folder / "plans" / f"{plan}.yaml"
    text = path.read_text("utf-8")
    for old, new in change:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    return judged(git)


def judged(git: Git) -> Checked:
    """Commit what there is, and judge it as a buyer's."""
    git.commit("2026-05-25")
    return check(git.folder, "HEAD~1", "buyer")


@pytest.mark.parametrize(
    "name",
    [
        ".github/workflows/publish.yml",
        ".gitlab-ci.yml",
        "mkdocs.yml",
        "hooks/on_build.py",
        "theme/main.html",
        "requirements.txt",
        "constraints.txt",
        ".gitattributes",
        ".gitmodules",
        "plans/logos/acme.svg",
        "plans/acme.yml",
        "plans/ACME.yaml",
        "plans/deep/acme.yaml",
        "templates/new.yaml",
        "changes/acme/01JF8Q6Z5T9K3W7V2X4Y6A8B0C.json",
        "plans/a\n::error::b\x1b[31m.yaml",
    ],
)
def test_no_other_file_comes_along(git: Git, name: str) -> None:
    """Neither what runs, nor what decides, nor what looks like a plan."""
    git.write(name, "title: x\n")
    found = changed(git, MOVE)
    assert not found.fine
    assert [one.allowed for one in found.told if one.file == "plans/acme.yaml"] == [
        True
    ]
    assert any(not one.allowed and one.file == name for one in found.told)


def test_files_outside_of_the_plans_folder_count(tmp_path: Path) -> None:
    """Where plans lie deeper in a repository, the rest of it is nobody's to change."""
    git = named(Git(tmp_path).init())
    shutil.copytree(PROJECT / "plans", tmp_path / "deals/plans")
    settings = PROJECT / "mapsite/start/files/mkdocs.yml"
    git.write("deals/mkdocs.yml", settings.read_bytes())
    git.write("deals-of-others/x.txt", "x\n")
    git.commit("2026-05-12")
    git.write(".github/workflows/publish.yml", "on: push\n")
    git.write("deals-of-others/x.txt", "y\n")
    git.commit("2026-05-25")
    found = check(tmp_path / "deals", "HEAD~1", "buyer")
    names = [one.file for one in found.told if not one.allowed]
    assert names == [".github/workflows/publish.yml", "deals-of-others/x.txt"]
    assert check(tmp_path / "deals", "HEAD~1", "seller").fine


def test_the_rules_are_those_of_before(git: Git) -> None:
    """A change that loosens them is judged by the old ones."""
    settings = git.folder / "mkdocs.yml"
    text = settings.read_text("utf-8")
    line = "    checks: {}\n"
    assert line in text
    settings.write_text(text.replace(line, line + POLICY), "utf-8")
    git.commit("2026-05-20")
    settings.write_text(text, "utf-8")
    found = changed(git, MOVE)
    [told] = [one for one in found.told if one.file == "plans/acme.yaml"]
    assert not told.allowed
    assert told.reason == "mkdocs.yml says never for steps/due"


@pytest.mark.parametrize(
    "change",
    [
        ("status: open", "status: lost"),
        ("title: Project plan for", "title: Another plan for"),
        ("value: $80K ACV", "value: $8K ACV"),
        ("logo: logos/acme.svg", "logo: logos/mama.png"),
        ("contact: jo@mama.example", "contact: eve@evil.example"),
        ("language: en", "language: de"),
        ("- id: demo\n", "- id: demo\n    internal: true\n"),
        ("- id: demo\n", "- id: demo2\n"),
        ("\nsteps:", "\nlinks:\n  eve: {nonce: aaaaaaaaaaaaaaaaaaaaaaaaaa}\nsteps:"),
        ("\nsteps:", "\nchecks: {off: [no-owner]}\nsteps:"),
        ("stage: Evaluation", "stage: Other"),
        ("email: sarah@acme.example", "email: eve@evil.example"),
    ],
)
def test_what_no_buyer_changes_is_refused_in_a_file_too(
    git: Git, change: tuple[str, str]
) -> None:
    """Status, names, links, what is hidden: as in a suggestion."""
    found = changed(git, MOVE, change)
    assert not found.fine
    told = " ".join(one.sentence for one in found.told)
    assert "Evaluation" not in told
    assert "eve@" not in told


def test_a_yes_in_a_file_is_to_be_looked_at(git: Git) -> None:
    """Who says it, and when, nobody has checked."""
    said = "confirmed: {by: cfo, on: 2026-05-01}"
    found = changed(git, ("due: 2026-05-28", f"due: 2026-05-28\n    {said}"))
    [told] = found.told
    assert told.allowed
    assert "the words of the change" in told.reason


def _link(path: Path) -> None:
    path.symlink_to("bolt.yaml")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [_link, _pipe, Path.mkdir])
def test_a_plan_is_a_file(git: Git, make: Callable[[Path], None]) -> None:
    """A link would show another deal's plan, a pipe would keep us waiting."""
    path = git.folder / "plans" / "acme.yaml"
    path.unlink()
    make(path)
    with pytest.raises(MapsiteError, match="expected a regular file"):
        check(git.folder, "HEAD", "buyer")


def test_one_plan_at_a_time(git: Git) -> None:
    """Whoever is a buyer of one deal is none of another."""
    path = git.folder / "plans" / "bolt.yaml"
    path.write_text(path.read_text("utf-8").replace(*MOVE), "utf-8")
    found = changed(git, MOVE)
    assert not found.fine
    assert changed(git, ("due: 2026-06-02", "due: 2026-06-03")).fine
