"""Labels: dates, lengths, plurals and lists in each language, and what is escaped."""

from __future__ import annotations

from datetime import date

import pytest
from markupsafe import Markup

from mapsite.room.goal_words import sentences
from mapsite.room.labels import LANGUAGES, Labels, labels

TODAY = date(2026, 5, 24)

DAYS = {
    "en": ("28 May", "1 Aug", "4 Jan 2027", "1 August 2026", "Thu", "Tuesday"),
    "de": ("28. Mai", "1. Aug.", "4. Jan. 2027", "1. August 2026", "Do", "Dienstag"),
    "fr": ("28 mai", "1er août", "4 janv. 2027", "1er août 2026", "jeu.", "mardi"),
    "es": ("28 may", "1 ago", "4 ene 2027", "1 de agosto de 2026", "jue", "martes"),
}
MONTHS = {
    "en": ("May", "Jan 2027"),
    "de": ("Mai", "Jan 2027"),
    "fr": ("mai", "janv. 2027"),
    "es": ("may", "ene 2027"),
}
DISTANCES = {
    "en": (
        "yesterday",
        "today",
        "tomorrow",
        "in 4 days",
        "12 weeks ago",
        "in 7 months",
    ),
    "de": ("gestern", "heute", "morgen", "in 4 Tagen", "vor 12 Wochen", "in 7 Monaten"),
    "fr": (
        *("hier", "aujourd\u2019hui", "demain"),
        *("dans 4 jours", "il y a 12 semaines", "dans 7 mois"),
    ),
    "es": (
        *("ayer", "hoy", "mañana"),
        *("dentro de 4 días", "hace 12 semanas", "dentro de 7 meses"),
    ),
}
SPANS = {
    "en": ("1 day", "4 days", "12 weeks", "2 years"),
    "de": ("1 Tag", "4 Tage", "12 Wochen", "2 Jahre"),
    "fr": ("1 jour", "4 jours", "12 semaines", "2 ans"),
    "es": ("1 día", "4 días", "12 semanas", "2 años"),
}
PLURALS = {
    "en": ("0 working days", "1 working day", "2 working days"),
    "de": ("0 Arbeitstage", "1 Arbeitstag", "2 Arbeitstage"),
    "fr": ("0 jour ouvré", "1 jour ouvré", "2 jours ouvrés"),
    "es": ("0 días laborables", "1 día laborable", "2 días laborables"),
}


def plain(words: str) -> str:
    """Return *words* with plain spaces, as they are compared here."""
    return words.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_are_written_as_in_the_language(language: str) -> None:
    """Short with the year only where it differs, long, and the names of weekdays."""
    t = labels(language)
    day, first = date(2026, 5, 28), date(2026, 8, 1)
    assert DAYS[language] == (
        t.day(day, TODAY),
        t.day(first),
        t.day(date(2027, 1, 4), TODAY),
        t.long(first),
        t.weekday(day),
        t.weekday_name(1),
    )
    assert MONTHS[language] == (t.month(day), t.month(date(2027, 1, 1)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_distances_and_lengths_are_told_in_words(language: str) -> None:
    """Days first, then weeks, months and years; never a ticking clock."""
    t = labels(language)
    distances = (t.distance(days) for days in (-1, 0, 1, 4, -84, 200))
    assert DISTANCES[language] == tuple(plain(words) for words in distances)
    spans = (t.span(days) for days in (1, 4, 84, 730))
    assert SPANS[language] == tuple(plain(words) for words in spans)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_take_the_form_of_the_language(language: str) -> None:
    """Zero is one in French and many elsewhere; a million falls back to others."""
    t = labels(language)
    told = tuple(str(t.count("takes.d", number)) for number in range(3))
    assert told == PLURALS[language]
    assert t.count("takes.w", 10**6).startswith("1000000 ")


@pytest.mark.parametrize(
    ("language", "two", "three"),
    [
        ("en", "Ana and Inés", "Jo, Ana and Inés"),
        ("de", "Ana und Inés", "Jo, Ana und Inés"),
        ("fr", "Ana et Inés", "Jo, Ana et Inés"),
        ("es", "Ana e Inés", "Jo, Ana e Inés"),
    ],
)
def test_names_are_joined_as_in_the_language(
    language: str, two: str, three: str
) -> None:
    """The last name follows the language's *and*; Spanish changes it before an i."""
    t = labels(language)
    assert t.join([]) == ""
    assert t.join(["Ana"]) == "Ana"
    assert t.join(["Ana", "Inés"]) == two
    assert t.join(["Jo", "Ana", "Inés"]) == three


def test_spanish_and_before_other_sounds_stays() -> None:
    """Only the sound i changes it, behind markup and a silent h too."""
    t = labels("es")
    assert t.join(["Jo", "Hierros Sur"]) == "Jo y Hierros Sur"
    assert t.join(["Jo", "Pilar y Hijas"]) == "Jo y Pilar y Hijas"
    assert t.join(["Jo", Markup("<b>Hidalgo</b>")]) == "Jo e <b>Hidalgo</b>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_escaped_unless_it_is_markup(language: str) -> None:
    """Text of a plan stays text in a sentence, a list and a fallback; a link is one."""
    t = labels(language)
    link = Markup('<a href="#a">A & B</a>')
    assert "&lt;b&gt;{buyer}&lt;/b&gt;" in t("criteria.title", buyer="<b>{buyer}</b>")
    assert link in t("turn.open", step=link)
    assert t.join(["<b>", link]).startswith("&lt;b&gt; ")
    assert t.maybe("role.<b>", "<b>") == "&lt;b&gt;"
    assert t.maybe("role.legal", "<b>") == t("role.legal")


def test_an_unknown_text_is_an_error() -> None:
    """A wrong key, a missing value or a count of a plain text is never shown."""
    t = Labels("en")
    with pytest.raises(KeyError):
        t("goal.nothing")
    with pytest.raises(KeyError):
        t("goal.live")
    with pytest.raises(TypeError):
        t.count("goal.by", 2)


def test_notes_become_sentences_with_one_full_stop_each() -> None:
    """An abbreviated month at the end of a note brings its own."""
    day = Markup("<time>{}</time>").format(labels("de").day(date(2026, 9, 18)))
    assert sentences([day, Markup("A"), Markup("B")]) == f"{day} A. B"
    assert sentences([]) == Markup()


def test_a_week_is_told_from_the_fourteenth_day() -> None:
    """Lengths change their unit where a reader would."""
    t = labels("en")
    assert [t.span(days) for days in (13, 14, 183, 184)] == [
        "13 days",
        "2 weeks",
        "26 weeks",
        "6 months",
    ]
    assert t.distance(83) == "in 12 weeks"
