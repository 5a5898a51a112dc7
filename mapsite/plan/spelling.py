"""How a value is written in a plan: in one line, or in lines of its own.

Texts get quotes wherever any reader of YAML could take them for something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeGuard

from mapsite.plan.nodes import Mapping as Fields, Node, Sequence as Items

Value = str | bool | int | date | Sequence["Value | None"] | Mapping[str, "Value"]
"""What can be written; texts, truths, whole numbers and days are read as texts."""

MOST_WIDTH = 88
MOST_TEXT = 160
"""Characters of a text in one line, where it may have lines of its own."""

_PLAIN = re.compile(r"[^\W_](?:[\w .'&()/+%;!?=*~-]*[\w.)%!?])?")
"""Texts that may mean the same with and without quotes, in brackets too."""
_PLAIN_IN_LINES = re.compile(r"[\w$€£(/](?:.*\S)?")
"""The same outside of brackets."""
_MARKS = re.compile(r": |:$| #")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
_TRUTH = re.compile(r"true|false")
_NO_TEXT = re.compile(
    r"[yn]|yes|no|on|off|true|false|null|nan|inf"
    r"|[\d_,.:]+(?:e[+-]?\d+)?|0x[\da-f_]+|0o[0-7_]+|0b[01_]+"
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
    step: str = "  "
    """How much deeper a map inside stands."""
    dash: str = "  "
    """How much deeper the dashes of a list inside stand."""

    def deeper(self) -> Lines:
        """Return how the lines of a value in it are made."""
        return self._replace(indent=self.indent + self.step)

    def dashes(self) -> Lines:
        """Return how the lines of a list in it are made."""
        return self._replace(indent=self.indent + self.dash)


def texts_of(value: Value | None) -> object:
    """Return *value* as a plan's tree has it: maps, lists and texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {key: texts_of(one) for key, one in value.items()}
    return [texts_of(one) for one in value]


def in_line(value: Value | None, *, flow: bool = True) -> str:
    """Write *value* in one line, maps and lists in brackets.

    *flow* says whether it stands in brackets itself.
    """
    if value is None:
        return "~"
    if isinstance(value, str):
        return _text(value, flow=flow)
    if isinstance(value, Mapping):
        return f"{{{', '.join(field(key, one) for key, one in value.items())}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(in_line, value))}]"
    return str(texts_of(value))


def field(key: str, value: Value, *, flow: bool = True) -> str:
    """Write one field of a map in one line."""
    return f"{_key(key)}: {in_line(value, flow=flow)}"


def field_in_lines(
    key: str, value: Value, lines: Lines, like: Node | None = None
) -> str:
    """Write one field of a map that has a line for each, without the last line end.

    A list is written as the one that stands in *like*.
    """
    short = field(key, value, flow=False)
    fits = len(lines.indent) + len(short) <= MOST_WIDTH
    if isinstance(value, str):
        long = "\n" in value or len(value) > MOST_TEXT
        if long and (written := block(value, lines.deeper())):
            return f"{_key(key)}: {written}"
    elif isinstance(value, Mapping):
        if value and (_needs_lines(value) or _is_long(value) or not fits):
            below = lines.deeper()
            start = f"{_key(key)}:{lines.end}{below.indent}"
            return start + _fields_in_lines(value, below, like)
    elif is_list(value) and value and not (fits and _may_be_short(value, like)):
        below = lines.dashes()
        inside = below._replace(indent=f"{below.indent}  ")
        items = (f"- {item_in_lines(one, inside)}" for one in value)
        start = f"{_key(key)}:{lines.end}{below.indent}"
        return start + f"{lines.end}{below.indent}".join(items)
    return short


def item_in_lines(
    value: Value | None, lines: Lines, like: Node | None = None, *, flow: bool = True
) -> str:
    """Write what follows the dash of an item, without the last line end.

    A map gets lines of its own unless *flow* says that one line may do; one with an
    id gets them unless *like* is there, the item beside it.
    """
    short = in_line(value, flow=False)
    fits = len(lines.indent) + len(short) <= MOST_WIDTH
    if isinstance(value, Mapping) and value:
        may = flow and (fits or like) and not _is_long(value)
        if not may or ("id" in value and like is None):
            return _fields_in_lines(value, lines, like)
    if isinstance(value, str) and ("\n" in value or len(value) > MOST_TEXT):
        return block(value, lines) or short
    return short


def block(text: str, lines: Lines) -> str | None:
    """Write *text* as a block of lines, which keeps its line ends.

    None where a space that is not seen, or another sign, would be lost in it.
    """
    body = text.removesuffix("\n")
    written = body.split("\n")
    plain = all(line == line.rstrip() and line.isprintable() for line in written)
    if not plain or not written[-1] or not written[0] or written[0][0] == " ":
        return None
    mark = "|" if text.endswith("\n") else "|-"
    indented = (f"{lines.indent}{line}" if line else "" for line in written)
    return lines.end.join([mark, *indented])


def folded(text: str, lines: Lines) -> str | None:
    """Write *text* as a block whose lines are one paragraph; None for any other."""
    body = text.removesuffix("\n")
    if body != " ".join(body.split()) or not body.isprintable() or not body:
        return None
    written = [">" if text.endswith("\n") else ">-", lines.indent + body.split(" ")[0]]
    for word in body.split(" ")[1:]:
        if len(written[-1]) + 1 + len(word) <= MOST_WIDTH:
            written[-1] += f" {word}"
        else:
            written.append(lines.indent + word)
    return lines.end.join(written)


def single_quoted(text: str) -> str:
    """Write *text* in single quotes."""
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


def double_quoted(text: str) -> str:
    """Write *text* in double quotes; a JSON string is a YAML string."""
    return json.dumps(text.encode(errors="replace").decode(), ensure_ascii=False)


def same_kind(old: str, new: str) -> bool:
    """Tell whether both are whole numbers, or both truths, which need no quotes."""
    return any(
        kind.fullmatch(old) and kind.fullmatch(new) for kind in (_NUMBER, _TRUTH)
    )


def is_list(value: object) -> TypeGuard[Sequence[Value | None]]:
    """Tell whether *value* is a list, and no text."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def _fields_in_lines(
    value: Mapping[str, Value], lines: Lines, like: Node | None = None
) -> str:
    inside = like if isinstance(like, Fields) else None
    return f"{lines.end}{lines.indent}".join(
        field_in_lines(name, one, lines, inside.get(name) if inside else None)
        for name, one in value.items()
    )


def _may_be_short(value: Sequence[Value | None], like: Node | None) -> bool:
    """Tell whether a list may stand in brackets, beside *like*."""
    if isinstance(like, Items) and like.items:
        return like.flow
    return not any(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    # Keys are always texts in a plan, `on` and `no` too.
    return key if _WORD.fullmatch(key) else _text(key, flow=True)


def _text(text: str, *, flow: bool) -> str:
    if _DAY.fullmatch(text):
        # Plans write their days without quotes.
        return text
    if not _NO_TEXT.fullmatch(text):
        if _PLAIN.fullmatch(text):
            return text
        safe = _PLAIN_IN_LINES.fullmatch(text) and text.isprintable()
        if safe and not flow and not _MARKS.search(text):
            return text
    quotes = '"' in text or "\\" in text
    simple = quotes and text.isprintable() and "'" not in text
    return single_quoted(text) if simple else double_quoted(text)


def _needs_lines(value: Mapping[str, Value]) -> bool:
    inside = any(isinstance(one, Mapping) for one in value.values())
    return inside or isinstance(value, InLines)


def _is_long(value: Value | None) -> bool:
    """Tell whether a text in *value* should have lines of its own."""
    if isinstance(value, str):
        return "\n" in value or len(value) > MOST_TEXT
    if isinstance(value, Mapping):
        return any(map(_is_long, value.values()))
    return is_list(value) and any(map(_is_long, value))
