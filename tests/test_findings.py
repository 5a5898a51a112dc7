"""The worked example, entered as it was written, and the faults that it has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.cli import commands

ROOT = Path(__file__).parents[1]
PLAN = "tests/plans/as-written.yaml"
TODAY = ("--today", "2026-05-24")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """Return the advice on the plan, by address and rule."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(commands, ["check", PLAN, "--json", *TODAY])
    assert result.exit_code == 0
    return {
        (one["address"], one["rule"]): one["message"]
        for one in json.loads(result.stdout)
    }


@pytest.mark.parametrize(
    ("address", "rule", "told"),
    [
        ("goal/date", "weekend", ["2026-08-15 is a Saturday", "Friday 2026-08-14"]),
        ("steps/contract/ref", "week-differs", ["says week 13", "lies in week 14"]),
        (
            "steps/security-review/due",
            "impossible-date",
            ["4 weeks from", "cannot end", "pilot", "2026-06-11", "2026-06-22"],
        ),
        ("steps/pilot/title", "duration-differs", ["says 30 days", "are 28 days"]),
        ("steps/procurement/takes", "duration-differs", ["2 weeks", "23 days"]),
    ],
)
def test_every_fault_is_found(
    found: dict[tuple[str, str], str], address: str, rule: str, told: list[str]
) -> None:
    """Each at its own address, with the numbers that contradict each other."""
    assert (address, rule) in found
    for words in told:
        assert words in found[address, rule]


def test_the_schedule_says_which_days_cannot_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pilot is to begin before the review of four weeks can end."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(commands, ["schedule", PLAN, "--json", *TODAY])
    (table,) = json.loads(result.stdout)
    steps = {step["id"]: step for step in table["steps"]}
    assert steps["pilot"]["cannot_hold_because_of"] == "security-review"
    assert (steps["pilot"]["start"], steps["pilot"]["due"]) == (
        "2026-06-22",
        "2026-07-09",
    )
