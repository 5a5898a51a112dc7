"""Suggestions in the JSON by which form services tell of an answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from mapsite.changes.block import encode
from mapsite.changes.intake.columns import read_columns
from mapsite.changes.intake.outcome import NeedsPerson, Outcome
from mapsite.changes.intake.webhooks import read_webhook
from mapsite.changes.suggestion import Suggestion
from mapsite.plan.operations import Operation
from tests.changes.intake.arriving import ID, delivery, document, only, task

SECRET = "a secret of the team"  # noqa: S105  # of these tests alone
SECRETS = dict.fromkeys(("tally", "typeform", "netlify"), SECRET)
COLUMNS = read_columns({"new": "What should it be?", "why": "Why?"})
MOVED = Operation(
    "set", "steps/security-review/due", "2026-05-28", "2026-06-02", why="Report"
)
HIDDEN = {
    "plan": "acme-pilot",
    "item": "steps/security-review",
    "field": "due",
    "old": "2026-05-28",
}


def tally(new: object = "2026-06-02", **more: object) -> dict[str, Any]:
    """Return what Tally sends."""
    asked = [
        *((key, key, "HIDDEN_FIELDS", value) for key, value in HIDDEN.items()),
        ("question_1", "What should it be?", "INPUT_DATE", new),
        ("question_2", "Why?", "TEXTAREA", "Report"),
        ("question_3", "Comment", "TEXTAREA", None),
    ]
    fields = [
        {"key": key, "label": label, "type": kind, "value": value}
        for key, label, kind, value in asked
    ]
    told = {"responseId": "2wgx4n", "createdAt": "2026-05-26T09:14:02.000Z"}
    return {
        "eventId": "e1",
        "eventType": "FORM_RESPONSE",
        "createdAt": "2026-05-26T09:14:03.000Z",
        "data": {**told, "formId": "f1", "fields": fields} | more,
    }


def typeform(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what Typeform sends."""
    asked = [
        ("a1", "What should it be?", "date", new),
        ("a2", "Why?", "text", "Report"),
    ]
    return {
        "event_id": "e1",
        "event_type": "form_response",
        "form_response": {
            "form_id": "f1",
            "token": "a3a12ec67a1365927098a606107fac15",
            "submitted_at": "2026-05-26T09:14:02Z",
            "hidden": HIDDEN,
            "definition": {
                "fields": [{"id": one, "title": title} for one, title, *_ in asked]
            },
            "answers": [
                {"type": kind, kind: value, "field": {"id": one, "ref": f"r-{one}"}}
                for one, _, kind, value in asked
            ],
        },
    }


def netlify(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what Netlify sends."""
    typed = {"What should it be?": new, "Why?": "Report", "ip": "192.0.2.1"}
    return {
        "id": "5e7e1c2d3f4a5b6c7d8e9f00",
        "form_id": "f1",
        "form_name": "change",
        "created_at": "2026-05-26T09:14:02.000Z",
        "data": HIDDEN | typed,
    }


def formspree(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what Formspree sends."""
    typed = {"What should it be?": new, "Why?": "Report"}
    return {
        "form": "xyz",
        "submission": {"_date": "2026-05-26T09:14:02Z", **HIDDEN, **typed},
    }


def generic(new: str = "2026-06-02") -> dict[str, Any]:
    """Return what any other service might send."""
    return HIDDEN | {"What should it be?": new, "Why?": "Report", "id": 17}


SENT = {
    "tally": tally,
    "typeform": typeform,
    "netlify": netlify,
    "formspree": formspree,
    "generic": generic,
}


def as_sent(found: object) -> bytes:
    """Return *found* as JSON."""
    return json.dumps(found, ensure_ascii=False).encode()


def read(found: object) -> list[Outcome]:
    """Read JSON that somebody saved."""
    return read_webhook(as_sent(found), COLUMNS, delivery("hook.json"))


def signed(service: str, raw: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the headers with which *service* signs *raw*."""

    def mac(text: bytes) -> bytes:
        return hmac.new(secret.encode(), text, hashlib.sha256).digest()

    def part(claims: object) -> str:
        return base64.urlsafe_b64encode(as_sent(claims)).rstrip(b"=").decode()

    if service == "tally":
        return {"Tally-Signature": base64.b64encode(mac(raw)).decode()}
    if service == "typeform":
        told = base64.b64encode(mac(raw)).decode()
        return {"typeform-signature": f"sha256={told}"}
    claims = {"iss": "netlify", "sha256": hashlib.sha256(raw).hexdigest()}
    token = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    ending = base64.urlsafe_b64encode(mac(token.encode())).rstrip(b"=").decode()
    return {"X-Webhook-Signature": f"{token}.{ending}"}


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


@pytest.mark.parametrize("service", SECRETS)
def test_only_what_is_signed_is_taken_from_a_network(service: str) -> None:
    """A wrong secret, another body, another service or no signature is handed on."""
    raw, other = as_sent(SENT[service]()), as_sent(SENT[service]("2026-06-03"))
    headers = signed(service, raw)

    def taken(body: bytes, headers: dict[str, str] | None) -> bool:
        [found] = read_webhook(body, COLUMNS, delivery("hook"), headers, SECRETS)
        return isinstance(found, Suggestion)

    assert taken(raw, headers)
    assert taken(raw, None)
    assert not taken(other, headers)
    assert not taken(raw, {})
    assert not taken(raw, dict.fromkeys(headers, ""))
    assert not taken(raw, dict.fromkeys(headers, "\u00e9"))
    assert not taken(raw, dict.fromkeys(headers, "a.b.c"))
    assert not taken(raw, signed(service, raw, "another"))
    assert not taken(as_sent(generic()), signed(service, as_sent(generic())))


def test_a_token_without_an_algorithm_is_no_signature() -> None:
    """Tokens may claim that nothing was to be signed."""
    raw = as_sent(netlify())
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode()
    claims = as_sent({"sha256": hashlib.sha256(raw).hexdigest()})
    body = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
    headers = {"X-Webhook-Signature": f"{head}.{body}."}
    found = read_webhook(raw, COLUMNS, delivery("hook"), headers, SECRETS)
    assert "signature" in task(found).reason


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
