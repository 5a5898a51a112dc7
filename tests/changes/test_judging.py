"""Three values are compared: what was seen, what stands there, what is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from mapsite.changes.judging import Verdict, judge, judge_all
from mapsite.changes.minting import mint_ids
from tests.changes.plans import adds, plan, sets, suggestion

DUE = "steps/security-review/due"
TREE = plan()


def verdict(op: dict[str, Any], **tree: Any) -> str:  # noqa: ANN401  # values of a plan
    """Return what *op* means for the plan."""
    [found] = mint_ids(suggestion(op), plan(**tree))
    return judge(found, plan(**tree)).verdict.value


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (sets(DUE, "2026-05-28", "2026-06-02"), "clean"),
        (sets(DUE, "2026-05-21", "2026-06-02"), "conflict"),
        (sets(DUE, "2026-05-21", "2026-05-28"), "already"),
        (sets(DUE, None, "2026-06-02"), "conflict"),
        (sets(DUE, "2026-05-28", None), "clean"),
        (sets("steps/nope/due", "2026-05-28", "2026-06-02"), "gone"),
        (sets("steps/nope/due", None, None), "gone"),
        (sets("steps/board/due", None, "2026-06-02"), "clean"),
        (sets("steps/board/due", None, None), "already"),
        (sets("goal/date", "2026-08-14", "2026-08-21"), "clean"),
        (sets("steps/security-review/status", "todo", "done"), "clean"),
        (sets("steps/security-review/status", None, "done"), "clean"),
        (sets("steps/security-review/status", "done", "todo"), "already"),
        (sets("steps/demo/status", "done", "todo"), "clean"),
        (sets("criteria/cost/weight", "5", "4"), "clean"),
    ],
)
def test_a_value_is_compared_with_todays(op: dict[str, Any], expected: str) -> None:
    """Nothing that somebody else changed is overridden."""
    assert verdict(op) == expected


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (sets("steps/demo/owners", "jo", ["sarah"]), "clean"),
        (sets("steps/demo/owners", ["Jo"], ["sarah"]), "clean"),
        (sets("steps/demo/owners", ["sarah"], [{"who": "jo"}]), "already"),
        (sets("steps/security-review/owners", ["priya", "SE"], "sarah"), "clean"),
        (sets("steps/security-review/owners", ["priya"], "sarah"), "conflict"),
        (sets("steps/redlines/due", "2026-07-24", "2026-07-20"), "clean"),
        (sets("steps/redlines/due", "goal-3w", "2026-07-20"), "clean"),
        (sets("steps/redlines/due", "2026-07-01", "2026-07-24"), "already"),
        (sets("steps/redlines/due", "2026-07-01", "2026-07-20"), "conflict"),
        (sets("title", "Project  plan", "Plan"), "clean"),
    ],
)
def test_what_looks_the_same_is_the_same(op: dict[str, Any], expected: str) -> None:
    """The room shows a day for ``goal-3w`` and a name for an id."""
    assert verdict(op) == expected


def test_what_no_field_could_say_is_not_there_already() -> None:
    """A map where a date belongs does not look like no date."""
    assert verdict(sets("steps/board/due", None, {"a": "b"})) == "clean"
    assert verdict(sets("steps/board/owners", "x", [{"a": "b"}])) == "conflict"


def test_the_three_values_are_told() -> None:
    """Who decides a conflict sees what was seen, what is there, what is wanted."""
    [op] = suggestion(sets(DUE, "2026-05-21", "2026-06-02")).operations
    found = judge(op, TREE)
    assert (found.verdict, found.seen) == (Verdict.CONFLICT, "2026-05-21")
    assert (found.now, found.wanted) == ("2026-05-28", "2026-06-02")


def test_a_yes_is_to_todays_date() -> None:
    """Who said yes to another date did not say yes to this one."""

    def yes(old: str | None, path: str = DUE) -> dict[str, Any]:
        return {"op": "confirm", "path": path, "old": old}

    assert verdict(yes("2026-05-28")) == "clean"
    assert verdict(yes("2026-05-21")) == "conflict"
    assert verdict(yes(None)) == "conflict"
    assert verdict(yes("2026-07-24", "steps/redlines/due")) == "clean"
    assert verdict(yes(None, "steps/board/due")) == "conflict"
    assert verdict(yes("2026-05-28", "steps/nope/due")) == "gone"
    steps = plan()["steps"]
    steps[1]["confirmed"] = {"by": "priya", "on": "2026-05-26"}
    assert verdict(yes("2026-05-28"), steps=steps) == "already"
    steps[1]["confirmed"]["by"] = "jo"
    assert verdict(yes("2026-05-28"), steps=steps) == "clean"


def test_what_is_added_is_there_if_an_item_says_all_of_it() -> None:
    """More than the suggestion says may stand there; nothing may be missing."""
    assert verdict(adds("people", name="Lee")) == "clean"
    assert verdict(adds("people", name="Sarah", side="buyer")) == "already"
    assert verdict(adds("people", name="Sarah", side="seller")) == "clean"
    assert verdict(adds("questions", text="One year  or three?")) == "already"
    assert verdict(adds("steps", title="Demo", owners=["jo"])) == "already"
    assert verdict(adds("steps", title="Demo"), steps=None) == "clean"
    assert verdict(adds("steps", title="Demo"), steps="none") == "gone"


def test_an_answer_has_its_question() -> None:
    """Who answers first is not overridden by who answers later."""
    answer = {"op": "answer", "path": "questions/term", "old": None, "new": "One."}
    assert verdict(answer) == "clean"
    questions = plan()["questions"]
    questions[0]["answer"] = "Three."
    assert verdict(answer, questions=questions) == "conflict"
    questions[0]["answer"] = "One."
    assert verdict(answer, questions=questions) == "already"
    assert verdict({**answer, "path": "questions/nope"}) == "gone"


def test_a_comment_never_conflicts() -> None:
    """Not even where it is about what is gone."""
    for path in ("steps/demo", "steps/nope", "", "internal"):
        op = {"op": "comment", "path": path, "value": {"text": "x"}}
        assert verdict(op) == "clean"


def test_what_is_to_go_is_what_was_seen() -> None:
    """It is gone already, is as it was, or was changed meanwhile."""

    def remove(path: str, old: object = None) -> str:
        return verdict({"op": "remove", "path": path, "old": old})

    assert remove("steps/nope") == "already"
    assert remove("steps/demo") == remove("steps/demo", "Demo") == "clean"
    assert remove("steps/demo", "Show") == "conflict"
    assert remove("steps/demo", {"title": "Demo", "due": "2026-05-20"}) == "clean"
    assert remove("steps/demo", {"title": "Demo", "due": "2026-05-21"}) == "conflict"
    assert remove("steps/demo/status", "done") == "clean"
    assert remove("steps/demo/status", "blocked") == "conflict"
    assert remove("steps/demo/blocker", "Late") == "already"


@pytest.mark.parametrize(
    "path",
    [
        "steps/discount/title",
        "people/coach/name",
        "people/sarah/email",
        "internal/crm",
        "links/buyer/nonce",
        "steps/security-review/internal",
    ],
)
def test_what_is_hidden_is_not_there(path: str) -> None:
    """No verdict tells whether a guess was right."""
    for old, new in ((None, "x"), ("Kim", "006"), ("x", "Discount to 70")):
        [op] = suggestion(sets(path, old, new)).operations
        found = judge(op, TREE)
        assert (found.verdict, found.now) == (Verdict.GONE, None)


def test_guesses_about_a_hidden_field_of_a_new_item_tell_nothing() -> None:
    """A person with a guessed e-mail is new, whether the guess is right or wrong."""
    for email in ("s@acme.example", "t@acme.example"):
        assert verdict(adds("people", name="Sarah", email=email)) == "clean"
    assert verdict(adds("questions", text="How low?")) == "clean"


def test_later_operations_build_on_earlier_ones() -> None:
    """Who moves a date and says yes to it said yes to the new one."""
    ops = [
        sets(DUE, "2026-05-28", "2026-06-02"),
        {"op": "confirm", "path": DUE, "old": "2026-06-02"},
        sets(DUE, "2026-06-02", "2026-06-03"),
    ]
    found = judge_all(mint_ids(suggestion(*ops), TREE), TREE)
    assert [one.verdict.value for one in found] == ["clean"] * 3
    assert plan() == TREE
