"""Read the plain values of a plan from their text; None where the text is none of them.

Nothing here knows what is expected: `mapsite.plan.fields` says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

MOST_LINE = 600
MOST_PROSE = 20_000
MOST_ID = 64
MOST_PATH = 300
MOST_LINK = 2_000

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
COLOR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d", re.ASCII)
EMAIL = re.compile(r"[^\s@<>,;:\"()]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
FILE_NAME = re.compile(r"[^\s./\\:*?\"<>|]([^/\\:*?\"<>|]*[^\s./\\:*?\"<>|])?")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


def read_id(text: str) -> str | None:
    """Return *text* if it is an id."""
    return text if len(text) <= MOST_ID and ID.fullmatch(text) else None


def whole_between(least: int, most: int) -> Callable[[str], int | None]:
    """Make a reader of whole numbers from *least* to *most*."""

    def read(text: str) -> int | None:
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
            return None
        return int(text) if least <= int(text) <= most else None

    return read


def read_flag(text: str) -> bool | None:
    """Return the boolean that ``true`` or ``false`` writes."""
    return {"true": True, "false": False}.get(text)


def read_url(text: str) -> str | None:
    """Return *text* if it is an address of https or mailto."""
    if len(text) > MOST_LINK or re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme == "https":
        return text if host and not parts.username and not parts.password else None
    if parts.scheme == "mailto":
        return text if read_email(parts.path) else None
    return None


def path_of_kind(*kinds: str) -> Callable[[str], str | None]:
    """Make a reader of paths that stay inside a folder and end like one of *kinds*."""

    def read(text: str) -> str | None:
        # Names that begin with a dot are not meant to be shown; Windows drops a dot
        # or a space at the end, and reads a colon as a drive or a stream.
        names = text.split("/")
        if len(text) > MOST_PATH or any(
            not FILE_NAME.fullmatch(name) for name in names
        ):
            return None
        return text if text.lower().rpartition(".")[2] in kinds else None

    return read


def read_workdays(text: str) -> tuple[int, ...] | None:
    """Return the weekday numbers, Monday 0, of days like ``mon-fri``."""
    first, _, last = text.partition("-")
    if first not in DAYS or last not in DAYS:
        return None
    start, length = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % 7
    return tuple(sorted((start + step) % 7 for step in range(length + 1)))


def read_color(text: str) -> str | None:
    """Return *text* in lower case if it is a colour like ``#0b6bcb``."""
    return text.lower() if COLOR.fullmatch(text) else None


def read_clock(text: str) -> str | None:
    """Return the time of day that ``10:00`` or ``9:30`` writes, as ``09:30``."""
    return text.zfill(5) if CLOCK.fullmatch(text) else None


def read_email(text: str) -> str | None:
    """Return *text* if it is an e-mail address."""
    return text if EMAIL.fullmatch(text) else None
