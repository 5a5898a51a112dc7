"""Suggestions out of the items of a list in JSON, as the settings map them.

Whatever somebody said beside the mapped answers goes to a person: nothing is dropped
because nobody thought of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from mapsite.changes.intake.answers import Answer, read_answers
from mapsite.changes.intake.columns import is_added_by_services
from mapsite.changes.intake.outcome import Delivery, NeedsPerson, Outcome, needs_person
from mapsite.changes.intake.paths import (
    Address,
    Json,
    Path,
    Pick,
    Place,
    find,
    text_of,
)
from mapsite.changes.intake.sources import Source
from mapsite.changes.intake.webhooks import cell_of, written

_NUMBERS = frozenset({"id", "at"})
"""What services say of an answer, beside which they say much else."""
_MOST_NAME = 60


def read_rows(items: Iterable[Json], source: Source, now: datetime) -> list[Outcome]:
    """Return what becomes of each of *items*."""
    delivery = Delivery(f"source {source.name}", now)
    answers: list[Answer] = []
    odd: list[Outcome] = []
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            answers.append(_answer(item, source, number))
        else:
            part = delivery.part(f"item {number}")
            odd.append(_no_map(item, part.name))
    return [*read_answers(answers, {}, delivery, "form"), *odd]


def _no_map(item: Json, name: str) -> NeedsPerson:
    return needs_person(["expected a map of answers"], written(item), name)


def _answer(item: Json, source: Source, number: int) -> Answer:
    places = {name: find(item, path) for name, path in source.fields.items()}
    cells = [cell_of((name,), place.value) for name, place in places.items() if place]
    own = places.get("id")
    told = text_of(own.value)[:_MOST_NAME] if own else ""
    return Answer(
        tuple(cells),
        told or f"item {number}",
        original=written(_without(item, source.ignore)),
        whole=False,
        beside=tuple(_beside(item, source, places.values())),
    )


def _beside(
    item: Json, source: Source, places: Iterable[Place | None]
) -> Iterator[str]:
    """Yield where somebody said something that no field takes."""
    ignored = [place for path in source.ignore if (place := find(item, path))]
    taken = [place.address for place in (*places, *ignored) if place]
    seen: set[Address] = set()
    for name, path in source.fields.items():
        if name in _NUMBERS or not path:
            continue
        depth = max(
            (n for n, one in enumerate(path) if isinstance(one, Pick)), default=-1
        )
        above = find(item, path[: depth if depth >= 0 else -1])
        if above is None or above.address in seen:
            continue
        seen.add(above.address)
        tails = _tails(source, path[:depth]) if depth >= 0 else []
        for at, value in _children(above):
            address = (*above.address, at)
            is_taken = any(one[: len(address)] == address for one in taken)
            if not (is_taken or _is_silent(at, value, tails)):
                yield ".".join(map(str, address))


def _children(above: Place) -> Iterator[tuple[str | int, Json]]:
    if isinstance(above.value, dict):
        yield from above.value.items()
    elif isinstance(above.value, list):
        yield from enumerate(above.value)


def _tails(source: Source, above: Path) -> list[Path]:
    """Return where the items of the list at *above* have their answers."""
    depth = len(above)
    return [
        path[depth + 1 :]
        for path in source.fields.values()
        if len(path) > depth and path[:depth] == above and isinstance(path[depth], Pick)
    ]


def _is_silent(at: str | int, value: Json, tails: Iterable[Path]) -> bool:
    """Tell whether nobody said anything there."""
    if _is_nothing(value) or (isinstance(at, str) and is_added_by_services(at)):
        return True
    answers = (find(value, tail) for tail in tails)
    return any(place and _is_nothing(place.value) for place in answers)


def _is_nothing(value: Json) -> bool:
    return value is None or value in ("", [], {})


def _without(item: Json, ignored: Iterable[Path]) -> Json:
    """Return a copy of *item* that lacks what the settings ignore."""
    copy = json.loads(json.dumps(item))
    for path in ignored:
        place = find(copy, path)
        above = find(copy, path[:-1]) if path else None
        if place and above:
            del above.value[place.address[-1]]
    return copy
