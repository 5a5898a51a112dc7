"""The folder of an inbox: on the disk before anybody is told, and never twice."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.inbox import run
from mapsite.inbox.disk import draft
from mapsite.inbox.spool import Crowded, Differs, Spool
from tests.servers.ports import free_ports

ID = "01JF8Q6Z5T9K3W7V2X4Y6A8B0C"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the spool is."""
    return tmp_path / "spool"


@pytest.fixture
def spool(folder: Path) -> Iterator[Spool]:
    """Return an open spool with little room."""
    opened = Spool(folder, most_waiting=5, most_odd=3)
    opened.open()
    yield opened
    opened.close()


def test_all_is_synced_in_order_before_it_counts(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes, then the name, then the folder that has it."""
    seen = []
    sync, link = os.fsync, os.link

    def heard_sync(handle: int) -> None:
        target = os.readlink(f"/proc/self/fd/{handle}")
        seen.append(f"sync {Path(target).parent.name}/{Path(target).name}")
        sync(handle)

    def heard_link(old: Path, new: Path) -> None:
        seen.append(f"link {new.parent.name}/{new.name}")
        link(old, new)

    monkeypatch.setattr(os, "fsync", heard_sync)
    monkeypatch.setattr(os, "link", heard_link)
    spool.keep("acme", ID, b"{}")
    assert seen[0].startswith("sync incoming/")
    assert seen[1:] == [f"link waiting/acme.{ID}.json", "sync spool/waiting"]
    spool.keep("acme", ID, b"{}")
    assert seen[3:] == ["sync spool/waiting"]


def test_what_could_not_be_synced_does_not_count(
    spool: Spool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails is told, and nothing of it stays half-done."""

    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="Input/output"):
        spool.keep("acme", ID, b"{}")
    assert not list((folder / "waiting").iterdir())
    assert not list((folder / "incoming").iterdir())


def test_of_many_with_one_id_one_is_kept(spool: Spool, folder: Path) -> None:
    """Whoever else sent the same is told the same; whoever sent another is refused."""
    bodies = [b"one", b"two", b"three"] * 20

    def keep(body: bytes) -> bytes | None:
        try:
            spool.keep("acme", ID, body)
        except Differs:
            return None
        return body

    with ThreadPoolExecutor(12) as pool:
        kept = Counter(pool.map(keep, bodies))
    (only,) = kept.keys() - {None}
    assert kept[only] == 20
    assert (folder / "waiting" / f"acme.{ID}.json").read_bytes() == only


def test_nothing_waits_again_after_it_was_put_away(spool: Spool) -> None:
    """However the ones who send and the ones who fetch come between each other."""
    for number in range(40):
        name = f"{ID[:20]}{number:06}"

        def keep(_: int, name: str = name) -> str:
            return spool.keep("acme", name, b"{}").key

        with ThreadPoolExecutor(8) as pool:
            keys = pool.map(keep, range(6))
            pool.submit(spool.put_away, [f"acme.{name}"]).result()
            assert set(keys) == {f"acme.{name}"}
        assert spool.put_away([f"acme.{name}"]) == {f"acme.{name}"}
        assert spool.list_waiting() == []


def test_what_a_killed_inbox_left_is_swept_up(spool: Spool, folder: Path) -> None:
    """Halves of files go, and what was put away does not wait any more."""
    spool.keep("acme", ID, b"{}")
    spool.put_away([f"acme.{ID}"])
    draft(folder / "incoming", b"half")
    os.link(folder / "done" / f"acme.{ID}.json", folder / "waiting" / f"acme.{ID}.json")
    spool.close()
    again = Spool(folder, 5, 3)
    again.open()
    assert again.list_waiting() == []
    assert not list((folder / "incoming").iterdir())
    again.close()
    spool.open()


def test_a_plan_has_only_so_much_room(spool: Spool) -> None:
    """Also after a new start; what is put away makes room, and others have theirs."""
    for number in range(5):
        spool.keep("acme", f"{ID[:20]}{number:06}", b"{}")
    spool.close()
    spool.open()
    with pytest.raises(Crowded):
        spool.keep("acme", ID, b"{}")
    spool.keep("bolt", ID, b"{}")
    assert spool.keep("acme", f"{ID[:20]}000001", b"{}").size == 2
    spool.put_away([f"acme.{ID[:20]}000000"])
    spool.keep("acme", ID, b"{}")


def test_the_quarantine_has_only_so_much_room(spool: Spool) -> None:
    """What does not fit is told; what is there already fits."""
    for number in range(3):
        spool.keep_odd("honeypot", b"%d" % number)
    with pytest.raises(Crowded):
        spool.keep_odd("honeypot", b"more")
    assert spool.keep_odd("honeypot", b"1").key.startswith("honeypot-")
    assert spool.count() == (0, 3)


def test_nobody_else_can_read_it(spool: Spool, folder: Path) -> None:
    """Neither the folders nor the files, whatever the umask."""
    spool.keep("acme", ID, b"{}")
    modes = {path: path.stat().st_mode & 0o077 for path in folder.rglob("*")}
    assert set(modes.values()) == {0}


def test_a_folder_belongs_to_one_inbox(
    spool: Spool,
    folder: Path,
    mapsite: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """A second one would sweep up what the first is writing."""
    tokens = folder.parent / "tokens.txt"
    tokens.write_text(f"acme {'a' * 26}\n")
    words = ("--folder", str(folder), "--tokens", str(tokens), "--port", "0")
    done = mapsite("inbox", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "another `mapsite inbox` keeps its suggestions in" in done.stderr
    assert spool.count() == (0, 0)


def test_what_was_acknowledged_survives_being_killed(tmp_path: Path) -> None:
    """Killed every half second: nothing is missing, torn or there twice."""
    (port,) = free_ports(1)
    found = run(tmp_path, port, 5, patient=True)
    assert found.kills >= 3
    assert found.acknowledged
    assert (found.missing, found.torn, found.twice) == ([], [], [])
    assert set(found.answers) <= {202, 0}
