"""Suggestions out of the issue form that a repository of plans may offer.

What people typed stands in the body of the issue below the labels of the form, and may
hold such labels itself. So the labels have to come once each, in the order of our own
template; a body in which one of them comes again is read by a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from mapsite.changes.intake.answers import Answer, read_answers
from mapsite.changes.intake.columns import Cell, Columns
from mapsite.changes.intake.outcome import Delivery, Outcome, needs_person, too_large
from mapsite.changes.suggestion import Unreadable
from mapsite.plan.wording import quoted

LABELS = {
    "Plan": "plan",
    "Version of the plan": "base",
    "Place in the plan": "path",
    "What it says": "old",
    "What it should say": "new",
    "Reason": "why",
    "Question or comment": "comment",
    "Your name": "name",
    "From the page": "block",
}
"""The labels of the template, in their order, and what stands below each."""
NOTHING = "_No response_"
"""What a forge writes below a label where nothing was typed."""

_COLUMNS: Columns = {field: (label,) for label, field in LABELS.items()}
_MARKS = ("#", "*", "_")
"""What a line begins with that is shown as a heading, or like one."""
_FENCE = re.compile(r"\A`{3,}text\n(.*?)\n?`{3,}\Z", re.DOTALL)


def read_issue(raw: bytes, delivery: Delivery) -> list[Outcome]:
    """Read the body of an issue that was written with our template."""
    if large := too_large(raw, delivery.name):
        return large
    try:
        text = raw.decode("utf-8-sig")
        cells = tuple(_cells(text.replace("\r\n", "\n").split("\n")))
    except UnicodeDecodeError:
        return [needs_person(["expected text in UTF-8"], raw, delivery.name)]
    except Unreadable as error:
        return [needs_person([error.reason], raw, delivery.name)]
    answer = Answer(cells, original=raw)
    return read_answers([answer], _COLUMNS, delivery, "issue")


def is_issue(text: str) -> bool:
    """Tell whether *text* begins as a body made with our template does."""
    return text.lstrip("\ufeff\r\n ").startswith(f"### {next(iter(LABELS))}")


def _cells(lines: list[str]) -> Iterator[Cell]:
    """Yield what stands below each label; raise `Unreadable` where one is not alone."""
    places = [(number, label) for number, label in _labels(lines)]
    if [label for _, label in places] != list(LABELS):
        raise Unreadable(_order([label for _, label in places]))
    ends = [number for number, _ in places[1:]] + [len(lines)]
    for (number, label), end in zip(places, ends, strict=True):
        if lines[number].rstrip() != f"### {label}":
            raise Unreadable(f"the heading {quoted(label)} was changed")
        text = "\n".join(lines[number + 1 : end]).strip()
        fenced = _FENCE.match(text)
        text = fenced[1].strip() if fenced else text
        yield Cell((label,), "" if text == NOTHING else text)


def _labels(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield every line that a reader could take for one of the labels."""
    known = {_plain(label): label for label in LABELS}
    for line, below, number in zip(lines, [*lines[1:], ""], count(), strict=False):
        underlined = below.strip() and not below.strip(" \t=-")
        if (underlined or line.lstrip().startswith(_MARKS)) and _plain(line) in known:
            yield number, known[_plain(line)]


def _order(found: list[str]) -> str:
    again = [label for label in LABELS if found.count(label) > 1]
    missing = [label for label in LABELS if label not in found]
    if again:
        return f"the heading {quoted(again[0])} comes more than once"
    if missing:
        return f"expected the heading {quoted(missing[0])}, got nothing there"
    return "the headings are not in the order of the form"


def _plain(title: str) -> str:
    """Return *title* as a reader sees it: without case, marks and odd spaces."""
    return "".join(sign for sign in title.casefold() if sign.isalnum())
