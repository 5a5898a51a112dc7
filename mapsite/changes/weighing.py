"""Weigh a suggestion on today's plan: its text with what is written, and what is not.

Every operation has a fate. Those that are clean and for review are written; all others
are told to whoever decides, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from mapsite.changes.assessing import Assessed, Fate, assess
from mapsite.changes.policy import Policy
from mapsite.changes.sentences import said, sentences
from mapsite.changes.suggestion import Suggestion
from mapsite.changes.visible import Tree
from mapsite.changes.writing import Refused, changed
from mapsite.plan.operations import Operation
from mapsite.plan.source import parse

BY_HAND = "by-hand"
"""The fate of what has no safe place in the plan's text."""
_REASONS = {
    Fate.ALREADY: "the plan says so already",
    Fate.GONE: "it is not in the plan any more",
    Fate.COMMENT: "for you to read; nothing is written",
}


class Part(NamedTuple):
    """Hold one operation, and what becomes of it."""

    operation: Operation
    fate: str
    """A `Fate`, or `BY_HAND`."""
    sentence: str
    reason: str = ""
    """Why it is not written; for the seller alone."""
    flags: tuple[str, ...] = ()
    """What the seller should look at twice."""
    lines: str = ""
    """What to type, where it could not be written."""


class Weighed(NamedTuple):
    """Hold a suggestion on today's plan."""

    parts: tuple[Part, ...]
    raw: bytes
    """The plan's text with what is written."""

    def of(self, fate: str) -> list[Part]:
        """Return the parts with one *fate*."""
        return [part for part in self.parts if part.fate == fate]

    @property
    def kind(self) -> str:
        """Return the event that is next: proposed, or why nothing can be."""
        fates = set(self.fates)
        if Fate.WRITE in fates:
            return "proposed"
        if fates == {Fate.ALREADY}:
            return "already"
        return "conflict" if fates & {Fate.CONFLICT, Fate.GONE} else "needs-person"

    @property
    def fates(self) -> list[str]:
        """Return the fate of each operation, in their order."""
        return [str(part.fate) for part in self.parts]

    @property
    def written(self) -> list[str]:
        """Return what is written, a sentence each."""
        return [part.sentence for part in self.of(Fate.WRITE)]

    @property
    def left(self) -> list[str]:
        """Return what is not written, each with the reason."""
        others = [part for part in self.parts if part.fate != Fate.WRITE]
        return [
            f"{part.sentence} ({part.reason})" if part.reason else part.sentence
            for part in others
        ]

    @property
    def why(self) -> str:
        """Return why, in the words of who asked, if it is so of all that is written."""
        reasons = {part.operation.why or "" for part in self.of(Fate.WRITE)}
        return reasons.pop() if len(reasons) == 1 else ""


def weigh(
    suggestion: Suggestion,
    raw: bytes,
    file: str,
    policy: Policy,
    *,
    anyway: bool = False,
) -> Weighed:
    """Weigh *suggestion* on the plan *raw*, whose name in messages is *file*.

    *anyway* also writes over what was changed meanwhile. Raises `InvalidPlan` where
    the plan cannot be read.
    """
    tree = parse(raw, file).data()
    found = assess(suggestion, tree, policy)
    if anyway:
        found = assess(_as_seen_now(suggestion, found), tree, policy)
    told = sentences([one.operation for one in found], tree)
    parts = [_part(one, text, tree) for one, text in zip(found, told, strict=True)]
    numbers = [number for number, one in enumerate(parts) if one.fate == Fate.WRITE]
    if not numbers:
        return Weighed(tuple(parts), raw)
    try:
        return Weighed(tuple(parts), _written(raw, parts, numbers, file))
    except Refused:
        return _one_by_one(raw, parts, numbers, file)


def _as_seen_now(suggestion: Suggestion, found: Sequence[Assessed]) -> Suggestion:
    """Return *suggestion* as of somebody who saw today's values of what clashes."""
    operations = tuple(
        replace(operation, old=one.judgement.now)
        if one.fate is Fate.CONFLICT and operation.op != "confirm"
        else operation
        for operation, one in zip(suggestion.operations, found, strict=True)
    )
    return replace(suggestion, operations=operations)


def _part(one: Assessed, sentence: str, tree: Tree) -> Part:
    reason = "" if one.fate is Fate.WRITE else one.ruled.reason
    usual = _REASONS.get(one.fate, "")
    if one.fate is Fate.CONFLICT:
        usual = f"the plan says {said(one.operation, one.judgement.now, tree)} now"
    told = usual if one.fate not in {Fate.COMMENT, Fate.REFUSED} else reason or usual
    return Part(one.operation, one.fate, sentence, told, one.ruled.flags)


def _written(
    raw: bytes, parts: Sequence[Part], numbers: Iterable[int], file: str
) -> bytes:
    return changed(raw, [parts[number].operation for number in numbers], file)


def _one_by_one(
    raw: bytes, parts: list[Part], numbers: Iterable[int], file: str
) -> Weighed:
    """Write what can be, where not everything can."""
    for number in numbers:
        try:
            raw = _written(raw, parts, [number], file)
        except Refused as error:
            reason = " ".join(error.reason.split())
            parts[number] = parts[number]._replace(
                fate=BY_HAND, reason=reason, lines=error.lines
            )
    return Weighed(tuple(parts), raw)
