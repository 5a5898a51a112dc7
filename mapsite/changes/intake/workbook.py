"""The cells of an Excel workbook, as texts; nothing in it is calculated."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

from mapsite.changes.intake.columns import Cell
from mapsite.changes.suggestion import Unreadable

MOST_ROWS = 20_000
MOST_COLUMNS = 200
_MOST_UNPACKED = 50 * 1024 * 1024
_MOST_FILES = 2_000
_FAULTS = {"f": "a formula, which is not calculated", "e": "an error of Excel"}
_BROKEN = "the workbook is broken or protected; save it anew, or as CSV"


class Sheet(NamedTuple):
    """Hold one sheet: its rows, of cells whose names are not known yet."""

    name: str
    rows: list[list[Cell]]


def read_workbook(raw: bytes) -> list[Sheet]:
    """Return the sheets that hold something; raise `Unreadable`."""
    # What openpyxl cannot draw it warns about; here it only reads texts.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _weigh(raw)
            return [sheet for sheet in _sheets(raw) if sheet.rows]
        except Unreadable:
            raise
        except Exception as error:  # a workbook may be broken in a hundred ways
            raise Unreadable(_BROKEN) from error


def _weigh(raw: bytes) -> None:
    """Refuse what grows when it is unpacked, and XML that makes its own words."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        files = archive.infolist()
        if len(files) > _MOST_FILES:
            raise Unreadable(f"the workbook has more than {_MOST_FILES:,} files")
        if sum(file.file_size for file in files) > _MOST_UNPACKED:
            told = f"at most {_MOST_UNPACKED:,} bytes when unpacked"
            raise Unreadable(f"expected {told}, got more")
        if any(b"<!DOCTYPE" in archive.read(file) for file in files if _xml(file)):
            raise Unreadable(_BROKEN)


def _xml(file: zipfile.ZipInfo) -> bool:
    return file.filename.lower().endswith((".xml", ".rels", ".vml"))


def _sheets(raw: bytes) -> Iterator[Sheet]:
    import openpyxl  # noqa: PLC0415  # slow to load, and few come

    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        found = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
        rows = [[_cell(cell) for cell in row] for row in found]
        while rows and not any(cell.text or cell.fault for cell in rows[-1]):
            rows.pop()
        if len(rows) > MOST_ROWS:
            raise Unreadable(f"expected at most {MOST_ROWS:,} rows, got more")
        yield Sheet(str(sheet.title), rows)


def _cell(cell: Any) -> Cell:  # noqa: ANN401  # openpyxl has a class for every kind
    kind, value = str(cell.data_type), cell.value
    if value is None:
        return Cell((), "")
    if kind in _FAULTS:
        return Cell((), str(value), _FAULTS[kind])
    return Cell((), _text(value))


def _text(value: object) -> str:
    """Return what a cell holds as plans and suggestions write it."""
    if isinstance(value, datetime):
        day = value.replace(microsecond=0)
        return (day.date() if day.time() == time() else day).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
