"""What mkdocs.yml says of the places that rooms are published to."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.nodes import Mapping, Scalar, Spot
from mapsite.plan.setting import fault_at, got_at
from mapsite.plan.wording import quoted
from mapsite.publish.manifest import ENTRY
from mapsite.publish.target import Target, TargetSettings
from mapsite.repository import MEMORY, SETTINGS
from mapsite.room.suggesting import SETTING, way_at
from mapsite.room.suggesting_faults import suggest_faults

TARGETS = ("extra", "mapsite", "targets")
KINDS = ("folder", "url", "rsync", "git", "command")
DEFAULT = "folder"
"""The target of a repository that names none: a folder beside mkdocs.yml."""
PUBLISHED = "published"

_MORE = ("address", "entry", "branch", "ssh", "options")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s/?#@\\]+(?:/[^\s?#\\]*)?", re.ASCII)
_LOCAL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:/|$)")
_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])", re.ASCII)

Fault = tuple[Spot, str]


class Targets(NamedTuple):
    """Hold every target by its name; the first one is the default."""

    all: dict[str, TargetSettings]

    def named(self, name: str | None) -> TargetSettings:
        """Return the target *name*, or the default one; raise MapsiteError."""
        if name is None:
            return next(iter(self.all.values()))
        if name in self.all:
            return self.all[name]
        near = difflib.get_close_matches(name[:64], self.all, 1)
        hint = f"; did you mean {quoted(near[0])}?" if near else ""
        known = ", ".join(self.all)
        raise MapsiteError(
            f"{SETTINGS} names no target {quoted(name)}{hint}; it has: {known}"
        )


def read_targets(root: Path) -> Targets:
    """Return the targets of mkdocs.yml; raise `InvalidPlan` with all their faults."""
    from mapsite.room.settings import read_source  # noqa: PLC0415  # YAML is slow to load

    top = read_source(root).top()
    spot, suggest = top.at(*TARGETS), top.at(*SETTING)
    faults: list[Fault] = [*suggest_faults(suggest)]
    found: dict[str, TargetSettings] = {}
    if spot is None:
        found[DEFAULT] = _settings(root, DEFAULT, "folder", PUBLISHED)
    elif not isinstance(spot.node, Mapping) or not spot.node.entries:
        faults.append((spot, f"expected a map of targets, got {got_at(spot)}"))
    else:
        for key, node in spot.node.entries:
            one = spot.key(key.text, node)
            wrong = list(_faults(key.text, one))
            faults += wrong
            if not wrong:
                found[key.text] = _target(root, key.text, one)
    if faults:
        raise InvalidPlan([fault_at(at, message, SETTINGS) for at, message in faults])
    connects = way_at(suggest).connects
    return Targets(
        {name: replace(one, connects=connects) for name, one in found.items()}
    )


def open_target(settings: TargetSettings) -> Target:
    """Return the target that *settings* describe; nothing is asked of it yet."""
    # Each brings a library of its own that only its users have.
    if settings.kind == "folder":
        from mapsite.publish.targets.folder import FolderTarget  # noqa: PLC0415

        return FolderTarget(settings)
    if settings.kind == "url":
        from mapsite.publish.targets.store import StoreTarget  # noqa: PLC0415

        return StoreTarget(settings)
    if settings.kind == "rsync":
        from mapsite.publish.targets.rsync import RsyncTarget  # noqa: PLC0415

        return RsyncTarget(settings)
    if settings.kind == "git":
        from mapsite.publish.targets.branch import BranchTarget  # noqa: PLC0415

        return BranchTarget(settings)
    from mapsite.publish.targets.command import CommandTarget  # noqa: PLC0415

    return CommandTarget(settings)


def _target(root: Path, name: str, spot: Spot) -> TargetSettings:
    kind = next(kind for kind in KINDS if spot.at(kind))
    place, address = spot.at(kind), spot.at("address")
    options = spot.at("options")
    entries = (
        options.node.entries if options and isinstance(options.node, Mapping) else []
    )
    found = _settings(root, name, kind, (place.text if place else None) or "")
    branch, ssh, entry = spot.at("branch"), spot.at("ssh"), spot.at("entry")
    public = address.text if address else None
    return TargetSettings(
        name=found.name,
        kind=kind,
        place=found.place,
        root=root,
        memory=found.memory,
        address=f"{public.rstrip('/')}/" if public else None,
        entry=(entry.text if entry else None) or "",
        branch=(branch.text if branch else None) or found.branch,
        ssh=ssh.text if ssh else None,
        options={key.text: _value(node) for key, node in entries},
    )


def _settings(root: Path, name: str, kind: str, place: str) -> TargetSettings:
    memory = root / MEMORY / "targets" / name
    return TargetSettings(name=name, kind=kind, place=place, root=root, memory=memory)


def _faults(name: str, spot: Spot) -> Iterator[Fault]:
    if not _NAME.fullmatch(name) or len(name) > 64:  # noqa: PLR2004  # as all ids
        yield spot, "expected a name of a-z, 0-9 and single hyphens"
    if not isinstance(spot.node, Mapping):
        yield spot, f"expected a map like {{folder: published}}, got {got_at(spot)}"
        return
    kinds = [key.text for key, _ in spot.node.entries if key.text in KINDS]
    if len(kinds) != 1:
        told = " and ".join(kinds) or "none of them"
        yield spot, f"expected one of {', '.join(KINDS)}, got {told}"
    for key, node in spot.node.entries:
        at = spot.key(key.text, node)
        if key.text == "options":
            if not isinstance(node, Mapping):
                yield at, f"expected a map, got {got_at(at)}"
        elif key.text not in (*KINDS, *_MORE):
            near = difflib.get_close_matches(key.text[:64], (*KINDS, *_MORE), 1)
            hint = f"; did you mean {quoted(near[0])}?" if near else ""
            yield at, f"unknown key {quoted(key.text)}{hint}"
        elif not at.text:
            yield at, f"expected a text, got {got_at(at)}"
        elif key.text == "entry" and at.text != ENTRY:
            yield at, f"expected {ENTRY}, or no entry, got {got_at(at)}"
    yield from _address_faults(spot)
    yield from _option_faults(spot)


def _address_faults(spot: Spot) -> Iterator[Fault]:
    at = spot.at("address")
    text = at.text if at else None
    if at is None or text is None:
        return
    if not _ADDRESS.fullmatch(text) or not _is_url(text):
        yield at, "expected an address like https://deals.example.com/"
    elif _TOKEN.search(text):
        yield at, "holds what looks like a link's own part; name the place of all rooms"
    elif text.startswith("http:") and not _LOCAL.match(text):
        yield at, "expected https: whoever is on the way can read the link otherwise"


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _option_faults(spot: Spot) -> Iterator[Fault]:
    from mapsite.publish.targets.places import fault_of_options  # noqa: PLC0415

    url, options = spot.at("url"), spot.at("options")
    if url is None or not url.text:
        return
    entries = (
        options.node.entries if options and isinstance(options.node, Mapping) else []
    )
    told = fault_of_options(url.text, {key.text: _value(node) for key, node in entries})
    if told:
        yield options or url, told


def _value(node: object) -> object:
    """Return an option as fsspec wants it: numbers and truth values, not their text."""
    if isinstance(node, Mapping):
        return {key.text: _value(value) for key, value in node.entries}
    text = node.text if isinstance(node, Scalar) else ""
    if isinstance(node, Scalar) and node.plain:
        if text in {"true", "false"}:
            return text == "true"
        if re.fullmatch(r"\d{1,9}", text, re.ASCII):
            return int(text)
    return text
