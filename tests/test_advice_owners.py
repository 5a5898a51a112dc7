"""Advice on who does what."""

from __future__ import annotations

import pytest

from mapsite.plan.advice.lexicon import lexicon
from mapsite.plan.advice.teams import is_team
from tests.advising import plan_of, told, why

BUYER = "id: b{}, title: Theirs, side: buyer, due: 2026-06-01"
SELLER = "id: s{}, title: Ours, side: seller, due: 2026-06-01"
PEOPLE = """people:
  - {id: sarah, name: Sarah Lund, side: buyer, roles: [champion]}
  - {id: cfo, name: unknown, side: buyer, title: CFO}
  - {id: desk, name: IT desk, side: buyer}
  - {id: jo, name: Jo, side: seller}"""


def sides(buyer: int, seller: int) -> str:
    """Return a plan with so many steps of each side."""
    steps = [BUYER.format(n) for n in range(buyer)]
    return plan_of(*steps, *(SELLER.format(n) for n in range(seller)))


class TestSides:
    """A plan is both sides'."""

    def test_no_step_at_all(self) -> None:
        """An empty plan is told so, and one whose steps are hidden or off."""
        assert told(plan_of(), "no-steps") == ["steps"]
        hidden = plan_of("id: a, title: A, internal: true", "id: b, title: B")
        assert told(hidden, "no-steps") == []
        off = hidden.replace("title: B", "title: B, status: cancelled")
        assert told(off, "no-steps") == ["steps"]

    def test_no_step_of_the_buyers(self) -> None:
        """Only where sides are known, and a step of both counts as theirs."""
        assert told(sides(0, 3), "no-buyer-steps") == ["steps"]
        assert told(sides(1, 3), "no-buyer-steps") == []
        assert told(plan_of("id: a, title: A"), "no-buyer-steps") == []
        both = sides(0, 3).replace("side: seller", "side: both", 1)
        assert told(both, "no-buyer-steps") == []

    @pytest.mark.parametrize(
        ("buyer", "seller", "least", "found"),
        [(2, 5, 30, True), (3, 7, 30, False), (2, 5, 25, False), (0, 5, 30, False)],
    )
    def test_few_steps_of_the_buyers(
        self, buyer: int, seller: int, least: int, *, found: bool
    ) -> None:
        """Under three tenths, or what a team has set; none at all is another rule."""
        text = sides(buyer, seller)
        assert bool(told(text, "few-buyer-steps", least=least)) is found

    def test_the_share_is_told(self) -> None:
        """The reader sees what was counted."""
        assert why(sides(1, 4), "few-buyer-steps").startswith(
            "the buyer takes part in 1 of 5 steps (20 %); "
        )


class TestOwners:
    """Each step is a person's."""

    @pytest.mark.parametrize(
        ("step", "found"),
        [
            ("title: A", True),
            ("title: A, side: buyer", True),
            ("title: A, owners: sarah", False),
            ("title: A, status: done", False),
            ("title: A, status: cancelled", False),
            ("title: A, internal: true", False),
            ("title: A, side: both, kind: milestone", False),
            ("title: Kickoff, side: both, kind: meeting", False),
            ("title: A, kind: meeting", True),
            ("title: Contract signed", False),
        ],
    )
    def test_nobody_is_named(self, step: str, *, found: bool) -> None:
        """What is done needs nobody, nor a meeting of both; signing is no-signer's."""
        text = plan_of(f"id: a, {step}", head=PEOPLE)
        assert told(text, "no-owner") == (["steps/a"] if found else [])

    def test_many_are_told_in_one_go(self) -> None:
        """Of more than three the first are named, and all are counted."""
        text = plan_of(*(f"id: s{n}, title: T" for n in range(5)))
        assert told(text, "no-owner") == ["steps"]
        assert why(text, "no-owner").startswith(
            "nobody is named for 5 steps (s0, s1, s2 and 2 more); "
        )

    @pytest.mark.parametrize(
        ("owners", "found"),
        [
            ("{buyer: Procurement}", True),
            ("{buyer: Acme InfoSec}", True),
            ("{buyer: Data engineering team}", True),
            ("desk", True),
            ("[{buyer: Legal}, {seller: Legal}]", True),
            ("[{buyer: Legal}, sarah]", False),
            ("{buyer: 'Maya, marketing'}", False),
            ("{buyer: Hollybrook's solicitor}", False),
            ("cfo", False),
        ],
    )
    def test_a_team_is_no_owner(self, owners: str, *, found: bool) -> None:
        """Unless one person is named beside it."""
        text = plan_of(f"id: a, title: A, owners: {owners}", head=PEOPLE)
        assert told(text, "team-owner") == (["steps/a/owners"] if found else [])

    @pytest.mark.parametrize(
        ("name", "language", "team"),
        [
            ("Three data engineers", "en", True),
            ("Structural engineers", "en", True),
            ("Team Nord", "en", False),
            ("Everyone named here", "en", True),
            ("Mo / Vera", "en", False),
            ("Ada Lovelace", "en", False),
            ("", "en", False),
            ("Einkauf", "de", True),
            ("Rechtsabteilung", "de", True),
            ("Frau Stahlhofer", "de", False),
            ("Équipe catalogue", "fr", True),
            ("Hélène Le Goff", "fr", False),
            ("Equipo técnico", "es", True),
            ("Departamento de sistemas", "es", True),
            ("Inés Ferrer", "es", False),
        ],
    )
    def test_teams_by_their_words(
        self, name: str, language: str, *, team: bool
    ) -> None:
        """A word that may be somebody's name leaves the question open."""
        assert is_team(name, lexicon(language)) is team

    def test_a_name_that_is_not_known(self) -> None:
        """Told with the position and the steps; asking for it in the plan is enough."""
        step = "id: a, title: A, owners: cfo"
        text = plan_of(step, head=PEOPLE)
        assert told(text, "unknown-person") == ["people/cfo/name"]
        assert "the name of CFO, who has a to do, is not known" in why(
            text, "unknown-person"
        )
        asked = "\nquestions: [{id: q, text: Who joins as CFO for the scope?}]"
        assert told(plan_of(step, head=PEOPLE + asked), "unknown-person") == []
        answered = asked.replace("scope?", "scope?, answer: Kim")
        assert told(plan_of(step, head=PEOPLE + answered), "unknown-person") != []

    def test_many_names_are_told_in_one_go(self) -> None:
        """A plan fresh from a template knows none; each side is told of its own."""
        people = "".join(
            f"  - {{id: p{n}, name: unknown, side: {'buyer' if n < 4 else 'seller'}}}\n"
            for n in range(5)
        )
        step = "id: a, title: A, owners: [p0, p1, p2, p3, p4]"
        text = plan_of(step, head=f"people:\n{people}")
        assert told(text, "unknown-person") == ["people", "people/p4/name"]

    def test_an_unknown_colleague_is_ours_to_name(self) -> None:
        """Nobody asks the champion for a name of the seller's."""
        head = "people: [{id: csm, name: unknown, side: seller, title: CSM}]"
        text = plan_of("id: a, title: A, owners: csm", head=head)
        assert why(text, "unknown-person").endswith("name your colleague")

    @pytest.mark.parametrize(
        ("owners", "found"),
        [
            ("{buyer: Kim Larsen}", True),
            ("Mo / Vera", True),
            ("{buyer: Sarah}", False),
            ("{seller: Kim Larsen}", False),
            ("{buyer: Procurement}", False),
            ("sarah", False),
        ],
    )
    def test_an_owner_who_is_not_listed(self, owners: str, *, found: bool) -> None:
        """First names of those who are listed are known, teams another rule's."""
        text = plan_of(f"id: a, title: A, owners: {owners}", head=PEOPLE)
        assert bool(told(text, "owner-not-listed")) is found
        no_list = plan_of(f"id: a, title: A, owners: {owners.replace('sarah', 'Kim')}")
        assert told(no_list, "owner-not-listed") == []

    def test_hidden_people_are_nobody(self) -> None:
        """A hidden owner is told in no advice."""
        head = "people: [{id: x, name: unknown, title: Spy, internal: true}]"
        text = plan_of("id: a, title: A, owners: x", head=head)
        for rule in ("no-owner", "team-owner", "unknown-person", "owner-not-listed"):
            assert told(text, rule) == []
