"""Values from outside: read strictly, told with their place, never guessed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from mapsite.errors import MapsiteError
from mapsite.plan.decode import control_in
from mapsite.plan.wording import got, quoted

MOST_TEXT = 4_000
"""Characters of one text."""
MOST_LEVELS = 4
"""Lists and maps inside one another, in one value."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

Value = Any
"""A map, a list, a text or None."""


class Unreadable(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say why something is no suggestion; in one line that may be shown."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


def read_json(raw: bytes) -> object:
    """Return what *raw* says: maps, lists, texts and nothing; raise `Unreadable`."""
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_no_key_twice,
            parse_constant=_no_number,
            parse_int=_no_number,
            parse_float=_no_number,
        )
    except UnicodeDecodeError:
        raise Unreadable("expected text in UTF-8") from None
    except (json.JSONDecodeError, RecursionError):
        raise Unreadable("expected JSON") from None


def value_of(value: object, place: str, levels: int) -> Value:
    """Return *value* as a plan could have it: maps, lists, texts and nothing."""
    if value is None:
        return None
    if isinstance(value, str):
        return prose_of(value, place)
    if isinstance(value, dict | list) and not levels:
        raise Unreadable(f"{place}: expected at most {MOST_LEVELS} levels, got more")
    if isinstance(value, list):
        return [
            value_of(one, f"{place}/{number}", levels - 1)
            for number, one in enumerate(value, 1)
        ]
    if not isinstance(value, dict):
        raise wrong(place, "text, a list or a map", value)
    for key in value:
        like(_KEY, key, place, "keys of letters, digits, - and _")
    return {
        key: value_of(one, f"{place}/{key}", levels - 1) for key, one in value.items()
    }


def prose_of(value: str, place: str) -> str:
    """Return a text of one or more lines, in its normal form."""
    text = unicodedata.normalize("NFC", value)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_TEXT:
        told = f"at most {MOST_TEXT:,} characters, got {len(text):,}"
        raise Unreadable(f"{place}: expected {told}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable(f"{place}: expected text, got half a character") from None
    if fault := control_in(text):
        raise Unreadable(f"{place}: {fault}")
    return text


def line_of(value: object, place: str, most: int) -> str:
    """Return a text of one line."""
    if not isinstance(value, str):
        raise wrong(place, "text", value)
    line = " ".join(prose_of(value, place).split())
    if not line:
        raise Unreadable(f"{place}: expected text, got nothing")
    if len(line) > most:
        told = f"at most {most:,} characters, got {len(line):,}"
        raise Unreadable(f"{place}: expected {told}")
    return line


def optional_line(value: object, place: str, most: int) -> str | None:
    """Return a text of one line, or None where nothing is said."""
    return None if value is None or value == "" else line_of(value, place, most)


def says(value: object) -> bool:
    """Tell whether *value* is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


def like(pattern: re.Pattern[str], value: object, place: str, what: str) -> str:
    """Return a text that *pattern* matches."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise wrong(place, what, value)
    return value


def like_or_nothing(
    pattern: re.Pattern[str], value: object, place: str, what: str
) -> str:
    """Return a text that *pattern* matches, or an empty one where nothing is said."""
    return "" if value is None or value == "" else like(pattern, value, place, what)


def map_of(
    value: object, place: str, needed: frozenset[str], may: frozenset[str] | set[str]
) -> Mapping[str, Value]:
    """Return a map that has all keys it needs, and none that nobody knows."""
    if not isinstance(value, dict):
        raise wrong(place, "a map", value)
    where = f"{place}: " if place else ""
    if unknown := [key for key in value if key not in needed | may]:
        wanted = f"expected {_joined(sorted(needed))}"
        wanted += f", and maybe {_joined(sorted(may - needed))}" if may - needed else ""
        raise Unreadable(f"{where}unknown key {quoted(unknown[0])}; {wanted}")
    if missing := sorted(needed - value.keys()):
        raise Unreadable(f"{where}expected {' and '.join(missing)}, got nothing there")
    return value


def wrong(place: str, what: str, value: object) -> Unreadable:
    """Say that something else than *what* stands at *place*."""
    where = f"{place}: " if place else ""
    told = got(value)
    if not isinstance(value, str | list | dict | None):
        told = "a truth value" if isinstance(value, bool) else "a number"
    return Unreadable(f"{where}expected {what}, got {told}")


def _joined(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _no_key_twice(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("expected each key once")
    return found


def _no_number(text: str) -> Value:
    raise Unreadable(f"expected texts, got the number {quoted(text)}; put it in quotes")
