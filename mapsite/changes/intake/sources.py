"""Where else suggestions wait: addresses that answer with lists in JSON.

``extra: mapsite: changes: sources:`` of the settings says of each where its list is,
and which part of an item is which part of a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mapsite.changes.intake.columns import KNOWN
from mapsite.changes.intake.paths import Path, read_path
from mapsite.errors import MapsiteError
from mapsite.plan.wording import got, quoted

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?:https://{_HOST}|http://(?:localhost|127\.0\.0\.1))(?::\d{{1,5}})?"
    r"(?:[/?][!-\"$-~]*)?",
    re.ASCII,
)
_VARIABLE = re.compile(r"MAPSITE_[A-Z0-9_]+_TOKEN", re.ASCII)
_PARAMETER = re.compile(r"[A-Za-z0-9_.\[\]-]{1,60}", re.ASCII)
_SCHEMES = ("Bearer", "Token", "Basic")
_KEYS = ("url", "token", "scheme", "items", "id", "fields", "ignore", "next")
_NEXT = ("ask", "from", "by")
_OWN_ID = "id"


@dataclass(frozen=True, slots=True)
class Next:
    """Tell how the page behind a page is asked for."""

    ask: str = ""
    """The parameter that is set; without it, what is found is an address."""
    found: Path | None = None
    """Where an answer tells it; without it, the parameter counts."""
    by_items: bool = False
    """Whether it counts items, not pages."""


@dataclass(frozen=True, slots=True)
class Source:
    """Know one address, and what its items say."""

    name: str
    url: str
    fields: Mapping[str, Path]
    items: Path = ()
    ignore: tuple[Path, ...] = ()
    variable: str = ""
    """Holds the token, if one is needed."""
    scheme: str = _SCHEMES[0]
    next: Next | None = field(default=None)


def read_sources(value: object) -> tuple[Source, ...]:
    """Read the setting ``sources``; raise MapsiteError where it is none."""
    if value is None:
        return ()
    named = _map(value, "sources")
    for name in named:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise MapsiteError("sources: expected names of a-z, 0-9 and hyphens")
    return tuple(_source(name, one) for name, one in named.items())


def _source(name: str, value: object) -> Source:
    place = f"sources/{name}"
    given = _map(value, place, _KEYS)
    fields = {
        key: _path(text, f"{place}/fields/{key}")
        for key, text in _map(given.get("fields"), f"{place}/fields", KNOWN).items()
    }
    if not fields.keys() - {_OWN_ID}:
        raise MapsiteError(f"{place}/fields: expected at least one")
    if _OWN_ID in given:
        fields[_OWN_ID] = _path(given[_OWN_ID], f"{place}/{_OWN_ID}")
    ignored = given.get("ignore") or []
    if not isinstance(ignored, list):
        raise MapsiteError(f"{place}/ignore: expected a list of paths")
    return Source(
        name,
        _like(_ADDRESS.fullmatch, given, "url", place, "an https:// address"),
        fields,
        _path(given.get("items") or "", f"{place}/items"),
        tuple(_path(one, f"{place}/ignore") for one in ignored),
        _variable(given, place),
        _scheme(given, place),
        _next(given.get("next"), f"{place}/next"),
    )


def _variable(given: Mapping[str, Any], place: str) -> str:
    if "token" not in given:
        return ""
    what = "the name of a variable like MAPSITE_TALLY_TOKEN, not the token"
    return _like(_VARIABLE.fullmatch, given, "token", place, what)


def _scheme(given: Mapping[str, Any], place: str) -> str:
    if "scheme" not in given:
        return _SCHEMES[0]
    what = f"one of {', '.join(_SCHEMES)}"
    return _like(_SCHEMES.__contains__, given, "scheme", place, what)


def _next(value: object, place: str) -> Next | None:
    if value is None:
        return None
    given = _map(value, place, _NEXT)
    ask = ""
    if "ask" in given:
        ask = _like(_PARAMETER.fullmatch, given, "ask", place, "a parameter's name")
    found = _path(given["from"], f"{place}/from") if "from" in given else None
    if not ask and not found:
        raise MapsiteError(f"{place}: expected ask, from, or both")
    by = given.get("by", "pages")
    if by not in {"pages", "items"} or ("by" in given and found):
        raise MapsiteError(f"{place}/by: expected pages or items, without from")
    return Next(ask, found, by == "items")


def _map(value: object, place: str, known: object = None) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise MapsiteError(f"{place}: expected a map, got {got(value)}")
    names = tuple(known) if isinstance(known, tuple | dict) else ()
    for key in value:
        if names and key not in names:
            told = (
                f"{place}: unknown key {quoted(str(key))}; expected {', '.join(names)}"
            )
            raise MapsiteError(told)
    return value


def _path(value: object, place: str) -> Path:
    if not isinstance(value, str):
        raise MapsiteError(f"{place}: expected a path like data.plan, got {got(value)}")
    try:
        return read_path(value)
    except MapsiteError as error:
        raise MapsiteError(f"{place}: {error}") from None


def _like(
    fine: Callable[[str], object],
    given: Mapping[str, Any],
    key: str,
    place: str,
    what: str,
) -> str:
    """Return a text; what stands there instead may be a secret, and is not told."""
    value = given.get(key)
    if not isinstance(value, str) or not fine(value):
        raise MapsiteError(f"{place}/{key}: expected {what}")
    return value
