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
from mapsite.cli import COMMANDS, commands
from tests.gits import Git

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

    @pytest.mark.parametrize("name", sorted(COMMANDS))
    def test_every_command_helps_with_an_example(self, say: Say, name: str) -> None:
        """--help says what the command does and shows one use of it."""
        code, out, _ = say(name, "--help")
        assert code == 0
        assert "Example" in out
        assert f"\n    mapsite {name}" in out

    @pytest.mark.parametrize("name", ["", *sorted(COMMANDS)])
    def test_examples_stand_in_lines_of_their_own(self, say: Say, name: str) -> None:
        """What can be typed is not refilled, and no mark of the formatter is left."""
        _, out, _ = say(*name.split(), "--help")
        assert "\\b" not in out
        assert "\b" not in out
        _, _, shown = out.partition("Example")
        head, *lines = shown.strip().splitlines()
        assert head in {":", "s:"}
        assert lines
        assert all(line.startswith("    mapsite ") for line in lines)
        assert all(line.count("mapsite") == 1 or "&&" in line for line in lines)

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

    @pytest.mark.parametrize("name", ["build", "serve", "init", "new x"])
    @pytest.mark.parametrize(
        ("day", "said"),
        [
            ("xx", "expected a day like 2026-05-24, got 'xx'"),
            ("20260524", "expected a day like 2026-05-24, got '20260524'"),
            ("9999-12-31", "expected a day from 1970-01-01 to 9000-12-31, got"),
            ("0001-01-01", "expected a day from 1970-01-01 to 9000-12-31, got"),
        ],
    )
    def test_a_day_is_one_with_years_around_it(
        self, repo: Path, say: Say, name: str, day: str, said: str
    ) -> None:
        """Another --today is told with what is expected."""
        code, out, err = say(*name.split(), "--today", day)
        assert (code, out) == (2, "")
        assert said in " ".join(err.split())
        assert sorted(path.name for path in repo.iterdir()) == [
            *(".mapsite", "mkdocs.yml", "plans")
        ]

    @pytest.mark.parametrize("day", ["1970-01-01", "9000-12-31"])
    def test_the_first_and_the_last_day_are_built(
        self, repo: Path, say: Say, day: str
    ) -> None:
        """Every day that is taken has a room."""
        code, _, err = say("build", "acme", "--today", day)
        assert (code, err) == (0, "")
        assert (repo / "site/acme/index.html").is_file()

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

    @pytest.mark.parametrize("words", ["mapsite build --out ", "mapsite init "])
    def test_completes_folders(self, repo: Path, mapsite: Run, words: str) -> None:
        """Where a folder is expected, the shell offers folders."""
        assert (repo / "plans").is_dir()
        result = mapsite(
            _MAPSITE_COMPLETE="bash_complete",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split())),
        )
        assert result.stdout.strip() == "dir,"


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
        ("name", "said"),
        [
            ("gone", 'no plan "gone" in plans/'),
            ("acmee", 'no plan "acmee" in plans/; did you mean "acme"?'),
            ("acme.yaml", 'no file acme.yaml; did you mean "acme"?'),
            ("drafts/blot.yaml", 'no file drafts/blot.yaml; did you mean "bolt"?'),
            ("mkdocs.yml", "mkdocs.yml is no plan: its name does not end in .yaml"),
            ("plans/\x1b[31m.yaml", r"no file plans/\x1b[31m.yaml"),
        ],
    )
    @pytest.mark.parametrize("command", ["build", "check"])
    def test_a_plan_that_is_not_there(
        self, repo: Path, say: Say, command: str, name: str, said: str
    ) -> None:
        """An unknown plan is wrong use; nothing in its name steers the terminal."""
        code, out, err = say(command, "acme", name)
        assert (code, out, err) == (2, "", f"mapsite: {said}\n")
        assert not (repo / "site").exists()

    @pytest.mark.parametrize("words", ["build", "check", "build con", "check con"])
    def test_names_that_windows_keeps_for_itself(
        self, repo: Path, say: Say, words: str
    ) -> None:
        """A room could not be unpacked there, so such a plan is refused everywhere."""
        (repo / "plans/bolt.yaml").rename(repo / "plans/con.yaml")
        code, out, err = say(*words.split())
        assert code == 1
        assert (
            "plans/con.yaml: expected another name than con, which is reserved on"
            " Windows; con-deal.yaml would do"
        ) in out + err
        assert not (repo / "site/con").exists()

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
        assert err == "mapsite: /proc/nothing/here: no such file or directory\n"
        code, _, err = say("build", "--out", "mkdocs.yml", *TODAY)
        assert code == 2
        assert "'mkdocs.yml' is a file" in err

    def test_files_that_may_not_be_touched(
        self, repo: Path, say: Say, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is refused is blamed: the plan, or the folder of the rooms."""
        mkdir, read = Path.mkdir, os.open

        def no_mkdir(path: Path, *rest: object, **named: object) -> None:
            if path.parts[0] == "site":
                raise PermissionError(13, "Permission denied", str(path))
            mkdir(path, *rest, **named)  # type: ignore[arg-type]  # passed through

        def no_open(path: str, *rest: object, **named: object) -> int:
            if str(path) == "plans/bolt.yaml":
                raise PermissionError(13, "Permission denied", path)
            return read(path, *rest, **named)  # type: ignore[arg-type]  # same

        with monkeypatch.context() as patch:
            patch.setattr(Path, "mkdir", no_mkdir)
            assert say("build", *TODAY) == (1, "", "mapsite: site: permission denied\n")
        monkeypatch.setattr(os, "open", no_open)
        assert say("build", *TODAY)[2] == "plans/bolt.yaml: permission denied\n"
        assert say("check", "bolt")[1].startswith("plans/bolt.yaml: permission denied")
        assert (repo / "site/acme").is_dir()

    def test_ctrl_c_is_one_line(
        self, repo: Path, say: Say, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever stops a build is told that no room is halved."""

        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("mapsite.room.output._write", interrupt)
        assert say("build", *TODAY) == (130, "", "stopped; rooms are whole\n")
        assert list((repo / "site").iterdir()) == []

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
        """Plans without problems are counted, and pieces of advice beside them."""
        _silence(repo)
        assert say("check", *TODAY) == (0, "2 plans: all fine\n", "")
        assert say("check", "acme", *TODAY) == (0, "1 plan: fine\n", "")
        assert not (repo / "site").exists()

    def test_gives_advice_that_stops_nothing(self, repo: Path, say: Say) -> None:
        """With its place, its severity, the fix and the rule's name."""
        _change(repo, "due: 2026-06-10", "due: 2026-06-13")
        code, out, err = say("check", "bolt", *TODAY)
        assert (code, err) == (0, "")
        assert out == (
            "plans/bolt.yaml:18: steps/review/due: warning: 2026-06-13 is a Saturday;"
            " Friday 2026-06-12 would do [weekend]\n"
            "1 plan: fine, 1 piece of advice\n"
        )

    def test_strict_lets_warnings_fail(self, repo: Path, say: Say) -> None:
        """An info is still only an info."""
        assert say("check", "--strict", *TODAY)[0] == 0
        _change(repo, "seller:\n", "criteria: [{id: c, text: Easy}]\nseller:\n")
        code, out, _ = say("check", "--strict", *TODAY)
        assert (code, out.count(": info: ")) == (0, 1)
        _change(repo, "due: 2026-06-10", "due: 2026-06-13")
        assert say("check", "--strict", *TODAY)[0] == 1
        assert say("check", *TODAY)[0] == 0

    def test_advice_is_as_of_a_day(self, repo: Path, say: Say) -> None:
        """Three weeks later the same plan stood still."""
        assert (repo / "plans").is_dir()
        out = say("check", "bolt", "--today", "2026-06-20")[1]
        assert "plans/bolt.yaml: warning: nothing the buyer can see has" in out
        assert "[very-stale]" in out

    def test_git_tells_what_changed_since(self, repo: Path, say: Say) -> None:
        """A commit on a later day keeps the plan alive."""
        git = Git(repo).init()
        git.commit("2026-06-15")
        _change(repo, "title: Security review", "title: Review of security")
        git.commit("2026-06-18")
        assert "stale]" not in say("check", "bolt", "--today", "2026-06-20")[1]
        assert "[stale]" in say("check", "bolt", "--today", "2026-07-03")[1]

    def test_a_team_tunes_the_rules(self, repo: Path, say: Say) -> None:
        """In mkdocs.yml, for all plans; what it does not know is a problem."""
        _change(repo, "due: 2026-06-10", "due: 2026-06-13")
        _settings(repo, "{weekend: off, few-buyer-steps: {least: 60}}")
        out = say("check", "bolt", *TODAY)[1]
        assert "[weekend]" not in out
        _settings(repo, "{wekend: off, stale: {days: many}}")
        code, out, _ = say("check", "bolt", *TODAY)
        assert code == 1
        assert 'checks/wekend: unknown rule "wekend"; did you mean "weekend"?' in out
        assert (
            "extra/mapsite/checks/stale/days: expected a whole number from 1 to" in out
        )
        assert out.splitlines()[-1] == (
            "1 plan: fine, and 2 problems in mkdocs.yml, 1 piece of advice"
        )

    def test_a_plan_tunes_the_rules_with_a_reason(self, repo: Path, say: Say) -> None:
        """Only for itself, and only with a reason."""
        _change(repo, "due: 2026-06-10", "due: 2026-06-13")
        checks = "checks: {weekend: {off: true, why: A weekend audit}}\n"
        _change(repo, "seller:\n", f"{checks}seller:\n")
        assert say("check", "bolt", *TODAY) == (0, "1 plan: fine\n", "")
        _change(repo, ", why: A weekend audit", "")
        code, out, _ = say("check", "bolt", *TODAY)
        assert code == 1
        assert "plans/bolt.yaml:8: checks/weekend: expected the reason in `why`" in out

    def test_explains_its_rules(self, say: Say) -> None:
        """Each with why and how; for machines too, and nothing is checked."""
        code, out, _ = say("check", "--rules")
        assert code == 0
        assert "\nstale (warning): nothing has changed for two weeks\n" in out
        assert "\n  days: 14  # days without a change" in out
        code, out, _ = say("check", "--rules", "--json")
        rules = json.loads(out)
        assert code == 0
        assert {"no-buyer-steps", "weekend", "seller-words"} <= {
            rule["id"] for rule in rules
        }
        assert all(
            list(rule) == ["id", "severity", "title", "why", "fix", "limits"]
            for rule in rules
        )

    def test_advice_for_machines(self, repo: Path, say: Say) -> None:
        """The same fields as those of a problem."""
        _change(repo, "due: 2026-06-10", "due: 2026-06-13")
        (advice,) = json.loads(say("check", "bolt", "--json", *TODAY)[1])
        assert advice == {
            "file": "plans/bolt.yaml",
            "line": 18,
            "column": 10,
            "address": "steps/review/due",
            "rule": "weekend",
            "severity": "warning",
            "message": "2026-06-13 is a Saturday; Friday 2026-06-12 would do",
        }

    def test_a_text_that_stands_for_a_list_is_named(self, repo: Path, say: Say) -> None:
        """An address leads nowhere that is not there."""
        _change(repo, "after: demo", "evidence: the deadline is kept")
        out = say("check", "bolt", *TODAY)[1]
        assert "plans/bolt.yaml:19: steps/review/evidence: warning: " in out

    def test_tells_all_problems_of_all_plans(self, repo: Path, say: Say) -> None:
        """Every problem is told at once, and counted."""
        file = repo / "plans/bolt.yaml"
        text = file.read_text("utf-8")
        text = text.replace("2026-08-14", "2026-02-31").replace(
            "owners: [sarah]", "ownrs: x"
        )
        file.write_text(text, "utf-8")
        (repo / "plans/Old.yaml").write_text("", "utf-8")
        code, out, err = say("check", *TODAY)
        assert (code, err) == (1, "")
        lines = out.splitlines()
        assert lines[0].startswith("plans/Old.yaml: expected a file name of a-z")
        assert lines[1].startswith("plans/bolt.yaml:5: goal/date: expected a date")
        assert lines[2].startswith("plans/bolt.yaml:17: steps/review/ownrs: ")
        assert lines[3] == "3 plans: 1 fine, 2 with 3 problems"

    def test_json_is_for_machines(self, repo: Path, say: Say) -> None:
        """Each problem is an object of the same seven fields; no problem is []."""
        assert say("check", "--json", *TODAY) == (0, "[]\n", "")
        file = repo / "plans/bolt.yaml"
        file.write_text(file.read_text("utf-8").replace("2026-08-14", "soon"), "utf-8")
        code, out, _ = say("check", "--json", *TODAY)
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
        code, out, _ = say("check", *TODAY)
        assert code == 1
        assert "plans/bolt.yaml:8: buyer/logo: " in out

    def test_the_look_is_checked_too(self, repo: Path, say: Say) -> None:
        """What would stop a build is told, with the file that it stands in."""
        with (repo / "mkdocs.yml").open("a") as file:
            file.write("extra_cs: [a.css]\nextra_css: [no.css]\n")
        code, out, err = say("check", *TODAY)
        assert (code, err) == (1, "")
        first, second, total = out.splitlines()
        assert 'extra_cs: unknown key "extra_cs"; did you mean "extra_css"?' in first
        assert "extra_css/1: no such file: no.css" in second
        assert total == "2 plans: all fine, and 2 problems in mkdocs.yml"
        (problem, _) = json.loads(say("check", "--json", "acme", *TODAY)[1])
        assert problem["file"] == "mkdocs.yml"

    def test_a_template_is_checked_too(self, repo: Path, say: Say) -> None:
        """A look that cannot be made has no line; nothing is left of the attempt."""
        settings = repo / "mkdocs.yml"
        text = settings.read_text("utf-8").replace("# custom_dir", "custom_dir")
        settings.write_text(text, "utf-8")
        (repo / "theme/partials").mkdir(parents=True)
        (repo / "theme/partials/footer.html").write_text("mine", "utf-8")
        kept = set((repo / ".mapsite").iterdir())
        code, out, _ = say("check", *TODAY)
        assert code == 1
        assert out.startswith("mkdocs.yml: the theme's templates print no footer")
        assert set((repo / ".mapsite").iterdir()) == kept

    def test_a_fault_of_the_text_names_its_field(self, repo: Path, say: Say) -> None:
        """A colour without quotes is a comment; machines are told where."""
        file = repo / "plans/bolt.yaml"
        text = file.read_text("utf-8")
        for bad in (
            "buyer: {name: Bolt, color: #0b6bcb}",
            "buyer:\n  color: #0b6bcb\n  name: B",
        ):
            file.write_text(text.replace("buyer:\n  name: Bolt", bad), "utf-8")
            (problem,) = json.loads(say("check", "--json", *TODAY)[1])
            assert problem["address"] == "buyer/color"


def _change(repo: Path, old: str, new: str) -> None:
    """Change a text of the second plan, which is there."""
    file = repo / "plans/bolt.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def _silence(repo: Path) -> None:
    """Leave the repository without a rule, so that only problems are told."""
    from mapsite.plan.advice.registry import RULES  # noqa: PLC0415  # only here

    _settings(repo, "{" + ", ".join(f"{rule}: off" for rule in RULES) + "}")


def _settings(repo: Path, checks: str) -> None:
    """Set how the rules are tuned in mkdocs.yml."""
    file = repo / "mkdocs.yml"
    text = file.read_text("utf-8").partition("\nextra:")[0]
    file.write_text(f"{text}\nextra: {{mapsite: {{checks: {checks}}}}}\n", "utf-8")


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
