"""The ids that name plans: their files, their rooms' folders and addresses."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from pathlib import PurePath

from mapsite.errors import MapsiteError
from mapsite.plan.wording import quoted

MOST_ID = 64
ID_RULE = f"a-z, 0-9 and single hyphens, at most {MOST_ID} characters"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
"""What Windows takes for a device, so that no folder can have the name."""


def is_plan_id(text: str) -> bool:
    """Tell whether *text* may name a plan."""
    return fault_of_id(text) is None


def fault_of_id(text: str) -> str | None:
    """Say what is expected instead of *text* as an id, or None when it is one."""
    if len(text) > MOST_ID or not _ID.fullmatch(text):
        return ID_RULE
    if _DEVICE.fullmatch(text):
        return f"another name than {text}, which is reserved on Windows"
    return None


def safe_stem(known: str) -> str:
    """Return the id *known* as a file's name that no system takes for a device."""
    # No id ends so, hence no other id has that name.
    return f"{known}_" if _DEVICE.fullmatch(known) else known


def opaque_id(known: str, salt: str, length: int) -> str:
    """Return *length* letters that name the plan *known*, and tell nobody its id.

    *salt* is what readers do not know, so that no guess of the id can be proven. With
    twelve of them a room names its plan in suggestions.
    """
    return sha256(f"{salt}{known}".encode()).hexdigest()[:length]


def suggest_id(text: str) -> str:
    """Return the plan id nearest to *text*; empty when nothing of it can stay."""
    spelled = text.replace("ß", "ss").replace("&", " and ")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    better = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:MOST_ID].strip("-")
    return f"{better}-deal" if _DEVICE.fullmatch(better) else better


def plan_id(name: str) -> str:
    """Return the id that the file *name* gives to its plan; raise `MapsiteError`."""
    stem = PurePath(name).stem
    if not is_plan_id(stem):
        what = f"a file name like acme-pilot.yaml ({ID_RULE})"
        raise MapsiteError(f"expected {what}, got {quoted(PurePath(name).name)}")
    return stem
