"""Rules about how long steps of a kind usually take, against what the plan allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.lexicon import LeadTime, lead_times
from mapsite.plan.advice.rule import Finding, Limit, Rule, many
from mapsite.plan.moment import Unit
from mapsite.plan.schedule import StepTime

_BEGUN = frozenset({"in-progress", "at-risk", "blocked"})
_LONGEST = 2_600


def _short_lead_time(at: Context) -> Iterator[Finding]:
    for time, lead in _timed(at):
        days, says = _allowed(at, time, longer=True), "allows"
        if days is None and lead.measure == "room":
            days, says = _room(at, time), "leaves"
        # No days at all is a moment, and nobody's guess of a length.
        if days and days < at.limit("short-lead-time", lead.kind):
            fix = "ask how long it takes on their side, and begin early"
            yield _unusual(time, lead, f"the plan {says} {_business(days)}", fix)


def _long_lead_time(at: Context) -> Iterator[Finding]:
    for time, lead in _timed(at):
        above = at.limit("long-lead-time", lead.kind)
        if lead.measure == "signature":
            days, says = _since_signature(at, time), "the plan waits"
        else:
            days, says = _allowed(at, time, longer=False), "the plan allows"
        if days is not None and days > above:
            fix = "ask what takes so long, and whether a part can begin sooner"
            yield _unusual(time, lead, f"{says} {_business(days)}", fix)


def _unusual(time: StepTime, lead: LeadTime, says: str, fix: str) -> Finding:
    step = time.step
    usual = f"{lead.below} to {lead.above}" if lead.below else f"up to {lead.above}"
    field = "/takes" if step.takes else "/due" if step.due else ""
    return Finding(
        f"steps/{step.id}{field}",
        f"{says}, and {lead.called} usually takes {usual} (practitioners' figures)",
        fix,
    )


def _business(days: int) -> str:
    return many(days, "business day")


def _timed(at: Context) -> Iterator[tuple[StepTime, LeadTime]]:
    known = lead_times()
    for time in at.live:
        kind = at.kinds[time.step.id]
        if kind in known:
            yield time, known[kind]


def _allowed(at: Context, time: StepTime, *, longer: bool) -> int | None:
    """Return the business days that a step may take, by its length or its days."""
    takes, days = time.step.takes, at.agreed[time.step.id]
    if takes and takes.known:
        count, unit = (
            (takes.most, takes.most_unit) if longer else (takes.least, takes.least_unit)
        )
        return _in_business_days(at, count, unit)
    if days.start and days.due:
        return at.times.calendar.between(days.start, days.due)
    return None


def _in_business_days(at: Context, count: int, unit: Unit) -> int:
    week = len(at.plan.calendar.workdays)
    each = {"d": 7, "w": 7 * week, "cd": week}[unit]
    return count * each // 7


def _room(at: Context, time: StepTime) -> int | None:
    """Return the business days from what a step waits for to its agreed end."""
    due = at.agreed[time.step.id].due
    if due is None or time.step.status in _BEGUN or time.step.takes:
        return None
    ends = [
        before.expected
        for step_id in time.step.after
        if (before := at.by_id.get(step_id)) and before.step.status != "cancelled"
    ]
    last = max((end for end in ends if end), default=None)
    if last is None or last > due:
        return None
    return at.times.calendar.between(last, due)


def _since_signature(at: Context, time: StepTime) -> int | None:
    """Return the business days from the signature to a step after it."""
    due = at.agreed[time.step.id].due
    signed = [t.day for t in at.visible if at.kinds[t.step.id] == "signature" and t.day]
    if due is None or not signed or due < signed[-1]:
        return None
    return at.times.calendar.between(signed[-1], due)


def _limits(field: str) -> Mapping[str, Limit]:
    found = {}
    for kind, lead in lead_times().items():
        number = lead.below if field == "below" else lead.above
        words = "at least" if field == "below" else "at most"
        what = f"business days for {lead.called}, {words}"
        found[kind] = Limit(number, 0, _LONGEST, what)
    return found


RULES = (
    Rule(
        "short-lead-time",
        "warning",
        "a step has less time than its kind usually takes",
        "Security, legal and procurement queues are where dates are lost. The usual"
        " lengths are practitioners' figures (leadtimes.toml names each source): a"
        " reason to ask, not a fact to tell a buyer.",
        "Ask how long it takes on their side, begin early, or agree on a later day.",
        _short_lead_time,
        _limits("below"),
    ),
    Rule(
        "long-lead-time",
        "info",
        "a step has more time than its kind usually takes",
        "A length far above the usual hides a reason worth knowing: a queue, a board"
        " date, somebody's leave. The figures are practitioners' own.",
        "Ask what takes so long, and whether a part can begin sooner.",
        _long_lead_time,
        _limits("above"),
    ),
)
