"""Real git for tests: a repository of plans whose days and people are given."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PEOPLE = {"jo": "Jo <jo@mama.example>", "priya": "Priya <priya@acme.example>"}


class Git:
    """Run git in one folder, the same on every machine."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; `init` or `clone` makes a repository of it."""
        self.folder = folder

    def __call__(self, *words: str, day: str = "2026-05-12", who: str = "jo") -> str:
        """Run one command of git on *day*, and return what it prints."""
        name, _, email = PEOPLE.get(who, f"{who} <{who}@x.example>").partition(" <")
        moment = f"{day}T12:00:00+0000"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), name),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), email[:-1]),
            **dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), moment),
        }
        done = subprocess.run(
            ["git", "-c", "init.defaultBranch=main", *words],  # noqa: S607
            cwd=self.folder,
            env=environment,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()

    def init(self) -> Git:
        """Make a repository with nothing in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self("init", "--quiet")
        return self

    def write(self, name: str, text: str | bytes) -> None:
        """Write one file without committing it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(
        self, day: str, message: str = "Change", who: str = "jo", **files: str
    ) -> None:
        """Commit everything, and *files* by the name of a plan, on *day*."""
        for name, text in files.items():
            self.write(f"plans/{name}.yaml", text)
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "-m", message, day=day, who=who)
