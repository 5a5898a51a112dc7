"""Which question of a form is which part of a suggestion.

Forms call their questions as their authors like. ``extra: mapsite: changes: columns:``
of the settings says which is which, like ``new: What should it be?``. Those called like
the fields themselves need no word, nor does what form services add.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mapsite.errors import MapsiteError
from mapsite.plan.wording import got, quoted

IGNORE = "ignore"
"""The key that lists the questions that say nothing about the plan."""
KNOWN: dict[str, tuple[str, ...]] = {
    "plan": ("plan",),
    "base": ("base",),
    "op": ("op",),
    "path": ("path",),
    "item": ("item",),
    "field": ("field",),
    "old": ("old",),
    "new": ("new",),
    "why": ("why", "reason"),
    "comment": ("comment",),
    "question": ("question",),
    "name": ("name", "your name"),
    "email": ("email", "e-mail", "email address", "your email", "your e-mail"),
    "person": ("person",),
    "block": ("block",),
    "ref": ("ref",),
    "id": ("id", "response id", "submission id", "#"),
    "at": (
        *("at", "timestamp", "completion time", "submitted at", "created at"),
        "submit date (utc)",
    ),
}
"""Field -> headers, as `plain` writes them."""
_ADDED_BY_SERVICES = frozenset(
    {
        *("start time", "last modified time", "respondent id", "response type"),
        *("start date (utc)", "stage date (utc)", "network id", "ip", "user agent"),
        *("referrer", "referer", "site url", "form name", "form-name", "bot-field"),
    }
)
_TOLD_BY_SERVICES = ("id", "at", "name", "email")
"""What services add even where a form asks for it itself."""
ANONYMOUS = "anonymous"
"""What Microsoft Forms says of somebody who gave neither name nor address."""

Columns = Mapping[str, tuple[str, ...]]
"""Field -> the headers that mean it, as the settings write them."""


class Cell(NamedTuple):
    """Hold one answer: what was asked, and what was said."""

    names: tuple[str, ...]
    """What the question is called; the first is for people."""
    text: str
    fault: str = ""
    """Why *text* is not what was said, like a formula."""

    @property
    def header(self) -> str:
        """Return what people call the question."""
        return self.names[0]


class Said(NamedTuple):
    """Hold what one answer says, by field."""

    fields: dict[str, str]
    """Only those that say something."""
    faults: tuple[str, ...]
    """What cannot be understood."""
    beside: tuple[str, ...]
    """Headers of what was said, but has no place in a suggestion."""


def plain(header: str) -> str:
    """Return *header* as headers are compared: without case, spaces made one."""
    return " ".join(header.replace("_", " ").casefold().split()).rstrip(" *:")


def is_added_by_services(header: str) -> bool:
    """Tell whether services say this of an answer, not who answered."""
    return plain(header) in _ADDED_BY_SERVICES


def read_columns(value: object) -> Columns:
    """Read the setting ``columns``; raise MapsiteError where it is none."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MapsiteError(f"columns: expected a map, got {got(value)}")
    found: dict[str, tuple[str, ...]] = {}
    for field, headers in value.items():
        names = (headers,) if isinstance(headers, str) else headers
        if field not in {*KNOWN, IGNORE}:
            known = ", ".join((*KNOWN, IGNORE))
            told = f"columns: expected {known}, got {quoted(str(field))}"
            raise MapsiteError(told)
        listed = isinstance(names, list | tuple) and (names or field == IGNORE)
        if not listed or not all(map(_is_header, names)):
            raise MapsiteError(f"columns/{field}: expected the header of a column")
        found[field] = tuple(names)
    return found


def headers_known(names: Iterable[str], columns: Columns) -> int:
    """Return how many of *names* mean a field."""
    known = {name for field, names in _wanted(columns).items() for name in names}
    return len({plain(name) for name in names} & known)


def say(cells: Iterable[Cell], columns: Columns, *, whole: bool = True) -> Said:
    """Return what *cells* say, by field, and what of it has no place.

    They are *whole* where every question has a cell, answered or not.
    """
    fields_of = {
        name: field for field, names in _wanted(columns).items() for name in names
    }
    silent = _silent(columns)
    told: dict[str, dict[str, None]] = {}
    faults, beside = [], []
    for cell in cells:
        names = [plain(name) for name in cell.names]
        field = next((fields_of[name] for name in names if name in fields_of), "")
        text = "" if cell.text.strip() == ANONYMOUS else cell.text.strip()
        if field:
            told.setdefault(field, {}).update({text: None} if text else {})
            faults += [f"{quoted(cell.header)}: {cell.fault}"] if cell.fault else []
        elif text and not silent & {*names}:
            beside.append(cell.header)
    faults += [
        f"expected one answer for {field}, got {len(texts)}"
        for field, texts in told.items()
        if len(texts) > 1
    ]
    if whole:
        faults += [
            f"expected a column {quoted(columns[field][0])} for {field}"
            for field in sorted(columns.keys() - {IGNORE} - told.keys())
        ]
    fields = {field: next(iter(texts)) for field, texts in told.items() if texts}
    return Said(fields, tuple(faults), tuple(beside))


def _silent(columns: Columns) -> set[str]:
    """Return the headers of what says nothing about a plan."""
    ignored = {plain(one) for one in columns.get(IGNORE, ())}
    usual = {
        name for field in _TOLD_BY_SERVICES if field in columns for name in KNOWN[field]
    }
    return {*_ADDED_BY_SERVICES, *ignored, *usual}


def _wanted(columns: Columns) -> dict[str, tuple[str, ...]]:
    """Return the headers of each field; what the settings name means nothing else."""
    named = {
        field: tuple(map(plain, names))
        for field, names in columns.items()
        if field != IGNORE
    }
    taken = {name for names in named.values() for name in names}
    taken |= {plain(name) for name in columns.get(IGNORE, ())}
    usual = {
        field: tuple(name for name in names if name not in taken)
        for field, names in KNOWN.items()
        if field not in named
    }
    return usual | named


def _is_header(name: object) -> bool:
    return isinstance(name, str) and bool(plain(name))
