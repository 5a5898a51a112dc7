"""The commands as a person meets them: words, streams and exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite import __version__
from mapsite.cli import commands

Run = Callable[..., subprocess.CompletedProcess[str]]

TODAY = ("--today", "2026-05-24")


@pytest.fixture
def say() -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command and returns code, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


Say = Callable[..., tuple[int, str, str]]


class TestWords:
    """Help, version and wrong use."""

    def test_tells_its_version(self, say: Say) -> None:
        """--version names the program and its version."""
        assert say("--version") == (0, f"mapsite {__version__}\n", "")

    @pytest.mark.parametrize("name", sorted(commands.commands))
    def test_every_command_helps_with_an_example(self, say: Say, name: str) -> None:
        """--help says what the command does and shows one use of it."""
        code, out, _ = say(name, "--help")
        assert code == 0
        assert "Example" in out
        assert f"  mapsite {name}" in out

    @pytest.mark.parametrize(
        "words",
        [
            ("bild",),
            ("build", "--today", "tomorrow"),
            ("build", "--today", "2026-02-31"),
            ("build", "--jobs", "0"),
            ("serve", "--port", "99999"),
            ("new",),
            ("new", "Acme Corp"),
            ("new", "../acme"),
        ],
    )
    def test_wrong_use_ends_with_2(
        self, repo: Path, say: Say, words: list[str]
    ) -> None:
        """A command that cannot be understood says so and does nothing."""
        code, out, err = say(*words)
        assert (code, out) == (2, "")
        assert "Error: " in err
        assert not (repo / "site").exists()

    @pytest.mark.parametrize("name", ["build", "check", "serve", "new x"])
    def test_outside_a_repository_it_says_what_to_do(
        self, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """Without mkdocs.yml there is one clear line and exit code 1."""
        monkeypatch.chdir(tmp_path)
        code, out, err = say(*name.split())
        assert (code, out) == (1, "")
        assert err.startswith("mapsite: no mkdocs.yml here or in a folder above")
        assert err.count("\n") == 1

    def test_completes_the_ids_of_plans(self, repo: Path, mapsite: Run) -> None:
        """The shell is offered the plans that begin as typed."""
        result = mapsite(
            _MAPSITE_COMPLETE="bash_complete",
            COMP_WORDS="mapsite build a",
            COMP_CWORD="2",
        )
        assert (repo / "plans/acme.yaml").exists()
        assert result.stdout.split() == ["plain,acme"]


class TestBuild:
    """What `mapsite build` says."""

    def test_says_where_each_room_is(self, repo: Path, mapsite: Run) -> None:
        """A log gets a line a room and the sum; nothing goes to stderr."""
        first = mapsite("build", *TODAY)
        assert first.stderr == ""
        *rooms, total = first.stdout.splitlines()
        assert rooms == [
            "built  acme  site/acme/index.html",
            "built  bolt  site/bolt/index.html",
        ]
        assert total.startswith("2 rooms: 2 built, 0 unchanged, 0 failed in ")
        second = mapsite("build", *TODAY)
        assert second.stdout.startswith("2 rooms: 0 built, 2 unchanged, 0 failed in ")
        assert (first.returncode, second.returncode) == (0, 0)
        assert (repo / "site/acme/index.html").is_file()

    def test_problems_go_to_stderr_and_the_rest_is_built(
        self, repo: Path, say: Say
    ) -> None:
        """A failed plan is told with file, line and address, and ends with 1."""
        file = repo / "plans/acme.yaml"
        file.write_text(file.read_text().replace("2026-08-14", "soon"), "utf-8")
        code, out, err = say("build", *TODAY)
        assert code == 1
        assert err.startswith("plans/acme.yaml:5: goal/date: expected a date")
        assert "2 rooms: 1 built, 0 unchanged, 1 failed" in out

    def test_names_of_no_plan_are_told(self, repo: Path, say: Say) -> None:
        """A file that looks like a plan but is not named like one fails with advice."""
        (repo / "plans/acme.yaml").rename(repo / "plans/Acme & Söhne.yaml")
        (repo / "plans/bolt.yaml").rename(repo / "plans/bolt.yml")
        code, out, err = say("build", *TODAY)
        assert code == 1
        assert "acme-and-sohne.yaml would do" in err
        assert "rename it to bolt.yaml" in err
        assert out.startswith("2 rooms: 0 built, 0 unchanged, 2 failed")

    def test_works_from_a_folder_below(
        self, repo: Path, say: Say, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Paths are told from where the reader stands."""
        monkeypatch.chdir(repo / "plans")
        code, out, _ = say("build", "acme", *TODAY)
        assert code == 0
        assert out.startswith("built  acme  ../site/acme/index.html\n1 room: 1 built")
        assert (repo / "site/acme/index.html").is_file()

    def test_takes_a_path_outside_plans(
        self, repo: Path, say: Say, write_plan: Callable[..., Path]
    ) -> None:
        """A plan elsewhere can be built by its path, under an id of its own."""
        write_plan(repo / "drafts/new.yaml")
        write_plan(repo / "drafts/acme.yaml")
        assert say("build", "drafts/new.yaml", *TODAY)[0] == 0
        code, _, err = say("build", "drafts/acme.yaml", *TODAY)
        assert code == 1
        assert "has the same id as plans/acme.yaml" in err
        assert say("build", "plans/acme.yaml", "acme", *TODAY)[0] == 0

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("gone", "found neither gone nor plans/gone.yaml"),
            ("mkdocs.yml", "expected a file whose name ends in .yaml"),
            ("plans/\x1b[31m.yaml", r"plans/\x1b[31m.yaml"),
        ],
    )
    def test_a_plan_that_is_not_there(
        self, repo: Path, say: Say, name: str, words: str
    ) -> None:
        """An unknown plan is told, and nothing in its name steers the terminal."""
        code, _, err = say("build", name)
        assert code == 1
        assert words in err
        assert "\x1b" not in err
        assert not (repo / "site").exists()

    def test_no_plan_at_all(self, repo: Path, say: Say) -> None:
        """An empty repository is told how to begin."""
        for plan in (repo / "plans").iterdir():
            plan.unlink()
        code, out, err = say("build")
        assert (code, out) == (1, "")
        assert err == "mapsite: no plan in plans; `mapsite new NAME` writes one\n"

    def test_a_folder_that_cannot_be_written(self, repo: Path, say: Say) -> None:
        """What the system refuses is one line, not a traceback."""
        assert (repo / "mkdocs.yml").is_file()
        code, _, err = say("build", "--out", "/proc/nothing/here", *TODAY)
        assert code == 1
        assert err == "mapsite: /proc/nothing: No such file or directory\n"

    def test_a_look_that_cannot_be_read(self, repo: Path, say: Say) -> None:
        """A broken mkdocs.yml stops the build with one line that names it."""
        (repo / "mkdocs.yml").write_text("theme: [", "utf-8")
        code, _, err = say("build", *TODAY)
        assert code == 1
        assert "mkdocs.yml" in err
        assert "Traceback" not in err

    def test_a_terminal_gets_a_progress_bar(self, repo: Path) -> None:
        """Where a person watches, a bar runs first; the rooms are listed after it."""
        reader, writer = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "mapsite", "build", *TODAY],
            stdout=writer,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        ) as process:
            os.close(writer)
            text = _read_all(reader)
        assert process.returncode == 0
        assert text.index("building") < text.index("built  acme  site/acme/index.html")
        assert "100%" in text
        assert (repo / "site/bolt").is_dir()

    def test_nothing_changed_loads_nothing_heavy(
        self, repo: Path, mapsite: Run
    ) -> None:
        """Comparing a thousand plans must not wait for libraries that build rooms."""
        mapsite("build", *TODAY)
        script = (
            "import sys\nfrom mapsite.cli import commands\n"
            f"commands(['build', *{TODAY!r}], standalone_mode=False)\n"
            "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
        )
        result = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            cwd=repo,
            capture_output=True,
            text=True,
            check=True,
        )
        total, loaded = result.stdout.splitlines()
        assert "2 unchanged" in total
        heavy = {"yaml", "pydantic", "jinja2", "markupsafe", "babel", "mkdocs"}
        assert heavy.isdisjoint(loaded.split())


class TestCheck:
    """What `mapsite check` says."""

    def test_all_fine(self, repo: Path, say: Say) -> None:
        """Plans without problems are counted."""
        assert say("check") == (0, "2 plans: all fine\n", "")
        assert say("check", "acme") == (0, "1 plan: fine\n", "")
        assert not (repo / "site").exists()

    def test_tells_all_problems_of_all_plans(self, repo: Path, say: Say) -> None:
        """Every problem is told at once, and counted."""
        file = repo / "plans/bolt.yaml"
        text = file.read_text("utf-8")
        text = text.replace("2026-08-14", "2026-02-31").replace(
            "owners: [sarah]", "ownrs: x"
        )
        file.write_text(text, "utf-8")
        (repo / "plans/Old.yaml").write_text("", "utf-8")
        code, out, err = say("check")
        assert (code, err) == (1, "")
        lines = out.splitlines()
        assert lines[0].startswith("plans/Old.yaml:1: expected a file name of a-z")
        assert lines[1].startswith("plans/bolt.yaml:5: goal/date: expected a date")
        assert lines[2].startswith("plans/bolt.yaml:17: steps/review/ownrs: ")
        assert lines[3] == "3 plans: 1 fine, 2 with 3 problems"

    def test_json_is_for_machines(self, repo: Path, say: Say) -> None:
        """Each problem is an object of the same seven fields; no problem is []."""
        assert say("check", "--json") == (0, "[]\n", "")
        file = repo / "plans/bolt.yaml"
        file.write_text(file.read_text("utf-8").replace("2026-08-14", "soon"), "utf-8")
        code, out, _ = say("check", "--json")
        (problem,) = json.loads(out)
        assert code == 1
        assert list(problem) == [
            *("file", "line", "column", "address", "rule", "severity", "message")
        ]
        assert problem["file"] == "plans/bolt.yaml"
        assert (problem["line"], problem["column"]) == (5, 9)
        assert (problem["address"], problem["severity"]) == ("goal/date", "error")

    def test_finds_files_that_are_missing(self, repo: Path, say: Say) -> None:
        """A logo that is not there is a problem of the plan."""
        file = repo / "plans/bolt.yaml"
        text = file.read_text("utf-8").replace(
            "name: Bolt", "name: Bolt\n  logo: no.png"
        )
        file.write_text(text, "utf-8")
        code, out, _ = say("check")
        assert code == 1
        assert "plans/bolt.yaml:8: buyer/logo: " in out


def test_a_reader_who_leaves_is_no_fault(repo: Path) -> None:
    """Output cut off by `head` ends quietly."""
    assert (repo / "mkdocs.yml").is_file()
    command = f"{sys.executable} -m mapsite schema | head -n 1"
    result = subprocess.run(
        ["/bin/sh", "-c", command],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr) == ("{\n", "")


def _read_all(reader: int) -> str:
    """Return what a terminal was told until its writer left."""
    parts = []
    while True:
        try:
            part = os.read(reader, 1 << 14)
        except OSError:  # how a terminal says that nobody writes any more
            break
        if not part:
            break
        parts.append(part)
    os.close(reader)
    return b"".join(parts).decode()
