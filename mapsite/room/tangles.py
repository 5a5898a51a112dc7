"""Texts that would keep Markdown busy for minutes, found before it begins.

Python-Markdown looks from each opening bracket on for the closing one, copies the rest
of a paragraph for each heading in it, fills rows of a table to the width of its head
and calls itself for each list in a list: 20,000 characters can take two minutes, or
more calls than Python has room for.
"""

from __future__ import annotations

import re

MOST_LOOKS = 500_000
"""So many characters of a paragraph may be looked at, about a third of a second."""
MOST_COLUMNS = 100
MOST_DEPTH = 20
_FAR_LOOKS = 20
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_BRACKETS = re.compile(r"(?<!\\)[\[\]]|(?<=\])\(|\)")
_CODE = re.compile(r"(?<!\\)(`+)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(#|([=*_-][ ]*)+$)", re.MULTILINE)
"""Rules across the page too."""
_DEEP = re.compile(
    rf"^[ \t]*(([-*+>]|\d+[.)])[ \t]*){{{MOST_DEPTH}}}"
    rf"|^([ ]{{4}}|\t){{{MOST_DEPTH}}}[ \t]*([-*+>]|\d+[.)])",
    re.MULTILINE,
)


def is_tangled(text: str) -> bool:
    """Tell whether *text* is better shown as it is written."""
    return _DEEP.search(text) is not None or any(
        _has_far_brackets(paragraph)
        or _has_many_heads(paragraph)
        or _is_wide_table(paragraph)
        for paragraph in _PARAGRAPHS.split(text)
    )


def _has_far_brackets(paragraph: str) -> bool:
    length = len(paragraph)
    if paragraph.count("[") * length <= MOST_LOOKS:
        return False
    return _looks(_CODE.sub("", paragraph)) > _FAR_LOOKS * length


def _looks(paragraph: str) -> int:
    """Count the characters between brackets that open and where they close."""
    looks = 0
    opened: dict[str, list[int]] = {"[": [], "(": []}
    for found in _BRACKETS.finditer(paragraph):
        at = found.start()
        if found[0] in opened:
            opened[found[0]].append(at)
        elif before := opened["[" if found[0] == "]" else "("]:
            looks += at - before.pop()
    left = [at for places in opened.values() for at in places]
    return looks + sum(len(paragraph) - at for at in left)


def _has_many_heads(paragraph: str) -> bool:
    headings = sum(1 for _ in _HEADING.finditer(paragraph))
    return headings * len(paragraph) > 2 * MOST_LOOKS


def _is_wide_table(paragraph: str) -> bool:
    """Tell whether rows would be filled up with more cells than are written."""
    if paragraph.count("|") <= MOST_COLUMNS:
        return False
    lines = paragraph.strip("\n").split("\n")
    widest = max(line.count("|") for line in lines)
    return widest > MOST_COLUMNS or lines[0].count("|") * len(lines) > len(paragraph)
