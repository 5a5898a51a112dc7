"""Closing deals and opening them again: what is written, and that nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.read import read_plan
from mapsite.publish.archive_reading import verify
from mapsite.publish.archiving import is_closed
from mapsite.publish.closing import (
    Closed,
    Order,
    Reopened,
    addressed,
    close,
    reopen,
)
from mapsite.publish.key import Secret
from mapsite.publish.link import key_check, prefix, token
from mapsite.repository import find_plans
from tests.conftest import PROJECT
from tests.gits import Git

TODAY = date(2026, 5, 24)
LIVE, OLD, DEAD = "b" * 25 + "2", "c" * 25 + "3", "d" * 25 + "4"
LINKS = f"""\
links:
  # {OLD} went to legal
  buyer: {{nonce: {LIVE}, former: [{OLD}]}}
  legal:
    nonce: {DEAD}
    expires: 2026-05-20
"""
MADE_WITH = "m4zq7k2xw9v3n8b6c1t5r0y8u2i4o6p3a7s9d1f5"
SECRET = Secret(MADE_WITH)
OPENED, CLOSED = "plans/acme.yaml", "plans/closed/acme.yaml"


@pytest.fixture
def linked(repo: Path) -> Path:
    """Return `repo`, whose plan acme has a live link, an expired one and a former."""
    with (repo / OPENED).open("a", encoding="utf-8") as file:
        file.write(LINKS)
    return repo


@pytest.fixture
def told() -> list[Closed | Reopened]:
    """Return a list of what was to be withdrawn."""
    return []


@pytest.fixture
def shut(repo: Path, told: list[Closed | Reopened]) -> Callable[..., Closed]:
    """Return a function that closes acme."""

    def run(outcome: str = "won", **more: Any) -> Closed:  # noqa: ANN401  # of Order
        [plan], _ = find_plans(repo, ("acme",))
        order = Order(repo, plan, outcome, more.pop("today", TODAY))
        return close(order._replace(**more), told.append)

    return run


@pytest.fixture
def unshut(repo: Path, told: list[Closed | Reopened]) -> Callable[[], Reopened]:
    """Return a function that opens acme again."""

    def run() -> Reopened:
        [plan], _ = find_plans(repo, ("acme",))
        return reopen(repo, plan, TODAY, told.append)

    return run


def names(archive: Path) -> list[str]:
    """Return the names of the files in an archive."""
    with zipfile.ZipFile(archive) as packed:
        return packed.namelist()


def content(archive: Path, name: str) -> str:
    """Return one text in an archive."""
    with zipfile.ZipFile(archive) as packed:
        return packed.read(name).decode()


class TestClosing:
    """What `close` writes."""

    def test_writes_how_it_ended_and_moves_the_plan(
        self, repo: Path, shut: Callable[..., Closed]
    ) -> None:
        """All other bytes stay as they are."""
        before = (repo / OPENED).read_text("utf-8")
        closed = shut(on=date(2026, 5, 22), reason="Better support")
        assert not (repo / OPENED).exists()
        after = (repo / CLOSED).read_text("utf-8")
        added = "status: won\nclosed:\n  on: 2026-05-22\n  reason: Better support\n"
        assert added in after
        assert after.replace(added, "") == before
        assert closed.plan.path == CLOSED
        assert closed.deal == ("acme", "won", date(2026, 5, 22))

    def test_the_room_is_kept_as_it_was_last_seen(
        self,
        repo: Path,
        shut: Callable[..., Closed],
        mapsite: Callable[..., subprocess.CompletedProcess[str]],
    ) -> None:
        """Its files are those of the build before, in which the deal is open."""
        assert mapsite("build", "acme", "--today", str(TODAY)).returncode == 0
        room = repo / "site/acme"
        archive = shut().archive
        assert archive.relative_to(repo).as_posix() == "archive/acme-2026-05-24.zip"
        assert verify(archive) == []
        with zipfile.ZipFile(archive) as packed:
            kept = {
                name.removeprefix("room/"): packed.read(name)
                for name in packed.namelist()
                if name.startswith("room/")
            }
        assert kept == {
            path.relative_to(room).as_posix(): path.read_bytes()
            for path in room.rglob("*")
            if path.is_file()
        }

    def test_no_nonce_is_in_the_archive(
        self, linked: Path, shut: Callable[..., Closed]
    ) -> None:
        """Live, former and expired ones, in comments too; internal notes are."""
        text = (linked / OPENED).read_text("utf-8")
        (linked / OPENED).write_text(f"# legal had {OLD}\n{text}", "utf-8")
        archive = shut().archive
        with zipfile.ZipFile(archive) as packed:
            everything = b"".join(packed.read(name) for name in packed.namelist())
        for nonce in (LIVE, OLD, DEAD):
            assert nonce.encode() not in everything
            assert nonce.encode() not in archive.read_bytes()
            assert nonce in (linked / CLOSED).read_text("utf-8")
        plan = content(archive, "plan.yaml")
        assert "links:" not in plan
        assert "status: won" in plan
        assert "walk-away price" in plan
        assert read_plan(plan.encode(), "plan.yaml").links == {}

    def test_links_are_withdrawn(
        self,
        linked: Path,
        shut: Callable[..., Closed],
        told: list[Closed | Reopened],
    ) -> None:
        """Their nonces are former ones before anything is removed at a target."""
        closed = shut()
        plan = read_plan((linked / CLOSED).read_bytes(), CLOSED)
        assert is_closed(plan)
        assert {name: link.nonce for name, link in plan.links.items()} == {
            "buyer": None,
            "legal": None,
        }
        assert plan.links["buyer"].former == (OLD, LIVE)
        assert plan.links["legal"].former == (DEAD,)
        assert told == [closed]
        assert closed.former
        assert closed.kept == {}

    def test_the_room_can_be_kept_for_a_while(
        self, linked: Path, shut: Callable[..., Closed]
    ) -> None:
        """Live links get a last day, no later than the one they had; others go."""
        closed = shut(keep_until=date(2026, 6, 30))
        plan = read_plan((linked / CLOSED).read_bytes(), CLOSED)
        assert plan.links["buyer"].nonce == LIVE
        assert plan.links["buyer"].expires == date(2026, 6, 30)
        assert plan.links["legal"].nonce is None
        assert closed.kept == {"buyer": date(2026, 6, 30)}
        assert shut(keep_until=date(2026, 7, 30)).kept == closed.kept
        assert shut().kept == {}
        plan = read_plan((linked / CLOSED).read_bytes(), CLOSED)
        assert plan.links["buyer"].former == (OLD, LIVE)

    def test_the_past_is_kept(self, repo: Path, shut: Callable[..., Closed]) -> None:
        """Commits, and the day that moved with its reason; not who wrote it."""
        git = Git(repo).init()
        git.write(".gitignore", "/.mapsite/\n")
        git.commit("2026-05-12")
        text = (repo / OPENED).read_text("utf-8").replace("2026-06-10", "2026-06-17")
        git.commit("2026-05-20", "Move it\n\nWhy: the report came late", acme=text)
        told = content(shut().archive, "history.json")
        history = json.loads(told)
        commits = git("log", "--format=%H", "--reverse").split()
        assert history["versions"] == [
            {"commit": commits[0], "day": "2026-05-12"},
            {"commit": commits[1], "day": "2026-05-20"},
        ]
        assert history["steps"]["review"]["first"] == "2026-06-10"
        [move] = history["steps"]["review"]["moves"]
        assert (move["to"], move["why"]) == ("2026-06-17", "the report came late")
        assert "moved" in {change["kind"] for change in history["changes"]}
        assert "mama.example" not in told

    def test_the_same_closing_gives_the_same_archive(
        self, repo: Path, shut: Callable[..., Closed], unshut: Callable[[], Reopened]
    ) -> None:
        """Opened again and closed as before, nothing is added to archive/."""
        first = shut().archive
        before = first.read_bytes()
        unshut()
        assert shut().archive == first
        assert first.read_bytes() == before
        unshut()
        text = (repo / OPENED).read_text("utf-8")
        (repo / OPENED).write_text(text.replace("Demo", "Demonstration"), "utf-8")
        assert shut().archive.name == "acme-2026-05-24-2.zip"
        assert first.read_bytes() == before

    def test_closing_it_again_another_day_changes_nothing(
        self, repo: Path, shut: Callable[..., Closed]
    ) -> None:
        """The day and the reason are those of the plan; the archive is that one."""
        first = shut(reason="Good")
        text = (repo / CLOSED).read_bytes()
        again = shut(today=date(2026, 6, 8))
        assert (again.deal, again.archive) == (first.deal, first.archive)
        assert (repo / CLOSED).read_bytes() == text
        assert len(list((repo / "archive").iterdir())) == 1

    def test_an_archive_that_was_lost_is_made_again(
        self, repo: Path, shut: Callable[..., Closed]
    ) -> None:
        """The plan is a closed one by then; its logo still lies in plans/."""
        shutil.copy(PROJECT / "plans/logos/acme.svg", repo / "plans")
        text = (repo / OPENED).read_text("utf-8")
        text = text.replace("  name: Acme\n", "  name: Acme\n  logo: acme.svg\n")
        (repo / OPENED).write_text(text, "utf-8")
        archive = shut().archive
        before = archive.read_bytes()
        assert any(name.startswith("room/assets/acme.") for name in names(archive))
        archive.unlink()
        assert shut().archive.read_bytes() == before

    def test_a_plan_that_says_already_that_it_was_won(
        self, repo: Path, shut: Callable[..., Closed]
    ) -> None:
        """Somebody wrote the status by hand; the room is kept as it was before."""
        text = (repo / OPENED).read_text("utf-8")
        (repo / OPENED).write_text(f"status: won\n{text}", "utf-8")
        closed = shut()
        plan = read_plan((repo / CLOSED).read_bytes(), CLOSED)
        assert plan.closed is not None
        assert plan.closed.on == TODAY
        assert verify(closed.archive) == []


class TestRefusing:
    """What `close` and `reopen` leave alone."""

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"outcome": "lost"}, "closed as won, not lost"),
            ({"on": date(2026, 5, 1)}, "closed as won on 2026-05-24, not 2026-05-01"),
            ({"reason": "Walrus"}, "for another reason"),
        ],
    )
    def test_another_ending_is_refused(
        self,
        repo: Path,
        shut: Callable[..., Closed],
        more: dict[str, Any],
        words: str,
    ) -> None:
        """It has to be opened first; the reason that stands there is not told."""
        shut(reason="Secret sauce")
        before = (repo / CLOSED).read_bytes()
        with pytest.raises(MapsiteError, match=words) as refused:
            shut(**more)
        assert "mapsite reopen acme" in str(refused.value)
        assert "sauce" not in str(refused.value)
        assert (repo / CLOSED).read_bytes() == before

    def test_a_plan_with_errors_stays_open(
        self, repo: Path, shut: Callable[..., Closed], told: list[Closed | Reopened]
    ) -> None:
        """Nothing at all is written."""
        text = (repo / OPENED).read_text("utf-8").replace("after: demo", "after: none")
        (repo / OPENED).write_text(text, "utf-8")
        with pytest.raises(InvalidPlan):
            shut()
        assert (repo / OPENED).read_text("utf-8") == text
        assert not (repo / "archive").exists()
        assert not (repo / "plans/closed").exists()
        assert told == []

    def test_a_look_with_errors_stops_it_too(
        self, repo: Path, shut: Callable[..., Closed]
    ) -> None:
        """Without a room there is nothing to archive."""
        before = (repo / OPENED).read_bytes()
        (repo / "mkdocs.yml").write_text("theme: {name: none}\n", "utf-8")
        with pytest.raises(MapsiteError):
            shut()
        assert (repo / OPENED).read_bytes() == before
        assert not (repo / "archive").exists()

    def test_a_plan_elsewhere_cannot_be_closed(
        self, repo: Path, write_plan: Callable[..., Path]
    ) -> None:
        """Its files would be looked for in another folder afterwards."""
        file = write_plan(repo / "drafts/new.yaml")
        [plan], _ = find_plans(repo, (str(file),))
        with pytest.raises(MapsiteError, match="is not in plans/"):
            close(Order(repo, plan, "won", TODAY), lambda _: None)
        assert file.is_file()

    def test_no_plan_is_moved_over_another(
        self, repo: Path, shut: Callable[..., Closed]
    ) -> None:
        """Neither when closing nor when opening."""
        [plan], _ = find_plans(repo, ("acme",))
        (repo / "plans/closed").mkdir()
        (repo / CLOSED).write_text("title: another\n", "utf-8")
        with pytest.raises(MapsiteError, match=r"plans/closed/acme\.yaml is there"):
            close(Order(repo, plan, "won", TODAY), lambda _: None)
        (repo / CLOSED).unlink()
        shut()
        [plan], _ = find_plans(repo, ("acme",))
        (repo / OPENED).write_text("title: another\n", "utf-8")
        with pytest.raises(MapsiteError, match=r"plans/acme\.yaml is there"):
            reopen(repo, plan, TODAY, lambda _: None)
        assert (repo / OPENED).read_text("utf-8") == "title: another\n"


class TestReopening:
    """What `reopen` writes."""

    def test_gives_back_the_plan_as_it_was(
        self, repo: Path, shut: Callable[..., Closed], unshut: Callable[[], Reopened]
    ) -> None:
        """Byte for byte, without a link."""
        before = (repo / OPENED).read_bytes()
        shut(reason="Good")
        assert unshut().changed
        assert (repo / OPENED).read_bytes() == before
        assert not (repo / CLOSED).exists()
        assert not unshut().changed
        assert (repo / OPENED).read_bytes() == before

    @pytest.mark.parametrize("keep_until", [None, date(2026, 6, 30)])
    def test_never_comes_back_at_an_old_address(
        self,
        linked: Path,
        shut: Callable[..., Closed],
        unshut: Callable[[], Reopened],
        keep_until: date | None,
    ) -> None:
        """Whatever had an address is a former one, also what had been kept."""
        shut(keep_until=keep_until)
        opened = unshut()
        plan = read_plan((linked / OPENED).read_bytes(), OPENED)
        assert not is_closed(plan)
        assert plan.closed is None
        assert [link.nonce for link in plan.links.values()] == [None, None]
        assert plan.links["buyer"].former == (OLD, LIVE)
        assert opened.former
        assert opened.links == {"buyer": keep_until, "legal": date(2026, 5, 20)}

    def test_an_open_deal_keeps_its_addresses(
        self, linked: Path, unshut: Callable[[], Reopened]
    ) -> None:
        """There is nothing to open."""
        before = (linked / OPENED).read_bytes()
        opened = unshut()
        assert not opened.changed
        assert not opened.former
        assert (linked / OPENED).read_bytes() == before
        [plan], _ = find_plans(linked, ("acme",))
        assert addressed(linked, plan)
        [other], _ = find_plans(linked, ("bolt",))
        assert not addressed(linked, other)


def runs(name: str, template: Path, work: Path) -> list[dict[str, dict[str, Any]]]:
    """Return what each run left, killed and run again; the last was not killed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.publish.killed", name, str(template), str(work)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class TestKilled:
    """A command killed before each of its changes to a file, then run again."""

    @pytest.fixture
    def published(self, linked: Path) -> Path:
        """Return `linked` with two files at an address."""
        for name in ("page.html", "style.css"):
            (linked / "published").mkdir(exist_ok=True)
            (linked / "published" / name).write_text("x", "utf-8")
        return linked

    @pytest.mark.parametrize("name", ["close", "keep"])
    def test_a_closing_loses_nothing_and_comes_to_its_end(
        self, published: Path, tmp_path: Path, name: str
    ) -> None:
        """The plan is whole and in one place, before and after the next run."""
        before = (published / OPENED).read_text("utf-8")
        found = runs(name, published, tmp_path / "work")
        end = found[-1]["killed"]
        assert end["plans"].keys() == {CLOSED, "plans/bolt.yaml"}
        assert len(end["archives"]) == 1
        assert end["published"] == []
        ended = end["plans"][CLOSED]
        assert len(found) > 12
        for run in found:
            killed = run["killed"]
            texts = [killed["plans"].get(place) for place in (OPENED, CLOSED)]
            assert [text for text in texts if text] in ([before], [ended])
            assert texts[1] in {None, ended}
            assert killed["faults"] == []
            if ended in texts:
                assert killed["archives"] == end["archives"]
            if texts[1] is None:
                assert killed["published"] == ["page.html", "style.css"]
            assert run["again"] == end

    def test_a_reopening_loses_nothing_and_comes_to_its_end(
        self, published: Path, tmp_path: Path, shut: Callable[..., Closed]
    ) -> None:
        """The deal is never open at an address that it had before."""
        shut(keep_until=date(2026, 6, 30))
        before = (published / CLOSED).read_text("utf-8")
        found = runs("reopen", published, tmp_path / "work")
        end = found[-1]["killed"]
        assert end["plans"].keys() == {OPENED, "plans/bolt.yaml"}
        assert len(found) > 5
        for run in found:
            texts = [run["killed"]["plans"].get(place) for place in (OPENED, CLOSED)]
            [text] = [text for text in texts if text]
            assert text in {before, end["plans"][OPENED]}
            assert texts[0] != before
            assert run["again"]["plans"] == end["plans"]
            assert run["again"]["archives"] == end["archives"]


class TestCommands:
    """What the commands say."""

    @pytest.mark.parametrize("words", [(), ("--won", "--lost")])
    def test_exactly_one_outcome_is_needed(
        self,
        repo: Path,
        mapsite: Callable[..., subprocess.CompletedProcess[str]],
        words: tuple[str, ...],
    ) -> None:
        """Anything else is a wrong use of the command."""
        done = mapsite("close", "acme", *words)
        assert done.returncode == 2
        assert "--won, --lost or --no-decision" in done.stderr
        assert (repo / OPENED).is_file()

    @pytest.mark.parametrize(
        ("option", "day", "words"),
        [
            ("--on", "2999-01-01", "2999-01-01 is still to come"),
            ("--keep-until", "2026-01-01", "2026-01-01 is over"),
        ],
    )
    @pytest.mark.usefixtures("repo")
    def test_days_that_cannot_be_are_refused(
        self,
        mapsite: Callable[..., subprocess.CompletedProcess[str]],
        option: str,
        day: str,
        words: str,
    ) -> None:
        """A deal was closed in the past, a room is kept for the future."""
        done = mapsite("close", "acme", "--won", option, day)
        assert done.returncode == 2
        assert words in done.stderr

    def test_a_deal_is_closed_listed_verified_and_opened(
        self,
        repo: Path,
        mapsite: Callable[..., subprocess.CompletedProcess[str]],
    ) -> None:
        """Each command says what it wrote and what is left to do."""
        words = ("--no-decision", "--on", "2026-05-22", "--reason", "No\n budget")
        done = mapsite("close", "acme", *words)
        assert done.returncode == 0, done.stderr
        note = "(holds internal notes: keep it inside your company)"
        assert done.stdout.splitlines() == [
            "closed     acme: no-decision on 2026-05-22",
            f"archived   archive/acme-2026-05-22.zip  {note}",
            "moved      plans/acme.yaml to plans/closed/acme.yaml",
            "next: commit archive/ and plans/",
        ]
        assert "reason: No budget" in (repo / CLOSED).read_text("utf-8")
        listed = mapsite("archive", "list")
        assert listed.stdout.split() == [
            *("2026-05-22", "no-decision", "acme", "archive/acme-2026-05-22.zip")
        ]
        archive = repo / "archive/acme-2026-05-22.zip"
        assert mapsite("archive", "verify", str(archive)).stdout.startswith("fine")
        archive.write_bytes(archive.read_bytes()[:-200])
        bad = mapsite("archive", "verify", str(archive))
        assert bad.returncode == 1
        assert bad.stderr == f"{archive}: is no zip, or a damaged one\n"
        assert mapsite("archive", "list").stdout.startswith("cannot be read")
        opened = mapsite("reopen", "acme")
        assert opened.stdout.splitlines() == [
            "opened     acme: plans/acme.yaml",
            "next: commit plans/",
        ]
        assert mapsite("reopen", "acme").stdout == (
            "acme is open; there is nothing to do\n"
        )

    def test_the_address_leads_nowhere_once_it_is_closed(
        self,
        linked: Path,
        mapsite: Callable[..., subprocess.CompletedProcess[str]],
    ) -> None:
        """Kept, it shows how the deal ended; then it is gone; opened, it stays so."""
        with (linked / "mkdocs.yml").open("a", encoding="utf-8") as file:
            file.write(f"\nextra: {{mapsite: {{key_check: {key_check(SECRET)}}}}}\n")
        secret = {"MAPSITE_SECRET": MADE_WITH}
        page = (
            linked
            / "published"
            / prefix(token(SECRET, "acme", "buyer", LIVE))
            / "index.html"
        )
        assert mapsite("publish", "acme", **secret).returncode == 0
        was = page.read_text("utf-8")
        kept = mapsite("close", "acme", "--won", "--keep-until", "2999-01-01", **secret)
        assert kept.returncode == 0, kept.stderr
        assert "kept       the link buyer leads to the room until 2999-" in kept.stdout
        assert page.read_text("utf-8") != was
        gone = mapsite("close", "acme", "--won", **secret)
        assert gone.returncode == 0, gone.stderr
        assert not page.parent.exists()
        opened = mapsite("reopen", "acme", **secret)
        assert opened.returncode == 0, opened.stderr
        assert "none has an address any more" in opened.stdout
        assert mapsite("publish", **secret).returncode == 0
        assert not page.parent.exists()
        for done in (kept, gone, opened):
            for hidden in (LIVE, OLD, DEAD, page.parent.name, MADE_WITH):
                assert hidden not in done.stdout + done.stderr

    def test_without_the_secret_nothing_is_written(
        self,
        linked: Path,
        mapsite: Callable[..., subprocess.CompletedProcess[str]],
    ) -> None:
        """Addresses could not be withdrawn; no nonce is told."""
        before = (linked / OPENED).read_bytes()
        done = mapsite("close", "acme", "--won", MAPSITE_SECRET="")
        assert done.returncode == 1
        assert (linked / OPENED).read_bytes() == before
        assert not (linked / "archive").exists()
        for nonce in (LIVE, OLD, DEAD):
            assert nonce not in done.stdout + done.stderr
