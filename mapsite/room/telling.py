"""Tell the terminal, in one line each, what a save broke or mended."""

from __future__ import annotations

import time

from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.room.desk import Desk


class Telling:
    """Know what was told, so that nothing is told twice."""

    def __init__(self, desk: Desk) -> None:
        """Begin with all fine."""
        self._desk = desk
        self._saved: set[str] = set()
        """Ids of plans that nothing was told of yet, for want of a look."""
        self._broken: set[str] = set()
        self._misnamed: set[Problem] = set(desk.misnamed)
        self._look_broken = False

    def lines(self) -> list[str]:
        """Return what is to be told of the saves since the last time."""
        with self._desk.lock:
            news = self._desk.news()
            self._saved |= news.plans
            told = [
                str(one) for one in self._desk.misnamed if one not in self._misnamed
            ]
            self._misnamed = set(self._desk.misnamed)
            if news.look or self._saved:
                told += self._of_look(saved=news.look)
            if self._look_broken:
                return told
            for plan_id in self._desk.ids():
                if plan_id in self._saved:
                    told.append(self._of_plan(plan_id))
                elif news.files:
                    told += self._if_other(plan_id)
            self._saved = set()
            return told

    def _of_look(self, *, saved: bool) -> list[str]:
        before, began = self._look_broken, time.perf_counter()
        try:
            self._desk.look()
        except MapsiteError as error:
            self._look_broken = True
            known = before and not saved
            return [] if known else [_of_error(error)]
        self._look_broken = False
        what = "the look is whole again" if before else "built  the look"
        return [f"{what}  in {_since(began)}"] if saved else []

    def _of_plan(self, plan_id: str) -> str:
        """Make a room that was saved."""
        began = time.perf_counter()
        problems = self._desk.room(plan_id).problems
        self._broken.discard(plan_id)
        if problems:
            self._broken.add(plan_id)
            return _one_line(problems)
        return f"built  {plan_id}  in {_since(began)}"

    def _if_other(self, plan_id: str) -> list[str]:
        """Look at a plan that may name a file that was saved."""
        if bool(self._desk.problems(plan_id)) == (plan_id in self._broken):
            return []
        return [self._of_plan(plan_id)]


def _of_error(error: MapsiteError) -> str:
    if isinstance(error, InvalidPlan):
        return _one_line(error.problems)
    return f"mapsite: {error}"


def _one_line(problems: list[Problem]) -> str:
    more = len(problems) - 1
    return f"{problems[0]}{f'  (and {more} more)' if more else ''}"


def _since(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:.0f} ms"
