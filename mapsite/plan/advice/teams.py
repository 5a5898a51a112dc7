"""Tell a team from a person, by the words of its name."""

from __future__ import annotations

from mapsite.plan.advice.lexicon import Lexicon, words_of


def is_team(name: str, lexicon: Lexicon, others: frozenset[str] = frozenset()) -> bool:
    """Tell whether *name* names a team and surely no person.

    Of *others*, words of companies' and people's names, none counts: "Acme's team".
    A capital letter may begin a person's name, but for the first word and known ones.
    """
    words = [
        (word, low)
        for word, low in zip(_parts(name), words_of(name), strict=False)
        if low not in others and low != "s"
    ]
    if not words or "," in name:
        return False
    if not any(low in lexicon.teams for _, low in words):
        return all(low in lexicon.functions for _, low in words)
    return all(_may_be_teams(word, low, lexicon) for word, low in words[1:])


def _may_be_teams(word: str, low: str, lexicon: Lexicon) -> bool:
    known = low in lexicon.teams or low in lexicon.functions or low in lexicon.numbers
    return known or word.islower()


def _parts(name: str) -> list[str]:
    """Return the words of *name* with their capitals."""
    signs = (sign if sign.isalnum() else " " for sign in name)
    return "".join(signs).split()
