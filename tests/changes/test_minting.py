"""A suggestion is made ready for today's plan, always in the same way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mapsite.changes.minting import mint_ids
from mapsite.changes.suggestion import Origin, as_json, read_kept
from mapsite.plan.operations import apply
from tests.changes.plans import adds, plan, sets, suggestion

TREE = plan()


def minted(*ops: Any, **fields: Any) -> list[str]:  # noqa: ANN401  # any JSON
    """Return the ids of what *ops* add to the plan."""
    found = mint_ids(suggestion(*ops, **fields), TREE)
    return [one.new["id"] for one in found]


@pytest.mark.parametrize(
    ("op", "one"),
    [
        (adds("people", name="Lee Wong"), "lee"),
        (adds("people", name="Jo Smith"), "jo-2"),
        (adds("people", name="Kim"), "kim"),
        (adds("people", name="Coach"), "coach-2"),
        (adds("people", name="unknown", title="Head of Legal"), "head-of-legal"),
        (adds("people", name="王芳"), "person"),
        (adds("steps", title="Legal redlines"), "legal-redlines"),
        (adds("steps", title="!!!"), "step"),
        (adds("steps", title="x" * 300), "x" * 40),
        (adds("questions", text="Is data kept in the EU?"), "data-kept-eu"),
        (adds("risks", text="Über-Größe"), "uber-grosse"),
    ],
)
def test_ids_are_made_of_words(op: dict[str, Any], one: str) -> None:
    """What a person would type: the first name, the words of the title."""
    assert minted(op) == [one]


def test_ids_are_free_and_stay_the_same() -> None:
    """Two of the same name get two ids; once more they are the same two."""
    ops = [adds("people", name="Lee A."), adds("people", name="Lee B.")]
    assert minted(*ops) == ["lee", "lee-2"] == minted(*ops)


def test_what_was_kept_gives_the_same_ids() -> None:
    """Through the file of the ledger nothing of it changes."""
    sent = suggestion(adds("steps", title="A", owners=["Lee"], due="2026-06-01"))
    now = datetime(2026, 5, 26, 9, tzinfo=UTC)
    kept = sent.taken(Origin("mail"), now)
    assert mint_ids(read_kept(as_json(kept)), TREE) == mint_ids(sent, TREE)


def test_what_is_there_already_keeps_its_id() -> None:
    """After the merge, the same suggestion means the same items."""
    asked = suggestion(adds("people", name="Lee"), adds("questions", text="Why?"))
    merged = apply(mint_ids(asked, TREE), TREE)
    ids = [one.new["id"] for one in mint_ids(asked, merged)]
    assert ids == [one.new["id"] for one in mint_ids(asked, TREE)]


def test_a_new_item_begins_as_people_write_it() -> None:
    """Id and title come first, in whatever order a form sent them; nothing is empty."""
    op = adds("steps", owners=["sarah"], due="", ref="3", title="Legal", note=None)
    [found] = mint_ids(suggestion(op), TREE)
    assert list(found.new.items()) == [
        ("id", "legal"),
        ("title", "Legal"),
        ("owners", ["sarah"]),
        ("ref", "3"),
    ]


def test_a_place_that_nobody_told_is_the_end() -> None:
    """New items follow the last one that a buyer knows, in their order."""
    ops = [adds("questions", text="A"), adds("questions", text="B")]
    assert [one.after for one in mint_ids(suggestion(*ops), TREE)] == ["term", "a"]
    told = {**adds("steps", title="Legal"), "after": "demo"}
    assert mint_ids(suggestion(told), TREE)[0].after == "demo"


def test_people_are_found_by_their_names() -> None:
    """Somebody who is on the plan, or joins with the same suggestion, has an id."""
    ops = [
        sets("steps/demo/owners", "Jo", ["Lee Wong", "Priya  N.", "Nobody"]),
        adds("people", name="Lee Wong"),
        adds("steps", title="Legal", owners=[{"who": "Lee Wong"}, {"seller": "Jo"}]),
    ]
    found = mint_ids(suggestion(*ops), TREE)
    assert found[0].old == "jo"
    assert found[0].new == ["lee", "priya", "Nobody"]
    assert found[2].new["owners"] == [{"who": "lee"}, {"seller": "Jo"}]


def test_a_name_that_two_have_is_nobodys() -> None:
    """Nothing is guessed; nobody hidden is found, either."""
    tree = plan()
    tree["people"].append({"id": "sarah-2", "name": "Sarah", "side": "seller"})
    op = sets("steps/demo/owners", None, ["Sarah", "Kim", "unknown"])
    assert mint_ids(suggestion(op), tree)[0].new == ["Sarah", "Kim", "unknown"]


def test_texts_are_not_taken_for_people() -> None:
    """A title that reads like a name stays a title."""
    op = sets("steps/demo/title", "Demo", "Sarah")
    assert mint_ids(suggestion(op), TREE)[0].new == "Sarah"


def test_a_question_says_who_asks() -> None:
    """The sender does, whoever the question says; a person of the plan by id."""
    op = adds("questions", text="Why?", asked_by="jo")
    assert mint_ids(suggestion(op), TREE)[0].new["asked_by"] == "priya"
    guest = suggestion(op, by={"name": "Pat"})
    assert mint_ids(guest, TREE)[0].new["asked_by"] == "Pat"
    hidden = suggestion(op, by={"name": "Pat", "id": "coach"})
    assert mint_ids(hidden, TREE)[0].new["asked_by"] == "Pat"


def test_a_yes_says_who_and_when() -> None:
    """The day is that on which it came in, else that of the sender's clock."""
    sent = suggestion({"op": "confirm", "path": "steps/demo/due", "old": "2026-05-20"})
    assert mint_ids(sent, TREE)[0].new == {"by": "priya", "on": "2026-05-26"}
    late = sent.taken(Origin("mail"), datetime(2026, 5, 28, 9, tzinfo=UTC))
    assert mint_ids(late, TREE)[0].new == {"by": "priya", "on": "2026-05-28"}


def test_an_emptied_field_says_nothing() -> None:
    """A form has no other way to say it."""
    op = sets("steps/demo/blocker", "Late", "")
    assert mint_ids(suggestion(op), TREE)[0].new is None
