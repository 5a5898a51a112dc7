"""Remember at the target which addresses were taken back for good.

A plan that is older than the target, in a clone that was not pulled or a run of CI that
was started again, still names them. The list holds hashes, at an address of its own
that nobody can guess who has no secret.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from mapsite.publish.patience import patient
from mapsite.publish.target import Target

_NAME = "gone.json"
_FORMAT = 1
_HASH = re.compile(r"[0-9a-f]{32}")


def mark_of(prefix: str) -> str:
    """Return what stands in the list for the address *prefix*."""
    return hashlib.sha256(f"gone {prefix}".encode()).hexdigest()[:32]


def read_gone(target: Target, folder: str) -> frozenset[str]:
    """Return the list that lies in *folder* of *target*; empty where there is none."""
    key = f"{folder}{_NAME}"
    raw = patient(lambda: target.read([key])).get(key, b"")
    try:
        record = json.loads(raw)
        marks = record["gone"] if record["format"] == _FORMAT else []
        return frozenset(one for one in marks if _HASH.fullmatch(one))
    except (ValueError, KeyError, TypeError, RecursionError):
        return frozenset()


def gone_file(folder: str, marks: Iterable[str]) -> tuple[str, bytes]:
    """Return the key and the content of the list."""
    record = {"format": _FORMAT, "gone": sorted(marks)}
    return f"{folder}{_NAME}", json.dumps(record, separators=(",", ":")).encode()
