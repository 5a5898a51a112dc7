"""Show a suggestion, and what a check found, as lines for the seller."""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.changes.identity import vouched
from mapsite.changes.ledger import Entry
from mapsite.changes.messages import code
from mapsite.changes.pull_requests import Checked, Told
from mapsite.changes.reviewing import Review
from mapsite.errors import InvalidPlan
from mapsite.plan.wording import in_line

_MOST_ORIGINAL = 4000
_MOST_SHORT = 160


def lines_of(review: Review, entry: Entry) -> Iterator[str]:
    """Yield what *entry* asks for, what would be written today, and its events."""
    yield f"{entry.key}  {entry.id}"
    if entry.suggestion is None:
        yield f"not understood: {entry.name}: {entry.events[0].reason}"
        yield from _original(review, entry)
    else:
        by, source = entry.suggestion.by, entry.suggestion.source
        mail = f", {by.email}" if by.email else ""
        channel = source.channel if source else "file"
        yield f"{entry.plan}: {by.name}{mail}, by {channel}"
        if source and source.sender:
            yield f"from {source.sender}"
        yield vouched(entry.suggestion)
        yield from _weighed(review, entry)
    for event in entry.events:
        told = event.told
        more = [str(told[one]) for one in ("reason", "url", "branch") if told.get(one)]
        yield " ".join([f"{event.at:%Y-%m-%d %H:%M}  {event.kind}", *more])


def in_short(review: Review, entry: Entry) -> str:
    """Say in one line what *entry* would do, or why a person is to read it."""
    if entry.suggestion is None:
        return in_line(entry.events[0].reason, _MOST_SHORT)
    if entry.last.told.get("closed"):
        anew = f"`mapsite changes propose {entry.key}` makes it anew"
        return f"{in_line(entry.last.reason, _MOST_SHORT)}; {anew}"
    try:
        weighed = review.weigh(entry.suggestion)
    except InvalidPlan:
        return "the plan has errors; `mapsite check` tells them"
    if weighed is None:
        return review.no_plan(entry.plan)
    return in_line("; ".join([*weighed.written, *weighed.left]), _MOST_SHORT)


def lines_of_check(found: Checked, *, markdown: bool) -> Iterator[str]:
    """Yield the sentences of a check, by file."""
    files = dict.fromkeys(one.file for one in found.told)
    if markdown:
        yield from ("## What this would change in the plans", "")
    for file in files:
        told = [one for one in found.told if one.file == file]
        yield from ([f"**{code(file)}**", ""] if markdown else [file])
        yield from (_line(one, markdown=markdown) for one in told)
        yield from [""] if markdown else []
    if not files:
        yield "No plan would change."
    elif not found.fine:
        yield "Not all of it may be merged."


def _line(told: Told, *, markdown: bool) -> str:
    mark = "" if told.allowed else "not allowed: "
    if markdown:
        reason = f" {code(told.reason)}" if told.reason else ""
        return f"- {mark}{code(told.sentence)}{reason}"
    return f"  {mark}{told.sentence}{f' ({told.reason})' if told.reason else ''}"


def _weighed(review: Review, entry: Entry) -> Iterator[str]:
    if entry.suggestion is None:
        return
    try:
        weighed = review.weigh(entry.suggestion)
    except InvalidPlan as error:
        yield f"  the plan has errors: {error.problems[0]}"
        return
    if weighed is None:
        yield f"  {review.no_plan(entry.plan)}"
        return
    for part in weighed.parts:
        reason = f" ({part.reason})" if part.reason else ""
        yield f"  {part.fate}: {part.sentence}{reason}"
        yield from (f"    look twice: {flag}" for flag in part.flags)
        yield from (f"    {line}" for line in part.lines.splitlines())


def _original(review: Review, entry: Entry) -> Iterator[str]:
    path = f"{entry.folder}/{entry.id}.original"
    files = review.branches.files(review.keeper.branch, path)
    text = files.get(path, b"").decode("utf-8", "replace")
    yield from (f"    {line}" for line in text[:_MOST_ORIGINAL].splitlines())
