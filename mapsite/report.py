"""The words in which commands tell what became of plans and rooms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mapsite.errors import InvalidPlan, Problem
from mapsite.repository import UnknownPlan
from mapsite.room.faults import refusal

if TYPE_CHECKING:
    from mapsite.room.build import Outcome


MOST_LISTED = 20
"""How many built rooms are listed after a progress bar; a log lists all."""

Say = Callable[..., None]
"""Prints lines."""
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#(?:vso)?\[)")
"""How a line begins a command to the runner of a workflow, or holds one."""


class Report:
    """Tell of a build as it goes, and sum it up."""

    def __init__(
        self, out: Path, misnamed: list[Problem], say: Say, complain: Say
    ) -> None:
        """Begin with the files whose names make no plan; they count as failed."""
        self._out = out
        self._misnamed = misnamed
        self._say = say
        self._complain = complain
        self._counts = Counter(failed=len(misnamed))
        self._advance: Callable[[int], None] | None = None
        self._held: list[Outcome] = []

    @property
    def failed(self) -> int:
        """Return how many rooms could not be built."""
        return self._counts["failed"]

    def begin(self, advance: Callable[[int], None] | None) -> None:
        """Hold all back that is to be told while a bar advances."""
        self._advance = advance

    def add(self, outcome: Outcome) -> None:
        """Count one room, and tell of it now or after the bar."""
        self._counts[outcome.state] += 1
        if outcome.state == "unchanged":
            return
        if self._advance is None:
            self._tell(outcome)
            return
        self._held.append(outcome)
        if outcome.state in {"built", "failed"}:
            self._advance(1)

    def finish(self, seconds: float) -> None:
        """Tell what was held back, then the sum."""
        built = [one for one in self._held if one.state == "built"]
        for outcome in built[:MOST_LISTED]:
            self._tell(outcome)
        if len(built) > MOST_LISTED:
            self._say(f"built  and {len(built) - MOST_LISTED} more in {self._out}")
        for outcome in self._held:
            if outcome.state != "built":
                self._tell(outcome)
        self._complain(*map(str, self._misnamed))
        states = ("built", "unchanged", "failed")
        total = sum(self._counts[state] for state in states)
        counts = ", ".join(f"{self._counts[state]} {state}" for state in states)
        self._say(f"{_many(total, 'room')}: {counts} in {seconds:.1f} s")

    def _tell(self, outcome: Outcome) -> None:
        plan_id, room = outcome.plan.id, self._out / outcome.plan.id
        if outcome.state == "built":
            self._say(f"built  {plan_id}  {room / 'index.html'}")
        elif outcome.state == "removed":
            self._say(f"removed  {plan_id}  {room}")
        elif outcome.state == "left":
            why = "its deal is closed" if outcome.plan.closed else "its plan is gone"
            hint = f"{why}; `mapsite build --clean` removes the room"
            self._say(f"left  {plan_id}  {room}  ({hint})")
        self._complain(*map(str, outcome.problems))


def ending(error: BaseException, command: str | None) -> tuple[list[str], int]:
    """Return the lines and the exit code with which *error* ends a command."""
    if isinstance(error, InvalidPlan):
        return [str(problem) for problem in error.problems], 1
    if isinstance(error, KeyboardInterrupt):
        return ["stopped; rooms are whole" if command == "build" else "stopped"], 130
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return [f"mapsite: {where}{refusal(error)}"], 1
    return f"mapsite: {error}".split("\n"), 2 if isinstance(error, UnknownPlan) else 1


def verdict(found: list[list[Problem]], look: list[Problem], advice: int = 0) -> str:
    """Sum up what was *found* in each plan: ``4 plans: 3 fine, 1 with 2 problems``.

    *advice* is how many pieces of it there are beside the problems.
    """
    count, bad = len(found), [problems for problems in found if problems]
    fine = f"{count - len(bad)} fine" if bad else "all fine" if count > 1 else "fine"
    parts = [f"{_many(count, 'plan')}: {fine}"]
    if bad:
        parts.append(f"{len(bad)} with {_many(sum(map(len, bad)), 'problem')}")
    if look:
        parts.append(f"and {_many(len(look), 'problem')} in mkdocs.yml")
    if advice:
        pieces = "1 piece" if advice == 1 else f"{advice} pieces"
        parts.append(f"{pieces} of advice")
    return ", ".join(parts)


def printable(line: str) -> str:
    """Return *line* with what could steer a terminal or a CI runner as its escape."""
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in line
    )
    return _COMMAND.sub(_as_escape, shown)


def _as_escape(found: re.Match[str]) -> str:
    return r"\x23" if found[1] is None else rf"{found[1]}\x3a"


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
