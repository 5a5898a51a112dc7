"""Rules about the plan as a whole: its end, its length, what it is judged by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.rule import MOST_NAMED, Finding, Limit, Rule, named
from mapsite.plan.item import shown
from mapsite.plan.schedule import StepTime

_AFTER_SIGNATURE = frozenset({"kickoff", "implementation", "go-live"})


def _sellers_quarter_end(at: Context) -> Iterator[Finding]:
    goal = at.plan.goal
    if goal.date is None or goal.why or goal.event or goal.date < at.today:
        return
    starts = at.limit("sellers-quarter-end", "fiscal_year_starts")
    end = _end_of_month(goal.date)
    last = at.times.calendar.roll(end, -1) or end
    if (goal.date.month - starts) % 3 == 2 and goal.date in {end, last}:  # noqa: PLR2004  # the third month
        yield Finding(
            "goal/date",
            f"{goal.date} ends the seller's quarter, and no reason of the buyer's"
            " is told",
            "ask what makes the date matter to them, and write it in `goal.why`",
        )


def _end_of_month(day: date) -> date:
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return after - timedelta(days=1)


def _ends_at_signature(at: Context) -> Iterator[Finding]:
    signed = [time for time in at.visible if at.kinds[time.step.id] == "signature"]
    if not signed or at.plan.goal.go_live:
        return
    last = signed[-1]
    if any(_comes_after(at, time, last) for time in at.visible if time is not last):
        return
    yield Finding(
        f"steps/{last.step.id}",
        "the plan ends with the signature",
        "add the kickoff and the first day of use, which is what the buyer wants",
    )


def _comes_after(at: Context, time: StepTime, signature: StepTime) -> bool:
    if at.kinds[time.step.id] in _AFTER_SIGNATURE:
        return True
    if signature.step.id in time.step.after:
        return True
    return bool(time.day and signature.day and time.day > signature.day)


def _too_many_steps(at: Context) -> Iterator[Finding]:
    count, most = len(at.visible), at.limit("too-many-steps", "most")
    if count > most:
        yield Finding(
            "steps",
            f"the buyer sees {count} steps, more than {most}",
            "fold small ones into `tasks`, or hide the seller's own with"
            " `internal: true`",
        )


def _criterion_without_measure(at: Context) -> Iterator[Finding]:
    lacking = [
        one.id
        for one in shown(at.plan.criteria)
        if not one.measure and not one.evidence and one.status != "met"
    ]
    fix = "ask how they will tell that it is met"
    if len(lacking) > MOST_NAMED:
        why = f"{len(lacking)} criteria ({named(lacking)}) say nothing of how they"
        yield Finding("criteria", f"{why} are measured", fix)
        return
    for criterion in lacking:
        why = "this criterion says nothing of how it is measured"
        yield Finding(f"criteria/{criterion}", why, fix)


RULES = (
    Rule(
        "sellers-quarter-end",
        "warning",
        "the goal's date is only the seller's",
        "A date on the last day of the seller's quarter, without a reason of the"
        " buyer's, is the seller's date and does not hold.",
        "Ask for the buyer's reason (`goal.why`, `goal.event`), or take their date.",
        _sellers_quarter_end,
        {"fiscal_year_starts": Limit(1, 1, 12, "the month your fiscal year begins")},
    ),
    Rule(
        "ends-at-signature",
        "warning",
        "nothing comes after the signature",
        "A plan that ends with the signature is the seller's; the buyer's goal begins"
        " there.",
        "Add the kickoff, the first day of use, or `goal.go_live`.",
        _ends_at_signature,
    ),
    Rule(
        "too-many-steps",
        "info",
        "the buyer sees very many steps",
        "By a vendor's own figures plans of more than 30 visible steps do no better"
        " than none; regulated deals may need them all the same.",
        "Fold small steps into `tasks` of others, or hide the seller's own.",
        _too_many_steps,
        {"most": Limit(30, 1, 10_000, "steps that the buyer sees")},
    ),
    Rule(
        "criterion-without-measure",
        "info",
        "a criterion has no measure",
        "What is not measured is argued about on the day of the decision.",
        "Ask how they will tell, and write it in `measure`.",
        _criterion_without_measure,
    ),
)
