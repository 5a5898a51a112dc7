"""From a plan's bytes to its characters, and to the line that a place stands in."""

from __future__ import annotations

import re

from mapsite.plan.traps import Place

MOST_BYTES = 1 << 20
BOM = "\ufeff"
LINE_END = re.compile(r"\r\n|\r|\n")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line ends
    "\u2028\u2029"  # ends of a line for YAML, but not for an editor
    "\u202a-\u202e\u2066-\u2069"  # they turn the direction of what is read
    "\ufeff\ufffe\uffff]"
)


class Unreadable(Exception):  # noqa: N818  # named as what it says, like InvalidPlan
    """End the reading at a line and column from 0: the rest makes no sense."""

    def __init__(self, place: Place, rule: str, message: str) -> None:
        """Keep the place, the rule and the message."""
        super().__init__(message)
        self.place, self.rule, self.message = place, rule, message


def decode(raw: bytes) -> str:
    """Return the text of *raw*, a byte order mark included; raise `Unreadable`."""
    if len(raw) > MOST_BYTES:
        message = f"expected at most 1 MiB, got {len(raw):,} bytes"
        raise Unreadable((0, 0), "size", message)
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        message = "expected a text saved as UTF-8, got UTF-16"
        raise Unreadable((0, 0), "encoding", message)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        message = (
            f"expected a text saved as UTF-8, got the byte 0x{raw[error.start]:02x}"
        )
        raise Unreadable(place_of(before, len(before)), "encoding", message) from None
    start = int(text.startswith(BOM))
    if bad := _FORBIDDEN.search(text, start):
        place = place_of(text, bad.start())
        raise Unreadable(place, "control-character", _no_control(bad[0]))
    return text


def control_in(text: str) -> str | None:
    """Say which control character stands in *text*, if one does."""
    bad = _FORBIDDEN.search(text)
    return _no_control(bad[0]) if bad else None


def place_of(text: str, at: int) -> Place:
    """Return line and column, from 0, of the character at *at*."""
    lines = LINE_END.split(text[text.startswith(BOM) : at])
    return len(lines) - 1, len(lines[-1])


def offset_of(text: str, place: Place) -> int:
    """Return which character of *text* stands at line and column *place*, from 0."""
    start = int(text.startswith(BOM))
    ends = [start, *(end.end() for end in LINE_END.finditer(text, start))]
    return min(ends[min(place[0], len(ends) - 1)] + place[1], len(text))


def _no_control(character: str) -> str:
    return f"expected no invisible control characters, got U+{ord(character):04X}"
