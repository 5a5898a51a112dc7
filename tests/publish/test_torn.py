"""No reader finds a torn page while release after release is published."""

import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.torn import Releases, count_torn, publishing
from mapsite.publish.target import TargetSettings
from mapsite.publish.targets.folder import FolderTarget
from mapsite.publish.targets.rsync import RsyncTarget
from mapsite.publish.targets.store import StoreTarget
from tests.servers.programs import program
from tests.servers.seaweedfs import S3

VERSIONS = 100
BY_RSYNC = 25
"""Each of these takes ten programs; `bench.torn` counts as many as one likes."""


def settings(tmp_path: Path, kind: str, place: str, **more: object) -> TargetSettings:
    """Return the settings of a target."""
    memory = tmp_path / "memory"
    return TargetSettings("live", kind, place, tmp_path, memory, **more)  # type: ignore[arg-type]


def reading(folder: Path) -> Callable[[str], bytes | None]:
    """Return how a web server reads a file of *folder*."""

    def get(key: str) -> bytes | None:
        try:
            return (folder / key).read_bytes()
        except FileNotFoundError:
            return None

    return get


def test_a_folder_has_no_torn_page(tmp_path: Path) -> None:
    """Four readers, 100 releases."""
    place = tmp_path / "published"
    target = FolderTarget(settings(tmp_path, "folder", str(place)))
    releases = Releases(tmp_path / "releases")
    with publishing(target, releases) as release:
        found = count_torn(release, reading(place), releases, VERSIONS)
    assert found.broken == 0, found.examples
    assert found.loads > VERSIONS


def test_rsync_has_no_torn_page_where_rsync_alone_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four readers, 25 releases; what `rsync -a --delete` does to them is printed."""
    place = tmp_path / "published"
    place.mkdir()
    target = RsyncTarget(settings(tmp_path, "rsync", str(place)))
    releases = Releases(tmp_path / "releases", rooms=1)
    with publishing(target, releases) as release:
        found = count_torn(release, reading(place), releases, BY_RSYNC)

    other = tmp_path / "other"
    other.mkdir()

    def plainly(number: int) -> None:
        tree = releases.tree(number)
        words = [program("rsync"), "-a", "--delete", f"{tree}/", f"{other}/"]
        subprocess.run(words, check=True, capture_output=True)

    peer = count_torn(plainly, reading(other), releases, BY_RSYNC)
    with capsys.disabled():
        print(  # noqa: T201  # the peer's number is for whoever reads along
            f"\ntorn pages: mapsite {found.broken} of {found.loads},"
            f" rsync -a --delete {peer.broken} of {peer.loads}"
        )
    assert found.broken == 0, found.examples
    assert found.loads > VERSIONS


def test_a_bucket_has_no_torn_page(
    tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four readers of a real S3 server, 100 releases."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    place = s3.place()
    options = {"endpoint_url": s3.endpoint}
    target = StoreTarget(settings(tmp_path, "url", place.url, options=options))
    releases = Releases(tmp_path / "releases", rooms=1)

    def get(key: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"{place.address}{key}", timeout=20) as answer:  # noqa: S310  # loopback
                return bytes(answer.read())
        except urllib.error.HTTPError:
            return None

    try:
        with publishing(target, releases) as release:
            found = count_torn(release, get, releases, VERSIONS)
    finally:
        target.close()
    assert found.broken == 0, found.examples
    assert found.loads > VERSIONS
