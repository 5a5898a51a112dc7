"""One trial after another: a plan's text, an operation, and what it is to say then."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from mapsite.plan.operations import Operation
from tests.changes.edits import operation
from tests.changes.judge import wanted
from tests.changes.texts import compose, plan_text, values_of

EACH = 4
"""Operations that are tried on one text, each on its own."""


class Trial(NamedTuple):
    """Hold one operation and the text that it is for."""

    text: str
    operation: Operation
    after: dict[str, Any] | None
    """What the plan is to say; None where no plan may say that."""


def trials(count: int, seed: int) -> Iterator[Trial]:
    """Yield *count* trials, the same ones for the same *seed*."""
    for number in range(count):
        if number % EACH == 0:
            text = plan_text(number // EACH, seed)
            tree = values_of(compose(text))
            chance = random.Random(f"{seed}/{number}")  # noqa: S311  # no secret
        one = operation(tree, chance)
        yield Trial(text, one, wanted(tree, one))
