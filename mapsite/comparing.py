"""Compare the rooms of a repository with those of one of its revisions.

Nothing is built. Of both sides only plans, logos and documents are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError, Problem
from mapsite.git.revision import Revision
from mapsite.plan.model import Plan
from mapsite.plan.naming import is_plan_id
from mapsite.plan.read import read_plan
from mapsite.repository import (
    CLOSED,
    PLANS,
    SETTINGS,
    PlanFile,
    closed_plans,
    find_plans,
    read_plan_file,
)
from mapsite.room.comparison import Difference, Seen, arrival, differences
from mapsite.room.faults import as_problems
from mapsite.room.project import project

_LOOK = (SETTINGS, "theme")
_GONE = "The plan is gone; `mapsite publish --clean` withdraws its room"


class Compared(NamedTuple):
    """Tell what becomes of one room."""

    plan: str
    state: str
    """changed, new, gone, same, or unknown where the plan has errors."""
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()


class Comparison(NamedTuple):
    """Tell what becomes of all rooms."""

    plans: tuple[Compared, ...]
    """Those whose files are not what they were, and all that were asked for."""
    look: tuple[str, ...]
    """Files of the look that changed, which may change every room."""
    problems: tuple[Problem, ...]
    """Files whose names make no plan."""


class _File(NamedTuple):
    """Hold one plan of either side."""

    name: str
    raw: bytes
    closed: bool
    folder: Path | None
    """Where its logos and documents are looked for, if at all."""


def compare_repository(
    root: Path, base: str, names: tuple[str, ...], today: date
) -> Comparison:
    """Compare the plans that *names* mean, or all, with *base*, a name for git."""
    revision = Revision(root, base)
    now, misnamed = _plans_now(root, names)
    sources = [file.source for file in now.values()]
    elsewhere = [path for path in sources if not path.startswith(f"{PLANS}/")]
    then = _plans_then(revision, elsewhere)
    sides = _Sides(revision.changed(PLANS, *elsewhere), today)
    rooms = []
    for plan_id in sorted(now if names else {*then, *now}):
        old, file = then.get(plan_id), now.get(plan_id)
        touched = bool(names) or sides.touched(old, file)
        room = sides.compare(plan_id, old, file) if touched or sides.files else None
        if room and (touched or room.state != "same"):
            rooms.append(room)
    look = sorted(revision.changed(*_LOOK))
    return Comparison(tuple(rooms), tuple(look), tuple(misnamed))


def _plans_then(revision: Revision, sources: Collection[str]) -> dict[str, _File]:
    """Return the plans of *revision*, and those that are now at *sources*, by id."""
    places = {}
    for path, blob in revision.files(PLANS, *sources).items():
        folder, _, name = path.rpartition("/")
        stem = name.removesuffix(".yaml")
        known = folder in {PLANS, CLOSED} or path in sources
        if known and stem != name and is_plan_id(stem):
            places[stem] = path, blob, folder == CLOSED
    texts = revision.texts(sorted({blob for _, blob, _ in places.values()}))
    return {
        stem: _File(path, texts[blob], closed, None)
        for stem, (path, blob, closed) in places.items()
        if blob in texts
    }


def _plans_now(
    root: Path, names: tuple[str, ...]
) -> tuple[dict[str, PlanFile], list[Problem]]:
    try:
        chosen, misnamed = find_plans(root, names)
    except MapsiteError:
        if names:
            raise
        chosen, misnamed = [], []  # the last plan may be what went
    if not names:
        chosen += closed_plans(root)
    return {plan.id: plan for plan in chosen}, misnamed


class _Sides:
    def __init__(self, changed: frozenset[str], today: date) -> None:
        self._changed, self._today = changed, today
        self.files = any(not path.endswith(".yaml") for path in changed)
        """Whether a logo or a document is not what it was."""

    def touched(self, old: _File | None, file: PlanFile | None) -> bool:
        """Tell whether the file of a plan is not what and where it was."""
        names = {old.name if old else None, file.source if file else None}
        return len(names) > 1 or not names.isdisjoint(self._changed)

    def compare(
        self, plan_id: str, old: _File | None, file: PlanFile | None
    ) -> Compared | None:
        """Return what becomes of one room; None where there is and was none."""
        try:
            after = self._now(file) if file else None
        except Exception as error:  # noqa: BLE001  # the other plans are told too
            path = file.path if file else ""
            problems = tuple(as_problems(path, error))
            return Compared(plan_id, "unknown", problems=problems)
        try:
            before = self._seen(plan_id, old, frozenset()) if old else None
        except MapsiteError:
            text = "Its version before had errors, so all of the room may change"
            return Compared(plan_id, "changed", (Difference("", text),))
        if before is None:
            return Compared(plan_id, "new", arrival(after)) if after else None
        if after is None:
            text = "The deal is closed, and the room goes" if file else _GONE
            return Compared(plan_id, "gone", (Difference("", text),))
        found = differences(before, after)
        return Compared(plan_id, "changed" if found else "same", found)

    def _now(self, file: PlanFile) -> Seen | None:
        raw = read_plan_file(file.path)
        side = _File(file.path, raw, file.closed, file.folder)
        return self._seen(file.id, side, self._changed)

    def _seen(self, plan_id: str, side: _File, changed: frozenset[str]) -> Seen | None:
        """Return what a buyer sees of a plan, or None where nobody can."""
        plan = read_plan(side.raw, side.name, side.folder)
        if side.closed and not any(
            link.live(self._today) for link in plan.links.values()
        ):
            return None
        # A file that is not what it was gets another place, as in a room.
        places = {
            path: f"{path}?{f'{PLANS}/{path}' in changed}" for path in _files(plan)
        }
        view = project(plan_id, plan, self._today, places)
        colors = plan.buyer.color, plan.seller.color
        # What is told of the past follows from what is told here.
        return Seen(replace(view, past=None, lately=()), colors, plan.links)


def _files(plan: Plan) -> Iterator[str]:
    """Yield the logos and documents that *plan* names."""
    for path in (plan.buyer.logo, plan.seller.logo):
        if path:
            yield path
    for document in plan.documents:
        if document.file:
            yield document.file
