"""Publish to a folder of this computer; a demo needs nothing else."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from mapsite.errors import MapsiteError
from mapsite.publish.target import TargetError, TargetSettings, Upload
from mapsite.publish.targets.leftovers import only_parts, part_of
from mapsite.publish.targets.paths import folders_of, sound
from mapsite.repository import refuse_output

_MISSING = (FileNotFoundError, NotADirectoryError)
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}
"""What file systems say that know no hard links."""

T = TypeVar("T")


class FolderTarget:
    """Publish to a folder: files appear whole, and links in it are not followed."""

    whole_site = False
    waits = False

    def __init__(self, settings: TargetSettings) -> None:
        """Take the folder; raise TargetError where it is no place of its own."""
        self.settings = settings
        self._shown = settings.place
        self._root = _own_folder(settings)

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the content of those of *keys* that are there."""
        found = {}
        for key in sound(keys):
            content = self._told("read", partial(self._content, key))
            if content is not None:
                found[key] = content
        return found

    def rooms(self) -> set[str] | None:
        """Return the names of the folders in ``t/``."""
        return self._told("read", lambda: _folders(self._path("t/x")[0]))

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write *uploads* beside what they replace, and rename them over it."""
        sound(upload.key for upload in uploads)
        for key, data, *_ in uploads:
            self._told("write", partial(self._bring, key, data, os.replace))
            done(1)

    def remove(self, keys: Sequence[str]) -> None:
        """Remove *keys* and the folders that this leaves empty, never the root."""
        unwanted = sound(keys)
        for key in unwanted:
            self._told("remove", partial(self._drop, key))
        for folder in sorted(folders_of(unwanted), key=lambda f: (-f.count("/"), f)):
            self._told("remove", partial(self._tidy, folder))

    def claim(self, key: str, data: bytes) -> bool:
        """Write *key* unless it is there already, and tell whether it was written."""
        sound([key])
        return self._told("write", lambda: self._claim(key, data))

    def deliver(self) -> None:
        """Do nothing: all is there already."""

    def remains(self) -> tuple[str, ...]:
        """Say nothing: what is removed is gone."""
        return ()

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _content(self, key: str) -> bytes | None:
        # O_NONBLOCK: opening a named pipe would wait for its writer for ever.
        flags = (
            os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
        )
        try:
            path = os.path.join(*self._path(key))
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise TargetError(
                    f"{self._shown} holds a link or a folder where a file belongs"
                )
            with open(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
                return file.read()
        except _MISSING:
            return None

    def _bring(self, key: str, data: bytes, rename: Callable[[str, str], None]) -> None:
        folder, name = self._path(key)
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, part_of(name))
        try:
            with open(part, "xb") as file:
                file.write(data)
            rename(part, os.path.join(folder, name))
        finally:
            # Gone already where it was renamed.
            with contextlib.suppress(OSError):
                os.unlink(part)

    def _claim(self, key: str, data: bytes) -> bool:
        try:
            self._bring(key, data, os.link)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return self._create(key, data)
        return True

    def _create(self, key: str, data: bytes) -> bool:
        """Do without hard links: readers may see the file empty for a moment."""
        try:
            with open(os.path.join(*self._path(key)), "xb") as file:
                file.write(data)
        except FileExistsError:
            return False
        return True

    def _drop(self, key: str) -> None:
        with contextlib.suppress(*_MISSING):
            os.unlink(os.path.join(*self._path(key)))

    def _tidy(self, folder: str) -> None:
        path = os.path.join(*self._path(folder))
        try:
            names = os.listdir(path)
        except _MISSING:
            return
        if only_parts(names):
            for name in names:
                os.unlink(os.path.join(path, name))
            # Somebody else may have put a file there meanwhile.
            with contextlib.suppress(OSError):
                os.rmdir(path)

    def _path(self, key: str) -> tuple[str, str]:
        """Return the folder and the name of a file; raise TargetError for a link."""
        folder = self._root
        *parents, name = key.split("/")
        for parent in parents:
            folder = os.path.join(folder, parent)
            if os.path.islink(folder):
                raise TargetError(
                    f"{self._shown} holds a link where a room's folder belongs; a"
                    " publish does not follow it, and does not remove it either"
                )
        return folder, name

    def _told(self, doing: str, action: Callable[[], T]) -> T:
        """Return what *action* does; raise TargetError without a file's name."""
        try:
            return action()
        except OSError as error:
            fault = TargetError(f"cannot {doing} in {self._shown}: {error.strerror}")
        # Out here the system's error, which names the file, is not this one's context.
        raise fault


def _own_folder(settings: TargetSettings) -> str:
    """Return the folder at its full path; links that lead to it are followed."""
    folder = settings.root / Path(settings.place).expanduser()
    fault = None
    if folder.exists() and not folder.is_dir():
        fault = f"{settings.place} is a file"
    else:
        try:
            refuse_output(settings.root, folder)
        except MapsiteError as error:
            fault = str(error).replace(str(folder), settings.place)
    if fault:
        raise TargetError(f"target {settings.name}: {fault}")
    return str(folder.resolve())


def _folders(folder: str) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {e.name for e in entries if e.is_dir(follow_symlinks=False)}
    except _MISSING:
        return set()
