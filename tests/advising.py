"""Ask for advice on small plans, written in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mapsite.plan.advice.registry import DEFAULTS, Advice, advise
from mapsite.plan.past import NO_HISTORY, History
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule

TODAY = date(2026, 5, 24)
"""A Sunday."""
GOAL = "{outcome: Live, date: 2026-08-14, go_live: 2026-09-30, why: Renewal}"


def plan_of(*steps: str, head: str = "", goal: str = GOAL) -> str:
    """Return the text of a plan with *steps*, each the inside of a map."""
    lines = [
        "title: Project plan",
        "buyer: {name: Acme}",
        "seller: {name: Mama}",
        f"goal: {goal}",
        "" if "created:" in head else "created: 2026-05-18",
        head,
    ]
    lines += ["steps:", *(f"  - {{{step}}}" for step in steps)] if steps else []
    return "\n".join(lines) + "\n"


def advice_on(
    text: str,
    rule: str,
    today: date = TODAY,
    history: History = NO_HISTORY,
    **limits: int,
) -> list[Advice]:
    """Return what one rule has to say on the plan *text*."""
    plan = read_plan(text.encode(), "deal.yaml")
    numbers: Mapping[str, int] = {**DEFAULTS[rule], **limits}
    return advise(plan, schedule(plan, today, early=True), history, {rule: numbers})


def told(text: str, rule: str, today: date = TODAY, **limits: int) -> list[str]:
    """Return the addresses at which one rule has something to say."""
    found = advice_on(text, rule, today, **limits)
    return [advice.finding.address for advice in found]


def why(text: str, rule: str, today: date = TODAY, **limits: int) -> str:
    """Return the one thing that a rule has to say, as it is printed."""
    (advice,) = advice_on(text, rule, today, **limits)
    return f"{advice.finding.why}; {advice.finding.fix}"
