"""What is known of every plan at once: whose it is, how it stands, when it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mapsite.checking import Checker
from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.plan.history import history_of
from mapsite.plan.model import Plan
from mapsite.plan.past import Version
from mapsite.plan.read import read_with_source
from mapsite.plan.record import last_entry
from mapsite.plan.source import compose
from mapsite.repository import PlanFile, closed_plans, find_plans, read_plan_file
from mapsite.room.faults import whole_file
from mapsite.room.pasts import Pasts


@dataclass(frozen=True, slots=True)
class PlanState:
    """Hold what the gate has to know of a plan."""

    id: str
    file: str
    crm_ids: tuple[str, ...]
    """From its internal fields; compared alone."""
    buyer: str
    """Empty where the plan cannot be read."""
    status: str
    last: date | None
    """The day of its last visible change."""
    problems: tuple[Problem, ...]


def plan_states(root: Path, today: date) -> tuple[list[PlanState], list[Problem]]:
    """Return what is known of the plans in *root*, and which files tell nothing."""
    files, misnamed = find_plans(root, ())
    files += closed_plans(root)
    sources = [file.source for file in files]
    checker, pasts = Checker(root, sources, today), Pasts(root, sources, today)
    states = []
    for number, file in enumerate(files):
        problems = tuple(checker.problems_of(file))
        versions = pasts.of(sources[number:]).versions
        states.append(_state(file, problems, versions, today))
    return states, [*misnamed, *map(_untold, filter(_is_untold, states))]


def _state(
    file: PlanFile,
    problems: tuple[Problem, ...],
    versions: Sequence[Version],
    today: date,
) -> PlanState:
    try:
        raw = read_plan_file(file.path)
    except (MapsiteError, OSError):
        return PlanState(file.id, file.path, (), "", "open", None, problems)
    plan, tree = _plan_and_tree(raw, file.path)
    return PlanState(
        file.id,
        file.path,
        _texts(_part(tree, "internal", "crm_id")),
        "".join(_texts(_part(tree, "buyer", "name"))[:1]),
        "".join(_texts(tree.get("status"))[:1]) or "open",
        _last(plan, versions, today) if plan else None,
        problems,
    )


def _plan_and_tree(raw: bytes, file: str) -> tuple[Plan | None, dict[str, Any]]:
    try:
        plan, source = read_with_source(raw, file)
    except InvalidPlan:
        # A plan with errors is still somebody's: what can be read of it says whose.
        part, _ = compose(raw, file)
        return None, part.data() if part else {}
    return plan, source.data()


def _last(plan: Plan, versions: Sequence[Version], today: date) -> date | None:
    """Return the last day until *today* that git or the plan itself tells of."""
    days = (history_of(versions, plan).last, last_entry(plan))
    return max((day for day in days if day and day <= today), default=None)


def _is_untold(state: PlanState) -> bool:
    return not state.buyer and not state.crm_ids


def _untold(state: PlanState) -> Problem:
    message = f"nobody can tell whose deal this is; mapsite check {state.id} says why"
    return whole_file(state.file, "untold", message)


def _part(tree: dict[str, Any], key: str, name: str) -> Any:  # noqa: ANN401  # a tree
    part = tree.get(key)
    return part.get(name) if isinstance(part, dict) else None


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401  # whatever stands there
    """Return the texts of a text or of a list."""
    items = value if isinstance(value, list) else [value]
    return tuple(item.strip() for item in items if isinstance(item, str))
