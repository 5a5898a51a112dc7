"""Build the rooms of plans that changed, and leave the others alone.

Nothing heavier than the standard library is imported before a plan has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from mapsite.errors import MapsiteError, Problem
from mapsite.repository import MEMORY, PlanFile, closed_plans, refuse_output
from mapsite.room.ahead import Ahead
from mapsite.room.fingerprint import code_fingerprint, shortest
from mapsite.room.look import look_fingerprint
from mapsite.room.manifest import Made, Manifest
from mapsite.room.pasts import Pasts

if TYPE_CHECKING:
    from mapsite.room.suggested import Replies

State = Literal["built", "unchanged", "failed", "left", "removed"]


class Outcome(NamedTuple):
    """Tell what became of one room."""

    plan: PlanFile
    state: State
    problems: tuple[Problem, ...] = ()


class Order(NamedTuple):
    """Say what is to be built, and where."""

    root: Path
    plans: list[PlanFile]
    out: Path
    today: date
    jobs: int | None = None
    """Processes; None takes every processor that there is."""
    clean: bool = False
    """Build unchanged rooms too, and remove those whose plans are gone."""
    everything: bool = True
    """Whether `plans` are all plans of the repository."""
    replies: Replies | None = None
    """Know what rooms are told for suggestions; None for nothing."""


def build(
    order: Order, starting: Callable[[int], None] = lambda _: None
) -> Iterator[Outcome]:
    """Build what *order* asks for and yield the outcome of each room as it is known.

    *starting* is told the number of rooms that must be made before the first of them.
    Raises MapsiteError when nothing can be built at all.
    """
    refuse_output(order.root, order.out)
    with alone(order.root):
        manifest = Manifest(_manifest_file(order.root, order.out), order.root)
        pasts = Pasts(order.root, [plan.source for plan in order.plans], order.today)
        try:
            changed = []
            out = shortest(order.out)
            with contextlib.closing(_ahead(order, manifest, out)) as ahead:
                made = _made(order)
                for task, plan in enumerate(order.plans):
                    if (
                        not order.clean
                        and manifest.is_current(
                            *(plan.id, plan.source, made, out),
                            untouched=ahead.knows(task),
                        )
                        and manifest.has_past(plan.id, pasts)
                        and _has_replies(order, manifest, plan)
                    ):
                        yield Outcome(plan, "unchanged")
                    else:
                        changed.append(plan)
            if changed:
                with _frame_beside(order, made.look):
                    from mapsite.room.making import make_rooms  # noqa: PLC0415  # heavy

                starting(len(changed))
                made_now = make_rooms(order, changed, manifest, made, pasts)
                with contextlib.closing(made_now) as outcomes:
                    yield from outcomes
            if order.everything:
                yield from _vanished(order, manifest)
        finally:
            manifest.save()


def _made(order: Order) -> Made:
    return Made(
        look_fingerprint(order.root), order.today.isoformat(), code_fingerprint()
    )


def _ahead(order: Order, manifest: Manifest, out: str) -> Ahead:
    """Look at files of rooms in a second process; there are none where all is made."""
    plans = order.plans
    return Ahead(
        0 if order.clean else len(plans),
        lambda task: manifest.is_untouched(plans[task].id, plans[task].source, out),
    )


def _has_replies(order: Order, manifest: Manifest, plan: PlanFile) -> bool:
    """Tell whether the room of *plan* was told what it would be told now."""
    stamp = order.replies.stamp if order.replies else ""
    if manifest.rooms[plan.id]["replies"] == stamp:
        return True
    if order.replies is None:
        return not manifest.rooms[plan.id]["given"]
    from mapsite.room.frame import load_frame  # noqa: PLC0415  # rarely needed here

    settings = load_frame(order.root, order.root / MEMORY).settings
    given = order.replies.given(plan, settings).fingerprint
    return manifest.has_replies(plan.id, stamp, given)


def written_rooms(root: Path, out: Path) -> dict[str, dict[str, tuple[str, int]]]:
    """Return the rooms that builds wrote to *out*: each file's SHA-256 and size."""
    manifest = Manifest(_manifest_file(root, out), root)
    return {
        plan_id: {
            name: (digest, size)
            for files in (manifest.looks.get(entry["look"], {}), entry["files"])
            for name, (size, digest) in files.items()
        }
        for plan_id, entry in manifest.rooms.items()
    }


@contextlib.contextmanager
def _frame_beside(order: Order, look: str) -> Iterator[None]:
    """Make the frame of a new *look* in another process while the block runs.

    MkDocs takes as long as what rooms are made with takes to import.
    """
    from mapsite.room.shell import kept_frame  # noqa: PLC0415  # not when all is made
    from mapsite.room.workers import beside, default_jobs  # noqa: PLC0415  # same

    memory = order.root / MEMORY
    one = order.jobs == 1 or default_jobs() == 1 or not hasattr(os, "fork")
    if one or kept_frame(memory, look).exists():
        yield
        return

    def make() -> None:
        from mapsite.room.frame import load_frame  # noqa: PLC0415  # same

        load_frame(order.root, memory)

    with beside(make):
        yield


def _vanished(order: Order, manifest: Manifest) -> Iterator[Outcome]:
    """Report the rooms whose plans are gone, or remove them when cleaning."""
    closed = {plan.id: plan.source for plan in closed_plans(order.root)}
    for plan_id in sorted(manifest.rooms.keys() - {plan.id for plan in order.plans}):
        source = manifest.rooms[plan_id]["source"]
        if os.path.lexists(order.root / source):
            continue
        source = closed.get(plan_id, source)
        plan = PlanFile(plan_id, source, source)
        if order.clean:
            from mapsite.room.output import remove_room  # noqa: PLC0415  # rare

            remove_room(order.out, plan_id)
        if order.clean or not os.path.lexists(order.out / plan_id):
            manifest.forget(plan_id)
        if order.clean or plan_id in manifest.rooms:
            yield Outcome(plan, "removed" if order.clean else "left")


def _manifest_file(root: Path, out: Path) -> Path:
    """Return where the rooms of *out* are recorded."""
    place = os.path.relpath(out, root).encode()
    return root / MEMORY / f"rooms-{hashlib.sha256(place).hexdigest()[:12]}.json"


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep a second build of the same repository from working at the same time."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows
    except ImportError:
        yield
        return
    memory = root / MEMORY
    if not os.path.exists(memory / ".gitignore"):
        memory.mkdir(exist_ok=True)
        (memory / ".gitignore").write_text("*\n", "ascii")
    with (memory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MapsiteError(
                "another mapsite build is running in this repository"
            ) from None
        yield
