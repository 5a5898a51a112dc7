"""Plans of closed deals: apart from the others, found by name, with their files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from mapsite.checking import check_repository
from mapsite.errors import MapsiteError
from mapsite.gate.plans import plan_states
from mapsite.git.versions import versions_of
from mapsite.repository import UnknownPlan, closed_plans, find_plans
from tests.gits import Git

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff\x89\x99=\x1d"
    b"\0\0\0\0IEND\xaeB`\x82"
)
ENDING = "status: won\nclosed:\n  on: 2026-05-20\n  reason: {reason}\n"


def close(root: Path, name: str = "acme", reason: str = "They liked it") -> Path:
    """Move a plan to those of closed deals, as `mapsite close` does."""
    (root / "plans/closed").mkdir(exist_ok=True)
    file, closed = root / f"plans/{name}.yaml", root / f"plans/closed/{name}.yaml"
    text = file.read_text("utf-8")
    file.rename(closed)
    closed.write_text(ENDING.format(reason=reason) + text, "utf-8")
    return closed


class TestFinding:
    """Which plans a command means."""

    def test_all_plans_are_those_of_open_deals(self, repo: Path) -> None:
        """Without a name a closed deal is left alone."""
        close(repo)
        plans, problems = find_plans(repo, ())
        assert [plan.id for plan in plans] == ["bolt"]
        assert problems == []
        assert [plan.source for plan in closed_plans(repo)] == [
            "plans/closed/acme.yaml"
        ]

    @pytest.mark.parametrize("name", ["acme", "plans/closed/acme.yaml"])
    def test_a_closed_plan_is_found_by_its_name(self, repo: Path, name: str) -> None:
        """By id and by path it is the same plan."""
        close(repo)
        [plan], problems = find_plans(repo, (name,))
        assert problems == []
        assert (plan.id, plan.source) == ("acme", "plans/closed/acme.yaml")
        assert plan.closed
        assert plan.folder == Path("plans")

    def test_its_folder_is_the_same_from_inside(
        self, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody stands among the closed plans and names a file."""
        close(repo)
        monkeypatch.chdir(repo / "plans/closed")
        [plan], _ = find_plans(repo, ("acme.yaml",))
        assert plan.folder.resolve() == (repo / "plans").resolve()

    @pytest.mark.parametrize(
        "names", [(), ("acme",), ("plans/acme.yaml",), ("plans/closed/acme.yaml",)]
    )
    def test_an_id_in_both_places_is_an_error(
        self, repo: Path, names: tuple[str, ...]
    ) -> None:
        """The message names both files, however the plan was named."""
        close(repo)
        (repo / "plans/acme.yaml").write_text("title: Another\n", "utf-8")
        plans, [problem] = find_plans(repo, names)
        assert "acme" not in {plan.id for plan in plans}
        assert "plans/acme.yaml" in str(problem)
        assert "plans/closed/acme.yaml" in str(problem)

    def test_only_closed_plans_are_no_mistake(self, repo: Path) -> None:
        """A team whose deals have all ended has nothing to build."""
        close(repo)
        close(repo, "bolt")
        assert find_plans(repo, ()) == ([], [])
        for plan in closed_plans(repo):
            Path(plan.path).unlink()
        with pytest.raises(MapsiteError, match="no plan in plans"):
            find_plans(repo, ())

    def test_a_typo_finds_a_closed_plan(self, repo: Path) -> None:
        """The hint knows closed deals too."""
        close(repo)
        with pytest.raises(UnknownPlan, match='did you mean "acme"'):
            find_plans(repo, ("acmee",))

    def test_other_files_among_them_are_no_plans(self, repo: Path) -> None:
        """Notes and folders are left alone."""
        close(repo)
        for name in ("README.md", ".acme.yaml.swp", "Not an id.yaml"):
            (repo / "plans/closed" / name).write_text("x", "utf-8")
        assert [plan.id for plan in closed_plans(repo)] == ["acme"]


class TestCommands:
    """What commands do with a closed plan."""

    def test_its_logo_stays_beside_the_open_plans(
        self, repo: Path, mapsite: Callable[..., CompletedProcess[str]], today: date
    ) -> None:
        """Build, check and schedule all find it from plans/."""
        (repo / "plans/logos").mkdir()
        (repo / "plans/logos/acme.png").write_bytes(PNG)
        file = repo / "plans/acme.yaml"
        text = file.read_text("utf-8")
        text = text.replace("  name: Acme\n", "  name: Acme\n  logo: logos/acme.png\n")
        file.write_text(text, "utf-8")
        close(repo)
        built = mapsite("build", "acme", "--today", str(today))
        assert built.returncode == 0, built.stderr
        assert "acme" in built.stdout
        assert [*(repo / "site/acme/assets").glob("acme.*.png")]
        assert check_repository(repo, ("acme",), today).problems == []
        told = mapsite("schedule", "acme", "--json", "--today", str(today))
        assert json.loads(told.stdout)[0]["plan"] == "acme"
        again = mapsite("build", "acme", "--today", str(today))
        assert "1 unchanged" in again.stdout

    def test_a_build_of_all_leaves_its_room(
        self, repo: Path, mapsite: Callable[..., CompletedProcess[str]], today: date
    ) -> None:
        """It says why, and --clean removes it."""
        words = ("build", "--today", str(today))
        mapsite(*words)
        close(repo)
        left = mapsite(*words)
        assert "left  acme" in left.stdout
        assert "its deal is closed" in left.stdout
        assert (repo / "site/acme/index.html").is_file()
        assert "removed  acme" in mapsite(*words, "--clean").stdout
        assert not (repo / "site/acme").exists()

    def test_a_new_plan_cannot_take_its_id(
        self, repo: Path, mapsite: Callable[..., CompletedProcess[str]]
    ) -> None:
        """The closed plan is named; nothing is written."""
        close(repo)
        told = mapsite("new", "acme", "--buyer", "Acme", "--seller", "Mama")
        assert told.returncode == 1
        assert "plans/closed/acme.yaml exists already" in told.stderr
        assert not (repo / "plans/acme.yaml").exists()

    def test_the_gate_knows_that_its_deal_is_closed(
        self, repo: Path, today: date
    ) -> None:
        """A deal that is open in the CRM alone is told from one without a plan."""
        close(repo)
        states, problems = plan_states(repo, today)
        assert problems == []
        assert {state.id: state.status for state in states} == {
            "acme": "won",
            "bolt": "open",
        }

    def test_the_reason_is_in_no_file_of_the_room(
        self, repo: Path, mapsite: Callable[..., CompletedProcess[str]], today: date
    ) -> None:
        """Neither is the day; both are for those who learn from it."""
        close(repo, reason="Walrus was cheaper")
        assert mapsite("build", "acme", "--today", str(today)).returncode == 0
        for file in (repo / "site/acme").rglob("*"):
            assert not file.is_file() or b"Walrus" not in file.read_bytes(), file


class TestHistory:
    """A plan keeps its past when it moves, in real git."""

    @pytest.fixture
    def git(self, repo: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
        """Return `repo` under git, with a date of acme that has moved."""
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        git = Git(repo).init()
        git.commit("2026-05-12")
        text = (repo / "plans/acme.yaml").read_text("utf-8")
        git.commit("2026-05-14", acme=text.replace("2026-06-10", "2026-06-17"))
        return git

    def days(self, repo: Path, source: str) -> list[str]:
        """Return the days of a plan's versions."""
        found = versions_of(repo, [source], date(2026, 5, 24))[source]
        return [str(version.day) for version in found]

    def test_it_is_there_before_and_after_the_commit(
        self, git: Git, repo: Path
    ) -> None:
        """The move is followed as soon as it was made, and the way back too."""
        closed, opened = "plans/closed/acme.yaml", "plans/acme.yaml"
        close(repo)
        assert self.days(repo, closed) == ["2026-05-12", "2026-05-14", "2026-05-24"]
        git.commit("2026-05-20")
        assert self.days(repo, closed) == ["2026-05-12", "2026-05-14", "2026-05-20"]
        (repo / closed).rename(repo / opened)
        assert self.days(repo, opened) == ["2026-05-12", "2026-05-14", "2026-05-20"]
        git.commit("2026-05-22")
        assert self.days(repo, opened)[:3] == ["2026-05-12", "2026-05-14", "2026-05-20"]

    def test_much_may_be_written_while_it_moves(self, git: Git, repo: Path) -> None:
        """Git itself would take so different a text for another file."""
        close(repo, reason="Because of this and that. " * 70)
        close(repo, "bolt")
        git.commit("2026-05-20")
        told = git("show", "--raw", "-M", "--format=", "HEAD")
        assert "A\tplans/closed/acme.yaml" in told
        assert self.days(repo, "plans/closed/acme.yaml") == [
            *("2026-05-12", "2026-05-14", "2026-05-20")
        ]
        assert self.days(repo, "plans/closed/bolt.yaml") == ["2026-05-12", "2026-05-20"]

    def test_a_merge_closes_it_too(self, git: Git, repo: Path) -> None:
        """It was closed on a branch while somebody went on with the plan."""
        git("checkout", "--quiet", "-b", "closing")
        text = close(repo, reason="Because of this and that. " * 70).read_text("utf-8")
        git.commit("2026-05-20")
        git("checkout", "--quiet", "main")
        old = (repo / "plans/acme.yaml").read_text("utf-8")
        git.commit("2026-05-21", acme=old.replace("Demo", "Trial"))
        git("merge", "--quiet", "--no-commit", "--strategy=ours", "closing")
        (repo / "plans/acme.yaml").unlink()
        git.write("plans/closed/acme.yaml", text.replace("Demo", "Trial"))
        git.commit("2026-05-22", "Merge")
        assert sorted(self.days(repo, "plans/closed/acme.yaml")) == [
            *("2026-05-12", "2026-05-14", "2026-05-20", "2026-05-21", "2026-05-22")
        ]

    def test_another_deal_of_that_name_has_none_of_it(
        self, git: Git, repo: Path, write_plan: Callable[..., Path]
    ) -> None:
        """Closed and committed, acme is over; another buyer's acme begins."""
        close(repo)
        git.commit("2026-05-20")
        (repo / "plans/closed/acme.yaml").rename(repo / "plans/closed/acme-1.yaml")
        git.commit("2026-05-21")
        write_plan(repo / "plans/acme.yaml", "Acme of Ohio")
        git.commit("2026-05-22")
        assert self.days(repo, "plans/acme.yaml") == ["2026-05-22"]
