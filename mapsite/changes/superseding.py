"""Leave out what its sender said anew: nobody reviews three versions of one wish."""

from __future__ import annotations

from mapsite.changes.ledger import Entry
from mapsite.changes.reviewing import Done, Review
from mapsite.changes.suggestion import Suggestion


def supersede(review: Review) -> list[Done]:
    """Note which waiting suggestions a later one by the same person replaces.

    Only where the later one sets every field that the earlier one sets, and the
    earlier one does nothing else. A branch with somebody's own work stays.
    """
    waiting = [entry for entry in review.ledger.waiting() if entry.suggestion]
    found: list[Done] = []
    for place, entry in enumerate(waiting):
        later = next(
            (one for one in waiting[place + 1 :] if _replaces(one, entry)), None
        )
        tip = review.branches.tip(review.branch_of(entry))
        if later is None or (tip and not review.made(entry, tip)):
            continue
        review.note(entry, "superseded", by=later.id)
        found.append(Done(entry, "superseded"))
    review.keep_notes()
    if found:
        review.tidy()
    return found


def _replaces(later: Entry, earlier: Entry) -> bool:
    new, old = later.suggestion, earlier.suggestion
    if new is None or old is None or new.plan != old.plan or new.by != old.by:
        return False
    # Whose mail a server vouches for is replaced by that person's mail alone.
    if _vouched(old) not in ("", _vouched(new)):
        return False
    return all(op.op == "set" for op in old.operations) and _set(old) <= _set(new)


def _vouched(suggestion: Suggestion) -> str:
    source = suggestion.source
    return source.sender if source and source.grade else ""


def _set(suggestion: Suggestion) -> set[str]:
    return {op.path for op in suggestion.operations if op.op == "set"}
