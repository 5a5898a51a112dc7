"""Real servers for the tests of publishing, one of each kind a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import azurite, gcs, openssh, seaweedfs, webdav


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the servers' files."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def s3(servers: Path) -> Iterator[seaweedfs.S3]:
    """Return a running S3 server."""
    with seaweedfs.serve(servers / "s3") as running:
        yield running


@pytest.fixture(scope="session")
def ssh(servers: Path) -> Iterator[openssh.Ssh]:
    """Return a running OpenSSH server."""
    with openssh.serve(servers / "ssh") as running:
        yield running


@pytest.fixture(scope="session")
def dav(servers: Path) -> Iterator[webdav.Dav]:
    """Return a running WebDAV server."""
    with webdav.serve(servers / "dav") as running:
        yield running


@pytest.fixture(scope="session")
def azure(servers: Path) -> Iterator[azurite.Azure]:
    """Return a running Azurite."""
    with azurite.serve(servers / "azure") as running:
        yield running


@pytest.fixture(scope="session")
def google(servers: Path) -> Iterator[gcs.Gcs]:
    """Return a running stand-in for Google Cloud Storage."""
    with gcs.serve(servers / "gcs") as running:
        yield running
