"""What mkdocs.yml may say, checked before MkDocs sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mapsite.errors import MapsiteError
from mapsite.plan.nodes import Source
from mapsite.plan.source import parse
from mapsite.room.look import CONFIG

_REFUSED = {
    "hooks": "they would run code at every build",
    "plugins": "a room is made without MkDocs' plugins",
    "INHERIT": "write the settings into this one file",
    "theme/features": "they need Material's script, which rooms do not load",
    "extra/analytics": "nothing watches the reader of a room",
    "extra/consent": "a room stores nothing that needs consent",
    "extra/version": "a room has one version",
}


def read_source(root: Path) -> Source:
    """Read mkdocs.yml strictly: one document, no tags, no anchors."""
    try:
        raw = (root / CONFIG).read_bytes()
    except OSError as error:
        raise MapsiteError(f"{CONFIG}: cannot be read: {error.strerror}") from error
    return parse(raw, CONFIG)


def checked_settings(config: dict[str, Any], source: Source) -> dict[str, Any]:
    """Return *config* with maps for ``theme`` and ``extra``; refuse what rooms lack."""
    theme = config.get("theme") or {}
    config["theme"] = {"name": theme} if isinstance(theme, str) else theme
    config["extra"] = config.get("extra") or {}
    for key in ("theme", "extra"):
        if not isinstance(config[key], dict):
            raise _wrong(source, key, f"expected a map, got {config[key]!r}")
    name = config["theme"].setdefault("name", "material")
    if name != "material":
        raise _wrong(source, "theme/name", f"expected material, got {name!r}")
    for key, reason in _REFUSED.items():
        if _at(config, key):
            raise _wrong(source, key, f"is not taken: {reason}; remove it")
    if not isinstance(config["extra"].get("mapsite") or {}, dict):
        raise _wrong(source, "extra/mapsite", "expected a map of mapsite's settings")
    return config


def _at(config: Mapping[str, Any], key: str) -> object:
    value: object = config
    for part in key.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _wrong(source: Source, key: str, message: str) -> MapsiteError:
    node = source.locate(key)
    line = f"{node.line}:" if node else ""
    return MapsiteError(f"{CONFIG}:{line} {key.replace('/', '.')}: {message}")
