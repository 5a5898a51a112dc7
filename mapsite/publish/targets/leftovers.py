"""Name files on their way: a killed publish leaves them, a later one removes them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

_PART = re.compile(r"\..+\.[0-9a-f]{16}\.part")


def part_of(key: str) -> str:
    """Return another name in the folder of *key*, which nobody can guess or has."""
    folder, slash, name = key.rpartition("/")
    return f"{folder}{slash}.{name[:100]}.{secrets.token_hex(8)}.part"


def only_parts(names: Iterable[str]) -> bool:
    """Tell whether a folder holds nothing but what killed publishes left."""
    return all(_PART.fullmatch(name) for name in names)
