"""A host's own command: a real script that replaces what a web server shows."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from mapsite.publish.target import TargetBusy, TargetError, TargetSettings, Upload
from mapsite.publish.targets.command import CommandTarget
from mapsite.publish.targets.leftovers import part_of
from tests.publish.contract import Shelf, TargetContract

NAME = "abcdefghijklmnopqrstuvwxyz"
ROOM = f"t/{NAME}"
PAGE = f"{ROOM}/index.html"

SCRIPT = """\
import os, shutil, sys
source, site, *more = sys.argv[1:]
deploys = site + "-deploys"
if source == "forget":
    for name in os.listdir(deploys):
        if os.path.realpath(site) != os.path.join(deploys, name):
            shutil.rmtree(os.path.join(deploys, name))
    sys.exit()
new = os.path.join(deploys, str(len(os.listdir(deploys))))
shutil.copytree(source, new)
if "--fail" in more:
    print("\\x1b[31muploading\\x1b[0m", os.path.join(source, "{page}"))
    print("T%2F{name} {name}", os.environ["HOST_TOKEN"], file=sys.stderr)
    print("t/abcdefghijkl... " + "secret" + repr(os.environ.get("MAPSITE_SECRET")))
    sys.exit(7)
os.symlink(new, site + "-new")
os.replace(site + "-new", site)
"""


class Host:
    """Stand for a host: what its command takes, and what it shows."""

    def __init__(self, folder: Path, port: int) -> None:
        """Serve the site in *folder* at *port*."""
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}/"
        self.script = folder / "deploy tool.py"
        text = SCRIPT.replace("{page}", PAGE).replace("{name}", NAME)
        self.script.write_text(text, "utf-8")
        (folder / "site-deploys").mkdir()
        self.root = folder / "deals"
        self.root.mkdir()

    def command(self, *words: str) -> str:
        """Return the command as a setting has it."""
        return shlex.join([sys.executable, str(self.script), *words])

    def target(
        self, *more: str, machine: str = "one", withdraw: str = ""
    ) -> CommandTarget:
        """Return a target that publishes to the host, as a *machine* has it."""
        site = str(self.folder / "site")
        return CommandTarget(
            TargetSettings(
                name="netlify",
                kind="command",
                place=self.command("{dir}", site, *more),
                root=self.root,
                memory=self.root / ".mapsite" / "targets" / machine,
                address=self.address,
                options={"withdraw": withdraw} if withdraw else {},
            )
        )

    def get(self, key: str) -> bytes | None:
        """Return what a reader gets."""
        try:
            with urlopen(self.address + quote(key), timeout=20) as answer:  # noqa: S310
                body: bytes = answer.read()
                return body
        except HTTPError as error:
            error.close()
            return None if error.code == 404 else b"an error"

    def deploys(self) -> int:
        """Return how often the command ran."""
        return len(list((self.folder / "site-deploys").iterdir()))


class Quiet(SimpleHTTPRequestHandler):
    """Serve files without printing."""

    status = 200

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002
        """Keep still."""

    def send_head(self):  # type: ignore[no-untyped-def]  # noqa: ANN201  # as the library
        """Answer with the status that a test wants."""
        if Quiet.status != 200:
            self.send_error(Quiet.status)
            return None
        return super().send_head()


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Return a host whose site does not exist yet."""
    handler = partial(Quiet, directory=str(tmp_path / "site"))
    monkeypatch.setattr(Quiet, "status", 200)
    monkeypatch.setenv("HOST_TOKEN", "nfp-credential")
    monkeypatch.setenv("MAPSITE_SECRET", "a secret of many letters")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Host(tmp_path, server.server_port)
        finally:
            server.shutdown()
            thread.join()


def upload(key: str, text: str = "text") -> Upload:
    """Return a file on its way."""
    return Upload(key, text.encode(), "text/html; charset=utf-8", "no-store")


def test_a_delivery_shows_all_that_waits(host: Host) -> None:
    """Rooms of earlier deliveries are in every later one."""
    target = host.target()
    assert target.whole_site
    keys = [PAGE, f"{ROOM}/assets/a b.css", "index.html", "_headers"]
    told: list[int] = []
    target.put([upload(key, key) for key in keys], told.append)
    assert sum(told) == 4
    assert target.read([*keys, "no"]) == {key: key.encode() for key in keys}
    assert host.get(PAGE) is None
    target.deliver()
    assert {key: host.get(key) for key in keys} == target.read(keys)
    target = host.target()
    assert target.rooms() == {NAME}
    target.put([upload("t/other/index.html", "other")])
    target.deliver()
    assert host.get(PAGE) == PAGE.encode()
    assert host.get("t/other/index.html") == b"other"
    target.remove([PAGE, keys[1]])
    assert host.get(PAGE) == PAGE.encode()
    target.deliver()
    assert host.get(PAGE) is None
    assert host.get("index.html") == b"index.html"
    assert target.rooms() == {"other"}
    assert host.deploys() == 3


def test_nothing_new_runs_nothing(host: Host) -> None:
    """The command is run where something waits, also from a run that was killed."""
    target = host.target()
    target.put([upload(PAGE)])
    target.deliver()
    target.deliver()
    host.target().deliver()
    assert host.deploys() == 1
    host.target().put([upload(PAGE, "same length: open")])
    host.target().deliver()
    assert host.get(PAGE) == b"same length: open"
    host.target().put([upload(PAGE, "same length: done")])
    host.target().deliver()
    assert host.get(PAGE) == b"same length: done"


def test_a_new_machine_asks_the_site(host: Host) -> None:
    """What is there is found at its address until this machine delivered itself."""
    first = host.target()
    first.put([upload(PAGE, "first"), upload("a b ü.html", "odd"), upload("x", "x")])
    first.deliver()
    second = host.target(machine="two")
    assert second.rooms() is None
    assert second.read([PAGE, "a b ü.html", "no"]) == {
        PAGE: b"first",
        "a b ü.html": b"odd",
    }
    second.put([upload(PAGE, "second")])
    second.remove(["x"])
    assert second.read([PAGE, "x"]) == {PAGE: b"second"}
    second.deliver()
    assert host.get("x") is None
    assert second.read([PAGE, "a b ü.html", "x"]) == {PAGE: b"second"}


def test_a_site_that_is_not_there_yet_is_empty(host: Host) -> None:
    """A first publish goes on; one that a busy host answers does not."""
    target = host.target()
    assert target.read([PAGE]) == {}
    Quiet.status = 503
    with pytest.raises(TargetBusy, match="status 503"):
        target.read([PAGE])
    Quiet.status = 403
    assert target.read([PAGE]) == {}


def test_a_failed_command_tells_no_address(host: Host) -> None:
    """Its words are shown without addresses, credentials and control letters."""
    target = host.target("--fail")
    target.put([upload(PAGE)])
    with pytest.raises(TargetError) as caught:
        target.deliver()
    told = str(caught.value)
    assert "the command failed with exit code 7; it said:\n  uploading" in told
    assert "site/t/…" in told
    assert "secretNone" in told
    assert not any(part in told for part in (NAME, "index.html", "abcd", "\x1b"))
    assert "nfp-credential" not in told
    assert host.get(PAGE) is None
    host.target().deliver()
    assert host.get(PAGE) == b"text"


def test_an_empty_site_is_not_delivered(host: Host) -> None:
    """It would take away all that is there."""
    host.target().put([upload(PAGE)])
    host.target().deliver()
    late = host.target(machine="two")
    late.remove(["index.html"])
    with pytest.raises(TargetError, match="there is no file to publish"):
        late.deliver()
    assert host.get(PAGE) == b"text"


def test_halves_of_a_killed_run_are_not_delivered(host: Host) -> None:
    """They lie in the folder under names of their own until the next delivery."""
    target = host.target()
    target.put([upload("index.html")])
    left = target.settings.memory / "site" / part_of("page.html")
    left.write_text("half")
    target.deliver()
    assert [path.name for path in (host.folder / "site").iterdir()] == ["index.html"]
    assert not left.exists()


def test_old_deploys_are_named(host: Host) -> None:
    """Such hosts keep every deploy at an address of its own."""
    target = host.target()
    target.put([upload(PAGE), upload("index.html")])
    target.deliver()
    target.remove([PAGE])
    target.deliver()
    assert host.deploys() == 2
    (told,) = target.remains()
    assert "addresses of earlier deploys" in told
    assert "withdraw" in told


def test_old_deploys_can_be_withdrawn(host: Host) -> None:
    """The command for it runs after something was removed, and again if it failed."""
    forget = host.command("forget", str(host.folder / "site"))
    target = host.target(withdraw=forget)
    assert target.remains() == ()
    target.put([upload(PAGE), upload("index.html")])
    target.deliver()
    target.put([upload(PAGE, "new")])
    target.deliver()
    assert host.deploys() == 2
    target.remove([PAGE])
    wrong = host.target(withdraw=host.command())
    with pytest.raises(TargetError, match="site is published, but the command `with"):
        wrong.deliver()
    target.deliver()
    assert host.deploys() == 1
    assert host.get(PAGE) is None


def test_one_claim_wins_and_is_not_published(host: Host) -> None:
    """It lies beside the site, and can be renewed and let go."""
    target = host.target()
    target.put([upload("index.html")])
    assert target.claim("publishing.json", b"one")
    assert not host.target().claim("publishing.json", b"two")
    target.put([upload("publishing.json", "newer")])
    assert target.read(["publishing.json"]) == {"publishing.json": b"newer"}
    target.deliver()
    assert host.get("publishing.json") is None
    target.remove(["publishing.json"])
    assert target.read(["publishing.json"]) == {}
    target.deliver()
    assert host.deploys() == 1


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("netlify deploy --prod", "has to hold {dir}"),
        ("{dir}", "has to hold {dir}"),
        ("netlify 'deploy {dir}", "is no command"),
        (" ", "is no command"),
    ],
)
def test_commands_that_cannot_work_are_refused(
    place: str, told: str, tmp_path: Path
) -> None:
    """Before anything is written."""
    settings = TargetSettings("x", "command", place, tmp_path, tmp_path / "memory")
    with pytest.raises(TargetError) as caught:
        CommandTarget(settings)
    assert told in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_no_shell_reads_the_command(host: Host) -> None:
    """Its words are words, whatever letters are in them."""
    trap = host.folder / "trap"
    target = host.target(f"; touch {trap}", f"$(touch {trap})", "`id`", "&&", "{dir}")
    target.put([upload(PAGE)])
    target.deliver()
    assert host.get(PAGE) == b"text"
    assert not trap.exists()


def test_a_missing_program_is_told(host: Host) -> None:
    """With its name, as it stands in the settings."""
    settings = host.target().settings
    target = CommandTarget(
        TargetSettings("x", "command", "no-netlify {dir}", host.root, settings.memory)
    )
    target.put([upload(PAGE)])
    with pytest.raises(TargetError, match="cannot run `no-netlify`"):
        target.deliver()


@pytest.mark.parametrize("key", ["../a", "/a", "t/../../a", "a\nb", ".git/config"])
def test_names_that_lead_astray_are_refused(host: Host, key: str) -> None:
    """No key leads out of the folder, and the message does not hold it."""
    target = host.target()
    for act in (
        lambda: target.put([upload(key)]),
        lambda: target.read([key]),
        lambda: target.remove([key]),
        lambda: target.claim(key, b""),
    ):
        with pytest.raises(TargetError, match="refused a file whose name is not safe"):
            act()


class TestContract(TargetContract):
    """Try a host whose readers see the last delivery."""

    overwrites = 15

    @pytest.fixture
    def shelf(self, host: Host) -> Shelf:
        """Return a host without a site; who else has files puts them beside ours."""

        def plant(key: str, data: bytes) -> None:
            file = host.target().settings.memory / "site" / key
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

        return Shelf(host.target, host.get, plant)
