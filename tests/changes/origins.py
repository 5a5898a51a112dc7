"""A repository of plans with a bare origin, as a team has it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mapsite.changes.forge import Forge
from mapsite.changes.keeping import Keeper
from mapsite.changes.policy import Policy
from mapsite.changes.reviewing import Review
from mapsite.changes.settling import settle
from mapsite.changes.storing import store
from mapsite.changes.suggestion import Origin, Sender, Suggestion
from mapsite.git.branches import Branches
from mapsite.plan.operations import Operation
from tests.conftest import PROJECT
from tests.gits import Git

NOW = datetime(2026, 5, 24, 9, 14, tzinfo=UTC)
PRIYA = Sender("Priya N.", "priya", "priya@acme.example")
_HOOK = """\
#!/bin/sh
i=0
while [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
  eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\"" >> pushed-options
  i=$((i + 1))
done
"""


@dataclass(frozen=True)
class Team:
    """Hold a clone that somebody works in, and its origin."""

    git: Git
    origin: Git

    @property
    def root(self) -> Path:
        """Return the clone's folder."""
        return self.git.folder

    @property
    def options(self) -> list[str]:
        """Return the push options that the origin was given."""
        path = self.origin.folder / "pushed-options"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def clone(self, name: str) -> Git:
        """Return another clone of the origin."""
        folder = self.root.parent / name
        git = Git(self.root.parent)
        git("clone", "--quiet", str(self.origin.folder), str(folder))
        return named(Git(folder))

    def plan(self, branch: str = "main", name: str = "acme") -> str:
        """Return a plan as a branch of the origin has it."""
        return self.origin("show", f"{branch}:plans/{name}.yaml")

    def merge(self, branch: str) -> None:
        """Merge a branch of the origin into its main one, as a forge does."""
        tree = self.origin("merge-tree", "--write-tree", "main", branch).strip()
        made = ("-p", "main", "-p", branch, "-m", "Merge it")
        commit = self.origin("commit-tree", tree, *made).strip()
        self.origin("update-ref", "refs/heads/main", commit)
        self.origin("update-ref", "-d", f"refs/heads/{branch}")


def named(git: Git) -> Git:
    """Say who commits in a repository, whoever runs the tests."""
    git("config", "user.name", "Jo")
    git("config", "user.email", "jo@mama.example")
    return git


def make_team(folder: Path, *plans: str) -> Team:
    """Make a repository with *plans*, or acme, in its main branch, and an origin."""
    origin = Git(folder / "origin.git")
    origin.folder.mkdir(parents=True)
    origin("init", "--quiet", "--bare")
    origin("config", "receive.advertisePushOptions", "true")
    hook = origin.folder / "hooks" / "post-receive"
    hook.write_text(_HOOK, "utf-8")
    hook.chmod(0o755)
    git = make_repository(folder / "deals", *plans)
    git("remote", "add", "origin", str(origin.folder))
    git("push", "--quiet", "origin", "main")
    return Team(git, origin)


def make_repository(folder: Path, *plans: str) -> Git:
    """Make a repository without an origin: *plans*, or acme, in its main branch."""
    git = named(Git(folder).init())
    shutil.copy(PROJECT / "mapsite" / "start" / "files" / "mkdocs.yml", folder)
    for name in plans or ("acme",):
        git.write(f"plans/{name}.yaml", (PROJECT / "plans/acme.yaml").read_bytes())
    git.commit("2026-05-12", "Begin")
    return git


def suggest(
    number: int, *operations: Operation, plan: str = "acme", by: Sender = PRIYA
) -> Suggestion:
    """Return a suggestion as intake hands it on."""
    made = Suggestion(f"01JF8Q6Z5T9K3W7V2X4Y{number:06}", plan, operations, by)
    return made.taken(Origin("file", f"{number}.json"), NOW)


def review_of(
    root: Path, forge: Forge | None = None, *, in_tree: bool = False
) -> Review:
    """Look at a repository as a command does, and note what was decided elsewhere."""
    keeper = Keeper(Branches(root), in_tree=in_tree)
    review = Review(keeper, forge or Forge(), Policy(), NOW)
    review.look()
    settle(review)
    return review


def keep(review: Review, *suggestions: Suggestion) -> None:
    """Take suggestions in."""
    review.ledger, _ = store(review.keeper, suggestions, NOW, review.ledger)


def move_date(step: str, old: str, new: str, why: str | None = None) -> Operation:
    """Return the wish that a step is due on another day."""
    return Operation("set", f"steps/{step}/due", old, new, why=why)
