"""A plan's versions, from real git: renames, merges, rebases, and no git at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from mapsite.git.stamp import history_stamp
from mapsite.git.versions import trails_of, versions_of
from mapsite.plan.past import Version
from tests.gits import Git

ACME = "plans/acme.yaml"
TODAY = date(2026, 7, 1)
SAME = [f"same{number}: line" for number in range(5)]


def text(*lines: str, buyer: str = "Acme") -> str:
    """Return a plan long enough to be known again under another name."""
    body = [f"line{number}: Plan" for number in range(20)]
    return "\n".join([f"buyer: {{name: {buyer}}}", *body, *lines, ""])


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Return an empty repository."""
    return Git(tmp_path / "deals").init()


def versions(git: Git, source: str = ACME) -> tuple[Version, ...]:
    """Return the versions of one plan."""
    return versions_of(git.folder, [source], TODAY)[source]


def lines(found: tuple[Version, ...]) -> list[str]:
    """Return the last line of each version."""
    return [version.raw.decode().splitlines()[-1] for version in found]


def test_versions_come_oldest_first_with_who_when_and_why(git: Git) -> None:
    """The author's own day counts, and of a message only its reason."""
    git.commit("2026-05-12", acme=text("a: 1"))
    git.commit(
        "2026-05-20",
        "Secret subject\n\nSecret body\n\nWhy: Report arrives\n  30 May\nWhy: Late",
        "priya",
        acme=text("a: 2"),
    )
    first, second = versions(git)
    assert (first.day, first.author, first.email) == (
        date(2026, 5, 12),
        "Jo",
        "jo@mama.example",
    )
    assert (second.day, second.author, second.email) == (
        date(2026, 5, 20),
        "Priya",
        "priya@acme.example",
    )
    assert (first.why, second.why) == ("", "Report arrives 30 May; Late")
    assert second.commit == git("rev-parse", "HEAD").strip()
    assert second.raw == text("a: 2").encode()
    assert not first.boundary
    assert first.parents == second.parents == ()


def test_one_log_serves_all_plans(git: Git) -> None:
    """Each gets its own versions, whatever the others did."""
    git.commit("2026-05-12", acme=text("a: 1"), nova=text("n: 1", buyer="Nova"))
    git.commit("2026-05-13", nova=text("n: 2", buyer="Nova"))
    git.commit("2026-05-14", acme=text("a: 2"))
    found = versions_of(git.folder, [ACME, "plans/nova.yaml"], TODAY)
    assert lines(found[ACME]) == ["a: 1", "a: 2"]
    assert lines(found["plans/nova.yaml"]) == ["n: 1", "n: 2"]


def test_what_is_not_committed_yet_is_the_newest_version(git: Git) -> None:
    """It is of today and nobody's; other ends of lines are no change."""
    git.commit("2026-05-12", acme=text("a: 1"))
    git.write(ACME, text("a: 1").replace("\n", "\r\n"))
    assert lines(versions(git)) == ["a: 1"]
    git.write(ACME, text("a: 2"))
    *_, last = versions(git)
    assert last == Version("", TODAY, "", "", "", text("a: 2").encode())
    (git.folder / ACME).unlink()
    assert lines(versions(git)) == ["a: 1"]


def test_renames_are_followed(git: Git) -> None:
    """Also with a change, one after another, and between folders."""
    git.commit("2026-05-12", acme=text("a: 1"))
    git("mv", ACME, "plans/acme-pilot.yaml")
    git.commit("2026-05-13")
    (git.folder / "deals").mkdir()
    git("mv", "plans/acme-pilot.yaml", "deals/acme.yml")
    git.write("deals/acme.yml", text("a: 2"))
    git.commit("2026-05-14")
    (git.folder / "plans").mkdir(exist_ok=True)
    git("mv", "deals/acme.yml", ACME)
    git.commit("2026-05-15", acme=text("a: 3"))
    assert lines(versions(git)) == ["a: 1", "a: 1", "a: 2", "a: 3"]


def test_another_deal_from_the_same_template_is_no_rename(git: Git) -> None:
    """Git takes a likeness for a rename; one customer must not get another's past."""
    git.commit("2026-05-12", acme=text("a: 1"))
    (git.folder / ACME).unlink()
    git.commit("2026-05-13", nova=text("a: 1", buyer="Nova"))
    assert "R" in git("log", "-1", "-M", "--name-status", "--format=")
    assert lines(versions(git, "plans/nova.yaml")) == ["a: 1"]
    assert versions(git) == ()


def test_a_deleted_plan_that_is_restored_keeps_its_past(git: Git) -> None:
    """What came back as it was is the same plan; a new one of that name is not."""
    git.commit("2026-05-12", acme=text("a: 1"))
    git.commit("2026-05-13", acme=text("a: 2"))
    (git.folder / ACME).unlink()
    git.commit("2026-05-14")
    assert versions(git) == ()
    git.write(ACME, text("a: 2"))
    assert versions(git) == ()
    git.commit("2026-05-15")
    assert lines(versions(git)) == ["a: 1", "a: 2", "a: 2"]
    (git.folder / ACME).unlink()
    git.commit("2026-05-16")
    git.commit("2026-05-17", acme=text("b: 1", buyer="Nova"))
    assert lines(versions(git)) == ["b: 1"]


def test_a_name_that_moved_on_leaves_no_past_to_a_new_file(git: Git) -> None:
    """The past went with the plan, not with its old name."""
    git.commit("2026-05-12", acme=text("a: 1"))
    git("mv", ACME, "plans/old.yaml")
    git.commit("2026-05-13")
    git.write(ACME, text("b: 1"))
    assert versions(git) == ()
    assert lines(versions(git, "plans/old.yaml")) == ["a: 1", "a: 1"]


def test_a_branch_that_alone_changed_the_plan_comes_in_its_order(git: Git) -> None:
    """The merge itself is no version, and neither are other plans' commits."""
    git.commit("2026-05-12", acme=text("a: 1"), nova=text("n: 1"))
    git("checkout", "-q", "-b", "side")
    git.commit("2026-05-13", who="priya", acme=text("a: 2"))
    git.commit("2026-05-14", who="priya", acme=text("a: 3"))
    git("checkout", "-q", "main")
    git.commit("2026-05-15", nova=text("n: 2"))
    git("merge", "-q", "--no-ff", "-m", "Merge", "side", day="2026-05-16")
    found = versions(git)
    assert lines(found) == ["a: 1", "a: 2", "a: 3"]
    assert [version.author for version in found] == ["Jo", "Priya", "Priya"]
    assert not any(version.parents for version in found)
    assert lines(versions(git, "plans/nova.yaml")) == ["n: 1", "n: 2"]


def test_both_sides_of_a_merge_are_there_once(git: Git) -> None:
    """Each commit with what it came from; the merge is as its author left it."""
    git.commit("2026-05-12", acme=text("a: 1", *SAME, "b: 1"))
    git("checkout", "-q", "-b", "side")
    git.commit("2026-05-13", who="priya", acme=text("a: 1", *SAME, "b: side"))
    git("mv", ACME, "plans/acme-pilot.yaml")
    git.commit("2026-05-14", who="priya")
    git("checkout", "-q", "main")
    git.commit("2026-05-15", acme=text("a: 2", *SAME, "b: 1"))
    git("merge", "-q", "-m", "Merge", "side", day="2026-05-16")
    git.commit("2026-05-17", **{"acme-pilot": text("a: 2", *SAME, "b: last")})
    found = versions(git, "plans/acme-pilot.yaml")
    assert len({version.commit for version in found}) == 6
    assert len(found) == 6
    assert lines(found)[0] == "b: 1"
    assert lines(found)[-2:] == ["b: side", "b: last"]
    assert sorted(lines(found)[1:4]) == ["b: 1", "b: side", "b: side"]
    assert b"a: 2" in found[-2].raw
    assert [bool(version.parents) for version in found] == [False, *[True] * 3, 0, 0]
    for version in found[1:4]:
        assert version.parents == (found[0].raw,) or version.author == "Priya"


@pytest.mark.parametrize("aside", ["plans/nova.yaml", "other"])
def test_what_a_merge_itself_changes_is_a_version(git: Git, aside: str) -> None:
    """Somebody may write more into a merge than both sides had."""
    git.commit("2026-05-12", acme=text("a: 1"), nova=text("n: 1"))
    git("checkout", "-q", "-b", "side")
    git.write(aside, text("n: 2"))
    git.commit("2026-05-13")
    git("checkout", "-q", "main")
    git.write("another", "x")
    git.commit("2026-05-14")
    git("merge", "-q", "--no-ff", "--no-commit", "side")
    git.commit("2026-05-15", "Merge", acme=text("a: 2"))
    assert lines(versions(git)) == ["a: 1", "a: 2"]
    nova = ["n: 1", "n: 2"] if "nova" in aside else ["n: 1"]
    assert lines(versions(git, "plans/nova.yaml")) == nova


def test_rebase_amend_and_revert_leave_what_is_there_now(git: Git) -> None:
    """What was rewritten is gone; what was taken back is one more version."""
    git.commit("2026-05-12", acme=text("a: 1"))
    git("checkout", "-q", "-b", "side")
    git.commit("2026-05-13", acme=text("a: 2"))
    git.commit("2026-05-14", acme=text("a: wrong"))
    git.write(ACME, text("a: 3"))
    git("commit", "-q", "-a", "--amend", "-m", "Right", day="2026-05-14")
    git("checkout", "-q", "main")
    git.write("other", "x")
    git.commit("2026-05-15")
    git("rebase", "-q", "main", "side")
    assert lines(versions(git)) == ["a: 1", "a: 2", "a: 3"]
    git("revert", "--no-edit", "HEAD", day="2026-05-16")
    assert lines(versions(git)) == ["a: 1", "a: 2", "a: 3", "a: 2"]
    assert [version.day.day for version in versions(git)] == [12, 13, 14, 16]


def test_a_rebase_is_the_same_history(git: Git) -> None:
    """Other commits with the same texts, people and days need no new room."""
    git.commit("2026-05-12", acme=text("a: 1"))
    git.commit("2026-05-13", acme=text("a: 2"), nova=text("n: 1"))
    before = trails_of(git.folder, [ACME, "plans/nova.yaml"])
    stamp = history_stamp(git.folder)
    git("commit", "-q", "--amend", "-m", "Other words", day="2026-05-13")
    same = trails_of(git.folder, [ACME])
    assert history_stamp(git.folder) != stamp
    assert same[ACME].fingerprint == before[ACME].fingerprint
    git.commit("2026-05-14", acme=text("a: 3"))
    after = trails_of(git.folder, [ACME, "plans/nova.yaml"])
    assert after[ACME].fingerprint != before[ACME].fingerprint
    nova = [trails["plans/nova.yaml"].fingerprint for trails in (before, after)]
    assert nova[0] == nova[1] != ""
    assert trails_of(git.folder, ["plans/new.yaml"])["plans/new.yaml"].fingerprint == ""


def test_a_shallow_clone_begins_where_it_ends(git: Git, tmp_path: Path) -> None:
    """Its oldest version is no beginning, and says so."""
    for number in range(4):
        git.commit(f"2026-05-1{number}", acme=text(f"a: {number}"))
    copy = Git(tmp_path / "copy")
    git("clone", "-q", "--depth=2", git.folder.as_uri(), str(copy.folder))
    found = versions(copy)
    assert lines(found) == ["a: 2", "a: 3"]
    assert [version.boundary for version in found] == [True, False]
    stamp = history_stamp(copy.folder)
    copy("fetch", "-q", "--unshallow")
    assert history_stamp(copy.folder) != stamp
    assert len(versions(copy)) == 4
    assert not any(version.boundary for version in versions(copy))


def test_a_folder_inside_a_repository(git: Git) -> None:
    """Deals may lie in a corner of a larger one, or a plan beside them."""
    git.write("sales/deals/plans/acme.yaml", text("a: 1"))
    git.write("sales/elsewhere/nova.yaml", text("n: 1"))
    git.commit("2026-05-12", acme=text("other"))
    root = git.folder / "sales/deals"
    found = versions_of(root, [ACME, "../elsewhere/nova.yaml"], TODAY)
    assert [lines(one) for one in found.values()] == [["a: 1"], ["n: 1"]]
    assert history_stamp(root) == history_stamp(git.folder) != ""


def test_strange_names_and_words_are_only_text(git: Git) -> None:
    """Names, people and reasons may hold what looks like git's own output."""
    for name in (":(top)x.yaml", "a\nb.yaml", "*.yaml", "ü.yaml"):
        git.write(f"plans/{name}", text(f"{name!r}: 1"))
    git.commit(
        "2026-05-12", "x\n\nWhy: a\x01b \u202e:100644", who="E\x01 é :100644 000"
    )
    for name in (":(top)x.yaml", "a\nb.yaml", "*.yaml", "ü.yaml"):
        (found,) = versions(git, f"plans/{name}")
        assert found.raw == text(f"{name!r}: 1").encode()
        assert "é :100644 000" in found.author


def test_settings_run_no_commands(git: Git, tmp_path: Path) -> None:
    """A repository may come from anywhere, with settings that name programs."""
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n", "ascii")
    trap.chmod(0o700)
    git.commit("2026-05-12", acme=text("a: 1"))
    git.commit("2026-05-13", acme=text("a: 2"))
    git.write(".gitattributes", "*.yaml diff=trap\n")
    settings = ("core.fsmonitor", "core.pager", "diff.external", "diff.trap.textconv")
    for name in (*settings, "gpg.program", "pager.log", "core.sshCommand"):
        git("config", name, str(trap))
    for name, value in (
        ("log.showSignature", "true"),
        ("log.showRoot", "false"),
        ("log.follow", "true"),
        ("log.date", "relative"),
        ("color.ui", "always"),
        ("diff.renames", "false"),
        ("core.abbrev", "5"),
        ("core.quotePath", "true"),
        ("log.diffMerges", "separate"),
        ("i18n.logOutputEncoding", "UTF-16"),
    ):
        git("config", name, value)
    git("mv", ACME, "plans/other.yaml")
    git("-c", "core.fsmonitor=false", "commit", "-qam", "x")
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert lines(versions(git, "plans/other.yaml")) == ["a: 1", "a: 2", "a: 2"]
    inside = versions_of(git.folder / "plans", ["other.yaml"], TODAY)["other.yaml"]
    assert lines(inside) == ["a: 1", "a: 2", "a: 2"]
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("place", ["nowhere", "empty", "uncommitted", "broken"])
def test_without_commits_there_is_no_history(
    git: Git, tmp_path: Path, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """No repository, or nothing in it: nothing is told, and nothing complained of."""
    folder = git.folder
    if place == "nowhere":
        folder = tmp_path / "folder"
    elif place == "uncommitted":
        git.commit("2026-05-12", nova=text("n: 1"))
    elif place == "broken":
        git.commit("2026-05-12", acme=text("a: 1"))
        shutil.rmtree(folder / ".git" / "objects")
    (folder / "plans").mkdir(parents=True, exist_ok=True)
    (folder / ACME).write_text(text("a: 1"), "utf-8")
    assert versions_of(folder, [ACME], TODAY) == {ACME: ()}
    assert trails_of(folder, [ACME])[ACME].fingerprint == ""
    if place in {"nowhere", "empty"}:
        assert history_stamp(folder) == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("reply", [None, "exit 128", "echo commit x; exit 0"])
def test_without_a_willing_git_there_is_no_history(
    git: Git,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    reply: str | None,
) -> None:
    """Not installed, not trusting the folder, or too old to understand."""
    git.commit("2026-05-12", acme=text("a: 1"))
    tools = tmp_path / "tools"
    tools.mkdir()
    if reply:
        script = tools / "git"
        script.write_text(
            f"#!/bin/sh\necho fatal: dubious ownership >&2\n{reply}\n", "ascii"
        )
        script.chmod(0o700)
    monkeypatch.setenv("PATH", str(tools))
    assert versions_of(git.folder, [ACME], TODAY) == {ACME: ()}
    assert history_stamp(git.folder)
    assert capfd.readouterr() == ("", "")


def test_the_environment_names_no_other_repository(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook runs with GIT_DIR and more set; only the plans' own folder counts."""
    git.commit("2026-05-12", acme=text("a: 1"))
    other = Git(tmp_path / "other").init()
    other.commit("2026-05-13", acme=text("other"))
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    assert lines(versions(git)) == ["a: 1"]
    assert versions_of(tmp_path, [ACME], TODAY) == {ACME: ()}


def test_the_stamp_tells_every_commit(git: Git, tmp_path: Path) -> None:
    """From files alone: packed, detached, in another work tree, or in a submodule."""
    git.commit("2026-05-12", acme=text("a: 1"))
    first = git("rev-parse", "HEAD").strip()
    assert history_stamp(git.folder) == first
    assert history_stamp(git.folder / "plans") == first
    git("pack-refs", "--all")
    assert history_stamp(git.folder) == first
    git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    tree = Git(tmp_path / "tree")
    assert history_stamp(tree.folder) == first
    git.commit("2026-05-13", acme=text("a: 2"))
    second = git("rev-parse", "HEAD").strip()
    assert [history_stamp(one.folder) for one in (git, tree)] == [second, first]
    assert len(versions(tree)) == 1
    git("checkout", "-q", "--detach", first)
    assert history_stamp(git.folder) == first


def test_a_build_with_nothing_to_do_runs_no_git(git: Git) -> None:
    """The stamp needs neither a process nor anything that is slow to import."""
    git.commit("2026-05-12", acme=text("a: 1"))
    program = (
        "import sys; from pathlib import Path; from mapsite.git.stamp import *;"
        "assert history_stamp(Path('.'));"
        "print({'subprocess', 'yaml', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=git.folder,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": ""},
        capture_output=True,
        check=True,
    )
    assert done.stdout.strip() == b"set()"
