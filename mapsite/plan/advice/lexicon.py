"""The words by which rules know what a text speaks of, by language, and lead times."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

_WORD = re.compile(r"[^\W_]+")
_ALLOWED = ""
"""The better wording of what may stand as it is."""

Words = list[str]


class Match(NamedTuple):
    """Hold where a phrase stands in a text, counted in words, and what it means."""

    place: int
    length: int
    meaning: str


def words_of(text: str) -> Words:
    """Return the words of *text*, without case and signs."""
    return _WORD.findall(text.casefold())


def as_written(text: str, match: Match) -> str:
    """Return the words of *text* that *match* found, as they stand there."""
    found = list(_WORD.finditer(text.casefold()))
    first, last = found[match.place], found[match.place + match.length - 1]
    if len(text.casefold()) != len(text):
        return " ".join(
            word[0] for word in found[match.place : match.place + match.length]
        )
    return text[first.start() : last.end()]


class Phrases:
    """Find phrases in texts, by their first words."""

    def __init__(self, meanings: Iterable[tuple[str, str]]) -> None:
        """Take phrases with what each means; the longest that fits is found."""
        self._by_first: dict[str, list[tuple[Words, str]]] = {}
        for phrase, meaning in meanings:
            words = _WORD.findall(phrase.casefold()) + ["#"] * phrase.endswith("#")
            self._by_first.setdefault(words[0], []).append((words, meaning))
        for found in self._by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def find(self, words: Words) -> Iterator[Match]:
        """Yield every phrase in *words*, none inside another."""
        if self._by_first.keys().isdisjoint(words):
            return
        done = 0
        for place, word in enumerate(words):
            if word not in self._by_first or place < done:
                continue
            for phrase, meaning in self._by_first[word]:
                if _fits(words[place : place + len(phrase)], phrase):
                    done = place + len(phrase)
                    yield Match(place, len(phrase), meaning)
                    break


def _fits(words: Words, phrase: Words) -> bool:
    if words == phrase:
        return True
    if len(words) < len(phrase) or phrase[-1] != "#":
        return False
    return words[:-1] == phrase[:-1] and words[-1][0].isdigit()


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Hold how long steps of one kind usually take, in business days."""

    kind: str
    called: str
    usual: int
    below: int
    above: int
    grade: str
    measure: str
    """What is compared: takes, room or signature."""
    not_: frozenset[str]
    """Kinds of step that only speak of the work."""


@dataclass(frozen=True)
class Lexicon:
    """Hold the words of one language, and those of English."""

    kinds: Phrases
    """Meaning a kind of `lead_times`, or ``go-live``."""
    not_: Mapping[str, frozenset[str]]
    """By kind, words of titles that are of another kind."""
    roles: Phrases
    teams: frozenset[str]
    """Words that make a team of their neighbours."""
    functions: frozenset[str]
    """Words of which a team's name may be made."""
    starts: Phrases
    """Words by which a title names the first day of a work."""
    numbers: Mapping[str, int]
    units: Mapping[str, str]
    """``d``, ``w`` or ``m`` by the words for days, weeks and months."""
    no_length: frozenset[str]
    """Words beside a length that is not the step's own."""
    commitment: Phrases
    """Meaning a better wording; empty where the words may stand."""
    seller: Phrases


@cache
def lexicon(language: str) -> Lexicon:
    """Return the words that count in a plan of *language*."""
    tables = [_table(f"words/{name}.toml") for name in dict.fromkeys(("en", language))]
    lengths = [table["lengths"] for table in tables]
    units = (("d", "days"), ("w", "weeks"), ("m", "months"))
    return Lexicon(
        kinds=_phrases(table["kinds"] for table in tables),
        not_=_joined(table["not"] for table in tables),
        roles=_phrases(table["roles"] for table in tables),
        teams=_set(table["teams"]["heads"] for table in tables),
        functions=_set(table["teams"]["functions"] for table in tables),
        starts=_phrases({"start": one["starts"]} for one in lengths),
        numbers={word: n for one in lengths for word, n in one["numbers"].items()},
        units={
            word: unit for one in lengths for unit, key in units for word in one[key]
        },
        no_length=_set(one["not"] for one in lengths),
        commitment=_wordings(table["commitment"] for table in tables),
        seller=_wordings(table["seller"] for table in tables),
    )


@cache
def lead_times() -> dict[str, LeadTime]:
    """Return the usual lengths by kind of step."""
    return {
        kind: LeadTime(
            kind=kind,
            called=entry["called"],
            usual=entry["usual"],
            below=entry["below"],
            above=entry["above"],
            grade=entry["grade"],
            measure=entry["measure"],
            not_=frozenset(entry["not"]),
        )
        for kind, entry in _table("leadtimes.toml").items()
    }


def _table(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return tomllib.loads(text)


def _phrases(tables: Iterable[Mapping[str, list[str]]]) -> Phrases:
    return Phrases(
        (phrase, meaning)
        for table in tables
        for meaning, phrases in table.items()
        for phrase in phrases
    )


def _wordings(tables: Iterable[list[dict[str, Any]]]) -> Phrases:
    groups = [group for table in tables for group in table]
    better = [
        (phrase, group["better"]) for group in groups for phrase in group["words"]
    ]
    allowed = [
        (phrase, _ALLOWED) for one in groups for phrase in one.get("allowed", ())
    ]
    return Phrases([*better, *allowed])


def _joined(tables: Iterable[Mapping[str, list[str]]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for table in tables:
        for kind, words in table.items():
            found[kind] = found.get(kind, frozenset()) | {w.casefold() for w in words}
    return found


def _set(lists: Iterable[list[str]]) -> frozenset[str]:
    return frozenset(word.casefold() for words in lists for word in words)
