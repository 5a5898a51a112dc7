"""Advice on who is missing from a purchase of its size."""

from __future__ import annotations

import pytest

from mapsite.plan.advice.worth import worth
from tests.advising import GOAL, plan_of, told

BIG = "band: enterprise"
NEEDED = ("no-economic-buyer", "no-security", "no-legal", "no-procurement")


def valued(value: str) -> str:
    """Return a goal with this value."""
    return GOAL.replace("{outcome", f"{{value: {value}, outcome")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$80K ACV", 80_000),
        ("$140K a year", 140_000),
        ("120.000 EUR", 120_000),
        ("€1.2m", 1_200_000),
        ("1,5 Mio. €", 1_500_000),
        ("62 000 € HT", 62_000),
        ("62\u202f000 €", 62_000),
        ("CHF 1'200'000", 1_200_000),
        ("£1,250.50", 1_250),
        ("€38,500 a year", 38_500),
        ("410.000 € im Jahr, drei Jahre", 410_000),
        ("3 years, $20K each", 20_000),
        ("$31K", 31_000),
        ("USD 50000", 50_000),
        ("AED 640,000", None),
        ("SEK 410,000", None),
        ("about twelve users", None),
        ("36 months", None),
        ("$", None),
    ],
)
def test_reads_money(text: str, amount: int | None) -> None:
    """Amounts as people write them; what cannot be compared is not judged."""
    assert worth(text) == amount


class TestNeed:
    """Which plans need every role."""

    @pytest.mark.parametrize(
        ("head", "goal", "needed"),
        [
            (BIG, GOAL, True),
            ("band: Mid market", GOAL, True),
            ("band: regulated", GOAL, True),
            ("band: strategic", valued("$10K"), True),
            ("band: lightweight", valued("$900K"), False),
            ("", valued("$80K ACV"), True),
            ("", valued("49.999 EUR"), False),
            ("", valued("AED 640K"), False),
            ("", GOAL, False),
        ],
    )
    def test_follows_from_band_and_value(
        self, head: str, goal: str, *, needed: bool
    ) -> None:
        """The band first, then the value; a value that cannot be read says nothing."""
        text = plan_of("id: a, title: A", head=head, goal=goal)
        for rule in NEEDED:
            assert bool(told(text, rule)) is needed, rule

    def test_follows_from_the_length_where_nothing_else_tells(self) -> None:
        """Fifteen steps are no small purchase."""
        steps = [f"id: s{n}, title: T" for n in range(15)]
        assert told(plan_of(*steps), "no-security") == ["steps"]
        assert told(plan_of(*steps[1:]), "no-security") == []
        assert told(plan_of(*steps), "no-security", steps=16) == []

    def test_the_threshold_is_the_teams(self) -> None:
        """A limit moves it."""
        text = plan_of("id: a, title: A", goal=valued("$80K"))
        assert told(text, "no-legal", worth=100_000) == []


class TestCovered:
    """What counts as somebody having thought of it."""

    @pytest.mark.parametrize(
        ("rule", "more"),
        [
            ("no-security", "people: [{id: p, name: P, side: buyer, title: CISO}]"),
            ("no-security", "people: [{id: p, name: P, roles: [security]}]"),
            ("no-security", "documents: [{id: d, title: SOC 2, status: not-needed}]"),
            ("no-security", "criteria: [{id: c, text: Passes the security review}]"),
            ("no-legal", "people: [{id: p, name: unknown, title: General counsel}]"),
            ("no-legal", "questions: [{id: q, text: Who in legal reads it?}]"),
            (
                "no-procurement",
                "people: [{id: p, name: P, title: Einkauf}]\nlanguage: de",
            ),
            (
                "no-procurement",
                "people: [{id: p, name: P, title: Achats}]\nlanguage: fr",
            ),
            (
                "no-procurement",
                "people: [{id: p, name: P, title: Compras}]\nlanguage: es",
            ),
            ("no-economic-buyer", "people: [{id: p, name: P, title: CFO}]"),
            (
                "no-economic-buyer",
                "people: [{id: p, name: P, roles: [decision-maker]}]",
            ),
        ],
    )
    def test_anywhere_on_the_buyers_side(self, rule: str, more: str) -> None:
        """A person, a paper, a criterion or a question will do."""
        assert told(plan_of("id: a, title: A", head=BIG), rule)
        assert told(plan_of("id: a, title: A", head=f"{BIG}\n{more}"), rule) == []

    @pytest.mark.parametrize(
        ("rule", "step"),
        [
            ("no-security", "title: Security review, status: cancelled"),
            ("no-legal", "title: Legal redlines"),
            ("no-procurement", "title: Purchase order"),
            ("no-procurement", "title: A, owners: {buyer: Procurement}"),
            ("no-economic-buyer", "title: Budget approval, owners: {buyer: Kim}"),
        ],
    )
    def test_a_step_of_it(self, rule: str, step: str) -> None:
        """Also one that is off: it says that it is not needed."""
        assert told(plan_of(f"id: a, {step}", head=BIG), rule) == []

    def test_the_sellers_own_people_do_not_count(self) -> None:
        """Our security engineer reviews nothing of the buyer's."""
        head = (
            "people: [{id: p, name: P, side: seller, title: CISO, roles: [security]}]"
        )
        assert told(plan_of("id: a, title: A", head=f"{BIG}\n{head}"), "no-security")


class TestSigner:
    """Somebody signs for the buyer."""

    @pytest.mark.parametrize(
        ("step", "found"),
        [
            ("title: Contract signed", True),
            ("title: C, kind: signature, owners: {seller: Jo}", True),
            ("title: Contract signed, owners: {buyer: Owen}", False),
            ("title: Contract signed, owners: Owen", False),
            ("title: Contract signed, status: done", False),
            ("title: Demo", False),
        ],
    )
    def test_is_missing(self, step: str, *, found: bool) -> None:
        """Whatever the size; an owner of the signature is enough."""
        text = plan_of(f"id: a, {step}")
        assert told(text, "no-signer") == (["steps/a"] if found else [])

    @pytest.mark.parametrize("more", ["roles: [signer]", "signs: 1"])
    def test_is_told_by_a_person(self, more: str) -> None:
        """A role or a place in the order of signatures."""
        head = f"people: [{{id: p, name: P, {more}}}]"
        assert (
            told(plan_of("id: a, title: Contract signed", head=head), "no-signer") == []
        )
