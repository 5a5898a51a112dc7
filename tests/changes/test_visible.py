"""What a suggestion can be about is what a room shows, however it is spelled."""

from __future__ import annotations

import pytest

from mapsite.changes.visible import looks_like, shows, visible_value
from tests.changes.plans import plan


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Project plan"),
        ("goal/date", "2026-08-14"),
        ("buyer/name", "Acme"),
        ("steps/demo/due", "2026-05-20"),
        ("steps/security-review/after", ["demo"]),
        ("steps/nope/due", None),
        ("steps/demo/due/deeper", None),
        ("people", ["sarah", "priya", "jo", "cfo"]),
        ("people/cfo/title", "CFO"),
        ("", None),
    ],
)
def test_a_path_leads_to_what_a_buyer_sees(path: str, value: object) -> None:
    """By stable ids, with nothing for what is not there."""
    assert visible_value(plan(), path) == value


@pytest.mark.parametrize(
    "path",
    [
        "internal",
        "internal/crm",
        "links/buyer/nonce",
        "people/sarah/email",
        "people/coach",
        "people/coach/name",
        "steps/discount",
        "steps/discount/title",
        "steps/security-review/internal",
        "steps/security-review/internal/notes",
        "questions/walk-away/text",
    ],
)
def test_what_stays_internal_is_nowhere(path: str) -> None:
    """Neither hidden items nor hidden fields of shown ones can be asked for."""
    assert visible_value(plan(), path) is None


def test_nothing_of_an_internal_plan_is_seen() -> None:
    """A plan that hides itself has no title either."""
    assert visible_value(plan(internal="true"), "title") is None


@pytest.mark.parametrize(
    "owners", ["sarah", ["sarah"], [{"who": "sarah"}], {"who": " sarah\n"}]
)
def test_spellings_of_the_same_look_the_same(owners: object) -> None:
    """A text, a list and a map may mean the same."""
    seen = looks_like(plan(), "steps/demo/owners", owners)
    assert seen == [{"who": "sarah"}]


def test_accents_may_be_written_in_two_ways() -> None:
    """What a Mac types and what the plan holds is one name."""
    tree = plan(title="Zoe\u0308")
    assert visible_value(tree, "title") == "Zo\u00eb"


def test_fields_that_rooms_show_are_known() -> None:
    """An allowlist: what it does not name is not shown."""
    assert shows("steps/demo/due")
    assert shows("goal/value")
    assert not shows("goal/buffer")
    assert not shows("people/sarah/email")
    assert not shows("status")
    assert not shows("calendar/holidays")
