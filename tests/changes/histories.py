"""Random histories of suggestions on a plan that people change meanwhile.

``python -m tests.changes.histories COUNT`` tries many. The ledger is the real one, kept
in memory in place of git.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import timedelta

from mapsite.changes.accounting import account_of
from mapsite.changes.events import OUTCOMES, Event
from mapsite.changes.ledger import Files, Ledger, read_ledger, received, unread
from mapsite.changes.policy import Policy
from mapsite.changes.suggestion import Suggestion
from mapsite.changes.weighing import weigh
from mapsite.plan.operations import Operation
from tests.changes.origins import NOW, suggest

PLAN = """\
title: Plan
goal: {outcome: Signed, date: 2026-08-14}
buyer: {name: Acme}
seller: {name: Mama}
people:
  - {id: sarah, name: Sarah, side: buyer}
steps:
  - {id: demo, title: Demo, due: 2026-06-01, status: todo}
  - {id: review, title: Review, owners: [sarah], due: 2026-06-02}
"""
_DAYS = [f"2026-06-{day:02}" for day in range(1, 6)]


def wish(chance: random.Random, number: int) -> Suggestion:
    """Return any suggestion: some fit, some clash, some are not allowed."""
    step, day = chance.choice(["demo", "review", "gone"]), chance.choice(_DAYS)
    one = chance.choice(
        [
            Operation("set", f"steps/{step}/due", chance.choice(_DAYS), day),
            Operation("confirm", f"steps/{step}/due", day),
            Operation("set", "title", "Plan", "Other"),
            Operation("set", "internal/notes", None, "x"),
            Operation("comment", f"steps/{step}", None, {"text": "Hm"}),
            Operation("add", "people", None, {"name": day, "side": "buyer"}),
        ]
    )
    return suggest(number, one)


def history(seed: int) -> Counter[str]:
    """Live through one history; return how many ended how, which has to balance."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    raw, now = PLAN.encode(), NOW
    files: Files = {}
    sent = [wish(chance, number) for number in range(chance.randrange(1, 6))]
    for _ in range(12):
        now += timedelta(hours=chance.randrange(1, 40))
        ledger = read_ledger(files)
        choice = chance.random()
        if choice < 0.5:
            files |= _take(ledger, chance.choice(sent))
        elif choice < 0.55:
            files |= unread(b"?", "odd", "odd", now)[1]
        elif choice < 0.65:
            raw = raw.replace(
                chance.choice(_DAYS).encode(), chance.choice(_DAYS).encode()
            )
        elif waiting := ledger.waiting():
            entry = chance.choice(waiting)
            kind = "declined"
            if entry.suggestion and choice < 0.9:
                weighed = weigh(entry.suggestion, raw, "plan", Policy())
                kind = "applied" if weighed.kind == "proposed" else weighed.kind
                raw = weighed.raw
            files |= entry.happened(Event(kind, now, {}))[1]
    ledger = read_ledger(files)
    account = account_of(ledger, now)
    assert account.balances, (seed, account.line)
    assert account.received == len(
        {path for path in files if path.count("/") == 2 and path.endswith(".json")}
    )
    assert all(len(one.outcomes) <= 1 for one in ledger.entries.values()), seed
    return account.ended + Counter(waiting=account.waiting)


def _take(ledger: Ledger, suggestion: Suggestion) -> Files:
    known = ledger.of(suggestion.id)
    return {} if known else received(suggestion)[1]


def main(count: str) -> None:
    """Live through many histories."""
    total: Counter[str] = Counter()
    for seed in range(int(count)):
        total += history(seed)
    print(dict(total), set(OUTCOMES) - total.keys())  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
