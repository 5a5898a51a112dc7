"""The worked example as a table has it: what cannot be true of it is told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from mapsite.plan.advice.registry import advise
from mapsite.plan.past import NO_HISTORY, History, PastMove, StepPast
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule

TODAY = date(2026, 5, 24)
HERE = Path(__file__).parent
PLANS = sorted(
    [*(HERE.parent / "plans").glob("*.yaml"), *HERE.rglob("plans/real/*.yaml")]
)


def lines_of(text: str, history: History = NO_HISTORY) -> list[str]:
    """Return all advice on a plan, as it is printed."""
    plan = read_plan(text.encode(), "deal.yaml")
    found = advise(plan, schedule(plan, TODAY), history)
    return [
        f"{rule.id}: {finding.address}: {finding.why}; {finding.fix}"
        for rule, finding in found
    ]


@pytest.fixture
def example() -> str:
    """Return the example's text."""
    return (HERE / "plans/plain-table.yaml").read_text("utf-8")


def test_says_what_cannot_be_true(example: str) -> None:
    """Each of the five, by its days."""
    said = "\n".join(lines_of(example))
    for words in (
        "weekend: goal/date: 2026-08-15 is a Saturday",
        (
            "week-differs: steps/contract/ref: ref says week 13, and 2026-08-15 lies in"
            " week 14"
        ),
        (
            "pilot-before-security: steps/pilot: the pilot begins on 2026-06-11, and"
            " security-review ends on 2026-06-25"
        ),
        (
            "duration-differs: steps/pilot/title: the title says 30 days, and"
            " 2026-06-11 to 2026-07-09 (pilot-review) are 28 days"
        ),
        (
            "duration-differs: steps/procurement/takes: 2 weeks from 2026-07-23 would"
            " end on 2026-08-06, and contract is on 2026-08-15: 23 days in all"
        ),
    ):
        assert words in said


def test_says_nothing_else_but_what_is_open(example: str) -> None:
    """The other weeks are right, and everybody who is needed is there."""
    rules = [line.partition(":")[0] for line in lines_of(example)]
    assert sorted(rules) == [
        *("duration-differs", "duration-differs", "impossible-date"),
        *("nothing-confirmed", "pilot-before-security", "week-differs", "weekend"),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"due: 2026-05-28": "start: 2026-05-28"},
            "pilot-before-security: steps/pilot: ",
        ),
        (
            {
                "due: 2026-05-28": "start: 2026-05-28",
                "due: 2026-06-11": "start: 2026-06-11\n    after: security-review",
            },
            (
                "impossible-date: steps/pilot/start: this step cannot begin on"
                " 2026-06-11, after security-review, which ends on 2026-06-25; "
            ),
        ),
        (
            {
                "due: 2026-05-28": "due: 2026-05-28\n    after: demo",
                "due: 2026-06-11": "due: 2026-06-11\n    after: security-review",
            },
            (
                "4 weeks cannot end by 2026-05-28, and pilot, which waits for it, is on"
                " 2026-06-11; "
            ),
        ),
        (
            {"due: 2026-07-23": "start: 2026-07-23\n    due: 2026-08-15"},
            "would end on 2026-08-06, and its end is on 2026-08-15: 23 days in all; ",
        ),
        (
            {"due: 2026-06-11": "start: 2026-06-11\n    takes: 4w"},
            "the title says 30 days, and its length is 4 weeks, 28 days; ",
        ),
    ],
)
def test_however_it_is_entered(
    example: str, changes: dict[str, str], said: str
) -> None:
    """A length, two days, or a dependency: the contradiction is found."""
    for old, new in changes.items():
        assert old in example
        example = example.replace(old, new)
    assert said in "\n".join(lines_of(example))


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.stem)
def test_advice_is_readable(file: Path) -> None:
    """Of every real plan: one sentence, short enough for a line, kindly put."""
    for line in lines_of(file.read_text("utf-8")):
        assert len(line) < 330, line
        assert not re.search(
            r"\bmust\b|\bfail|\berror|\bwrong\b|\bNone\b|\{",
            line.replace("`confirmed: {by, on}`", ""),
        ), line
        assert ". " not in line, line


def test_nothing_internal_is_ever_told() -> None:
    """Neither words nor days nor ids of what is hidden."""
    full = (HERE / "plans/full.yaml").read_text("utf-8")
    plan = read_plan(full.encode(), "full.yaml")
    hidden = {step.id for step in plan.steps if step.hidden}
    hidden |= {person.id for person in plan.people if person.hidden}
    assert hidden
    past = StepPast(None, (PastMove(TODAY, TODAY, date(2026, 6, 1), None, None),) * 2)
    history = History((), dict.fromkeys(hidden, past), {}, 2, TODAY)
    said = "\n".join(lines_of(full, history))
    assert said
    for one in hidden:
        assert not re.search(rf"(?<![\w-]){one}(?![\w-])", said), one
