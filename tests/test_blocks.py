"""Versions read block by block say what they say when read whole."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from mapsite.errors import InvalidPlan
from mapsite.plan.blocks import Blocks, buyer_of
from mapsite.plan.nodes import Source
from mapsite.plan.source import parse

PROJECT = Path(__file__).parents[1]
PLANS = [
    *sorted((PROJECT / "plans").glob("*.yaml")),
    *sorted((PROJECT / "tests" / "plans").glob("*.yaml")),
]
ODD = [
    b"title: 'a\nsteps: b'\n",
    b"title: 'a\n  - b'\nsteps:\n  - id: 'x\n  - y'\n",
    b"title: {a: b,\nsteps: c}\n",
    b"title: |\n  text\n\n\n# comment\nsteps: []\n",
    b"title: |+\n  text\n\n\nsteps: []\n",
    b"steps:\n- id: a\n-\n  id: b\n- id: c\n",
    b"steps:\n  - id: a\n    detail: |\n      - x\n     - y\n",
    b"steps:\n  - - a\n    - b\n  - c\n",
    b"steps: # now\n\n  # first\n  - id: a # x\n# end\n",
    b"steps:\n  - id: a\n - id: b\n",
    b"title: a\ntitle: b\n",
    b"title: a\ncreated : b\ncreated: c\n",
    b"title: a\n...\nsteps: b\n",
    b"title:\ntitle: b\n",
    b"title: a\n--- \nsteps: b\n",
    b"%YAML 1.1\n---\ntitle: a\n",
    b"\xef\xbb\xbftitle: a\r\nsteps:\r\n  - id: a\r\n    detail: |\r\n      x\r\n",
    b"title: a\rsteps:\r  - id: a\r",
    b"  title: a\nsteps: b\n",
    b"title: &a b\nsteps: *a\n",
    b"title: a\n  b\n   - c\nsteps: [a,\n  - b]\n",
    b'title: "a\\\n  b"\ncreated : b\n? steps\n: c\n',
    b"title:\ta\nsteps:\n\t- a\n",
    b"- a\n- b\n",
    b"",
    b"title: \x00\n",
    b"\xff\xfe",
]


def whole(raw: bytes) -> dict[str, Any] | None:
    """Return what a text says when it is read at once."""
    try:
        return parse(raw, "").data()
    except InvalidPlan:
        return None


@pytest.mark.parametrize("raw", ODD)
def test_odd_cuts_make_no_difference(raw: bytes) -> None:
    """A quote, a bracket or a block may go on where a key seems to begin."""
    assert Blocks().tree(raw) == whole(raw)


def test_what_changes_between_versions_is_seen() -> None:
    """Lines lost, doubled, swapped and indented, in every plan that is at hand."""
    chance = random.Random(3)  # noqa: S311  # the same plans each time
    seen = 0
    for path in PLANS:
        lines = path.read_bytes().splitlines(keepends=True)
        blocks = Blocks()
        assert blocks.tree(b"".join(lines)) == whole(b"".join(lines)) is not None
        for _ in range(25):
            changed, place = list(lines), chance.randrange(len(lines))
            changed[place : place + 1] = chance.choice(
                [[], [lines[place]] * 2, [b"  " + lines[place]], [b"- 'x\n"], [b"a: b"]]
            )
            raw = b"".join(changed)
            tree = blocks.tree(raw)
            assert tree == whole(raw), raw
            seen += tree is not None
    assert seen > 50


def test_buyers_are_told_apart_by_name() -> None:
    """However it is written; no name is nobody's."""
    assert buyer_of(b"buyer: {name:  ACME   Corp}\n") == "acme corp"
    assert buyer_of(b"buyer:\n  name: Acme Corp\n") == "acme corp"
    assert buyer_of(b"buyer: Acme\n") is None
    assert buyer_of(b"buyer: [\n") is None


def test_what_was_learnt_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version is read only where its text is another one."""
    raw = (PROJECT / "plans/acme.yaml").read_bytes()
    tree = parse(raw, "acme.yaml").data()
    blocks = Blocks()
    blocks.learn(raw, tree)
    read: list[bytes] = []

    def noted(text: bytes, file: str) -> Source:
        read.append(text)
        return parse(text, file)

    monkeypatch.setattr("mapsite.plan.blocks.parse", noted)
    assert blocks.tree(raw) == tree
    assert read == []
    other = raw.replace(b"due: 2026-06-04", b"due: 2026-06-11", 1)
    assert blocks.tree(other) == parse(other, "acme.yaml").data()
    assert len(read) == 1
    assert b"2026-06-11" in read[0]


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.stem)
def test_what_was_learnt_is_what_is_there(file: Path) -> None:
    """Versions that differ in one line each say what they say when read whole."""
    raw = file.read_bytes()
    blocks = Blocks()
    blocks.learn(raw, parse(raw, file.name).data())
    assert blocks.tree(raw) == parse(raw, file.name).data()
    chance = random.Random(file.stem)  # noqa: S311  # the same cuts each time
    lines = raw.splitlines(keepends=True)
    for _ in range(20):
        left = list(lines)
        del left[chance.randrange(len(left))]
        assert blocks.tree(b"".join(left)) == whole(b"".join(left))


@pytest.mark.parametrize("raw", ODD)
def test_odd_texts_are_learnt_right_or_not_at_all(raw: bytes) -> None:
    """Where blocks are not sure, nothing is remembered."""
    said = whole(raw)
    blocks = Blocks()
    if said is not None:
        blocks.learn(raw, said)
    assert blocks.tree(raw) == said
