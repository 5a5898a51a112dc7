"""Whatever the bytes are: a plan, or problems with a line, and never anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from mapsite.errors import InvalidPlan, Problem
from mapsite.plan.model import Plan
from mapsite.plan.read import read_plan
from mapsite.plan.schema import plan_schema

FULL = (Path(__file__).parent / "plans" / "full.yaml").read_bytes()
LINES = FULL.splitlines(keepends=True)
PIECES = [
    b"\t",
    b": ",
    b"- ",
    b"#x",
    b"'",
    b'"',
    b"[",
    b"}",
    b"&a ",
    b"*a",
    b"!!t ",
    b"<<: ",
    b"---\n",
    b"|\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b'"\\u202e"',
    b"internal: true\n",
    b"? ",
    b"~",
    b"9" * 400,
    b"goal-520w",
    b"2026-02-30",
    b"0001-01-01",
]
KEYS = sorted(
    {
        key
        for model in (plan_schema(), *plan_schema()["$defs"].values())
        for key in model["properties"]
    }
)
FUZZ = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=150,
    suppress_health_check=list(HealthCheck),
)


def check(raw: bytes) -> None:
    """Read a text and look at the outcome."""
    try:
        plan = read_plan(raw, "plan.yaml", Path(__file__).parent / "plans")
    except InvalidPlan as invalid:
        look_at(invalid.problems, raw.count(b"\n") + raw.count(b"\r") + 1)
    else:
        assert isinstance(plan, Plan)


def look_at(problems: list[Problem], lines: int) -> None:
    """Look for what every problem has."""
    assert problems
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.rule
        assert problem.message
        assert str(problem).isprintable()
        assert len(problem.message) < 400


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    """Bytes without any sense are refused in words."""
    check(raw)


@FUZZ
@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,?~\\<\t\n 1é\u2028", max_size=60))
def test_any_signs_of_yaml(text: str) -> None:
    """No order of YAML's own signs is an accident."""
    check(text.encode())


@FUZZ
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(FULL)), st.integers(0, 12), st.sampled_from(PIECES)
        ),
        min_size=1,
        max_size=3,
    )
)
def test_plan_with_pieces_put_in(changes: list[tuple[int, int, bytes]]) -> None:
    """A plan with every field survives any small damage."""
    raw = FULL
    for place, length, piece in changes:
        raw = raw[:place] + piece + raw[place + length :]
    check(raw)


@FUZZ
@given(
    st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=6), st.integers(0, 1)
)
def test_plan_with_lines_lost_or_doubled(numbers: list[int], double: int) -> None:
    """A merge that went wrong is told, not crashed upon."""
    lines = list(LINES)
    for number in numbers:
        lines[number] = lines[number] * 2 * double
    check(b"".join(lines))


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.sampled_from(
        ["tbd", "week 9", "goal-3w", "5d-10d", "2026-05-28", "9999-12-31", "a", "b"]
    ),
    st.sampled_from(["buyer", "done", "true", "~", "", "a, b", "https://x.example"]),
    st.text(max_size=12),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    ),
    max_leaves=25,
)


@FUZZ
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=8))
def test_any_structure_under_known_keys(tree: dict[str, Any]) -> None:
    """Every value in every place of the schema is accepted or told."""
    check(json.dumps(tree).encode())


@FUZZ
@given(st.integers(0, 60), st.sampled_from(["[", "{a: ", "- "]), st.integers(0, 1))
def test_any_depth(depth: int, opening: str, closed: int) -> None:
    """Depth is refused before it becomes a recursion."""
    closing = {"[": "]", "{a: ": "}", "- ": ""}[opening]
    text = "internal:\n " + opening * depth + "x" + closing * depth * closed
    check(text.encode())
