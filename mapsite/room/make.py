"""From one plan's text to the files of its room, in memory; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePosixPath

from mapsite.plan.blocks import Blocks
from mapsite.plan.history import History, first_history, history_of
from mapsite.plan.model import Plan
from mapsite.plan.naming import plan_id
from mapsite.plan.nodes import Source
from mapsite.plan.past import NO_HISTORY, Version
from mapsite.plan.read import read_with_source
from mapsite.plan.record import last_entry
from mapsite.room import brand
from mapsite.room.ics import calendars
from mapsite.room.labels import labels
from mapsite.room.pages import all_slots
from mapsite.room.pictures import picture_size
from mapsite.room.preview import preview_title
from mapsite.room.project import project
from mapsite.room.shell import Frame
from mapsite.room.suggested import NOTHING_GIVEN, Given
from mapsite.room.suggesting import way_back
from mapsite.room.view import RoomView

_MOST_NAME = 60


@dataclass(frozen=True, slots=True)
class Room:
    """Hold the files of one room."""

    files: dict[str, bytes]
    """Contents by path inside the room; nothing else belongs to it."""
    inputs: tuple[Path, ...]
    """Files beside the plan that were read for it."""
    closed: bool
    """Whether the deal has ended, so that the room no longer depends on the day."""


def make_room(
    file: Path,
    raw: bytes,
    today: date,
    frame: Frame,
    name: str = "",
    versions: Sequence[Version] = (),
    folder: Path | None = None,
    given: Given = NOTHING_GIVEN,
) -> Room:
    """Make the room of the plan *raw*, the content of *file*, as it stands on *today*.

    *name* is what problems call the file; *versions* are those of the plan, oldest
    first. Logos and documents lie in *folder*, or else beside it. *given* is what the
    room is told for suggestions. Raises InvalidPlan.
    """
    folder = file.parent if folder is None else folder
    plan, source = read_with_source(raw, name or str(file), folder)
    travelling = {path: _content(folder / path) for path in _named_files(plan)}
    places = {path: _place(path, content) for path, content in travelling.items()}
    logos = {frame.logo: frame.files[frame.logo]} if frame.logo else {}
    logos |= {
        places[path]: travelling[path]
        for path in (plan.buyer.logo, plan.seller.logo)
        if path
    }
    sizes = {place: picture_size(content) for place, content in logos.items()}
    past = _past(versions, raw, plan, source)
    view = project(plan_id(file.name), plan, today, places, frame.logo, sizes, past)
    view = _with_way_back(view, frame, given)
    css = brand.stylesheet(
        {"buyer": plan.buyer.color, "seller": plan.seller.color}
    ).encode()
    css_place = _place("brand.css", css)
    preview = preview_title(frame.settings)
    pages = all_slots(view, frame.sections, css_place, preview)
    files = {name: frame.shells[name].fill(pages[name]).encode() for name in pages}
    files |= frame.files
    files |= {places[path]: content for path, content in travelling.items()}
    files[css_place] = css
    files |= calendars(view, labels(view.language))
    inputs = tuple(folder / path for path in travelling)
    return Room(files, inputs, view.closed and last_entry(plan) is not None)


def _with_way_back(view: RoomView, frame: Frame, given: Given) -> RoomView:
    """Return *view* with what the look and *given* say of suggestions."""
    salt, suggest = str(frame.settings.get("key_check") or ""), view.suggest
    if suggest is None:
        return replace(view, salt=salt)
    way = way_back(frame.settings)
    suggest = replace(
        suggest,
        way=way,
        endpoint=way.submits_to(given.token),
        edits=way.edits(given.source),
        suggested=given.suggested if way.answers else (),
    )
    return replace(view, salt=salt, suggest=suggest)


def _past(
    versions: Sequence[Version], raw: bytes, plan: Plan, source: Source
) -> History:
    """Tell the past of *plan*; most of what older versions say, *source* says too."""
    if not versions:
        return NO_HISTORY  # a room shows by itself what the plan records
    if len(versions) == 1 and versions[0].raw == raw:
        return first_history(versions[0], plan)
    blocks = Blocks()
    blocks.learn(source.text.encode(), source.data())
    return history_of(versions, plan, blocks)


def _named_files(plan: Plan) -> Iterator[str]:
    """Yield the files that the visible parts of *plan* name, each once."""
    logos = [plan.buyer.logo, plan.seller.logo]
    documents = [document.file for document in plan.documents if not document.hidden]
    yield from dict.fromkeys(path for path in logos + documents if path)


def _content(path: Path) -> bytes:
    return path.read_bytes()


def _place(path: str, content: bytes) -> str:
    """Return where a file lies in the room: its name with a hash of its content."""
    name = PurePosixPath(path)
    stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.stem.lower())
    digest = sha256(content).hexdigest()[:10]
    stem = stem.strip("-")[:_MOST_NAME] or "file"
    return f"assets/{stem}.{digest}{name.suffix.lower()}"
