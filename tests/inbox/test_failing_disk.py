"""A disk that is full or cannot be written to: clear answers, and the service stays."""

from __future__ import annotations

from pathlib import Path

from tests.inbox import disks, running
from tests.inbox.running import Inbox, suggestion

PLENTY = ("--per-address", "100000", "--per-plan", "100000")
LARGE = [{"op": "comment", "path": "", "value": {"text": "x" * 3900}}] * 14


def fill(inbox: Inbox) -> list[int]:
    """Send large suggestions until one is not taken; return all statuses."""
    statuses: list[int] = []
    while not statuses or (statuses[-1] == 202 and len(statuses) < 100):
        raw = suggestion(f"fill-the-disk-{len(statuses):06}", ops=LARGE)
        statuses.append(inbox.post(raw).status)
    return statuses


def is_healthy(inbox: Inbox) -> bool:
    """Tell whether it says that it can keep suggestions."""
    return inbox.ask("GET", "/healthz").status == 200


def count(inbox: Inbox) -> object:
    """Return how many wait, as it says; its answer is some seconds old."""
    return inbox.ask("GET", "/healthz").says()["waiting"]


def test_a_full_disk_is_told_and_mended_by_room(tmp_path: Path) -> None:
    """507 while there is no room; nothing torn; and all is well once there is."""
    with (
        disks.small(tmp_path / "disk") as mounted,
        running.serve(
            tmp_path / "disk" / "spool",
            *PLENTY,
            beside=tmp_path,
            largest_file=None if mounted else 32_000,
        ) as inbox,
    ):
        assert is_healthy(inbox) is mounted
        first = suggestion()
        assert inbox.post(first).status == 202
        statuses = fill(inbox)
        assert statuses[-1] == 507
        taken = len(inbox.waiting())
        assert taken == statuses.count(202) + 1
        heard = inbox.post(suggestion("another-large-one-00", ops=LARGE))
        assert heard.status == 507
        assert heard.headers["Retry-After"] == "60"
        assert "no room left" in heard.says()["message"]
        running.until(lambda: not is_healthy(inbox), "health never told of the disk")
        running.until(lambda: count(inbox) == taken, "health never told how many wait")
        assert inbox.post(first).status == 202
        assert not list((inbox.folder / "incoming").iterdir())
        if mounted:
            for path in (inbox.folder / "waiting").glob("*fill*"):
                path.unlink()
            running.until(lambda: is_healthy(inbox), "health never came back")
        assert inbox.post(suggestion("after-there-is-room-0")).status == 202


def test_a_disk_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    """503, also for what is to be put away; and all is well once it can."""
    folder = tmp_path / "disk"
    with (
        disks.small(folder) as mounted,
        running.serve(folder / "spool", *PLENTY, beside=tmp_path) as inbox,
    ):
        before = suggestion()
        assert inbox.post(before).status == 202
        with disks.read_only(folder, mounted=mounted):
            heard = inbox.post(suggestion("while-nothing-is-written"))
            assert heard.status == 503
            assert "cannot write" in heard.says()["message"]
            assert inbox.post(b"{").status == 503
            running.until(lambda: not is_healthy(inbox), "health never told")
            assert inbox.post(before).status == 202
            assert len(inbox.pull().says()["items"]) == 1
        assert inbox.post(suggestion("while-nothing-is-written")).status == 202
        running.until(lambda: is_healthy(inbox), "health never came back")
        assert len(inbox.waiting()) == 2
