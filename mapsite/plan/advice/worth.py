"""How much a contract is worth, read from the words that a plan has for it."""

from __future__ import annotations

import re

_MAGNITUDES = {
    "k": 1_000,
    "tsd": 1_000,
    "mille": 1_000,
    "mil": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mio": 1_000_000,
    "million": 1_000_000,
    "millions": 1_000_000,
    "millionen": 1_000_000,
    "millón": 1_000_000,
    "millones": 1_000_000,
    "bn": 1_000_000_000,
}
_CURRENCIES = r"US\$|[$€£]|USD|EUR|GBP|CHF|CAD|AUD|Euro|euros?"
_MONEY = re.compile(
    rf"(?<![\w.,])(?P<before>{_CURRENCIES})?\s?"
    r"(?P<number>\d{1,3}(?:[.,'\u2019\s]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)"
    rf"\s?(?P<size>{'|'.join(sorted(_MAGNITUDES, key=len, reverse=True))})?\.?(?!\w)"
    rf"(?:\s?(?P<after>{_CURRENCIES})(?!\w))?",
    re.IGNORECASE,
)
_DECIMALS = re.compile(r"[.,]\d{1,2}$")


def worth(text: str) -> int | None:
    """Return the amount that *text* names: 80000 for ``$80K ACV``.

    Only of dollars, euros, pounds and francs, which are near enough to each other for
    a threshold. None where no amount of these is told.
    """
    for match in _MONEY.finditer(text):
        if match["before"] or match["after"]:
            return _amount(match["number"], (match["size"] or "").casefold())
    return None


def _amount(number: str, size: str) -> int:
    cents = _DECIMALS.search(number)
    whole = number[: cents.start()] if cents else number
    digits = re.sub(r"\D", "", whole)
    part = f".{cents[0][1:]}" if cents else ""
    return round(float(digits + part) * _MAGNITUDES.get(size, 1))
