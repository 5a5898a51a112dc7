"""YAML's usual traps, told to somebody who does not know YAML."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_SECOND_COLON = 'expected a text, got a second ": " in it'
_VALUE_BEFORE = re.compile(r""":\s+[^\s\[\]{},"'][^\[\]{},]*$""")
_KEY_STUCK = re.compile(r"(\s*(?:- +)?[\w-]+):\S")
QUOTE_IT = "put the text in quotes"

Place = tuple[int, int]
"""Line and column, both from 0 as the parser counts them."""


@dataclass(frozen=True, slots=True)
class Stumble:
    """Hold where the YAML parser gave up, and what it said."""

    lines: list[str]
    """The plan's text, line by line."""
    said: str
    """The parser's own words."""
    place: Place
    """Where it gave up."""
    began: Place
    """Where the value, list or map began that it was reading then."""
    opened: Place | None = None
    """Where the innermost open bracket or brace stands."""
    quoted: tuple[Place, Place] | None = None
    """Start and end of the value read last, where that was a quoted text."""

    def line(self, place: Place) -> str:
        """Return the text of the line of *place*."""
        return self.lines[place[0]] if place[0] < len(self.lines) else ""

    def char(self, place: Place) -> str:
        """Return the character at *place*, or nothing at the end of the line."""
        return self.line(place)[place[1] : place[1] + 1]

    def before(self, place: Place) -> str:
        """Return what stands in the line before *place*."""
        return self.line(place)[: place[1]]


Finding = tuple[Place, str] | None


def explain(stumble: Stumble) -> tuple[Place, str]:
    """Say where to look and what is wrong there: ``expected WHAT, got VALUE``."""
    for look in _LOOKS:
        if found := look(stumble):
            return found
    return stumble.place, "expected a key or a list item, got something else"


def _tab(stumble: Stumble) -> Finding:
    for place in (stumble.place, stumble.began):
        indent = re.match(r"\s*", stumble.line(place))
        if indent and "\t" in indent[0]:
            column = indent[0].index("\t")
            return (place[0], column), "expected spaces as indentation, got a tab"
    return None


def _quote(stumble: Stumble) -> Finding:
    if "end of stream" in stumble.said and stumble.char(stumble.began) in {'"', "'"}:
        return stumble.began, "expected a closing quote, got the end of the file"
    if not stumble.quoted or stumble.quoted[1][0] != stumble.place[0]:
        return None
    start, end = stumble.quoted
    if start[0] != end[0]:
        line = end[0] + 1
        return start, f"expected a closing quote in this line, got one in line {line}"
    if stumble.before(stumble.place)[end[1] :].strip():
        return None
    return end, (
        "expected nothing after the closing quote, got more text;"
        " put all of it in the other kind of quotes"
    )


def _escape(stumble: Stumble) -> Finding:
    if not re.search("escape|hexdecimal|hexadecimal", stumble.said):
        return None
    return stumble.began, (
        "expected a text, got a backslash in double quotes; use single quotes"
    )


def _comment_in_flow(stumble: Stumble) -> Finding:
    if stumble.opened is None:
        return None
    for row in range(stumble.opened[0], min(stumble.place[0] + 1, len(stumble.lines))):
        if comment := re.search(r"[\s,]#\S.*[\]}]", stumble.lines[row]):
            return (row, comment.start() + 1), (
                "expected a value, got nothing, because # begins a comment; quote it"
            )
    return None


def _colon(stumble: Stumble) -> Finding:
    if "mapping values are not allowed" not in stumble.said:
        return None
    before = stumble.before(stumble.place)
    if re.search(r":\s", before):
        return stumble.place, f"{_SECOND_COLON}; {QUOTE_IT}"
    above = stumble.lines[stumble.place[0] - 1] if stumble.place[0] else ""
    if key := _KEY_STUCK.match(above):
        return (
            stumble.place[0] - 1,
            key.end(1),
        ), 'expected a space after ":", got none'
    return (stumble.place[0], len(before) - len(before.lstrip())), (
        "expected a key as far left as the one above, got one further right"
    )


def _dash(stumble: Stumble) -> Finding:
    if "sequence entries are not allowed" not in stumble.said:
        return None
    return stumble.place, 'expected each "- " in a line of its own, got it after a key'


def _no_colon(stumble: Stumble) -> Finding:
    if "could not find expected ':'" not in stumble.said:
        return None
    if re.match(r"\s*-\S", stumble.line(stumble.began)):
        return stumble.began, 'expected a space after "-", got none'
    if key := _KEY_STUCK.match(stumble.line(stumble.began)):
        return (stumble.began[0], key.end(1)), 'expected a space after ":", got none'
    return stumble.began, 'expected a key with ": " after it, got a text without one'


def _document(stumble: Stumble) -> Finding:
    if not re.search("document|directive", stumble.said):
        return None
    return stumble.place, "expected one plan in the file, got the start of another one"


def _tag(stumble: Stumble) -> Finding:
    if not re.search("tag", stumble.said):
        return None
    return stumble.began, f'expected a value, got "!" at its start; {QUOTE_IT}'


def _start(stumble: Stumble) -> Finding:
    first = stumble.char(stumble.began)
    header = re.fullmatch(
        r"[|>][-+0-9]*\s*(#.*)?", stumble.line(stumble.began)[stumble.began[1] :]
    )
    if "scanning" in stumble.said and first and first in "@`%*&|>" and not header:
        return (
            stumble.began,
            f'expected a value, got "{first}" at its start; {QUOTE_IT}',
        )
    first = stumble.char(stumble.place)
    if first and first in "]},@`%" and stumble.opened is None:
        return (
            stumble.place,
            f'expected a value, got "{first}" at its start; {QUOTE_IT}',
        )
    return None


def _flow(stumble: Stumble) -> Finding:
    if stumble.opened is None:
        return None
    before = stumble.before(stumble.place)
    if stumble.char(stumble.place) == ":" and _VALUE_BEFORE.search(before):
        return stumble.place, f"{_SECOND_COLON}; {QUOTE_IT}"
    opening = stumble.char(stumble.opened)
    closing = "]" if opening == "[" else "}"
    wanted = f'"{closing}" after this "{opening}" and "," between values'
    return stumble.opened, f"expected {wanted}, got neither"


def _end(stumble: Stumble) -> Finding:
    rest = [stumble.line(stumble.place)[stumble.place[1] :]]
    rest += stumble.lines[stumble.place[0] + 1 :]
    if any(line.strip() for line in rest):
        return None
    return stumble.began, "expected the rest of this value, got the end of the file"


def _after_bracket(stumble: Stumble) -> Finding:
    before = stumble.before(stumble.place).rstrip()
    if not before.endswith(("]", "}")):
        return None
    return (
        stumble.place,
        f'expected nothing after "{before[-1]}", got more text; {QUOTE_IT}',
    )


def _indentation(stumble: Stumble) -> Finding:
    if stumble.before(stumble.place).strip():
        return None
    if stumble.char(stumble.place) == ":":
        return stumble.place, 'expected a key before ":", got none'
    return stumble.place, "expected the indentation of a line above, got another one"


_LOOKS: tuple[Callable[[Stumble], Finding], ...] = (
    _tab,
    _quote,
    _escape,
    _comment_in_flow,
    _colon,
    _dash,
    _no_colon,
    _document,
    _start,
    _tag,
    _flow,
    _end,
    _after_bracket,
    _indentation,
)
