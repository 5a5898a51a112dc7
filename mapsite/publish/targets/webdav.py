"""Keep files on a server that speaks WebDAV, by webdav4's client.

A file is put under another name and moved over the old one, so readers never see half
of it; some servers let them see none for a moment. WebDAV knows one thing that of two
at once only one can do: make a folder. So `create` makes ``.<name>.claim`` first,
looks, writes, and removes it; one that a killed publish left is removed after a minute,
by the server's own clock. Content types and caching are for the server to tell.

webdav4's client is used itself: its fsspec cannot write under another name and move.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
from webdav4.client import Client  # type: ignore[import-untyped]  # without types
from webdav4.multistatus import (  # type: ignore[import-untyped]  # same
    parse_multistatus_response,
)

from mapsite.publish.target import Upload
from mapsite.publish.targets.leftovers import only_parts, part_of
from mapsite.publish.targets.places import Place

AT_ONCE = 16
USER, PASSWORD = "MAPSITE_WEBDAV_USER", "MAPSITE_WEBDAV_PASSWORD"
_ANSWER = 30
_FORGOTTEN = timedelta(minutes=1)
_MULTI_STATUS = HTTPStatus.MULTI_STATUS
_NO_PARENT = {HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
"""What servers say of a file whose folder is not there; the first is the standard's."""


class RefusedError(Exception):
    """Carry the status of an answer that is no success."""

    def __init__(self, status: int) -> None:
        """Keep the status; the answer itself names the file."""
        super().__init__(f"HTTP {status}")
        self.status_code = status


class WebdavStore:
    """Do with files what WebDAV can."""

    at_once = AT_ONCE

    def __init__(self, place: Place, options: Mapping[str, object]) -> None:
        """Make the connection ready; the first use opens it."""
        scheme = place.scheme.removeprefix("webdav+")
        host = f"[{place.host}]" if ":" in place.host else place.host
        port = f":{place.port}" if place.port else ""
        self._root = f"{scheme}://{host}{port}/{quote(place.root)}".rstrip("/")
        user = os.environ.get(USER)
        auth = (user, os.environ.get(PASSWORD, "")) if user else None
        given: dict[str, Any] = {"timeout": _ANSWER, **options}
        self._http: httpx.Client = Client(
            self._root, auth=auth, retry=False, **given
        ).http

    def read(self, key: str) -> bytes:
        """Return a file's content."""
        return self._ask("GET", key).content

    def write(self, upload: Upload) -> None:
        """Put a file under another name, and move it over the old one."""
        part = part_of(upload.key)
        headers = {"Content-Type": upload.content_type}
        try:
            self._put(part, upload.data, headers)
            self._move(part, upload.key)
        except BaseException:
            with contextlib.suppress(Exception):
                self._ask("DELETE", part)
            raise

    def create(self, key: str, data: bytes) -> bool:
        """Write a file unless it is there, and tell whether it was written."""
        folder, slash, name = key.rpartition("/")
        guard = f"{folder}{slash}.{name}.claim/"
        self._make_folder(folder)
        try:
            self._ask("MKCOL", guard)
        except RefusedError:
            # Servers differ in what they say when two ask for it at the same moment.
            if not (self._there(guard) or self._there(key)):
                raise
            self._drop_if_forgotten(guard)
            return False
        try:
            if self._there(key):
                return False
            self.write(Upload(key, data, "application/json", "no-store"))
        finally:
            # One that stays is forgotten in a minute.
            with contextlib.suppress(RefusedError):
                self._ask("DELETE", guard)
        return True

    def remove(self, key: str) -> None:
        """Remove a file."""
        self._ask("DELETE", key)

    def tidy(self, folders: Sequence[str]) -> None:
        """Remove those of *folders* that are empty, or hold but leftovers of ours.

        WebDAV removes a folder with all that is in it, so each is looked into just
        before.
        """
        for folder in folders:
            try:
                names = [name for name, _ in self._list(folder)]
            except RefusedError as error:
                if error.status_code == HTTPStatus.NOT_FOUND:
                    continue
                raise
            if only_parts(names):
                self._ask("DELETE", f"{folder}/")

    def folders(self, folder: str) -> set[str]:
        """Return the names of the folders in *folder*, which need not be there."""
        try:
            return {name for name, is_folder in self._list(folder) if is_folder}
        except RefusedError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                return set()
            raise

    def remains(self) -> tuple[str, ...]:
        """Say nothing: what a server keeps in a bin is not what readers see."""
        return ()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(
        self,
        method: str,
        key: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Ask for a file or, with a slash at its end, a folder."""
        url = self._url(key)
        answer = self._http.request(method, url, headers=headers, content=content)
        if not answer.is_success:
            raise RefusedError(answer.status_code)
        if answer.status_code == _MULTI_STATUS and method != "PROPFIND":
            # So a server says that a part of what was asked for failed.
            raise RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR)
        return answer

    def _put(self, key: str, data: bytes, headers: Mapping[str, str]) -> None:
        try:
            self._ask("PUT", key, content=data, headers=headers)
        except RefusedError as error:
            if error.status_code not in _NO_PARENT:
                raise
            self._make_folder(key.rpartition("/")[0])
            self._ask("PUT", key, content=data, headers=headers)

    def _move(self, key: str, to: str) -> None:
        headers = {"Destination": self._url(to), "Overwrite": "T"}
        self._ask("MOVE", key, headers=headers)

    def _make_folder(self, folder: str) -> None:
        """Make *folder* and those above it, as far as they are missing."""
        missing: list[str] = []
        while not self._there(f"{folder}/" if folder else ""):
            missing.append(folder)
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        for one in reversed(missing):
            try:
                self._ask("MKCOL", f"{one}/" if one else "")
            except RefusedError:
                # Another thread may have been quicker; servers differ in what they say.
                if not self._there(f"{one}/"):
                    raise

    def _there(self, key: str) -> bool:
        try:
            self._ask("PROPFIND", key, headers={"Depth": "0"})
        except RefusedError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def _list(self, folder: str) -> list[tuple[str, bool]]:
        """Return the names in *folder*, each with whether it is a folder."""
        answer = self._ask("PROPFIND", f"{folder}/", headers={"Depth": "1"})
        found = []
        own = unquote(urlsplit(self._url(folder)).path).strip("/")
        for href, one in parse_multistatus_response(answer).responses.items():
            path = unquote(urlsplit(href).path).strip("/")
            if path != own:
                is_folder = one.properties.resource_type == "directory"
                found.append((path.rpartition("/")[2], is_folder))
        return found

    def _drop_if_forgotten(self, guard: str) -> None:
        """Remove what a publish left that was killed while it made a file."""
        with contextlib.suppress(RefusedError):
            answer = self._ask("PROPFIND", guard, headers={"Depth": "0"})
            now = _moment(answer.headers.get("Date"))
            for one in parse_multistatus_response(answer).responses.values():
                made = one.properties.modified
                if made and now and now - made.astimezone(UTC) > _FORGOTTEN:
                    self._ask("DELETE", guard)

    def _url(self, key: str) -> str:
        return f"{self._root}/{quote(key)}"


def _moment(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text or "").astimezone(UTC)
    except ValueError:
        return None
