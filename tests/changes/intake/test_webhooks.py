"""Suggestions in the JSON by which form services tell of an answer."""

from __future__ import annotations

import json

import pytest

from mapsite.changes.block import encode
from mapsite.changes.intake.columns import read_columns
from mapsite.changes.intake.outcome import NeedsPerson, Outcome
from mapsite.changes.intake.webhooks import read_webhook
from mapsite.changes.suggestion import Suggestion
from mapsite.plan.operations import Operation
from tests.changes.intake.arriving import ID, delivery, document, only, task
from tests.changes.intake.services import (
    SENT,
    as_sent,
    formspree,
    netlify,
    tally,
    typeform,
)

COLUMNS = read_columns({"new": "What should it be?", "why": "Why?"})
MOVED = Operation(
    "set", "steps/security-review/due", "2026-05-28", "2026-06-02", why="Report"
)


def read(found: object) -> list[Outcome]:
    """Read JSON that somebody saved."""
    return read_webhook(as_sent(found), COLUMNS, delivery("hook.json"))


@pytest.mark.parametrize("service", SENT)
def test_each_service_is_read(service: str) -> None:
    """Its answer becomes the same suggestion, each time with the same id."""
    found = only(read(SENT[service]()))
    assert found.operations == (MOVED,)
    assert found.plan == "acme-pilot"
    assert found.by.name == "unknown"
    assert found == only(read(SENT[service]()))


@pytest.mark.parametrize("service", SENT)
def test_a_date_in_other_words_needs_a_person(service: str) -> None:
    """The JSON is handed on as it came."""
    found = task(read(SENT[service]("03/04/2026")))
    assert found.original == as_sent(SENT[service]("03/04/2026"))
    assert found.name == "hook.json"


def test_a_choice_is_what_it_says() -> None:
    """Services send numbers of choices; one is a value, several are none."""
    options = [{"id": "o1", "text": "2026-06-02"}, {"id": "o2", "text": "2026-06-09"}]
    sent = tally(["o1"])
    sent["data"]["fields"][4]["options"] = options
    assert only(read(sent)).operations == (MOVED,)
    sent["data"]["fields"][4]["value"] = ["o1", "o2"]
    assert "several answers" in task(read(sent)).reason


def test_an_unfinished_answer_needs_a_person() -> None:
    """Some services send what was typed so far."""
    sent = typeform() | {"event_type": "form_response_partial"}
    assert "not finished" in task(read(sent)).reason
    assert "something else" in task(read(tally() | {"eventType": "TEST"})).reason


def test_a_list_of_answers_is_read_one_by_one() -> None:
    """Each has its own outcome, and its own original."""
    sent = [tally(), json.loads(document()), formspree("soon"), "text"]
    found = read(sent)
    suggestions = [one for one in found if isinstance(one, Suggestion)]
    persons = [one for one in found if isinstance(one, NeedsPerson)]
    assert len(found) == len(sent)
    assert {one.id == ID for one in suggestions} == {True, False}
    assert {one.name for one in persons} == {
        "hook.json, answer 3",
        "hook.json, answer 4",
    }


def test_what_a_page_wrote_travels_in_a_field() -> None:
    """One hidden field may hold the whole block."""
    assert only(read({"block": encode(document())})).id == ID


def test_fields_inside_others_have_names_with_dots() -> None:
    """Any service's JSON can be mapped."""
    columns = read_columns({"plan": "form.plan", "comment": "answer.text"})
    sent = {"form": {"plan": "acme"}, "answer": {"text": "Hi", "n": None}}
    found = only(read_webhook(as_sent(sent), columns, delivery("hook.json")))
    assert found.plan == "acme"
    assert found.operations == (Operation("comment", "", new={"text": "Hi"}),)


def test_answers_to_unknown_questions_are_told() -> None:
    """They are handed on beside what was understood."""
    sent = netlify()
    sent["data"]["Anything else?"] = "Call me"
    first, person = read(sent)
    assert isinstance(first, Suggestion)
    assert isinstance(person, NeedsPerson)
    assert "Anything else?" in person.reason


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b'"text"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * 950 + b"1" + b"}" * 950,
        b"[" * 950 + b"1" + b"]" * 950,
        b'{"data": {"fields": [3, null, {"label": {}, "value": {"a": 1}}]}}',
        b'{"form_response": {"answers": {}, "hidden": 3, "definition": 4}}',
        b'{"form": 1, "submission": {"new": {"a": {"b": []}}}}',
        b'{"form_id": 1, "data": {"new": 1e999, "plan": "\\ud800"}}',
        b'{"plan": "\\ud800", "new": "\\ud800", "path": "steps/x/title"}',
        b'{"mapsite": "change/1", "id": 3}',
        b'{"n": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe{",
        b'{"new": ["a", "b"], "plan": "acme", "path": "steps/x/title"}',
    ],
)
def test_strange_json_needs_a_person(raw: bytes) -> None:
    """Whatever shape it has, it is handed on."""
    found = read_webhook(raw, {}, delivery("hook.json"))
    assert task(found).original == raw
