"""The agreed days that a step has had: as its versions tell, and as the plan does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from mapsite.plan.changes import Today
from mapsite.plan.item import shown
from mapsite.plan.past import PastMove, StepPast
from mapsite.plan.steps import Step


class Turn(NamedTuple):
    """Tell that the agreed day of a step changed, came or went."""

    day: date
    was: date | None
    to: date | None
    who: str | None
    why: str | None


def net(turns: Sequence[Turn]) -> list[Turn]:
    """Return what *turns*, in their order, come to for each day."""
    found: list[Turn] = []
    for turn in turns:
        if found and found[-1].day == turn.day:
            first = found.pop()
            turn = turn._replace(was=first.was, why=turn.why or first.why)  # noqa: PLW2901  # the day's
        if turn.was != turn.to:
            found.append(turn)
    return found


def past_of(
    step: Step, first: date | None, turns: Sequence[Turn], today: Today
) -> StepPast:
    """Return the past of *step*, which was agreed for *first* when it was new."""
    seen: list[PastMove] = []
    known = first
    for turn in turns:
        if known and turn.to and known != turn.to:
            seen.append(PastMove(turn.day, known, turn.to, turn.who, turn.why))
        known = turn.to or known
        first = first or turn.to
    moves = _merge(_recorded(step, today), seen)
    if moves:
        first = moves[0].was
    return StepPast(first, tuple(moves))


def _recorded(step: Step, today: Today) -> list[PastMove]:
    return [
        PastMove(move.on, move.from_, move.to, today.person(move.by), move.why)
        for move in shown(step.moves)
        if move.from_ != move.to
    ]


def _merge(recorded: list[PastMove], seen: list[PastMove]) -> list[PastMove]:
    """Return all moves once: what the plan says of one wins over what git says."""
    left = list(seen)
    told: list[PastMove] = []
    for move in recorded:
        if run := _run(left, move):
            last = left[run.stop - 1]
            del left[run]
            told.append(
                replace(
                    move,
                    day=move.day or last.day,
                    who=move.who or last.who,
                    why=move.why or last.why,
                )
            )
        else:
            told.append(move)
    left = [move for move in left if not _run(told, move)]
    # Those without a day come first: nobody wrote down when it was.
    return sorted([*told, *left], key=lambda move: move.day or date.min)


def _run(moves: Sequence[PastMove], whole: PastMove) -> slice | None:
    """Return which of *moves*, one after the other, come to the same as *whole*."""
    for start, move in enumerate(moves):
        if move.was != whole.was:
            continue
        for stop in _stops(moves, start):
            if moves[stop - 1].to == whole.to:
                return slice(start, stop)
    return None


def _stops(moves: Sequence[PastMove], start: int) -> Iterator[int]:
    """Yield where runs from *start* end whose days follow from one another."""
    for stop in range(start + 1, len(moves) + 1):
        if stop > start + 1 and moves[stop - 1].was != moves[stop - 2].to:
            return
        yield stop
