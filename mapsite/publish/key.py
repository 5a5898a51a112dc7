"""The secret that private addresses are made with: out of sight, and never weak."""

from __future__ import annotations

import hmac
import math
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import NoReturn, final

LEAST_BYTES = 32
_LEAST_VARIETY = 10
_LEAST_BITS = 96.0
_KNOWN = re.compile(
    r"change[ _-]?me|place[ _-]?holder|pass[ _-]?word|your[ _-]?secret|example"
    r"|0123456789|1234567890|9876543210|abcdefghij|jihgfedcba|qwertyuiop",
    re.IGNORECASE,
)
"""Texts that stand where somebody was to put a secret, and rows of keys."""


@final
class Secret:
    """Hold the secret so that no message, log or dump of objects can show it."""

    __slots__ = ("__key",)

    def __init__(self, text: str) -> None:
        """Keep *text*; whoever reads it has refused weak ones with `weakness`."""
        self.__key = text.encode(errors="surrogateescape")

    def sign(self, message: bytes) -> bytes:
        """Return the HMAC-SHA256 of *message*, the only use of the secret."""
        return hmac.new(self.__key, message, sha256).digest()

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def weakness(text: str, plan_ids: Iterable[str] = ()) -> str | None:
    """Say why *text* is no secret, or None where it may be one; never what it is."""
    ids = {one.casefold() for one in plan_ids}
    size = len(text.encode(errors="replace"))
    faults = (
        (not text.strip(), "it is empty"),
        (text.casefold() in ids, "it is the id of a plan"),
        (_KNOWN.search(text), "it is a text that others would try first"),
        (size < LEAST_BYTES, f"it has {size} bytes and needs {LEAST_BYTES} or more"),
        (_repeats(text), "it repeats itself"),
        (_is_dull(text), "it has too few different characters"),
    )
    return next((told for found, told in faults if found), None)


def _repeats(text: str) -> bool:
    """Tell whether *text* is one shorter text over and over."""
    half = len(text) // 2
    return any(text[size:] == text[:-size] for size in range(1, half + 1))


def _is_dull(text: str) -> bool:
    counts = Counter(text)
    shares = [count / len(text) for count in counts.values()]
    bits = -sum(share * math.log2(share) for share in shares) * len(text)
    return len(counts) < _LEAST_VARIETY or bits < _LEAST_BITS
