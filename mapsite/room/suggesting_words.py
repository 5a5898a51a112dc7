"""What the script of a room says of suggestions, in the room's language."""

from __future__ import annotations

from functools import cache

from mapsite.room.escaping import Markup, safe
from mapsite.room.labels import Labels
from mapsite.room.suggesting_view import in_quotes

CHOICES = (
    ("works", "", "steps/", "once"),
    ("move", "date why", "steps/ questions/ goal/date", "once"),
    ("owner", "instead who why", "steps/", ""),
    ("done", "why", "steps/", "once"),
    ("answer", "text", "questions/", "once"),
    ("name", "who", "people/", ""),
    ("position", "role", "people/", ""),
    ("met", "why", "criteria/", "once"),
    ("reword", "text why", "goal/outcome", ""),
    ("ask", "text", "* questions", ""),
    ("step", "text who date", "steps/ steps", ""),
    ("person", "who role side why", "people/ people", ""),
    ("criterion", "text", "criteria/ criteria", ""),
    ("comment", "text", "* steps people questions criteria", ""),
)
"""What can be suggested, the fields of the form that it needs, of what it can be said
(``*`` stands for every item), and whether only while the item is not done."""

_SAYS = (
    *("works", "move", "day", "owner", "done", "answer", "name", "position", "met"),
    *("reword", "ask", "step", "person", "criterion", "comment"),
)
_TEXTS = ("answer", "ask", "step", "criterion", "reword", "comment")
_STATES = (
    *("mail", "long", "copy", "file", "send", "waiting", "refused", "sent", "received"),
    *("accepted", "accepted_otherwise", "already", "superseded"),
    *("declined", "declined_why"),
)
_WORDS = (
    *("works", "new_day", "day", "also", "remove", "forget", "again", "hello"),
    *("keep", "file_name", "because", "yours", "yours_unsent", "waits", "copy", "file"),
    *(f"text_{what}" for what in _TEXTS),
    *(f"says_{what}" for what in _SAYS),
    *(f"state_{state}" for state in _STATES),
)
_NAMES = ("item", "old", "new", "who", "time", "why", "what", "name", "day")
_OPEN = {name: f"{{{name}}}" for name in _NAMES}


@cache
def choices(labels: Labels) -> Markup:
    """Draw a row for each choice; the script shows those that fit an item."""
    rows = []
    for what, needs, on, once in CHOICES:
        when = ' data-once="yes"' if once else ""
        said = labels(f"suggest.{what}", **_OPEN)
        rows.append(
            f'<label class="map-pick" data-needs="{needs}" data-on="{on}"{when} hidden>'
            f'<input type="radio" name="what" value="{what}" required>'
            f"<span>{said}</span></label>"
        )
    return safe("\n".join(rows))


@cache
def script_words(labels: Labels) -> Markup:
    """Return the words by their names as JSON; names in braces stay for the script."""
    words = {key: labels(f"suggest.{key}", **_OPEN).unescape() for key in _WORDS}
    for form, number in (("one", 1), ("other", 2)):
        told = labels.count("suggest.unsent", number, count="{count}")
        words[f"unsent_{form}"] = told.unescape()
    subject = labels("suggest.subject", address="|").unescape()
    return in_quotes(words | {"subject": subject.partition(" (")[0]})
