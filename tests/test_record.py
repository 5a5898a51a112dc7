"""What a plan records of the past, and as of when a closed one is read."""

from __future__ import annotations

from datetime import date

import pytest

from mapsite.plan.read import read_plan
from mapsite.plan.record import last_entry, read_as_of

HEAD = """
title: Plan
goal: {outcome: Done, date: 2026-08-14, go_live: 2026-09-30}
buyer: {name: Acme}
seller: {name: Mama}
"""
TODAY = date(2027, 1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "created: 2026-05-12",
        "people: [{id: a, name: A, added: 2026-05-12}]",
        "questions: [{id: a, text: A, answered: 2026-05-12}]",
        "steps: [{id: a, title: A, done: 2026-05-12, due: 2026-07-01}]",
        "steps: [{id: a, title: A, confirmed: {by: B, on: 2026-05-12}}]",
        "steps: [{id: a, title: A, evidence: [{text: B, met: 2026-05-12}]}]",
        "steps: [{id: a, title: A, tasks: [{title: B, done: 2026-05-12}]}]",
        (
            "steps: [{id: a, title: A,"
            " moves: [{on: 2026-05-12, from: 2026-06-01, to: 2026-07-01}]}]"
        ),
    ],
)
def test_a_day_on_which_something_happened_is_an_entry(line: str) -> None:
    """Begun, joined, answered, done, confirmed, seen or moved; not what is to come."""
    plan = read_plan((HEAD + line).encode(), "deal.yaml")
    assert last_entry(plan) == date(2026, 5, 12)


@pytest.mark.parametrize(
    "line",
    [
        "people: [{id: a, name: A, added: 2026-05-12, internal: true}]",
        "steps: [{id: a, title: A, done: 2026-05-12, internal: true}]",
        (
            "steps: [{id: a, title: A,"
            " tasks: [{title: B, done: 2026-05-12, internal: true}]}]"
        ),
        (
            "steps: [{id: a, title: A,"
            " confirmed: {by: B, on: 2026-05-12, internal: true}}]"
        ),
        "steps: [{id: a, title: A, due: 2026-05-12}]",
    ],
)
def test_what_is_hidden_or_planned_is_none(line: str) -> None:
    """An internal day would show in the date of the page."""
    assert last_entry(read_plan((HEAD + line).encode(), "deal.yaml")) is None


def test_a_closed_plan_is_read_as_of_its_last_entry() -> None:
    """An open one as of today, and one without an entry too."""
    text = f"{HEAD}created: 2026-05-12\n"
    assert read_as_of(read_plan(text.encode(), "p.yaml"), TODAY) == TODAY
    closed = read_plan(f"{text}status: lost\n".encode(), "p.yaml")
    assert read_as_of(closed, TODAY) == date(2026, 5, 12)
    empty = read_plan(f"{HEAD}status: lost\n".encode(), "p.yaml")
    assert read_as_of(empty, TODAY) == TODAY
