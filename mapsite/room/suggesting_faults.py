"""What is wrong with ``extra.mapsite.suggest``, each fault with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import Formatter
from urllib.parse import urlsplit

from mapsite.plan.nodes import Mapping as MapNode, Spot
from mapsite.plan.wording import got, quoted
from mapsite.room.suggesting import EDITS, FORGES, KNOWN, PLACES, filled

AUDIENCES = ("seller", "everyone")
_MOST_FORM = 1_500
"""Characters of a form's address before its places are filled."""
_HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?"
_HTTPS = re.compile(rf"https://{_HOST}(?:/[^\s\"'<>\\^`|]*)?", re.ASCII)
_LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?(?:/[\w./-]*)?")
_ENDPOINT_PATH = re.compile(r"(?:/[\w.~-]+)*/?", re.ASCII)
_REPOSITORY = re.compile(rf"https://{_HOST}(?:/[\w.~-]+){{2,}}/?", re.ASCII)
_BRANCH = re.compile(r"[\w][\w./-]{0,99}", re.ASCII)

Fault = tuple[Spot, str]
"""A setting, and what is wrong with it."""


def suggest_faults(spot: Spot | None) -> Iterator[Fault]:
    """Yield what is wrong with ``extra.mapsite.suggest``, if anything is."""
    if spot is None:
        return
    if not isinstance(spot.node, MapNode):
        yield spot, f"expected a map, got {got(spot.text)}"
        return
    for key, node in spot.node.entries:
        one = spot.key(key.text, node)
        if key.text not in KNOWN:
            told = f"unknown key {quoted(key.text)}; it knows {', '.join(KNOWN)}"
            yield one, told
        elif one.text is None:
            yield one, "expected a text, got none; remove the line"
        elif fault := _fault(key.text, one.text):
            yield one, f"{fault}, got {got(one.text)}"
    yield from _repository_faults(spot)


def _fault(key: str, text: str) -> str | None:
    return _FAULTS[key](text)


def _endpoint_fault(text: str) -> str | None:
    if not (_is_https(text) or _LOCAL.fullmatch(text)):
        return "expected an address like https://inbox.example.com"
    parts = urlsplit(text)
    if parts.query or parts.fragment or not _ENDPOINT_PATH.fullmatch(parts.path):
        return "expected an address without a query, the same for all plans"
    return None


def _form_fault(text: str) -> str | None:
    try:
        names = {name for _, name, form, _ in Formatter().parse(text) if name or form}
    except ValueError:
        names = {""}
    if not names <= {*PLACES}:
        return f"expected only {{{'}, {'.join(PLACES)}}} in braces"
    if not names & {"plan", "ref"}:
        return "expected {plan} or {ref} in it, or nobody knows what it is about"
    if not _is_https(filled(text, {})):
        return "expected an address that begins with https://"
    if "{" in text.partition("?")[0].partition("#")[0]:
        return "expected braces only behind the ? or # of the address"
    if len(text) > _MOST_FORM:
        return f"expected at most {_MOST_FORM:,} characters"
    return None


def _is_https(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(_HTTPS.fullmatch(text.replace("?", "/?", 1))) and parts.port != 0
    except ValueError:
        return False


def _one_of(*words: str) -> Callable[[str], str | None]:
    told = f"expected one of {', '.join(words)}"
    return lambda text: None if text in words else told


def _repository_fault(text: str) -> str | None:
    if _REPOSITORY.fullmatch(text):
        return None
    return "expected an address like https://github.com/mama/deals"


def _branch_fault(text: str) -> str | None:
    plain = _BRANCH.fullmatch(text) and ".." not in text
    return None if plain else "expected the name of a branch"


def _repository_faults(spot: Spot) -> Iterator[Fault]:
    """Yield what is missing beside a repository."""
    found = {key: spot.at(key) for key in ("repository", "forge", "audience")}
    repository = found["repository"]
    if repository is None or _repository_fault(repository.text or ""):
        return
    if found["audience"] is None:
        told = (
            "expected audience beside it: whoever has a room's link would see where"
            " the plan's file lies; `audience: seller` says that this may be"
        )
        yield repository, told
    host = (urlsplit(repository.text or "").hostname or "").lower()
    if found["forge"] is None and host not in FORGES:
        yield repository, f"expected forge beside it, one of {', '.join(EDITS)}"


_FAULTS: dict[str, Callable[[str], str | None]] = {
    "endpoint": _endpoint_fault,
    "form": _form_fault,
    "repository": _repository_fault,
    "branch": _branch_fault,
    "forge": _one_of(*EDITS),
    "audience": _one_of(*AUDIENCES),
    "answers": _one_of("true", "false"),
}
