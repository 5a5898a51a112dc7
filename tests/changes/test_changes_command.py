"""`mapsite changes`: from a file that somebody sent to a plan that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.changes.suggestion import as_json
from mapsite.cli import commands
from mapsite.plan.naming import opaque_id
from mapsite.plan.operations import Operation
from tests.changes.origins import Team, make_team, move_date, suggest

MOVE = move_date("security-review", "2026-05-28", "2026-06-02", "the report is late")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """Return a clone with its origin, in which the commands run."""
    team = make_team(tmp_path)
    monkeypatch.chdir(team.root)
    return team


@pytest.fixture
def run() -> Run:
    """Return a function that runs `mapsite changes`: exit code, output, complaints."""

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(
            commands, ["changes", *words], prog_name="mapsite", catch_exceptions=False
        )
        return result.exit_code, result.stdout, result.stderr

    return run


def sent(folder: Path, number: int, *operations: Operation) -> str:
    """Write what somebody sent, and return the file's name."""
    path = folder.parent / f"{number}.json"
    path.write_bytes(as_json(suggest(number, *operations)))
    return str(path)


def test_a_room_names_its_plan_by_a_word_that_only_we_understand(
    team: Team, run: Run
) -> None:
    """The plan is found by the key check that the room was made with, and no other."""
    settings = team.root / "mkdocs.yml"
    text = settings.read_text("utf-8")
    line = "    checks: {}\n"
    assert line in text
    settings.write_text(text.replace(line, f"{line}    key_check: abcd2345\n"), "utf-8")
    plan = suggest(1, MOVE).plan
    for number, salt in enumerate(("abcd2345", "zzzz2345"), 2):
        named = replace(suggest(number, MOVE), plan=opaque_id(plan, salt, 12))
        file = team.root.parent / f"{salt}.json"
        file.write_bytes(as_json(named))
        assert run("import", str(file))[0] == 0
    told = run("list")[1]
    assert f" {plan}" in told or f"{plan}:" in told
    assert opaque_id(plan, "zzzz2345", 12) in told
    assert opaque_id(plan, "abcd2345", 12) not in told


def test_from_a_file_to_the_plan(team: Team, run: Run) -> None:
    """Import, propose, look, accept: each run ends with a line that balances."""
    file = sent(team.root, 1, MOVE)
    code, told, _ = run("import", file, file)
    assert code == 0
    assert told.splitlines()[0].startswith("new  ")
    assert told.splitlines()[1].startswith("known  ")
    assert told.splitlines()[-1].startswith(
        "received 1 = applied 0 + already 0 + declined 0 + waiting 1 (oldest 0 minutes"
    )
    key = told.split()[1]

    assert "proposed" in run("propose")[1]
    shown = run("show", key)[1]
    assert "write: Move" in shown
    assert "the report is late" in shown
    code, told, _ = run("accept", key)
    assert (code, told.splitlines()[-1]) == (
        0,
        "received 1 = applied 1 + already 0 + declined 0 + waiting 0",
    )
    assert "due: 2026-06-02" in team.plan()
    assert run("list")[1].count("\n") == 1
    assert "applied" in run("list", "--all")[1]


def test_what_nobody_understands_is_kept(team: Team, run: Run) -> None:
    """It waits for a person, who can read it and decline it."""
    path = team.root.parent / "odd.bin"
    path.write_bytes(b"\x00\x01\x1b[31mhello\n")
    code, told, _ = run("import", str(path))
    key = told.split("  ")[1]
    assert code == 0
    assert "for a person to read" in told
    assert "waiting 1 (oldest 0 minutes, 1 for a person)" in told
    shown = run("show", key)[1]
    assert "hello" in shown
    assert "\x1b" not in shown
    assert run("decline", key, "--reason", "Nothing in it")[0] == 0
    assert "declined 1 + waiting 0" in run("status")[1]


def test_status_fails_where_somebody_waits_too_long(team: Team, run: Run) -> None:
    """Exit code 1, with what waits."""
    run("import", sent(team.root, 1, MOVE))
    assert run("status", "--max-age", "5d")[0] == 0
    code, told, complaint = run("status", "--max-age", "0h")
    # What came within this second waits for no time yet.
    assert code == int("acme, Priya N." in told)
    assert bool(complaint) == bool(code)
    assert run("status", "--max-age", "soon")[0] == 2


def test_without_a_reason_nothing_is_declined(team: Team, run: Run) -> None:
    """A wrong use of the command."""
    run("import", sent(team.root, 1, MOVE))
    assert run("decline", "x")[0] == 2
    code, _, complaint = run("decline", "nothing", "--reason", "No")
    assert code == 1
    assert "mapsite changes list" in complaint


def test_settings_are_checked(team: Team, run: Run) -> None:
    """A typo is told with its line, before anything is done."""
    path = team.root / "mkdocs.yml"
    text = path.read_text("utf-8")
    extra = "    changes: {ledgr: tree, forge: svn}\n"
    path.write_text(text.replace("  mapsite:\n", f"  mapsite:\n{extra}", 1), "utf-8")
    code, _, complaint = run("list")
    assert code == 1
    assert 'unknown key "ledgr"; did you mean "ledger"?' in complaint
    assert 'expected one of github, gitlab, forgejo, none, got "svn"' in complaint


def test_check_tells_a_pull_request_in_sentences(team: Team, run: Run) -> None:
    """What a buyer may change is said; nothing of it is refused."""
    text = team.plan().replace("due: 2026-05-28", "due: 2026-06-02")
    team.git.commit("2026-05-25", acme=text)
    code, told, _ = run("check", "--base", "origin/main")
    assert code == 0
    assert told.splitlines()[0] == "plans/acme.yaml"
    assert told.splitlines()[1].startswith("  Move Security review")
    assert run("check", "--base", "HEAD")[1] == "No plan would change.\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Project plan for", "title: Other plan for"),
        ("stage: Evaluation", "stage: Won"),
        ("email: sarah@acme.example", "email: eve@acme.example"),
        ("  - id: demo\n", "  - {id: won, title: Won, internal: true}\n  - id: demo\n"),
        ("date: 2026-08-15", "date: 2026-09-15"),
    ],
)
def test_check_refuses_what_a_buyer_may_not(
    team: Team, run: Run, old: str, new: str
) -> None:
    """The seller may; no value of an internal field is told."""
    text = team.plan()
    assert old in text
    team.git.commit("2026-05-25", acme=text.replace(old, new, 1))
    code, told, _ = run("check", "--base", "origin/main")
    assert code == 1
    assert "not allowed: " in told
    assert "Won" not in told
    assert "eve@" not in told
    assert run("check", "--base", "origin/main", "--side", "seller")[0] == 0


def test_check_refuses_other_files_and_other_plans(team: Team, run: Run) -> None:
    """A buyer changes one plan and nothing beside it."""
    team.git.write(".github/workflows/x.yml", "on: push\n")
    team.git.commit(
        "2026-05-25", acme=team.plan().replace("Lee", "Lea"), more="title: x\n"
    )
    code, told, complaint = run("check", "--base", "origin/main", "--markdown")
    assert code == 1
    assert "`.github/workflows/x.yml`" in told
    assert "plans/more.yaml" in complaint
    assert "Not all of it may be merged." in told


def test_check_knows_what_main_got_meanwhile(team: Team, run: Run) -> None:
    """That is no part of the change."""
    other = team.clone("other")
    other.commit("2026-05-25", acme=team.plan().replace("todo", "blocked", 1))
    other("push", "--quiet", "origin", "main")
    team.git("fetch", "--quiet")
    assert run("check", "--base", "origin/main")[1] == "No plan would change.\n"


def test_no_output_steers_a_terminal_or_a_runner(team: Team, run: Run) -> None:
    """Whatever somebody sends, and however it is shown."""
    wish = move_date("security-review", "2026-05-28", "2026-06-02", "::error::x ##[x]y")
    told = run("import", sent(team.root, 1, wish))[1]
    told += run("propose")[1] + run("show", told.split()[1])[1]
    assert "error" in told
    assert not any(line.lstrip().startswith("::") for line in told.splitlines())
    assert "##[" not in told
