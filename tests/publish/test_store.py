"""What a store's refusals and silences become: our words, and never a room's name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mapsite.publish.patience import patient
from mapsite.publish.settings import open_target
from mapsite.publish.target import Target, TargetBusy, TargetError
from tests.conftest import PROJECT
from tests.publish.contract import TOKEN, everything_told, page
from tests.publish.test_targets import settings
from tests.servers import faulty
from tests.servers.openssh import Ssh
from tests.servers.ports import free_ports
from tests.servers.seaweedfs import S3
from tests.servers.webdav import Dav

KEY = f"t/{TOKEN}/index.html"
QUICK = {"config_kwargs": {"read_timeout": 0.5, "connect_timeout": 0.5}}
PRIVATE = "tests-only-tests-only"
"""What SeaweedFS' secret key begins with."""
EVERYTHING: tuple[Callable[[Target], object], ...] = (
    lambda target: target.put([page(KEY)]),
    lambda target: target.read([KEY]),
    lambda target: target.remove([KEY]),
    lambda target: target.claim(KEY, b"{}"),
    lambda target: target.rooms(),
)


@pytest.fixture
def s3_here(s3: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """Return the S3 server, with its credentials in the environment."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return s3


@pytest.fixture
def proxy(s3_here: S3) -> Iterator[faulty.Proxy]:
    """Return what stands before the S3 server."""
    with faulty.serve(s3_here.endpoint) as running:
        yield running


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Target]]:
    """Return a function that opens a store and closes it after the test."""
    made: list[Target] = []

    def make(url: str, **options: object) -> Target:
        made.append(open_target(settings(tmp_path, "url", url, options)))
        return made[-1]

    yield make
    for target in made:
        target.close()


def refused(target: Target, attempt: Callable[[Target], object]) -> TargetError:
    """Return how *attempt* fails, having looked that nothing secret is in it."""
    with pytest.raises(TargetError) as raised:
        attempt(target)
    told = everything_told(raised.value)
    assert TOKEN not in told
    assert PRIVATE not in told
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    return raised.value


@pytest.mark.parametrize("status", [403, 401])
def test_what_is_denied_is_said(
    proxy: faulty.Proxy, s3: S3, opened: Callable[..., Target], status: int
) -> None:
    """With what, where, and where credentials come from; trying again is no use."""
    target = opened(s3.place().url, endpoint_url=proxy.url)
    proxy.fail(status, times=None)
    for attempt in EVERYTHING:
        fault = refused(target, attempt)
        assert not isinstance(fault, TargetBusy)
        assert "does not let us" in str(fault)
        assert f"({status})" in str(fault)
        assert "AWS_ACCESS_KEY_ID" in str(fault)


@pytest.mark.parametrize("fault", [500, 503, 429, "close", "hang"])
def test_what_passes_can_be_tried_again(
    proxy: faulty.Proxy, s3: S3, opened: Callable[..., Target], fault: faulty.Fault
) -> None:
    """Overload, silence and broken connections; the next try does it."""
    hurry = QUICK if fault == "hang" else {}
    target = opened(s3.place().url, endpoint_url=proxy.url, **hurry)
    proxy.fail(fault, times=None)
    assert isinstance(refused(target, EVERYTHING[0]), TargetBusy)
    assert isinstance(refused(target, EVERYTHING[1]), TargetBusy)
    proxy.reset()
    # A slow machine may not answer in a hurried target's time at once either.
    patient(lambda: target.put([page(KEY)]))
    assert patient(lambda: target.read([KEY])) == {KEY: page(KEY).data}


def test_one_stumble_is_not_worth_a_word(
    proxy: faulty.Proxy, s3: S3, opened: Callable[..., Target]
) -> None:
    """A single 503 is tried again at once."""
    target = opened(s3.place().url, endpoint_url=proxy.url)
    proxy.fail(503)
    target.put([page(KEY)])
    assert [one.status for one in proxy.passed] == [503, 200]


def test_the_first_failure_stops_the_rest(
    proxy: faulty.Proxy, s3: S3, opened: Callable[..., Target]
) -> None:
    """Of many files few more are begun once one was denied."""
    target = opened(s3.place().url, endpoint_url=proxy.url)
    proxy.fail(403, times=None)
    many = [page(f"t/{TOKEN}/{n}.html") for n in range(500)]
    refused(target, lambda target: target.put(many))
    assert len(proxy.passed) < len(many) / 2


def test_nothing_travels_twice(
    proxy: faulty.Proxy, s3: S3, opened: Callable[..., Target]
) -> None:
    """A file is one request each way, and its own bytes."""
    target = opened(s3.place().url, endpoint_url=proxy.url)
    target.put([page(KEY, b"x" * 5000)])
    target.read([KEY])
    assert [(one.method, one.up, one.down) for one in proxy.passed] == [
        ("PUT", 5000, 0),
        ("GET", 0, 5000),
    ]


def test_a_bucket_that_is_not_there_is_said(
    s3_here: S3, opened: Callable[..., Target]
) -> None:
    """Also when a file is read, which would else only be missing."""
    target = opened("s3://nobody-made-this/rooms", endpoint_url=s3_here.endpoint)
    for attempt in EVERYTHING:
        assert "no such bucket" in str(refused(target, attempt))


def test_wrong_credentials_are_said(
    s3_here: S3, opened: Callable[..., Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And missing ones."""
    target = opened(s3_here.place().url, endpoint_url=s3_here.endpoint)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "does not let us write (403)" in str(refused(target, EVERYTHING[0]))
    target.close()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert "does not let us write" in str(refused(target, EVERYTHING[0]))


def test_versions_of_a_bucket_are_told(
    s3_here: S3, opened: Callable[..., Target]
) -> None:
    """What was removed can still be had where a bucket keeps versions."""
    import botocore.session  # type: ignore[import-untyped]  # noqa: PLC0415  # slow

    s3_here.make_bucket("kept")
    plain = opened(s3_here.place().url, endpoint_url=s3_here.endpoint)
    kept = opened("s3://kept", endpoint_url=s3_here.endpoint)
    assert (plain.remains(), kept.remains()) == ((), ())
    session = botocore.session.get_session()
    session.create_client("s3", endpoint_url=s3_here.endpoint).put_bucket_versioning(
        Bucket="kept", VersioningConfiguration={"Status": "Enabled"}
    )
    assert plain.remains() == ()
    assert "keeps older versions" in kept.remains()[0]


def test_a_bucket_that_may_not_be_asked_is_told(
    proxy: faulty.Proxy, s3: S3, opened: Callable[..., Target]
) -> None:
    """A publish does not fail for that, and does not claim that all is gone either."""
    target = opened(s3.place().url, endpoint_url=proxy.url)
    proxy.fail(403, times=None)
    assert "could not be asked" in target.remains()[0]


@pytest.mark.parametrize(
    "url",
    ["s3://deals", "az://deals", "sftp://jo@127.0.0.1/srv", "webdav+http://127.0.0.1"],
)
def test_nobody_there_is_worth_another_try(
    url: str, opened: Callable[..., Target], s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a connection is refused."""
    (port,) = free_ports(1)
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    nobody = f"http://127.0.0.1:{port}"
    account = f"AccountName=x;AccountKey=eA==;BlobEndpoint={nobody}/x"
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", account)
    options = {"endpoint_url": nobody} if url.startswith("s3:") else {}
    target = opened(url.replace("127.0.0.1", f"127.0.0.1:{port}"), **options)
    assert isinstance(refused(target, EVERYTHING[0]), TargetBusy)


def test_a_server_with_another_key_is_not_spoken_to(
    ssh: Ssh, tmp_path: Path, opened: Callable[..., Target]
) -> None:
    """Whoever pretends to be the server gets neither rooms nor a password."""
    (tmp_path / "known_hosts").write_text("")
    target = opened(
        f"sftp://{ssh.user}@127.0.0.1:{ssh.port}{tmp_path}/srv",
        key_filename=str(ssh.key),
        known_hosts=str(tmp_path / "known_hosts"),
    )
    assert "known_hosts" in str(refused(target, EVERYTHING[0]))


def test_a_line_that_breaks_leaves_the_old_file(
    ssh: Ssh, tmp_path: Path, opened: Callable[..., Target]
) -> None:
    """Whole, and the next publish puts the new one."""
    with faulty.wire(ssh.port) as line:
        known = ssh.known_hosts.read_text().replace(str(ssh.port), str(line.port))
        (tmp_path / "known_hosts").write_text(known)
        target = opened(
            f"sftp://{ssh.user}@127.0.0.1:{line.port}{tmp_path}/srv",
            key_filename=str(ssh.key),
            known_hosts=str(tmp_path / "known_hosts"),
        )
        target.put([page(KEY, b"old" * 100_000)])
        line.cut(after=100_000)
        big = page(KEY, b"new" * 100_000)
        assert isinstance(refused(target, lambda t: t.put([big])), TargetBusy)
        assert (tmp_path / "srv" / KEY).read_bytes() == b"old" * 100_000
        line.mend()
        target.put([big])
        assert target.read([KEY]) == {KEY: big.data}
        target.remove([KEY])
    assert list((tmp_path / "srv").iterdir()) == []


def test_a_claim_that_was_never_finished_is_forgotten(
    dav: Dav,
    tmp_path: Path,
    opened: Callable[..., Target],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a minute of the server's clock, where a publish was killed within a claim."""
    import os  # noqa: PLC0415

    for name, value in dav.environment.items():
        monkeypatch.setenv(name, value)
    target = opened(f"webdav+{dav.url}/{tmp_path.name}")
    guard = dav.files / tmp_path.name / ".publishing.json.claim"
    guard.mkdir(parents=True)
    assert not target.claim("publishing.json", b"{}")
    assert guard.is_dir(), "somebody may be at it"
    old = guard.stat().st_mtime - 120
    os.utime(guard, (old, old))
    assert not target.claim("publishing.json", b"{}")
    assert target.claim("publishing.json", b"{}")
    assert not guard.exists()


@pytest.mark.parametrize(
    ("url", "library", "extra"),
    [
        ("s3://deals", "s3fs", "s3"),
        ("az://deals", "adlfs", "azure"),
        ("gs://deals", "gcsfs", "gcs"),
        ("sftp://jo@127.0.0.1/srv", "paramiko", "sftp"),
        ("webdav+http://127.0.0.1/srv", "webdav4", "webdav"),
    ],
)
def test_a_missing_library_is_named_by_its_extra(
    url: str, library: str, extra: str
) -> None:
    """With the line to type."""
    script = f"""
import sys
sys.modules[{library!r}] = None
from pathlib import Path
from mapsite.publish.target import TargetSettings
from mapsite.publish.targets.store import StoreTarget
target = StoreTarget(TargetSettings("x", "url", {url!r}, Path("."), Path(".")))
try:
    target.read(["index.html"])
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    scheme = url.partition(":")[0]
    expected = (
        f"TargetError publishing to {scheme}:// needs `pip install 'mapsite[{extra}]'`"
    )
    assert (done.stdout.strip(), done.stderr) == (expected, "")


def test_libraries_are_loaded_by_those_who_use_them() -> None:
    """Reading the settings of a store must not cost what publishing to it costs."""
    script = (
        "import sys, mapsite.publish.targets.store, mapsite.publish.targets.folder;"
        "print({'fsspec', 's3fs', 'paramiko', 'httpx', 'asyncio'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "set()"
