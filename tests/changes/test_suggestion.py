"""A suggestion is read to the last key, or refused with the place of the fault."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.changes.suggestion import (
    MOST_BYTES,
    Origin,
    Sender,
    Unreadable,
    as_json,
    read_kept,
    read_suggestion,
)
from mapsite.plan.operations import Operation
from tests.changes.plans import ID, adds, raw, sets, suggestion

MOVE = sets("steps/demo/due", "2026-05-28", "2026-06-02", why="report is late")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_reads_what_a_client_sends() -> None:
    """Every part has its place, and nothing is added."""
    found = suggestion(MOVE, adds("people", name="Lee", roles=["legal"]))
    assert found.id == ID
    assert (found.plan, found.base, found.at) == (
        "acme",
        "9f3c2a1b77aa",
        "2026-05-26T09:14:02Z",
    )
    assert found.by == Sender("Priya N.", "priya")
    assert found.operations == (
        Operation(
            "set", "steps/demo/due", "2026-05-28", "2026-06-02", why="report is late"
        ),
        Operation("add", "people", new={"name": "Lee", "roles": ["legal"]}),
    )
    assert (found.source, found.received) == (None, None)


def test_every_operation_of_the_vocabulary_is_read() -> None:
    """The seven of them, with no more than they need."""
    ops: list[dict[str, Any]] = [
        {"op": "set", "path": "steps/demo/due", "new": None},
        {"op": "confirm", "path": "steps/demo/due"},
        {"op": "add", "path": "steps", "value": {"title": "Legal"}, "after": "demo"},
        {"op": "ask", "path": "questions", "value": {"text": "Why?"}},
        {"op": "answer", "path": "questions/term", "new": "One."},
        {"op": "comment", "path": "", "value": {"text": "Thanks."}},
        {"op": "remove", "path": "steps/demo", "old": {"title": "Demo"}},
    ]
    found = suggestion(*ops).operations
    assert [one.op for one in found] == [op["op"] for op in ops]
    assert found[2].after == "demo"


def test_what_is_written_is_read_again() -> None:
    """As JSON it is the same suggestion, in bytes that depend on nothing else."""
    sent = suggestion(MOVE, adds("steps", title="A", due="2026-06-01"))
    noon = datetime(2026, 5, 26, 12, 0, 0, 7, tzinfo=timezone(timedelta(hours=2)))
    kept = sent.taken(Origin("mail", "<1@acme.example>"), noon)
    assert kept.received == datetime(2026, 5, 26, 10, tzinfo=UTC)
    assert read_kept(as_json(kept)) == kept
    other = suggestion(MOVE, adds("steps", due="2026-06-01", title="A"))
    assert as_json(other) == as_json(sent)
    assert kept.content == sent.content == as_json(sent)


def test_texts_are_brought_into_one_form() -> None:
    """Accents, line ends and spaces in names are not a matter of the keyboard."""
    found = suggestion(
        {"op": "answer", "path": "questions/a", "new": "Cafe\u0301\r\nau lait"},
        {"op": "confirm", "path": "steps/a/due", "old": "tbd", "why": " a\nb "},
        by={"name": "  Zoe\u0308   N. ", "email": ""},
    )
    assert found.operations[0].new == "Caf\u00e9\nau lait"
    assert found.operations[1].why == "a b"
    assert found.by == Sender("Zo\u00eb N.")


@pytest.mark.parametrize(
    ("ops", "reason"),
    [
        ([], "ops: expected 1 to 50 operations, got 0 of them"),
        ([MOVE] * 51, "ops: expected 1 to 50 operations, got 51 of them"),
        (["x"], 'ops/1: expected a map, got "x"'),
        (
            [{"op": "delete", "path": "steps/a"}],
            (
                "ops/1/op: expected one of add, answer, ask, comment, confirm, remove,"
                ' set, got "delete"'
            ),
        ),
        (
            [MOVE | {"x": "yes"}],
            'ops/1: unknown key "x"; expected new, op and path, and maybe old and why',
        ),
        (
            [{"op": "set", "path": "title"}],
            "ops/1: expected new, got nothing there",
        ),
        (
            [sets("steps//due", None, "x")],
            'ops/1/path: expected a path like steps/demo/due, got "steps//due"',
        ),
        (
            [sets("../mkdocs.yml", None, "x")],
            'ops/1/path: expected a path like steps/demo/due, got "../mkdocs.yml"',
        ),
        (
            [adds("sections", title="x")],
            (
                "ops/1/path: expected one of criteria, documents, metrics, people,"
                ' questions, risks, steps, got "sections"'
            ),
        ),
        (
            [adds("people", id="sarah", name="x")],
            "ops/1/value: expected a map of fields, without an id, got a map",
        ),
        (
            [{"op": "comment", "path": "", "value": {"text": " "}}],
            'ops/1/value/text: expected text, got ""',
        ),
        (
            [{"op": "answer", "path": "steps/demo", "new": "x"}],
            'ops/1/path: expected a question like questions/term, got "steps/demo"',
        ),
        (
            [sets("steps/demo/due", None, "\u202e2026")],
            "ops/1/new: expected no invisible control characters, got U+202E",
        ),
        (
            [sets("steps/demo/note", None, "x" * 4001)],
            "ops/1/new: expected at most 4,000 characters, got 4,001",
        ),
        (
            [sets("steps/demo/note", None, [[[[["x"]]]]])],
            "ops/1/new/1/1/1/1: expected at most 4 levels, got more",
        ),
        (
            [sets("steps/demo/note", None, {"a b": "x"})],
            'ops/1/new: expected keys of letters, digits, - and _, got "a b"',
        ),
        (
            [sets("steps/demo/note", None, True)],  # noqa: FBT003  # what JSON says
            "ops/1/new: expected text, a list or a map, got a truth value",
        ),
        (
            [sets("criteria/cost/weight", "4", 5)],
            'expected texts, got the number "5"; put it in quotes',
        ),
    ],
)
def test_what_no_client_sends_is_refused(ops: list[Any], reason: str) -> None:
    """Nothing unknown is passed over; the reason names the place."""
    with pytest.raises(Unreadable) as caught:
        suggestion(*ops)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"mapsite": "change/2"}, "mapsite"),
        ({"id": "../../etc/passwd0"}, "id"),
        ({"id": "-" * 26}, "id"),
        ({"id": ID[:15]}, "id"),
        ({"plan": "../other"}, "plan"),
        ({"plan": "con"}, "plan"),
        ({"base": "9F3C"}, "base"),
        ({"at": "03/04/2026"}, "at"),
        ({"by": {"name": ""}}, "by/name"),
        ({"by": {"name": "x" * 121}}, "by/name"),
        ({"by": {"name": "x", "id": "No Id"}}, "by/id"),
        ({"by": {"name": "x", "email": "a@b, c@d"}}, "by/email"),
        ({"by": {"name": "x", "admin": "yes"}}, "by"),
        ({"source": {"channel": "Mail!"}}, "source/channel"),
        ({"received_at": "2026-05-26T09:14:02"}, "received_at"),
        ({"more": "x"}, 'unknown key "more"'),
    ],
)
def test_a_part_that_is_wrong_is_named(fields: dict[str, Any], place: str) -> None:
    """What is wrong is told by its place in the document."""
    with pytest.raises(Unreadable) as caught:
        read_suggestion(raw(MOVE, **fields))
    assert caught.value.reason.startswith(place)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe{\x00}\x00",
        b'{"mapsite":"change/1","mapsite":"change/1"}',
        b'{"mapsite": NaN}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b" " * (MOST_BYTES + 1),
        raw(sets("steps/a/due", None, "x")).replace(b'"x"', b'"\\ud800"'),
        raw(sets("steps/a/due", None, "x")).replace(b'"x"', b"9" * 5000),
    ],
)
def test_what_is_no_json_of_a_map_is_refused(sent: bytes) -> None:
    """However it is broken, the answer is one reason and nothing worse."""
    with pytest.raises(Unreadable) as caught:
        read_suggestion(sent)
    assert caught.value.reason.isprintable()


def test_a_byte_order_mark_is_no_fault() -> None:
    """Some editors write one when a downloaded file is saved again."""
    assert read_suggestion(b"\xef\xbb\xbf" + raw(MOVE)) == suggestion(MOVE)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["ops", "by", "id", "at", "plan"]), JSON), JSON)
def test_whatever_comes_is_a_suggestion_or_a_reason(fields: Any, op: Any) -> None:  # noqa: ANN401  # any JSON
    """No JSON makes anything else happen."""
    sent = json.dumps(json.loads(raw(op)) | fields).encode()
    try:
        found = read_suggestion(sent)
    except Unreadable as fault:
        reason = fault.reason
    else:
        reason = ""
        assert read_kept(as_json(found)) == found
    assert not reason or reason.isprintable()
    assert len(reason) < 300
