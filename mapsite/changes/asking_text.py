"""What a request says to whoever decides on it, in Markdown.

Every text of somebody else stands in a span of code, where no forge finds a person to
tell, an issue, a link or markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.changes.identity import vouched
from mapsite.changes.ledger import Entry
from mapsite.changes.messages import code, listed, plain
from mapsite.changes.weighing import Weighed

_MOST_LINES = 12


def request_body(entry: Entry, weighed: Weighed) -> str:
    """Return the text of the request of *entry*."""
    return "\n".join(_lines(entry, weighed)) + "\n"


def short_lines(weighed: Weighed) -> list[str]:
    """Return the text for a forge that takes one line only."""
    told = [code(plain(one)) for one in weighed.written[:_MOST_LINES]]
    if weighed.left:
        told.append(f"{len(weighed.left)} more not in this branch")
    return told


def _lines(entry: Entry, weighed: Weighed) -> Iterator[str]:
    suggestion = entry.suggestion
    if suggestion is None:
        return
    by, source = suggestion.by, suggestion.source
    channel = source.channel if source else "file"
    day = f"{entry.received.day} {entry.received:%B %Y}"
    yield f"{code(by.name)} suggests for {code(entry.plan)}:"
    yield from ("", *listed(weighed.written))
    if flags := list(dict.fromkeys(f for part in weighed.parts for f in part.flags)):
        yield from ("", "Please look twice:", "", *(f"- {flag}" for flag in flags))
    if weighed.left:
        yield from ("", "Not in this branch:", "", *listed(weighed.left))
    if lines := [part.lines for part in weighed.parts if part.lines]:
        yield from ("", "To be typed by hand:", "")
        yield from (
            f"    {_seen(line)}" for text in lines for line in text.splitlines()
        )
    yield ""
    yield f"It came by {code(channel)} on {day}; {vouched(suggestion)}."
    yield ""
    yield (
        "Merge it to accept. To decline, close it, or run"
        f" `mapsite changes decline {entry.key} --reason …` so that the sender is told"
        " why."
    )


def _seen(line: str) -> str:
    """Return *line* with a sign for each character that nobody would see."""
    return "".join(
        sign if sign.isprintable() or sign == "\t" else "\ufffd" for sign in line
    )
