"""The deals of an export: each row with what it says, or what a person must look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from mapsite.errors import Problem
from mapsite.gate.amounts import Amount, decimal_mark, read_amount
from mapsite.gate.columns import ALL_KNOWN, Columns, find_columns
from mapsite.gate.export import Row, Table, plain, read_table
from mapsite.gate.stages import is_ended
from mapsite.plan.wording import in_line, quoted

_YES = frozenset(
    {"true", "1", "yes", "y", "x", "ja", "wahr", "oui", "vrai", "sí", "si"}
)
_NO = frozenset({"false", "0", "no", "n", "nein", "falsch", "non", "faux", "open", "-"})


@dataclass(frozen=True, slots=True)
class Deal:
    """Hold one deal as the CRM has it."""

    line: int
    name: str
    """The name, or what stands nearest to one."""
    id: str
    accounts: tuple[str, ...]
    """The buyer; HubSpot may name several companies."""
    written: str
    """The amount as the export writes it."""
    amount: Decimal | None
    """None where a person must look at it."""
    currency: str | None
    stage: str
    closed: bool
    unclear: tuple[Problem, ...]
    """What only a person can tell."""


@dataclass(frozen=True, slots=True)
class _Reader:
    table: Table
    columns: Columns
    mark: str | None

    def deal(self, row: Row) -> Deal:
        """Read one row."""
        accounts = tuple(
            filter(None, map(str.strip, self._cell(row, "account").split(";")))
        )
        crm_id, written = self._cell(row, "id"), self._cell(row, "amount")
        amount = read_amount(written)
        value = amount.value(self.mark) if amount else None
        closed, unclear = self._closed(row)
        if value is None:
            unclear += (self._amount_problem(row, written, amount),)
        if len(row.cells) < len(self.table.headers.cells) or any(
            row.cells[len(self.table.headers.cells) :]
        ):
            unclear = (self._ragged(row), *unclear)
        named = self._cell(row, "name") or crm_id or ", ".join(accounts)
        return Deal(
            row.line,
            named or f"line {row.line}",
            crm_id,
            accounts,
            written,
            value,
            self._cell(row, "currency").upper()
            or (amount.currency if amount else None),
            self._cell(row, "stage"),
            closed,
            unclear,
        )

    def _cell(self, row: Row, field: str) -> str:
        at = self.columns.get(field)
        return row.cells[at] if at is not None and at < len(row.cells) else ""

    def _closed(self, row: Row) -> tuple[bool, tuple[Problem, ...]]:
        """Tell whether the deal is over: as a column says, else as its stage does."""
        says = None
        for field in ("closed", "won", "lost"):
            text = self._cell(row, field)
            word = text.casefold()
            if not text or (word in _NO and field != "closed"):
                continue
            if word in _YES or is_ended(text):
                return True, ()
            if word not in _NO:
                what = "true or false"
                return False, (self._problem(row, field, what, text),)
            says = False
        return is_ended(self._cell(row, "stage")) if says is None else says, ()

    def _amount_problem(self, row: Row, text: str, amount: Amount | None) -> Problem:
        if amount is None:
            return self._problem(
                row, "amount", "an amount like 25000 or 25,000.00", text
            )
        what = "an amount that can be read in one way alone"
        return self._problem(row, "amount", what, text, "; --decimal says how")

    def _ragged(self, row: Row) -> Problem:
        expected, got = len(self.table.headers.cells), len(row.cells)
        message = f"expected {expected} columns, got {got}"
        return Problem(self.table.file, row.line, 0, "", "columns", message)

    def _problem(
        self, row: Row, field: str, what: str, text: str, tail: str = ""
    ) -> Problem:
        header = in_line(self.table.headers.cells[self.columns[field]], 40)
        message = f"expected {what}, got {quoted(text) if text else 'nothing'}{tail}"
        return Problem(self.table.file, row.line, 0, header, field, message)


def read_deals(
    raw: bytes,
    file: str,
    mapped: Mapping[str, str],
    *,
    by_stage: bool,
    mark: str | None = None,
) -> list[Deal]:
    """Return every deal of the export *raw*, in its order.

    *mapped* names the columns of fields; *by_stage* says that stages are needed, *mark*
    which decimal mark the amounts have, where they do not tell. Raise `InvalidExport`.
    """
    known = ALL_KNOWN | {plain(header) for header in mapped.values()}
    table = read_table(raw, file, known)
    columns = find_columns(table, mapped, by_stage=by_stage)
    at = columns["amount"]
    texts = (row.cells[at] for row in table.rows if at < len(row.cells))
    amounts = [amount for amount in map(read_amount, texts) if amount]
    reader = _Reader(table, columns, mark or decimal_mark(amounts))
    return [reader.deal(row) for row in table.rows]
