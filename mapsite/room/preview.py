"""The title that previews of a forwarded link show, whatever the deal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SETTING = ("extra", "mapsite", "preview_title")
MOST_LETTERS = 60


def preview_title(settings: Mapping[str, Any]) -> str:
    """Return the title that ``extra.mapsite`` sets; empty for the language's own."""
    return settings.get("preview_title") or ""


def preview_fault(title: object) -> str | None:
    """Say why *title* cannot be shown in a preview, or None when it can."""
    if title is None:
        return None
    if not (isinstance(title, str) and title.isprintable() and title.strip()):
        return "expected a text of one line, in quotes"
    if len(title) > MOST_LETTERS:
        return f"expected at most {MOST_LETTERS} letters"
    return None
