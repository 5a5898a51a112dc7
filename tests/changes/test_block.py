"""The block that carries a suggestion through mail programs."""

from __future__ import annotations

import re
import textwrap
import zlib

import pytest
from hypothesis import given, settings, strategies as st

from mapsite.changes.block import (
    MOST_JSON,
    Damaged,
    decode,
    encode,
    find_blocks,
)
from tests.changes.intake.arriving import document

BLOCK = encode(document())
SIGNS = st.characters(min_codepoint=1, max_codepoint=0x2FF) | st.sampled_from(
    "[]->\u200b"
)


def test_says_its_length_and_its_sum() -> None:
    """The form is the one that pages write."""
    found = re.fullmatch(r"\[\[mapsite1 (\d+) ([0-9a-f]{8}) ([\w-]+) \]\]", BLOCK)
    assert found
    assert int(found[1]) == len(found[3])
    assert int(found[2], 16) == zlib.crc32(document())


@pytest.mark.parametrize(
    "text",
    [
        "54 198ae33e q1bKTSwozixJVbJSSs5IzEtP1TdU0lEqz6hUslIqLji8pCS1SKkWAA",
        "58 198ae33e ASYA2f97Im1hcHNpdGUiOiJjaGFuZ2UvMSIsIndoeSI6InNww6R0ZXIifQ",
    ],
)
def test_reads_what_a_browser_packed(text: str) -> None:
    """CompressionStream made the first one, and the page's own code the other."""
    packed = '{"mapsite":"change/1","why":"sp\u00e4ter"}'.encode()
    assert decode(f"[[mapsite1 {text} ]]") == packed


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_gives_back_what_it_was_made_of(raw: bytes) -> None:
    """Any bytes come back, whatever they are."""
    assert decode(encode(raw)) == raw
    assert find_blocks(f"words {encode(raw)} words").documents == (raw,)


@given(st.integers(0, len(BLOCK) - 1), SIGNS, st.sampled_from(["over", "in", "out"]))
@settings(max_examples=400, deadline=None)
def test_one_changed_character_is_found_or_does_no_harm(
    place: int, sign: str, how: str
) -> None:
    """Never is anything read but what was written."""
    rest = BLOCK[place + (how != "in") :]
    changed = BLOCK[:place] + ("" if how == "out" else sign) + rest
    found = find_blocks(f"Hello,\n\n{changed}\n\nBest\n")
    assert set(found.documents) <= {document()}
    assert found.documents or found.damaged


@given(st.integers(10, 200), st.sampled_from(["", "> ", "> > ", "\u200b", "| "]))
@settings(max_examples=60, deadline=None)
def test_survives_rewrapping_and_quoting(width: int, before: str) -> None:
    """Lines may end anywhere, and begin with what is none of its signs."""
    lines = [BLOCK[start : start + width] for start in range(0, len(BLOCK), width)]
    text = "\r\n".join(before + line for line in lines)
    assert find_blocks(text).documents == (document(),)


def test_a_block_without_its_end_is_damaged() -> None:
    """What was cut off is told, at whatever place."""
    for length in range(len("[[mapsite1"), len(BLOCK) - 1, 7):
        found = find_blocks(BLOCK[:length])
        assert not found.documents
        assert found.damaged


def test_a_block_without_its_beginning_is_damaged() -> None:
    """A changed marker makes no plain words of a block."""
    found = find_blocks(
        f"{BLOCK}\n{encode(document(plan='other')).replace('1', 'l', 1)}"
    )
    assert found.documents == (document(),)
    assert found.damaged == ("the beginning of the block is missing or was changed",)


def test_a_damaged_copy_of_a_whole_block_is_nothing_to_tell() -> None:
    """Replies often hold a block twice, of which one was cut."""
    found = find_blocks(BLOCK, textwrap.fill(BLOCK, 40)[:120])
    assert found == ((document(),), ())


def test_two_blocks_are_two_suggestions() -> None:
    """Each is read, and each only once."""
    other = document(plan="other")
    found = find_blocks(f"{BLOCK} {encode(other)}", BLOCK)
    assert found == ((document(), other), ())


def test_what_grows_too_large_is_not_unpacked() -> None:
    """A few bytes may hold a gigabyte."""
    with pytest.raises(Damaged, match="more than 200,000 bytes"):
        decode(encode(b" " * (MOST_JSON + 1)))
    assert decode(encode(b" " * MOST_JSON))


def test_other_text_is_no_block() -> None:
    """Links of wikis and long words are text."""
    text = "See [[the page]] and [[mapsite]] " + "x" * 500 + " [1] ]]"
    assert find_blocks(text).documents == ()
    assert find_blocks("See [[the page]] and [[mapsite]].") == ((), ())
