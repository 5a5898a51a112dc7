"""What commits and requests say: outside text in them is text and nothing else.

A forge reads more than Markdown out of a message: who is to be told, which issue is
done, which run is to be skipped. None of that may be a stranger's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TRAILER = "Mapsite-Change"
_MOST_SUBJECT = 100
_MOST_LINE = 1000
_MOST_LINES = 60
_CALLS = re.compile(r"([@#!&%~$])(?=\w)|(?<=://)|(?<=\bGH-)(?=\d)", re.IGNORECASE)
"""Where a forge would find a person, an issue or an address."""
_BRACKETS = str.maketrans("[]<>{}`", "()()()'") | {ord("*"): None}
"""``[skip ci]`` and ``***NO_CI***`` keep a change from being checked."""
_TICKS = re.compile(r"`+")


def commit_message(entry_id: str, sentences: Sequence[str], reason: str = "") -> str:
    """Return the message of the commit that makes the change *entry_id*.

    A *reason* is one for all of it: rooms tell it beside each of the changes.
    """
    lines = [plain(one) for one in sentences][:_MOST_LINES] or ["Change the plan"]
    subject = subject_of(lines[0], len(sentences) - 1)
    body = lines if len(lines) > 1 or subject != lines[0] else []
    why = plain(reason)
    trailers = [*([f"Why: {why}"] if why else []), f"{TRAILER}: {entry_id}"]
    blocks = [subject, "\n".join(body), "\n".join(trailers)]
    return "\n\n".join(filter(None, blocks)) + "\n"


def title_of(plan: str, sentences: Sequence[str]) -> str:
    """Return the title of the request."""
    lines = [plain(one) for one in sentences] or ["Change the plan"]
    return f"{plan}: {subject_of(lines[0], len(lines) - 1)}"


def subject_of(line: str, more: int) -> str:
    """Return *line* cut to a title's length, and how many more there are."""
    rest = f" (and {more} more)" if more > 0 else ""
    most = _MOST_SUBJECT - len(rest)
    return f"{line if len(line) <= most else f'{line[: most - 1].rstrip()}…'}{rest}"


def plain(text: str) -> str:
    """Return *text* in one line in which no forge and no git finds anything to do."""
    line = " ".join(
        "".join(char if char.isprintable() else " " for char in text).split()
    )
    line = line.translate(_BRACKETS)[:_MOST_LINE]
    line = _CALLS.sub(lambda found: f"{found[1] or ''} ", line)
    return line.lstrip("#-+>=/\\ ")


def code(text: str) -> str:
    """Return *text* as Markdown that no forge looks into: a span of code."""
    line = " ".join(
        "".join(char if char.isprintable() else " " for char in text).split()
    )
    ticks = "`" * (max(map(len, _TICKS.findall(line)), default=0) + 1)
    space = " " if "`" in (line[:1], line[-1:]) else ""
    return f"{ticks}{space}{line[:_MOST_LINE]}{space}{ticks}" if line else ""


def listed(texts: Iterable[str]) -> list[str]:
    """Return *texts* as the items of a list in Markdown."""
    return [f"- {code(text)}" for text in texts]
