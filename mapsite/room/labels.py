"""The words of a room in its language: catalogues, plurals and dates.

A catalogue is `labels/<language>.toml`. Its texts are plain text with `{names}`; what
takes their place is escaped unless it is finished markup. A text with forms (`one`,
`other`, …) takes the form that the language's plural rule asks for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.lists import format_list

from mapsite.room.escaping import NOTHING, Markup, escape, safe, shown

LANGUAGES = ("en", "de", "fr", "es")
_LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}

DAYS_UNTIL, WEEKS_UNTIL, MONTHS_UNTIL = 14, 184, 730
"""So many days away a day is told in days, in weeks, in months; then in years."""

_SOUND_I = re.compile("h?[ií](?![aeo])", re.IGNORECASE)

Phrase = tuple[tuple[str, str | None], ...]
"""Escaped literals, each with the name of the value that follows it."""
Forms = dict[str, Phrase]
"""A text's forms by plural category."""


class Labels:
    """Speak one language."""

    def __init__(self, language: str) -> None:
        """Load the catalogue of *language*, one of `LANGUAGES`."""
        self.language = language
        self.locale = _locale(language)
        self._plural = self.locale.plural_form
        self._texts = _catalogue(language)
        self._fixed = {key: Markup(text) for key, text in _fixed(self._texts)}

    def __call__(self, key: str, /, **values: Any) -> Markup:  # noqa: ANN401  # anything that can be shown
        """Return the text of *key* with *values* in place; raises KeyError."""
        fixed = self._fixed.get(key)
        if fixed is not None:
            return fixed
        phrase = self._texts[key]
        return _say(phrase["other"] if isinstance(phrase, dict) else phrase, values)

    def count(self, key: str, number: int, /, **values: Any) -> Markup:  # noqa: ANN401  # anything that can be shown
        """Return the form of *key* for *number*, which stands for `{count}`."""
        forms = self._texts[key]
        if not isinstance(forms, dict):
            raise TypeError(f"{key} has no forms")
        form = self._plural(number)
        return _say(forms.get(form, forms["other"]), {"count": number, **values})

    def maybe(self, key: str, fallback: str) -> Markup:
        """Return the text of *key*, or *fallback* escaped where there is none."""
        return self(key) if key in self._texts else escape(fallback)

    def day(self, day: date, today: date | None = None) -> str:
        """Write ``28 May``; with the year where it is not that of *today*."""
        other_year = today is not None and day.year != today.year
        return _day(self.language, day, "yMMMd" if other_year else "MMMd")

    def long(self, day: date) -> str:
        """Write ``15 August 2026``."""
        return _long(self.language, day)

    def weekday(self, day: date) -> str:
        """Write ``Thu``."""
        return _weekday(self.language, day)

    def weekday_name(self, index: int) -> str:
        """Write ``Tuesday``; Monday is 0."""
        return str(self.locale.days["format"]["wide"][index])

    def month(self, day: date) -> str:
        """Write ``Jun``, or ``Jan 2027`` where a year begins."""
        return _month(self.language, day)

    def distance(self, days: int) -> str:
        """Write how far away a day is: ``in 4 days``, ``12 weeks ago``."""
        near = {0: "time.today", 1: "time.tomorrow", -1: "time.yesterday"}
        return (
            str(self(near[days]))
            if days in near
            else _distance(self.language, days, add_direction=True)
        )

    def span(self, days: int) -> str:
        """Write a length of time: ``4 days``, ``12 weeks``."""
        return _distance(self.language, days, add_direction=False)

    def spare(self, days: int) -> str:
        """Write time that is left, never more than there is: 25 days are 3 weeks."""
        return self.span(days - days % 7 if DAYS_UNTIL <= days < WEEKS_UNTIL else days)

    def join(self, parts: Iterable[str]) -> Markup:
        """Write ``a, b and c``."""
        texts = [escape(part) for part in parts]
        if len(texts) <= 1:
            return texts[0] if texts else NOTHING
        joined = format_list(texts, locale=self.locale)
        if self.language == "es" and _sounds_i(texts[-1]):
            before = joined.removesuffix(texts[-1]).removesuffix(" y ")
            joined = f"{before} e {texts[-1]}"
        return safe(joined)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


@cache
def labels(language: str) -> Labels:
    """Return the labels of *language*, loaded once."""
    return Labels(language)


@cache
def _catalogue(language: str) -> dict[str, Phrase | Forms]:
    file = resources.files("mapsite.room") / "labels" / f"{language}.toml"
    texts: dict[str, Phrase | Forms] = {}
    for section, entries in tomllib.loads(file.read_text("utf-8")).items():
        for key, text in entries.items():
            texts[f"{section}.{key}"] = (
                {form: _phrase(words) for form, words in text.items()}
                if isinstance(text, dict)
                else _phrase(text)
            )
    return texts


def _fixed(texts: dict[str, Phrase | Forms]) -> Iterator[tuple[str, str]]:
    """Yield the texts that stand as they are, without forms and names."""
    for key, phrase in texts.items():
        if not isinstance(phrase, dict) and all(name is None for _, name in phrase):
            yield key, "".join(literal for literal, _ in phrase)


def _phrase(text: str) -> Phrase:
    parsed = Formatter().parse(text)
    return tuple((str(escape(literal)), name) for literal, name, _, _ in parsed)


def _say(phrase: Phrase, values: dict[str, Any]) -> Markup:
    parts: list[str] = []
    for literal, name in phrase:
        parts.append(literal)
        if name is not None:
            parts.append(shown(values[name]))
    return safe("".join(parts))


# Cached by language, not by locale, whose hash is worked out anew each time.
@cache
def _day(language: str, day: date, skeleton: str) -> str:
    written = format_skeleton(skeleton, day, locale=_locale(language))
    return _ordinal(language, written)


@cache
def _long(language: str, day: date) -> str:
    return _ordinal(language, format_date(day, "long", locale=_locale(language)))


def _ordinal(language: str, day: str) -> str:
    """Write the first of a month as French does: ``1er août``."""
    first = language == "fr" and day.startswith("1 ")
    return f"1er{day[1:]}" if first else day


def _sounds_i(text: Markup) -> bool:
    """Tell whether Spanish says *e* before *text*, as in ``Ana e Inés``."""
    return bool(_SOUND_I.match(text.striptags()))


@cache
def _weekday(language: str, day: date) -> str:
    return format_date(day, "ccc", locale=_locale(language))


@cache
def _month(language: str, day: date) -> str:
    name = format_date(day, "LLL", locale=_locale(language))
    return f"{name} {day.year}" if day.month == 1 else name


@cache
def _distance(language: str, days: int, *, add_direction: bool) -> str:
    return format_timedelta(
        timedelta(days=days),
        granularity=_unit(abs(days)),
        threshold=float("inf"),
        add_direction=add_direction,
        locale=_locale(language),
    )


def _unit(days: int) -> Literal["day", "week", "month", "year"]:
    """Return the unit in which so many days are best told."""
    if days < DAYS_UNTIL:
        return "day"
    if days < WEEKS_UNTIL:
        return "week"
    return "month" if days < MONTHS_UNTIL else "year"
