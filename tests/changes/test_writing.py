"""Operations are written where they belong, and no other line is touched."""

from __future__ import annotations

from typing import Any

import pytest

from mapsite.changes.writing import Refused, changed
from mapsite.plan.model import Plan
from mapsite.plan.operations import Operation, Tree, apply
from mapsite.plan.order import INSIDE
from mapsite.plan.source import parse
from tests.changes.judge import judged
from tests.changes.texts import compose, values_of
from tests.changes.trials import Trial, trials

PLAN = """\
# What both sides agreed.
title: Pilot
goal: {outcome: Live, date: 2026-08-14}   # theirs
buyer: {name: Acme}
seller: {name: Mama}

people:
  # Acme
  - id: sarah
    name: Sarah          # likes mornings
  - {id: jo, name: Jo, side: seller}

steps:
  - id: demo
    title: Demo
    # Two hours are enough.
  # Priya must be there.
  - id: review
    title: Security review
    owners: [sarah]
    due: 2026-06-10      # the report takes four weeks

  # The pilot only starts if the CFO has seen the criteria.
  - id: pilot
    title: Pilot
    detail: |            # for the team
      One use case.

      # no note
    evidence:
      - A mail           # from InfoSec
      # Then the countersigned one.
      - {text: DPA, met: 2026-05-22}
  # Whatever comes after the pilot.
# Nobody answered yet.
questions: []            # none so far
"""
STEP = {"id": "legal", "title": "Legal: redlines", "owners": ["sarah"]}
CONFIRMED = {"by": "sarah", "on": "2026-05-24"}
LEGAL = """\
  - id: legal
    title: "Legal: redlines"
    owners: [sarah]
"""


def write(text: str, *operations: Operation) -> str:
    """Return *text* after *operations*, with its line ends as they are."""
    return changed(text.encode(), operations, "plan.yaml").decode()


def put(path: str, new: Any) -> Operation:  # noqa: ANN401  # any value of a plan
    """Return the operation that sets or clears a field."""
    return Operation("set", path, None, new)


def add(path: str, new: Tree, after: str | None = None) -> Operation:
    """Return the operation that adds an item."""
    return Operation("add", path, None, new, after)


def remove(path: str) -> Operation:
    """Return the operation that takes an item away."""
    return Operation("remove", path)


def between(text: str, first: str, last: str) -> str:
    """Return the lines of *text* from *first* to before *last*."""
    start = text.index(first)
    return text[start : text.index(last, start)]


def test_random_operations_touch_nothing_else() -> None:
    """Of hundreds on plans full of notes none is wrong, and none is refused."""
    for trial in trials(600, 5):
        if trial.after is None:
            with pytest.raises(Refused):
                write(trial.text, trial.operation)
            continue
        new = write(trial.text, trial.operation)
        found = judged(trial.text, new, trial.operation, trial.after)
        assert not found, (trial.operation, new)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("wrong", "Security review", "Insecurity"),
        ("unparseable", "owners: [sarah]", "owners: [sarah"),
        ("misread", '"12:30"', "12:30"),
        ("touched", "# theirs", "# ours"),
        ("touched", "goal: {", "goal:  {"),
        ("note", "# inside steps/demo", "# "),
        ("note", "  # above steps/review\n", ""),
        ("note", "  - id: review", "  # inside steps/demo\n  - id: review"),
    ],
)
def test_the_judge_sees_what_is_wrong(kind: str, old: str, new: str) -> None:
    """Who judges the editor would notice each of these."""
    text = PLAN.replace("# Two hours are enough.", "# inside steps/demo")
    text = text.replace("# Priya must be there.", "# above steps/review")
    one = put("steps/demo/title", "12:30")
    right = write(text, one)
    after = apply([one], values_of(compose(text)))
    assert judged(text, right, one, after) == {}
    assert old in right
    assert kind in judged(text, right.replace(old, new, 1), one, after)


def test_a_new_item_stands_before_the_notes_of_the_next() -> None:
    """An empty line comes between where there was one."""
    new = write(PLAN, add("steps", STEP, "review"))
    line = "    due: 2026-06-10      # the report takes four weeks\n"
    assert new == PLAN.replace(line, f"{line}\n{LEGAL}")


def test_a_note_inside_an_item_stays_inside() -> None:
    """It stands deeper than the dash, so what follows comes behind it."""
    new = write(PLAN, add("steps", STEP, "demo"))
    line = "    # Two hours are enough.\n"
    assert new == PLAN.replace(line, f"{line}{LEGAL}")


def test_the_first_place_is_above_the_first_ones_notes() -> None:
    """It is written as the first item is."""
    new = write(PLAN, add("people", {"id": "lee", "name": "Lee"}))
    item = "  - id: lee\n    name: Lee\n"
    assert new == PLAN.replace("people:\n", f"people:\n{item}")


def test_the_last_place_is_before_what_is_noted_after_the_list() -> None:
    """No note becomes one over the new item."""
    new = write(PLAN, add("steps", STEP, "pilot"))
    line = "  # Whatever comes after the pilot.\n"
    assert new == PLAN.replace(line, f"\n{LEGAL}{line}")


def test_an_item_in_braces_gets_a_neighbour_in_braces() -> None:
    """Unless a text of it needs lines of its own."""
    short = add("people", {"id": "lee", "name": "Lee, or: Ann"}, "jo")
    assert '\n  - {id: lee, name: "Lee, or: Ann"}\n' in write(PLAN, short)
    step = {"id": "next", "title": "Next", "detail": "One.\nTwo.\n"}
    text = PLAN.replace("steps:\n", "steps:\n  - {id: zero, title: Zero}\n")
    lines = "  - id: next\n    title: Next\n    detail: |\n      One.\n      Two.\n"
    assert lines in write(text, add("steps", step, "zero"))


def test_what_is_asked_first_makes_a_list() -> None:
    """The note at the empty one stays at its field."""
    new = write(PLAN, Operation("ask", "questions", None, {"id": "eu", "text": "no"}))
    lines = 'questions:            # none so far\n  - id: eu\n    text: "no"\n'
    assert new == PLAN.replace("questions: []            # none so far\n", lines)


def test_a_list_that_is_not_there_comes_where_plans_have_it() -> None:
    """With empty lines around it where the others have them."""
    new = write(PLAN, add("risks", {"id": "leave", "text": "Leave"}))
    assert new == f"{PLAN}risks:\n  - id: leave\n    text: Leave\n"


def test_an_item_goes_with_its_own_notes() -> None:
    """Those of the others stay, and one empty line between them."""
    new = write(PLAN, remove("steps/review"))
    gone = between(PLAN, "  # Priya", "  # The pilot only")
    assert new == PLAN.replace(gone, "")
    gone = between(PLAN, "\n  # The pilot only", "  # Whatever")
    assert write(PLAN, remove("steps/pilot")) == PLAN.replace(gone, "")


def test_a_heading_stays_when_the_item_below_goes() -> None:
    """A note with a drawn line is for all that follow."""
    text = PLAN.replace("# Acme", "# --- Acme ---").replace("[sarah]", "[jo]")
    gone = between(text, "  - id: sarah", "  - {id: jo")
    assert write(text, remove("people/sarah")) == text.replace(gone, "")


def test_the_last_item_leaves_an_empty_list() -> None:
    """The note at its field stays."""
    text = "questions: # all\n  # Asked twice.\n  - id: eu\n    text: Where?\n# end\n"
    assert write(text, remove("questions/eu")) == "questions: [] # all\n# end\n"


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        (put("steps/review/due", "2026-06-12"), "2026-06-10 ", "2026-06-12 "),
        (put("steps/demo/title", "a: b # c"), "Demo", '"a: b # c"'),
        (put("steps/demo/title", "12:30"), "Demo", '"12:30"'),
        (put("steps/demo/title", "$80K, or so"), "Demo", "$80K, or so"),
        (put("people/jo/name", "Jo, or so"), "name: Jo,", 'name: "Jo, or so",'),
        (
            put("people/jo/title", "AE"),
            "side: seller",
            "side: seller, title: AE",
        ),
        (put("people/sarah/signs", "1"), "mornings\n", "mornings\n    signs: 1\n"),
        (put("steps/review/due", None), between(PLAN, "    due", "\n  # The p"), ""),
        (put("goal/why", "no"), "2026-08-14}", '2026-08-14, why: "no"}'),
        (put("steps/review/owners", ["sarah", "Lee"]), "[sarah]", "[sarah, Lee]"),
        (
            put("summary", "One.\nTwo.\n"),
            "\npeople",
            "\nsummary: |\n  One.\n  Two.\n\npeople",
        ),
        (
            put("steps/pilot/detail", "Two use cases.\n\n# no note\n"),
            "One use case.",
            "Two use cases.",
        ),
        (
            Operation("confirm", "steps/review/due", None, CONFIRMED),
            "four weeks\n",
            "four weeks\n    confirmed: {by: sarah, on: 2026-05-24}\n",
        ),
        (
            put("steps/pilot/evidence", ["A mail", "Yes", {"text": "DPA"}]),
            between(PLAN, "      # Then", "  # Whatever"),
            '      - "Yes"\n      # Then the countersigned one.\n      - {text: DPA}\n',
        ),
    ],
)
def test_a_field_is_written_as_what_is_around_it(
    operation: Operation, old: str, new: str
) -> None:
    """Every other byte stays."""
    assert PLAN.count(old) == 1
    assert write(PLAN, operation) == PLAN.replace(old, new)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("|\n  Old.\n", "|-\n  A text\n  of lines.\n"),
        ("> # why\n  Old\n  one.\n", "|- # why\n  A text\n  of lines.\n"),
        ("Old. # why\n", "|- # why\n  A text\n  of lines.\n"),
        ("'Old\n  one.' # why\n", "|- # why\n  A text\n  of lines.\n"),
        ("# why\n  Old.\n", "# why\n  |-\n  A text\n  of lines.\n"),
    ],
)
def test_a_text_of_lines_becomes_a_block(text: str, new: str) -> None:
    """What was noted behind the old text stays in its line."""
    operation = put("summary", "A text\nof lines.")
    assert write(f"summary: {text}title: A\n", operation) == f"summary: {new}title: A\n"


def test_line_ends_and_marks_are_kept() -> None:
    """A file of another system stays one, and an end that is missing stays missing."""
    text = "\ufeff" + PLAN.replace("\n", "\r\n").removesuffix("\r\n")
    new = write(text, add("risks", {"id": "leave", "text": "On leave"}))
    assert new == f"{text}\r\nrisks:\r\n  - id: leave\r\n    text: On leave"


def test_brackets_with_a_line_for_each_item_keep_it() -> None:
    """The last one gets the comma that it needs."""
    items = "  {id: a, title: A}, # first\n  {id: b, title: B} # last\n"
    text = f"title: A\nsteps: [\n{items}]\n"
    new = write(text, add("steps", {"id": "c", "title": "C"}, "b"))
    assert new == text.replace("B} # last", "B}, # last\n  {id: c, title: C}")
    new = write(text, add("steps", {"id": "c", "title": "C"}, "a"))
    assert new == text.replace("first\n", "first\n  {id: c, title: C},\n")
    new = write(text, remove("steps/a"))
    assert new == text.replace("  {id: a, title: A}, # first\n", "")


def test_items_change_places_with_their_notes() -> None:
    """Empty lines stay where they are."""
    new = write(PLAN, put("steps", ["review", "demo", "pilot"]))
    demo = between(PLAN, "  - id: demo", "  # Priya")
    review = between(PLAN, "  # Priya", "\n  # The pilot")
    assert new == PLAN.replace(demo + review, review + demo)


def test_notes_in_brackets_forbid_another_order() -> None:
    """Nobody can tell whose they are."""
    text = "steps: [{id: a, title: A}, # or\n {id: b, title: B}]\n"
    with pytest.raises(Refused, match="by hand"):
        write(text, put("steps", ["b", "a"]))


def test_several_operations_are_written_together() -> None:
    """The later ones see what the earlier ones wrote; a comment writes nothing."""
    new = write(
        PLAN,
        add("people", {"id": "lee", "name": "Lee"}, "jo"),
        put("steps/review/owners", ["lee"]),
        Operation("comment", "steps/review", None, {"text": "We are on leave."}),
    )
    assert "owners: [lee]" in new
    assert write(PLAN, Operation("comment", "steps/review")) == PLAN


def test_a_plan_stays_one() -> None:
    """What makes its other parts fail is refused, with the reason."""
    with pytest.raises(Refused, match="steps/review/after: expected") as caught:
        write(PLAN.replace("[sarah]", "[sarah]\n    after: demo"), remove("steps/demo"))
    assert "could not be read" in caught.value.reason


def test_what_was_no_plan_can_be_mended() -> None:
    """Its faults need not all go at once."""
    text = "title: A\nstatus: opne\n"
    assert write(text, put("status", "open")) == "title: A\nstatus: open\n"


@pytest.mark.parametrize(
    ("text", "operation", "lines"),
    [
        ("title: A\ntitle: B\n", put("title", "C: D"), '# title\ntitle: "C: D"'),
        ("title: *x\n", put("title", "C"), "# title\ntitle: C"),
        ("title: A\n--- \ntitle: B\n", put("title", "C"), "# title\ntitle: C"),
        (
            "title: A\n",
            add("nothing", {"id": "b", "text": "B"}),
            "# nothing\n- id: b\n  text: B",
        ),
        ("title: A\n", put("title", "a\u2028b"), 'title: "a\u2028b"'),
    ],
)
def test_a_refusal_tells_the_lines_to_type(
    text: str, operation: Operation, lines: str
) -> None:
    """Whoever reads it can do by hand what was not done."""
    with pytest.raises(Refused) as caught:
        write(text, operation)
    assert caught.value.lines == lines
    assert str(caught.value).endswith(lines)


def test_the_order_inside_is_that_of_the_schema() -> None:
    """A field that an item gets has its place here as well."""
    models = Plan.model_json_schema(by_alias=True)["$defs"].values()
    orders = {
        tuple(one for one in m["properties"] if one != "internal") for m in models
    }
    assert {tuple(fields) for fields in INSIDE.values()} <= orders


def test_the_first_right_way_is_taken() -> None:
    """What the editor returns is what it has read again."""
    trial: Trial = next(iter(trials(1, 1)))
    assert trial.after is not None
    new = changed(trial.text.encode(), [trial.operation], "plan.yaml")
    assert parse(new, "plan.yaml").data() == trial.after
