"""Which of the usual steps of a purchase a step is, told from its kind and title."""

from __future__ import annotations

from mapsite.plan.advice.lexicon import Lexicon, lead_times, words_of
from mapsite.plan.steps import Step


def kind_of(step: Step, lexicon: Lexicon) -> str | None:
    """Return a kind of `lead_times`, ``go-live``, or None where no words tell."""
    if step.kind == "signature":
        return "signature"
    words = words_of(step.title)
    known, there = lead_times(), set(words)
    for match in lexicon.kinds.find(words):
        kind = match.meaning
        if kind in known and step.kind in known[kind].not_:
            continue
        if there.isdisjoint(lexicon.not_.get(kind, ())):
            return kind
    return None
