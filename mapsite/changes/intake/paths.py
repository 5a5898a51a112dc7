"""Where something stands in JSON: ``data.plan``, ``answers[field.ref=due].date``.

Names in a map are put behind one another with dots; one that has dots itself stands in
quotes. In a list, ``[name=value]`` is the first map that says so, ``[last]`` the last.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from mapsite.errors import MapsiteError
from mapsite.plan.wording import quoted

Json = Any
"""What JSON says."""
Address = tuple[str | int, ...]
"""The names and numbers that lead to one place of one document."""

_STEP = re.compile(
    r'(?:^|\.)(?:"(?P<quoted>[^"]+)"|(?P<name>[^.\[\]"]+))'
    r"|\[(?:(?P<last>last)|(?P<of>[^\[\]=]+)=(?P<wanted>[^\[\]]+))\]"
)
_MOST = 300
_MOST_LEVELS = 100


class Key(NamedTuple):
    """Lead to what has a name."""

    name: str


class Pick(NamedTuple):
    """Lead to the first of a list that says something, or to the last."""

    of: tuple[Key | Pick, ...] = ()
    wanted: str = ""


Path = tuple[Key | Pick, ...]


class Place(NamedTuple):
    """Hold what was found where a path leads."""

    address: Address
    value: Json


def read_path(text: str) -> Path:
    """Read a path; raise MapsiteError where it is none. An empty one is the whole."""
    steps: list[Key | Pick] = []
    end = 0
    while end < len(text):
        found = _STEP.match(text, end)
        if found is None or len(text) > _MOST:
            raise MapsiteError(
                f"expected a path like data.plan, got {quoted(text[:_MOST])}"
            )
        end = found.end()
        if found["last"]:
            steps.append(Pick())
        elif found["of"]:
            steps.append(Pick(read_path(found["of"]), found["wanted"]))
        else:
            steps.append(Key(found["quoted"] or found["name"]))
    return tuple(steps)


def find(document: Json, path: Path) -> Place | None:
    """Return where *path* leads in *document*; None where there is nothing."""
    address: Address = ()
    for step in path:
        at = _key_in(document, step)
        if at is None:
            return None
        address, document = (*address, at), document[at]
    return Place(address, document)


def text_of(value: Json) -> str:
    """Return a single value as text; nothing for maps and lists."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or isinstance(value, dict | list) else str(value)


def is_deep(document: Json) -> bool:
    """Tell whether more stands inside one another than can be written down again."""
    layer = [document]
    for _ in range(_MOST_LEVELS):
        inner = [
            one.values() if isinstance(one, dict) else one
            for one in layer
            if isinstance(one, dict | list)
        ]
        layer = [value for values in inner for value in values]
    return bool(layer)


def _key_in(document: Json, step: Key | Pick) -> str | int | None:
    if isinstance(step, Key):
        known = isinstance(document, dict) and step.name in document
        return step.name if known else None
    if not isinstance(document, list) or not document:
        return None
    if not step.of:
        return len(document) - 1
    for number, one in enumerate(document):
        place = find(one, step.of)
        if place and text_of(place.value) == step.wanted:
            return number
    return None
