"""Find out what was decided elsewhere: a merge accepts, a closed request declines."""

from __future__ import annotations

from mapsite.changes.events import Event
from mapsite.changes.ledger import Entry
from mapsite.changes.reviewing import Done, Review
from mapsite.changes.weighing import Weighed
from mapsite.errors import InvalidPlan

NO_BRANCH = "its branch is gone and nothing of it is in the plan"


def settle(review: Review) -> list[Done]:
    """Note what became of the proposed suggestions, and tell it.

    What is in the main branch is applied, whoever brought it there. A closed request
    is declined; whoever closed it may add the reason later.
    """
    merged = review.merged()
    found = []
    for entry in list(review.ledger.entries.values()):
        told = entry.id in merged and entry.state != "applied"
        if told and not _is_only_named(review, entry):
            found.append(_applied(review, entry, merged[entry.id]))
        elif entry.waits and (event := entry.newest("proposed")):
            done = _elsewhere(review, entry, event)
            found += [done] if done else []
    review.keep_notes()
    review.tidy()
    return found


def _is_only_named(review: Review, entry: Entry) -> bool:
    """Tell whether nothing was done about *entry* but to name it in a commit.

    Anybody whose commits are merged can. All of it could be written today, and its own
    branch is as we made it, or there never was one, or it was declined.
    """
    tip = review.branches.tip(review.branch_of(entry))
    edited = tip and not review.made(entry, tip)
    gone = not tip and entry.waits and entry.newest("proposed")
    if edited or gone or (tip and review.branches.holds(review.branches.main, tip)):
        return False
    weighed = _weighed(review, entry)
    return weighed is not None and weighed.kind == "proposed"


def _weighed(review: Review, entry: Entry) -> Weighed | None:
    """Weigh *entry* on main; None where there is nothing to weigh."""
    try:
        return review.weigh(entry.suggestion) if entry.suggestion else None
    except InvalidPlan:
        return None


def _applied(review: Review, entry: Entry, commit: str) -> Done:
    proposed = entry.newest("proposed")
    if not entry.waits:
        # It was declined first: somebody opened the request again and merged it.
        review.note(entry, "proposed", again=True, commit=commit)
    parts = proposed.told.get("parts") if proposed else None
    more = {"parts": parts} if parts else {}
    review.note(entry, "applied", commit=commit, **more)
    return Done(entry, "applied")


def _elsewhere(review: Review, entry: Entry, event: Event) -> Done | None:
    """Note what the forge, or the missing branch, says of a proposed suggestion."""
    tip = review.branches.tip(review.branch_of(entry))
    request = review.request_of(entry)
    if request and request.state == "merged":
        review.note(entry, "applied", url=request.url)
        return Done(entry, "applied", url=request.url)
    if request and request.state == "closed":
        review.note(entry, "declined", url=request.url, by="request")
        return Done(entry, "declined", url=request.url)
    if tip or entry.last.told.get("closed"):
        return None
    weighed = _weighed(review, entry)
    if weighed and weighed.kind == "already":
        # A forge may leave the name of the suggestion out when it squashes.
        review.note(entry, "applied", parts=event.told.get("parts", []))
        return Done(entry, "applied")
    review.note(entry, "needs-person", reason=NO_BRANCH, closed=True)
    more = (
        f"`mapsite changes propose {entry.key}` makes it anew,"
        f" `mapsite changes accept {entry.key}` writes it into the plan"
    )
    return Done(entry, "needs-person", (NO_BRANCH, more))
