"""What a rule of advice is, what it finds, and the limits that a team may move."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from mapsite.plan.moment import Duration

if TYPE_CHECKING:
    from mapsite.plan.advice.context import Context

Severity = Literal["warning", "info"]

MOST_NAMED = 3
"""So many things are told one by one; more become one piece of advice."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one thing that a rule found in one plan."""

    address: str
    """By stable ids, ``steps/pilot/due``; never inside a hidden item."""
    why: str
    """What is so, in one sentence without its full stop."""
    fix: str
    """What would help, as something to do."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Hold a number of a rule that settings may change."""

    default: int
    least: int
    most: int
    what: str
    """What it counts, for those who set it."""


Judge = Callable[["Context"], Iterator[Finding]]
"""Looks at one plan; a function of values alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one rule: how it is named, what it looks for, why, and what helps."""

    id: str
    severity: Severity
    title: str
    """What it finds, in a few words."""
    why: str
    """Why that matters, in one sentence."""
    fix: str
    """What helps."""
    judge: Judge
    limits: Mapping[str, Limit] = field(default_factory=dict)


def named(ids: Collection[str]) -> str:
    """Name the first few of *ids*: ``demo, pilot, contract and 5 more``."""
    first = list(ids)[:MOST_NAMED]
    more = len(ids) - len(first)
    if more:
        return f"{', '.join(first)} and {more} more"
    return " and ".join(filter(None, [", ".join(first[:-1]), first[-1]]))


def many(count: int, word: str) -> str:
    """Count things: ``1 step``, ``5 steps``."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def lasting(takes: Duration) -> str:
    """Say a length that is known: ``4 weeks``, ``5 to 10 business days``."""
    most = many(takes.most, _UNITS[takes.most_unit])
    if (takes.least, takes.least_unit) == (takes.most, takes.most_unit):
        return most
    if takes.least_unit == takes.most_unit:
        return f"{takes.least} to {most}"
    return f"{many(takes.least, _UNITS[takes.least_unit])} to {most}"


def weekday(day: date) -> str:
    """Name a day with its weekday: ``Friday 2026-08-14``."""
    return f"{_DAYS[day.weekday()]} {day}"


_UNITS = {"d": "business day", "w": "week", "cd": "day"}
_DAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    *("Saturday", "Sunday"),
)
