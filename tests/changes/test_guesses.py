"""No guess of what is hidden is answered: by no judgement, place, name or order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mapsite.changes.assessing import Fate, assess, to_write
from mapsite.changes.policy import Policy
from mapsite.plan.operations import apply
from mapsite.plan.public import PublicView
from tests.changes.plans import adds, plan, sets, suggestion

Tree = dict[str, Any]
Said = Callable[[str], object]
HIDDEN = {
    "people": "coach",
    "steps": "discount",
    "documents": "papers",
    "phases": "Endgame",
}
FIELDS = {
    "steps/board/owners": "people",
    "steps/board/support": "people",
    "steps/board/after": "steps",
    "steps/board/documents": "documents",
    "steps/board/phase": "phases",
    "people/sarah/backup": "people",
    "questions/term/owner": "people",
    "questions/term/asked_by": "people",
    "criteria/cost/owner": "people",
    "metrics/bill/owner": "people",
    "risks/leave/owners": "people",
    "documents/soc2/owner": "people",
}
SAID: tuple[Said, ...] = (
    lambda name: name,
    lambda name: [name],
    lambda name: ["sarah", name],
)
NESTED: tuple[tuple[str, Said], ...] = (
    ("steps/board/owners", lambda name: [{"who": name, "does": "reviews"}]),
    ("steps/board/owners", lambda name: [{"buyer": name}]),
    ("steps/board/tasks", lambda name: [{"title": "Call", "owner": name}]),
    ("steps/board/moves", lambda name: [{"to": "2026-06-01", "by": name}]),
    ("steps/board/confirmed", lambda name: {"by": name, "on": "2026-05-01"}),
    ("review", lambda name: [{"every": "week", "with": [name]}]),
)
GUESSES = [
    *((path, said, HIDDEN[among]) for path, among in FIELDS.items() for said in SAID),
    *((path, said, "coach") for path, said in NESTED),
]


def tree(path: str = "", value: object = None) -> Tree:
    """Return a plan with something hidden of each kind, and *value* at *path*."""
    found = plan(
        phases=[{"name": "Start"}, {"name": "Endgame", "internal": "true"}],
        documents=[
            {"id": "soc2", "title": "SOC 2"},
            {"id": "papers", "title": "Price list", "internal": "true"},
        ],
        metrics=[{"id": "bill", "text": "Monthly bill"}],
        risks=[{"id": "leave", "text": "On leave"}],
    )
    name, *rest = path.split("/")
    item: Tree = found
    if rest:
        item = next(one for one in found[name] if one["id"] == rest[0])
    if path:
        item[rest[1] if rest else name] = value
    return found


def answered(op: Tree, at: Tree) -> str:
    """Return how *op* is judged, of which a room tells that it stands there already."""
    [one] = assess(suggestion(op), at, Policy())
    return one.judgement.verdict


@pytest.mark.parametrize(("path", "said", "name"), GUESSES)
def test_a_right_guess_is_answered_like_a_wrong_one(
    path: str, said: Said, name: str
) -> None:
    """As a new value, as the one that was seen, in a new item and in what goes."""
    for at in (tree(), tree(path, said(name)), tree(path, said("sarah"))):
        right, wrong = (
            [
                sets(path, None, said(guess)),
                sets(path, said(guess), said("jo")),
                {"op": "remove", "path": path, "old": said(guess)},
            ]
            for guess in (name, "nobody")
        )
        for one, other in zip(right, wrong, strict=True):
            assert answered(one, at) == answered(other, at)


@pytest.mark.parametrize(
    ("path", "said", "name"), [one for one in GUESSES if "/" in one[0]]
)
def test_nothing_new_is_the_same_as_what_is_hidden(
    path: str, said: Said, name: str
) -> None:
    """Else an item that is there would tell who hides behind it."""
    among, one, field = path.split("/")
    at = tree(path, said(name))
    item = next(item for item in at[among] if item["id"] == one)
    told = {key: item[key] for key in ("name", "title", "text") if key in item}
    right, wrong = (
        answered(adds(among, **told, **{field: said(guess)}), at)
        for guess in (name, "nobody")
    )
    assert right == wrong


def test_what_is_there_and_shown_is_still_found() -> None:
    """The tests above see more than that nothing ever is."""
    at = tree("steps/board/owners", ["sarah"])
    assert answered(sets("steps/board/owners", None, ["sarah"]), at) == "already"
    assert answered(sets("steps/board/owners", "sarah", ["jo"]), at) == "clean"
    assert answered(sets("steps/board/owners", "jo", ["jo"]), tree()) == "conflict"
    board = adds("steps", title="Board", owners=["sarah"])
    assert answered(board, at) == "already"


def test_a_right_guess_is_not_written() -> None:
    """Once accepted, the page would show that it was one."""
    for op in (
        sets("steps/demo/owners", ["jo"], ["coach"]),
        adds("steps", title="Call", owners=["coach"]),
        adds("steps", title="Call", after=["discount"]),
    ):
        [one] = assess(suggestion(op), tree(), Policy())
        assert one.fate is Fate.COMMENT
        assert one.ruled.reason == "it names something that a buyer does not see"


def test_a_new_item_follows_nothing_that_is_hidden() -> None:
    """Its place would tell where that stands."""

    def places(after: str) -> list[str]:
        op = {**adds("steps", title="Call"), "after": after}
        at = tree()
        found = apply(to_write(assess(suggestion(op), at, Policy())), at)
        view = PublicView().of(found)
        assert view
        return [item["id"] for item in view["steps"]]

    assert places("discount") == places("nothing") == places("board")
    assert places("demo")[1] == "call"


@pytest.mark.parametrize("path", ["steps/discount", "steps/nothing"])
@pytest.mark.parametrize("op", ["set", "remove", "confirm", "comment"])
def test_what_is_hidden_is_as_if_it_were_not_there(path: str, op: str) -> None:
    """Whatever is wanted of it."""
    fields = {
        "set": sets(f"{path}/due", None, "2026-06-01"),
        "remove": {"op": "remove", "path": path},
        "confirm": {"op": "confirm", "path": f"{path}/due", "old": "2026-06-01"},
        "comment": {"op": "comment", "path": path, "value": {"text": "Hm"}},
    }
    expected = {"set": "gone", "remove": "already", "confirm": "gone"}
    assert answered(fields[op], tree()) == expected.get(op, "clean")
