"""Publish to a folder on a server with rsync over ssh, or to a local one.

The account there needs rsync 3.1 or newer and no shell: all of this also works where
its key may run `rrsync` alone. Each file is written under another name and renamed, so
a reader gets the old one or the new one, whole.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from mapsite.publish.target import TargetError, TargetSettings, Upload
from mapsite.publish.targets.paths import folders_of, sound
from mapsite.publish.targets.rsync_call import PARTLY, Rsync, names

_OPEN = ("--perms", "--chmod=D755,F644")
"""Readable for the web server, whatever the umask there."""
_CLAIM = "mapsite-claim:"
_LONGEST_CLAIM = 2048
_LEFT = re.compile(r"(^|/)\.([^/]+)\.[A-Za-z0-9]{6}$")
"""How rsync calls a file until it has all of it."""


class RsyncTarget:
    """Take files for one folder, with one call of rsync for each list of them."""

    whole_site = False
    waits = False

    def __init__(self, settings: TargetSettings) -> None:
        """Take *settings*; raise TargetError where they name no place for rsync."""
        self.settings = settings
        self._rsync = Rsync(settings)
        self._opened: set[str] = set()

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the content of those of *keys* that are there."""
        wanted = sound(keys)
        if not wanted:
            return {}
        with _folder() as here:
            self._rsync.check(self._rsync.take((), wanted, here), reading=True)
            found = ((key, _content(here, key)) for key in wanted)
            return {key: raw for key, raw in found if raw is not None}

    def rooms(self) -> set[str] | None:
        """Return the names of the folders in ``t/``."""
        found = (path.split("/") for path in self._look(["t/"]) if path.endswith("/"))
        return {parts[1] for parts in found if parts[1]}

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write *uploads*; what is there already with the same content stays as it is.

        Contents are compared, never times or sizes.
        """
        keys = sound(upload.key for upload in uploads)
        if not keys:
            return
        folders = folders_of(keys)
        ours = sorted(folder for folder in folders if "/" in folder)
        with _folder() as here:
            for folder in folders:
                (here / folder).mkdir(parents=True, exist_ok=True)
            for upload in uploads:
                (here / upload.key).write_bytes(upload.data)
            ran = self._rsync.bring(("--checksum", *_OPEN), [*ours, *keys], here)
        self._rsync.check(ran)
        if names(ran, "cd"):
            self._open(folders - set(ours))
        done(len(keys))

    def remove(self, keys: Sequence[str]) -> None:
        """Remove *keys*, and folders that this leaves empty; missing ones are fine.

        So goes what a transfer of one of them left that was killed on the server.
        """
        wanted = set(sound(keys))
        folders = {os.path.dirname(key) for key in wanted} - {""}
        there = self._look([*sorted(wanted), *(f"{name}/" for name in folders)])
        left = {path for path in there if _LEFT.sub(r"\1\2", path) in wanted}
        while left:
            now = left - folders_of(left)
            # A folder that is not empty stays: nothing here goes into one.
            emptied = map(os.path.dirname, self._delete(sorted(now)))
            left = (left - now) | {folder for folder in emptied if folder}

    def claim(self, key: str, data: bytes) -> bool:
        """Write *key* unless it is there already, and tell whether it was written.

        With a file rsync looks first and renames later, so two could win. A symbolic
        link is made in one step that fails where the name is taken; so *data* is the
        text of a link, which leads nowhere, and `read` takes it from there.
        """
        (key,) = sound([key])
        text = _CLAIM + base64.urlsafe_b64encode(data).decode()
        if len(text) > _LONGEST_CLAIM:
            raise TargetError("refused a claim that is too long for a symbolic link")
        with _folder() as here:
            (here / key).parent.mkdir(parents=True, exist_ok=True)
            (here / key).symlink_to(text)
            ran = self._rsync.bring(("--links", "--ignore-existing"), [key], here)
        if ran.code == PARTLY and self._look([key]):
            return False  # somebody made it between the look and the step
        self._rsync.check(ran)
        return bool(names(ran, "cL"))

    def deliver(self) -> None:
        """Do nothing: all is visible once it is written."""

    def remains(self) -> tuple[str, ...]:
        """Return nothing: a server's folder keeps no older versions by itself."""
        return ()

    def close(self) -> None:
        """Do nothing: each call has a connection of its own."""

    def _look(self, paths: Sequence[str]) -> list[str]:
        """Return what is there of *paths*; of ``folder/`` also all that lies in it."""
        if not paths:
            return []
        with _folder() as here:
            ran = self._rsync.take(("--dry-run",), paths, here)
        self._rsync.check(ran, reading=True)
        return names(ran)

    def _delete(self, paths: Sequence[str]) -> list[str]:
        """Delete *paths*, files or empty folders, and return which of them went."""
        with _folder() as here:
            for folder in folders_of(paths):
                (here / folder).mkdir(parents=True, exist_ok=True)
            ran = self._rsync.clear(paths, here)
        self._rsync.check(ran)
        return [path.rstrip("/") for path in names(ran, "*deleting")]

    def _open(self, folders: set[str]) -> None:
        """Let everybody into *folders* that many rooms share, once."""
        new = sorted(folders - self._opened)
        if new:
            with _folder() as here:
                for folder in new:
                    (here / folder).mkdir()
                ran = self._rsync.bring(("--ignore-existing", *_OPEN), new, here)
            self._rsync.check(ran)
            self._opened |= folders


def _content(here: Path, key: str) -> bytes | None:
    """Return what lies at *key*; a link that is no claim counts as not there."""
    path = here / key
    if os.path.realpath(path.parent) != str(path.parent):
        return None  # never out of our own folder, whatever the server sent
    if not path.is_symlink():
        return path.read_bytes() if path.is_file() else None
    text = os.readlink(path)
    try:
        claim = text.removeprefix(_CLAIM)
        return None if claim == text else base64.b64decode(claim, b"-_", validate=True)
    except ValueError:
        return None


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder that only we can look into, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="mapsite-") as name:
        yield Path(os.path.realpath(name))
