"""Whatever happens to suggestions, each of them ends in one way or waits."""

from __future__ import annotations

from collections import Counter

from tests.changes.histories import history


def test_mixed_histories_balance() -> None:
    """150 are tried here; ``python -m tests.changes.histories 20000`` tries more."""
    total: Counter[str] = Counter()
    for seed in range(150):
        total += history(seed)
    assert total.keys() >= {"applied", "already", "declined", "waiting"}
