"""Which keys may name a file of a target at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from mapsite.publish.target import TargetError

_LONGEST = 1024
_NO_NAMES = frozenset({"", ".", "..", ".git"})
"""The last one would be the repository of whoever keeps the folder in git."""


def sound(keys: Iterable[str]) -> list[str]:
    """Return *keys* without repeats; raise TargetError where one could lead astray."""
    found = list(dict.fromkeys(keys))
    if not all(map(_is_sound, found)):
        raise TargetError("refused a file whose name is not safe on every host")
    return found


def folders_of(keys: Iterable[str]) -> set[str]:
    """Return every folder that *keys* lie in, each at its full path."""
    found: set[str] = set()
    for key in keys:
        folder = key.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _is_sound(key: str) -> bool:
    if len(key.encode("utf-8", "replace")) > _LONGEST or "\\" in key:
        return False
    if any(unicodedata.category(letter)[0] == "C" for letter in key):
        return False
    return not any(part.lower() in _NO_NAMES for part in key.split("/"))
