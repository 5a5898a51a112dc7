"""Advice on words: a plan made together, without the seller's own notes."""

from __future__ import annotations

import pytest

from tests.advising import GOAL, plan_of, told, why


def saying(text: str, language: str = "en") -> str:
    """Return a plan whose one step says *text* in its note."""
    return plan_of(f"id: a, title: A, note: '{text}'", head=f"language: {language}")


class TestCommitment:
    """Words that ask for a promise."""

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("The deadline is Friday", "en"),
            ("You agree to the dates above", "en"),
            ("Acme commits to sign", "en"),
            ("Please sign off by 12 June", "en"),
            ("CFO must sign on Friday", "en"),
            ("This is overdue", "en"),
            ("A BINDING date", "en"),
            ("Helvia verpflichtet sich dazu", "de"),
            ("Der Vorstand muss zustimmen", "de"),
            ("Der Schritt ist überfällig", "de"),
            ("La date limite est vendredi", "fr"),
            ("Le client s''engage à signer", "fr"),
            ("La fecha límite es el viernes", "es"),
            ("El cliente se compromete a firmar", "es"),
            ("The deadline is Friday", "de"),
        ],
    )
    def test_are_told(self, text: str, language: str) -> None:
        """In the plan's language and in English, whole words in any case."""
        assert told(saying(text, language), "commitment-words") == ["steps/a/note"]

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("Signed off by Sarah and the CFO", "en"),
            ("Sign-off by phone is fine", "en"),
            ("A must-have for the team", "en"),
            ("A non-binding offer", "en"),
            ("Questions before the submission deadline", "en"),
            ("A commitment to privacy", "en"),
            ("Commissioned in June", "en"),
            ("Bekanntmachung und Fristen", "de"),
            ("Mise en concurrence du marché", "fr"),
            ("Date limite de remise des offres", "fr"),
            ("Oferta no vinculante", "es"),
        ],
    )
    def test_are_not_found_in_others(self, text: str, language: str) -> None:
        """What only sounds like them stays."""
        assert told(saying(text, language), "commitment-words") == []
        assert told(saying(text, language), "seller-words") == []

    def test_a_better_wording_is_offered(self) -> None:
        """With the word as it was written."""
        assert why(saying("Final DEADLINE: Friday"), "commitment-words") == (
            '"DEADLINE" asks for a promise; "agreed date" reads like a plan made'
            " together"
        )


class TestSeller:
    """The seller's own words."""

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("In our forecast for June", "en"),
            ("Before the competitor calls", "en"),
            ("Walk-away price agreed", "en"),
            ("Close date moved", "en"),
            ("Discount floor is 12 %", "en"),
            ("MEDDIC is complete", "en"),
            ("Counts for our quarter", "en"),
            ("Abschlusswahrscheinlichkeit 60 %", "de"),
            ("Vor dem Wettbewerber", "de"),
            ("Avant nos concurrents", "fr"),
            ("El competidor llama", "es"),
            ("Descuento máximo del 12 %", "es"),
        ],
    )
    def test_are_told(self, text: str, language: str) -> None:
        """In the plan's language and in English."""
        assert told(saying(text, language), "seller-words") == ["steps/a/note"]

    @pytest.mark.parametrize(
        "text",
        [
            "The weather forecast",
            "Data pipeline and CI pipeline",
            "Storage quota of each user",
            "Utilisateurs concurrents",
            "A closed window",
        ],
    )
    def test_are_not_found_in_others(self, text: str) -> None:
        """A pipeline of data is nobody's sales pipeline."""
        assert told(saying(text), "seller-words") == []

    def test_may_be_the_subject(self) -> None:
        """Who sells forecasts speaks of them."""
        goal = GOAL.replace("outcome: Live", "outcome: Demand forecast for 40 shops")
        step = "id: a, title: First forecast compared"
        assert told(plan_of(step, goal=goal), "seller-words") == []
        assert told(plan_of(step), "seller-words") == ["steps/a/title"]


class TestPlaces:
    """Where is looked."""

    HEAD = """summary: deadline
phases: [{name: P, gate: deadline}]
people: [{id: p, name: Pat, title: Head of deadline}]
questions:
  - {id: q, text: deadline?, answer: deadline}
  - {id: h, text: deadline, internal: true}
criteria: [{id: c, text: deadline, measure: deadline}]
risks: [{id: r, text: deadline, mitigation: deadline}]
documents: [{id: d, title: deadline}]
sections: [{title: deadline, text: deadline}]
internal: {notes: deadline}"""
    STEP = """id: a, title: deadline, detail: deadline, evidence: [deadline],
    tasks: [{title: deadline}, {title: deadline, internal: true}],
    moves: [{from: 2026-05-20, to: 2026-06-01, why: deadline}],
    internal: {notes: deadline}"""

    def test_all_that_the_buyer_reads(self) -> None:
        """Everything that is shown, once for each text, and nothing internal."""
        hidden = "id: b, title: deadline, internal: true"
        text = plan_of(self.STEP, hidden, head=self.HEAD)
        assert told(text, "commitment-words") == [
            *("summary", "phases/1/gate", "steps/a/title", "steps/a/detail"),
            *("steps/a/evidence/1/text", "steps/a/moves/1/why"),
            "steps/a/tasks/1/title",
            *("questions/q/text", "questions/q/answer", "criteria/c/text"),
            *("criteria/c/measure", "risks/r/text", "risks/r/mitigation"),
            *("documents/d/title", "people/p/title"),
            *("sections/1/title", "sections/1/text"),
        ]
