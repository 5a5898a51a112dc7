"""Make the rooms of changed plans and put them on the disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Generator
from pathlib import Path

from mapsite.errors import MapsiteError, Problem
from mapsite.repository import MEMORY, PlanFile, read_plan_file
from mapsite.room import make
from mapsite.room.build import Order, Outcome
from mapsite.room.faults import as_problems, refusal, whole_file
from mapsite.room.fingerprint import sizes, stamps
from mapsite.room.frame import Frame, load_frame
from mapsite.room.manifest import Entry, Made, Manifest
from mapsite.room.output import clear_stage, prepare_stage, write_room
from mapsite.room.pasts import Past, Pasts
from mapsite.room.suggested import NO_REPLIES, Given
from mapsite.room.workers import default_jobs, share

FORK_ABOVE = 60
"""Fewer rooms than this are made sooner than workers have started."""


def make_rooms(
    order: Order,
    changed: list[PlanFile],
    manifest: Manifest,
    made: Made,
    pasts: Pasts,
) -> Generator[Outcome]:
    """Make the rooms of *changed*, in several processes when there are many.

    Raises MapsiteError where no room can be written.
    """
    frame = load_frame(order.root, order.root / MEMORY)
    manifest.looks[made.look] = sizes(frame.files)
    try:
        prepare_stage(order.out)
    except OSError as error:
        raise MapsiteError(f"{order.out}: {refusal(error)}") from None

    replies = order.replies or NO_REPLIES
    stamp = replies.stamp
    given = [replies.given(plan, frame.settings) for plan in changed]
    jobs = _processes(order, len(changed))
    sources = [plan.source for plan in changed]

    def work(task: int) -> object:
        plan = changed[task]
        ours = plan.id in manifest.rooms
        try:
            past = pasts.of(sources[task::jobs])
            entry = _build_room(order, plan, frame, made, past, given[task], ours=ours)
            return entry | {"replies": stamp}
        except Exception as error:  # noqa: BLE001  # one plan must not stop the others
            return [problem.as_dict() for problem in as_problems(plan.path, error)]

    try:
        with contextlib.closing(_results(len(changed), work, jobs)) as results:
            for task, result in results:
                yield _record(changed[task], result, manifest)
    finally:
        clear_stage(order.out)


def _processes(order: Order, count: int) -> int:
    """Return how many processes make *count* rooms."""
    if count <= FORK_ABOVE or not hasattr(os, "fork"):
        return 1
    return default_jobs() if order.jobs is None else order.jobs


def _results(
    count: int, work: Callable[[int], object], jobs: int
) -> Generator[tuple[int, object]]:
    """Do the tasks here, or share them among *jobs* processes in turn."""
    if jobs == 1:
        yield from ((task, work(task)) for task in range(count))
        return
    # The first room brings what all others need, so that the workers share it.
    yield 0, work(0)
    with contextlib.closing(share(count - 1, lambda n: work(n + 1), jobs)) as results:
        for task, result in results:
            yield task + 1, result


def _build_room(
    order: Order,
    plan: PlanFile,
    frame: Frame,
    made: Made,
    past: Past,
    given: Given,
    *,
    ours: bool,
) -> Entry:
    """Make one room, write it, and return its record."""
    raw = read_plan_file(plan.path)
    room = make.make_room(
        Path(plan.path),
        raw,
        order.today,
        frame,
        versions=past.versions,
        folder=plan.folder,
        given=given,
    )
    inputs = stamps(order.root, [plan.path, *map(str, room.inputs)])
    if inputs[plan.source][0] != hashlib.sha256(raw).hexdigest():
        inputs = {}  # saved while it was built: the next build makes it again
    write_room(order.out, plan.id, room.files, ours=ours)
    own = {
        name: data
        for name, data in room.files.items()
        if frame.files.get(name) is not data
    }
    return Entry(
        source=plan.source,
        made=made.by,
        head=past.head,
        past=past.fingerprint,
        replies="",
        given=given.fingerprint,
        today="" if room.closed else made.today,
        inputs=inputs,
        look=made.look,
        files=sizes(own),
        written=time.time_ns(),
    )


def _record(plan: PlanFile, result: object, manifest: Manifest) -> Outcome:
    """Remember what a worker reported."""
    if isinstance(result, dict):
        manifest.remember(plan.id, result)  # type: ignore[arg-type]  # an Entry, maybe through JSON
        return Outcome(plan, "built")
    manifest.distrust(plan.id)
    if isinstance(result, list):
        return Outcome(plan, "failed", tuple(Problem(**fields) for fields in result))
    lost = whole_file(
        plan.path, "worker", "the process that built it stopped; build it again"
    )
    return Outcome(plan, "failed", (lost,))
