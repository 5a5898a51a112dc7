"""Advice on days that contradict each other, or today."""

from __future__ import annotations

import pytest

from tests.advising import GOAL, plan_of, told, why


@pytest.mark.parametrize(
    ("rule", "fields", "address"),
    [
        ("decision-after-goal", "decision: 2026-08-15", "goal/decision"),
        ("decision-after-goal", "decision: 2026-08-14", None),
        ("go-live-before-goal", "go_live: 2026-08-13", "goal/go_live"),
        ("go-live-before-goal", "go_live: 2026-08-14", None),
    ],
)
def test_the_days_of_the_goal_come_in_order(
    rule: str, fields: str, address: str | None
) -> None:
    """First the decision, then the signature, then the go-live."""
    text = plan_of(goal=f"{{outcome: Live, date: 2026-08-14, {fields}}}")
    assert told(text, rule) == ([address] if address else [])
    assert told(text.replace("date: 2026-08-14", "date: tbd"), rule) == []


@pytest.mark.parametrize(
    ("step", "address"),
    [
        ("done: 2026-05-25", "steps/a/done"),
        ("done: 2026-05-24", None),
        ("status: done, due: 2026-06-30", None),
        ("tasks: [{title: T, done: 2026-06-01}]", "steps/a/tasks/1/done"),
        ("done: 2026-05-25, internal: true", None),
    ],
)
def test_nothing_was_done_tomorrow(step: str, address: str | None) -> None:
    """The day may be that of today, and none is needed."""
    text = plan_of(f"id: a, title: A, {step}", goal=GOAL)
    assert told(text, "done-in-future") == ([address] if address else [])


def test_no_question_was_answered_tomorrow() -> None:
    """Its day is held against today as well."""
    text = plan_of(
        head="questions: [{id: q, text: Q?, answer: Yes, answered: 2026-05-25}]"
    )
    assert why(text, "done-in-future") == (
        "2026-05-25 is still to come, and the room tells it as done; write down the"
        " day on which it was done, or leave it out until then"
    )
