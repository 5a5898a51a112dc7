"""Where lines begin and end in a plan's text, and whose the notes among them are.

A note above an item is the item's; one behind a value is its line's; one that stands
deeper than an item, below it, is inside of it. What stands between two items and is
inside of none is for the next one, or for whatever comes after the list.
"""

from __future__ import annotations

import re

from mapsite.plan.decode import BOM, LINE_END

_BLANK = re.compile(r"[ \t]*$")
_NOTE = re.compile(r"([ \t]*)(#|$)")
_ONLY_NOTE = re.compile(r"[ \t]*#")
_HEADING = re.compile(r"[ \t]*#.*?([-=#*_~+])\1\1")
"""A note with a drawn line heads all that follows, not the one item below it."""


def line_start(text: str, at: int) -> int:
    """Return where the line of the character at *at* begins."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    return max(start, int(text.startswith(BOM)))


def line_end(text: str, at: int) -> int:
    """Return where the line of the character at *at* ends, before its line end."""
    found = LINE_END.search(text, at)
    return found.start() if found else len(text)


def next_line(text: str, at: int) -> int:
    """Return where the line after that of the character at *at* begins."""
    found = LINE_END.search(text, at)
    return found.end() if found else len(text)


def ending(text: str, at: int) -> str:
    """Return how the line at *at* ends, or else the first one."""
    found = LINE_END.search(text, at) or LINE_END.search(text)
    return found[0] if found else "\n"


def alone(text: str, start: int) -> bool:
    """Tell whether nothing but spaces stands before *start* in its line."""
    return not text[line_start(text, start) : start].strip(" ")


def behind(text: str, end: int, margin: int) -> int:
    """Return where a line may follow what ends at *end*, and the notes inside it.

    Those stand deeper than *margin*, which counts from 0.
    """
    at = next_line(text, end)
    line = at
    while line < len(text):
        note = _NOTE.match(text, line, line_end(text, line))
        if note is None:
            break
        line = next_line(text, line)
        if note[2] and len(note[1]) > margin:
            at = line
        elif note[2]:
            break
    return at


def above(text: str, line: int, least: int = 0) -> int:
    """Return where the notes begin that belong to the item in the line at *line*.

    They stand directly above it, and not before *least*.
    """
    while line > least:
        before = line_start(text, _line_before(text, line))
        end = line_end(text, before)
        if not least <= before < line or not _ONLY_NOTE.match(text, before, end):
            break
        if _HEADING.match(text, before, end):
            break
        line = before
    return line


def past_blank(text: str, line: int) -> int:
    """Return where the empty lines end that begin at *line*."""
    while line < len(text) and _BLANK.match(text, line, line_end(text, line)):
        line = next_line(text, line)
    return line


def before_blank(text: str, line: int, least: int) -> int:
    """Return where the empty lines begin that end at *line*, not before *least*."""
    while line > least:
        before = line_start(text, _line_before(text, line))
        end = line_end(text, before)
        if not least <= before < line or not _BLANK.match(text, before, end):
            break
        line = before
    return line


def _line_before(text: str, line: int) -> int:
    """Return where the line before the one at *line* ends, before its line end."""
    return line - 2 if text[line - 2 : line] == "\r\n" else line - 1
