"""What mkdocs.yml says of suggestions: where they are kept, who may what.

It stands under ``extra: mapsite: changes:``; all of it may be missing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from mapsite.changes.forge import KINDS
from mapsite.changes.intake.columns import read_columns
from mapsite.changes.intake.reading import Intake
from mapsite.changes.intake.sources import Source, read_sources
from mapsite.changes.policy import Policy
from mapsite.changes.policy_settings import policy_of
from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.nodes import Mapping as Fields, Spot
from mapsite.plan.setting import fault_at, fields_of, got_at
from mapsite.plan.source import parse
from mapsite.plan.wording import quoted
from mapsite.repository import SETTINGS

CHANGES = ("extra", "mapsite", "changes")
_KEY_CHECK = ("extra", "mapsite", "key_check")

_ADDRESS = re.compile(
    r"https://[^\s?#@]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#@]*)?"
)
_LINES = {
    "ledger": (re.compile("branch|tree"), "branch or tree"),
    "main": (re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}"), "the name of a branch"),
    "forge": (re.compile("|".join(KINDS)), f"one of {', '.join(KINDS)}"),
    "api": (_ADDRESS, "an address that begins with https://"),
    "repository": (re.compile(r"[\w.-]+(/[\w.-]+)+", re.ASCII), "owner/name"),
    "inbox": (_ADDRESS, "an address that begins with https://"),
    "mail_server": (re.compile(r"[A-Za-z0-9.-]{1,200}"), "the name of a mail server"),
}
_MAPS = ("columns", "policy", "sources")

Fault = tuple[Spot, str]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold what a team has set for suggestions."""

    lines: Mapping[str, str] = field(default_factory=dict)
    """The settings of one line, by their names."""
    policy: Policy = field(default_factory=Policy)
    intake: Intake = field(default_factory=Intake)
    sources: tuple[Source, ...] = ()
    """Where else suggestions wait, beside the inbox."""
    salt: str = ""
    """What rooms hide their plan's id with: ``key_check``."""

    def line(self, name: str) -> str:
        """Return a setting of one line; empty where it is not set."""
        return self.lines.get(name, "")


def read_settings(root: Path) -> Settings:
    """Return the settings of *root*; raise `InvalidPlan` with all their faults."""
    source = parse((root / SETTINGS).read_bytes(), SETTINGS)
    check = source.top().at(*_KEY_CHECK)
    salt = (check.text if check else None) or ""
    spot = source.top().at(*CHANGES)
    if spot is None:
        return Settings(salt=salt)
    faults = list(_faults(spot))
    if faults:
        raise InvalidPlan([fault_at(at, message, SETTINGS) for at, message in faults])
    lines = {name: at.text or "" for name, at in fields_of(spot) if name in _LINES}
    policy = policy_of(spot.at("policy"))
    data = source.data()
    columns = _read(read_columns, data, spot, "columns")
    sources = _read(read_sources, data, spot, "sources")
    intake = Intake(columns, lines.get("mail_server", ""))
    return Settings(lines, policy, intake, sources, salt)


def _read(read: Callable[[object], _T], data: object, spot: Spot, name: str) -> _T:
    """Return the setting *name* as *read* understands it."""
    try:
        return read(_value(data, (*CHANGES, name)))
    except MapsiteError as error:
        at = spot.at(name) or spot
        raise InvalidPlan([fault_at(at, str(error), SETTINGS)]) from None


def _value(tree: object, names: Iterable[str]) -> object:
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _faults(spot: Spot) -> Iterator[Fault]:
    if not isinstance(spot.node, Fields):
        yield spot, f"expected a map like {{ledger: branch}}, got {got_at(spot)}"
    known = (*_LINES, *_MAPS)
    for name, at in fields_of(spot):
        if name not in known:
            near = difflib.get_close_matches(name[:64], known, 1)
            hint = f"; did you mean {quoted(near[0])}?" if near else ""
            yield at, f"unknown key {quoted(name)}{hint}"
        elif name in _LINES:
            pattern, what = _LINES[name]
            if at.text is None or not pattern.fullmatch(at.text):
                yield at, f"expected {what}, got {got_at(at)}"
