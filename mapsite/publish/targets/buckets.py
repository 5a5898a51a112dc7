"""Keep files in a bucket: S3 and what speaks like it, Azure Blob Storage, GCS.

A bucket replaces a file in one step, has no folders that could be left empty, and tells
browsers the headers that a file came with. All three refuse in one step to create what
is there (If-None-Match, ifGenerationMatch); as some stores that speak like S3 do not
know that header, the file is looked for before and compared after, which leaves two
publishers a few milliseconds on such a store alone.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mapsite.publish.target import Upload
from mapsite.publish.targets.faults import is_missing, is_taken, status_of
from mapsite.publish.targets.places import Place

AT_ONCE = 16
_CONNECT, _ANSWER = 10, 30
"""Seconds to wait for a connection, and for an answer."""
_NOT_IMPLEMENTED = 501
_RETRIES = {
    **dict.fromkeys(("total_retries", "connect_retries", "read_retries"), 1),
    "initial_backoff": 1,
    "increment_base": 1,
    "random_jitter_range": 0,
}
"""Azure's library waits a quarter of a minute before a second try, and has three."""
_VERSIONS = "the bucket keeps older versions of files: those that were removed too"
_DELETED = "the store keeps removed files for some days (soft delete)"

Open = Callable[..., Any]
"""``fsspec.filesystem``."""


def open_bucket(place: Place, options: Mapping[str, object], open_: Open) -> Bucket:
    """Return the bucket at *place*."""
    kinds: Mapping[str, Callable[..., Bucket]] = {"s3": S3, "azure": Azure, "gcs": Gcs}
    return kinds[place.extra](place, open_, options)


class Bucket(ABC):
    """Do with files what all kinds of buckets do alike."""

    at_once = AT_ONCE
    protocol = ""

    def __init__(
        self, place: Place, open_: Open, options: Mapping[str, object]
    ) -> None:
        """Make the connection ready; the first use opens it."""
        self.bucket = place.host
        self._root = f"{place.host}/{place.root}" if place.root else place.host
        self.files = open_(
            self.protocol,
            **self.settings(place, options),
            # What others publish must be seen at once, and what they hold stays theirs.
            skip_instance_cache=True,
            use_listings_cache=False,
        )

    def settings(self, place: Place, options: Mapping[str, object]) -> dict[str, Any]:
        """Return what the library is given."""
        del place
        return dict(options)

    @abstractmethod
    def headers(self, content_type: str, cache_control: str) -> dict[str, Any]:
        """Return how the library wants a file's headers."""

    def read(self, key: str) -> bytes:
        """Return a file's content."""
        content: bytes = self.files.cat_file(self.path(key))
        return content

    def write(self, upload: Upload) -> None:
        """Write a file in one step."""
        headers = self.headers(upload.content_type, upload.cache_control)
        self.files.pipe_file(self.path(upload.key), upload.data, **headers)

    def create(self, key: str, data: bytes) -> bool:
        """Write a file unless it is there, and tell whether it was written."""
        if self._there(key) is not None:
            return False
        headers = self.headers("application/json", "no-store")
        try:
            self.files.pipe_file(self.path(key), data, mode="create", **headers)
        except Exception as error:
            if is_taken(error):
                return False
            if status_of(error) != _NOT_IMPLEMENTED:
                raise
            self.files.pipe_file(self.path(key), data, **headers)
        return self._there(key) == data

    def remove(self, key: str) -> None:
        """Remove a file."""
        self.files.rm_file(self.path(key))

    def tidy(self, folders: Sequence[str]) -> None:  # noqa: B027  # most need nothing
        """Do nothing: a bucket has no folders."""

    def folders(self, folder: str) -> set[str]:
        """Return the names of the folders in *folder*, which need not be there."""
        try:
            found = self.files.ls(self.path(folder), detail=True)
        except FileNotFoundError as error:
            if not is_missing(error):
                raise
            return set()
        return {
            entry["name"].rstrip("/").rpartition("/")[2]
            for entry in found
            if entry["type"] == "directory"
        }

    def remains(self) -> tuple[str, ...]:
        """Say nothing, where it cannot be known."""
        return ()

    def close(self) -> None:  # noqa: B027  # most need nothing
        """Do nothing: the library closes its own connections."""

    def path(self, key: str) -> str:
        """Return the library's name of a file."""
        return f"{self._root}/{key}"

    def _there(self, key: str) -> bytes | None:
        try:
            return self.read(key)
        except Exception as error:
            if is_missing(error):
                return None
            raise


class S3(Bucket):
    """Speak with S3 or a store like it."""

    protocol = "s3"

    def settings(self, place: Place, options: Mapping[str, object]) -> dict[str, Any]:
        """Return s3fs' options: a second try, and no checksums that AWS alone knows."""
        del place
        given = options.get("config_kwargs")
        config = {
            "connect_timeout": _CONNECT,
            "read_timeout": _ANSWER,
            "max_pool_connections": AT_ONCE,
            "retries": {"mode": "standard", "total_max_attempts": 2},
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
            **(given if isinstance(given, Mapping) else {}),
        }
        return {**options, "config_kwargs": config}

    def __init__(
        self, place: Place, open_: Open, options: Mapping[str, object]
    ) -> None:
        """Make the connection ready, without s3fs' own five tries."""
        super().__init__(place, open_, options)
        self.files.retries = 1

    def headers(self, content_type: str, cache_control: str) -> dict[str, Any]:
        """Return them as S3's API calls them."""
        return {"ContentType": content_type, "CacheControl": cache_control}

    def read(self, key: str) -> bytes:
        """Return a file's content by one request, not two."""
        content: bytes = self.files.cat_file(self.path(key), max_concurrency=1)
        return content

    def tidy(self, folders: Sequence[str]) -> None:
        """Remove folders that are empty: some stores speak like S3 and keep them."""
        for folder in folders:
            below = f"{self.path(folder).partition('/')[2]}/"
            asked = {"Bucket": self.bucket, "Prefix": below, "MaxKeys": 1}
            if not self.files.call_s3("list_objects_v2", **asked).get("Contents"):
                self.files.call_s3("delete_object", Bucket=self.bucket, Key=below)

    def remains(self) -> tuple[str, ...]:
        """Say whether versioning is on, or was."""
        told = self.files.call_s3("get_bucket_versioning", Bucket=self.bucket)
        return (_VERSIONS,) if told.get("Status") else ()

    def close(self) -> None:
        """Close the connections."""
        creator = getattr(self.files, "_s3creator", None)
        if creator is not None:
            self.files.close_session(self.files.loop, creator)


class Azure(Bucket):
    """Speak with Azure Blob Storage."""

    protocol = "abfs"

    def settings(self, place: Place, options: Mapping[str, object]) -> dict[str, Any]:
        """Return adlfs' options; ``abfs://container@account.…`` names the account."""
        times = {"connection_timeout": _CONNECT, "read_timeout": _ANSWER}
        if place.user is None:
            return {**times, **options}
        account = {"account_name": place.host.partition(".")[0]}
        return {**times, **account, **options}

    def __init__(
        self, place: Place, open_: Open, options: Mapping[str, object]
    ) -> None:
        """Make the connection ready, with one second try instead of minutes of them."""
        try:
            super().__init__(place, open_, options)
        except ValueError:
            raise PermissionError from None  # no account is named anywhere
        if place.user is not None:
            self.bucket = place.user
            self._root = f"{place.user}/{place.root}".rstrip("/")
        config = getattr(self.files.service_client, "_config", None)
        policy = getattr(config, "retry_policy", None)
        for name, value in _RETRIES.items():
            if hasattr(policy, name):
                setattr(policy, name, value)

    def headers(self, content_type: str, cache_control: str) -> dict[str, Any]:
        """Return them as the library of Azure wants them."""
        from azure.storage.blob import ContentSettings  # noqa: PLC0415  # Azure's alone

        settings = ContentSettings(
            content_type=content_type, cache_control=cache_control
        )
        return {"content_settings": settings}

    def remains(self) -> tuple[str, ...]:
        """Say whether removed files are kept for some days."""
        asked = asyncio.run_coroutine_threadsafe(
            self.files.service_client.get_service_properties(), self.files.loop
        )
        told = asked.result(_ANSWER)
        kept = told.get("delete_retention_policy")
        return (_DELETED,) if getattr(kept, "enabled", False) else ()


class Gcs(Bucket):
    """Speak with Google Cloud Storage."""

    protocol = "gs"

    def headers(self, content_type: str, cache_control: str) -> dict[str, Any]:
        """Return them as gcsfs wants them."""
        return {
            "content_type": content_type,
            "fixed_key_metadata": {"cache_control": cache_control},
        }

    def remains(self) -> tuple[str, ...]:
        """Say whether the bucket keeps versions, or removed files for some days."""
        told = self.files.call("GET", "b/{}", self.bucket, json_out=True)
        versions = told.get("versioning", {}).get("enabled")
        kept = int(told.get("softDeletePolicy", {}).get("retentionDurationSeconds", 0))
        return (*((_VERSIONS,) if versions else ()), *((_DELETED,) if kept else ()))
