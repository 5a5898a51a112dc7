"""Make open suggestions anew on top of main, so that none clashes with another.

Two branches that change neighbouring lines clash as texts though they mean different
things. What each means is written again into today's plan, and its branch is moved
there, unless somebody has worked on it.
"""

from __future__ import annotations

from mapsite.changes.ledger import Entry
from mapsite.changes.reviewing import Done, Review, weigh_or_wait
from mapsite.changes.weighing import Weighed
from mapsite.git.branches import Move
from mapsite.git.running import run_git

_EDITED = "somebody has worked on its branch, so it stays as it is"


def refresh(review: Review) -> list[Done]:
    """Bring the branches of all that waits to main, and tell what became of each."""
    found = [
        _refresh(review, entry, tip)
        for entry in review.ledger.waiting()
        if entry.suggestion and (tip := review.branches.tip(review.branch_of(entry)))
    ]
    review.keep_notes()
    review.tidy()
    return found


def _refresh(review: Review, entry: Entry, tip: str) -> Done:
    if not review.made(entry, tip):
        return Done(entry, "edited", (_EDITED,))
    before = run_git(review.branches.root, "rev-parse", f"{tip}^").text
    then, now = (review.plan_at(one, entry.plan) for one in (before, review.main))
    if then == now and then is not None and entry.last.kind == "proposed":
        return Done(entry, "open")
    weighed = weigh_or_wait(review, entry)
    if isinstance(weighed, Done):
        return weighed
    return _move(review, entry, weighed, tip)


def _move(review: Review, entry: Entry, weighed: Weighed, tip: str) -> Done:
    commit = review.commit(entry, weighed)
    branch = review.branch_of(entry)
    if not review.branches.move(Move(branch, tip, commit)):
        return Done(entry, "open")  # somebody was faster; the next run looks again
    last = entry.newest("proposed")
    url = {"url": last.told["url"]} if last and "url" in last.told else {}
    told = {"branch": branch, "commit": commit, "parts": weighed.fates, **url}
    review.note(entry, "proposed", **told)
    return Done(entry, "refreshed", tuple(weighed.left), str(url.get("url", "")))
