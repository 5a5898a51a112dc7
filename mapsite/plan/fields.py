"""The kinds of value that a plan's fields take, each told as a reader would say it.

A validator gets the text as it stands in the file (see `mapsite.plan.source`), so
that ``no`` or ``1.10`` in a text field stays those characters. What it raises is only
the WHAT of ``expected WHAT, got VALUE``; `mapsite.plan.read` adds place and value.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    WithJsonSchema,
)

from mapsite.plan.day import read_date
from mapsite.plan.moment import Duration, Moment, read_duration, read_moment
from mapsite.plan.texts import (
    CLOCK,
    COLOR,
    DAY_NAMES,
    DAYS,
    ID,
    MOST_LINE,
    MOST_PATH,
    MOST_PROSE,
    path_of_kind,
    read_clock,
    read_color,
    read_email,
    read_flag,
    read_id,
    read_url,
    read_workdays,
    whole_between,
)
from mapsite.plan.validators import OneOf, expected, from_text


def _read_line(text: str) -> str | None:
    line = " ".join(text.split())
    if len(line) > MOST_LINE:
        raise expected(f"at most {MOST_LINE} characters", "too-long")
    return line or None


def _read_prose(text: str) -> str | None:
    if len(text) > MOST_PROSE:
        raise expected(f"at most {MOST_PROSE} characters", "too-long")
    return text.strip() or None


def _read_workdays(value: object) -> object:
    """Read ``mon-fri`` or a list of days into weekday numbers, Monday 0."""
    days: object = None
    if isinstance(value, str):
        days = read_workdays(value)
    elif isinstance(value, list) and value and all(day in DAYS for day in value):
        days = tuple(sorted({DAYS.index(day) for day in value}))
    if days is None:
        raise expected("workdays like mon-fri or [mon, tue, wed]")
    return days


def _read_internal(value: object) -> object:
    if value == "true" or isinstance(value, dict | list):
        return value == "true" or value
    raise expected("true, or fields that stay internal", "internal")


_ANY_SCALAR = ["string", "number", "boolean"]
_DATE_SCHEMA = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}$",
    "examples": ["2026-05-28"],
}

Line = Annotated[
    str,
    from_text("text", _read_line),
    WithJsonSchema({"type": _ANY_SCALAR, "minLength": 1, "maxLength": MOST_LINE}),
]
"""One line of text, white space folded; at most 600 characters."""
Prose = Annotated[
    str,
    from_text("text", _read_prose),
    WithJsonSchema({"type": _ANY_SCALAR, "minLength": 1, "maxLength": MOST_PROSE}),
]
"""Text in Markdown; at most 20,000 characters."""
Id = Annotated[
    str,
    from_text(
        "an id like security-review (a-z, 0-9, single hyphens, at most 64)",
        read_id,
        "id",
    ),
    WithJsonSchema(
        {"type": ["string", "integer"], "pattern": f"^{ID.pattern}$", "maxLength": 64}
    ),
]
Day = Annotated[
    date,
    from_text("a date like 2026-05-28", read_date, "date"),
    WithJsonSchema(_DATE_SCHEMA),
]
When = Annotated[
    Moment,
    from_text(
        "a date like 2026-05-28, tbd, week 9, or an offset like goal-3w",
        read_moment,
        "moment",
    ),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d{4}-\d{2}-\d{2}|tbd|week -?[1-9]\d{0,3}"
            r"|(created|goal|go-live)([+-]\d{1,5}(cd|d|w))?)$",
            "examples": [
                "2026-05-28",
                "tbd",
                "week 9",
                "created+14d",
                "goal-3w",
                "goal",
            ],
        }
    ),
]
Takes = Annotated[
    Duration,
    from_text(
        "a duration like 5d, 4w, 30cd, 5d-10d, tbd or ongoing",
        read_duration,
        "duration",
    ),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d{1,5}(cd|d|w)(-\d{1,5}(cd|d|w))?|tbd|ongoing)$",
            "examples": ["5d", "4w", "30cd", "5d-10d", "tbd", "ongoing"],
        }
    ),
]
Flag = Annotated[
    bool,
    from_text("true or false", read_flag, "boolean"),
    WithJsonSchema({"type": "boolean"}),
]
Weight = Annotated[
    int,
    from_text("a whole number from 1 to 5", whole_between(1, 5), "number"),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 5}),
]
Order = Annotated[
    int,
    from_text("a whole number from 1 to 99", whole_between(1, 99), "number"),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 99}),
]
Color = Annotated[
    str,
    from_text(
        'a colour like "#0b6bcb", in quotes',
        read_color,
        "color",
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{COLOR.pattern}$"}),
]
Clock = Annotated[
    str,
    from_text('a time like "10:00"', read_clock, "time"),
    WithJsonSchema({"type": "string", "pattern": f"^{CLOCK.pattern}$"}),
]
Email = Annotated[
    str,
    from_text(
        "an e-mail address",
        read_email,
        "email",
    ),
    WithJsonSchema({"type": "string", "format": "email"}),
]
Url = Annotated[
    str,
    from_text(
        "a link that starts with https:// or mailto:, without a space or user name",
        read_url,
        "url",
    ),
    WithJsonSchema({"type": "string", "pattern": "^(https://|mailto:)"}),
]


def _path_schema(*kinds: str) -> WithJsonSchema:
    pattern = rf"^[^/\\:.][^\\:]*\.({'|'.join(kinds)})$"
    return WithJsonSchema(
        {"type": "string", "pattern": pattern, "maxLength": MOST_PATH}
    )


LOGO_KINDS = ("png", "jpg", "jpeg", "webp", "svg")
DOCUMENT_KINDS = (
    "pdf",
    "png",
    "jpg",
    "jpeg",
    "webp",
    "csv",
    "xlsx",
    "docx",
    "pptx",
    "ics",
)
Logo = Annotated[
    str,
    from_text(
        "a file inside the plan's folder, like logos/acme.png (png, jpg, webp or svg)",
        path_of_kind(*LOGO_KINDS),
        "path",
    ),
    _path_schema(*LOGO_KINDS),
]
"""Path from the plan's folder to a picture, with ``/``."""
File = Annotated[
    str,
    from_text(
        "a file inside the plan's folder, like documents/scope.pdf"
        " (pdf, png, jpg, webp, csv, xlsx, docx, pptx or ics)",
        path_of_kind(*DOCUMENT_KINDS),
        "path",
    ),
    _path_schema(*DOCUMENT_KINDS),
]
"""Path from the plan's folder to a document, with ``/``."""
Workdays = Annotated[
    tuple[int, ...],
    BeforeValidator(_read_workdays),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "string",
                    "pattern": f"^({'|'.join(DAYS)})-({'|'.join(DAYS)})$",
                },
                {"type": "array", "items": {"enum": list(DAYS)}, "minItems": 1},
            ]
        }
    ),
]
"""Weekday numbers, Monday 0."""
DayOrTbd = Annotated[
    date | None,
    BeforeValidator(lambda v: None if v == "tbd" else _day_or_raise(v)),
    WithJsonSchema({"anyOf": [_DATE_SCHEMA, {"const": "tbd"}]}),
]
"""A day, or None where the plan says ``tbd``."""
Weekday = Annotated[str, OneOf(*DAY_NAMES)]
Internal = Annotated[
    Any,
    BeforeValidator(_read_internal),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "array"}, {"const": True}]}),
]
"""True hides the whole item; a map or list holds what never leaves."""


def _day_or_raise(value: object) -> date:
    day = read_date(value) if isinstance(value, str) else None
    if day is None:
        raise expected("a date like 2026-05-28, or tbd", "date")
    return day
