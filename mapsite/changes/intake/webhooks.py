"""Suggestions out of the JSON by which form services tell of an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from mapsite.changes.intake.answers import Answer, read_answers
from mapsite.changes.intake.columns import Cell, Columns
from mapsite.changes.intake.outcome import (
    Arrivals,
    Delivery,
    Outcome,
    file_origin,
    needs_person,
    too_large,
)
from mapsite.changes.intake.paths import Json, is_deep
from mapsite.changes.suggestion import FORMAT, Unreadable, suggestion_of

MOST_ITEMS = 5_000
_MOST_LEVELS = 6
_SEVERAL = "several answers to one question"


def read_webhook(raw: bytes, columns: Columns, delivery: Delivery) -> list[Outcome]:
    """Read what a form service sent: one answer, or a list of them.

    Whether it was the service that sent it, the inbox has made sure of.
    """
    if large := too_large(raw, delivery.name):
        return large
    try:
        document = load_json(raw)
    except Unreadable as error:
        return [needs_person([error.reason], raw, delivery.name)]
    return _outcomes(document, columns, delivery, raw)


def load_json(raw: bytes) -> Json:
    """Return what *raw* says; raise `Unreadable` where it is no JSON."""
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable("expected JSON") from None
    if is_deep(found):
        raise Unreadable("expected JSON of fewer levels")
    return found


def service_of(document: Json) -> str:
    """Return which service writes such JSON; ``generic`` if none that is known."""
    if not isinstance(document, dict):
        return "generic"
    inner = document.get("data")
    if isinstance(inner, dict) and isinstance(inner.get("fields"), list):
        return "tally"
    if isinstance(document.get("form_response"), dict):
        return "typeform"
    if isinstance(inner, dict) and {"form_id", "form_name"} & document.keys():
        return "netlify"
    if isinstance(document.get("submission"), dict) and "form" in document:
        return "formspree"
    return "generic"


def _outcomes(
    document: Json, columns: Columns, delivery: Delivery, raw: bytes
) -> list[Outcome]:
    items = document if isinstance(document, list) else [document]
    if len(items) > MOST_ITEMS or not items:
        told = f"expected 1 to {MOST_ITEMS:,} answers, got {len(items):,}"
        return [needs_person([told], raw, delivery.name)]
    arrivals = Arrivals()
    answers: list[Answer] = []
    for number, item in enumerate(items, 1):
        original = raw if len(items) == 1 else written(item)
        place = "" if len(items) == 1 else f"answer {number}"
        part = delivery.part(place) if place else delivery
        try:
            if isinstance(item, dict) and item.get("mapsite") == FORMAT:
                found = suggestion_of(item)
                arrivals.take(found.taken(file_origin(part), delivery.received))
            else:
                answer = answer_of(item)
                answers.append(answer._replace(place=place, original=original))
        except Unreadable as error:
            arrivals.take(needs_person([error.reason], original, part.name))
    for outcome in read_answers(answers, columns, delivery, "form"):
        arrivals.take(outcome)
    return arrivals.outcomes


def answer_of(document: Json) -> Answer:
    """Return the answer that one webhook tells of; raise `Unreadable`."""
    if not isinstance(document, dict):
        raise Unreadable("expected the JSON of an answer, got something else")
    return _READERS[service_of(document)](document)._replace(whole=False)


def _tally(document: dict[str, Json]) -> Answer:
    inner = document["data"]
    if document.get("eventType", "FORM_RESPONSE") != "FORM_RESPONSE":
        raise Unreadable("it tells of something else than an answer")
    cells = []
    for field in filter(_is_map, inner["fields"]):
        texts = {
            one.get("id"): one.get("text")
            for one in filter(_is_map, _list(field.get("options")))
            if isinstance(one.get("id"), str)
        }
        value = field.get("value")
        if isinstance(value, list):
            value = [texts.get(one, one) for one in value if isinstance(one, str)]
        names = (_text(field.get("label")), _text(field.get("key")))
        cells.append(cell_of(names, value))
    answer_id = inner.get("responseId") or inner.get("submissionId")
    return Answer(tuple(cells), "", _text(answer_id), _text(inner.get("createdAt")))


def _typeform(document: dict[str, Json]) -> Answer:
    inner = document["form_response"]
    if document.get("event_type", "form_response") != "form_response":
        raise Unreadable("the answer was not finished")
    definition = inner.get("definition")
    asked = definition.get("fields") if isinstance(definition, dict) else None
    titles = {
        _text(field.get("id")): _text(field.get("title"))
        for field in filter(_is_map, _list(asked))
    }
    cells = []
    for answer in filter(_is_map, _list(inner.get("answers"))):
        asked = answer.get("field")
        field = asked if isinstance(asked, dict) else {}
        one = _text(field.get("id"))
        names = (titles.get(one, one), _text(field.get("ref")), one)
        cells.append(cell_of(names, _typeform_value(answer)))
    hidden = inner.get("hidden")
    told = hidden.items() if isinstance(hidden, dict) else ()
    cells += [cell_of((name,), value) for name, value in told]
    ids = _text(inner.get("token") or document.get("event_id"))
    return Answer(tuple(cells), "", ids, _text(inner.get("submitted_at")))


def _typeform_value(answer: dict[str, Json]) -> Json:
    value = answer.get(_text(answer.get("type")))
    if not isinstance(value, dict):
        return value
    told = value.get("label") or value.get("labels") or value.get("other")
    return told if told is not None else value


def _netlify(document: dict[str, Json]) -> Answer:
    cells = [cell_of((name,), value) for name, value in document["data"].items()]
    ids = _text(document.get("id"))
    return Answer(tuple(cells), "", ids, _text(document.get("created_at")))


def _formspree(document: dict[str, Json]) -> Answer:
    told = dict(document["submission"])
    at = _text(told.pop("_date", ""))
    ids = _text(told.pop("_id", "") or document.get("id"))
    cells = [cell_of((name,), value) for name, value in told.items()]
    return Answer(tuple(cells), "", ids, at)


def _generic(document: dict[str, Json]) -> Answer:
    cells = [
        cell_of((name,), value) for name, value in _flat(document, "", _MOST_LEVELS)
    ]
    return Answer(tuple(cells))


def _flat(
    document: dict[str, Json], above: str, levels: int
) -> Iterator[tuple[str, Json]]:
    """Yield what stands in maps inside one another, by names like ``fields.new``."""
    for key, value in document.items():
        name = f"{above}{key}"
        if _is_map(value) and levels:
            yield from _flat(value, f"{name}.", levels - 1)
        else:
            yield name, value


def cell_of(names: tuple[str, ...], value: Json) -> Cell:
    """Return what was said to a question that is called *names*."""
    known = tuple(name for name in names if name) or ("",)
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(one, dict | list):
        return Cell(
            known, written(one).decode() if one else "", _SEVERAL if one else ""
        )
    return Cell(known, _text(one))


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else "" if value is None else str(value)


def written(value: Json) -> bytes:
    """Return *value* as JSON that people can read."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _is_map(value: Json) -> bool:
    return isinstance(value, dict)


_READERS: dict[str, Callable[[dict[str, Json]], Answer]] = {
    "tally": _tally,
    "typeform": _typeform,
    "netlify": _netlify,
    "formspree": _formspree,
    "generic": _generic,
}
