"""Rules about who is missing: those without whom a purchase of its size is not made."""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.lexicon import words_of
from mapsite.plan.advice.rule import Finding, Judge, Limit, Rule
from mapsite.plan.advice.worth import worth
from mapsite.plan.item import shown

_LARGE = frozenset(
    {"enterprise", "regulated", "mid-market", "midmarket", "strategic", "large"}
)
_WORTH = {
    "worth": Limit(50_000, 0, 1_000_000_000, "the least value for which it is needed"),
    "steps": Limit(15, 1, 1_000, "the least steps, where neither band nor value tells"),
}


def _is_large(at: Context, rule: str) -> bool:
    """Tell whether the band, the value or else the length asks for every role."""
    band, value = at.plan.band, at.plan.goal.value
    if band:
        return band.casefold().replace(" ", "-") in _LARGE
    amount = worth(value) if value else None
    if amount is not None:
        return amount >= at.limit(rule, "worth")
    return value is None and len(at.visible) >= at.limit(rule, "steps")


def _told(at: Context) -> frozenset[str]:
    """Return the roles that the plan speaks of, anywhere on the buyer's side.

    What is cancelled or not needed counts: somebody has thought of it.
    """
    plan = at.plan
    texts = [
        *(step.title for step in plan.steps),
        *(document.title for document in plan.documents),
        *(task.title for step in plan.steps for task in step.tasks),
        *(proof.text for step in plan.steps for proof in step.evidence),
        *(who for step in plan.steps for o in step.owners for who in (o.who, o.buyer)),
        *(person.title for person in plan.people if person.side != "seller"),
        *(criterion.text for criterion in plan.criteria),
        *(question.text for question in plan.questions),
        *(risk.text for risk in plan.risks),
        *(section.title for section in plan.sections),
    ]
    words = words_of(" | ".join(filter(None, texts)))
    return frozenset(match.meaning for match in at.lexicon.roles.find(words))


def _roles(at: Context) -> set[str]:
    return {
        role
        for person in shown(at.plan.people)
        if person.side != "seller"
        for role in person.roles
    }


def _no_economic_buyer(at: Context) -> Iterator[Finding]:
    if not _is_large(at, "no-economic-buyer"):
        return
    listed = {"economic-buyer", "executive-sponsor", "decision-maker"}
    if _roles(at) & listed or "economic-buyer" in _told(at) or _releases(at):
        return
    yield Finding(
        _place(at),
        "the plan does not tell who decides on the money",
        "ask who that is; a person named unknown with the role economic-buyer will do",
    )


def _releases(at: Context) -> bool:
    """Tell whether somebody of the buyer's has a budget or a board's vote to bring."""
    return any(
        at.kinds[time.step.id] in {"budget-approval", "board-approval"}
        and "buyer" in at.sides[time.step.id]
        for time in at.visible
    )


def _no_signer(at: Context) -> Iterator[Finding]:
    if "signer" in _roles(at) or any(p.signs for p in at.plan.people if not p.hidden):
        return
    signatures = [time for time in at.visible if at.kinds[time.step.id] == "signature"]
    if not signatures or any(_is_signed_by_somebody(at, t.step.id) for t in signatures):
        return
    yield Finding(
        f"steps/{signatures[-1].step.id}",
        "the plan does not tell who signs for the buyer",
        "ask who may sign, and give that person the role signer",
    )


def _is_signed_by_somebody(at: Context, step_id: str) -> bool:
    time = at.by_id[step_id]
    owners = at.people.owners(time.step)
    return time.step.finished or any(who.side != "seller" for who in owners)


def _lacks(rule: str, role: str, why: str, fix: str) -> Judge:
    def judge(at: Context) -> Iterator[Finding]:
        if not _is_large(at, rule) or role in _roles(at) or role in _told(at):
            return
        yield Finding(_place(at), why, fix)

    return judge


def _place(at: Context) -> str:
    return "people" if at.plan.people else "steps"


_NOT_NEEDED = (
    "Add the person or the step; where it is not needed, a cancelled step, a document"
    " with the status not-needed, or a reason in the plan's `checks:` says so."
)

RULES = (
    Rule(
        "no-economic-buyer",
        "warning",
        "nobody on the plan decides on the money",
        "In an enterprise, mid-market, strategic or regulated deal, or one of 50,000"
        " and more, somebody above the champion releases the money.",
        "Add that person to `people` with the role economic-buyer, unknown if need be.",
        _no_economic_buyer,
        _WORTH,
    ),
    Rule(
        "no-signer",
        "warning",
        "nobody is named who signs for the buyer",
        "Whoever may sign is seldom the champion, and often on leave.",
        "Add the role signer to a person, or an owner to the signature.",
        _no_signer,
    ),
    Rule(
        "no-security",
        "warning",
        "no security review is planned",
        "In a deal of this size the buyer's security people want to look at it, which"
        " usually takes weeks.",
        _NOT_NEEDED,
        _lacks(
            "no-security",
            "security",
            "no person and no step stands for the buyer's security review",
            "ask who reviews it and for how long, or say that it is not needed",
        ),
        _WORTH,
    ),
    Rule(
        "no-legal",
        "warning",
        "no legal review is planned",
        "In a deal of this size somebody reads the contract, usually in two rounds.",
        _NOT_NEEDED,
        _lacks(
            "no-legal",
            "legal",
            "no person and no step stands for the buyer's legal review",
            "ask who reads the contract, or say that it is not needed",
        ),
        _WORTH,
    ),
    Rule(
        "no-procurement",
        "warning",
        "no procurement is planned",
        "In a deal of this size a supplier is set up and an order is placed before"
        " anybody can pay.",
        _NOT_NEEDED,
        _lacks(
            "no-procurement",
            "procurement",
            "no person and no step stands for the buyer's procurement",
            "ask how a new supplier is set up, or say that it is not needed",
        ),
        _WORTH,
    ),
)
