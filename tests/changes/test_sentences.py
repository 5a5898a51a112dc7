"""One plain sentence tells each operation."""

from __future__ import annotations

from typing import Any

import pytest

from mapsite.changes.minting import mint_ids
from mapsite.changes.sentences import said, sentences
from mapsite.plan.operations import Operation, diff
from tests.changes.plans import adds, plan, sets, suggestion

REVIEW = "steps/security-review"


def told(*ops: Any) -> list[str]:  # noqa: ANN401  # any JSON
    """Return the sentences of *ops*."""
    return list(sentences(mint_ids(suggestion(*ops), plan()), plan()))


@pytest.mark.parametrize(
    ("op", "sentence"),
    [
        (
            sets(
                f"{REVIEW}/due", "2026-05-28", "2026-06-02", why="report arrives 30 May"
            ),
            "Move Security review from 28 May to 2 June: report arrives 30 May",
        ),
        (
            sets(f"{REVIEW}/due", "2026-12-28", "2027-01-02"),
            "Move Security review from 28 December to 2 January 2027",
        ),
        (
            sets(f"{REVIEW}/start", "2026-05-01", "2026-05-02"),
            "Move the start of Security review from 1 May to 2 May",
        ),
        (
            sets("steps/board/due", None, "2026-06-02"),
            "Set the date of Board to 2 June",
        ),
        (
            sets(f"{REVIEW}/due", "2026-05-28", None),
            "Take the date off Security review",
        ),
        (
            sets(f"{REVIEW}/due", "2026-05-28", "next week"),
            'Move Security review from 28 May to "next week"',
        ),
        (
            sets("goal/date", "2026-08-14", "2026-09-14"),
            "Move the goal from 14 August to 14 September",
        ),
        (
            sets("goal/go_live", "2026-08-14", "2026-09-14"),
            "Change the go-live date from 14 August to 14 September",
        ),
        (
            sets(f"{REVIEW}/status", None, "in-progress"),
            "Mark Security review as in progress",
        ),
        (
            sets("steps/demo/status", "done", "todo"),
            "Mark Demo as todo (it was done)",
        ),
        (
            sets(f"{REVIEW}/done", None, "2026-05-20"),
            "Mark Security review as done on 20 May",
        ),
        (
            sets("steps/demo/owners", "jo", ["sarah", {"buyer": "InfoSec"}]),
            "Give Demo to Sarah and InfoSec instead of Jo",
        ),
        (sets("questions/term/owner", None, "cfo"), 'Give "One year or three?" to CFO'),
        (sets("people/cfo/name", "unknown", "Pat"), 'Rename CFO to "Pat"'),
        (
            sets(f"{REVIEW}/blocker", None, "No report"),
            'Set the blocker of Security review to "No report"',
        ),
        (
            sets(f"{REVIEW}/waits_for", "x", "y"),
            'Change what Security review waits for from "x" to "y"',
        ),
        (sets(f"{REVIEW}/blocker", "x", None), "Clear the blocker of Security review"),
        (sets("goal/why", None, "x"), 'Set the reason for the goal to "x"'),
        (sets("title", "A", "B"), 'Change the title from "A" to "B"'),
        (sets("steps", ["a"], ["b"]), "Change the steps"),
        (
            {"op": "confirm", "path": f"{REVIEW}/due", "old": "2026-05-28"},
            "Confirm 28 May for Security review (Priya N.)",
        ),
        (
            adds("people", name="Lee Wong", side="buyer", roles=["procurement"]),
            "Add Lee Wong (buyer, procurement)",
        ),
        (
            adds("steps", title="Redlines", owners=["sarah"], due="2026-07-10"),
            "Add the step Redlines, due 10 July, owned by Sarah",
        ),
        (adds("criteria", text="Works offline"), 'Add the criterion "Works offline"'),
        (adds("questions", text="Why\nnow?"), 'Ask "Why now?"'),
        (
            {"op": "answer", "path": "questions/term", "new": "One year."},
            'Answer "One year or three?": "One year."',
        ),
        (
            {
                "op": "comment",
                "path": "steps/board/due",
                "value": {"text": "Away."},
            },
            'Comment on Board: "Away."',
        ),
        (
            {"op": "comment", "path": "", "value": {"text": "Thanks."}},
            'Comment on the plan: "Thanks."',
        ),
        ({"op": "remove", "path": "people/jo", "why": "left"}, "Remove Jo: left"),
    ],
)
def test_says_it_in_the_words_of_the_plan(op: dict[str, Any], sentence: str) -> None:
    """Titles, names and days, as both sides speak of them."""
    assert told(op) == [sentence]


def test_who_joins_in_the_same_suggestion_has_a_name() -> None:
    """Not the id that nobody has seen yet."""
    ops = [adds("people", name="Lee Wong"), sets("steps/demo/owners", "jo", "Lee Wong")]
    assert told(*ops)[1] == "Give Demo to Lee Wong instead of Jo"


@pytest.mark.parametrize("path", ["steps/discount/due", "steps/nope/due"])
def test_what_a_buyer_does_not_see_has_no_title(path: str) -> None:
    """What is hidden and what is not there are told alike."""
    item = path.split("/")[1]
    assert told(sets(path, None, "2026-06-02")) == [
        f"Set the date of the step {item} to 2 June"
    ]
    assert told(sets("steps/demo/owner", None, "coach")) == ["Give Demo to coach"]


def test_long_texts_are_cut() -> None:
    """A sentence fits into a message whatever it is about."""
    [long] = told(sets(f"{REVIEW}/note", "x" * 4000, "y" * 4000, why="z" * 4000))
    assert len(long) < 600
    assert long.count("…") == 3


def test_every_difference_between_plans_has_a_sentence() -> None:
    """What a colleague changes in the file is told in the same words."""
    after = plan(title="Plan", review=[{"every": "week"}], sections=None, risks=[])
    after["steps"][1] |= {"evidence": ["Mail"], "confirmed": {"by": "jo", "on": "x"}}
    after["steps"][0] = {**after["steps"][4]}
    after["steps"].pop()
    after["odd key"] = "x"
    operations = diff(plan(), after)
    assert operations
    assert all(line[0].isupper() for line in sentences(operations, plan()))
    assert sentences([Operation("set", "", {}, {})], plan()) == ("Change the plan",)


@pytest.mark.parametrize(
    ("op", "sentence"),
    [
        (
            sets("steps/redlines/due", "goal-3w", "2026-07-30"),
            "Move Redlines from 24 July to 30 July",
        ),
        (
            sets("steps/redlines/due", "goal-10d", "2026-07-30"),
            "Set the date of Redlines to 30 July",
        ),
        (
            sets("steps/redlines/due", "tbd", "goal-1d"),
            "Set the date of Redlines to 1 business day before the goal",
        ),
        (
            sets(f"{REVIEW}/due", "2026-05-28", "tbd"),
            "Move Security review from 28 May to a day to be agreed",
        ),
        (
            sets("goal/go_live", "goal+2w", "2026-09-01"),
            "Set the go-live date to 1 September",
        ),
        (
            {"op": "confirm", "path": "steps/redlines/due", "old": "goal-3w"},
            "Confirm 24 July for Redlines (Priya N.)",
        ),
        (
            {"op": "confirm", "path": f"{REVIEW}/due", "old": "created+4cd"},
            "Confirm 4 days after the plan's start for Security review (Priya N.)",
        ),
        (
            adds("steps", title="Signature", due="goal"),
            "Add the step Signature, due the day of the goal",
        ),
        (
            adds("steps", title="Pilot", due="week 9"),
            "Add the step Pilot, due week 9 of the plan",
        ),
    ],
)
def test_dates_that_follow_from_others_are_days_or_words(
    op: dict[str, Any], sentence: str
) -> None:
    """What a plan writes for them is nothing that people say."""
    assert told(op) == [sentence]


@pytest.mark.parametrize(
    ("path", "now", "words"),
    [
        ("steps/redlines/due", "goal-3w", "24 July"),
        ("steps/board/due", None, "nothing there"),
        ("steps/demo/owners", ["jo"], "Jo"),
        ("questions/term", "One year.", '"One year."'),
    ],
)
def test_todays_value_is_said_in_the_same_words(
    path: str, now: object, words: str
) -> None:
    """Whoever decides between two values reads both."""
    assert said(Operation("set", path), now, plan()) == words
