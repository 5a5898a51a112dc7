"""Keep files on a server that speaks SFTP, by paramiko.

A file is written under another name and renamed over the old one, so readers see it
whole. A file that must not be there yet is renamed without "over", which OpenSSH does
by a hard link: of two at once one fails. Content types and caching are for the web
server to tell.

Paramiko is used itself: fsspec's SFTP trusts whatever key a server shows at first, and
its one channel must not be used by several threads.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import Any

import paramiko  # type: ignore[import-untyped]  # without types of its own

from mapsite.publish.target import Upload
from mapsite.publish.targets.leftovers import only_parts, part_of
from mapsite.publish.targets.places import Place

AT_ONCE = 8
"""Channels of one connection; servers allow ten."""
PASSWORD = "MAPSITE_SFTP_PASSWORD"  # noqa: S105  # the name of where it is
_CONNECT, _ANSWER = 10, 30
_ASKED = ("hostname", "user", "port", "identityfile")


class SftpStore:
    """Do with files what SFTP can."""

    at_once = AT_ONCE

    def __init__(self, place: Place, options: Mapping[str, object]) -> None:
        """Connect with the agent's or ~/.ssh's key, to a server that is known."""
        self._root = f"/{place.root}"
        self._login = _login(place, options)
        self._known = options.get("known_hosts") or "~/.ssh/known_hosts"
        self._lock = Lock()
        self._connect()

    def read(self, key: str) -> bytes:
        """Return a file's content."""
        with self._channel() as sftp, sftp.open(self._path(key), "rb") as file:
            content: bytes = file.read()
        return content

    def write(self, upload: Upload) -> None:
        """Write a file under another name, and rename it over the old one."""
        with self._channel() as sftp:
            self._bring(sftp, upload.key, upload.data, sftp.posix_rename)

    def create(self, key: str, data: bytes) -> bool:
        """Write a file unless it is there, and tell whether it was written."""
        with self._channel() as sftp:
            if _there(sftp, self._path(key)):
                return False
            try:
                self._bring(sftp, key, data, sftp.rename)
            except OSError:
                # SFTP has one word for all failures.
                if _there(sftp, self._path(key)):
                    return False
                raise
        return True

    def remove(self, key: str) -> None:
        """Remove a file."""
        with self._channel() as sftp:
            sftp.remove(self._path(key))

    def tidy(self, folders: Sequence[str]) -> None:
        """Remove those of *folders* that are empty, or hold but leftovers of ours."""
        with self._channel() as sftp:
            for folder in map(self._path, folders):
                try:
                    names = sftp.listdir(folder)
                except FileNotFoundError:
                    continue
                if only_parts(names):
                    for name in names:
                        sftp.remove(f"{folder}/{name}")
                    # Somebody else may have put a file there meanwhile.
                    with contextlib.suppress(OSError):
                        sftp.rmdir(folder)

    def folders(self, folder: str) -> set[str]:
        """Return the names of the folders in *folder*, which need not be there."""
        with self._channel() as sftp:
            try:
                found = sftp.listdir_attr(self._path(folder))
            except FileNotFoundError:
                return set()
        return {entry.filename for entry in found if stat.S_ISDIR(entry.st_mode or 0)}

    def remains(self) -> tuple[str, ...]:
        """Say nothing: a file system keeps no versions that readers could see."""
        return ()

    def close(self) -> None:
        """Close the connection with all its channels."""
        self._client.close()

    def _connect(self) -> None:
        self._idle: LifoQueue[paramiko.SFTPClient] = LifoQueue()
        self._client = paramiko.SSHClient()
        with contextlib.suppress(FileNotFoundError):
            self._client.load_host_keys(str(Path(str(self._known)).expanduser()))
        self._client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            self._client.connect(**self._login)
        except BaseException:
            self._client.close()
            raise
        # Small packets at once: else each waits 40 ms for the last one's receipt.
        with contextlib.suppress(OSError, AttributeError):
            line = self._client.get_transport().sock
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _alive(self) -> bool:
        transport = self._client.get_transport()
        return transport is not None and bool(transport.is_active())

    def _bring(
        self,
        sftp: paramiko.SFTPClient,
        key: str,
        data: bytes,
        rename: Callable[[str, str], None],
    ) -> None:
        path = self._path(key)
        part = part_of(path)
        try:
            with _opened(sftp, part) as file:
                file.set_pipelined(True)
                file.write(data)
            rename(part, path)
        except BaseException:
            with contextlib.suppress(Exception):
                sftp.remove(part)
            raise

    @contextlib.contextmanager
    def _channel(self) -> Iterator[paramiko.SFTPClient]:
        """Lend one channel; one that failed on the way is not lent again."""
        with self._lock:
            if not self._alive():
                self._client.close()
                self._connect()
        idle = self._idle
        try:
            sftp = idle.get_nowait()
        except Empty:
            sftp = self._client.open_sftp()
            sftp.get_channel().settimeout(_ANSWER)
        try:
            yield sftp
        except FileNotFoundError:
            idle.put(sftp)
            raise
        except Exception as error:
            sftp.close()
            # Of a connection that broke paramiko says but "Socket is closed".
            if not self._alive():
                raise ConnectionError from error
            raise
        idle.put(sftp)

    def _path(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{key}"


def _login(place: Place, options: Mapping[str, object]) -> dict[str, Any]:
    """Return what paramiko needs to connect; ~/.ssh/config may know the server."""
    known: dict[str, Any] = {}
    with contextlib.suppress(OSError, paramiko.ConfigParseError):
        config = paramiko.SSHConfig.from_path(str(Path("~/.ssh/config").expanduser()))
        found = config.lookup(place.host)
        known = {name: found[name] for name in _ASKED if name in found}
    given = {name: value for name, value in options.items() if name != "known_hosts"}
    return {
        "hostname": known.get("hostname", place.host),
        "port": place.port or int(known.get("port", 22)),
        "username": place.user or known.get("user"),
        "key_filename": known.get("identityfile"),
        "password": os.environ.get(PASSWORD),
        **dict.fromkeys(("timeout", "banner_timeout", "auth_timeout"), _CONNECT),
        **given,
    }


def _opened(sftp: paramiko.SFTPClient, path: str) -> paramiko.SFTPFile:
    """Open a new file, and make its folder where it has none."""
    try:
        return sftp.open(path, "wx")
    except FileNotFoundError:
        _make_folder(sftp, path.rpartition("/")[0])
        return sftp.open(path, "wx")


def _make_folder(sftp: paramiko.SFTPClient, folder: str) -> None:
    """Make *folder* and those above it, unless another thread is quicker."""
    above = folder.rpartition("/")[0]
    if above and not _there(sftp, above):
        _make_folder(sftp, above)
    try:
        sftp.mkdir(folder)
    except OSError:
        # SFTP has one word for all failures.
        if not _there(sftp, folder):
            raise


def _there(sftp: paramiko.SFTPClient, path: str) -> bool:
    try:
        sftp.stat(path)
    except FileNotFoundError:
        return False
    return True
