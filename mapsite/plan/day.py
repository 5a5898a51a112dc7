"""Days as plans and options write them: ``2026-05-28`` and nothing else.

Apart from moments, as every command that takes a day reads one.
"""

from __future__ import annotations

from datetime import date

_LENGTH = len("2026-05-28")


def read_date(text: str) -> date | None:
    """Return the day that ``YYYY-MM-DD`` names, or None when *text* is no such day."""
    # Other ISO forms, like 20260528 and 2026-W22-4, have another length or a W.
    if len(text) != _LENGTH or not text.isascii() or "W" in text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
