"""A plan's past: what changed, who, when and why, and only what was for readers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from mapsite.git.versions import versions_of
from mapsite.plan.blocks import Blocks
from mapsite.plan.history import (
    NO_HISTORY,
    Change,
    History,
    Version,
    first_history,
    history_of,
)
from mapsite.plan.model import Plan
from mapsite.plan.public import PublicView
from mapsite.plan.read import read_plan
from mapsite.plan.revisions import clean_why
from mapsite.plan.schedule import schedule
from tests.gits import Git

BASE = """
title: Plan
created: 2026-05-12
goal: {outcome: Signed, date: 2026-08-14, go_live: 2026-09-30}
buyer: {name: Acme}
seller: {name: Mama}
people:
  - {id: jo, name: Jo, side: seller, email: Jo@Mama.example}
  - {id: priya, name: Priya N., side: buyer}
steps:
  - {id: demo, title: Demo, owners: [jo], due: 2026-05-20}
  - {id: review, title: Review, owners: [priya], due: 2026-05-28}
questions:
  - {id: term, text: One year or three?, asked_by: priya}
internal: {notes: secret}
"""
PROJECT = Path(__file__).parents[1]
EVERY_PLAN = [
    *sorted((PROJECT / "plans").glob("*.yaml")),
    *sorted((PROJECT / "tests/plans").rglob("*.yaml")),
]
JO = ("Someone", "jo@mama.example")
PRIYA = ("priya n.", "p@acme.example")


def version(
    day: str,
    text: str,
    who: tuple[str, str] = JO,
    why: str = "",
    parents: tuple[bytes, ...] = (),
) -> Version:
    """Return one version of a plan."""
    raw, commit = text.encode(), f"c{day}"
    return Version(commit, date.fromisoformat(day), *who, why, raw, parents)


def told(*versions: Version, plan: str | None = None) -> History:
    """Return the history of *versions*; the plan is the last one of them."""
    raw = plan.encode() if plan is not None else versions[-1].raw
    return history_of(versions, read_plan(raw, "deal.yaml"))


def after(*swaps: tuple[str, str], text: str = BASE) -> str:
    """Return *text* with some words in place of others, which stand there once."""
    for old, new in swaps:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def brief(history: History) -> list[tuple[str, str, str | None, str | None]]:
    """Return the changes, newest first, without who, when and why."""
    return [(c.kind, c.address, c.was, c.to) for c in history.changes]


DEMO = "{id: demo, title: Demo, owners: [jo], due: 2026-05-20}"
LEGAL = "\n  - {id: legal, title: Redlines}"
STEP = "owners: [priya], due: 2026-05-28}"


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        (
            ("due: 2026-05-28", "due: 2026-06-10"),
            ("moved", "steps/review/due", "2026-05-28", "2026-06-10"),
        ),
        (
            (", due: 2026-05-28", ""),
            ("undated", "steps/review/due", "2026-05-28", None),
        ),
        (
            ("due: 2026-05-28", "due: tbd"),
            ("undated", "steps/review/due", "2026-05-28", None),
        ),
        (
            ("due: 2026-05-28", "due: goal-3w"),
            ("moved", "steps/review/due", "2026-05-28", "2026-07-24"),
        ),
        (
            ("due: 2026-05-28", "due: week 3"),
            ("moved", "steps/review/due", "2026-05-28", "2026-05-29"),
        ),
        (
            ("due: 2026-05-28", "due: goal-78cd"),
            ("changed", "steps/review/due", None, None),
        ),
        (
            ("due: 2026-05-28", "due: 2026-05-28, start: 2026-05-13"),
            ("dated", "steps/review/start", None, "2026-05-13"),
        ),
        (
            (STEP, STEP[:-1] + ", status: done}"),
            ("done", "steps/review/status", "todo", "done"),
        ),
        (
            (STEP, STEP[:-1] + ", done: 2026-05-27}"),
            ("done", "steps/review/status", "todo", "done"),
        ),
        (
            (STEP, STEP[:-1] + ", status: blocked}"),
            ("status", "steps/review/status", "todo", "blocked"),
        ),
        (
            ("owners: [priya]", "owners: [jo]"),
            ("owner", "steps/review/owners", "priya", "jo"),
        ),
        (
            ("owners: [priya]", "owners: [Acme InfoSec, priya]"),
            ("owner", "steps/review/owners", None, None),
        ),
        (
            (STEP, STEP[:-1] + ", confirmed: {by: priya, on: 2026-05-24}}"),
            ("confirmed", "steps/review/confirmed", None, "priya"),
        ),
        (
            (DEMO, DEMO + LEGAL),
            ("added", "steps/legal", None, None),
        ),
        (
            ("  - " + DEMO + "\n", ""),
            ("removed", "steps", None, None),
        ),
        (
            ("title: Review", "title: Security review"),
            ("reworded", "steps/review/title", None, None),
        ),
        (
            ("name: Priya N.", "name: Priya Nair"),
            ("changed", "people/priya/name", None, None),
        ),
        (
            (STEP, STEP[:-1] + ", blocker: Report missing}"),
            ("changed", "steps/review/blocker", None, None),
        ),
        (
            ("date: 2026-08-14", "date: 2026-08-21"),
            ("moved", "goal/date", "2026-08-14", "2026-08-21"),
        ),
        (
            ("date: 2026-08-14", "date: tbd"),
            ("undated", "goal/date", "2026-08-14", None),
        ),
        (
            ("buyer}\n", "buyer}\n  - {id: lee, name: Lee}\n"),
            ("joined", "people/lee", None, None),
        ),
        (
            ("asked_by: priya}", "asked_by: priya, answer: One.}"),
            ("answered", "questions/term", None, None),
        ),
        (
            ("asked_by: priya}", "asked_by: priya, answered: 2026-05-20}"),
            ("answered", "questions/term", None, None),
        ),
        (
            ("asked_by: priya}", "asked_by: priya}\n  - {id: eu, text: E?, owner: jo}"),
            ("asked", "questions/eu", None, None),
        ),
        (
            ("\nbuyer:", "\nstatus: won\nbuyer:"),
            ("status", "status", "open", "won"),
        ),
        (
            ("\nbuyer:", "\nsections: [{title: A, text: B}]\nbuyer:"),
            ("changed", "sections", None, None),
        ),
    ],
)
def test_each_change_is_told_in_a_word(
    swap: tuple[str, str], expected: tuple[str, str, str | None, str | None]
) -> None:
    """What happened, where, and from which date, status or person to which."""
    history = told(version("2026-05-12", BASE), version("2026-05-20", after(swap)))
    assert brief(history) == [expected]
    (change,) = history.changes
    assert (change.day, change.who, change.why) == (date(2026, 5, 20), "jo", None)
    assert (history.revisions, history.last) == (1, date(2026, 5, 20))


def test_a_name_is_told_where_there_was_none() -> None:
    """Another name is a change like any other."""
    nobody = after(("name: Priya N.", "name: unknown"))
    found = told(version("2026-05-12", nobody), version("2026-05-20", BASE))
    assert brief(found) == [("named", "people/priya/name", None, None)]


def test_an_end_that_becomes_a_beginning_is_no_move() -> None:
    """Both sides still speak of the same day."""
    text = after(("due: 2026-05-28", "start: 2026-05-28"))
    history = told(version("2026-05-12", BASE), version("2026-05-13", text))
    assert history.steps["review"].moves == ()
    assert brief(history) == [
        ("dated", "steps/review/start", None, "2026-05-28"),
        ("changed", "steps/review/due", None, None),
    ]


def test_what_is_taken_back_is_told_too() -> None:
    """A step is taken up again, a question is dropped, somebody leaves."""
    done = after((STEP, STEP[:-1] + ", status: done}"))
    less = after(("  - {id: term, text: One year or three?, asked_by: priya}\n", ""))
    gone = after(
        ("  - {id: priya, name: Priya N., side: buyer}\n", ""), ("[priya]", "[jo]")
    )
    history = told(version("2026-05-12", done), version("2026-05-13", BASE))
    assert brief(history) == [("reopened", "steps/review/status", "done", "todo")]
    history = told(version("2026-05-12", BASE), version("2026-05-13", less))
    assert brief(history) == [("removed", "questions", None, None)]
    history = told(
        version("2026-05-12", BASE),
        version("2026-05-13", gone.replace("asked_by: priya", "asked_by: jo")),
    )
    assert ("left", "people", None, None) in brief(history)
    assert ("owner", "steps/review/owners", None, "jo") in brief(history)


def test_another_order_is_a_change_of_the_list() -> None:
    """No step is named for having been moved up."""
    steps = BASE.partition("steps:\n")[2].partition("questions:")[0]
    turned = "".join(reversed(steps.splitlines(keepends=True)))
    history = told(
        version("2026-05-12", BASE), version("2026-05-13", after((steps, turned)))
    )
    assert brief(history) == [("changed", "steps", None, None)]


def test_people_are_found_by_mail_or_by_name() -> None:
    """Who is not on today's plan, or hidden there, or two people, is nobody."""
    texts = [after(("title: Demo", f"title: Demo {number}")) for number in range(5)]
    last = after(
        ("title: Demo", "title: Demo 9"),
        ("id: jo, name: Jo", "id: jo, internal: true, name: Jo"),
    )
    authors = [JO, PRIYA, ("Stranger", "s@x.example"), ("unknown", ""), ("", "")]
    versions = [
        version(f"2026-05-1{number}", text, who)
        for number, (text, who) in enumerate(zip(texts, authors, strict=True))
    ]
    assert [c.who for c in told(*versions).changes] == [None, None, None, "priya"]
    assert told(versions[1], versions[0]).changes[0].who == "jo"
    history = told(*versions, version("2026-05-20", last, JO))
    assert "jo" not in repr(history)
    twins = after(("name: Jo,", "name: Priya N.,"))
    assert [c.who for c in told(*versions, plan=twins).changes] == [None] * 4


def test_a_day_of_one_person_is_one_revision() -> None:
    """Somebody who saves often did not change their mind often."""
    texts = [after(("05-28", f"06-0{number}")) for number in range(1, 6)]
    history = told(
        version("2026-05-11", BASE),
        version("2026-05-12", BASE),
        version("2026-05-13", texts[0]),
        version("2026-05-13", texts[1]),
        version("2026-05-13", texts[2], PRIYA),
        version("2026-05-13", texts[3], PRIYA),
        version("2026-05-14", texts[4], PRIYA),
        version("2026-05-14", texts[3], PRIYA),
    )
    assert history.revisions == 2
    assert brief(history) == [("moved", "steps/review/due", "2026-05-28", "2026-06-04")]
    assert history.changes[0].who == "priya"
    assert len(history.steps["review"].moves) == 1
    assert history.last == date(2026, 5, 13)


def test_moves_are_net_of_a_day() -> None:
    """There and back again within a day is no move, whoever it was."""
    moved = after(("05-28", "06-10"), ("08-14", "08-20"))
    history = told(
        version("2026-05-12", BASE),
        version("2026-05-13", moved),
        version("2026-05-13", BASE, PRIYA),
    )
    assert history.changes == ()
    assert history.steps["review"].moves == ()
    assert history.revisions == 2


def test_a_step_remembers_its_dates() -> None:
    """The first one, and each move with its day, person and reason."""
    history = told(
        version("2026-05-12", after((", due: 2026-05-28", ""))),
        version("2026-05-13", BASE),
        version("2026-05-20", after(("05-28", "06-10")), PRIYA, "Report late"),
        version("2026-05-21", after(("2026-05-28", "tbd"))),
        version("2026-05-22", after(("05-28", "06-12"))),
    )
    past = history.steps["review"]
    assert past.first == date(2026, 5, 28)
    assert [(m.day.day, str(m.was), str(m.to), m.who, m.why) for m in past.moves] == [
        (20, "2026-05-28", "2026-06-10", "priya", "Report late"),
        (22, "2026-06-10", "2026-06-12", "jo", None),
    ]
    assert brief(history) == [
        ("moved", "steps/review/due", "2026-06-10", "2026-06-12"),
        ("undated", "steps/review/due", "2026-06-10", None),
        ("moved", "steps/review/due", "2026-05-28", "2026-06-10"),
        ("dated", "steps/review/due", None, "2026-05-28"),
    ]
    assert history.steps["demo"].first == date(2026, 5, 20)


def test_a_date_that_hangs_on_the_goal_moves_with_it() -> None:
    """Each version is read by its own calendar."""
    hung = after(("2026-05-28", "goal-3w"))
    history = told(
        version("2026-05-12", hung),
        version("2026-05-13", hung.replace("08-14", "08-21"), why="Board meets later"),
    )
    assert brief(history) == [
        ("moved", "steps/review/due", "2026-07-24", "2026-07-31"),
        ("moved", "goal/date", "2026-08-14", "2026-08-21"),
    ]
    assert {change.why for change in history.changes} == {"Board meets later"}


def moves(*lines: str) -> str:
    """Return the plan with recorded moves of the review, now due on 10 June."""
    return after((STEP, f"due: 2026-06-10, moves: [{', '.join(lines)}]" + "}"))


def test_a_move_that_the_plan_records_is_the_one_that_git_saw() -> None:
    """The plan's own day, reason and person win."""
    line = "{on: 2026-05-19, from: 2026-05-28, to: 2026-06-10, why: Late, by: priya}"
    step = ("05-28", "06-02")
    for between in ([], [version("2026-05-14", after(step), why="Draft")]):
        history = told(
            version("2026-05-12", BASE),
            *between,
            version("2026-05-20", moves(line), why="Commit"),
        )
        (move,) = history.steps["review"].moves
        assert (move.day, move.who, move.why) == (date(2026, 5, 19), "priya", "Late")
        assert [c.kind for c in history.changes].count("moved") == 1
        assert history.steps["review"].first == date(2026, 5, 28)


def test_recorded_moves_that_git_did_not_see_count() -> None:
    """From before the plan was in git, or two on one day, or without a day."""
    early = "{on: 2026-05-01, from: 2026-05-20, to: 2026-05-28}"
    first = "{from: 2026-05-28, to: 2026-06-01}"
    second = "{on: 2026-05-20, from: 2026-06-01, to: 2026-06-10, by: Nobody here}"
    text = moves(early, first, second)
    history = told(version("2026-05-12", BASE), version("2026-05-20", text))
    past = history.steps["review"]
    assert past.first == date(2026, 5, 20) or past.first == date(2026, 5, 28)
    assert len(past.moves) == 3
    assert [c.address for c in history.changes].count("steps/review/due") == 2
    alone = told(plan=text)
    assert alone.changes == ()
    assert len(alone.steps["review"].moves) == 3


def test_hidden_moves_are_not_told() -> None:
    """A seller's own note of a move is not agreed with anybody."""
    line = "{on: 2026-05-01, from: 2026-04-20, to: 2026-05-28, internal: true}"
    history = told(version("2026-05-12", BASE), version("2026-05-20", moves(line)))
    assert "2026-04-20" not in repr(history)
    assert len(history.steps["review"].moves) == 1


def test_what_is_deleted_and_added_again_begins_anew() -> None:
    """Only the present life of a step counts."""
    history = told(
        version("2026-05-12", BASE),
        version("2026-05-13", after(("05-28", "05-29"))),
        version("2026-05-14", after(("  - {id: review, title: Review, " + STEP, ""))),
        version("2026-05-15", after(("05-28", "06-01"))),
        version("2026-05-16", after(("05-28", "06-02"))),
    )
    assert history.steps["review"].first == date(2026, 6, 1)
    assert brief(history) == [
        ("moved", "steps/review/due", "2026-06-01", "2026-06-02"),
        ("added", "steps/review", None, None),
        ("removed", "steps", None, None),
    ]
    assert history.revisions == 4


def test_what_was_internal_begins_when_it_is_shown() -> None:
    """Nothing of its time in the dark is told, in either order."""
    dark = after((STEP, STEP[:-1] + ", internal: true}"))
    darker = dark.replace("05-28", "05-29")
    shown, late = after(("05-28", "06-01")), after(("05-28", "06-02"))
    days = ["2026-05-12", "2026-05-13", "2026-05-14", "2026-05-15"]
    history = told(*map(version, days, (dark, darker, shown, late)))
    assert history.steps["review"].first == date(2026, 6, 1)
    assert brief(history)[1:] == [("added", "steps/review", None, None)]
    history = told(*map(version, days, (shown, late, dark, darker)))
    assert brief(history) == [("removed", "steps", None, None)]
    assert "review" not in repr(history)


def test_people_are_there_since_a_day() -> None:
    """As the plan says, or since the version that first named them."""
    lee = after(("side: buyer}", "side: buyer}\n  - {id: lee, name: Lee}"))
    said = lee.replace("name: Lee", "name: Lee, added: 2026-04-01")
    first = version("2026-05-12", BASE)
    history = told(first, version("2026-05-20", lee))
    expected = {"jo": 12, "priya": 12, "lee": 20}
    assert {one: day.day for one, day in history.people.items()} == expected
    assert told(first, version("2026-05-20", said)).people["lee"] == date(2026, 4, 1)
    assert told(plan=said).people == {"lee": date(2026, 4, 1)}


def test_a_shallow_clone_claims_no_beginning() -> None:
    """Where it ends, nobody joined and nothing was written on that day."""
    cut = replace(version("2026-05-12", BASE), boundary=True)
    history = told(cut)
    assert (history.people, history.last, history.changes) == ({}, None, ())
    assert (history.start, history.cut) == (None, True)
    whole = told(version("2026-05-12", BASE))
    assert whole.last == whole.start == date(2026, 5, 12)
    assert not whole.cut
    later = told(cut, version("2026-05-13", after(("title: Plan", "title: A plan"))))
    assert (later.revisions, later.last) == (1, date(2026, 5, 13))
    assert (later.start, later.cut) == (None, True)


def test_a_step_whose_id_changed_is_the_same_step() -> None:
    """Its title tells; the dates that it had, and what waits for it, stay."""
    waits = after((DEMO, DEMO + LEGAL[:-1] + ", after: [review]}"))
    renamed = waits.replace("review", "infosec")
    history = told(
        version("2026-05-12", waits),
        version("2026-05-13", waits.replace("05-28", "05-29")),
        version("2026-05-14", renamed.replace("05-28", "05-29")),
        version("2026-05-15", renamed.replace("05-28", "06-02")),
    )
    assert history.steps["infosec"].first == date(2026, 5, 28)
    assert brief(history) == [
        ("moved", "steps/infosec/due", "2026-05-29", "2026-06-02"),
        ("moved", "steps/infosec/due", "2026-05-28", "2026-05-29"),
    ]
    assert history.revisions == 2


def test_an_id_may_change_again() -> None:
    """And what else changes with it is told."""
    history = told(
        version("2026-05-12", BASE),
        version("2026-05-13", BASE.replace("id: review", "id: sec")),
        version("2026-05-14", after(("id: review", "id: infosec"), ("05-28", "06-02"))),
    )
    assert brief(history) == [
        ("moved", "steps/infosec/due", "2026-05-28", "2026-06-02")
    ]


def test_a_step_is_the_same_only_where_nothing_else_can_be_meant() -> None:
    """Two of one title, or another title: one has gone and another one come."""
    twice = after((DEMO, DEMO + "\n  - {id: again, title: Review}"))
    one = version("2026-05-12", twice)
    none = BASE[: BASE.index("  - {id: demo")] + BASE[BASE.index("questions:") :]
    both = none.replace("steps:", "steps: [{id: a, title: Review}]")
    assert ("removed", "steps", None, None) in brief(
        told(one, version("2026-05-13", both))
    )
    other = after(("id: review, title: Review", "id: sec, title: Security"))
    assert brief(told(version("2026-05-12", BASE), version("2026-05-13", other))) == [
        ("added", "steps/sec", None, None),
        ("removed", "steps", None, None),
    ]


def test_an_id_that_another_step_had_before_tells_nothing_of_it() -> None:
    """What was removed under that id long ago is not the renamed step's past."""
    other = after(("id: review, title: Review", "id: infosec, title: Old"))
    renamed = after(("id: review", "id: infosec"))
    history = told(
        version("2026-05-12", other),
        version("2026-05-13", BASE.replace("05-28", "06-01")),
        version("2026-05-14", renamed.replace("05-28", "06-01")),
    )
    assert history.steps["infosec"].moves == ()
    assert ("added", "steps/infosec", None, None) in brief(history)


def test_internal_commits_leave_no_trace() -> None:
    """Whoever made them, whenever, and whatever their message says."""
    moved = after(("05-28", "06-10"))
    plain = [version("2026-05-12", BASE), version("2026-05-14", moved)]
    quiet = [
        ("secret", "walk-away"),
        ("side: buyer}", "side: buyer, internal: {crm: 1}}"),
        (
            "\ninternal:",
            "\n  - {id: price, text: Floor, internal: true}\ninternal:",
        ),
        ("buyer: {name: Acme}", "buyer: {name: Acme, contact: x@acme.example}"),
        (
            "\nseller:",
            "\ncalendar: {closed: [{from: 2026-07-01, to: 2026-07-02}]}\nseller:",
        ),
        ("title: Plan\n", "title:   Plan # words\nband: enterprise\n"),
    ]
    for swap in quiet:
        versions = [
            plain[0],
            version("2026-05-12", after(swap), why="Secret"),
            version("2026-05-13", after(swap), PRIYA, why="Secret"),
            version("2026-05-14", moved),
            version("2026-05-14", after(swap, text=moved), why="Secret"),
            version("2026-05-15", after(swap, text=moved), PRIYA, why="Secret"),
        ]
        assert told(*versions) == told(*plain), swap
    aside = version("2026-05-14", after(("secret", "other"), text=moved), PRIYA)
    more = version("2026-05-14", after(("Review", "A review"), text=moved))
    assert told(*plain, aside, more) == told(*plain, more)
    assert told(*plain, aside, more).revisions == 1
    mail = after(("Jo@Mama", "Joanna@Mama"))
    assert told(plain[0], version("2026-05-13", mail), plain[1]) == told(*plain)


def test_hidden_people_and_steps_all_look_alike() -> None:
    """Who of the seller's team it is, and what is prepared, is not for readers."""
    lists = {
        "people": [f"{{id: {one}, name: {one}, internal: true}}" for one in "xy"],
        "steps": [f"{{id: {one}-s, title: T, internal: true}}" for one in "xy"],
    }
    text = BASE.replace("owners: [priya]", "owners: [x], support: [x], after: [x-s]")
    text = text.replace("asked_by: priya", "owner: x")
    for name, items in lists.items():
        text = text.replace(f"{name}:\n", "\n  - ".join([f"{name}:", *items]) + "\n")
    for swap in (
        ("owners: [x]", "owners: [y]"),
        ("support: [x]", "support: [y]"),
        ("after: [x-s]", "after: [y-s, x-s]"),
        ("owner: x", "owner: y"),
    ):
        first = version("2026-05-12", text)
        then = version("2026-05-13", after(swap, text=text))
        assert told(first, then) == told(first), swap


def test_hidden_windows_move_no_date() -> None:
    """When the seller is away is not told by the days that avoid it."""
    closed = "{from: 2026-08-11, to: 2026-08-13, internal: true}"
    hung = after(("2026-05-28", "goal-3d"))
    away = after(
        ("\nseller:", f"\ncalendar: {{closed: [{closed}]}}\nseller:"), text=hung
    )
    history = told(version("2026-05-12", hung), version("2026-05-13", away))
    assert history.changes == ()
    assert history.steps["review"].first == date(2026, 8, 11)
    shown = away.replace(", internal: true", "")
    history = told(version("2026-05-12", hung), version("2026-05-13", shown))
    assert brief(history) == [("moved", "steps/review/due", "2026-08-11", "2026-08-06")]


PLANS = [
    path
    for folder in ("plans", "tests/plans", "tests/plans/real")
    for path in sorted((Path(__file__).parents[1] / folder).glob("*.yaml"))
]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_past_and_the_schedule_agree_on_what_is_agreed(path: Path) -> None:
    """A version is not checked, and still has the days that its plan has."""
    raw = path.read_bytes()
    plan, tree = read_plan(raw, path.name, path.parent), Blocks().tree(raw)
    view = PublicView().of(tree or {})
    assert view is not None
    times = schedule(plan, date(2026, 5, 24)).steps
    days = {
        time.step.id: time.day.isoformat()
        for time in times
        if time.agreed
        and time.day
        and not time.step.hidden
        # A finished step without a date takes the day on which it was done.
        and (time.step.due or time.step.start)
    }
    assert {one: days.get(one) for one in view["agreed"]} == view["agreed"]
    assert len(view["steps"]) == sum(not time.step.hidden for time in times)
    history = history_of([version("2026-05-12", raw.decode())], plan)
    assert {change.kind for change in history.changes} <= {"moved"}
    assert history.revisions == 0


def test_real_commits_read_like_minutes(tmp_path: Path) -> None:
    """Through a rename, a merge of both sides' work, and a rebase."""
    git = Git(tmp_path).init()
    git.commit("2026-05-12", nova=BASE)
    git("mv", "plans/nova.yaml", "plans/acme.yaml")
    git.commit("2026-05-13", acme=after(("Demo", "A demo")))
    git("checkout", "-q", "-b", "side")
    side = after(("Demo", "A demo"), ("05-28", "06-10"))
    git.commit("2026-05-14", "x\n\nWhy: Report late", "priya", acme=side)
    git("checkout", "-q", "main")
    git.commit(
        "2026-05-15", acme=after(("Demo", "A demo"), ("title: Plan", "title: P"))
    )
    git("merge", "-q", "-m", "Merge", "side", day="2026-05-16")
    git("checkout", "-q", "-b", "late", "HEAD^1")
    late = after(("Demo", "A demo"), ("title: Plan", "title: P"), ("term,", "years,"))
    git.commit("2026-05-17", acme=late)
    git("rebase", "-q", "main")
    source = "plans/acme.yaml"
    versions = versions_of(tmp_path, [source], date(2026, 7, 1))[source]
    plan = read_plan((tmp_path / source).read_bytes(), source)
    history = history_of(versions, plan)
    assert [(c.day.day, c.who, c.why, c.kind, c.address) for c in history.changes] == [
        (17, "jo", None, "asked", "questions/years"),
        (17, "jo", None, "removed", "questions"),
        (15, "jo", None, "reworded", "title"),
        (14, None, "Report late", "moved", "steps/review/due"),
        (13, "jo", None, "reworded", "steps/demo/title"),
    ]
    assert history.revisions == 4


def test_a_reason_stays_with_what_it_was_given_for() -> None:
    """Two changes on one day by one person can have two reasons, or none."""
    both = after(("05-28", "06-10"), ("title: Demo", "title: A demo"))
    history = told(
        version("2026-05-12", BASE),
        version("2026-05-13", after(("05-28", "06-10")), why="Report late"),
        version("2026-05-13", both),
        version("2026-05-13", both.replace("One year", "1 year"), why="Shorter"),
    )
    assert {change.address: change.why for change in history.changes} == {
        "steps/review/due": "Report late",
        "steps/demo/title": None,
        "questions/term/text": "Shorter",
    }
    assert history.revisions == 1


def test_reasons_are_cleaned() -> None:
    """They come from git and may hold anything."""
    assert clean_why("  a\x1b[31m\u202eb\n\tc\u200b ") == "a [31m b c"
    assert clean_why("e\u0301") == "é"
    assert clean_why("\ud800\x00") == ""
    assert len(clean_why("word " * 400)) <= 300
    history = told(
        version("2026-05-12", BASE),
        version("2026-05-13", after(("05-28", "06-10")), why="\u2066x\x07" * 400),
    )
    (why,) = {change.why for change in history.changes}
    assert why is not None
    assert why.isprintable()
    assert len(why) <= 300


def test_what_cannot_be_read_is_passed_over() -> None:
    """A broken version, an empty one, or one that was internal whole."""
    moved = after(("05-28", "06-10"))
    good = [version("2026-05-12", BASE), version("2026-05-16", moved)]
    broken = [
        version("2026-05-13", "title: ["),
        version("2026-05-14", ""),
        version("2026-05-15", after(("internal: {notes: secret}", "internal: true"))),
        version("2026-05-15", BASE.replace("\n", "\r\n")),
    ]
    assert told(*broken[:3], good[0], *broken, good[1]) == told(*good)
    assert told(*broken[:3], plan=BASE).revisions == 0


def test_a_file_written_over_with_another_deal_begins_anew() -> None:
    """One customer never sees another one's dates, not even by accident."""
    other = after(("name: Acme", "name: Nova"), ("05-12", "05-01"), ("05-28", "05-25"))
    history = told(
        version("2026-05-12", other),
        version("2026-05-13", other.replace("05-25", "05-26")),
        version("2026-05-20", BASE),
    )
    assert history == told(version("2026-05-20", BASE))
    renamed = after(("name: Acme", "name: Acme Inc"))
    history = told(version("2026-05-12", BASE), version("2026-05-13", renamed))
    assert brief(history) == [("reworded", "buyer/name", None, None)]


def test_work_side_by_side_is_told_as_it_was_done() -> None:
    """Neither side takes back what the other did, and a merge adds only its own."""
    base = version("2026-05-12", BASE)
    review = ("05-28", "06-10")
    demo = ("title: Demo", "title: A demo")
    both = after(review, demo)
    versions = [
        base,
        version("2026-05-14", after(review), JO, parents=(base.raw,)),
        version("2026-05-13", after(demo), PRIYA, parents=(base.raw,)),
    ]
    expected = [
        ("moved", "steps/review/due", "2026-05-28", "2026-06-10"),
        ("reworded", "steps/demo/title", None, None),
    ]
    history = told(*versions, version("2026-05-15", both))
    assert brief(history) == expected
    assert [change.who for change in history.changes] == ["jo", "priya"]
    assert history.revisions == 2
    resolved = after(("goal: {outcome: Signed", "goal: {outcome: Won"), text=both)
    sides = (versions[1].raw, versions[2].raw)
    merge = version("2026-05-15", resolved, parents=sides)
    history = told(*versions, merge)
    assert brief(history) == [("reworded", "goal/outcome", None, None), *expected]


def test_without_versions_there_is_only_the_plan() -> None:
    """No git, no past; what the plan says of itself stays."""
    bare = read_plan(BASE.partition("people:")[0].encode(), "deal.yaml")
    assert history_of([], bare) == NO_HISTORY
    assert told(plan=BASE).steps["review"].moves == ()


MARK = "Zyx"


def random_plan(chance: random.Random, number: int) -> dict[str, Any]:
    """Return a valid plan in which everything internal, and all wording, is marked."""

    def item(**fields: Any) -> dict[str, Any]:  # noqa: ANN401  # values of a plan
        if chance.random() < 0.2:
            fields["internal"] = True
        elif chance.random() < 0.2:
            fields["internal"] = {"note": f"{MARK}note{number}"}
        return fields

    def day() -> str:
        return str(date(2026, 6, 1) + timedelta(chance.randrange(40)))

    def some(names: Sequence[str]) -> list[str]:
        return chance.sample(names, chance.randrange(len(names) + 1))

    people = some(["jo", "priya", "lee", "max"])
    steps = some(["demo", "review", "pilot", "legal", "sign"])
    when = ["tbd", "week 9", "goal-3d", "created+2w"]
    return {
        "title": f"{MARK}title{chance.randrange(3)}",
        "created": "2026-05-12",
        "goal": {"outcome": "Signed", "date": day()},
        "buyer": {"name": "Acme"},
        "seller": {"name": "Mama", "contact": f"{MARK}@mama.example"},
        "calendar": {"holidays": ["US"]},
        "people": [
            item(id=one, name=one.title(), email=f"{MARK}{one}@x.example")
            for one in people
        ],
        "steps": [
            item(
                id=one,
                title=f"{MARK}{one}",
                due=chance.choice([day(), day(), *when]),
                owners=[item(who=who) for who in some(people)],
                status=chance.choice(["todo", "done", "blocked"]),
                note=f"{MARK}remark{number}",
                moves=[item(**{"from": day(), "to": day(), "why": f"why {one}"})],
            )
            for one in steps
        ],
        "questions": [item(id=one, text=MARK) for one in some(["eu", "term"])],
        "documents": [
            item(id=one, title=MARK, due=day()) for one in some(["soc2", "dpa"])
        ],
        "phases": [item(name=f"{MARK}phase")],
        "sections": [item(title=MARK, text=f"{MARK}{number}")],
        "internal": {"notes": f"{MARK}notes{number}"},
    }


def visible(plan: Plan) -> set[str]:
    """Return all ids that today's plan shows."""
    lists = (plan.people, plan.steps, plan.questions, plan.documents)
    return {item.id for items in lists for item in items if not item.hidden}  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_is_gone_or_internal_is_ever_told(seed: int) -> None:
    """Whatever the versions were: no texts, no notes, no ids that are not shown."""
    chance = random.Random(seed)  # noqa: S311  # the same plans each time
    texts = [
        yaml.safe_dump(random_plan(chance, number), sort_keys=False).encode()
        for number in range(12)
    ]
    plan = read_plan(texts[-1], "deal.yaml")
    versions = [
        Version(
            f"c{number}",
            date(2026, 5, 12) + timedelta(chance.randrange(20)),
            *chance.choice([("Jo", ""), ("Lee", ""), ("Max", ""), (MARK, MARK)]),
            "",
            chance.choice([raw, raw, raw, raw[: chance.randrange(len(raw))]])
            if number < 11
            else raw,
            parents=tuple(chance.sample(texts, chance.choice([0, 0, 1, 2]))),
        )
        for number, raw in enumerate(texts)
    ]
    history = history_of(versions, plan)
    assert MARK not in repr(history)
    ids = visible(plan)
    for change in history.changes:
        name, *rest = change.address.split("/")
        assert not rest or name in {"goal", "buyer", "seller"} or rest[0] in ids
        for value in (change.was, change.to):
            if value in {"jo", "priya", "lee", "max"}:
                assert value in ids
        assert change.who is None or change.who in ids
    assert set(history.steps) == {s.id for s in plan.steps if not s.hidden}
    assert set(history.people) <= ids
    assert history == history_of(versions, plan)
    newest_first = [change.day for change in history.changes]
    assert newest_first == sorted(newest_first, reverse=True)
    assert all(isinstance(change, Change) for change in history.changes)


@pytest.mark.parametrize("boundary", [False, True])
@pytest.mark.parametrize("file", EVERY_PLAN, ids=lambda file: file.stem)
def test_a_single_version_is_told_without_being_read(
    file: Path, *, boundary: bool
) -> None:
    """What today's plan says is all that its only version said."""
    raw = file.read_bytes()
    plan = read_plan(raw, file.name)
    version = Version("a", date(2026, 5, 20), "Jo", "", "", raw, boundary=boundary)
    assert first_history(version, plan) == history_of([version], plan)


def test_the_reason_for_what_is_gone_is_gone_too() -> None:
    """Why a step or a person left is nobody's business but the seller's."""
    step = "  - {id: rumour, title: Rumour, due: 2026-06-01}\nquestions:"
    person = "  - {id: eve, name: Eve, side: buyer}\nsteps:"
    more = BASE.replace("questions:", step).replace("steps:", person, 1)
    found = told(
        version("2026-05-12", BASE),
        version("2026-05-14", more, why="Heard of it"),
        version("2026-05-18", BASE, why="Eve was fired"),
    )
    assert found.changes
    assert {change.why for change in found.changes} == {None}
