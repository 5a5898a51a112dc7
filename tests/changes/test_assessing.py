"""Every operation of every suggestion ends in exactly one way."""

from __future__ import annotations

import copy
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.changes.assessing import Fate, assess, to_write
from mapsite.changes.policy import Policy, Ruling
from mapsite.changes.sentences import sentences
from mapsite.changes.suggestion import Suggestion, Unreadable, suggestion_of
from mapsite.plan.operations import apply
from mapsite.plan.source import parse
from mapsite.plan.texts import read_id
from tests.changes.plan_lives import NASTY, check, life
from tests.changes.plans import adds, plan, raw, sets, suggestion
from tests.test_operations import PLAN

LIVES = 100
TEXT = st.sampled_from(["", "2026-06-10", "no", "jo", "demo", "a: b", *NASTY])
VALUE = st.recursive(
    st.none() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "who", "internal", "by"]), inner)
    ),
    max_leaves=4,
)
PATH = st.builds(
    "/".join,
    st.lists(
        st.sampled_from(
            [
                *("steps", "people", "questions", "goal", "internal", "links", "demo"),
                *("due", "owners", "confirmed", "title", "1", "documents"),
            ]
        ),
        min_size=1,
        max_size=4,
    ),
)
LIST = st.sampled_from(["people", "steps", "questions", "documents", "risks"])
MAP = st.dictionaries(st.sampled_from(["title", "text", "name", "due"]), VALUE)
OP: st.SearchStrategy[dict[str, Any]] = (
    st.fixed_dictionaries(
        {"op": st.just("set"), "path": PATH, "old": VALUE, "new": VALUE}
    )
    | st.fixed_dictionaries({"op": st.just("confirm"), "path": PATH, "old": VALUE})
    | st.fixed_dictionaries({"op": st.just("remove"), "path": PATH, "old": VALUE})
    | st.fixed_dictionaries({"op": st.just("add"), "path": LIST, "value": MAP})
    | st.fixed_dictionaries(
        {"op": st.just("ask"), "path": LIST, "value": st.just({"text": "x"})}
    )
)


def fates(*ops: Any, tree: Any = None, **rules: Ruling) -> list[str]:  # noqa: ANN401  # any JSON
    """Return what becomes of *ops*."""
    policy = Policy({"buyer": rules})
    return [one.fate.value for one in assess(suggestion(*ops), tree or plan(), policy)]


def test_policy_and_plan_decide_together() -> None:
    """What is refused is that first; what stands there already needs nobody."""
    due = "steps/security-review/due"
    assert fates(
        sets(due, "2026-05-28", "2026-06-02"),
        sets(due, "2026-05-28", "2026-06-02"),
        sets(due, "2026-05-28", "2026-06-03"),
        sets("steps/nope/due", None, "2026-06-02"),
        sets("title", "Project plan", "Plan"),
        sets("title", "Other", "Project plan"),
        sets("internal/crm", None, "006"),
    ) == ["write", "already", "conflict", "gone", "comment", "already", "refused"]


def test_what_has_no_place_is_gone() -> None:
    """A field of what is a list has none, whatever was seen there."""
    assert fates(sets("steps/demo/evidence/1/met", None, "x")) == ["gone"]


def test_what_is_not_written_is_not_built_on() -> None:
    """A yes to a date that stays a comment is not a yes to today's date."""
    due = "steps/security-review/due"
    ops = [
        sets(due, "2026-05-28", "2026-06-02"),
        {"op": "confirm", "path": due, "old": "2026-06-02"},
    ]
    assert fates(*ops) == ["write", "write"]
    assert fates(*ops, set=Ruling.COMMENT) == ["comment", "conflict"]


def test_suggestions_end_in_one_way_each() -> None:
    """However suggestions and the plan mix, and whatever comes twice.

    ``python -m tests.changes.plan_lives 20000`` tries more of them.
    """
    total: Counter[str] = Counter()
    for seed in range(LIVES):
        for ended in life(seed):
            total += check(ended)
    assert {*total} == {fate.value for fate in Fate}
    assert min(total.values()) > LIVES / 5


@settings(max_examples=100, deadline=None)
@given(PLAN, st.lists(OP, min_size=1, max_size=4))
def test_no_suggestion_breaks_on_any_plan(tree: Any, ops: Any) -> None:  # noqa: ANN401  # any values
    """Not on one that nobody would have written, either."""
    with suppress(Unreadable):
        _try_on(tree, suggestion(*ops))


def _try_on(tree: Any, sent: Suggestion) -> None:  # noqa: ANN401  # any values
    before = copy.deepcopy(tree)
    assessed = assess(sent, tree, Policy())
    assert len(assessed) == len(sent.operations)
    assert tree == before
    apply(to_write(assessed), tree)
    lines = sentences([one.operation for one in assessed], tree)
    assert all(line.isprintable() and line[0].isalpha() for line in lines)


@pytest.mark.parametrize("text", NASTY)
def test_markup_is_text_in_every_field(text: str) -> None:
    """It reaches the plan as the characters that it is, and no sentence begins so."""
    ops = [
        sets("steps/demo/blocker", None, text, why=text),
        sets("steps/demo/owners", "jo", [text, {"seller": text}]),
        adds("people", name=text, roles=[text]),
        adds("steps", title=text, note=text),
        adds("questions", text=text),
        {"op": "answer", "path": "questions/term", "new": text},
        {"op": "comment", "path": "steps/demo", "value": {"text": text}},
    ]
    sent = suggestion(*ops, by={"name": text})
    assessed = assess(sent, plan(), Policy())
    tree = apply(to_write(assessed), plan())
    assert tree["steps"][0]["blocker"] == text
    assert text in [person["name"] for person in tree["people"]]
    assert tree["questions"][0]["answer"] == text
    ids = [item["id"] for item in (*tree["people"], *tree["steps"])]
    assert all(map(read_id, ids))
    for line in sentences([one.operation for one in assessed], plan()):
        assert line.split()[0] in {"Set", "Give", "Add", "Ask", "Answer", "Comment"}
        assert line.isprintable()


def test_nothing_hidden_changes_what_a_buyer_is_told() -> None:
    """Whatever stands in internal fields, the same becomes of every guess."""
    other = plan(internal={"crm": "x"}, links={})
    other["people"][0]["email"] = "other@acme.example"
    other["people"][4] |= {"name": "Lee", "title": "x"}
    other["steps"][1]["internal"] = {"notes": "other"}
    other["steps"][3] |= {"title": "Legal", "due": "2026-06-01", "owners": "jo"}
    other["questions"][1] |= {"text": "Why?", "answer": "x"}
    ops = [
        adds("people", name="Lee"),
        adds("people", name="Sarah", email="s@acme.example"),
        adds("steps", title="Legal", due="2026-06-01"),
        adds("questions", text="Why?"),
        sets("steps/discount/due", "2026-06-01", "2026-06-02"),
        sets("steps/discount/title", None, "Discount to 70"),
        sets("people/sarah/email", None, "s@acme.example"),
        sets("steps/security-review/internal/notes", None, "walk-away price"),
        sets("internal/crm", None, "006"),
        {"op": "confirm", "path": "steps/discount/due", "old": "2026-06-01"},
        {"op": "remove", "path": "steps/discount"},
        {"op": "answer", "path": "questions/walk-away", "new": "x"},
    ]
    one, two = (assess(suggestion(*ops), tree, Policy()) for tree in (plan(), other))
    assert [(a.fate, a.judgement) for a in one] == [(a.fate, a.judgement) for a in two]
    told = [sentences([a.operation for a in one], tree) for tree in (plan(), other)]
    assert told[0] == told[1]


def test_what_is_kept_of_a_pull_request_is_judged_too() -> None:
    """A document that was read once is assessed as it was sent."""
    document = parse(raw(sets("steps/demo/status", "done", "blocked")), "").data()
    assert assess(suggestion_of(document), plan(), Policy())[0].fate is Fate.WRITE
