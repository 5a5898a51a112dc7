"""Put rooms on the disk: each whole or not at all, and nothing undeclared."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mapsite.errors import MapsiteError

STAGE = ".mapsite-building"
"""The folder in the output folder where new files wait until their room is complete."""

_PAGE = "index.html"
_ROOM_MARKS = (_PAGE, "plan.ics", "assets")


def write_room(
    out: Path, plan_id: str, files: Mapping[str, bytes], *, ours: bool
) -> None:
    """Make ``out/plan_id`` hold exactly *files*, writing only what differs.

    Raises MapsiteError when something lies there that mapsite did not make; *ours*
    says that the last build made it. An OSError leaves the room as it was.
    """
    room, stage = out / plan_id, out / STAGE / plan_id
    if os.path.lexists(room) and not (ours or _looks_like_a_room(room)):
        raise MapsiteError(
            f"{room} is no room that mapsite made; move it away, or take another --out"
        )
    if room.is_symlink() or (room.exists() and not room.is_dir()):
        raise MapsiteError(f"{room} is a link or a file; move it away")
    try:
        if room.is_dir():
            _replace(room, stage, files)
        else:
            _write(stage, files)
            stage.rename(room)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def remove_room(out: Path, plan_id: str) -> None:
    """Remove the room of a plan that is gone."""
    room = out / plan_id
    if room.is_symlink():
        room.unlink()
    elif room.is_dir():
        shutil.rmtree(room)


def prepare_stage(out: Path) -> None:
    """Make the output folder with an empty place for what waits in it."""
    clear_stage(out)
    (out / STAGE).mkdir(parents=True)


def clear_stage(out: Path) -> None:
    """Remove what an interrupted build may have left waiting."""
    shutil.rmtree(out / STAGE, ignore_errors=True)


def _looks_like_a_room(folder: Path) -> bool:
    """Recognise a room whose record was lost, or an empty folder."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    names = set(os.listdir(folder))
    return not names or names.issuperset(_ROOM_MARKS)


def _replace(room: Path, stage: Path, files: Mapping[str, bytes]) -> None:
    """Bring a room up to *files*; all bytes are on the disk before one is moved."""
    foreign = list(_foreign(room, files))
    gone = set(foreign)
    fresh = {
        name: data
        for name, data in files.items()
        if not gone.isdisjoint([room / name, *(room / name).parents])
        or _differs(room / name, data)
    }
    if not fresh and not foreign:
        return
    _write(stage, fresh)
    # The page goes last: until then the old one stands, and all that it refers to.
    order = sorted(
        fresh, key=lambda name: (name.endswith(".html"), name == _PAGE, name)
    )
    obstacles = [path for path in foreign if _in_the_way(room, path, files)]
    with _uninterrupted():
        _remove(obstacles)
        for name in order:
            (room / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).replace(room / name)
        _remove(gone.difference(obstacles))


def _foreign(room: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Find what does not belong to a room: other files, links, empty folders."""
    wanted = {str(parent) for name in files for parent in (room / name).parents}
    for folder, folders, names in os.walk(room):
        for name in list(folders):
            path = os.path.join(folder, name)
            if os.path.islink(path) or path not in wanted:
                folders.remove(name)
                yield Path(path)
        for name in names:
            path = os.path.join(folder, name)
            declared = os.path.relpath(path, room).replace(os.sep, "/") in files
            if not declared or os.path.islink(path) or not os.path.isfile(path):
                yield Path(path)


def _in_the_way(room: Path, path: Path, files: Mapping[str, bytes]) -> bool:
    """Tell whether *path* is a folder where a file belongs, or the other way round."""
    name = path.relative_to(room).as_posix()
    return name in files or any(other.startswith(f"{name}/") for other in files)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _differs(path: Path, data: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size != len(data) or file.read() != data
    except OSError:
        return True


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    made = set()
    for name, data in files.items():
        path = f"{folder}/{name}"
        parent = path.rpartition("/")[0]
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        with open(path, "wb") as file:
            file.write(data)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C and a polite kill until the block is done."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
