"""Who does what, and on which side."""

from __future__ import annotations

import pytest

from mapsite.plan.model import Plan
from mapsite.plan.people import People
from mapsite.plan.read import read_plan

HEAD = """
title: Plan
goal: {outcome: Done, date: 2026-08-14}
buyer: {name: Acme}
seller: {name: Mama Mia}
people:
  - {id: sarah, name: Sarah, side: buyer, title: VP}
  - {id: jo, name: Jo, side: seller}
  - {id: cfo, name: unknown, side: buyer, title: CFO}
  - {id: buying, name: unknown, side: buyer}
  - {id: broker, name: Broker}
  - {id: sarah-two, name: Sarah, side: buyer}
  - {id: secret, name: Somebody, side: buyer, internal: true}
  - {id: other, name: Else, side: buyer, internal: true}
steps:
"""


def plan_with(*steps: str) -> Plan:
    """Return a plan with these steps."""
    lines = "".join(f"  - {{id: s{n}, title: T, {s}}}\n" for n, s in enumerate(steps))
    return read_plan((HEAD + (lines or "  []\n")).encode(), "deal.yaml")


def owners(text: str) -> list[tuple[str, str | None, str | None]]:
    """Return words, side and part of each owner of one step."""
    plan = plan_with(f"owners: {text}")
    found = People(plan).owners(plan.steps[0])
    return [(who.words, who.side, who.does) for who in found]


def sides(step: str) -> tuple[str, ...]:
    """Return the sides of one step."""
    plan = plan_with(step)
    return People(plan).sides(plan.steps[0])


def test_an_id_is_a_person() -> None:
    """With the name and the side that the plan has for it."""
    assert owners("[sarah, jo]") == [("Sarah", "buyer", None), ("Jo", "seller", None)]
    assert owners("sarah") == [("Sarah", "buyer", None)]


def test_two_people_may_have_one_name() -> None:
    """Nor are two the same whose names nobody knows yet."""
    assert len(owners("[sarah, sarah-two]")) == 2
    assert [words for words, _, _ in owners("[cfo, buying]")] == ["CFO", "buying"]


def test_words_are_words() -> None:
    """Their side is told, or read from a company's name at their head, or open."""
    assert owners('["three engineers"]') == [("three engineers", None, None)]
    assert owners("[Acme legal]") == [("Acme legal", "buyer", None)]
    assert owners("[acme]") == [("acme", "buyer", None)]
    assert owners("[Mama Mia sales]") == [("Mama Mia sales", "seller", None)]
    assert owners("[Acmeology, legal of Acme]") == [
        ("Acmeology", None, None),
        ("legal of Acme", None, None),
    ]
    assert owners("[{buyer: SE}, {seller: SE, does: helps}]") == [
        ("SE", "buyer", None),
        ("SE", "seller", "helps"),
    ]


def test_a_told_side_yields_to_the_persons_own() -> None:
    """A person's side stands in one place only."""
    assert owners("[{buyer: jo}]") == [("Jo", "seller", None)]


def test_a_hidden_person_is_the_sellers_team() -> None:
    """Whoever it is, on whichever side, whatever the part; once if there are two."""
    assert owners("[secret, other]") == [("", "seller", None)]
    assert owners("[sarah, {who: secret, does: signs}]") == [
        ("Sarah", "buyer", None),
        ("", "seller", None),
    ]
    found = People(plan_with()).find("secret")
    assert (found.hidden, found.person) == (True, None)


def test_a_hidden_owner_is_nobody() -> None:
    """An owner that stays internal is not there at all."""
    assert owners("[sarah, {seller: Boss, internal: true}]") == [
        ("Sarah", "buyer", None)
    ]


def test_nobody_is_named_twice() -> None:
    """Unless with another part in the step."""
    assert owners("[sarah, sarah, {who: sarah, does: signs}]") == [
        ("Sarah", "buyer", None),
        ("Sarah", "buyer", "signs"),
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("owners: [jo, sarah]", ("buyer", "seller")),
        ("owners: [jo]", ("seller",)),
        ("owners: [jo], side: buyer", ("seller",)),
        ("owners: [engineers], side: buyer", ("buyer",)),
        ("owners: [engineers]", ()),
        ("owners: [broker]", ()),
        ("side: both", ("buyer", "seller")),
        ("side: seller", ("seller",)),
        ("kind: task", ()),
        ("owners: [secret]", ("seller",)),
    ],
)
def test_the_side_of_a_step(step: str, expected: tuple[str, ...]) -> None:
    """Its owners tell it; where they do not, the step does."""
    assert sides(step) == expected


def test_what_a_person_owns() -> None:
    """Visible steps in order, with those that are off."""
    plan = plan_with(
        "owners: [sarah]",
        "owners: [jo, sarah]",
        "owners: [sarah], status: cancelled",
        "owners: [sarah], internal: true",
        "owners: [{who: sarah, internal: true}]",
        "support: [sarah]",
    )
    owned = People(plan).owned_by(plan.people[0])
    assert [step.id for step in owned] == ["s0", "s1", "s2"]
