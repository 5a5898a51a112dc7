"""All rules, and the advice that they give on one plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mapsite.plan.advice import (
    dates,
    lead,
    lengths,
    order,
    owners,
    pace,
    reach,
    roles,
    shape,
    weeks,
    wording,
)
from mapsite.plan.advice.context import Context, Limits
from mapsite.plan.advice.rule import Finding, Rule
from mapsite.plan.model import Plan
from mapsite.plan.past import NO_HISTORY, History
from mapsite.plan.people import People
from mapsite.plan.schedule import Schedule

_MODULES = (
    *(owners, roles, dates, order, reach, lead, lengths, weeks, shape, pace),
    wording,
)

RULES: Mapping[str, Rule] = {
    rule.id: rule for module in _MODULES for rule in module.RULES
}
"""By id, in the order in which they are explained."""

DEFAULTS: Limits = {
    rule.id: {name: limit.default for name, limit in rule.limits.items()}
    for rule in RULES.values()
}


class Advice(NamedTuple):
    """Hold one piece of advice."""

    rule: Rule
    finding: Finding


def advise(
    plan: Plan,
    times: Schedule,
    history: History = NO_HISTORY,
    limits: Limits = DEFAULTS,
) -> list[Advice]:
    """Return what *plan* still lacks by the rules that *limits* names.

    A plan that is closed gets no advice.
    """
    if plan.status != "open":
        return []
    context = Context(plan, times, People(plan), history, limits)
    return [
        Advice(RULES[rule_id], finding)
        for rule_id in limits
        for finding in RULES[rule_id].judge(context)
    ]
