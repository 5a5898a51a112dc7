"""What the tests of workflows share: the command, the runners, repositories."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.cli import commands
from tests.ci.deals import Deals, Say
from tests.ci.runners import Runners
from tests.gits import Git


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return a function that runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture
def runners(tmp_path: Path) -> Runners:
    """Return what runs workflows on this machine."""
    folder = tmp_path / "runners"
    folder.mkdir()
    return Runners(folder)


@pytest.fixture
def github(tmp_path: Path, say: Say) -> Deals:
    """Return a repository with GitHub's workflows."""
    return Deals(tmp_path / "deals", say, "github")


@pytest.fixture
def gitlab(tmp_path: Path, say: Say) -> Deals:
    """Return a repository with GitLab's, as a clone of what it is pushed to."""
    deals = Deals(tmp_path / "deals", say, "gitlab")
    deals.publish_branches(Git(tmp_path / "origin.git"))
    return deals
