"""Rules about how a plan is kept: whether it is alive, and whose dates these are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.rule import Finding, Limit, Rule

_NEW = timedelta(days=7)
"""So long a plan needs no confirmed date."""
_FEWEST_DATES = 3
_TWICE = 2


def _stale(at: Context) -> Iterator[Finding]:
    still, least = at.still, at.limit("stale", "days")
    if still is not None and least <= still and not any(_very_stale(at)):
        yield _not_changed(still, "go through it with the buyer at the next review")


def _very_stale(at: Context) -> Iterator[Finding]:
    still = at.still
    most = at.limits.get("very-stale")
    if still is not None and most and still >= most["days"]:
        fix = "call the champion: bring it up to date together, or close it (`status`)"
        yield _not_changed(still, fix)


def _not_changed(days: int, fix: str) -> Finding:
    return Finding("", f"nothing the buyer can see has changed for {days} days", fix)


def _moved_twice(at: Context) -> Iterator[Finding]:
    least = at.limit("moved-twice", "times")
    for time in at.live:
        step = time.step
        told = sum(m.to > m.from_ for m in step.moves if not m.hidden)
        past = at.history.steps.get(step.id)
        kept = sum(move.to > move.was for move in past.moves) if past else 0
        times = max(told, kept)
        if times >= least:
            often = "twice" if times == _TWICE else f"{times} times"
            field = "due" if step.due else "start" if step.start else "moves"
            yield Finding(
                f"steps/{step.id}/{field}",
                f"this date was moved to a later day {often}",
                "ask what is behind it, and bring the sponsors of both sides in",
            )


def _nothing_confirmed(at: Context) -> Iterator[Finding]:
    dated = [time for time in at.live if time.agreed]
    created = at.plan.created
    if len(dated) < _FEWEST_DATES or (created and at.today - created < _NEW):
        return
    said_yes = (time.step.confirmed for time in at.visible)
    if not any(yes and not yes.hidden for yes in said_yes):
        yield Finding(
            "steps",
            "the buyer has confirmed none of the dates",
            "ask for a yes to the next two, and write it down: `confirmed: {by, on}`",
        )


RULES = (
    Rule(
        "stale",
        "warning",
        "nothing has changed for two weeks",
        "A plan that nobody updates is worse than none: both sides stop believing it."
        " Counted from git, or else from the last day that the plan records.",
        "Go through it with the buyer, and write down what was said.",
        _stale,
        {"days": Limit(14, 1, 1_000, "days without a change that the buyer can see")},
    ),
    Rule(
        "very-stale",
        "warning",
        "nothing has changed for three weeks",
        "A plan that stood still for three weeks is a fossil, and so may be the deal.",
        "Call the champion: bring it up to date together, or close it.",
        _very_stale,
        {"days": Limit(21, 1, 1_000, "days without a change that the buyer can see")},
    ),
    Rule(
        "moved-twice",
        "warning",
        "a date was moved to a later day twice",
        "The first move is news, the second one a pattern; it is time for the sponsors"
        " to hear of it.",
        "Ask what is behind it, and bring it up at the next review.",
        _moved_twice,
        {"times": Limit(_TWICE, 1, 100, "moves to a later day")},
    ),
    Rule(
        "nothing-confirmed",
        "info",
        "no date has the buyer's yes",
        "Dates that nobody said yes to are wishes. A new plan has a week's time.",
        "Ask for a yes to the next two dates, and write down who gave it and when.",
        _nothing_confirmed,
    ),
)
