"""Publish to a store that lies elsewhere: S3, Azure, GCS, SFTP or WebDAV.

Buckets are reached through fsspec and its backends. What differs from one kind of store
to the next is in `buckets`, `sftp` and `webdav`; all that they share is here: lazy
connecting, sixteen files at a time, and errors without a file's name.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import Protocol, TypeVar

from mapsite.publish.target import TargetError, TargetSettings, Upload
from mapsite.publish.targets.faults import guarded, is_missing
from mapsite.publish.targets.paths import folders_of, sound
from mapsite.publish.targets.places import Place, fault_of_options, read_place

__all__ = ["Store", "StoreTarget", "fault_of_options"]

_TALKATIVE = (
    *("aiobotocore", "aiohttp", "asyncio", "azure", "botocore", "fsspec", "gcsfs"),
    *("google", "httpcore", "httpx", "paramiko", "s3fs", "urllib3", "webdav4", "adlfs"),
)
"""Libraries whose logs name files, and so links."""

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741  # an item


class Store(Protocol):
    """Do with one file what one kind of store can; keys as in `Target`.

    May raise anything: `StoreTarget` says it in our words. Used by several threads.
    """

    at_once: int
    """How many files may be on their way at the same time."""

    def read(self, key: str) -> bytes:
        """Return a file's content; raise what `is_missing` knows."""
        ...

    def write(self, upload: Upload) -> None:
        """Write a file whole or not at all, over another one if need be."""
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Write a file unless it is there, and tell whether it was written."""
        ...

    def remove(self, key: str) -> None:
        """Remove a file; raise what `is_missing` knows."""
        ...

    def tidy(self, folders: Sequence[str]) -> None:
        """Remove those of *folders* that are empty; deeper ones come first."""
        ...

    def folders(self, folder: str) -> set[str]:
        """Return the names of the folders in *folder*."""
        ...

    def remains(self) -> tuple[str, ...]:
        """Say where removed files can still be read."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class StoreTarget:
    """Publish to a store; nothing is imported or asked before it is needed."""

    whole_site = False
    waits = False

    def __init__(self, settings: TargetSettings) -> None:
        """Take the address; raise TargetError where it or an option is at fault."""
        self.settings = settings
        fault = fault_of_options(settings.place, settings.options)
        if fault:
            raise TargetError(f"target {settings.name}: {fault}")
        self._place = read_place(settings.place)
        self._store: Store | None = None

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the content of those of *keys* that are there."""
        wanted = sound(keys)
        found: dict[str, bytes] = {}

        def read(key: str) -> None:
            with _missing_is_fine():
                found[key] = store.read(key)

        store = self._connected()
        self._each("read", read, wanted)
        return {key: found[key] for key in wanted if key in found}

    def rooms(self) -> set[str] | None:
        """Return the names of the folders in ``t/``."""
        store = self._connected()
        return guarded(self._place, "list files", lambda: store.folders("t"))

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write *uploads*, several at a time."""
        sound(upload.key for upload in uploads)
        self._each("write", self._connected().write, uploads, done)

    def remove(self, keys: Sequence[str]) -> None:
        """Remove *keys* and the folders that this leaves empty."""
        unwanted = sound(keys)
        store = self._connected()

        def remove(key: str) -> None:
            with _missing_is_fine():
                store.remove(key)

        self._each("remove files", remove, unwanted)
        deepest_first = sorted(folders_of(unwanted), key=lambda f: (-f.count("/"), f))
        guarded(self._place, "remove folders", lambda: store.tidy(deepest_first))

    def claim(self, key: str, data: bytes) -> bool:
        """Write *key* unless it is there already, and tell whether it was written."""
        sound([key])
        store = self._connected()
        return guarded(self._place, "write", lambda: store.create(key, data))

    def deliver(self) -> None:
        """Do nothing: all is there already."""

    def remains(self) -> tuple[str, ...]:
        """Say whether the store keeps older versions of files."""
        store = self._connected()
        try:
            return guarded(self._place, "ask for its settings", store.remains)
        except TargetError:
            return ("could not be asked whether it keeps older versions of files",)

    def close(self) -> None:
        """Let go of connections."""
        if self._store is not None:
            with contextlib.suppress(Exception):
                self._store.close()
            self._store = None

    def _connected(self) -> Store:
        if self._store is None:
            for name in _TALKATIVE:
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
            options = dict(self.settings.options)
            self._store = guarded(
                self._place, "connect", lambda: _connect(self._place, options)
            )
        return self._store

    def _each(
        self,
        doing: str,
        action: Callable[[I], None],
        items: Sequence[I],
        done: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Do *action* with all *items*; stop at the first that fails."""
        if not items:
            return
        at_once = min(len(items), self._connected().at_once)
        with ThreadPoolExecutor(at_once) as pool:
            waiting = [
                pool.submit(guarded, self._place, doing, partial(action, item))
                for item in items
            ]
            try:
                for one in as_completed(waiting):
                    one.result()
                    done(1)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def _connect(place: Place, options: dict[str, object]) -> Store:
    """Return the store at *place*; raises ImportError where its library is missing."""
    with _without_collecting():
        if place.extra == "sftp":
            from mapsite.publish.targets.sftp import SftpStore  # noqa: PLC0415  # slow

            return SftpStore(place, options)
        if place.extra == "webdav":
            from mapsite.publish.targets.webdav import WebdavStore  # noqa: PLC0415

            return WebdavStore(place, options)
        # Else gcsfs asks a second service of Google's about each bucket, over gRPC.
        os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
        import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415  # slow

        from mapsite.publish.targets.buckets import open_bucket  # noqa: PLC0415

        return open_bucket(place, options, fsspec.filesystem)


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave garbage where it is while libraries load, which takes a quarter less."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextlib.contextmanager
def _missing_is_fine() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not is_missing(error):
            raise
