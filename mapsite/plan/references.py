"""What one part of a plan says about another, checked on the text as written.

These checks need no valid plan, so that all faults are told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mapsite.errors import Problem
from mapsite.plan.cycles import cycles_of
from mapsite.plan.day import read_date
from mapsite.plan.near_misses import near_misses
from mapsite.plan.nodes import Mapping, Source, Spot
from mapsite.plan.parts import Parts, problem
from mapsite.plan.wording import in_lines

_LISTS_WITH_IDS = (
    "people",
    "steps",
    "questions",
    "criteria",
    "metrics",
    "risks",
    "documents",
)
_NEEDS_NEXT = frozenset({"2 weeks", "month"})
_NEVER_HIDDEN = ((), ("goal",), ("buyer",), ("seller",), ("calendar",))


def reference_problems(source: Source) -> list[Problem]:
    """Return every fault between the parts of *source*."""
    parts = Parts(source)
    return [found for check in _CHECKS for found in check(parts)]


def _unique_ids(parts: Parts) -> Iterator[Problem]:
    for name in _LISTS_WITH_IDS:
        yield from _unique(parts, parts.items(name), "id", "duplicate-id")


def _unique_phases(parts: Parts) -> Iterator[Problem]:
    yield from _unique(parts, parts.items("phases"), "name", "duplicate-phase")


def _unique(parts: Parts, items: list[Spot], key: str, rule: str) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    what = "an id of its own" if key == "id" else "each phase once"
    for item in items:
        spot = item.at(key)
        if not spot or not spot.text:
            continue
        if spot.text in lines:
            tail = f" {in_lines(lines[spot.text], spot.node.line)}"
            yield problem(parts, spot, rule, what, tail)
        lines.setdefault(spot.text, spot.node.line)


def _named_parts(parts: Parts) -> Iterator[Problem]:
    steps, documents = parts.ids("steps"), parts.ids("documents")
    for step in parts.items("steps"):
        own = step.at("id")
        for spot in step.each("after"):
            if spot.text and own and spot.text == own.text:
                yield problem(parts, spot, "itself", "the id of another step")
            else:
                yield from _known(parts, spot, steps, "step")
        for spot in step.each("documents"):
            yield from _known(parts, spot, documents, "document")


def _known(
    parts: Parts, spot: Spot, ids: dict[str, Spot], noun: str
) -> Iterator[Problem]:
    if spot.text is None or spot.text in ids:
        return
    near = None if spot.hidden else parts.nearest(spot.text, ids)
    tail = f'; did you mean "{near}"?' if near else ""
    yield problem(parts, spot, f"unknown-{noun}", f"the id of a {noun}", tail)


def _cycles(parts: Parts) -> Iterator[Problem]:
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


def _holidays(parts: Parts) -> Iterator[Problem]:
    spots = parts.top.each("calendar", "holidays")
    if not spots:
        return
    # The package of holidays is slow to import, and many plans name none.
    from mapsite.plan.calendar import known_holidays  # noqa: PLC0415

    for spot in spots:
        if spot.text and not known_holidays(spot.text):
            yield problem(parts, spot, "holidays", "a code like US or DE-BY")


def _order_of_days(parts: Parts) -> Iterator[Problem]:
    for window in parts.top.each("calendar", "closed"):
        yield from _in_order(parts, window.at("from"), window.at("to"), '"from"')
    for step in parts.items("steps"):
        yield from _in_order(parts, step.at("start"), step.at("due"), '"start"')
    created, goal = parts.top.at("created"), parts.top.at("goal", "date")
    yield from _in_order(parts, created, goal, '"created"')


def _in_order(
    parts: Parts, first: Spot | None, last: Spot | None, name: str
) -> Iterator[Problem]:
    if not first or not last:
        return
    start, end = read_date(first.text or ""), read_date(last.text or "")
    if start and end and end < start:
        yield problem(parts, last, "order", f"the day of {name} or a later one")


def _comma_lists(parts: Parts) -> Iterator[Problem]:
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
            yield problem(parts, spot, "list", "a list like [a, b]")


def _rhythms(parts: Parts) -> Iterator[Problem]:
    """Find reviews of which nobody could tell the day."""
    for review in parts.items("review"):
        every = review.at("every")
        if not every or every.text not in _NEEDS_NEXT or review.at("next"):
            continue
        what = f"expected a date (every {every.text} needs the next one), got nothing"
        line, column = review.node.line, review.node.column
        address = review.address + "/next"
        if not review.hidden:
            yield Problem(parts.file, line, column, address, "missing", what)


def _hidden_whole(parts: Parts) -> Iterator[Problem]:
    for names in _NEVER_HIDDEN:
        spot = parts.top.at(*names, "internal")
        if spot and spot.text == "true":
            what = "fields that stay internal"
            message = f"expected {what}, got true; only an item of a list can be hidden"
            line, column = spot.node.line, spot.node.column
            yield Problem(parts.file, line, column, spot.address, "internal", message)


def _tuning(parts: Parts) -> Iterator[Problem]:
    """Find rules of advice that are unknown, and changes of them without a reason."""
    spot = parts.top.at("checks")
    if spot is None or not isinstance(spot.node, Mapping):
        return
    # The rules are many, and most plans change none.
    from mapsite.plan.advice.tuning import read_tuning  # noqa: PLC0415

    for at, message in read_tuning(spot, reasons=True)[1]:
        line, column = at.node.line, at.node.column
        yield Problem(parts.file, line, column, at.address, "checks", message)


_CHECKS: tuple[Callable[[Parts], Iterator[Problem]], ...] = (
    _unique_ids,
    _unique_phases,
    _named_parts,
    _cycles,
    _holidays,
    _order_of_days,
    _comma_lists,
    _rhythms,
    near_misses,
    _hidden_whole,
    _tuning,
)
