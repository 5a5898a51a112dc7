"""Find all that keeps a repository's rooms from being built, without building one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.report import verdict
from mapsite.repository import MEMORY, SETTINGS, PlanFile, find_plans, read_plan_file
from mapsite.room.faults import as_problems, whole_file


class Checked(NamedTuple):
    """Hold what a check found, and its sum in words."""

    problems: list[Problem]
    verdict: str


def check_repository(root: Path, names: tuple[str, ...]) -> Checked:
    """Check the plans that *names* mean, or all plans, and the look."""
    chosen, misnamed = find_plans(root, names)
    found = [[problem] for problem in misnamed] + [_of_plan(plan) for plan in chosen]
    look = _of_look(root)
    problems = [problem for some in [*found, look] for problem in some]
    return Checked(problems, verdict(found, look))


def _of_plan(plan: PlanFile) -> list[Problem]:
    from mapsite.plan.read import read_plan  # noqa: PLC0415  # pydantic is slow to import

    try:
        read_plan(read_plan_file(plan.path), plan.path, Path(plan.path).parent)
    except Exception as error:  # noqa: BLE001  # the other plans are checked too
        return as_problems(plan.path, error)
    return []


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
