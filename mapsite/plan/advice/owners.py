"""Rules about who does what: a plan is both sides', and each step a person's."""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.lexicon import words_of
from mapsite.plan.advice.rule import MOST_NAMED, Finding, Limit, Rule, many, named
from mapsite.plan.advice.teams import is_team
from mapsite.plan.model import Person
from mapsite.plan.people import Who
from mapsite.plan.schedule import StepTime
from mapsite.plan.wording import quoted

_OF_A_SIDE = frozenset({"milestone", "meeting"})
_FEWEST_STEPS = 3
"""Of fewer steps no share is worth telling."""


def _no_steps(at: Context) -> Iterator[Finding]:
    if not at.visible:
        why = "the plan has no step that the buyer can see"
        yield Finding("steps", why, "write down what happens next, and who does it")


def _no_buyer_steps(at: Context) -> Iterator[Finding]:
    sided = [sides for sides in at.sides.values() if sides]
    if sided and not any("buyer" in sides for sides in sided):
        yield Finding(
            "steps",
            "no step is the buyer's",
            "ask the champion what happens on their side, and who does it",
        )


def _few_buyer_steps(at: Context) -> Iterator[Finding]:
    sided = [sides for sides in at.sides.values() if sides]
    theirs = sum("buyer" in sides for sides in sided)
    least = at.limit("few-buyer-steps", "least")
    if theirs and len(sided) >= _FEWEST_STEPS and theirs * 100 < least * len(sided):
        share = theirs * 100 // len(sided)
        of_all = f"{theirs} of {many(len(sided), 'step')} ({share} %)"
        yield Finding(
            "steps",
            f"the buyer takes part in {of_all}",
            "ask for the approvals and meetings on their side, and write them down",
        )


def _no_owner(at: Context) -> Iterator[Finding]:
    lacking = [
        time.step.id
        for time in at.live
        if not at.people.owners(time.step) and not _needs_no_owner(at, time)
    ]
    yield from _each(lacking, "nobody is named for {}", "agree who does it")


def _needs_no_owner(at: Context, time: StepTime) -> bool:
    """Tell whether a side is enough; who signs is another rule's question."""
    if at.kinds[time.step.id] == "signature":
        return True
    return time.step.kind in _OF_A_SIDE and bool(at.sides[time.step.id])


def _team_owner(at: Context) -> Iterator[Finding]:
    lacking = []
    for time in at.live:
        owners = at.people.owners(time.step)
        if owners and all(_may_be_team(at, who) for who in owners):
            lacking.append(time.step.id)
    why = "only teams are named for {}"
    yield from _each(lacking, why, "name one person who answers for it", "owners")


def _may_be_team(at: Context, who: Who) -> bool:
    if who.hidden or (who.person and not who.person.known):
        return False
    if who.person:
        return is_team(who.person.name, at.lexicon, at.companies)
    return is_team(who.words, at.lexicon, at.names)


def _unknown_person(at: Context) -> Iterator[Finding]:
    owned: dict[str, list[str]] = {}
    people: dict[str, Person] = {}
    for time in at.live:
        for who in at.people.owners(time.step):
            if who.person and not who.person.known:
                people[who.person.id] = who.person
                owned.setdefault(who.person.id, []).append(time.step.id)
    asked = [words_of(question.text) for question in at.open_questions]
    sought = [
        person
        for person in people.values()
        if not any(_mentions(words, person.title or person.id) for words in asked)
    ]
    for ours in (False, True):
        found = [person for person in sought if (person.side == "seller") == ours]
        yield from _nameless(found, owned, ours=ours)


def _nameless(
    found: list[Person], owned: dict[str, list[str]], *, ours: bool
) -> Iterator[Finding]:
    """Tell of people of one side whose names are not known."""
    fix = "ask the champion who that is, or add it to the open questions"
    fix = "name your colleague" if ours else fix
    if len(found) > MOST_NAMED:
        whose = "of your own people" if ours else "people at the buyer"
        names = named([person.id for person in found])
        fix = "name your colleagues" if ours else "ask the champion who they are"
        why = f"the names of {len(found)} {whose} ({names}) are not known"
        yield Finding("people", why, fix)
        return
    for person in found:
        called, steps = person.title or person.id, named(owned[person.id])
        why = f"the name of {called}, who has {steps} to do, is not known"
        yield Finding(f"people/{person.id}/name", why, fix)


def _mentions(words: list[str], called: str) -> bool:
    return f" {' '.join(words_of(called))} " in f" {' '.join(words)} "


def _owner_not_listed(at: Context) -> Iterator[Finding]:
    if not any(not person.hidden and person.side for person in at.plan.people):
        return
    strangers: dict[str, str] = {}
    for time in at.live:
        for who in at.people.owners(time.step):
            if _is_stranger(at, who):
                strangers.setdefault(who.words, time.step.id)
    if not strangers:
        return
    first, step_id = next(iter(strangers.items()))
    count = len(strangers)
    others = f" and {many(count - 1, 'other owner')}" if count > 1 else ""
    are = "are" if count > 1 else "is"
    yield Finding(
        f"steps/{step_id}/owners",
        f"{quoted(first)}{others} {are} not among the people of the plan",
        "add them to `people`, so that both sides see what each has to do",
    )


def _is_stranger(at: Context, who: Who) -> bool:
    """Tell whether the words name somebody of the buyer's who is nowhere listed."""
    if who.person or who.hidden or who.side == "seller" or _may_be_team(at, who):
        return False
    words = set(who.words.casefold().replace(",", " ").split())
    listed = [
        set(person.name.casefold().split())
        for person in at.plan.people
        if person.known and not person.hidden
    ]
    return not any(words & name for name in listed)


def _each(
    ids: list[str], why: str, fix: str, field: str | None = None
) -> Iterator[Finding]:
    """Tell of a few steps one by one, of many in one go."""
    if len(ids) > MOST_NAMED:
        many_steps = f"{len(ids)} steps ({named(ids)})"
        yield Finding("steps", why.format(many_steps), fix)
        return
    for step_id in ids:
        address = f"steps/{step_id}/{field}" if field else f"steps/{step_id}"
        yield Finding(address, why.format("this step"), fix)


RULES = (
    Rule(
        "no-steps",
        "warning",
        "the plan has no steps",
        "A plan without steps tells nobody what happens next.",
        "Write down the next steps, also those without a date.",
        _no_steps,
    ),
    Rule(
        "no-buyer-steps",
        "warning",
        "no step is the buyer's",
        "A plan whose every step is the seller's is a seller's list; what happens"
        " inside the buyer's company is what decides the date.",
        "Ask the champion what has to happen on their side, and who does it.",
        _no_buyer_steps,
    ),
    Rule(
        "few-buyer-steps",
        "warning",
        "the buyer takes part in few steps",
        "In plans that work, practitioners see the buyer in a third to a half of the"
        " steps; steps of both sides count as theirs.",
        "Ask for the approvals, meetings and papers on the buyer's side.",
        _few_buyer_steps,
        {"least": Limit(30, 1, 100, "percent of the steps")},
    ),
    Rule(
        "no-owner",
        "warning",
        "a step names nobody",
        "What nobody owns is done by nobody. A milestone or a meeting needs no owner"
        " where its side is told.",
        "Agree on a name for the step, or `unknown` with a position in `people`.",
        _no_owner,
    ),
    Rule(
        "team-owner",
        "info",
        "a step is a team's",
        "A team cannot be asked how it goes; one person of it can.",
        "Name the person of the team who answers for the step.",
        _team_owner,
    ),
    Rule(
        "unknown-person",
        "info",
        "somebody without a name has steps to do",
        "A name that nobody knows is the person who turns up late; an open question"
        " that names the position is enough for this rule.",
        "Ask who it is, or add the question to the plan.",
        _unknown_person,
    ),
    Rule(
        "owner-not-listed",
        "info",
        "an owner is not among the people",
        "Whoever is not listed has no row of their own in the room: nobody sees what"
        " they have to do, on which side, and who stands in.",
        "Add them to `people` and use the id.",
        _owner_not_listed,
    ),
)
