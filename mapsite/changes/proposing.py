"""Propose suggestions: one branch and one commit each, and a request where one can be.

Nobody's work tree is touched. Whatever was done by a run that was killed is found and
taken as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mapsite.changes.asking_text import request_body, short_lines
from mapsite.changes.forge import Request
from mapsite.changes.ledger import Entry
from mapsite.changes.messages import title_of
from mapsite.changes.reviewing import Done, Review, wait_for_person, weigh_or_wait
from mapsite.changes.superseding import supersede
from mapsite.changes.weighing import Weighed
from mapsite.git.branches import Move

_TAKEN = "another branch has the name of its own; accept or decline it here"
MOST_OPEN = 20
"""So many of one deal are open at once; whoever has its link can send more."""
UNKNOWN = "it was not understood; read the original, and decline it once it is done"


def propose(review: Review, names: Sequence[str] = ()) -> list[Done]:
    """Propose what *names* mean, or all that waits, and tell what became of each.

    Whoever is not named is not proposed again where a person is asked to decide.
    """
    if names:
        entries = [review.ledger.named(name) for name in names]
        found = [_propose(review, entry, named=True) for entry in entries]
    else:
        found = supersede(review)
        found += _propose_all(review, {done.entry.id for done in found})
    review.keep_notes()
    return found


def _propose_all(review: Review, gone: set[str]) -> Iterator[Done]:
    """Propose all that waits but *gone*, so many of one deal at once."""
    waiting = review.ledger.waiting()
    asked = Counter(one.plan for one in waiting if one.newest("proposed"))
    for entry in waiting:
        if entry.id in gone or entry.last.told.get("closed"):
            continue
        if asked[entry.plan] >= MOST_OPEN and not entry.newest("proposed"):
            yield Done(entry, "held")
            continue
        done = _propose(review, entry, named=False)
        asked[entry.plan] += done.what == "proposed"
        yield done


def _propose(review: Review, entry: Entry, *, named: bool) -> Done:
    """Propose one suggestion, as far as that is not done."""
    if entry.suggestion is None:
        return Done(entry, "needs-person", (UNKNOWN,))
    if not entry.waits and (not named or entry.state == "applied"):
        return Done(entry, entry.state)
    tip = review.branches.tip(review.branch_of(entry))
    if tip and entry.waits and entry.newest("proposed"):
        return Done(entry, "open", url=_url_of(entry))
    weighed = weigh_or_wait(review, entry)
    if isinstance(weighed, Done):
        return weighed
    if tip and not review.made(entry, tip):
        return wait_for_person(review, entry, _TAKEN)
    commit = tip or _push(review, entry, weighed)
    # Without one, another run pushed it at this moment, and says so.
    return _ask(review, entry, weighed, commit) if commit else Done(entry, "open")


def _push(review: Review, entry: Entry, weighed: Weighed) -> str:
    """Push the branch of a suggestion; return its commit, or nothing if it is there."""
    commit = review.commit(entry, weighed)
    title = title_of(entry.plan, weighed.written)
    options = review.forge.options(review.branches.main, title, short_lines(weighed))
    move = Move(review.branch_of(entry), "", commit)
    return commit if review.branches.move(move, options=options) else ""


def _ask(review: Review, entry: Entry, weighed: Weighed, commit: str) -> Done:
    """Open the request of a branch that is there, and note that it is proposed."""
    branch, main = review.branch_of(entry), review.branches.main
    request: Request | None = None
    if review.forge.speaks:
        title, body = (
            title_of(entry.plan, weighed.written),
            request_body(entry, weighed),
        )
        root = review.branches.root
        request = review.forge.open(root, branch, main, title, body)
        if request:
            review.forge.describe(request, body)
    told: dict[str, object] = {"branch": branch, "commit": commit}
    told |= {"parts": weighed.fates}
    told |= {"url": request.url} if request and request.url else {}
    told |= {} if entry.waits else {"again": True}
    review.note(entry, "proposed", **told)
    url = request.url if request else review.forge.compare_url(main, branch)
    return Done(entry, "proposed", (*weighed.written, *weighed.left), url)


def _url_of(entry: Entry) -> str:
    event = entry.newest("proposed")
    return str(event.told.get("url", "")) if event else ""
