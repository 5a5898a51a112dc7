"""The block by which a suggestion travels inside a mail.

``[[mapsite1 LEN CRC32 TEXT ]]``: TEXT is base64url, without padding, of the raw deflate
stream of the JSON; LEN is how many characters TEXT has, CRC32 that of the JSON in eight
hex digits. Mail programs quote, wrap, squash and decorate what they carry. None of the
characters that they put between is one of the block's, and what they lose or change is
found by its length and its sum.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from mapsite.errors import MapsiteError

MOST_JSON = 200_000
"""Bytes of JSON that a block may hold."""
MOST_BLOCKS = 200
"""Blocks that are looked at in one text."""

_NOISE = re.compile(r"[^A-Za-z0-9_\-\[\]]+")
_BLOCK = re.compile(
    r"\[\[mapsite1(?P<signs>[A-Za-z0-9_-]*)(?P<end>\]\])?"
    # No word is as long as the shortest suggestion: a block without its beginning.
    r"|(?<![A-Za-z0-9_-])(?P<lost>[A-Za-z0-9_-]{120,}\]\])"
)
_MOST_DIGITS = 6
_CRC = 8


class Damaged(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say what became of a block on its way."""


class Blocks(NamedTuple):
    """Hold what a text brought."""

    documents: tuple[bytes, ...]
    """The JSON of each block that is whole, once, in the order of the text."""
    damaged: tuple[str, ...]
    """What is wrong with each of the others, unless a whole one is its copy."""


def encode(document: bytes) -> str:
    """Return the block that carries *document*."""
    deflated = zlib.compress(document, level=9, wbits=-zlib.MAX_WBITS)
    text = base64.urlsafe_b64encode(deflated).rstrip(b"=").decode("ascii")
    return f"[[mapsite1 {len(text)} {zlib.crc32(document):08x} {text} ]]"


def decode(block: str) -> bytes:
    """Return what *block* carries; raise `Damaged` unless it is all there."""
    found = _BLOCK.search(_NOISE.sub("", block))
    if not found:
        raise Damaged("expected a block that begins with [[mapsite1")
    return _read(found)


def find_blocks(*texts: str) -> Blocks:
    """Return the documents of all blocks in *texts*, whatever stands around them."""
    documents: dict[bytes, str] = {}
    damaged: list[tuple[str, str]] = []
    for number, found in enumerate(chain.from_iterable(map(_blocks_in, texts))):
        if number == MOST_BLOCKS:
            damaged.append(("", f"there are more than {MOST_BLOCKS} blocks"))
            break
        signs = found["signs"] or ""
        try:
            documents.setdefault(_read(found), signs)
        except Damaged as error:
            damaged.append((signs, str(error)))
    whole = {_head(signs) for signs in documents.values()}
    told = (message for signs, message in damaged if _head(signs) not in whole)
    return Blocks(tuple(documents), tuple(dict.fromkeys(told)))


def _blocks_in(text: str) -> Iterator[re.Match[str]]:
    return _BLOCK.finditer(_NOISE.sub("", text))


def _head(signs: str) -> str:
    """Return length, sum and the beginning: the same in a block and in its copies."""
    return signs[:24]


def _read(found: re.Match[str]) -> bytes:
    """Return the JSON of a block, freed of all that is none of its characters."""
    if found["lost"]:
        raise Damaged("the beginning of the block is missing or was changed")
    if not found["end"]:
        raise Damaged("the block has no end; it was cut off or changed")
    readings = list(_readings(found["signs"]))
    if not readings:
        raise Damaged("characters of the block are missing, or others came in")
    for crc, text in readings:
        document = _inflate(text)
        if document is not None and zlib.crc32(document) == crc:
            return document
    raise Damaged("characters of the block were changed on the way")


def _readings(signs: str) -> Iterator[tuple[int, str]]:
    """Yield sum and text for each place where the length may end that then is right."""
    for digits in range(1, _MOST_DIGITS + 1):
        count, rest = signs[:digits], signs[digits:]
        crc, text = rest[:_CRC], rest[_CRC:]
        if not count.isdecimal() or not text or int(count) != len(text):
            continue
        if re.fullmatch(r"[0-9a-fA-F]{8}", crc):
            yield int(crc, 16), text


def _inflate(text: str) -> bytes | None:
    """Return what *text* holds, or None where it is no whole stream."""
    try:
        deflated = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        document = stream.decompress(deflated, MOST_JSON + 1)
    except (binascii.Error, zlib.error):
        return None
    if len(document) > MOST_JSON:
        raise Damaged(f"the block holds more than {MOST_JSON:,} bytes")
    return document if stream.eof and not stream.unused_data else None
