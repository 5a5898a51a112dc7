"""The schedules of plans as tables: for people as lines, for machines as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mapsite.plan.model import Plan
from mapsite.plan.moment import Duration
from mapsite.plan.parallel import Saving, Together, savings, together
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import StepTime, schedule
from mapsite.plan.slips import Slip, slip
from mapsite.repository import PlanFile, read_plan_file

Slips = Mapping[str, Duration]
Table = dict[str, Any]
"""One plan's schedule, as JSON writes it: days as ISO dates."""

_HEADS = ("step", "start", "finish", "agreed", "slack (business days)", "")
_NONE = "-"
_MOST_STEPS = 150
"""In a longer plan it would take minutes to try what could run in parallel."""


def timetable(file: PlanFile, today: date, slips: Slips, *, savings_too: bool) -> Table:
    """Return the schedule of one plan; raise InvalidPlan where it is none."""
    plan = read_plan(read_plan_file(file.path), file.path, file.folder)
    times = schedule(plan, today, early=True)
    goal = plan.goal.date
    table: Table = {
        "plan": file.id,
        "file": file.path,
        "title": plan.title,
        "today": _day(today),
        "goal": _day(goal),
        "forecast": _day(times.forecast),
        "finish": _day(times.finish),
        "finish_week": times.calendar.week(times.finish) if times.finish else None,
        "spare_days": times.spare,
        "critical_path": list(times.chain),
        "steps": [_step(time) for time in times.steps],
    }
    if mine := {a: takes for a, takes in slips.items() if a in _ids(plan)}:
        table["slip"] = _slip(slip(plan, today, mine), mine)
    if savings_too and len(plan.steps) <= _MOST_STEPS:
        alone = savings(plan, today)
        table["parallel"] = [_saving(one) for one in alone]
        if len(alone) > 1:
            table["parallel_together"] = _together(together(plan, today))
    return table


def _ids(plan: Plan) -> set[str]:
    return {step.id for step in plan.steps}


def _step(time: StepTime) -> Table:
    return {
        "id": time.step.id,
        "title": time.step.title,
        "state": time.state,
        "start": _day(time.start),
        "finish": _day(time.expected),
        "due": _day(time.due) if time.agreed else None,
        "slack_days": time.slack,
        "critical": time.critical,
        "early": _day(time.early),
        "late": _day(time.latest),
        "cannot_hold_because_of": time.held_by,
    }


def _slip(found: Slip, slips: Slips) -> Table:
    return {
        "by": {step_id: takes.text for step_id, takes in slips.items()},
        "goal": [_day(day) for day in found.goal] if found.goal else None,
        "finish": [_day(day) for day in found.finish] if found.finish else None,
        "steps": [
            {
                "id": shift.step,
                "was": _day(shift.was),
                "finish": _day(shift.to),
                "breaks_agreed": _day(shift.broken),
                "starts_in_the_week_of": list(shift.into),
            }
            for shift in found.shifts
        ],
    }


def _saving(one: Saving) -> Table:
    return {
        "step": one.step,
        "beside": list(one.beside),
        "days": one.days,
        "finish": _day(one.finish),
    }


def _together(found: Together) -> Table:
    return {
        "steps": [one.step for one in found.savings],
        "days": found.days,
        "finish": _day(found.finish),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def lines(table: Table) -> Iterator[str]:
    """Yield *table* as lines for people."""
    yield f"{table['plan']}: {table['title']}"
    yield _sum(table)
    yield ""
    yield from _columns(table["steps"])
    yield from _cannot_hold(table)
    yield from _slipped(table)
    yield from _parallel(table)


def _sum(table: Table) -> str:
    goal, forecast, finish = table["goal"], table["forecast"], table["finish"]
    if goal is None:
        week = f", in week {table['finish_week']}" if table["finish_week"] else ""
        end = f"; at this pace the last step ends on {finish}{week}" if finish else ""
        return f"the goal has no day yet{end}"
    missed = (date.fromisoformat(forecast) - date.fromisoformat(goal)).days
    if missed > 0:
        return f"goal {goal}; at this pace {forecast}, {_many(missed, 'day')} later"
    spare = table["spare_days"]
    if missed < 0:
        return f"goal {goal}; reached on {forecast}"
    return f"goal {goal}; in reach" + (
        f", {_many(spare, 'calendar day')} to spare" if spare else ""
    )


def _columns(steps: list[Table]) -> Iterator[str]:
    rows = [_HEADS, *map(_row, steps)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()


def _row(step: Table) -> tuple[str, ...]:
    slack = _NONE if step["slack_days"] is None else f"{step['slack_days']}d"
    over = step["state"] in {"done", "cancelled"}
    marks = ["critical"] if step["critical"] and not over else []
    state = step["state"] if step["state"] not in {"todo", "waiting", "soon"} else ""
    return (
        step["id"],
        step["start"] or _NONE,
        step["finish"] or _NONE,
        step["due"] or _NONE,
        _NONE if over else slack,
        ", ".join(filter(None, [state, *marks])),
    )


def _cannot_hold(table: Table) -> Iterator[str]:
    held = [step for step in table["steps"] if step["cannot_hold_because_of"]]
    yield from [""] if held else []
    for step in held:
        cause = step["cannot_hold_because_of"]
        why = "its own length" if cause == step["id"] else cause
        if step["early"] and step["early"] <= step["due"]:
            yield (
                f"{step['id']}: {step['due']} holds only if what may take longer does"
                f" not; {step['finish']} otherwise, because of {why}"
            )
            continue
        yield (
            f"{step['id']}: {step['due']} cannot hold because of {why};"
            f" {step['finish']} at the earliest"
        )


def _slipped(table: Table) -> Iterator[str]:
    if not (found := table.get("slip")):
        return
    by = ", ".join(f"{step_id} +{text}" for step_id, text in found["by"].items())
    yield ""
    moves = found["goal"] or found["finish"]
    what = "the goal" if found["goal"] else "the last step"
    if moves is None:
        yield f"{by}: nothing here has a day that could move"
    elif moves[0] == moves[1]:
        yield f"{by}: {what} stays on {moves[0]}"
    else:
        yield f"{by}: {what} moves from {moves[0]} to {moves[1]}"
    for step in found["steps"]:
        weeks = " and ".join(step["starts_in_the_week_of"])
        into = f"; begins in the week of {weeks}" if weeks else ""
        broken = step["breaks_agreed"]
        kept = f"; {broken} is agreed" if broken else ""
        yield f"  {step['id']}: {step['was']} -> {step['finish']}{kept}{into}"


def _parallel(table: Table) -> Iterator[str]:
    found = table.get("parallel") or []
    if not found:
        return
    yield ""
    yield "what could run in parallel, if those who do it agree:"
    for one in found:
        beside = " and ".join(one["beside"])
        yield f"  {one['step']} beside {beside}: {_sooner(one)}"
    if both := table.get("parallel_together"):
        yield f"  all of it ({', '.join(both['steps'])}): {_sooner(both)}"


def _sooner(one: Table) -> str:
    return f"{one['finish']}, {_many(one['days'], 'business day')} sooner"


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
