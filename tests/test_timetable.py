"""The schedule command: the table, what a slip would do, and JSON for machines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mapsite.cli import commands

HERE = Path(__file__).parent
TODAY = ("--today", "2026-05-24")
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return a function that runs a command in a repository with a few plans."""
    plans = tmp_path / "plans"
    plans.mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: Deals\ntheme: material\n")
    for name in ("serial", "parallel"):
        shutil.copy(HERE / f"plans/{name}.yaml", plans)
    acme = (HERE.parent / "plans/acme.yaml").read_text("utf-8")
    (plans / "acme.yaml").write_text(
        "\n".join(line for line in acme.splitlines() if "logo:" not in line), "utf-8"
    )
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


def told(say: Say, *words: str) -> list[dict[str, Any]]:
    """Run the command for machines and return what it prints."""
    code, out, err = say("schedule", *words, "--json", *TODAY)
    assert (code, err) == (0, "")
    tables: list[dict[str, Any]] = json.loads(out)
    return tables


def test_the_table_names_every_step_with_its_days(say: Say) -> None:
    """Start, finish, agreed day, slack, and what is critical."""
    code, out, _ = say("schedule", "acme", *TODAY)
    assert code == 0
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert rows[1] == "goal 2026-08-15; in reach, 9 calendar days to spare"
    assert rows[3] == "step start finish agreed slack (business days)"
    assert (
        "security-review 2026-05-13 2026-06-10 2026-05-28 13d in-progress, critical"
    ) in rows
    assert "discovery 2026-05-13 2026-05-13 2026-05-13 - done" in rows
    assert (
        "security-review: 2026-05-28 cannot hold because of its own length;"
        " 2026-06-10 at the earliest"
    ) in rows


def test_a_range_that_may_hold_is_told_as_one(say: Say, tmp_path: Path) -> None:
    """As the advice has it: what may take 3 to 12 days may take 3."""
    (tmp_path / "plans/range.yaml").write_text(
        "title: P\ncreated: 2026-05-12\ngoal: {outcome: D, date: tbd}\n"
        "buyer: {name: A}\nseller: {name: B}\nsteps:\n"
        "  - {id: scope, title: S, start: 2026-05-25, due: 2026-06-01,"
        " takes: 3d-12d}\n",
        "utf-8",
    )
    _, out, _ = say("schedule", "range", *TODAY)
    assert (
        "scope: 2026-06-01 holds only if what may take longer does not;"
        " 2026-06-10 otherwise, because of its own length"
    ) in out.splitlines()
    assert "impossible-date" not in say("check", "range", *TODAY)[1]


def test_machines_get_every_field(say: Say) -> None:
    """Days are ISO dates; several plans come in one list, in order."""
    acme, parallel, serial = told(say)
    assert [t["plan"] for t in (acme, parallel, serial)] == [
        "acme",
        "parallel",
        "serial",
    ]
    step = next(step for step in acme["steps"] if step["id"] == "pilot")
    assert step == {
        "id": "pilot",
        "title": step["title"],
        "state": "waiting",
        "start": "2026-06-11",
        "finish": "2026-07-09",
        "due": "2026-07-09",
        "slack_days": 16,
        "critical": True,
        "early": "2026-07-09",
        "late": "2026-07-31",
        "cannot_hold_because_of": None,
    }
    assert acme["finish"] == acme["forecast"] == "2026-08-15"
    assert all(step["due"] is None for step in serial["steps"])


def test_one_step_after_the_other_ends_in_week_13(say: Say) -> None:
    """Side by side the same deal ends in week 9."""
    found = {
        table["plan"]: table["finish_week"]
        for table in json.loads(say("schedule", "--json", "--today", "2026-01-05")[1])
    }
    assert (found["serial"], found["parallel"]) == (13, 9)


def test_what_could_run_in_parallel_is_named_with_what_it_saves(say: Say) -> None:
    """The four weeks of the security review need not wait for the demos."""
    code, out, _ = say("schedule", "serial", "--today", "2026-01-05")
    assert code == 0
    assert (
        "  security-review beside demo and data-demo: 2026-03-02,"
        " 20 business days sooner"
    ) in out.splitlines()


def test_a_slip_names_what_moves(say: Say) -> None:
    """The goal, every step behind it, the agreed days it breaks, and the holidays."""
    _, out, _ = say("schedule", "acme", "--slip", "security-review=7w", *TODAY)
    lines = out.splitlines()
    assert "security-review +7w: the goal moves from 2026-08-15 to 2026-09-09" in lines
    assert "  pilot-review: 2026-07-09 -> 2026-08-26; 2026-07-09 is agreed" in lines
    assert any(line.endswith("begins in the week of Labor Day") for line in lines)


def test_a_slip_that_the_slack_bears_moves_no_goal(say: Say) -> None:
    """A plus sign may stand before the length."""
    _, out, _ = say("schedule", "acme", "--slip", "pilot-scope=+1d", *TODAY)
    assert "pilot-scope +1d: the goal stays on 2026-08-15" in out


def test_slips_add_up(say: Say) -> None:
    """Several are asked together, each in the plans that have its step."""
    acme, parallel, serial = told(say, "--slip", "demo=1w", "--slip", "procurement=1w")
    assert "slip" not in acme or acme["slip"]["by"] == {"demo": "1w"}
    assert serial["slip"]["by"] == {"demo": "1w", "procurement": "1w"}
    assert parallel["slip"]["by"] == {"procurement": "1w"}
    was, then = serial["slip"]["finish"]
    assert (was, then) == ("2026-08-17", "2026-08-31")


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ("demo", "expected STEP=LENGTH like security-review=5d, got 'demo'"),
        ("demo=soon", "expected STEP=LENGTH like security-review=5d, got 'demo=soon'"),
        ("demo=tbd", "got 'demo=tbd'"),
        ("demo=0d", "demo=0d is no delay; expected 1d or more"),
        ("demmo=5d", "no step demmo in acme"),
    ],
)
def test_wrong_slips_are_refused(say: Say, slip: str, told: str) -> None:
    """A typing error must not look like a delay that costs nothing."""
    code, out, err = say("schedule", "acme", "--slip", slip, *TODAY)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())


def test_a_step_cannot_slip_twice(say: Say) -> None:
    """Nobody can tell which of both was meant."""
    code, _, err = say("schedule", "--slip", "demo=1d", "--slip", "demo=2d")
    assert code == 2
    assert "demo is given twice" in err


def test_a_broken_plan_stops_no_other(say: Say) -> None:
    """Its problems are told, and the exit code says that there were some."""
    Path("plans/broken.yaml").write_text("title: [\n")
    code, out, err = say("schedule", "--json", *TODAY)
    assert code == 1
    assert [table["plan"] for table in json.loads(out)] == [
        "acme",
        "parallel",
        "serial",
    ]
    assert err.startswith("plans/broken.yaml:")


def test_many_plans_come_in_order(say: Say) -> None:
    """Several processes share them; what could be parallel is not tried for so many."""
    text = Path("plans/serial.yaml").read_text("utf-8")
    for number in range(70):
        Path(f"plans/deal-{number:02}.yaml").write_text(text, "utf-8")
    tables = told(say)
    names = [table["plan"] for table in tables]
    assert names == sorted(names)
    assert len(names) == 73
    assert not any("parallel" in table for table in tables)


def test_nothing_on_the_terminal_is_steered_by_a_plan(say: Say) -> None:
    """No text of a plan can move the cursor."""
    plan = Path("plans/serial.yaml")
    plan.write_text(
        plan.read_text("utf-8").replace("title: Evaluation", "title: Evalu\u00adation"),
        "utf-8",
    )
    _, out, _ = say("schedule", "serial", *TODAY)
    assert all(line.isprintable() for line in out.splitlines())
