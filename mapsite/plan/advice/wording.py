"""Rules about words: of a plan made together, and not of the seller's own notes."""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.lexicon import Phrases, as_written, words_of
from mapsite.plan.advice.rule import Finding, Rule


def _commitment_words(at: Context) -> Iterator[Finding]:
    for address, word, better in _found(at, at.lexicon.commitment):
        fix = f'"{better}" reads like a plan made together'
        yield Finding(address, f'"{word}" asks for a promise', fix)


def _seller_words(at: Context) -> Iterator[Finding]:
    subject = set(words_of(f"{at.plan.title} | {at.plan.goal.outcome}"))
    for address, word, better in _found(at, at.lexicon.seller):
        if subject.isdisjoint(words_of(word)):
            why = f'"{word}" is the seller\'s own word, and the buyer reads it'
            yield Finding(address, why, better)


def _found(at: Context, phrases: Phrases) -> Iterator[tuple[str, str, str]]:
    """Yield where the first of *phrases* stands in each text, and what is better."""
    for text, words in at.texts:
        for match in phrases.find(words):
            if match.meaning:
                yield text.address, as_written(text.text, match), match.meaning
                break


RULES = (
    Rule(
        "commitment-words",
        "warning",
        "words that ask for a promise",
        "People help with a project plan and hesitate before a commitment; the words"
        " decide which of the two they read. Lists: words/*.toml, in the plan's"
        " language and English.",
        "Write as of a plan made together: agreed date, planned, past its date.",
        _commitment_words,
    ),
    Rule(
        "seller-words",
        "warning",
        "the seller's own words where the buyer reads them",
        "Forecast, competitor, walk-away and close date belong to the seller's own"
        " notes. A word of the plan's title or outcome is the subject, and not told.",
        "Move it under `internal:`, or say it as the buyer would.",
        _seller_words,
    ),
)
