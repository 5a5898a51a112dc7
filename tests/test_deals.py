"""The deals of an export: which column is which, and what a row says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mapsite.gate.deals import Deal, read_deals
from mapsite.gate.export import InvalidExport

SALESFORCE = (
    '"Opportunity Owner","Account Name","Opportunity Name","Stage","Close Date",'
    '"Amount Currency","Amount","Probability (%)","Opportunity ID","Closed","Won"\n'
    '"Jo","Acme Inc.","Acme platform","Negotiation/Review","8/15/2026","USD",'
    '"80000.00","90","0065g00000AbCdE","0","0"\n'
    '"Jo","Bolt Ltd","Bolt pilot","Closed Won","5/1/2026","USD",'
    '"25000.00","100","0065g00000AbCdF","1","1"\n'
)
HUBSPOT = (
    "Record ID,Deal Name,Deal Stage,Close Date,Amount,Pipeline,Is Closed Won,"
    "Associated Company,Associated Company (Primary)\n"
    "41234567890,Acme platform,Contract Sent (Sales Pipeline),2026-08-15 00:00,80000,"
    "Sales Pipeline,false,Acme Inc.;Acme Labs,Acme Inc.\n"
    "41234567891,Bolt,closedwon,2026-05-01 00:00,25000,Sales Pipeline,true,Bolt,Bolt\n"
)


def deals(text: str, *, by_stage: bool = False, **mapped: str) -> list[Deal]:
    """Read the deals of an export; *mapped* names columns, `mark` the decimal mark."""
    mark = mapped.pop("mark", None)
    return read_deals(text.encode(), "deals.csv", mapped, by_stage=by_stage, mark=mark)


def problems(text: str, *, by_stage: bool = False, **mapped: str) -> list[str]:
    """Return what keeps an export from being read."""
    with pytest.raises(InvalidExport) as caught:
        deals(text, by_stage=by_stage, **mapped)
    return list(map(str, caught.value.problems))


def test_reads_a_report_of_salesforce() -> None:
    """As its export of details writes it."""
    acme, bolt = deals(SALESFORCE)
    assert acme == Deal(
        line=2,
        name="Acme platform",
        id="0065g00000AbCdE",
        accounts=("Acme Inc.",),
        written="80000.00",
        amount=Decimal(80000),
        currency="USD",
        stage="Negotiation/Review",
        closed=False,
        unclear=(),
    )
    assert bolt.closed


def test_reads_an_export_of_hubspot() -> None:
    """The primary company is the buyer; a deal's stage tells its end too."""
    acme, bolt = deals(HUBSPOT)
    assert (acme.name, acme.id, acme.amount) == ("Acme platform", "41234567890", 80000)
    assert acme.accounts == ("Acme Inc.",)
    assert not acme.closed
    assert bolt.closed


def test_several_companies_are_several_buyers() -> None:
    """HubSpot writes all of them into one cell."""
    text = "Deal Name,Amount,Deal Stage,Associated Company\nA,1,New,Acme; Bolt;\n"
    assert deals(text)[0].accounts == ("Acme", "Bolt")


def test_one_currency_is_better_than_many() -> None:
    """The converted amount is read where there is one."""
    text = (
        "Opportunity Name,Account Name,Amount,Amount (converted) Currency,"
        "Amount (converted),Stage\nA,A,9000000,EUR,56000.00,New\n"
    )
    (deal,) = deals(text)
    assert (deal.amount, deal.currency) == (56000, "EUR")


def test_other_columns_can_be_mapped() -> None:
    """Whatever they are called, in any case."""
    text = "Titel;Kunde;Betrag;Phase\nA;Acme;25.000,00;Angebot\n"
    named = {"name": "titel", "account": "Kunde", "amount": "BETRAG", "stage": "Phase"}
    (deal,) = deals(text, **named)
    assert (deal.name, deal.accounts, deal.amount) == ("A", ("Acme",), 25000)
    assert deal.stage == "Angebot"


def test_a_mapped_column_wins() -> None:
    """Even where a known one is there."""
    text = "Deal Name,Account Name,Amount,Total contract,Stage\nA,Acme,1,2,New\n"
    assert deals(text, amount="Total contract")[0].amount == 2


def test_says_every_column_that_is_missing() -> None:
    """With those that are there, and the way to name them."""
    told = problems("Title,Owner\nA,Jo\n")
    assert [line.split(":")[2].strip() for line in told] == [
        "account",
        "amount",
        "name",
        "stage",
    ]
    assert told[1] == (
        "deals.csv:1: amount: expected a column with the deal's amount, like Amount,"
        " got Title, Owner; name it with --map amount=COLUMN"
    )


def test_says_which_mapped_column_is_missing() -> None:
    """By the name that was typed, once."""
    told = problems(HUBSPOT, amount="Betrag")
    assert len(told) == 1
    assert 'amount: expected a column with "Betrag", got Record ID, Deal' in told[0]


def test_a_column_that_stands_twice_is_told() -> None:
    """Nobody guesses which of both counts."""
    told = problems("Deal Name,Amount,Amount,Stage,Account\nA,1,2,New,Acme\n")
    assert told == ["deals.csv:1: Amount: expected one column of this name, got 2"]


def test_stages_are_needed_only_where_they_count() -> None:
    """A column that tells which deals are closed is enough otherwise."""
    text = "Deal Name,Account,Amount,Closed\nA,Acme,1,false\nB,Acme,1,true\n"
    assert [deal.closed for deal in deals(text)] == [False, True]
    assert "stage: expected a column" in problems(text, by_stage=True)[0]


@pytest.mark.parametrize(
    ("closed", "stage", "expected"),
    [
        ("true", "New", True),
        ("1", "New", True),
        ("ja", "New", True),
        ("Won", "New", True),
        ("false", "New", False),
        ("0", "Closed Won", False),
        ("", "Closed Won", True),
        ("", "New", False),
        ("open", "New", False),
    ],
)
def test_tells_whether_a_deal_is_over(
    closed: str, stage: str, *, expected: bool
) -> None:
    """As the column says; where it is empty, as the stage does."""
    text = f"Deal Name,Account,Amount,Stage,Closed\nA,Acme,1,{stage},{closed}\n"
    (deal,) = deals(text)
    assert deal.closed is expected
    assert deal.unclear == ()


def test_a_row_that_needs_a_person_says_why() -> None:
    """With its line, its column and what it holds, cut short and in one line."""
    text = (
        "Deal Name,Account,Amount,Stage,Closed\n"
        "A,Acme,lots,New,\n"
        'B,Acme,"1,234K",New,\n'
        "C,Acme,,New,\n"
        'D,Acme,1,New,"per\x1b[31m\nhaps"\n'
        "E,Acme,1\n"
        "F,Acme,1,New,,more\n"
    )
    assert [str(deal.unclear[0]) for deal in deals(text)] == [
        'deals.csv:2: Amount: expected an amount like 25000 or 25,000.00, got "lots"',
        (
            "deals.csv:3: Amount: expected an amount that can be read in one way alone,"
            ' got "1,234K"; --decimal says how'
        ),
        "deals.csv:4: Amount: expected an amount like 25000 or 25,000.00, got nothing",
        'deals.csv:5: Closed: expected true or false, got "per\ufffd[31m haps"',
        "deals.csv:7: expected 5 columns, got 3",
        "deals.csv:8: expected 5 columns, got 6",
    ]


def test_empty_cells_at_the_end_are_nothing() -> None:
    """Excel writes as many delimiters as its widest row needs."""
    text = "Deal Name,Account,Amount,Stage\nA,Acme,1,New,,\n"
    assert deals(text)[0].unclear == ()


def test_the_other_amounts_tell_the_mark() -> None:
    """Or the person who knows."""
    text = 'Deal Name,Account,Amount,Stage\nA,Acme,"25,000",New\nB,Acme,{},New\n'
    assert deals(text.format("1.50"))[0].amount == 25000
    assert deals(text.format("25000"))[0].amount == 25000
    assert deals(text.format('"2,50"'))[0].amount == 25
    assert deals(text.format("25000"), mark=",")[0].amount == 25
    assert deals(text.format("25000"), mark=".")[0].amount == 25000


def test_a_deal_without_a_name_is_called_by_what_there_is() -> None:
    """Its id, its buyer, at last its line."""
    text = "Deal Name,Record ID,Account,Amount,Stage\n,7,Acme,1,N\n,,Acme,1,N\n,,,1,N\n"
    assert [deal.name for deal in deals(text)] == ["7", "Acme", "line 4"]
