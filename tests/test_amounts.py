"""Amounts as people and CRMs write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from mapsite.gate.amounts import decimal_mark, read_amount


def value(text: str, mark: str | None = None) -> Decimal | None:
    """Return what *text* comes to, in a file whose decimal mark is *mark*."""
    amount = read_amount(text)
    assert amount is not None, text
    return amount.value(mark)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25000", "25000"),
        ("25000.5", "25000.5"),
        ("25,000.00", "25000"),
        ("25.000,00", "25000"),
        ("25 000,00 €", "25000"),
        ("25\u202f000,00\u00a0€", "25000"),
        ("25'000.00", "25000"),
        ("CHF 25\u2019000", "25000"),
        ("USD 25000", "25000"),
        ("25000 usd", "25000"),
        ("$25,000.00", "25000"),
        ("US$ 25,000.00", "25000"),
        ("USD $25,000.00", "25000"),
        ("R$ 25.000,00", "25000"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,50,000", "1250000"),
        ("1 234,567", "1234.567"),
        ("0,500", "0.5"),
        ("1234,567", "1234.567"),
        ("25K", "25000"),
        ("€25k", "25000"),
        ("1.2M", "1200000"),
        ("1,5 Mio. €", "1500000"),
        ("-25,000.00", "-25000"),
        ("$-5", "-5"),
        ("(1,000.50)", "-1000.5"),
        ("\u221225", "-25"),
        ("25 kr", "25"),
        ("25 MAD", "25"),
        ("25 mn", "25000000"),
    ],
)
def test_reads_what_can_be_read_in_one_way(text: str, expected: str) -> None:
    """Signs, codes, groups of thousands, either decimal mark, K and M."""
    assert value(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "alone", "comma", "point"),
    [
        ("1,234", "1234", "1.234", "1234"),
        ("25.000", "25000", "25000", "25"),
        ("$25,000", "25000", "25", "25000"),
        ("25.000 €", "25000", "25000", "25"),
        ("1,234K", None, "1234", "1234000"),
    ],
)
def test_one_mark_before_three_digits_is_read_as_the_file_does(
    text: str, alone: str | None, comma: str, point: str
) -> None:
    """Alone it means thousands, as no currency has three decimals; not before a K."""
    assert value(text) == (Decimal(alone) if alone else None)
    assert value(text, ",") == Decimal(comma)
    assert value(text, ".") == Decimal(point)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lots",
        "TBD",
        "10%",
        "1.2E+05",
        "25,00,0",
        "25,000,00",
        "1.2.3",
        "12 34",
        "25.",
        ".5",
        "10-20",
        "--5",
        "(-5)",
        "ca. 25000",
        "Q3 2026",
        "€25 €",
        "25000 per year",
        "=1+1",
        "٢٥",
        "1" * 41,
    ],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    """Neither a number that stands oddly, nor words, nor a formula."""
    assert read_amount(text) is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,234", "25.50"], "."),
        (["1.234", "25,50"], ","),
        (["1,234", "1,234,567"], "."),
        (["1.234", "1.234.567"], ","),
        (["1,234", "25,000"], None),
        (["1,234", "25000"], None),
        (["1,50", "1.50"], None),
        (["1'234", "25 000"], None),
        ([], None),
    ],
)
def test_the_file_tells_the_mark(texts: list[str], expected: str | None) -> None:
    """From amounts that show one, if they agree."""
    assert decimal_mark(a for t in texts if (a := read_amount(t))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25000", None),
        ("€25", "EUR"),
        ("25 eur", "EUR"),
        ("USD $25", "USD"),
        ("$25", "$"),
        ("25 kr", "KR"),
    ],
)
def test_tells_the_currency(text: str, expected: str | None) -> None:
    """By its code where the sign has only one."""
    amount = read_amount(text)
    assert amount is not None
    assert amount.currency == expected


@given(
    cents=st.integers(0, 10**12),
    marks=st.sampled_from([",.", ".,", " ,", " .", "'.", "\u00a0,", "\u202f,"]),
    frame=st.sampled_from(["{}", "€{}", "{} €", "USD {}", "{} CHF", "$ {}"]),
)
def test_what_is_written_with_cents_reads_back(
    cents: int, marks: str, frame: str
) -> None:
    """Whatever a country puts between thousands and before cents."""
    group, mark = marks
    text = f"{cents // 100:,}".replace(",", group) + f"{mark}{cents % 100:02}"
    assert value(frame.format(text)) == Decimal(cents) / 100
