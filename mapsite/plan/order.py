"""The usual order of a plan's fields, in which new ones find their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TOP = (
    *("title", "language", "band", "marking", "created", "status", "closed", "goal"),
    *("buyer", "seller", "summary", "review", "calendar", "people", "phases", "steps"),
    *("questions", "criteria", "metrics", "risks", "documents", "sections", "checks"),
    "links",
)
_PARTY = ("name", "logo", "color", "contact")
INSIDE: Mapping[str, Sequence[str]] = {
    "goal": (
        *("outcome", "date", "decision", "go_live", "why", "event", "buffer", "value"),
    ),
    "buyer": _PARTY,
    "seller": _PARTY,
    "review": ("every", "on", "at", "with", "next"),
    "calendar": ("workdays", "holidays", "closed"),
    "people": (
        *("id", "name", "side", "title", "roles", "email", "added", "backup", "signs"),
    ),
    "phases": ("name", "gate"),
    "steps": (
        *("id", "title", "detail", "phase", "kind", "owners", "support", "side"),
        *("start", "due", "takes", "after", "waits_for", "only_if", "status"),
        *("blocker", "done", "outcome", "confirmed", "evidence", "moves", "tasks"),
        *("documents", "links", "fallback", "optional", "note", "ref"),
    ),
    "questions": (*("id", "text", "asked_by", "owner", "due", "answer", "answered"),),
    "criteria": ("id", "text", "measure", "weight", "status", "owner", "evidence"),
    "metrics": ("id", "text", "baseline", "target", "measure", "owner"),
    "risks": ("id", "text", "likelihood", "impact", "mitigation", "owners"),
    "documents": ("id", "title", "url", "file", "status", "owner", "due"),
    "sections": ("title", "text"),
}
"""By the field at the top, those of its map, or of each item of its list."""


def order_at(path: Sequence[str | int]) -> Sequence[str]:
    """Return the usual order in the map that stands at *path*."""
    if not path:
        return TOP
    depth = len(path) - (len(path) > 1 and isinstance(path[1], int))
    return INSIDE.get(str(path[0]), ()) if depth == 1 else ()
