"""Every kind of store does what `Target` promises, on a real server of its kind."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from mapsite.publish.settings import open_target
from mapsite.publish.target import Target, TargetSettings
from tests.publish.contract import Shelf, TargetContract

_NONE = 404


def settings(
    root: Path, kind: str, place: str, options: Mapping[str, object] | None = None
) -> TargetSettings:
    """Return the settings of a target of the repository at *root*."""
    return TargetSettings(
        "demo", kind, place, root, root / ".mapsite", options=options or {}
    )


class TestFolder(TargetContract):
    """Try a folder of this computer."""

    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf:
        """Return a folder that is not there yet."""
        return _of_files(
            tmp_path / "published",
            lambda: open_target(settings(tmp_path, "folder", "published")),
        )


class TestS3(TargetContract):
    """Try SeaweedFS by S3's protocol."""

    @pytest.fixture
    def shelf(self, request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
        """Return a fresh folder of a bucket."""
        s3 = request.getfixturevalue("s3")
        _give(request, s3.environment)
        url, address = s3.place()
        options = {"endpoint_url": s3.endpoint}
        return _of_web(
            address, lambda: open_target(settings(tmp_path, "url", url, options))
        )


class TestAzure(TargetContract):
    """Try Azurite."""

    @pytest.fixture
    def shelf(self, request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
        """Return a fresh folder of a container."""
        azure = request.getfixturevalue("azure")
        _give(request, azure.environment)
        url, address = azure.place()
        return _of_web(address, lambda: open_target(settings(tmp_path, "url", url)))


class TestGcs(TargetContract):
    """Try a stand-in for Google Cloud Storage."""

    @pytest.fixture
    def shelf(self, request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
        """Return a fresh folder of a bucket."""
        google = request.getfixturevalue("google")
        _give(request, google.environment)
        url, address = google.place()
        options = {"token": "anon"}
        return _of_web(
            address, lambda: open_target(settings(tmp_path, "url", url, options))
        )


class TestSftp(TargetContract):
    """Try OpenSSH."""

    @pytest.fixture
    def shelf(self, request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
        """Return a folder that is not there yet."""
        ssh = request.getfixturevalue("ssh")
        url = f"sftp://{ssh.user}@127.0.0.1:{ssh.port}{tmp_path}/srv/deals"
        options = {"key_filename": str(ssh.key), "known_hosts": str(ssh.known_hosts)}
        return _of_files(
            tmp_path / "srv" / "deals",
            lambda: open_target(settings(tmp_path, "url", url, options)),
        )


class TestWebdav(TargetContract):
    """Try WsgiDAV."""

    @pytest.fixture
    def shelf(self, request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
        """Return a folder that is not there yet."""
        dav = request.getfixturevalue("dav")
        _give(request, dav.environment)
        url = f"webdav+{dav.url}/{tmp_path.name}"
        return _of_files(
            dav.files / tmp_path.name,
            lambda: open_target(settings(tmp_path, "url", url)),
            gaps=True,  # WsgiDAV removes a file before it moves another to its place
        )


def _give(request: pytest.FixtureRequest, environment: Mapping[str, str]) -> None:
    patch = request.getfixturevalue("monkeypatch")
    for name, value in environment.items():
        patch.setenv(name, value)


def _of_files(
    folder: Path, opened: Callable[[], Target], *, gaps: bool = False
) -> Shelf:
    def seen(key: str) -> bytes | None:
        try:
            return (folder / key).read_bytes()
        except FileNotFoundError:
            return None

    def plant(key: str, data: bytes) -> None:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(data)

    shutil.rmtree(folder, ignore_errors=True)
    return Shelf(opened, seen, plant, gaps=gaps)


def _of_web(address: str, opened: Callable[[], Target]) -> Shelf:
    def seen(key: str) -> bytes | None:
        try:
            with urllib.request.urlopen(address + quote(key), timeout=10) as answer:  # noqa: S310  # http alone
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                if error.code != _NONE:
                    raise
            return None

    def headers(key: str) -> Mapping[str, str]:
        with urllib.request.urlopen(address + quote(key), timeout=10) as answer:  # noqa: S310  # http alone
            return {name.lower(): value for name, value in answer.headers.items()}

    def plant(key: str, data: bytes) -> None:
        from mapsite.publish.target import Upload  # noqa: PLC0415

        other = opened()
        other.put([Upload(key, data, "text/plain", "no-store")])
        other.close()

    return Shelf(opened, seen, plant, headers)
