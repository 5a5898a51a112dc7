"""Find all that keeps a repository's rooms from being built, and what plans lack.

Nothing is built. Faults are errors; advice is a warning or info, and stops nothing.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.plan.nodes import Scalar
from mapsite.report import verdict
from mapsite.repository import MEMORY, SETTINGS, PlanFile, find_plans, read_plan_file
from mapsite.room.faults import as_problems, whole_file
from mapsite.room.pasts import Pasts

if TYPE_CHECKING:
    from mapsite.plan.advice.context import Limits
    from mapsite.plan.advice.registry import Advice
    from mapsite.plan.model import Plan
    from mapsite.plan.nodes import Source


class Checked(NamedTuple):
    """Hold what a check found, and its sum in words."""

    problems: list[Problem]
    """Of each plan first the errors, or else the advice; then those of the look."""
    verdict: str


def check_repository(root: Path, names: tuple[str, ...], today: date) -> Checked:
    """Check the plans that *names* mean, or all plans, and the look, as of *today*."""
    chosen, misnamed = find_plans(root, names)
    checker = Checker(root, [plan.source for plan in chosen], today)
    found = [[problem] for problem in misnamed]
    found += [checker.problems_of(plan) for plan in chosen]
    look = _of_look(root)
    problems = [problem for some in [*found, look] for problem in some]
    errors = [[one for one in some if one.severity == "error"] for some in found]
    advice = sum(map(len, found)) - sum(map(len, errors))
    return Checked(problems, verdict(errors, look, advice))


class Checker:
    """Check the plans of one repository as of one day."""

    def __init__(self, root: Path, sources: list[str], today: date) -> None:
        """Take the plans as paths from *root*, in the order they will be checked."""
        self._root, self._today = root, today
        self._left = sources
        self._pasts = Pasts(root, sources, today)

    def problems_of(self, plan: PlanFile) -> list[Problem]:
        """Return the errors of *plan*, or what it still lacks where it has none."""
        from mapsite.plan.read import read_with_source  # noqa: PLC0415  # slow to import

        try:
            raw = read_plan_file(plan.path)
            return self._advice(plan, *read_with_source(raw, plan.path, plan.folder))
        except Exception as error:  # noqa: BLE001  # the other plans are checked too
            return as_problems(plan.path, error)

    def _advice(self, file: PlanFile, plan: Plan, source: Source) -> list[Problem]:
        if plan.status != "open":
            return []
        from mapsite.plan.advice.registry import advise  # noqa: PLC0415  # same
        from mapsite.plan.advice.tuning import read_tuning  # noqa: PLC0415
        from mapsite.plan.history import history_of  # noqa: PLC0415
        from mapsite.plan.schedule import schedule  # noqa: PLC0415

        versions = self._pasts.of(self._from(file.source)).versions
        tuning, _ = read_tuning(source.top().at("checks"), reasons=True)
        advice = advise(
            plan,
            schedule(plan, self._today, early=True),
            history_of(versions, plan),
            tuning.over(self._limits),
        )
        return sorted(_problem(one, source) for one in advice)

    def _from(self, source: str) -> list[str]:
        """Return *source*, and what will be checked after it."""
        place = self._left.index(source)
        self._left = self._left[place:]
        return self._left

    @cached_property
    def _limits(self) -> Limits:
        """Read the team's own limits; where settings are wrong, the look says so."""
        from mapsite.plan.advice.registry import DEFAULTS  # noqa: PLC0415  # same
        from mapsite.plan.advice.tuning import read_tuning  # noqa: PLC0415
        from mapsite.room.settings import CHECKS, read_source  # noqa: PLC0415

        try:
            spot = read_source(self._root).top().at(*CHECKS)
        except MapsiteError:
            return DEFAULTS
        return read_tuning(spot, reasons=False)[0].over(DEFAULTS)


def _problem(advice: Advice, source: Source) -> Problem:
    rule, finding = advice
    address, line, column = _place(finding.address, source)
    message = f"{finding.why}; {finding.fix}"
    return Problem(source.file, line, column, address, rule.id, message, rule.severity)


def _place(address: str, source: Source) -> tuple[str, int, int]:
    """Return address, line and column of what is at *address*, or around it.

    One text may stand for a map or a list; then nothing is inside.
    """
    at = address
    while at:
        if node := source.locate(at):
            told = at if isinstance(node, Scalar) else address
            return told, node.line, node.column
        at = at.rpartition("/")[0]
    return address, 0, 0


def _of_look(root: Path) -> list[Problem]:
    """Make the frame of the look as a build would, unless a build has made it."""
    from mapsite.room.frame import make_frame  # noqa: PLC0415  # slow to import
    from mapsite.room.look import look_fingerprint  # noqa: PLC0415
    from mapsite.room.shell import kept_frame, read_frame  # noqa: PLC0415

    try:
        if read_frame(kept_frame(root / MEMORY, look_fingerprint(root))) is None:
            make_frame(root)
    except InvalidPlan as error:
        return error.problems
    except MapsiteError as error:
        return [whole_file(SETTINGS, "look", str(error).removeprefix(f"{SETTINGS}: "))]
    return []
