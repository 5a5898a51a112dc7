"""Amounts as people and CRMs write them, read only where one reading is possible.

``25.000`` is twenty-five in one country and twenty-five thousand in another. The other
amounts of the same export mostly tell which; where they do not, it is thousands, as no
currency here has three decimals. ``1.250K`` can be either: nobody guesses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MARKS = ".,"
"""What separates the decimals, or else the thousands."""

_MOST = 40
"""Characters of an amount; more are something else."""
_CODES = (
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR"
    "|JPY|KES|KRW|MAD|MXN|MYR|NGN|NOK|NZD|PEN|PHP|PLN|RMB|RON|RSD|SAR|SEK|SGD|THB|TRY"
    "|TWD|UAH|USD|VND|ZAR"
)
_SIGNS = {"€": "EUR", "£": "GBP", "US$": "USD", "C$": "CAD", "A$": "AUD", "R$": "BRL"}
_MORE_SIGNS = r"NZ\$|HK\$|S\$|MX\$|[$¥₹₽₺₩₪₴฿₱]|Rs\.?|kr\.?|zł|Kč|Ft|lei|Fr\.|SFr\.?"
_CURRENCY = "|".join([_CODES, *map(re.escape, _SIGNS), _MORE_SIGNS])
_TIMES = {
    "k": 1_000,
    "tsd": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mio": 1_000_000,
    "mrd": 1_000_000_000,
    "b": 1_000_000_000,
    "bn": 1_000_000_000,
}
_WRITTEN = re.compile(
    rf"-? ?(?P<before>(?:[A-Z]{{3}} ?(?=[$€£¥]))?(?:{_CURRENCY}))? ?-? ?"
    r"(?P<number>[0-9](?:[0-9., '\u2019]*[0-9])?) ?"
    rf"(?P<unit>(?:{'|'.join(_TIMES)})\b\.?)? ?(?P<after>{_CURRENCY})?",
    re.IGNORECASE,
)
_OPEN = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
"""``25.000``: one mark, which may be that of decimals or of thousands."""
_WHOLE = re.compile(
    r"[0-9]+|[1-9][0-9]{0,2}(?:(?P<sep>[., '])[0-9]{3})(?:(?P=sep)[0-9]{3})*"
    r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"  # lakh and crore: 12,50,000
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Hold an amount as it is written."""

    number: str
    """Digits, with what separates them."""
    times: int
    """1000 for ``K``, negative for a debt."""
    currency: str | None
    """A code or a sign, if one is written."""

    @property
    def mark(self) -> str | None:
        """Return the decimal mark that this amount alone tells, if it does."""
        if _OPEN.fullmatch(self.number):
            return None
        if _WHOLE.fullmatch(self.number):
            # A sign that stands between thousands leaves the other one for decimals.
            return next((MARKS.replace(s, "") for s in MARKS if s in self.number), None)
        return self.number[_last_mark(self.number)]

    def value(self, mark: str | None) -> Decimal | None:
        """Return what it comes to where *mark* is the decimal mark of its file.

        None where it can be read in two ways and the mark is not known.
        """
        own = self.mark or mark
        if own is None and abs(self.times) != 1 and _OPEN.fullmatch(self.number):
            return None
        digits = "".join(
            "." if sign == own else sign
            for sign in self.number
            if sign.isdigit() or sign == own
        )
        return Decimal(digits) * self.times


def read_amount(text: str) -> Amount | None:
    """Take *text* apart, or return None where it is no amount."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).replace("\u2019", "'")
    plain = plain.replace("\u2212", "-")
    bracketed = plain.startswith("(") and plain.endswith(")")
    found = _WRITTEN.fullmatch(plain[1:-1] if bracketed else plain)
    debts = bracketed + plain.count("-")
    if not found or len(plain) > _MOST or debts > 1:
        return None
    if (found["before"] and found["after"]) or not _is_number(found["number"]):
        return None
    times = _TIMES[found["unit"].lower().rstrip(".")] if found["unit"] else 1
    sign = (found["before"] or found["after"] or "").replace(" ", "").upper()
    currency = _SIGNS.get(sign, sign[:3] if sign[:3] in _CODES.split("|") else sign)
    return Amount(found["number"], -times if debts else times, currency or None)


def decimal_mark(amounts: Iterable[Amount]) -> str | None:
    """Return the decimal mark on which all amounts that show one agree."""
    shown = {amount.mark for amount in amounts} - {None}
    return shown.pop() if len(shown) == 1 else None


def _is_number(text: str) -> bool:
    """Tell whether points, commas and spaces stand where numbers have them."""
    if _WHOLE.fullmatch(text):
        return True
    at = _last_mark(text)
    whole, mark, rest = text[:at], text[at : at + 1], text[at + 1 :]
    return bool(_WHOLE.fullmatch(whole)) and mark not in whole and rest.isdigit()


def _last_mark(text: str) -> int:
    return max(text.rfind(sign) for sign in MARKS)
