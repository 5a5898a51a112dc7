"""What one part of a plan says about another, checked on the text as written.

These checks need no valid plan, so that all faults are told at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from mapsite.errors import Problem
from mapsite.plan.cycles import cycles_of
from mapsite.plan.moment import read_date
from mapsite.plan.nodes import Source, Spot
from mapsite.plan.wording import got, in_lines

_LISTS_WITH_IDS = (
    "people",
    "steps",
    "questions",
    "criteria",
    "metrics",
    "risks",
    "documents",
)
MOST_LOOKS = 4_000
"""Names compared for suggestions in one plan: a tenth of a second."""

_NEVER_HIDDEN = ((), ("goal",), ("buyer",), ("seller",))


def reference_problems(source: Source) -> list[Problem]:
    """Return every fault between the parts of *source*."""
    parts = _Parts(source)
    return [problem for check in _CHECKS for problem in check(parts)]


class _Parts:
    """Find the lists of one plan, each only once."""

    def __init__(self, source: Source) -> None:
        self.file = source.file
        self.top = source.top()
        self._lists: dict[str, list[Spot]] = {}
        self._looks = MOST_LOOKS

    def items(self, name: str) -> list[Spot]:
        """Return the items of one of the plan's lists."""
        if name not in self._lists:
            self._lists[name] = self.top.each(name)
        return self._lists[name]

    def ids(self, name: str) -> dict[str, Spot]:
        """Return where each id of a list stands."""
        found: dict[str, Spot] = {}
        for item in self.items(name):
            spot = item.at("id")
            if spot and spot.text:
                found.setdefault(spot.text, spot)
        return found

    def nearest(self, text: str, ids: dict[str, Spot]) -> str | None:
        """Return the id that *text* may have meant, while looking costs little."""
        if self._looks < len(ids):
            return None
        self._looks -= len(ids)
        shown = [name for name, spot in ids.items() if not spot.hidden]
        near = difflib.get_close_matches(text[:64], shown, 1)
        return near[0] if near else None


def _problem(
    parts: _Parts, spot: Spot, rule: str, what: str, tail: str = ""
) -> Problem:
    message = f"expected {what}, got {got(spot.text, hidden=spot.hidden)}{tail}"
    node = spot.node
    return Problem(parts.file, node.line, node.column, spot.address, rule, message)


def _unique_ids(parts: _Parts) -> Iterator[Problem]:
    for name in _LISTS_WITH_IDS:
        yield from _unique(parts, parts.items(name), "id", "duplicate-id")


def _unique_phases(parts: _Parts) -> Iterator[Problem]:
    yield from _unique(parts, parts.items("phases"), "name", "duplicate-phase")


def _unique(parts: _Parts, items: list[Spot], key: str, rule: str) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    what = "an id of its own" if key == "id" else "each phase once"
    for item in items:
        spot = item.at(key)
        if not spot or not spot.text:
            continue
        if spot.text in lines:
            tail = f" {in_lines(lines[spot.text], spot.node.line)}"
            yield _problem(parts, spot, rule, what, tail)
        lines.setdefault(spot.text, spot.node.line)


def _named_parts(parts: _Parts) -> Iterator[Problem]:
    steps, documents = parts.ids("steps"), parts.ids("documents")
    for step in parts.items("steps"):
        own = step.at("id")
        for spot in step.each("after"):
            if spot.text and own and spot.text == own.text:
                yield _problem(parts, spot, "itself", "the id of another step")
            else:
                yield from _known(parts, spot, steps, "step")
        for spot in step.each("documents"):
            yield from _known(parts, spot, documents, "document")


def _known(
    parts: _Parts, spot: Spot, ids: dict[str, Spot], noun: str
) -> Iterator[Problem]:
    if spot.text is None or spot.text in ids:
        return
    near = None if spot.hidden else parts.nearest(spot.text, ids)
    tail = f'; did you mean "{near}"?' if near else ""
    yield _problem(parts, spot, f"unknown-{noun}", f"the id of a {noun}", tail)


def _cycles(parts: _Parts) -> Iterator[Problem]:
    ids = parts.ids("steps")
    after: dict[str, dict[str, Spot]] = {}
    for step in parts.items("steps"):
        own = step.at("id")
        if own and own.text:
            spots = {spot.text: spot for spot in step.each("after") if spot.text}
            known = {name: spot for name, spot in spots.items() if name in ids}
            after.setdefault(own.text, known).pop(own.text, None)
    for cycle in cycles_of({name: list(spots) for name, spots in after.items()}):
        names = ["an internal step" if ids[name].hidden else name for name in cycle]
        spot = after[cycle[0]][cycle[1]]
        message = f"expected steps in an order, got {' -> '.join(names)}"
        line, column = spot.node.line, spot.node.column
        yield Problem(parts.file, line, column, spot.address, "cycle", message)


def _holidays(parts: _Parts) -> Iterator[Problem]:
    spots = parts.top.each("calendar", "holidays")
    if not spots:
        return
    # The package of holidays is slow to import, and many plans name none.
    from mapsite.plan.calendar import known_holidays  # noqa: PLC0415

    for spot in spots:
        if spot.text and not known_holidays(spot.text):
            yield _problem(parts, spot, "holidays", "a code like US or DE-BY")


def _order_of_days(parts: _Parts) -> Iterator[Problem]:
    for window in parts.top.each("calendar", "closed"):
        yield from _in_order(parts, window.at("from"), window.at("to"), '"from"')
    for step in parts.items("steps"):
        yield from _in_order(parts, step.at("start"), step.at("due"), '"start"')
    created, goal = parts.top.at("created"), parts.top.at("goal", "date")
    yield from _in_order(parts, created, goal, '"created"')


def _in_order(
    parts: _Parts, first: Spot | None, last: Spot | None, name: str
) -> Iterator[Problem]:
    if not first or not last:
        return
    start, end = read_date(first.text or ""), read_date(last.text or "")
    if start and end and end < start:
        yield _problem(parts, last, "order", f"the day of {name} or a later one")


def _comma_lists(parts: _Parts) -> Iterator[Problem]:
    """Find ids of people in one text, where a list was meant."""
    people = parts.ids("people")
    steps, risks = parts.items("steps"), parts.items("risks")
    lists = [
        spot
        for step in steps
        for key in ("owners", "support")
        for spot in step.each(key)
    ]
    lists += [spot for review in parts.items("review") for spot in review.each("with")]
    lists += [spot for risk in risks for spot in risk.each("owners")]
    for spot in lists:
        names = [name.strip() for name in (spot.text or "").split(",")]
        if len(names) > 1 and all(name in people for name in names):
            yield _problem(parts, spot, "list", "a list like [a, b]")


def _hidden_whole(parts: _Parts) -> Iterator[Problem]:
    for names in _NEVER_HIDDEN:
        spot = parts.top.at(*names, "internal")
        if spot and spot.text == "true":
            what = "fields that stay internal"
            message = f"expected {what}, got true; only an item of a list can be hidden"
            line, column = spot.node.line, spot.node.column
            yield Problem(parts.file, line, column, spot.address, "internal", message)


_CHECKS: tuple[Callable[[_Parts], Iterator[Problem]], ...] = (
    _unique_ids,
    _unique_phases,
    _named_parts,
    _cycles,
    _holidays,
    _order_of_days,
    _comma_lists,
    _hidden_whole,
)
