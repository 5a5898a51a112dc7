"""The words in which the gate tells what it found: for people, and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from mapsite.gate.verdicts import (
    BELOW,
    CLOSED,
    EARLIER,
    FAULTY,
    FINE,
    LEFT_OUT,
    MISSING,
    STALE,
    UNCLEAR,
    Rule,
    Verdict,
)
from mapsite.plan.wording import in_line

_MOST = 40
"""Characters of a cell of the table."""
_HEADS = ("deal", "amount", "stage", "plan", "verdict")
_NONE = "-"


def asked(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts on deals that need a plan."""
    return [verdict for verdict in verdicts if verdict.kind not in LEFT_OUT]


def failing(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts that keep the gate shut."""
    return [verdict for verdict in asked(verdicts) if verdict.kind != FINE]


def lines(verdicts: Sequence[Verdict], file: str, rule: Rule) -> Iterator[str]:
    """Write the table, then what keeps the gate shut, then a line for all rows."""
    yield from _table(asked(verdicts))
    yield from notes(verdicts)
    shut = failing(verdicts)
    if shut:
        yield ""
    for verdict in shut:
        where = f"{file}:{verdict.deal.line}"
        if verdict.deal.unclear:
            yield from map(str, verdict.deal.unclear)
        else:
            plan = f" ({verdict.plan})" if verdict.plan else ""
            yield f"{where}: {_cell(verdict.deal.name)}: {verdict.words}{plan}"
    yield sum_line(verdicts, rule)


def sum_line(verdicts: Sequence[Verdict], rule: Rule) -> str:
    """Account for every row: ``3 deals: 2 fine, 1 stale; 4 below the threshold``."""
    counts = Counter(verdict.kind for verdict in verdicts)
    found = len(asked(verdicts))
    words = {
        FINE: "fine",
        MISSING: "without a plan",
        FAULTY: "with problems" if rule.strict else "with errors",
        STALE: "stale",
        UNCLEAR: "needs a person" if counts[UNCLEAR] == 1 else "need a person",
    }
    told = ", ".join(f"{counts[kind]} {w}" for kind, w in words.items() if counts[kind])
    line = f"{found} deal{'' if found == 1 else 's'}" + (f": {told}" if told else "")
    left = {
        BELOW: "below the threshold",
        EARLIER: f"before {rule.stage}",
        CLOSED: "closed",
    }
    reasons = [words for kind, words in left.items() if counts[kind]]
    if reasons:
        named = " or ".join(filter(None, [", ".join(reasons[:-1]), reasons[-1]]))
        line += f"; {sum(counts[kind] for kind in LEFT_OUT)} {named}"
    return line


def notes(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Tell what was taken for granted about deals that need a plan."""
    stages = Counter(v.deal.stage for v in asked(verdicts) if v.unknown_stage)
    for stage, count in stages.items():
        named = f'the stage "{_cell(stage)}"' if stage else "no stage"
        yield (
            f"note: {count} deal{'' if count == 1 else 's'} with {named}, whose place"
            " nobody told, taken as needing a plan; --stages tells the order"
        )
    currencies = sorted({v.deal.currency for v in asked(verdicts) if v.deal.currency})
    if len(currencies) > 1:
        named = " and ".join(
            [", ".join(map(_cell, currencies[:-1])), _cell(currencies[-1])]
        )
        yield f"note: amounts in {named} are held against one threshold as they are"


def record(verdicts: Sequence[Verdict], file: str, rule: Rule) -> dict[str, Any]:
    """Return all that was found, as JSON writes it; every row is there."""
    counts = Counter(verdict.kind for verdict in verdicts)
    kinds = (FINE, MISSING, FAULTY, STALE, UNCLEAR, *LEFT_OUT)
    return {
        "file": file,
        "today": rule.today.isoformat(),
        "threshold": _number(rule.threshold),
        "stage": rule.stage,
        "stale_days": rule.stale,
        "strict": rule.strict,
        "passed": not failing(verdicts),
        "summary": sum_line(verdicts, rule),
        "counts": {kind: counts[kind] for kind in kinds},
        "notes": list(notes(verdicts)),
        "deals": [_deal(verdict) for verdict in verdicts],
    }


def _deal(verdict: Verdict) -> dict[str, Any]:
    deal = verdict.deal
    return {
        "line": deal.line,
        "name": deal.name,
        "id": deal.id or None,
        "accounts": list(deal.accounts),
        "amount": None if deal.amount is None else _number(deal.amount),
        "amount_written": deal.written,
        "currency": deal.currency,
        "stage": deal.stage or None,
        "plan": verdict.plan,
        "verdict": verdict.kind,
        "words": verdict.words,
        "problems": [problem.as_dict() for problem in deal.unclear],
    }


def _table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    rows = [
        (
            _cell(verdict.deal.name),
            _cell(verdict.deal.written) or _NONE,
            _cell(verdict.deal.stage) or _NONE,
            verdict.plan or _NONE,
            "see below" if verdict.deal.unclear else verdict.words,
        )
        for verdict in verdicts
    ]
    if not rows:
        return
    rows.insert(0, _HEADS)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if head == "amount" else cell.ljust(width)
            for cell, width, head in zip(row, widths, _HEADS, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _cell(text: str) -> str:
    return in_line(text, _MOST)


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
