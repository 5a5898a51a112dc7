"""Which deals of the CRM may go on: those whose plan checks clean and is kept up.

A plan belongs to the deal that its ``internal.crm_id`` names; without one, to the open
deal of its buyer. Where that leaves two plans, or two deals, a person decides. What
stands in a plan's internal fields is compared, never told.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mapsite.gate.deals import Deal
from mapsite.gate.plans import PlanState
from mapsite.gate.stages import Stages, usual_stages

FINE, MISSING, FAULTY, STALE, UNCLEAR = (
    "fine",
    "no-plan",
    "problems",
    "stale",
    "unclear",
)
CLOSED, EARLIER, BELOW = "closed", "earlier", "below"
LEFT_OUT = (BELOW, EARLIER, CLOSED)
"""What keeps a deal from needing a plan."""

_OWN_LIMIT = frozenset({"stale", "very-stale"})
"""Advice for which the gate has a number of its own."""
_LEGAL = re.compile(
    r"(?: (?:ab|ag|aps|as|asa|bv|bvba|co|company|corp|corporation|cv|doo|eg|ev|gbr|gmbh"
    r"|inc|incorporated|kft|kg|kgaa|kk|llc|llp|lp|limited|ltd|ltda|mbh|nv|ohg|oo|oy|oyj"
    r"|plc|pte|pty|pvt|sa|sab|sarl|sas|sasu|se|sl|slu|sp|spa|srl|sro|ug|z))+$"
)
"""What companies write behind their names."""
_SALESFORCE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
_SHORT_ID = 15
"""Of 18 characters in Salesforce the last three are a checksum of the others."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Say which deals need a plan, and how well it must be kept."""

    threshold: Decimal
    today: date
    stale: int = 14
    """Days without a change from which on a plan is stale."""
    strict: bool = False
    """Whether warnings count like errors."""
    stage: str | None = None
    """The stage from which on deals need a plan; all open ones without it."""
    stages: Stages = field(default_factory=usual_stages)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what the gate makes of one deal."""

    deal: Deal
    kind: str
    plan: str | None
    words: str
    unknown_stage: bool = False
    """Whether its stage is one that nobody told the place of."""


def judge(
    deals: Sequence[Deal], plans: Sequence[PlanState], rule: Rule
) -> list[Verdict]:
    """Return a verdict for each of *deals*, in their order."""
    kinds = [_kind_of(deal, rule) for deal in deals]
    asked = [deal for deal, kind in zip(deals, kinds, strict=True) if kind is None]
    gate = _Gate(plans, rule, deals, asked)
    return [
        gate.verdict(deal)
        if kind is None
        else Verdict(deal, kind, None, _why(deal, kind))
        for deal, kind in zip(deals, kinds, strict=True)
    ]


def _kind_of(deal: Deal, rule: Rule) -> str | None:
    """Return why *deal* needs no look at its plan, if there is a reason."""
    if any(problem.rule == "columns" for problem in deal.unclear):
        return UNCLEAR
    if deal.closed:
        return CLOSED
    place = rule.stages.place(deal.stage) if rule.stage else None
    if place is not None and place < (rule.stages.place(rule.stage or "") or 0):
        return EARLIER
    if deal.amount is not None and deal.amount < rule.threshold:
        return BELOW
    return UNCLEAR if deal.unclear else None


def _why(deal: Deal, kind: str) -> str:
    if kind == UNCLEAR:
        return "; ".join(
            ": ".join(filter(None, (problem.address, problem.message)))
            for problem in deal.unclear
        )
    return {
        CLOSED: "closed",
        EARLIER: "in an earlier stage",
        BELOW: "below the threshold",
    }[kind]


class _Gate:
    """Hold the plans by all that leads to them."""

    def __init__(
        self,
        plans: Iterable[PlanState],
        rule: Rule,
        deals: Iterable[Deal],
        asked: Iterable[Deal],
    ) -> None:
        self._rule = rule
        self._ids: dict[str, list[PlanState]] = defaultdict(list)
        self._buyers: dict[str, list[PlanState]] = defaultdict(list)
        for plan in plans:
            for key in dict.fromkeys(map(_id_key, plan.crm_ids)):
                self._ids[key].append(plan)
            self._buyers[company(plan.buyer)].append(plan)
        self._claimed = {plan.id for deal in deals for plan in self._by_id(deal)}
        self._wanted = Counter(
            plan.id
            for deal in asked
            if not self._by_id(deal)
            for plan in self._by_name(deal)
        )

    def verdict(self, deal: Deal) -> Verdict:
        kind, plan, words = self._found(deal)
        rule = self._rule
        unknown = rule.stage is not None and rule.stages.place(deal.stage) is None
        return Verdict(deal, kind, plan.id if plan else None, words, unknown)

    def _found(self, deal: Deal) -> tuple[str, PlanState | None, str]:
        own = self._by_id(deal)
        plans = own or self._by_name(deal)
        if len(plans) > 1:
            named = ", ".join(plan.id for plan in plans)
            return UNCLEAR, None, f"{len(plans)} plans: {named}"
        if not plans:
            return MISSING, None, self._no_plan(deal)
        plan = plans[0]
        if not own and self._wanted[plan.id] > 1:
            count = self._wanted[plan.id]
            words = f"{count} deals of one buyer; name this one in the plan's crm_id"
            return UNCLEAR, plan, words
        if plan.status != "open":
            return UNCLEAR, plan, f"the deal is open, its plan is {plan.status}"
        return self._kept(plan)

    def _kept(self, plan: PlanState) -> tuple[str, PlanState, str]:
        counted = ("error", "warning") if self._rule.strict else ("error",)
        found = Counter(
            problem.severity
            for problem in plan.problems
            if problem.rule not in _OWN_LIMIT
        )
        faults = [_many(found[sort], sort) for sort in counted if found[sort]]
        if faults:
            return FAULTY, plan, " and ".join(faults)
        if plan.last is None:
            return STALE, plan, "nothing tells when it last changed"
        days = (self._rule.today - plan.last).days
        if days >= self._rule.stale:
            return STALE, plan, f"no change for {_many(days, 'day')}"
        return FINE, plan, "fine"

    def _by_id(self, deal: Deal) -> list[PlanState]:
        return self._ids.get(_id_key(deal.id), []) if deal.id else []

    def _by_name(self, deal: Deal) -> list[PlanState]:
        return [
            plan
            for plan in self._of_buyer(deal)
            if plan.status == "open" and plan.id not in self._claimed
        ]

    def _of_buyer(self, deal: Deal) -> list[PlanState]:
        names = dict.fromkeys(filter(None, map(company, deal.accounts)))
        return [plan for name in names for plan in self._buyers.get(name, [])]

    def _no_plan(self, deal: Deal) -> str:
        """Say what there is of the same buyer, where it is not this deal's."""
        of_buyer = self._of_buyer(deal)
        if any(plan.id in self._claimed for plan in of_buyer):
            return "no plan; that of the same buyer is another deal's"
        if of_buyer:
            return "no open plan"
        return "no plan"


def company(name: str) -> str:
    """Return *name* as companies are compared: without case and legal form."""
    text = unicodedata.normalize("NFKC", name).casefold()
    words = re.sub(r"[^\w]+", " ", re.sub("[./'\u2019]", "", text)).strip()
    return _LEGAL.sub("", words)


def _id_key(crm_id: str) -> str:
    plain = crm_id.strip()
    return plain[:_SHORT_ID] if _SALESFORCE.fullmatch(plain) else plain


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
