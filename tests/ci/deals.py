"""A repository of plans with workflows, as `mapsite init --ci` writes one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from mapsite.commands.options import now
from mapsite.start.ci import workflows
from tests.gits import Git

Say = Callable[..., tuple[int, str, str]]

_GO_LIVE = re.compile(r"  go_live: (\d{4}-\d\d-\d\d)\n")


class Deals:
    """Hold a repository of plans with a workflow, of today."""

    def __init__(self, root: Path, say: Say, host: str) -> None:
        """Write and commit one with the example as its plan."""
        assert say("init", str(root), "--ci", host)[0] == 0
        self.root, self.git = root, Git(root)
        self.git.init()
        self.git.commit(now().isoformat(), "Begin")

    @property
    def plan(self) -> Path:
        """Return the only plan."""
        return self.root / "plans" / "example.yaml"

    def replace(self, old: str, new: str) -> None:
        """Write *new* in place of *old* in the plan, and commit it."""
        text = self.plan.read_text("utf-8")
        assert text.count(old) == 1
        self.plan.write_text(text.replace(old, new), "utf-8")
        self.git.commit(now().isoformat(), "Change")

    def move(self) -> tuple[str, str]:
        """Move the go-live by a week and commit that; return both days."""
        found = _GO_LIVE.search(self.plan.read_text("utf-8"))
        assert found
        was = date.fromisoformat(found[1])
        later = was + timedelta(weeks=1)
        self.replace(found[0], found[0].replace(found[1], later.isoformat()))
        return was.isoformat(), later.isoformat()

    def propose(self, old: str, new: str) -> None:
        """Replace as `replace` does, but on a branch, and merge it like GitHub."""
        self.git("checkout", "--quiet", "-b", "proposal")
        self.replace(old, new)
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", "proposal")

    def set(self, settings: str) -> None:
        """Add *settings* to those below ``mapsite:``, and commit them."""
        file = self.root / "mkdocs.yml"
        text = file.read_text("utf-8")
        file.write_text(f"{text}{settings}", "utf-8")
        self.git.commit(now().isoformat(), "Set")

    def publish_branches(self, origin: Git) -> None:
        """Make *origin* what this is a clone of."""
        words = ("clone", "--quiet", "--bare", str(self.root), str(origin.folder))
        self.git(*words)
        self.git("remote", "add", "origin", str(origin.folder))
        self.git("fetch", "--quiet", "origin")
        self.git("remote", "set-head", "origin", "main")


def written(host: str) -> dict[str, str]:
    """Return what `init --ci` writes for *host* into a new repository, by path."""
    return workflows(Path("/nowhere"), host).files


def texts(root: Path) -> dict[str, str]:
    """Return every file below *root* by its path."""
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def read(workflow: Path | str) -> dict[Any, Any]:
    """Return what a file or a text says; the key ``on`` is True in YAML 1.1."""
    text = workflow if isinstance(workflow, str) else workflow.read_text("utf-8")
    found = yaml.safe_load(text)
    assert isinstance(found, dict)
    return found


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the steps of all jobs of a workflow of GitHub."""
    for job in workflow["jobs"].values():
        yield from job["steps"]
