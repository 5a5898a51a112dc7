"""Accept or decline a suggestion where no forge does it."""

from __future__ import annotations

from mapsite.changes.assessing import Fate
from mapsite.changes.ledger import Entry
from mapsite.changes.proposing import UNKNOWN
from mapsite.changes.reviewing import Done, Review
from mapsite.changes.weighing import Part, Weighed
from mapsite.errors import MapsiteError
from mapsite.git.branches import Move

_MOST_TRIES = 10
_MOST_REASON = 1000
_IN_PLAN = frozenset({Fate.WRITE, Fate.ALREADY})
QUIETLY = "quietly: no room shows it, and no reason is told"


def accept(review: Review, name: str, *, anyway: bool = False) -> Done:
    """Bring what *name* means into main: its operations are written on what is there.

    *anyway* also writes over what was changed meanwhile. The commit goes to main as
    one, so that a forge sees its request merged. Raises MapsiteError where nothing of
    it can be written, and nothing is to be read either.
    """
    entry = review.ledger.named(name)
    suggestion = entry.suggestion
    if suggestion is None:
        raise MapsiteError(f"{entry.key}: {UNKNOWN}")
    if entry.state in {"applied", "already"}:
        return _accepted_before(review, entry)
    for _ in range(_MOST_TRIES):
        weighed = review.weigh(suggestion, anyway=anyway)
        if weighed is None:
            raise MapsiteError(f"{entry.key}: {review.no_plan(entry.plan)}")
        if weighed.kind != "proposed":
            return _without_writing(review, entry, weighed)
        if commit := _merge(review, entry, weighed):
            review.decide(entry, "applied", commit=commit, parts=weighed.fates)
            review.tidy()
            review.branches.follow()
            return Done(entry, "applied", (*weighed.written, *weighed.left))
        review.look()
        entry = review.expect(entry, entry.state)
    raise MapsiteError("others kept changing main; nothing was lost, run this again")


def decline(review: Review, name: str, reason: str = "") -> Done:
    """Decline what *name* means, for a *reason* that its sender is told.

    Without one it is done quietly: no room shows that it was ever suggested.
    """
    entry = review.ledger.named(name)
    told = " ".join(reason.split())
    if len(told) > _MOST_REASON or (reason and not told):
        raise MapsiteError(f"expected a reason of at most {_MOST_REASON} characters")
    if entry.state in {"applied", "already"}:
        raise MapsiteError(
            f"{entry.key} is in the plan already; change the plan to take it back"
        )
    why: dict[str, object] = {"reason": told} if told else {"quiet": True}
    review.decide(entry, "declined", **why)
    review.tidy()
    return Done(entry, "declined", (told or QUIETLY,))


def _accepted_before(review: Review, entry: Entry) -> Done:
    """Say of what was accepted before whether the plan still says so."""
    weighed = review.weigh(entry.suggestion) if entry.suggestion else None
    if weighed is None:
        return Done(entry, "already", (review.no_plan(entry.plan),))
    fates = entry.last.told.get("parts") or []
    left = {one for one, fate in enumerate(fates) if fate not in _IN_PLAN}
    parts = [part for one, part in enumerate(weighed.parts) if one not in left]
    if all(map(_is_read, parts)):
        return Done(entry, "already")
    day = f"{entry.last.at.day} {entry.last.at:%B %Y}"
    return Done(
        entry,
        "before",
        (
            f"on {day}, and the plan says something else by now; nothing was written",
            f"edit plans/{entry.plan}.yaml to have it again, or have it suggested anew",
        ),
    )


def _without_writing(review: Review, entry: Entry, weighed: Weighed) -> Done:
    """Take note of what needs no writing, or say why nothing can be written."""
    if weighed.kind == "needs-person" and all(map(_is_read, weighed.parts)):
        review.decide(entry, "applied", parts=weighed.fates)
        return Done(entry, "read", tuple(weighed.left))
    if weighed.kind == "already":
        review.decide(entry, "already", parts=weighed.fates)
        review.tidy()
        return Done(entry, "already", tuple(weighed.left))
    lines = [line for part in weighed.parts for line in part.lines.splitlines()]
    told = [f"{entry.key}: nothing of it can be written:", *weighed.left, *lines]
    told.append("change the plan by hand and accept it then, or decline it")
    if _works_anyway(review, entry):
        told.append(
            f"`mapsite changes accept {entry.key} --anyway` writes over what the plan"
            " says now"
        )
    raise MapsiteError("\n".join(told))


def _works_anyway(review: Review, entry: Entry) -> bool:
    """Tell whether it is only the plan's own change that is in the way."""
    if entry.suggestion is None:
        return False
    weighed = review.weigh(entry.suggestion, anyway=True)
    return weighed is not None and weighed.kind == "proposed"


def _is_read(part: Part) -> bool:
    """Tell whether a part is done once somebody has read it."""
    return part.fate == Fate.ALREADY or part.operation.op == "comment"


def _merge(review: Review, entry: Entry, weighed: Weighed) -> str:
    """Make main the commit of *weighed*; return it, or nothing where main moved."""
    branches = review.branches
    branch, old = review.branch_of(entry), review.main
    commit = review.commit(entry, weighed)
    tip = branches.tip(branch)
    if tip and review.made(entry, tip):
        # The request is of this commit then, and its forge takes it for merged.
        branches.move(Move(branch, tip, commit))
    return commit if branches.move(Move(branches.main, old, commit)) else ""
