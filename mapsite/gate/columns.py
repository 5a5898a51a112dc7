"""Which column of an export is which, in the words of Salesforce and of HubSpot."""

from __future__ import annotations

from collections.abc import Mapping

from mapsite.errors import Problem
from mapsite.gate.export import InvalidExport, Table, plain
from mapsite.plan.wording import in_line, quoted

FIELDS = ("name", "id", "account", "amount", "stage", "closed")
"""What a reader may map to a column of another name."""

KNOWN = {
    "name": (
        "opportunity name",
        "opportunity: opportunity name",
        "deal name",
        "dealname",
        "name",
    ),
    "id": (
        "opportunity id",
        "opportunity: opportunity id",
        "opportunity: id",
        "opportunity id (18)",
        "opportunity id 18",
        "opportunityid",
        "record id",
        "deal id",
        "hs object id",
        "id",
    ),
    "account": (
        "account name",
        "account name: account name",
        "account: account name",
        "opportunity: account name",
        "account.name",
        "associated company (primary)",
        "primary associated company",
        "associated company",
        "company name",
        "account",
        "company",
    ),
    # One currency for all deals, where the export has such a column.
    "amount": (
        "amount (converted)",
        "amount in company currency",
        "amount",
        "deal amount",
    ),
    "stage": (
        "stage",
        "opportunity stage",
        "stage name",
        "stagename",
        "deal stage",
        "dealstage",
    ),
    "closed": (
        "closed",
        "is closed",
        "isclosed",
        "is deal closed?",
        "is deal closed",
        "is closed?",
        "hs is closed",
    ),
    "won": ("won", "is won", "iswon", "is closed won", "hs is closed won"),
    "lost": ("lost", "is closed lost", "hs is closed lost"),
}
"""The headers of each field, the better ones first."""
ALL_KNOWN = frozenset(header for headers in KNOWN.values() for header in headers)

_CURRENCY = " currency"
"""Salesforce writes ``Amount Currency`` beside ``Amount``."""
_MOST_NAMED = 12
"""Of the headers that a message lists."""

Columns = dict[str, int]
"""The places of the fields that the export has, from 0."""


def find_columns(table: Table, mapped: Mapping[str, str], *, by_stage: bool) -> Columns:
    """Return where each field stands; *mapped* ones have the headers named there.

    Raise `InvalidExport` with all that is missing or stands twice.
    """
    headers = [plain(cell) for cell in table.headers.cells]
    columns: Columns = {}
    problems: dict[str, Problem] = {}
    for field, names in KNOWN.items():
        wanted = (plain(mapped[field]),) if field in mapped else names
        found = next((name for name in wanted if name in headers), None)
        if found is None and field in mapped:
            problems[field] = _missing(table, field, quoted(mapped[field]))
        elif found is not None and headers.count(found) > 1:
            problems[field] = _twice(table, headers.index(found), headers.count(found))
        elif found is not None:
            columns[field] = headers.index(found)
    for fields, what in _needed(by_stage=by_stage):
        if (columns.keys() | problems.keys()).isdisjoint(fields):
            problems[fields[0]] = _missing(table, fields[0], what)
    if problems:
        raise InvalidExport(list(problems.values()))
    amount = headers[columns["amount"]]
    if f"{amount}{_CURRENCY}" in headers:
        columns["currency"] = headers.index(f"{amount}{_CURRENCY}")
    return columns


def _needed(*, by_stage: bool) -> list[tuple[tuple[str, ...], str]]:
    """Return the fields of which one is needed, and what such a column holds."""
    stages = ("stage",) if by_stage else ("stage", "closed")
    return [
        (("name", "id"), "the deal's name, like Opportunity Name or Deal Name"),
        (("account", "id"), "the buyer, like Account Name or Associated Company"),
        (("amount",), "the deal's amount, like Amount"),
        (stages, "the deal's stage, like Stage or Deal Stage"),
    ]


def _missing(table: Table, field: str, what: str) -> Problem:
    named = [in_line(cell, 40) for cell in table.headers.cells if cell]
    more = ", …" if len(named) > _MOST_NAMED else ""
    listed = ", ".join(named[:_MOST_NAMED])
    message = (
        f"expected a column with {what}, got {listed}{more};"
        f" name it with --map {field}=COLUMN"
    )
    return Problem(table.file, table.headers.line, 0, field, "column", message)


def _twice(table: Table, at: int, count: int) -> Problem:
    header = in_line(table.headers.cells[at], 40)
    message = f"expected one column of this name, got {count}"
    return Problem(table.file, table.headers.line, 0, header, "column", message)
