"""Publishing to a real S3 server: what travels, and what breaks on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mapsite.publish.manifest import MANIFEST
from mapsite.publish.target import TargetError, TargetSettings
from mapsite.publish.targets.store import StoreTarget
from mapsite.publish.work import Work
from tests.publish.deals import (
    NONCES,
    Deals,
    as_published,
    faults_of_room,
    place_of,
)
from tests.servers import faulty
from tests.servers.seaweedfs import S3, Place

ONE = NONCES[0]
ROOMS = ("acme", "bolt", "crane", "delta")
LINKS = f"buyer: {{nonce: {ONE}}}"
OVERHEAD = 9_000
"""Bytes that a room's manifest, written twice, the stamp and the lock may have."""


@pytest.fixture
def place(s3: S3) -> Place:
    """Return a folder of the bucket that no other test uses."""
    return s3.place()


@pytest.fixture
def proxy(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[faulty.Proxy]:
    """Return what stands between the publisher and the bucket."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("mapsite.publish.patience._PAUSE", 0.0)
    with faulty.serve(s3.endpoint) as running:
        yield running


@pytest.fixture
def deals(repo: Path) -> Deals:
    """Return a repository of four deals, each with one link."""
    found = Deals(repo)
    for name in ROOMS:
        found.write(name, LINKS)
    return found


@pytest.fixture
def settings(deals: Deals, place: Place, proxy: faulty.Proxy) -> TargetSettings:
    """Return the target in the bucket, by way of the proxy."""
    target = deals.settings(place.url, "url")
    options = {"endpoint_url": proxy.url, "config_kwargs": {"read_timeout": 2}}
    return replace(target, options=options)


@pytest.fixture
def publish(deals: Deals, settings: TargetSettings) -> Callable[[], Work]:
    """Return a function that publishes as a new process would."""

    def run() -> Work:
        target = StoreTarget(settings)
        try:
            return deals.publish(target)
        finally:
            target.close()

    return run


def read_room(place: Place, prefix: str, deals: Deals) -> dict[str, bytes]:
    """Return what readers find of acme's files at *prefix*."""
    from mapsite.publish.fetch import Fetched, fetch_all  # noqa: PLC0415

    names = [*deals.room("acme"), MANIFEST]
    urls = {f"{place.address}{prefix}{name}": name for name in names}
    return {
        urls[url]: answer.body
        for url, answer in fetch_all(urls).items()
        if isinstance(answer, Fetched) and answer.status == 200
    }


def attempt(publish: Callable[[], Work]) -> str:
    """Publish where that may fail, and return what is told then."""
    try:
        publish()
    except TargetError as error:
        return str(error)
    return ""


def test_only_changed_bytes_travel(
    deals: Deals, publish: Callable[[], Work], proxy: faulty.Proxy
) -> None:
    """One changed room of several takes its changed files; an unchanged one nothing."""
    publish()
    whole = proxy.up
    deals.write("crane", LINKS, title="Another title")
    before = proxy.up
    work = publish()
    travelled = proxy.up - before
    [change] = work.changes
    assert change.address.plan.id == "crane"
    assert change.size <= travelled <= change.size + OVERHEAD
    assert travelled < whole / 4
    before, asked = proxy.up, len(proxy.passed)
    assert publish().nothing
    assert proxy.up == before
    assert {one.method for one in proxy.passed[asked:]} <= {"GET", "HEAD"}


@pytest.mark.parametrize("fault", [403, 500, "close", "close-after", "hang"])
def test_a_bucket_that_fails_anywhere_leaves_no_torn_page(
    deals: Deals,
    publish: Callable[[], Work],
    proxy: faulty.Proxy,
    place: Place,
    fault: faulty.Fault,
) -> None:
    """Rotating under a fault at one request or another; the next run ends the work."""
    publish()
    rooms = [deals.room("acme")]
    deals.write("acme", LINKS, title="Before it moved")
    publish()
    rooms.append(deals.room("acme"))
    nonces = NONCES[1:3]
    old = ONE
    first = 2 if fault == "hang" else 1
    for number, nonce in enumerate(nonces):
        deals.write(
            "acme",
            f"buyer: {{nonce: {nonce}, former: [{old}]}}",
            title=f"Moved {number}",
        )
        proxy.fail(fault, at=first + 5 * number, times=1 if fault != 403 else 2)
        told = attempt(publish)
        assert nonce not in told
        assert place_of("acme", nonce)[2:-1] not in told
        proxy.orders.clear()
        rooms.append(deals.room("acme"))
        for one in (old, nonce):
            found = read_room(place, place_of("acme", one), deals)
            assert faults_of_room(found, rooms) == []
        deals.now += timedelta(minutes=10)
        publish()
        assert read_room(place, place_of("acme", old), deals) == {}
        found = read_room(place, place_of("acme", nonce), deals)
        assert as_published(found) == deals.room("acme")
        old = nonce
        if fault == "hang" and number:
            return
