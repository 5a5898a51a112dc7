"""Suggestions out of the tables that form services export: CSV, TSV and Excel."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from mapsite.changes.intake.answers import Answer, read_answers
from mapsite.changes.intake.columns import Cell, Columns, headers_known
from mapsite.changes.intake.outcome import Delivery, Outcome, needs_person, too_large
from mapsite.changes.intake.workbook import (
    MOST_COLUMNS,
    MOST_ROWS,
    Sheet,
    read_workbook,
)
from mapsite.changes.suggestion import Unreadable

DELIMITERS = ",;\t|"
_NOT_KNOWN = (
    "none of its columns is one of a suggestion; name them in"
    " extra/mapsite/changes/columns of mkdocs.yml"
)
_NO_HEADER = "an answer in a column without a header"


def read_table(raw: bytes, columns: Columns, delivery: Delivery) -> list[Outcome]:
    """Read a CSV or TSV file, of any delimiter, in UTF-8 or UTF-16."""
    if large := too_large(raw, delivery.name):
        return large
    try:
        rows = _rows(_decode(raw), columns)
    except Unreadable as error:
        return [needs_person([error.reason], raw, delivery.name)]
    return _outcomes(Sheet("", rows), columns, delivery, raw)


def read_sheets(raw: bytes, columns: Columns, delivery: Delivery) -> list[Outcome]:
    """Read all sheets of an Excel workbook."""
    if large := too_large(raw, delivery.name):
        return large
    try:
        sheets = read_workbook(raw)
    except Unreadable as error:
        return [needs_person([error.reason], raw, delivery.name)]
    if not sheets:
        return [needs_person(["the workbook is empty"], raw, delivery.name)]
    found: list[Outcome] = []
    for sheet in sheets:
        part = delivery if len(sheets) == 1 else delivery.part(f"sheet {sheet.name}")
        found += _outcomes(sheet, columns, part, raw)
    return found


def _outcomes(
    sheet: Sheet, columns: Columns, delivery: Delivery, raw: bytes
) -> list[Outcome]:
    headers = [cell.text for cell in sheet.rows[0]] if sheet.rows else []
    if not headers_known(headers, columns):
        return [needs_person([_NOT_KNOWN], raw, delivery.name)]
    answers = (
        Answer(_named(headers, row), f"row {number}")
        for number, row in enumerate(sheet.rows[1:], 2)
        if any(cell.text or cell.fault for cell in row)
    )
    return read_answers(answers, columns, delivery, "form")


def _named(headers: list[str], row: list[Cell]) -> tuple[Cell, ...]:
    """Return the cells of a row under their headers."""
    named = [*headers, *[""] * (len(row) - len(headers))]
    cells = [*row, *[Cell((), "")] * (len(headers) - len(row))]
    return tuple(
        Cell((name or _NO_HEADER,), cell.text, cell.fault)
        for name, cell in zip(named, cells, strict=True)
    )


def _decode(raw: bytes) -> str:
    """Return the text; no encoding is guessed, as another name would come of it."""
    wide = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(raw[:2])
    if raw[1:2] == b"\0":
        wide = wide or "utf-16-le"
    try:
        text = raw.decode(wide or "utf-8-sig")
    except UnicodeDecodeError:
        told = "text in UTF-8 or UTF-16; save it as CSV UTF-8"
        raise Unreadable(f"expected {told}") from None
    # For Excel alone.
    return re.sub(r"\Asep=.(\r\n|\r|\n)", "", text)


def _rows(text: str, columns: Columns) -> list[list[Cell]]:
    def known(delimiter: str) -> tuple[int, int]:
        first = next(_parsed(text, delimiter), [])
        return headers_known(first, columns), len(first)

    delimiter = max(DELIMITERS, key=known)
    rows: list[list[Cell]] = []
    for row in _parsed(text, delimiter, strict=True):
        if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
            told = f"at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns"
            raise Unreadable(f"expected {told}, got more")
        rows.append([Cell((), text.strip()) for text in row])
    return rows


def _parsed(text: str, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    """Yield the rows; raise `Unreadable` where *strict* and one is broken."""
    found = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=strict
    )
    while True:
        line = found.line_num + 1
        try:
            row = next(found, None)
        except csv.Error as error:
            if not strict:
                return
            raise Unreadable(f"line {line}: no row of a CSV file: {error}") from None
        if row is None:
            return
        yield row
