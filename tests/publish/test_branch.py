"""A branch of a real git repository, with other publishers and rules of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mapsite.publish.target import (
    TargetBusy,
    TargetError,
    TargetMoved,
    TargetSettings,
    Upload,
)
from mapsite.publish.targets.branch import BranchTarget
from tests.gits import Git
from tests.publish.contract import Shelf, TargetContract
from tests.servers import openssh
from tests.servers.ports import free_ports

NAME = "abcdefghijklmnopqrstuvwxyz"
ROOM = f"t/{NAME}"
PAGE = f"{ROOM}/index.html"


def upload(key: str, text: str = "text") -> Upload:
    """Return a file on its way."""
    return Upload(key, text.encode(), "text/html; charset=utf-8", "no-store")


class Published:
    """Stand for a repository that rooms are published to, and who publishes."""

    def __init__(self, folder: Path) -> None:
        """Make the repository, without a branch."""
        self.folder = folder
        self.git = Git(folder / "deals.git")
        self.git.folder.mkdir()
        self.git("init", "--bare", "--quiet")

    def target(
        self, machine: str = "one", place: str | None = None, **options: object
    ) -> BranchTarget:
        """Return a target for the repository, as a *machine* has it."""
        root = self.folder / machine
        root.mkdir(exist_ok=True)
        url = place or str(self.git.folder)
        memory = root / ".mapsite" / "targets" / "pages"
        return BranchTarget(
            TargetSettings("pages", "git", url, root, memory, options=options)
        )

    def files(self) -> set[str]:
        """Return the paths of the branch's files."""
        return set(
            self.git("ls-tree", "-r", "--name-only", "gh-pages").split("\n")[:-1]
        )

    def commits(self) -> list[str]:
        """Return the branch's commits, newest first."""
        return self.git("log", "--format=%H", "gh-pages").split()

    def hook(self, name: str, text: str) -> None:
        """Have the repository run *text* with each push."""
        file = self.git.folder / "hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        file.chmod(0o755)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    """Return an empty repository; git knows nobody's name."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return Published(tmp_path)


def test_files_come_and_go(published: Published) -> None:
    """Each delivery is one commit; nothing is seen before it."""
    target = published.target()
    keys = [PAGE, f'{ROOM}/assets/a "b" ü.css', "index.html"]
    assert (target.read(keys), target.rooms()) == ({}, set())
    told: list[int] = []
    target.put([upload(key, key) for key in keys], told.append)
    assert sum(told) == 3
    assert target.read([*keys, "no"]) == {key: key.encode() for key in keys}
    assert target.rooms() == {NAME}
    assert published.git("branch") == ""
    target.deliver()
    assert target.read([*keys, "no"]) == {key: key.encode() for key in keys}
    again = published.target()
    assert again.read([*keys, "no"]) == {key: key.encode() for key in keys}
    again.remove([*keys[:2], "t/no/index.html"])
    assert again.rooms() == set()
    assert again.read(keys) == {"index.html": b"index.html"}
    assert again.rooms() == set()
    again.deliver()
    assert published.files() == {".nojekyll", "index.html"}
    assert published.target("two").rooms() == set()
    assert len(published.commits()) == 2


def test_an_edit_of_the_same_length_arrives(published: Published) -> None:
    """Contents are compared, and what is the same makes no commit."""
    for text in ("status: done", "status: open", "status: open"):
        target = published.target()
        target.put([upload(PAGE, text)])
        target.deliver()
    assert published.git("show", f"gh-pages:{PAGE}") == "status: open"
    assert len(published.commits()) == 2
    target.deliver()
    target.remove(["no"])
    target.deliver()
    assert len(published.commits()) == 2


def test_foreign_files_stay(published: Published) -> None:
    """Files, modes and history of others are not touched."""
    others = Git(published.folder / "others").init()
    others("checkout", "--quiet", "-b", "gh-pages")
    for name in ("CNAME", f"{ROOM}/own.txt", "blog/run.sh", ".gitattributes"):
        others.write(name, "* text eol=crlf\n")
    (others.folder / "blog/run.sh").chmod(0o755)
    others.commit("2026-05-01")
    others("push", "--quiet", str(published.git.folder), "gh-pages")
    before = set(published.git("ls-tree", "-r", "gh-pages").splitlines())
    target = published.target()
    target.put([upload(PAGE, "a\nb\n"), upload("index.html")])
    target.deliver()
    assert published.git("show", f"gh-pages:{PAGE}") == "a\nb\n"
    assert before < set(published.git("ls-tree", "-r", "gh-pages").splitlines())
    target.remove([PAGE, "index.html", ROOM, "blog"])
    target.deliver()
    after = set(published.git("ls-tree", "-r", "gh-pages").splitlines())
    assert {line.split("\t")[1] for line in after - before} == {".nojekyll"}
    assert before < after
    assert others("rev-parse", "gh-pages").strip() in published.commits()
    for key in ("blog", "CNAME/index.html"):
        target.put([upload(key)])
        with pytest.raises(TargetError, match="where a published file belongs"):
            target.deliver()
        target.close()
    assert after == set(published.git("ls-tree", "-r", "gh-pages").splitlines())


def test_the_second_of_two_publishers_begins_again(published: Published) -> None:
    """What it had looked at is not there any more, so nothing of it is pushed."""
    first, second = published.target("one"), published.target("two")
    for target in (first, second):
        assert target.read([PAGE]) == {}
        assert target.claim("publishing.json", b"mine")
    first.put([upload(PAGE, "first")])
    second.put([upload(PAGE, "second"), upload("late.html")])
    first.deliver()
    with pytest.raises(TargetMoved, match="another publisher changed the branch"):
        second.deliver()
    assert published.files() == {".nojekyll", PAGE}
    assert second.read([PAGE, "late.html"]) == {PAGE: b"first"}
    second.put([upload(PAGE, "second")])
    second.deliver()
    assert first.read([PAGE]) == {PAGE: b"first"}
    first.remove([PAGE])
    with pytest.raises(TargetMoved):
        first.deliver()
    assert published.git("show", f"gh-pages:{PAGE}") == "second"


def test_a_claim_stays_here(published: Published) -> None:
    """It is never in the branch, however often it is renewed."""
    target = published.target()
    assert target.claim("publishing.json", b"one")
    target.put([upload("publishing.json", "two"), upload(PAGE)])
    assert target.read(["publishing.json"]) == {"publishing.json": b"two"}
    target.deliver()
    assert published.files() == {".nojekyll", PAGE}
    target.remove(["publishing.json"])
    assert target.read(["publishing.json"]) == {}
    target.deliver()
    assert len(published.commits()) == 1


def test_commits_tell_nothing(published: Published) -> None:
    """Neither message nor author says who or what; git's own name is kept."""
    target = published.target()
    target.put([upload(PAGE)])
    target.deliver()
    told = "%an <%ae>/%cn <%ce>/%B"
    who = "mapsite <mapsite@localhost>"
    log = published.git("log", f"--format={told}", "gh-pages")
    assert log.strip() == f"{who}/{who}/Publish rooms"
    git = Git(published.folder / "one").init()
    git("config", "user.name", "CI <x>")
    git("config", "user.email", "ci@mama.example")
    target.put([upload(PAGE, "new")])
    target.deliver()
    log = published.git("log", "-1", "--format=%an <%ae>", "gh-pages")
    assert log.strip() == "CI x <ci@mama.example>"


def test_history_says_that_it_keeps_what_was_removed(published: Published) -> None:
    """By default nothing of a repository's history is rewritten."""
    target = published.target()
    target.put([upload(PAGE, "secret")])
    target.deliver()
    target.remove([PAGE])
    target.deliver()
    assert published.git("show", f"gh-pages~1:{PAGE}") == "secret"
    (told,) = target.remains()
    assert "history of the branch gh-pages" in told
    assert "{history: none}" in told


def test_history_can_be_replaced(published: Published) -> None:
    """With the option the branch is one commit, from the next delivery on."""
    target = published.target()
    target.put([upload(PAGE, "secret"), upload("foreign.html")])
    target.deliver()
    target.remove([PAGE])
    target.deliver()
    assert len(published.commits()) == 2
    target = published.target(history="none")
    target.deliver()
    assert len(published.commits()) == 1
    assert published.files() == {".nojekyll", "foreign.html"}
    before = published.commits()
    target.deliver()
    assert published.commits() == before
    target.put([upload(PAGE)])
    target.deliver()
    assert published.files() == {".nojekyll", "foreign.html", PAGE}
    assert len(published.commits()) == 1
    (told,) = target.remains()
    assert "for a while" in told
    late = published.target("two", history="none")
    late.put([upload("late.html")])
    target.put([upload(PAGE, "newer")])
    target.deliver()
    with pytest.raises(TargetMoved):
        late.deliver()
    assert "late.html" not in published.files()


def test_a_refused_push_is_told(published: Published) -> None:
    """What a hook says is not repeated: it may hold anything."""
    target = published.target()
    published.hook("pre-receive", f"echo 'no {PAGE}' >&2; exit 1")
    target.put([upload(PAGE)])
    with pytest.raises(TargetError, match="refuses a push to the branch gh-") as caught:
        target.deliver()
    assert not isinstance(caught.value, TargetMoved | TargetBusy)
    assert NAME not in str(caught.value)
    published.hook("pre-receive", "exit 0")
    target.deliver()
    assert PAGE in published.files()


def test_a_push_whose_answer_was_lost_arrived(published: Published) -> None:
    """It is not done a second time."""
    target = published.target()
    published.hook("post-receive", "kill -9 $PPID")
    target.put([upload(PAGE)])
    target.deliver()
    assert len(published.commits()) == 1
    assert target.read([PAGE]) == {PAGE: b"text"}


def test_what_a_killed_run_left_is_no_obstacle(published: Published) -> None:
    """Locks and halves in our own repository are cleared away."""
    target = published.target()
    target.put([upload(PAGE)])
    target.deliver()
    store = published.folder / "one" / ".mapsite" / "targets" / "pages" / "branch.git"
    other = published.target("two")
    for number, name in enumerate(("refs/mapsite/tip.lock", "shallow.lock", "HEAD")):
        other.put([upload("index.html", str(number))])
        other.deliver()
        (store / name).write_text("", "ascii")
        again = published.target()
        assert again.read(["index.html"]) == {"index.html": str(number).encode()}
        again.put([upload(PAGE, str(number))])
        again.deliver()
        other.close()


def test_nothing_that_somebody_configured_runs(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No hook, monitor or prompt of this machine, and no other repository."""
    trap = published.folder / "trap"
    script = published.folder / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n", "utf-8")
    script.chmod(0o755)
    hooks = published.folder / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "post-commit"):
        (hooks / name).symlink_to(script)
    config = published.folder / "config"
    config.write_text(
        f"[core]\nhooksPath = {hooks}\nfsmonitor = {script}\naskPass = {script}\n"
        "[commit]\ngpgSign = true\n[push]\ngpgSign = true\n",
        "utf-8",
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_ASKPASS", str(script))
    published.git("config", "core.hooksPath", "hooks")  # its own are its own affair
    target = published.target()
    target.put([upload(PAGE)])
    target.deliver()
    assert published.files() == {".nojekyll", PAGE}
    assert not trap.exists()
    published.git("config", "core.hooksPath", str(hooks))
    target.put([upload(PAGE, "new")])
    target.deliver()
    assert trap.exists()


@pytest.mark.parametrize(
    "place",
    [
        *("ext::sh -c touch% x", "-uorigin", "", "https://jo:secret@git.example/d"),
        *("git://git.example/deals", "ssh://-oProxyCommand=x/deals", "a\nb"),
    ],
)
def test_places_that_are_none_are_refused(published: Published, place: str) -> None:
    """No option, no command and no password is taken for a repository."""
    settings = published.target().settings
    with pytest.raises(TargetError) as caught:
        BranchTarget(TargetSettings("x", "git", place, settings.root, settings.memory))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("branch", ["-d", "a..b", "a b", "HEAD:x", "a.lock", "/a", ""])
def test_branches_that_are_none_are_refused(published: Published, branch: str) -> None:
    """A branch is a name, not a word of git's."""
    settings = published.target().settings
    with pytest.raises(TargetError, match="expected the name of a branch"):
        BranchTarget(
            TargetSettings(
                "x", "git", "deals.git", settings.root, settings.memory, branch=branch
            )
        )


@pytest.mark.parametrize(
    "key", ["../a", "/a", "a\nM 100644 inline b", ".git/config", "t/.GIT/x", "a//b"]
)
def test_names_that_lead_astray_are_refused(published: Published, key: str) -> None:
    """No key is a command, and the message does not hold it."""
    target = published.target()
    for act in (
        lambda: target.put([upload(key)]),
        lambda: target.read([key]),
        lambda: target.remove([key]),
        lambda: target.claim(key, b""),
    ):
        with pytest.raises(TargetError, match="refused a file whose name is not safe"):
            act()
    target.deliver()
    assert published.git("branch") == ""


def test_it_is_reached_over_ssh(published: Published, ssh: openssh.Ssh) -> None:
    """The setting `ssh` says how; what goes wrong is told without a path."""
    settings = published.target().settings

    def target(command: str, place: Path = published.git.folder) -> BranchTarget:
        url = f"ssh://{ssh.user}@127.0.0.1:{ssh.port}{place}"
        return BranchTarget(
            TargetSettings(
                *("pages", "git", url, settings.root, settings.memory), ssh=command
            )
        )

    fine = target(ssh.command)
    fine.put([upload(PAGE)])
    fine.deliver()
    assert published.files() == {".nojekyll", PAGE}
    fine.put([upload(PAGE, "new")])
    with pytest.raises(
        TargetError, match=r"127\.0\.0\.1 does not accept this user's ssh"
    ):
        target(ssh.command.replace(str(ssh.key), str(ssh.key.with_name("host")))).read(
            [PAGE]
        )
    with pytest.raises(TargetError, match=r"127\.0\.0\.1 has no such repository"):
        target(ssh.command, published.folder / "none.git").read([PAGE])


def test_an_unreachable_host_is_told(published: Published) -> None:
    """A second try may do, so it is busy."""
    target = published.target(place=f"ssh://127.0.0.1:{free_ports(1)[0]}/deals.git")
    with pytest.raises(TargetBusy, match=r"127\.0\.0\.1 cannot be reached"):
        target.put([upload(PAGE)])
    target = published.target(place=f"http://127.0.0.1:{free_ports(1)[0]}/deals.git")
    with pytest.raises(TargetBusy, match=r"127\.0\.0\.1 cannot be reached"):
        target.rooms()
    target = published.target(place="none.git")
    with pytest.raises(TargetError, match="the repository has no such repository"):
        target.read([PAGE])


class TestContract(TargetContract):
    """Try a branch, where readers see what was delivered."""

    overwrites = 15

    @pytest.fixture
    def shelf(self, published: Published) -> Shelf:
        """Return a repository without the branch."""
        others = Git(published.folder / "others").init()
        others("checkout", "--quiet", "-b", "gh-pages")

        def seen(key: str) -> bytes | None:
            asked = ["git", "cat-file", "blob", f"gh-pages:{key}"]
            ran = subprocess.run(
                asked, cwd=published.git.folder, capture_output=True, check=False
            )
            return None if ran.returncode else ran.stdout

        def plant(key: str, data: bytes) -> None:
            others.write(key, data)
            others.commit("2026-05-01")
            others("push", "--quiet", str(published.git.folder), "gh-pages")

        return Shelf(published.target, seen, plant, exclusive=False)
