"""Make the archive of a closing: of the plan as it was while the deal was open."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from mapsite.plan.edit import Edits, edited
from mapsite.plan.history import history_of
from mapsite.plan.model import Plan
from mapsite.plan.nodes import LINKS
from mapsite.plan.past import Version
from mapsite.plan.read import read_plan
from mapsite.publish.archive import Deal, archives_of, keep, pack
from mapsite.publish.archive_reading import plan_in
from mapsite.publish.retelling import retell
from mapsite.repository import MEMORY, PlanFile, read_plan_file
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room
from mapsite.room.pasts import Pasts
from mapsite.room.suggested import Replies

OPEN = "open"


class Reading(NamedTuple):
    """Hold the plan of a deal as it was read."""

    root: Path
    file: PlanFile
    raw: bytes
    plan: Plan


def read(root: Path, file: PlanFile) -> Reading:
    """Read a plan and look for its files; raise InvalidPlan for one with errors."""
    raw = read_plan_file(file.path)
    return Reading(root, file, raw, read_plan(raw, file.path, file.folder))


def is_closed(plan: Plan) -> bool:
    """Tell whether the deal of *plan* has ended."""
    return plan.status != OPEN


def opened(reading: Reading) -> bytes:
    """Return the plan's text without how the deal ended."""
    edits: Edits = {("status",): None, ("closed",): None}
    return edited(reading.raw, edits, reading.file.path)


def archived(
    reading: Reading, deal: Deal, text: bytes, today: date, replies: Replies
) -> Path:
    """Return the archive of a closing, which may be there from an earlier run.

    *text* is the plan as it says how the deal ended; *replies* know what was suggested.
    """
    root, file = reading.root, reading.file
    plain = _without_links(text, reading)
    if is_closed(reading.plan):
        for path in archives_of(root, deal):
            kept = plan_in(path)
            # What was written into a closed plan later is no other closing.
            if kept == plain or (file.closed and kept is not None):
                return path
    raw = opened(reading)
    plan = read_plan(raw, file.path, file.folder)
    versions = _versions(reading, raw, today)
    frame = load_frame(root, root / MEMORY)
    room = make_room(
        *(Path(file.path), raw, today, frame),
        versions=versions,
        folder=file.folder,
        # What lets suggestions in is of no use any more.
        given=replies.given(file, frame.settings)._replace(token="", source=""),
    )
    history = retell(file.id, history_of(versions, plan), versions)
    return keep(root, deal, pack(deal, room.files, plain, history))


def _versions(reading: Reading, raw: bytes, today: date) -> tuple[Version, ...]:
    """Return the plan's versions, of which *raw* is the newest."""
    source = reading.file.source
    past = Pasts(reading.root, (source,), today).of([source])
    versions = tuple(version for version in past.versions if version.commit)
    if not versions or _lines(versions[-1].raw) == _lines(raw):
        return versions
    return (*versions, Version("", today, "", "", "", raw))


def _lines(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


def _without_links(text: bytes, reading: Reading) -> bytes:
    """Return the plan's text without anything that an address was made of."""
    text = edited(text, {(LINKS,): None}, reading.file.path)
    for link in reading.plan.links.values():
        for nonce in filter(None, (link.nonce, *link.former)):
            # Somebody may have noted it in a comment.
            text = text.replace(nonce.encode(), b"removed")
    return text
