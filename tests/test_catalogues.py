"""The catalogues of a room's words: four that agree, all used, all in the same tone."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from mapsite.room.labels import LANGUAGES

PROJECT = Path(__file__).resolve().parents[1]
TRANSLATED = ("de", "fr", "es")

COMPUTED = {
    "changes.": "dated|undated|reopened|asked|answered|joined|named|reworded|changed",
    "changes.added_": "steps|criteria|metrics|risks|documents",
    "changes.at_": "goal|title|summary|review|sections|phases|steps|other",
    "changes.field_": "takes|after|phase|tasks|documents|links|evidence|support",
    "changes.gone_": "steps|people|questions|criteria|metrics|risks|documents",
    "changes.many_": "moved|dated|undated|done|reopened|status|confirmed|owner|added"
    "|removed|asked|answered|joined|named|left",
    "changes.n_": "steps|people|questions|criteria|metrics|risks|documents",
    "count.": "done|in-progress|blocked|late|at-risk",
    "criteria.": "open|met|at-risk|not-met",
    "documents.": "needed|requested|shared|received|approved|signed|not-needed",
    "now.rhythm_": "day|week|week_plain|two|two_plain|month",
    "open.": "goal-day|dates|people|owners|criteria|questions|steps"
    "|goal-day_why|dates_why|people_why|owners_why|criteria_why|questions_why|steps_why"
    "|goal-day_do|dates_do|people_do|owners_do|criteria_do|questions_do|steps_do",
    "risks.": "low|medium|high",
    "role.": "champion|economic-buyer|executive-sponsor|decision-maker|technical"
    "|security|legal|procurement|finance|signer|user|coach|data-protection"
    "|project-lead|customer-success|account-executive|solutions-engineer",
    "standing.": "on-track|at-risk|unknown|reached|won|lost|no-decision",
    "standing.unknown_": "goal|goal_dated|dates",
    "state.": "done|cancelled|blocked|late|at-risk|in-progress|soon|waiting|todo",
    "steps.": "after|held|waits_for|only_if|blocker|fallback|done_when|moved|outcome"
    "|confirmed|documents|links|support",
    "suggest.": "works|move|owner|done|answer|name|position|met|reword|ask|step|person"
    "|criterion|comment|new_day|day|also|remove|forget|again|hello|keep|file_name"
    "|because|yours|yours_unsent|text_answer|text_ask|text_step"
    "|text_criterion|text_reword|text_comment|says_works|says_move|says_day|says_owner"
    "|says_done|says_answer|says_name|says_position|says_met|says_reword|says_ask"
    "|says_step|says_person|says_criterion|says_comment|state_mail|state_long"
    "|state_copy|state_file|state_send|state_waiting|state_refused|state_sent"
    "|state_received|state_accepted|state_accepted_otherwise|state_already"
    "|state_superseded|state_declined|state_declined_why",
    "suggest.says_": "works|move|day|owner|done|answer|name|position|met|reword|ask"
    "|step|person|criterion|comment|change|remove",
    "suggest.state_": "accepted|accepted_otherwise|already|declined|declined_why",
    "takes.": "d|w|cd|tbd|ongoing",
    "time.": "before_goal|after_goal|before_go_live|after_go_live|before_created"
    "|after_created",
    "time.on_": "goal|go_live|created",
    "timeline.": "today|today_on|closed|closed_on",
    "turn.by": "|_who",
    "turn.late": "|_who",
    "turn.open": "|_who",
}
"""Keys that code puts together: each beginning, with every end that it can have."""

FILES = {"suggest.js"}
"""Names of files, which only look like keys."""

UNWANTED = {
    "en": r"deadline|overdue|\bcommit|\bmust\b|action required|!",
    "de": r"frist\b|deadline|überfällig|verpflicht|!",
    "fr": r"date limite|échéance|deadline|engagement|en souffrance|!",
    "es": r"fecha límite|plazo|deadline|vencid|compromiso|!",
}
"""A shared project plan has no such words."""


@cache
def catalogue(language: str) -> dict[str, str | dict[str, str]]:
    """Return the texts of *language* as its file has them."""
    file = PROJECT / "mapsite" / "room" / "labels" / f"{language}.toml"
    return {
        f"{section}.{key}": text
        for section, texts in tomllib.loads(file.read_text("utf-8")).items()
        for key, text in texts.items()
    }


def forms(language: str, key: str) -> dict[str, str]:
    """Return a text by plural form; the only form of most is called ``other``."""
    text = catalogue(language)[key]
    return text if isinstance(text, dict) else {"other": text}


def names(text: str) -> set[str]:
    """Return the names in braces of *text*."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@cache
def sources() -> str:
    """Return all code and templates that could use a text."""
    files = [*(PROJECT / "mapsite" / "room").glob("*.py")]
    files += (PROJECT / "theme" / "sections").glob("*.jinja")
    return "\n".join(file.read_text("utf-8") for file in sorted(files))


def sections() -> str:
    """Return a pattern for the sections of a catalogue."""
    return "|".join(sorted({key.split(".")[0] for key in catalogue("en")}))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_has_the_same_texts(language: str) -> None:
    """A key that English has, and no other, is in each catalogue."""
    assert set(catalogue(language)) == set(catalogue("en"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_keeps_its_placeholders(language: str) -> None:
    """Each text fills in what the English one does, in every form."""
    for key in catalogue("en"):
        wanted = {name for text in forms("en", key).values() for name in names(text)}
        for text in forms(language, key).values():
            assert names(text) == wanted, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_counted_texts_have_a_form_for_one_and_for_others(language: str) -> None:
    """What has forms in English has them everywhere, and none but those of CLDR."""
    for key, text in catalogue("en").items():
        theirs = catalogue(language)[key]
        assert isinstance(theirs, dict) == isinstance(text, dict), key
        if isinstance(theirs, dict):
            assert {"one", "other"} <= set(theirs) <= {"one", "many", "other"}, key


def test_every_text_that_is_used_exists_and_the_other_way_round() -> None:
    """No key in code or template is unknown, and no text of the catalogue is idle."""
    literal = set(re.findall(rf"""["']((?:{sections()})\.[\w-]+)["']""", sources()))
    computed = {
        begin + end for begin, ends in COMPUTED.items() for end in ends.split("|")
    }
    assert literal - FILES | computed == set(catalogue("en"))


def test_every_computed_key_is_listed() -> None:
    """Code puts together exactly those keys that `COMPUTED` explains."""
    found = re.findall(rf'f"((?:{sections()})\.[\w-]*)\{{', sources())
    found += re.findall(rf'"((?:{sections()})\.[\w-]*)" ~', sources())
    assert set(found) == set(COMPUTED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_finished_and_keep_the_tone(language: str) -> None:
    """No text is empty or a stub, none has markup, pressure or stray spaces."""
    for key in catalogue(language):
        for text in forms(language, key).values():
            assert text, key
            assert text == text.strip(), key
            assert not re.search(r"TODO|FIXME|XXX|[<>&]|  ", text), key
            assert not re.search(UNWANTED[language], text, re.IGNORECASE), key


def test_french_has_its_spaces_and_apostrophes() -> None:
    """Narrow no-break spaces stand before high punctuation; no typewriter's quote."""
    for key in catalogue("fr"):
        for text in forms("fr", key).values():
            assert not re.search(r"(?<!\u202f)[:;?!»]|«(?!\u202f)|['\"]", text), key


def test_spanish_opens_its_questions_and_german_its_quotes() -> None:
    """Each ? has its ¿, and no quote or apostrophe is a typewriter's."""
    for key in catalogue("es"):
        for text in forms("es", key).values():
            assert text.count("?") == text.count("¿"), key
            assert not re.search("['\"]", text), key
            assert not re.search("['\"]", " ".join(forms("de", key).values())), key
