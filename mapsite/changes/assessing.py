"""What becomes of each operation of a suggestion: the policy and today's plan decide.

Every operation ends in exactly one way, whatever the suggestion says.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from mapsite.changes.judging import Judgement, Verdict, judge_and_apply
from mapsite.changes.minting import mint_ids
from mapsite.changes.policy import Policy, Ruled, Ruling, rule
from mapsite.changes.suggestion import Suggestion
from mapsite.changes.visible import Tree
from mapsite.plan.operations import Operation


class Fate(StrEnum):
    """Say what becomes of one operation."""

    WRITE = "write"
    """It is written into a branch for review."""
    ALREADY = "already"
    """The plan says so already."""
    COMMENT = "comment"
    """Somebody reads it; nothing is written."""
    CONFLICT = "conflict"
    """Somebody has to decide: the plan changed meanwhile."""
    GONE = "gone"
    """Somebody has to decide: what it is about is not there."""
    REFUSED = "refused"
    """The policy does not allow it."""


class Assessed(NamedTuple):
    """Hold an operation, made ready for today's plan, and what becomes of it."""

    operation: Operation
    fate: Fate
    judgement: Judgement
    ruled: Ruled


def assess(
    suggestion: Suggestion, tree: Tree, policy: Policy, side: str = "buyer"
) -> tuple[Assessed, ...]:
    """Assess each operation of *suggestion* on today's plan, after those before it."""
    found = []
    for operation in mint_ids(suggestion, tree):
        ruled = rule(operation, tree, side, policy)
        judgement, after = judge_and_apply(operation, tree)
        fate = _fate(ruled.ruling, judgement.verdict)
        found.append(Assessed(operation, fate, judgement, ruled))
        tree = after if fate is Fate.WRITE else tree
    return tuple(found)


def to_write(assessed: Sequence[Assessed]) -> tuple[Operation, ...]:
    """Return the operations that go into the plan."""
    return tuple(one.operation for one in assessed if one.fate is Fate.WRITE)


def _fate(ruling: Ruling, verdict: Verdict) -> Fate:
    if ruling is Ruling.NEVER:
        return Fate.REFUSED
    if verdict is Verdict.ALREADY:
        return Fate.ALREADY
    if ruling is Ruling.COMMENT:
        return Fate.COMMENT
    return Fate.WRITE if verdict is Verdict.CLEAN else Fate(verdict.value)
