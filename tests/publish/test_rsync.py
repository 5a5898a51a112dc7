"""rsync over a real ssh server, with and without a shell, and to a local folder."""

from __future__ import annotations

import dataclasses
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mapsite.publish.target import TargetBusy, TargetError, TargetSettings, Upload
from mapsite.publish.targets.rsync import RsyncTarget
from tests.publish.contract import Shelf, TargetContract
from tests.servers import openssh
from tests.servers.ports import free_ports
from tests.servers.programs import program

ROOM_NAME = "abcdefghijklmnopqrstuvwxyz"
OTHER = "zyxwvutsrqponmlkjihgfedcba"
ROOM = f"t/{ROOM_NAME}"


def upload(key: str, text: str | bytes = "text") -> Upload:
    """Return a file on its way."""
    data = text if isinstance(text, bytes) else text.encode()
    return Upload(key, data, "text/html; charset=utf-8", "no-store")


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openssh.Ssh]:
    """Return a server whose accounts let nobody else read what they make."""
    before = os.umask(0o077)
    try:
        with openssh.serve(tmp_path_factory.mktemp("sshd")) as server:
            yield server
    finally:
        os.umask(before)


@pytest.fixture
def only(ssh: openssh.Ssh) -> Iterator[Callable[[str], None]]:
    """Return a function that lets the key run one command alone."""
    keys = ssh.key.with_suffix(".pub")
    before = keys.read_text("utf-8")
    # The client needs its private key alone.
    yield lambda command: keys.write_text(f'restrict,command="{command}" {before}')
    keys.write_text(before, "utf-8")


HERE_AND_THERE = pytest.mark.parametrize("target", ["shell", "local"], indirect=True)
NO_SHELL = pytest.mark.parametrize("target", ["rrsync"], indirect=True)


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> RsyncTarget:
    """Return a target whose folder is `place` in the test's own."""
    place = tmp_path / "place"
    place.mkdir()
    kind = getattr(request, "param", "local")
    if kind == "local":
        return RsyncTarget(settings(tmp_path, "place"))
    ssh: openssh.Ssh = request.getfixturevalue("ssh")
    remote = f"{ssh.user}@127.0.0.1:{place}"
    if kind == "rrsync":
        request.getfixturevalue("only")(f"{program('rrsync')} -no-lock {place}")
        remote = f"{ssh.user}@127.0.0.1:/"
    key = tmp_path / "my key"
    shutil.copy(ssh.key, key)
    command = ssh.command.replace(str(ssh.key), f"'{key}'")
    return RsyncTarget(settings(tmp_path, remote, command))


def settings(root: Path, place: str, ssh: str | None = None) -> TargetSettings:
    """Return the settings of a target."""
    return TargetSettings("web", "rsync", place, root, root / "memory", ssh=ssh)


def files(folder: Path) -> set[str]:
    """Return the paths of all that lies in *folder*, folders too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_files_come_and_go(target: RsyncTarget, tmp_path: Path) -> None:
    """What was put is read; what was removed leaves no empty folder behind."""
    keys = [f"{ROOM}/index.html", f"{ROOM}/assets/a b.css", "index.html"]
    assert target.read(keys) == {}
    assert target.rooms() == set()
    told: list[int] = []
    target.put([upload(key, key) for key in keys], told.append)
    assert sum(told) == 3
    assert target.read([*keys, f"{ROOM}/no.html", "t/no/no"]) == {
        key: key.encode() for key in keys
    }
    assert target.rooms() == {ROOM_NAME}
    target.remove([*keys[:2], f"{ROOM}/no.html", "t/no/deep/no.html"])
    assert files(tmp_path / "place") == {"index.html"}
    assert target.rooms() == set()
    target.remove(keys)
    assert files(tmp_path / "place") == set()


@HERE_AND_THERE
def test_only_what_is_named_goes(target: RsyncTarget, tmp_path: Path) -> None:
    """Signs that rsync's rules know are letters of a name, and folders are no names."""
    kept = ["logo1.png", "a.css", "ab.css", "deep/a/b.css", "# c", "+ d", "e/f", "-"]
    gone = ["logo[1].png", "a?.css", "*.css", "**", "- e", "[!a]b.css"]
    target.put([upload(f"{ROOM}/{name}") for name in (*kept, *gone)])
    place = tmp_path / "place"
    before = files(place)
    target.remove([f"{ROOM}/{name}" for name in (*gone, "e", "deep")])
    assert before - files(place) == {f"{ROOM}/{name}" for name in gone}
    target.remove([f"{ROOM}/{name}" for name in kept])
    assert files(place) == set()


@NO_SHELL
def test_an_account_without_a_shell_is_enough(
    target: RsyncTarget, tmp_path: Path
) -> None:
    """A key that may run rsync in one folder alone publishes and removes."""
    key = f"{ROOM}/index.html"
    assert target.claim("publishing.json", b"mine")
    target.put([upload(key)])
    assert target.read([key, "publishing.json", "no"]) == {
        key: b"text",
        "publishing.json": b"mine",
    }
    (tmp_path / "place" / "foreign").write_text("foreign")
    target.remove([key, "publishing.json"])
    assert files(tmp_path / "place") == {"foreign"}


@HERE_AND_THERE
def test_everybody_may_read(target: RsyncTarget, tmp_path: Path) -> None:
    """A web server that is another user reads all, whatever the umask."""
    before = os.umask(0o077)
    try:
        target.put([upload(f"{ROOM}/assets/a.css"), upload("index.html")])
    finally:
        os.umask(before)
    place = tmp_path / "place"
    modes = {name: (place / name).stat().st_mode & 0o777 for name in files(place)}
    assert modes == {
        "index.html": 0o644,
        "t": 0o755,
        ROOM: 0o755,
        f"{ROOM}/assets": 0o755,
        f"{ROOM}/assets/a.css": 0o644,
    }


def test_foreign_files_stay(target: RsyncTarget, tmp_path: Path) -> None:
    """Nothing is deleted or changed but what is named, in no folder."""
    place = tmp_path / "place"
    foreign = ["notes.txt", f"{ROOM}/own.txt", f"t/{OTHER}/index.html", "blog/a.html"]
    for name in foreign:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("foreign")
    for folder in (place, place / "blog"):
        folder.chmod(0o710)
    keys = [f"{ROOM}/index.html", f"{ROOM}/assets/a.css", "index.html"]
    target.put([upload(key) for key in keys])
    assert all((place / name).read_text() == "foreign" for name in foreign)
    target.remove([*keys, ROOM, "t", "blog"])
    left = {name for name in files(place) if (place / name).is_file()}
    assert left == set(foreign)
    assert not (place / ROOM / "assets").exists()
    modes = {folder.stat().st_mode & 0o777 for folder in (place, place / "blog")}
    assert modes == {0o710}


def test_an_edit_of_the_same_length_arrives(
    target: RsyncTarget, tmp_path: Path
) -> None:
    """Neither size nor time of a file stands for its content."""
    key = f"{ROOM}/index.html"
    target.put([upload(key, "status: done")])
    file = tmp_path / "place" / key
    for time in (0, 4_000_000_000):
        os.utime(file, (time, time))
        target.put([upload(key, "status: open")])
        assert file.read_text() == "status: open"
        file.write_text("status: done")


def test_what_is_the_same_is_left_alone(target: RsyncTarget, tmp_path: Path) -> None:
    """An unchanged file is not written again."""
    key = f"{ROOM}/index.html"
    target.put([upload(key)])
    before = (tmp_path / "place" / key).stat()
    target.put([upload(key)])
    after = (tmp_path / "place" / key).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_one_of_many_claims_wins(target: RsyncTarget) -> None:
    """A claim is made in one step, can be read, replaced and let go."""
    start = threading.Barrier(3)

    def claim(name: int) -> bool:
        start.wait()
        return target.claim("publishing.json", f'{{"by": {name}}}'.encode())

    with ThreadPoolExecutor(3) as pool:
        won = list(pool.map(claim, range(3)))
    assert won.count(True) == 1
    held = target.read(["publishing.json"])["publishing.json"]
    assert held == f'{{"by": {won.index(True)}}}'.encode()
    target.put([upload("publishing.json", "mine")])
    assert not target.claim("publishing.json", b"late")
    assert target.read(["publishing.json"]) == {"publishing.json": b"mine"}
    target.remove(["publishing.json"])
    assert target.read(["publishing.json"]) == {}


def test_a_claim_leads_nowhere(target: RsyncTarget, tmp_path: Path) -> None:
    """A web server finds no file there, and a foreign link is not followed."""
    place = tmp_path / "place"
    (tmp_path / "secret").write_text("secret")
    (place / "index.html").symlink_to(tmp_path / "secret")
    (place / "odd").symlink_to("mapsite-claim:%")
    assert target.claim("publishing.json", b"../secret")
    assert not (place / "publishing.json").exists()
    keys = ["index.html", "publishing.json", "odd"]
    assert target.read(keys) == {"publishing.json": b"../secret"}
    target.put([upload("index.html", "page")])
    assert (tmp_path / "secret").read_text() == "secret"
    assert not (place / "index.html").is_symlink()


def test_what_a_killed_transfer_left_goes_too(
    target: RsyncTarget, tmp_path: Path
) -> None:
    """A part of a removed file is not kept under the name it had on its way."""
    key = f"{ROOM}/index.html"
    target.put([upload(key), upload(f"t/{OTHER}/index.html")])
    (tmp_path / "place" / ROOM / ".index.html.aB3xYz").write_text("part")
    (tmp_path / "place" / "t" / OTHER / ".index.html.aB3xYz").write_text("part")
    target.remove([key])
    assert target.rooms() == {OTHER}
    assert len(files(tmp_path / "place" / "t" / OTHER)) == 2


def test_a_reader_gets_one_version_whole(target: RsyncTarget, tmp_path: Path) -> None:
    """While files are replaced, none is missing or half there."""
    key = f"{ROOM}/index.html"
    versions = [bytes([65 + turn]) * 3_000_000 for turn in range(4)]
    target.put([upload(key, versions[0])])
    stop = threading.Event()
    torn: list[int] = []
    file = tmp_path / "place" / key

    def read() -> int:
        reads = 0
        while not stop.is_set():
            data = file.read_bytes()
            reads += 1
            if len(data) != 3_000_000 or data.count(data[:1]) != len(data):
                torn.append(len(data))
        return reads

    with ThreadPoolExecutor(1) as pool:
        reads = pool.submit(read)
        try:
            for version in versions:
                target.put([upload(key, version)])
        finally:
            stop.set()
        assert reads.result() > 0
    assert torn == []


@pytest.mark.parametrize(
    "key",
    [
        *("../a", "/etc/a", "t/../../a", "a\nb", "a\0b", "t//a", "./a", "a/", "", "."),
        *("a\\b", ".git/config", "t/.GIT/a", "a\u202eb", "a" * 2000),
    ],
)
def test_names_that_lead_astray_are_refused(key: str, tmp_path: Path) -> None:
    """No key leads out of the place, and the message does not hold it."""
    (tmp_path / "place").mkdir()
    target = RsyncTarget(settings(tmp_path, "place"))
    for act in (
        lambda: target.put([upload("fine"), upload(key)]),
        lambda: target.read([key]),
        lambda: target.remove([key]),
        lambda: target.claim(key, b""),
    ):
        with pytest.raises(TargetError, match="refused a file whose name is not safe"):
            act()
    assert files(tmp_path) == {"place"}


@pytest.mark.parametrize(
    "place",
    [
        *("rsync://web.example/deals", "web.example::deals", "-e sh:/srv", ""),
        *("a@-oProxyCommand=x:/srv", "web:/srv/$(id)", "web:/srv/a b", "web:"),
        *("u@web:/srv;id", "we b:/srv"),
    ],
)
def test_places_that_are_none_are_refused(place: str, tmp_path: Path) -> None:
    """Nothing in a place is an option or a shell's word."""
    with pytest.raises(TargetError, match="expected user@host:/path or a local folder"):
        RsyncTarget(settings(tmp_path, place))


@pytest.mark.parametrize("place", [".", "..", "plans", ".mapsite/site"])
def test_the_repository_itself_is_no_place(place: str, tmp_path: Path) -> None:
    """Rooms do not come to lie among the plans."""
    with pytest.raises(TargetError, match=r"target web: .*; take a"):
        RsyncTarget(settings(tmp_path, place))


def refusal(target: RsyncTarget) -> TargetError:
    """Return how *target* fails to take a file; no message holds the token."""
    key = f"{ROOM}/index.html"
    acts = (
        lambda: target.put([upload(key)]),
        lambda: target.remove([key]),
    )
    found = []
    for act in acts:
        with pytest.raises(TargetError) as caught:
            act()
        found.append(caught.value)
        assert ROOM_NAME not in str(caught.value)
        assert caught.value.__cause__ is None
    return found[0]


def test_an_unreachable_server_is_told(tmp_path: Path, ssh: openssh.Ssh) -> None:
    """A second try may do, so it is busy."""
    command = ssh.command.replace(f"-p {ssh.port}", f"-p {free_ports(1)[0]}")
    target = RsyncTarget(settings(tmp_path, "127.0.0.1:/srv", command))
    error = refusal(target)
    assert str(error) == "127.0.0.1 cannot be reached"
    assert isinstance(error, TargetBusy)


def test_a_wrong_key_is_told(tmp_path: Path, ssh: openssh.Ssh) -> None:
    """The server's own key is none of its users'; nothing asks for a password."""
    command = ssh.command.replace(str(ssh.key), str(ssh.key.with_name("host")))
    target = RsyncTarget(settings(tmp_path, "127.0.0.1:/srv", command))
    error = refusal(target)
    assert "127.0.0.1 does not accept this user's ssh key" in str(error)
    assert not isinstance(error, TargetBusy)


def test_an_unknown_server_is_told(tmp_path: Path, ssh: openssh.Ssh) -> None:
    """Nobody is trusted for the first time without being asked."""
    command = ssh.command.replace(str(ssh.known_hosts), str(tmp_path / "none"))
    target = RsyncTarget(settings(tmp_path, "127.0.0.1:/srv", command))
    assert "not in ssh's known_hosts" in str(refusal(target))


def test_a_server_without_rsync_is_told(
    tmp_path: Path, ssh: openssh.Ssh, only: Callable[[str], None]
) -> None:
    """Whoever runs the server is told what to install."""
    only("PATH=/nowhere; rsync --server")
    target = RsyncTarget(settings(tmp_path, "127.0.0.1:/srv", ssh.command))
    assert str(refusal(target)) == "rsync is not installed on 127.0.0.1"


def test_a_machine_without_rsync_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever publishes is told what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    target = RsyncTarget(settings(tmp_path, "place"))
    assert str(refusal(target)) == "cannot run `rsync`; is it installed here?"


def test_a_missing_folder_is_told(tmp_path: Path, ssh: openssh.Ssh) -> None:
    """It is not made: a slip of the pen would become a folder on the server."""
    target = RsyncTarget(
        settings(tmp_path, f"127.0.0.1:{tmp_path}/no/place", ssh.command)
    )
    assert target.read(["index.html"]) == {}
    assert target.rooms() == set()
    with pytest.raises(TargetError, match="the folder above the place"):
        target.put([upload("index.html")])
    target.remove(["index.html"])


def test_only_few_may_read_what_waits(target: RsyncTarget) -> None:
    """Neither settings nor results show a path when they are printed."""
    copy = dataclasses.replace(target.settings)
    assert ROOM_NAME not in repr(copy)
    assert target.remains() == ()
    target.deliver()
    target.close()


class TestContract(TargetContract):
    """Try a folder of this computer, which rsync treats as any other."""

    overwrites = 15

    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf:
        """Return a folder that is not there yet."""
        place = tmp_path / "place"

        def seen(key: str) -> bytes | None:
            file = place / key
            return file.read_bytes() if file.is_file() else None

        def plant(key: str, data: bytes) -> None:
            (place / key).parent.mkdir(parents=True, exist_ok=True)
            (place / key).write_bytes(data)

        return Shelf(lambda: RsyncTarget(settings(tmp_path, "place")), seen, plant)
