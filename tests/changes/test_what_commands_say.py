"""`mapsite changes` says what is, why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.changes.suggestion import as_json
from mapsite.cli import commands
from mapsite.plan.operations import Operation
from tests.changes.origins import make_repository, make_team, move_date, suggest
from tests.gits import Git

MOVE = move_date("security-review", "2026-05-28", "2026-06-02", "the report is late")
LATE = move_date("security-review", "2026-05-01", "2026-06-02")
CLASH = move_date("pilot-scope", "2026-06-01", "2026-06-09")
MAIL = Operation("set", "people/sarah/email", None, "eve@acme.example")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def deals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Return a repository without an origin, in which the commands run."""
    git = make_repository(tmp_path / "deals", "acme", "bolt")
    monkeypatch.chdir(git.folder)
    return git


@pytest.fixture
def run() -> Run:
    """Return a function that runs `mapsite changes`: exit code, all that it says."""

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(
            commands, ["changes", *words], prog_name="mapsite", catch_exceptions=False
        )
        return result.exit_code, result.output

    return run


def taken(
    run: Run, git: Git, number: int, *operations: Operation, plan: str = "acme"
) -> tuple[str, str]:
    """Import a suggestion; return its short name and what was said."""
    path = git.folder.parent / f"{number}.json"
    path.write_bytes(as_json(suggest(number, *operations, plan=plan)))
    told = run("import", str(path))[1]
    return told.split()[1], told


def odd(run: Run, git: Git, name: str, content: bytes) -> list[str]:
    """Import a file; return the lines that were said."""
    path = git.folder.parent / name
    path.write_bytes(content)
    return run("import", str(path))[1].splitlines()


def test_a_decision_can_be_changed(run: Run, deals: Git) -> None:
    """Another reason replaces the first one, accepting ends it, and all balances."""
    key, _ = taken(run, deals, 1, MOVE)
    assert run("decline", key, "--reason", "Too early")[0] == 0
    code, told = run("decline", key, "--reason", "We keep 28 May")
    assert (code, "declined 1 + waiting 0" in told) == (0, True)
    code, told = run("accept", key)
    assert (code, "applied 1 + already 0 + declined 0 + waiting 0" in told) == (0, True)
    assert run("status")[0] == 0


def test_what_was_declined_may_turn_out_to_be_in_the_plan(run: Run, deals: Git) -> None:
    """Also then the last decision is the one that counts."""
    key, _ = taken(run, deals, 1, MOVE)
    note, _ = taken(
        run, deals, 2, Operation("comment", "steps/pilot", new={"text": "Hm"})
    )
    for one in (key, note):
        run("decline", one, "--reason", "No")
    plan = (deals.folder / "plans/acme.yaml").read_text("utf-8")
    deals.commit("2026-05-25", acme=plan.replace("due: 2026-05-28", "due: 2026-06-02"))
    assert run("accept", key)[0] == 0
    code, told = run("accept", note)
    assert code == 0
    assert "applied 1 + already 1 + declined 0 + waiting 0" in told


def test_declining_quietly_needs_no_reason(run: Run, deals: Git) -> None:
    """It is the one or the other."""
    key, _ = taken(run, deals, 1, MOVE)
    assert run("decline", key)[0] == 2
    assert run("decline", key, "--quiet", "--reason", "No")[0] == 2
    code, told = run("decline", key, "--quiet")
    assert (code, "declined 1 + waiting 0" in told) == (0, True)
    assert "no room shows it" in told


def test_import_says_why_something_is_for_a_person(run: Run, deals: Git) -> None:
    """On a line of its own, and which kinds of files are read."""
    lines = odd(run, deals, "empty.json", b"")
    assert lines[1] == "  the file is empty"
    for name, content in (("a.pdf", b"%PDF-1.7\n1 0 obj\n"), ("a.bin", b"\0\1\2")):
        lines = odd(run, deals, name, content)
        assert ".eml" in lines[1]
        assert ".csv" in lines[1]
        assert lines[1].startswith("  ")
    suggestion = as_json(suggest(1, MOVE)).replace(b'"why"', b'"body"')
    lines = odd(run, deals, "other.json", suggestion)
    assert lines[1] == (
        '  ops/1: unknown key "body"; expected new, op and path, and maybe old and why'
    )


def test_import_says_what_to_do_next(run: Run, deals: Git) -> None:
    """Where something is new, and only then."""
    key, told = taken(run, deals, 1, MOVE)
    assert f"next: mapsite changes show {key}, or mapsite changes propose\n" in told
    assert "next:" not in taken(run, deals, 1, MOVE)[1]


def test_import_names_the_plans_where_one_is_not_there(run: Run, deals: Git) -> None:
    """What is for it is kept all the same."""
    key, told = taken(run, deals, 1, MOVE, plan="nosuchplan")
    assert "  no plan is called nosuchplan; the plans are acme, bolt\n" in told
    assert key in run("list")[1]


def test_list_says_what_it_would_do(run: Run, deals: Git) -> None:
    """And in which state it is, in words."""
    key, _ = taken(run, deals, 1, MOVE)
    clash, _ = taken(run, deals, 2, CLASH)
    odd(run, deals, "odd.bin", b"\0\1")
    told = run("list")[1]
    assert f"{key}  2" in told
    assert "waits for you  acme, Priya N.\n" in told
    assert "\n  Move Security review" in told
    assert "from 28 May to 2 June: the report is late\n" in told
    assert "waits for a person  odd.bin\n  " in told
    run("propose")
    lines = run("list")[1].splitlines()
    assert any(line.startswith(key) and "  proposed  " in line for line in lines)
    assert any(line.startswith(clash) and "the plan changed" in line for line in lines)


def test_propose_without_a_forge_says_what_comes_next(run: Run, deals: Git) -> None:
    """The branch, and how it gets into the plan."""
    key, _ = taken(run, deals, 1, MOVE)
    for _ in range(2):
        told = run("propose")[1]
        assert (
            f"  next: git merge mapsite/acme/{key}, or mapsite changes accept {key}\n"
            in told
        )


def test_a_clash_says_what_the_plan_says_now(run: Run, deals: Git) -> None:
    """And how to write it all the same, where that can work."""
    key, _ = taken(run, deals, 1, LATE)
    refused, _ = taken(run, deals, 2, MAIL)
    assert "(the plan says 28 May now)" in run("show", key)[1]
    code, told = run("accept", key)
    assert code == 1
    assert f"`mapsite changes accept {key} --anyway`" in told
    code, told = run("accept", refused)
    assert (code, "--anyway" in told) == (1, False)
    yes = Operation("confirm", "steps/security-review/due", "2026-05-01")
    other, _ = taken(run, deals, 3, yes)
    code, told = run("accept", other)
    assert (code, "--anyway" in told) == (1, False)
    assert run("accept", key, "--anyway")[0] == 0


def test_what_was_taken_back_is_not_called_in_the_plan(run: Run, deals: Git) -> None:
    """It was accepted before, nothing is written, and what to do is said."""
    key, _ = taken(run, deals, 1, MOVE)
    run("accept", key)
    assert "in the plan already" in run("accept", key)[1]
    deals("revert", "--no-edit", "HEAD")
    code, told = run("accept", key)
    assert code == 0
    assert "accepted before" in told
    assert "nothing was written" in told
    assert "in the plan already" not in told
    assert "due: 2026-05-28" in (deals.folder / "plans/acme.yaml").read_text("utf-8")


def test_a_branch_that_is_gone_can_be_made_anew(run: Run, deals: Git) -> None:
    """Whoever deleted it is told how to go on."""
    key, _ = taken(run, deals, 1, MOVE)
    run("propose")
    deals("branch", "-D", f"mapsite/acme/{key}")
    told = run("status")[1]
    assert f"`mapsite changes propose {key}` makes it anew" in told
    assert f"`mapsite changes accept {key}`" in told
    assert f"`mapsite changes propose {key}` makes it anew" in run("list")[1]
    assert "proposed" in run("propose", key)[1]


def test_another_branch_is_told_to_switch(run: Run, deals: Git) -> None:
    """Without an origin there is nothing to pull."""
    key, _ = taken(run, deals, 1, MOVE)
    deals("switch", "--quiet", "-c", "work")
    told = run("accept", key)[1]
    assert "`git switch main`" in told
    assert "pull" not in told


def test_another_branch_of_a_clone_is_told_to_switch_and_pull(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own main is behind that of the origin."""
    team = make_team(tmp_path)
    monkeypatch.chdir(team.root)
    key, _ = taken(run, team.git, 1, MOVE)
    team.git("switch", "--quiet", "-c", "work")
    assert "`git switch main && git pull`" in run("accept", key)[1]
