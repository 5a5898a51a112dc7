"""What mkdocs.yml may say, checked before MkDocs sees it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.plan.nodes import Scalar, Sequence, Source
from mapsite.plan.source import parse
from mapsite.plan.wording import got, quoted
from mapsite.room import preview
from mapsite.room.look import CONFIG, Look
from mapsite.room.suggesting import SETTING
from mapsite.room.suggesting_faults import suggest_faults

CHECKS = ("extra", "mapsite", "checks")
"""Where a team tunes the rules of advice."""
IMAGES = frozenset({".svg", ".png", ".jpg", ".jpeg", ".webp"})
ICONS = IMAGES | {".ico"}

_REFUSED = {
    "hooks": "they would run code at every build",
    "plugins": "a room is made without MkDocs' plugins",
    "INHERIT": "write the settings into this one file",
    "theme/features": "they need Material's script, which rooms do not load",
    "extra/analytics": "nothing watches the reader of a room",
    "extra/consent": "a room stores nothing that needs consent",
    "extra/version": "a room has one version",
}
_THEME = (
    *("name", "custom_dir", "palette", "font", "logo", "favicon", "features"),
    *("language", "direction", "icon", "locale", "static_templates"),
)
_PALETTE = ("scheme", "primary", "accent", "media", "toggle")
_ACCENTS = (
    *("red", "pink", "purple", "deep-purple", "indigo", "blue", "light-blue", "cyan"),
    *("teal", "green", "light-green", "lime", "yellow", "amber", "orange"),
    *("deep-orange", "custom"),
)
_COLORS = {
    "primary": (*_ACCENTS, "brown", "grey", "blue-grey", "black", "white"),
    "accent": _ACCENTS,
    "scheme": ("default", "slate"),
}
KEY_CHECK = ("extra", "mapsite", "key_check")
"""What tells the secret of the private addresses from another one."""
_KEY_CHECK = re.compile(r"[a-z2-7]{8}", re.ASCII)
_FAMILY = re.compile(r"[\w][\w ._-]{0,63}")
_FILES = {"theme/logo": IMAGES, "theme/favicon": ICONS}
_LISTS = {"extra_css": frozenset({".css"}), "extra_javascript": frozenset({".js"})}
_TYPES = {"str": "a text", "bool": "true or false", "list": "a list", "dict": "a map"}

Fault = tuple[str, str]
"""The address of a setting, and what is wrong with it."""


def read_source(root: Path) -> Source:
    """Read mkdocs.yml strictly: one document, no tags, no anchors."""
    try:
        raw = (root / CONFIG).read_bytes()
    except OSError as error:
        raise MapsiteError(f"{CONFIG}: cannot be read: {error.strerror}") from error
    try:
        return parse(raw, CONFIG)
    except InvalidPlan as error:
        raise InvalidPlan([_of_settings(one) for one in error.problems]) from None


def with_maps(config: dict[str, Any]) -> dict[str, Any]:
    """Return *config* with a map for ``theme`` and ``extra``, where they may be one."""
    theme = config.get("theme") or {}
    config["theme"] = {"name": theme} if isinstance(theme, str) else theme
    config["extra"] = config.get("extra") or {}
    if isinstance(config["theme"], dict):
        config["theme"].setdefault("name", "material")
    return config


def settings_problems(
    config: dict[str, Any], source: Source, look: Look
) -> list[Problem]:
    """Return every fault of the settings that a room would suffer from."""
    found = [
        *_refused(config),
        *_theme(config["theme"], source),
        *_files(config, source, look),
        *_extra(config["extra"], source),
    ]
    return [problem_at(source, address, message) for address, message in found]


def problem_at(source: Source, address: str, message: str) -> Problem:
    """Return a problem of the setting at *address*."""
    node = source.locate(address)
    line, column = (node.line, node.column) if node else (0, 0)
    return Problem(CONFIG, line, column, address, "setting", message)


def mkdocs_problem(
    source: Source, key: str, fault: str, known: Collection[str]
) -> Problem:
    """Return what MkDocs said to one of its own settings, in our words."""
    if "Unrecognised" in fault:
        return problem_at(source, key, _unknown_key(key, known))
    if wanted := re.match(r"Expected type: <class '(\w+)'>", fault):
        what = _TYPES.get(wanted[1], "another value")
        return problem_at(source, key, f"expected {what}, got {_got(source, key)}")
    return problem_at(source, key, fault)


def _unknown_key(name: str, known: Collection[str]) -> str:
    return f"unknown key {quoted(name)}{_meant(name, known)}"


def _of_settings(problem: Problem) -> Problem:
    """Say of settings what `parse` says of a plan."""
    messages = {
        "map": "expected settings like site_name and theme, got "
        + problem.message.rpartition(", got ")[2],
        "documents": "expected one document, got the start of another one",
        "size": "expected settings of less text, got more",
    }
    return replace(problem, message=messages.get(problem.rule, problem.message))


def _meant(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name.lower()[:64], known, 1)
    return f"; did you mean {quoted(near[0])}?" if near else ""


def _got(source: Source, address: str) -> str:
    node = source.locate(address)
    if node is None or isinstance(node, Scalar):
        return got(node.text if node else None)
    return "a list" if isinstance(node, Sequence) else "a map"


def _refused(config: Mapping[str, Any]) -> Iterator[Fault]:
    for address, reason in _REFUSED.items():
        if _at(config, address):
            yield address, f"is not taken: {reason}; remove it"


def _theme(theme: object, source: Source) -> Iterator[Fault]:
    if not isinstance(theme, dict):
        yield "theme", f"expected a map, got {_got(source, 'theme')}"
        return
    if theme["name"] != "material":
        where = "theme/name" if source.locate("theme/name") else "theme"
        yield where, f"expected material, got {_got(source, where)}"
    yield from _unknown(theme, "theme", _THEME)
    yield from _font(theme.get("font"), source)
    palette = theme.get("palette")
    if isinstance(palette, list):
        for number, option in enumerate(palette, 1):
            yield from _palette(option, f"theme/palette/{number}", source)
    elif palette:
        yield from _palette(palette, "theme/palette", source)


def _unknown(
    keys: Mapping[str, Any], place: str, known: Collection[str]
) -> Iterator[Fault]:
    for key in keys:
        if key not in known:
            yield f"{place}/{key}", _unknown_key(str(key), known)


def _palette(option: object, place: str, source: Source) -> Iterator[Fault]:
    if not isinstance(option, dict):
        yield (
            place,
            f"expected a map with scheme and primary, got {_got(source, place)}",
        )
        return
    yield from _unknown(option, place, _PALETTE)
    for key, names in _COLORS.items():
        value = option.get(key)
        address = f"{place}/{key}"
        # Material itself takes "deep purple" as well.
        name = value.replace(" ", "-") if isinstance(value, str) else ""
        if value is not None and name not in names:
            what = " or ".join(names) if key == "scheme" else "a colour of Material's"
            told = f"expected {what}, got {_got(source, address)}"
            yield address, told + _meant(name, names)
    toggle = option.get("toggle")
    if isinstance(toggle, dict):
        yield from _unknown(toggle, f"{place}/toggle", ("icon", "name"))
    elif toggle:
        yield f"{place}/toggle", "expected a map with icon and name"


def _font(font: object, source: Source) -> Iterator[Fault]:
    if not font:
        return
    if not isinstance(font, dict):
        told = _got(source, "theme/font")
        yield "theme/font", f"expected false, or a map with text and code, got {told}"
        return
    yield from _unknown(font, "theme/font", ("text", "code"))
    for kind in ("text", "code"):
        family, address = font.get(kind), f"theme/font/{kind}"
        if family is None or (isinstance(family, str) and _FAMILY.fullmatch(family)):
            continue
        told = _got(source, address)
        yield address, f"expected the name of one font family, got {told}"


def _files(config: Mapping[str, Any], source: Source, look: Look) -> Iterator[Fault]:
    named = [
        (address, _at(config, address), kinds) for address, kinds in _FILES.items()
    ]
    for key, kinds in _LISTS.items():
        values = config.get(key)
        if isinstance(values, list):
            named += [
                (f"{key}/{place}", value, kinds)
                for place, value in enumerate(values, 1)
            ]
        elif values is not None:
            yield key, f"expected a list, got {_got(source, key)}"
    for address, value, kinds in named:
        if value is None:
            continue
        if not isinstance(value, str):
            yield address, f"expected a path, got {_got(source, address)}"
        elif fault := look.fault(value, kinds):
            yield address, fault


def _extra(extra: object, source: Source) -> Iterator[Fault]:
    if not isinstance(extra, dict):
        yield "extra", f"expected a map, got {_got(source, 'extra')}"
    elif not isinstance(extra.get("mapsite") or {}, dict):
        told = _got(source, "extra/mapsite")
        yield "extra/mapsite", f"expected a map of mapsite's settings, got {told}"
    else:
        if fault := key_check_fault(source):
            yield "/".join(KEY_CHECK), fault
        address = "/".join(preview.SETTING)
        if fault := preview.preview_fault(_at({"extra": extra}, address)):
            yield address, f"{fault}, got {_got(source, address)}"
        for at, message in suggest_faults(source.top().at(*SETTING)):
            yield at.address, message
        yield from _checks(source)


def _checks(source: Source) -> Iterator[Fault]:
    if spot := source.top().at(*CHECKS):
        from mapsite.plan.advice.tuning import read_tuning  # noqa: PLC0415  # many rules

        for at, message in read_tuning(spot, reasons=False)[1]:
            yield at.address, message


def key_check_fault(source: Source) -> str | None:
    """Say why the key check is none, if so; somebody may have put the secret there."""
    spot = source.top().at(*KEY_CHECK)
    if spot is None or _KEY_CHECK.fullmatch(spot.text or ""):
        return None
    return "expected what `mapsite secret new` writes, got a value that is not shown"


def _at(config: Mapping[str, Any], key: str) -> object:
    value: object = config
    for part in key.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value
