"""How a value is written in a plan: in one line, or in lines of its own.

Texts get quotes wherever any reader of YAML could take them for something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

Value = str | bool | int | date | Sequence["Value"] | Mapping[str, "Value"]
"""What can be written; texts, truths, whole numbers and days are read as texts."""

MOST_WIDTH = 88
_STEP = "  "

_PLAIN = re.compile(r"[^\W_](?:[\w .'&()/+%;!?=*~-]*[\w.)%!?])?")
"""Texts that may mean the same with and without quotes, in brackets too."""
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NO_TEXT = re.compile(
    r"[yn]|yes|no|on|off|true|false|null|nan|inf"
    r"|[\d_]+(?:\.[\d_]*)?(?:e[+-]?\d+)?|0x[\da-f_]+|0o[0-7_]+|0b[01_]+"
    r"|\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?",
    re.IGNORECASE | re.ASCII,
)
"""What some reader of YAML takes for a truth, a number or a time."""


class InLines(dict[str, Value]):
    """Hold a map that has a line for each field, however short it is."""


class Lines(NamedTuple):
    """Say how the lines of a file are made."""

    indent: str
    """What stands before a line of the same map."""
    end: str
    """What ends each line."""

    def deeper(self) -> Lines:
        """Return how the lines of a value in it are made."""
        return self._replace(indent=self.indent + _STEP)


def texts_of(value: Value) -> object:
    """Return *value* as a plan's tree has it: maps, lists and texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {key: texts_of(one) for key, one in value.items()}
    return [texts_of(one) for one in value]


def in_line(value: Value) -> str:
    """Write *value* in one line, maps and lists in brackets."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(field(key, one) for key, one in value.items())}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(in_line, value))}]"
    return str(texts_of(value))


def field(key: str, value: Value) -> str:
    """Write one field of a map in one line."""
    return f"{_key(key)}: {in_line(value)}"


def field_in_lines(key: str, value: Value, lines: Lines) -> str:
    """Write one field of a map that has a line for each, without the last line end."""
    below = lines.deeper()
    fits = len(lines.indent) + len(field(key, value)) <= MOST_WIDTH
    start = f"{_key(key)}:{lines.end}{below.indent}"
    between = f"{lines.end}{below.indent}"
    if isinstance(value, str) and "\n" in value:
        return f"{_key(key)}: {block(value, below)}"
    if isinstance(value, Mapping) and value and (_needs_lines(value) or not fits):
        return start + between.join(
            field_in_lines(name, one, below) for name, one in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str) and not fits:
        return start + between.join(f"- {in_line(one)}" for one in value)
    return field(key, value)


def block(text: str, lines: Lines) -> str:
    """Write *text* as a block of lines, which keeps its line ends."""
    body = text.rstrip("\n")
    mark = "|" if text.endswith("\n") else "|-"
    written = [f"{lines.indent}{line}" if line else "" for line in body.split("\n")]
    return lines.end.join([mark, *written])


def single_quoted(text: str) -> str:
    """Write *text* in single quotes."""
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


def double_quoted(text: str) -> str:
    """Write *text* in double quotes; a JSON string is a YAML string."""
    return json.dumps(text.encode(errors="replace").decode(), ensure_ascii=False)


def _key(key: str) -> str:
    # Keys are always texts in a plan, `on` and `no` too.
    return key if _WORD.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and not _NO_TEXT.fullmatch(text)
    # Plans write their days without quotes.
    return text if plain or _DAY.fullmatch(text) else double_quoted(text)


def _needs_lines(value: Mapping[str, Value]) -> bool:
    inside = any(isinstance(one, Mapping) for one in value.values())
    return inside or isinstance(value, InLines)
