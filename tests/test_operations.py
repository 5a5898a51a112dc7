"""One vocabulary for every change, and the law that it keeps."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.plan.operations import (
    OPS,
    Operation,
    Unapplicable,
    apply,
    apply_what_fits,
    diff,
    ids_of,
)

IDS = ["demo", "review", "pilot", "contract", "1"]
TEXT = st.sampled_from(["", "2026-06-10", "no", "a: b # c", "demo", "review", "\u202e"])
FIELD = TEXT | st.lists(TEXT | st.none(), max_size=2)
MAP = st.dictionaries(
    st.sampled_from(["by", "on", "who", "a/b", "due", "id"]), FIELD, max_size=3
)
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXT,
        "due": TEXT,
        "start": TEXT,
        "owners": st.lists(TEXT | MAP, max_size=2),
        "confirmed": MAP | TEXT,
        "answer": TEXT,
        "internal": MAP | TEXT,
        "documents": st.lists(TEXT | MAP, max_size=2),
        "od/d": TEXT,
    },
)


def with_ids(ids: list[str]) -> st.SearchStrategy[list[Any]]:
    """Return lists of items that have *ids*."""
    return st.tuples(*(ITEM for _ in ids)).map(
        lambda items: [
            {"id": one, **item} for one, item in zip(ids, items, strict=True)
        ]
    )


KEYED_LIST = st.permutations(IDS).flatmap(
    lambda ids: st.integers(0, len(ids)).flatmap(lambda n: with_ids(ids[:n]))
)
ANY_LIST = st.lists(ITEM | MAP | TEXT | st.none(), max_size=4)
LIST = KEYED_LIST | KEYED_LIST | ANY_LIST | MAP | TEXT | st.permutations(IDS)
PLAN = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXT,
        "goal": MAP | TEXT,
        "buyer": MAP,
        "people": LIST,
        "steps": LIST,
        "questions": LIST,
        "documents": LIST,
        "sections": ANY_LIST,
        "internal": st.dictionaries(TEXT, FIELD, max_size=2),
        "odd key": TEXT,
    },
)


def step(one: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401  # values of a plan
    """Return a step of a plan's tree."""
    return {"id": one, "title": one.title(), **fields}


@settings(max_examples=400, deadline=None)
@given(PLAN, PLAN)
def test_what_differs_makes_one_of_the_other(
    a: dict[str, Any], b: dict[str, Any]
) -> None:
    """The law, by way of JSON, and with neither tree changed."""
    before = json.dumps([a, b])
    told = json.dumps([operation.as_dict() for operation in diff(a, b)])
    operations = [Operation.from_dict(fields) for fields in json.loads(told)]
    assert tuple(operations) == diff(a, b)
    assert apply(operations, a) == b
    assert apply_what_fits(operations, a) == b
    assert json.dumps([a, b]) == before
    assert bool(operations) == (a != b)


@settings(max_examples=200, deadline=None)
@given(PLAN, PLAN, PLAN)
def test_what_does_not_fit_is_refused_or_left(
    a: dict[str, Any], b: dict[str, Any], other: dict[str, Any]
) -> None:
    """Operations for one plan never break another one."""
    operations = diff(a, b)
    assert isinstance(apply_what_fits(operations, other), dict)
    with suppress(Unapplicable):
        assert apply(operations, other) == apply_what_fits(operations, other)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            {"steps": [step("demo", due="2026-05-20")]},
            {"steps": [step("demo", due="2026-05-28")]},
            {
                "op": "set",
                "path": "steps/demo/due",
                "old": "2026-05-20",
                "new": "2026-05-28",
            },
        ),
        (
            {"steps": [step("demo", due="2026-05-20")]},
            {"steps": [step("demo", due="2026-05-20", confirmed={"by": "priya"})]},
            {
                "op": "confirm",
                "path": "steps/demo/due",
                "old": "2026-05-20",
                "value": {"by": "priya"},
            },
        ),
        (
            {"steps": [step("pilot", start="2026-05-20")]},
            {"steps": [step("pilot", start="2026-05-20", confirmed={"by": "priya"})]},
            {
                "op": "confirm",
                "path": "steps/pilot/start",
                "old": "2026-05-20",
                "value": {"by": "priya"},
            },
        ),
        (
            {"steps": [step("demo"), step("pilot")]},
            {"steps": [step("demo"), step("legal"), step("pilot")]},
            {"op": "add", "path": "steps", "value": step("legal"), "after": "demo"},
        ),
        (
            {},
            {"people": [{"id": "lee", "name": "Lee"}]},
            {"op": "add", "path": "people", "value": {"id": "lee", "name": "Lee"}},
        ),
        (
            {"questions": []},
            {"questions": [{"id": "term", "text": "One year?"}]},
            {
                "op": "ask",
                "path": "questions",
                "value": {"id": "term", "text": "One year?"},
            },
        ),
        (
            {"questions": [{"id": "term"}]},
            {"questions": [{"id": "term", "answer": "One."}]},
            {"op": "answer", "path": "questions/term", "old": None, "new": "One."},
        ),
        (
            {"questions": [{"id": "term", "answer": "One."}]},
            {"questions": [{"id": "term", "answer": "Two."}]},
            {
                "op": "set",
                "path": "questions/term/answer",
                "old": "One.",
                "new": "Two.",
            },
        ),
        (
            {"risks": [{"id": "leave"}, {"id": "books"}]},
            {"risks": [{"id": "books"}]},
            {"op": "remove", "path": "risks/leave", "old": {"id": "leave"}},
        ),
        (
            {"steps": [step("demo"), step("pilot")]},
            {"steps": [step("pilot"), step("demo")]},
            {
                "op": "set",
                "path": "steps",
                "old": ["demo", "pilot"],
                "new": ["pilot", "demo"],
            },
        ),
        (
            {"goal": {"date": "2026-08-14", "why": "Renewal"}},
            {"goal": {"date": "2026-08-21", "why": "Renewal"}},
            {
                "op": "set",
                "path": "goal/date",
                "old": "2026-08-14",
                "new": "2026-08-21",
            },
        ),
    ],
)
def test_each_change_has_its_own_word(
    a: dict[str, Any], b: dict[str, Any], expected: dict[str, Any]
) -> None:
    """A reader of the operations sees what was meant."""
    (operation,) = diff(a, b)
    assert operation.as_dict() == expected


def test_items_without_good_ids_are_taken_whole() -> None:
    """Where nothing tells which is which, the list itself is the value."""
    for bad in ([{"title": "a"}], [step("a"), step("a")], [step("A b")], ["a"]):
        b = {"steps": [step("demo"), *bad]}
        assert ids_of(b["steps"]) is None
        assert {one.path for one in diff({"steps": [step("demo")]}, b)} == {"steps"}
        assert [one.path for one in diff(b, {"steps": bad})] == ["steps"]


def test_an_order_and_a_list_of_words_are_told_apart() -> None:
    """Mere ids in place of the steps would else bring back the steps."""
    a = {"steps": [step("demo"), step("pilot")]}
    b: dict[str, Any] = {"steps": ["pilot", "demo"]}
    assert apply(diff(a, b), a) == b


def test_a_comment_changes_nothing() -> None:
    """It is said about a place; the plan stays as it is."""
    plan = {"steps": [step("demo")]}
    comment = Operation("comment", "steps/demo", new={"text": "We are on leave."})
    assert apply([comment], plan) == plan
    assert "comment" in OPS
    assert Operation.from_dict(comment.as_dict()) == comment


@pytest.mark.parametrize(
    "operation",
    [
        Operation("set", "steps/legal/due", None, "2026-05-28"),
        Operation("confirm", "steps/legal/due", None, {"by": "priya"}),
        Operation("answer", "questions/term", None, "One."),
        Operation("remove", "steps/legal"),
        Operation("remove", ""),
        Operation("add", "steps", None, {"title": "no id"}),
        Operation("add", "steps", None, step("demo")),
        Operation("add", "phases", None, {"id": "a"}),
        Operation("add", "people", None, {"id": "a"}),
        Operation("set", "title/word", None, "x"),
    ],
)
def test_what_is_not_there_cannot_be_changed(operation: Operation) -> None:
    """An operation whose target has gone is told, never guessed."""
    plan = {"title": "Plan", "steps": [step("demo")], "people": "nobody"}
    with pytest.raises(Unapplicable):
        apply([operation], plan)
    assert apply_what_fits([operation], plan) == plan


def test_a_new_item_goes_to_the_end_where_its_neighbour_is_gone() -> None:
    """A suggestion stays good when somebody removes the step before it."""
    operation = Operation("add", "steps", None, step("legal"), after="pilot")
    assert apply([operation], {"steps": [step("demo")]}) == {
        "steps": [step("demo"), step("legal")]
    }


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"op": "drop", "path": "steps"},
        {"op": "set"},
        {"op": "set", "path": 1},
        {"op": "set", "path": "title", "new": "a", "extra": 1},
        {"op": "set", "path": "title", "new": "a", "value": "b"},
        {"op": "add", "path": "steps", "value": {}, "after": ["demo"]},
    ],
)
def test_unknown_operations_are_refused(fields: dict[str, Any]) -> None:
    """What nobody understands needs a person, and is never half taken."""
    with pytest.raises(ValueError, match="expected"):
        Operation.from_dict(fields)
