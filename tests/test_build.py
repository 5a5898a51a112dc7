"""Building rooms: what is rebuilt, what is left alone, and that nothing is halved."""

from __future__ import annotations

import errno
import json
import os
import signal
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mapsite.errors import MapsiteError
from mapsite.repository import find_plans
from mapsite.room import make
from mapsite.room.build import Order, Outcome, build

_TICK = 0.02
"""Seconds; the time stamps of files are no finer than this."""

Build = Callable[..., dict[str, str]]


@pytest.fixture
def outcomes(repo: Path, today: date) -> Callable[..., list[Outcome]]:
    """Return a function that builds `repo` and returns every outcome."""

    def run(
        *names: str,
        out: str = "site",
        day: date = today,
        jobs: int = 1,
        clean: bool = False,
    ) -> list[Outcome]:
        plans, problems = find_plans(repo, names)
        assert not problems
        return list(build(Order(repo, plans, Path(out), day, jobs, clean, not names)))

    return run


@pytest.fixture
def states(outcomes: Callable[..., list[Outcome]]) -> Build:
    """Return a function that builds `repo` and returns each room's state."""
    return lambda *names, **options: {
        outcome.plan.id: outcome.state for outcome in outcomes(*names, **options)
    }


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below *folder*."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def edit(file: Path, old: str, new: str) -> None:
    """Replace *old* in *file*, as an editor would."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


class TestRebuilding:
    """What makes a room be built again."""

    def test_builds_each_plan_once(self, states: Build) -> None:
        """A second build of the same plans builds nothing."""
        assert states() == {"acme": "built", "bolt": "built"}
        assert states() == {"acme": "unchanged", "bolt": "unchanged"}

    def test_builds_an_edited_plan_alone(self, repo: Path, states: Build) -> None:
        """A saved plan is built, the others are left."""
        states()
        edit(repo / "plans/acme.yaml", "Security review", "Safety review")
        assert states() == {"acme": "built", "bolt": "unchanged"}
        assert b"Safety review" in (repo / "site/acme/index.html").read_bytes()

    def test_trusts_content_more_than_time(self, repo: Path, states: Build) -> None:
        """A fresh checkout has new time stamps and old content: nothing is built."""
        states()
        for file in (repo / "plans").iterdir():
            os.utime(file, (1, 1))
        assert set(states().values()) == {"unchanged"}

    def test_notices_an_edit_that_keeps_size_and_time(
        self, repo: Path, states: Build
    ) -> None:
        """An edit hidden behind the old size and time is still an edit."""
        states()
        file = repo / "plans/acme.yaml"
        before = file.stat()
        edit(file, "2026-06-10", "2026-06-11")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert states()["acme"] == "built"

    def test_rebuilds_for_a_named_file(self, repo: Path, states: Build) -> None:
        """A new logo makes the room that shows it new."""
        logo = repo / "plans/logos/acme.svg"
        logo.parent.mkdir()
        svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="{}"/></svg>'
        logo.write_text(svg.format("M0 0h9"), "utf-8")
        edit(
            repo / "plans/acme.yaml",
            "  name: Acme\n",
            "  name: Acme\n  logo: logos/acme.svg\n",
        )
        states()
        assert states() == {"acme": "unchanged", "bolt": "unchanged"}
        logo.write_text(svg.format("M0 0v9"), "utf-8")
        assert states() == {"acme": "built", "bolt": "unchanged"}

    def test_rebuilds_all_for_a_new_look(self, repo: Path, states: Build) -> None:
        """What stands in mkdocs.yml is in every room."""
        states()
        edit(repo / "mkdocs.yml", "accent: indigo", "accent: teal")
        assert set(states().values()) == {"built"}

    def test_rebuilds_for_a_new_version(
        self, states: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another version of mapsite or of a library may write other rooms."""
        states()
        monkeypatch.setattr("mapsite.room.build.code_fingerprint", lambda: "newer")
        assert set(states().values()) == {"built"}

    def test_open_deals_follow_the_day(self, repo: Path, states: Build) -> None:
        """Tomorrow an open deal's room says something else; a closed one's does not."""
        edit(repo / "plans/bolt.yaml", "created:", "status: won\ncreated:")
        states()
        tomorrow = date(2026, 5, 25)
        assert states(day=tomorrow) == {"acme": "built", "bolt": "unchanged"}

    def test_clean_builds_all(self, states: Build) -> None:
        """--clean trusts nothing that was built before."""
        states()
        assert set(states(clean=True).values()) == {"built"}

    def test_builds_only_named_plans(self, repo: Path, states: Build) -> None:
        """A plan's id or path limits the build to it."""
        assert states("bolt") == {"bolt": "built"}
        assert states("plans/acme.yaml") == {"acme": "built"}
        assert sorted(os.listdir(repo / "site")) == ["acme", "bolt"]

    @pytest.mark.parametrize("record", [b"", b"{", b"[]", b'{"format": 0}', b"\xff"])
    def test_survives_a_damaged_record(
        self, repo: Path, states: Build, record: bytes
    ) -> None:
        """A record that cannot be understood means building again, no more."""
        states()
        next((repo / ".mapsite").glob("rooms-*.json")).write_bytes(record)
        assert set(states().values()) == {"built"}
        assert set(states().values()) == {"unchanged"}


class TestOutput:
    """What lies in the output folder, and what does not."""

    def test_repairs_a_room(self, repo: Path, states: Build) -> None:
        """A deleted, edited or added file makes the room be built as it should be."""
        states()
        before = tree(repo / "site")
        page = repo / "site/acme/index.html"
        for damage in (
            page.unlink,
            lambda: edit(page, "Sarah", "Harry"),
            lambda: (repo / "site/acme/assets/notes.txt").write_text("mine", "utf-8"),
            (repo / "site/acme/drafts").mkdir,
            lambda: (page.unlink(), page.symlink_to("/etc/hostname")),
        ):
            time.sleep(_TICK)
            damage()
            assert states() == {"acme": "built", "bolt": "unchanged"}
            assert tree(repo / "site") == before
            assert not (repo / "site/acme/drafts").exists()
            assert not page.is_symlink()
            assert set(states().values()) == {"unchanged"}

    def test_repairs_a_folder_that_became_a_link(
        self, repo: Path, states: Build, tmp_path: Path
    ) -> None:
        """Nothing is written through a link that somebody put into a room."""
        states()
        before = tree(repo / "site")
        assets, elsewhere = repo / "site/acme/assets", tmp_path / "elsewhere"
        assets.rename(elsewhere)
        assets.symlink_to(elsewhere)
        kept = tree(elsewhere)
        assert states()["acme"] == "built"
        assert not assets.is_symlink()
        assert tree(repo / "site") == before
        assert tree(elsewhere) == kept

    def test_accepts_a_copied_output_folder(self, repo: Path, states: Build) -> None:
        """Rooms restored by a CI cache have new times and are still the same rooms."""
        states()
        for file in (repo / "site").rglob("*"):
            os.utime(file, (4_000_000_000, 4_000_000_000))
        assert set(states().values()) == {"unchanged"}

    def test_leaves_what_is_not_its_own(self, repo: Path, states: Build) -> None:
        """Files and folders beside the rooms are never touched, not even by --clean."""
        states()
        (repo / "site/notes").mkdir()
        (repo / "site/notes/mine.txt").write_text("mine", "utf-8")
        (repo / "site/CNAME").write_text("deals.example", "utf-8")
        (repo / "plans/bolt.yaml").unlink()
        states(clean=True)
        assert sorted(os.listdir(repo / "site")) == ["CNAME", "acme", "notes"]

    def test_refuses_a_folder_it_did_not_make(
        self, repo: Path, outcomes: Callable[..., list[Outcome]]
    ) -> None:
        """A folder that happens to have a plan's name is not overwritten."""
        (repo / "site/acme").mkdir(parents=True)
        (repo / "site/acme/thesis.txt").write_text("mine", "utf-8")
        acme, bolt = outcomes()
        assert (acme.state, bolt.state) == ("failed", "built")
        assert "site/acme is no room that mapsite made" in str(acme.problems[0])
        assert tree(repo / "site/acme") == {"thesis.txt": b"mine"}

    def test_takes_over_rooms_whose_record_is_lost(
        self, repo: Path, states: Build
    ) -> None:
        """A fresh clone beside an old output folder goes on with it."""
        states()
        next((repo / ".mapsite").glob("rooms-*.json")).unlink()
        (repo / "site/acme/old.html").write_text("old", "utf-8")
        assert set(states().values()) == {"built"}
        assert not (repo / "site/acme/old.html").exists()

    def test_reports_and_then_removes_vanished_plans(
        self, repo: Path, states: Build
    ) -> None:
        """A room without a plan stays until --clean, and is named until then."""
        states()
        (repo / "plans/bolt.yaml").unlink()
        assert states() == {"acme": "unchanged", "bolt": "left"}
        assert states("acme") == {"acme": "unchanged"}
        assert (repo / "site/bolt/index.html").exists()
        assert states(clean=True) == {"acme": "built", "bolt": "removed"}
        assert os.listdir(repo / "site") == ["acme"]
        assert states() == {"acme": "unchanged"}

    def test_each_output_folder_has_its_own_record(
        self, states: Build, tmp_path: Path
    ) -> None:
        """Building elsewhere does not make the first folder's rooms old."""
        states()
        assert set(states(out=str(tmp_path / "rooms")).values()) == {"built"}
        assert set(states().values()) == {"unchanged"}
        assert set(states(out=str(tmp_path / "rooms")).values()) == {"unchanged"}

    @pytest.mark.parametrize(
        "out",
        [".", "..", "plans", "plans/rooms", "theme", ".git/x", ".mapsite", "file"],
    )
    def test_refuses_places_that_rooms_are_made_from(
        self, repo: Path, states: Build, out: str
    ) -> None:
        """Rooms never mix with the repository's own files."""
        (repo / "file").write_text("mine", "utf-8")
        before = tree(repo / "plans")
        with pytest.raises(MapsiteError):
            states(out=out)
        assert tree(repo / "plans") == before

    def test_leaves_nothing_waiting(self, repo: Path, states: Build) -> None:
        """An interrupted build's waiting files are gone after the next one."""
        waiting = repo / "site/.mapsite-building/acme/index.html"
        waiting.parent.mkdir(parents=True)
        waiting.write_text("half", "utf-8")
        states()
        assert sorted(os.listdir(repo / "site")) == ["acme", "bolt"]


class TestFailing:
    """One plan's trouble is nobody else's."""

    def test_a_broken_plan_leaves_its_room_and_the_others(
        self, repo: Path, outcomes: Callable[..., list[Outcome]], states: Build
    ) -> None:
        """The old room stays as it was until its plan is mended."""
        states()
        before = tree(repo / "site/acme")
        edit(repo / "plans/acme.yaml", "2026-08-14", "2026-02-31")
        edit(repo / "plans/bolt.yaml", "Demo", "Tour")
        acme, bolt = sorted(outcomes(), key=lambda outcome: outcome.plan.id)
        assert (acme.state, bolt.state) == ("failed", "built")
        assert acme.problems[0].line == 5
        assert tree(repo / "site/acme") == before
        assert states() == {"acme": "failed", "bolt": "unchanged"}
        edit(repo / "plans/acme.yaml", "2026-02-31", "2026-08-14")
        assert states() == {"acme": "built", "bolt": "unchanged"}

    def test_a_full_disk_halves_no_room(
        self,
        repo: Path,
        outcomes: Callable[..., list[Outcome]],
        states: Build,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """On a full disk the old room stays whole, and a new one is not begun."""
        states("acme")
        before = tree(repo / "site/acme")
        edit(repo / "plans/acme.yaml", "Demo", "Tour")
        monkeypatch.setattr("mapsite.room.output._write", _fail_after_first)
        acme, bolt = outcomes()
        assert (acme.state, bolt.state) == ("failed", "failed")
        assert "no space left on device" in str(acme.problems[0])
        assert tree(repo / "site") == {
            f"acme/{name}": data for name, data in before.items()
        }

    def test_ctrl_c_halves_no_room(
        self, repo: Path, states: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ctrl-C while files are written leaves old rooms whole and no new folder."""
        states("acme")
        before = tree(repo / "site/acme")
        edit(repo / "plans/acme.yaml", "Demo", "Tour")

        def interrupt(folder: Path, files: dict[str, bytes]) -> None:
            _first(folder, files)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("mapsite.room.output._write", interrupt)
            with pytest.raises(KeyboardInterrupt):
                states()
        assert tree(repo / "site") == {
            f"acme/{name}": data for name, data in before.items()
        }
        assert states() == {"acme": "built", "bolt": "built"}

    def test_a_fault_of_mapsite_names_no_text_of_the_plan(
        self,
        outcomes: Callable[..., list[Outcome]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """An unexpected error is told by kind and place; its text may be internal."""
        whole = make.make_room

        def fault(file: Path, *rest: object, **more: object) -> make.Room:
            if file.stem == "acme":
                raise ValueError("walk-away price")
            return whole(file, *rest, **more)  # type: ignore[arg-type]  # passed through

        monkeypatch.setattr(make, "make_room", fault)
        acme, bolt = outcomes()
        assert (acme.state, bolt.state) == ("failed", "built")
        assert "mapsite itself failed (ValueError at" in acme.problems[0].message
        assert "walk-away" not in str(acme.problems[0])

    @pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
    def test_reads_regular_files_only(
        self, repo: Path, outcomes: Callable[..., list[Outcome]], kind: str
    ) -> None:
        """A plan that is a link, a folder or a pipe is refused at once."""
        odd = repo / "plans/odd.yaml"
        if kind == "link":
            odd.symlink_to("acme.yaml")
        elif kind == "folder":
            odd.mkdir()
        else:
            os.mkfifo(odd)
        by_id = {outcome.plan.id: outcome for outcome in outcomes()}
        assert by_id["odd"].state == "failed"
        assert "expected a regular file" in by_id["odd"].problems[0].message
        assert by_id["acme"].state == "built"

    def test_a_second_build_waits_for_nobody(self, repo: Path, states: Build) -> None:
        """Two builds at a time would write into each other's rooms; one is refused."""
        plans, _ = find_plans(repo, ())
        first = build(Order(repo, plans, Path("site"), date(2026, 5, 24)))
        next(first)
        with pytest.raises(MapsiteError, match="another mapsite build"):
            states()
        first.close()
        assert states() == {"acme": "unchanged", "bolt": "built"}


class TestWorkers:
    """Many rooms are made in several processes."""

    @pytest.fixture
    def many(self, repo: Path, write_plan: Callable[..., Path]) -> list[str]:
        """Write enough plans for workers to be started."""
        ids = [f"deal-{number}" for number in range(70)]
        for plan_id in ids:
            write_plan(repo / f"plans/{plan_id}.yaml", plan_id.title())
        return ids

    def test_workers_write_the_same_rooms(
        self, repo: Path, many: list[str], states: Build
    ) -> None:
        """Two processes write what one writes, byte for byte, and all is recorded."""
        assert states(jobs=2) == dict.fromkeys(["acme", "bolt", *many], "built")
        assert set(states(jobs=2).values()) == {"unchanged"}
        states(out="alone")
        assert tree(repo / "site") == tree(repo / "alone")

    def test_workers_report_problems(
        self, repo: Path, many: list[str], outcomes: Callable[..., list[Outcome]]
    ) -> None:
        """A problem comes back from a worker with its line and words."""
        edit(repo / f"plans/{many[7]}.yaml", "2026-08-14", "2026-02-31")
        bad = [outcome for outcome in outcomes(jobs=2) if outcome.state != "built"]
        assert [outcome.plan.id for outcome in bad] == [many[7]]
        assert bad[0].problems[0].address == "goal/date"

    def test_a_lost_worker_is_reported(
        self,
        many: list[str],
        outcomes: Callable[..., list[Outcome]],
        states: Build,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Rooms that a killed worker leaves undone fail; the next build heals."""
        whole = make.make_room

        def die(file: Path, *rest: object, **more: object) -> make.Room:
            if file.stem == many[-1]:
                os.kill(os.getpid(), signal.SIGKILL)
            return whole(file, *rest, **more)  # type: ignore[arg-type]  # passed through

        with monkeypatch.context() as patch:
            patch.setattr(make, "make_room", die)
            lost = [one for one in outcomes(jobs=2) if one.state == "failed"]
        assert many[-1] in [outcome.plan.id for outcome in lost]
        assert "the process that built it stopped" in lost[0].problems[0].message
        assert set(states(jobs=2).values()) == {"unchanged", "built"}


class TestPromises:
    """What holds for every room, however it was built."""

    def test_rooms_are_the_same_on_another_path(
        self,
        repo: Path,
        states: Build,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        today: date,
    ) -> None:
        """Same plans and day, other folder: identical trees."""
        states()
        other = tmp_path / "elsewhere" / "a copy"
        (repo / "plans").rename(tmp_path / "plans")
        other.mkdir(parents=True)
        (tmp_path / "plans").rename(other / "plans")
        (other / "mkdocs.yml").write_bytes((repo / "mkdocs.yml").read_bytes())
        monkeypatch.chdir(other)
        plans, _ = find_plans(other, ())
        list(build(Order(other, plans, Path("out"), today)))
        assert tree(other / "out") == tree(repo / "site")

    def test_another_plan_changes_no_byte_of_a_room(
        self, repo: Path, states: Build, write_plan: Callable[..., Path]
    ) -> None:
        """A room built beside others is the room built alone."""
        states("acme")
        before = tree(repo / "site/acme")
        write_plan(repo / "plans/new.yaml", "Newcomer")
        states(clean=True)
        assert tree(repo / "site/acme") == before

    def test_a_room_holds_its_declared_files_alone(
        self, repo: Path, states: Build
    ) -> None:
        """The record names every file of a room, and there is no other."""
        states()
        record = json.loads(next((repo / ".mapsite").glob("rooms-*.json")).read_bytes())
        for plan_id, entry in record["rooms"].items():
            declared = {**record["looks"][entry["look"]], **entry["files"]}
            found = tree(repo / "site" / plan_id)
            assert declared.keys() == found.keys()
            assert all(declared[name][0] == len(data) for name, data in found.items())

    def test_git_never_sees_what_mapsite_remembers(
        self, repo: Path, states: Build
    ) -> None:
        """The folder of records keeps itself out of the repository."""
        states()
        ignored = (repo / ".mapsite/.gitignore").read_text("ascii")
        assert ignored == "*\n"


def _first(folder: Path, files: dict[str, bytes]) -> None:
    name, data = next(iter(files.items()))
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data[: len(data) // 2])


def _fail_after_first(folder: Path, files: dict[str, bytes]) -> None:
    _first(folder, files)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
