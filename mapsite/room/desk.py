"""Keep rooms in memory while their plans are written, always as last saved."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError, Problem
from mapsite.git.stamp import history_stamp
from mapsite.plan.model import Plan
from mapsite.plan.read import read_plan
from mapsite.repository import MEMORY, PLANS, PlanFile, find_plans, read_plan_file
from mapsite.room.faults import as_problems
from mapsite.room.frame import Frame, load_frame
from mapsite.room.live_pages import Listed
from mapsite.room.look import look_fingerprint
from mapsite.room.make import make_room
from mapsite.room.pasts import Pasts
from mapsite.room.suggested import NO_REPLIES, Replies

Status = tuple[int, int, int]
"""Size, time and inode of a file: another one after every save."""


class Result(NamedTuple):
    """Hold a finished room, or the problems that stand in its way."""

    files: Mapping[str, bytes]
    problems: list[Problem]


@dataclass(slots=True)
class News:
    """Hold what changed since somebody asked."""

    plans: set[str] = field(default_factory=set)
    """Ids of plans that were saved or are new."""
    files: bool = False
    """Whether logos, documents or other files beside the plans changed."""
    look: bool = False


class Desk:
    """Make the rooms of one repository when asked, and know what changed."""

    def __init__(
        self,
        root: Path,
        today: date | None,
        replies: Callable[[], Replies] = lambda: NO_REPLIES,
    ) -> None:
        """Begin with what is saved now; *today* None follows the clock.

        *replies* looks again at what rooms are told for suggestions.
        """
        self.root = root
        self._look_for, self._replies = replies, NO_REPLIES
        self.misnamed: list[Problem] = []
        self._news = News()
        self._today = today
        self._plans: dict[str, PlanFile] = {}
        self._tree: dict[str, Status] = {}
        self._look: tuple[str, Frame | None] = ("", None)
        self._pasts = Pasts(root, (), self.today)
        self._state = ""
        self._results: dict[str, Result] = {}
        self._listed: dict[str, Listed] = {}
        self._closed = False
        self.lock = threading.RLock()
        """Held while files are looked at or rooms are made."""
        self._saved = threading.Condition(self.lock)
        self.refresh()
        self.news()

    @property
    def state(self) -> str:
        """Name the state of all files; another one after every save."""
        return self._state

    def ids(self) -> list[str]:
        """Return the ids of all plans, in order."""
        return sorted(self._plans)

    def refresh(self) -> None:
        """Look at the files, and forget what was made of those that changed."""
        with self.lock:
            tree, look = _tree(self.root / PLANS), self._read_look()
            head, replies = history_stamp(self.root), self._look_for()
            day, stamp = self.today.isoformat(), replies.stamp
            parts = (sorted(tree.items()), look, day, head, stamp)
            state = hashlib.sha256(repr(parts).encode())
            if state.hexdigest()[:24] == self._state:
                return
            self._state = state.hexdigest()[:24]
            same_look = look == self._look[0]
            same_past = (head, self.today) == (self._pasts.head, self._pasts.today)
            same_replies = stamp == self._replies.stamp
            self._forget(tree, keep=same_look and same_past and same_replies)
            self._replies = replies
            if not same_past or tree.keys() != self._tree.keys():
                sources = [plan.source for plan in self._plans.values()]
                self._pasts = Pasts(self.root, sources, self.today)
            self._tree = tree
            if not same_look:
                self._look = (look, None)
                self._news.look = True
            self._saved.notify_all()

    def news(self) -> News:
        """Return what changed since this was asked last, whoever saw it first."""
        with self.lock:
            self.refresh()
            news, self._news = self._news, News()
            return news

    def look(self) -> Frame:
        """Return the frame of all rooms; raise MapsiteError when it cannot be made."""
        with self.lock:
            frame = self._look[1] or load_frame(self.root, self.root / MEMORY)
            self._look = (self._look[0], frame)
            return frame

    def problems(self, plan_id: str) -> list[Problem]:
        """Return the problems of a plan, without making its room."""
        with self.lock:
            made, plan = self._results.get(plan_id), self._plans[plan_id]
            return _read(plan)[1] if made is None else made.problems

    @property
    def today(self) -> date:
        """Return the day that rooms are made for."""
        return self._today or date.today()  # noqa: DTZ011  # the reader's own day

    def room(self, plan_id: str) -> Result:
        """Return the room of a plan, or its problems.

        Raises MapsiteError when there is no look to make it with.
        """
        with self.lock:
            if plan_id not in self._results:
                self._results[plan_id] = self._make(self._plans[plan_id])
            return self._results[plan_id]

    def listed(self) -> list[Listed]:
        """Return what the list of rooms shows of each plan."""
        with self.lock:
            for plan_id in self.ids():
                if plan_id not in self._listed:
                    self._listed[plan_id] = _listed(self._plans[plan_id])
            return [self._listed[plan_id] for plan_id in self.ids()]

    def wait(self, seen: str, seconds: float) -> bool:
        """Tell whether, within *seconds*, the state is another one than *seen*."""
        with self._saved:
            return self._saved.wait_for(
                lambda: self._closed or self._state != seen, seconds
            )

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._saved:
            self._closed = True
            self._saved.notify_all()

    @property
    def closed(self) -> bool:
        """Tell whether the desk was closed."""
        return self._closed

    def _read_look(self) -> str:
        try:
            return look_fingerprint(self.root)
        except MapsiteError as error:
            return f"none: {error}"

    def _forget(self, tree: dict[str, Status], *, keep: bool) -> None:
        """Drop what was made from changed files."""
        before = self._plans
        try:
            plans, self.misnamed = find_plans(self.root, ())
        except MapsiteError:
            plans, self.misnamed = [], []
        self._plans = {plan.id: plan for plan in plans}
        stems = {os.path.join(PLANS, name) for name in tree.keys() ^ self._tree.keys()}
        stems |= {
            os.path.join(PLANS, name)
            for name in tree.keys() & self._tree.keys()
            if tree[name] != self._tree[name]
        }
        other = any(not name.endswith(".yaml") for name in stems)
        changed = [
            plan.id for plan in plans if plan.source in stems or plan.id not in before
        ]
        for plan_id in [*changed, *(before.keys() - self._plans.keys())]:
            self._results.pop(plan_id, None)
            self._listed.pop(plan_id, None)
        if other or not keep:
            # A logo or document may belong to any plan: all are made again.
            self._results.clear()
            self._listed.clear()
        self._news.plans |= set(changed)
        self._news.files |= other

    def _make(self, plan: PlanFile) -> Result:
        frame = self.look()
        try:
            raw = read_plan_file(plan.path)
            past = self._pasts.of([plan.source])
            made = make_room(
                Path(plan.path),
                raw,
                self.today,
                frame,
                versions=past.versions,
                folder=plan.folder,
                given=self._replies.given(plan, frame.settings),
            )
            return Result(made.files, [])
        except Exception as error:  # noqa: BLE001  # shown like any other
            return Result({}, as_problems(plan.path, error))


def _listed(plan: PlanFile) -> Listed:
    read, problems = _read(plan)
    if read is None:
        return Listed(plan.id, plan.path, problems=len(problems))
    return Listed(plan.id, plan.path, read.title, read.buyer.name, read.goal.outcome)


def _read(plan: PlanFile) -> tuple[Plan | None, list[Problem]]:
    try:
        raw = read_plan_file(plan.path)
        return read_plan(raw, plan.path, plan.folder), []
    except Exception as error:  # noqa: BLE001  # the list shows every plan
        return None, as_problems(plan.path, error)


def _tree(folder: Path) -> dict[str, Status]:
    """Return the status of every file below *folder* but what editors leave there."""
    found: dict[str, Status] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.startswith((".", "#")) or name.endswith(("~", ".tmp", ".swp")):
                continue
            path = os.path.join(place, name)
            try:
                seen = os.lstat(path)
            except OSError:
                continue  # saved by renaming: it is there in a moment
            found[os.path.relpath(path, folder)] = (
                seen.st_size,
                seen.st_mtime_ns,
                seen.st_ino,
            )
    return found
