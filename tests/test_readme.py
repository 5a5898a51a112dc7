"""The README: what it shows is true."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.cli import COMMANDS, commands
from mapsite.errors import InvalidPlan
from mapsite.plan.advice.registry import RULES
from mapsite.plan.read import read_plan

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)


def blocks(kind: str) -> list[str]:
    """Return the fenced blocks of *kind*."""
    return [text for name, text in BLOCKS if name == kind]


def test_the_plan_in_full_is_a_valid_plan() -> None:
    """The README's plan reads without a problem."""
    plan = read_plan(blocks("yaml")[0].encode(), "README.md")
    assert plan.buyer.name == "Acme"
    assert len(plan.steps) == 3


def test_the_problems_shown_are_those_that_come() -> None:
    """The README's two messages are what these two faults say."""
    text = blocks("yaml")[0].replace("takes: 20d", "due: 31 Feb\n    ownr: x")
    with pytest.raises(InvalidPlan) as caught:
        read_plan(text.encode(), "plans/acme.yaml")
    told = [
        re.sub(r":\d+:", ":", str(problem), count=1)
        for problem in caught.value.problems
    ]
    shown = [
        re.sub(r":\d+:", ":", line, count=1)
        for line in README.splitlines()
        if line.startswith("plans/acme.yaml:")
    ]
    assert told == shown


def test_every_command_is_in_the_table() -> None:
    """The table of commands names all commands, and no other."""
    told = set(re.findall(r"^\| `mapsite (\w+)", README, flags=re.MULTILINE))
    assert told == set(COMMANDS)


def test_the_schedule_shown_is_the_one_that_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What follows the table is told word for word."""
    monkeypatch.chdir(ROOT)
    shown = next(text for text in blocks("") if text.startswith("$ mapsite schedule"))
    command, told = shown.split("\n[...]\n")
    result = CliRunner().invoke(commands, command.split()[2:])
    assert result.exit_code == 0
    assert result.stdout.endswith(told)


def test_every_rule_of_advice_is_in_the_table() -> None:
    """And no rule that is not there."""
    section = README.partition("## Advice")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| \w+ \| ([a-z-].*) \|$", section, flags=re.MULTILINE)
    names = [name for row in rows for name in row.partition(";")[0].split(", ")]
    told = [re.sub(r" \(.*|\)", "", name) for name in names]
    assert sorted(set(told) - {"from 50", "000"}) == sorted(RULES)


def test_the_tuning_shown_is_taken() -> None:
    """The plan of the README with the README's own reason is a plan."""
    tuned = next(text for text in blocks("yaml") if text.startswith("checks:"))
    plan = read_plan((blocks("yaml")[0] + tuned).encode(), "README.md")
    assert plan.checks


def test_continuous_integration_runs_the_commands_of_the_readme() -> None:
    """`.ci/run` has the README's test command word for word."""
    command = next(text for text in blocks("sh") if "pytest" in text).splitlines()[1]
    assert command in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_picture_exists() -> None:
    """The screenshot that the README shows is there."""
    shown = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert shown
    assert all((ROOT / path).is_file() for path in shown)
