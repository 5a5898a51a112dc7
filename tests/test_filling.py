"""Filling a template: only names and dates change, whatever the names are."""

from __future__ import annotations

from datetime import date

import pytest

from mapsite.plan.read import read_plan
from mapsite.plan.source import parse
from mapsite.start.filling import Filling, plain, top_comment

DAY = date(2026, 6, 10)
TEXT = """\
# yaml-language-server: $schema=../plan.schema.json
#
# What this template is for
# and how to use it

# stays
title: Plan of $seller for $buyer    # stays too
goal: {outcome: "It works at $buyer's", date: tbd}
buyer: {name: $buyer}
seller:
  name: $seller
summary: |
  For $buyer, from $seller; $buyers and $80K are no names.
people: [{id: sam, name: unknown, title: Head at $buyer}]
steps:
  - id: one
    title: One
    due: tbd                      # a note
"""
HOSTILE = (
    'Acme: "Data" #1',
    "- x",
    "null",
    "{a: b}",
    "Tom & Jerry's, Inc.",
    "$buyer",
    "\\1 %s",
    "Ærø-Süd 東京",
    "*x*",
    "'",
    "true",
    "#",
)


def fill(text: str = TEXT, buyer: str = "Acme", seller: str = "Mama") -> Filling:
    """Return a filling of *text* with both names."""
    filling = Filling(parse(text.encode(), "t.yaml"))
    filling.name({"buyer": buyer, "seller": seller})
    return filling


def test_everything_else_stays_as_it_was_written() -> None:
    """Comments, order and layout are those of the template, the head is new."""
    filling = fill()
    filling.date("steps/one/due", DAY)
    text = filling.text("# A plan")
    head, body = text.split("\n\n", 1)
    assert head == "# yaml-language-server: $schema=../plan.schema.json\n#\n# A plan"
    assert body == TEXT.split("\n\n", 1)[1].replace("$buyers", "@").replace(
        "$buyer", "Acme"
    ).replace("$seller", "Mama").replace("@", "$buyers").replace(
        "due: tbd                      #", "due: 2026-06-10               #"
    ).replace('"It works at Acme\'s"', '"It works at Acme\'s"')


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_stays_the_name_that_it_is(name: str) -> None:
    """What means something in YAML means nothing in a name."""
    text = fill(buyer=name, seller=name).text("# A plan")
    plan = read_plan(text.encode(), "plan.yaml")
    assert plan.title == f"Plan of {name} for {name}"
    assert (plan.buyer.name, plan.seller.name) == (name, name)
    assert plan.goal.outcome == f"It works at {name}'s"
    assert plan.people[0].title == f"Head at {name}"
    assert plan.summary
    assert plan.summary.startswith(f"For {name}, from {name};")


def test_a_name_of_many_lines_ends_no_block() -> None:
    """Nothing behind a line end in a name becomes a field of the plan."""
    text = fill(buyer="Acme\n\ntitle: hacked\u2028x").text("# A plan")
    assert "\n  For Acme title: hacked x, from Mama;" in text


def test_only_what_is_open_gets_a_date() -> None:
    """A moment of the template's own stays."""
    text = TEXT.replace("due: tbd", "due: goal-1w")
    filling = fill(text)
    filling.date("steps/one/due", DAY)
    filling.date("steps/none/due", DAY)
    filling.date("goal/go_live", DAY)
    filling.date("goal/date", None)
    assert filling.text("#").count("2026") == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: x", "created: 2026-06-10\ntitle: x"),
        ("created: tbd\ntitle: x", "created: 2026-06-10\ntitle: x"),
        ("created: 2001-01-01\ntitle: x", "created: 2026-06-10\ntitle: x"),
        ("created:  # when\ntitle: x", "created: 2026-06-10  # when\ntitle: x"),
    ],
)
def test_a_field_is_written_whether_it_was_there_or_not(
    before: str, after: str
) -> None:
    """A field that is missing becomes the first one of its map."""
    filling = Filling(parse(before.encode(), "t.yaml"))
    filling.put("created", "2026-06-10")
    assert filling.text("#").endswith(f"\n{after}")


@pytest.mark.parametrize(
    "calendar",
    [
        "",
        "calendar:\n",
        "calendar: {}\n",
        "calendar: {workdays: mon-fri}\n",
        "calendar:\n  workdays: mon-fri\n",
        "calendar:\n  holidays:\n    - US\n    - FR\n  workdays: mon-fri\n",
        "calendar:\n  holidays: [US]     # of both\n",
    ],
)
def test_a_list_is_written_in_any_layout(calendar: str) -> None:
    """Holidays are replaced in blocks and braces, and where none were."""
    filling = fill(calendar + TEXT)
    filling.put("holidays", '["DE-BY"]', "calendar")
    filling.put("language", "de")
    filling.put("band", "b")
    plan = read_plan(filling.text("#").encode(), "plan.yaml")
    assert plan.calendar.holidays == ("DE-BY",)
    assert (plan.language, plan.band) == ("de", "b")


def test_a_file_from_another_system_can_be_filled() -> None:
    """A byte order mark and other line ends are no hindrance."""
    raw = ("\ufeff" + TEXT.replace("\n", "\r\n")).encode()
    filling = Filling(parse(raw, "t.yaml"))
    filling.name({"buyer": "Acme", "seller": "Mama"})
    filling.put("created", "2026-06-10")
    filling.date("steps/one/due", DAY)
    plan = read_plan(filling.text("# A plan").encode(), "plan.yaml")
    assert (plan.created, plan.buyer.name) == (DAY, "Acme")
    assert "What this template is for" not in filling.text("# A plan")


def test_the_comment_at_the_top_is_read_without_its_marks() -> None:
    """The line for editors is no part of it."""
    assert list(filter(None, top_comment(TEXT))) == [
        "What this template is for",
        "and how to use it",
    ]


@pytest.mark.parametrize(("name", "written"), [("Acme", "Acme"), ("a: b", '"a: b"')])
def test_a_name_has_quotes_only_where_it_needs_them(name: str, written: str) -> None:
    """Most names read best without."""
    assert plain(name) == written
