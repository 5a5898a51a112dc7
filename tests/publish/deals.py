"""A repository of deals whose rooms are published, and what their readers find."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mapsite.publish.key import Secret
from mapsite.publish.link import folder_of_gone, prefix, publisher_name, token
from mapsite.publish.manifest import MANIFEST
from mapsite.publish.publish import publish
from mapsite.publish.target import Target, TargetSettings
from mapsite.publish.work import Order, Work
from mapsite.repository import PlanFile
from tests.conftest import PLAN

SECRET = Secret("q7mz4k2xw9v3n8b6c1t5r0y8u2i4o6p3a7s9d1f5")
TODAY = date(2026, 5, 24)
NOW = datetime(2026, 5, 24, 10, tzinfo=UTC)
NONCES = ("b" * 25 + "2", "c" * 25 + "3", "d" * 25 + "4", "e" * 25 + "5")
_NAMED = re.compile(rb'(?:href|src)="([^":?#]+)"')


@dataclass
class Deals:
    """Hold a repository with plans, and the time as its publisher sees it."""

    root: Path
    now: datetime = NOW

    def write(self, plan_id: str, links: str = "", title: str = "Project plan") -> None:
        """Write the plan *plan_id*; *links* is what stands under its ``links:``."""
        text = PLAN.format(title=title, buyer=plan_id.title())
        folder = self.root / "plans"
        folder.mkdir(exist_ok=True)
        more = f"links:\n  {links}\n" if links else ""
        (folder / f"{plan_id}.yaml").write_text(text + more, "utf-8")

    def settings(self, place: Path | str, kind: str = "folder") -> TargetSettings:
        """Return the settings of a target at *place*."""
        memory = self.root / ".mapsite" / "targets" / "demo"
        return TargetSettings("demo", kind, str(place), self.root, memory)

    def order(self, settings: TargetSettings, ids: Iterable[str] = ()) -> Order:
        """Return the order to publish the plans *ids*, or all of them."""
        names = list(ids)
        paths = sorted((self.root / "plans").glob("*.yaml"))
        plans = [
            PlanFile(path.stem, str(path), f"plans/{path.name}")
            for path in paths
            if not names or path.stem in names
        ]
        return Order(
            root=self.root,
            plans=plans,
            out=self.root / "site",
            today=TODAY,
            clock=lambda: self.now,
            settings=settings,
            by=publisher_name(SECRET),
            gone=folder_of_gone(SECRET),
            everything=not names,
            wait=0,
        )

    def publish(self, target: Target, ids: Iterable[str] = ()) -> Work:
        """Publish to *target* and let some time go by."""
        work = publish(self.order(target.settings, ids), SECRET, target)
        self.now += timedelta(minutes=2)
        return work

    def room(self, plan_id: str) -> dict[str, bytes]:
        """Return the files of the room as the last build wrote it."""
        return contents(self.root / "site" / plan_id)


def place_of(plan_id: str, nonce: str, link: str = "buyer") -> str:
    """Return where a room lies, from the target's root."""
    return prefix(token(SECRET, plan_id, link, nonce))


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of *folder* by its path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def in_room(tree: Mapping[str, bytes], place: str) -> dict[str, bytes]:
    """Return the files of the room at *place* by their path in it."""
    return {
        key.removeprefix(place): data
        for key, data in tree.items()
        if key.startswith(place)
    }


def faults_of_room(
    room: Mapping[str, bytes], releases: Iterable[Mapping[str, bytes]]
) -> list[str]:
    """Return what a reader of *room* would find broken.

    Each page must be that of one of *releases*, and all that it names must be there
    as that release has it. A room without its entry page is not there, which is whole.
    """
    faults = []
    known = list(releases)
    for page in ("index.html", "changes/index.html"):
        if page not in room:
            continue
        of = [one for one in known if one.get(page) == room[page]]
        if not of:
            faults.append(f"{page} is of no release")
            continue
        for name in _NAMED.findall(room[page]):
            path = _joined(page, name.decode())
            if path.endswith(".html") or path not in of[0]:
                continue
            if room.get(path) not in {one.get(path) for one in known}:
                faults.append(f"{page} names {path}, which is not there")
            if path.startswith("assets/") and room.get(path) != of[0][path]:
                faults.append(f"{page} names {path} of another release")
    return faults


def as_published(room: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a published room without its manifest."""
    return {path: data for path, data in room.items() if path != MANIFEST}


def digest(tree: Mapping[str, bytes]) -> str:
    """Return one hash of *tree*."""
    return hashlib.sha256(repr(sorted(tree.items())).encode()).hexdigest()


def make_deals(root: Path, settings_file: Path) -> Deals:
    """Return an empty repository with the look of *settings_file*."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(settings_file, root / "mkdocs.yml")
    return Deals(root)


def _joined(page: str, name: str) -> str:
    folder = page.rpartition("/")[0]
    parts: list[str] = []
    for part in (*filter(None, folder.split("/")), *name.split("/")):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
