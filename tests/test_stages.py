"""The order of the stages of a CRM."""

from __future__ import annotations

import pytest

from mapsite.gate.stages import is_ended, own_stages, usual_stages

SALESFORCE = [
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
]
HUBSPOT = [
    "Appointment Scheduled",
    "Qualified To Buy",
    "Presentation Scheduled",
    "Decision Maker Bought-In",
    "Contract Sent",
]


@pytest.mark.parametrize("names", [SALESFORCE, HUBSPOT])
def test_knows_the_order_that_each_comes_with(names: list[str]) -> None:
    """Each stage is further than the one before."""
    places = [usual_stages().place(name) for name in names]
    assert None not in places
    assert places == sorted(set(map(int, filter(None, places))) | {0})


@pytest.mark.parametrize(
    ("written", "like"),
    [
        ("proposal", "Proposal/Price Quote"),
        ("3. Proposal", "Proposal/Price Quote"),
        ("Stage 5 - Negotiation", "Negotiation/Review"),
        ("qualifiedtobuy", "Qualified To Buy"),
        ("Contract sent (Sales Pipeline)", "Contract Sent"),
        ("  NEGOTIATION/review ", "Negotiation/Review"),
    ],
)
def test_knows_a_stage_however_it_is_written(written: str, like: str) -> None:
    """Numbered, with the pipeline in brackets, as HubSpot's own word for it."""
    assert usual_stages().place(written) == usual_stages().place(like)


@pytest.mark.parametrize("stage", ["", "Legal hold", "Prove", "?"])
def test_does_not_know_what_nobody_told(stage: str) -> None:
    """A team's own stage has no place among others."""
    assert usual_stages().place(stage) is None


def test_a_team_may_tell_its_own() -> None:
    """In its own order, and no others are known then."""
    own = own_stages(["Discover", "Prove", "Sign"])
    assert [own.place(name) for name in ("discover", "2 - Prove", "Sign")] == [0, 1, 2]
    assert own.place("Prospecting") is None


@pytest.mark.parametrize(
    "stage",
    ["Closed Won", "closedlost", "Closed - duplicate", "7. Closed Won", "Won", "lost"],
)
def test_knows_the_end(stage: str) -> None:
    """Won, lost or closed for another reason."""
    assert is_ended(stage)


@pytest.mark.parametrize("stage", ["Closing", "Close plan", "Wonderful", "", "Open"])
def test_what_sounds_alike_is_open(stage: str) -> None:
    """A deal is only over where the stage says so."""
    assert not is_ended(stage)
