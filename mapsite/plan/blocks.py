"""Read the many versions of one plan, each block of their text only once.

From one version to the next most of a plan stays as it was. A text is cut where a key
or an item of a list begins at the margin; a block that makes no sense by itself (a
quoted text went on over the cut) makes the whole text be read at once.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from mapsite.errors import InvalidPlan
from mapsite.plan.decode import BOM
from mapsite.plan.source import parse

_KEY = re.compile(rb"^[A-Za-z_][A-Za-z0-9_-]*:(?=[ \n]|\Z)", re.MULTILINE)
_ONLY_COMMENTS = re.compile(rb"(?:[ \t]*(?:#.*)?(?:\n|\Z))*")
_DOCUMENTS = re.compile(rb"^(?:---|\.\.\.|%)", re.MULTILINE)
_FIRST_ITEM = re.compile(rb"[A-Za-z_-]+:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*( *)- ")
_MARK = BOM.encode()

Tree = dict[str, Any]


class _Unclear(Exception):  # noqa: N818  # no error: the whole text is read instead
    """Say that a text cannot be read block by block."""


class Blocks:
    """Remember what each block of text says."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._read: dict[bytes, Tree | None] = {}
        self._lists: dict[bytes, list[Any] | None] = {}

    def tree(self, raw: bytes) -> Tree | None:
        """Return the values of one version, or None where it was no plan.

        Trees share what their texts share: nobody may change one.
        """
        text = _plain(raw)
        try:
            return self._by_blocks(text)
        except _Unclear:
            return self._whole(text)

    def learn(self, raw: bytes, tree: Tree) -> None:
        """Remember that *raw* says *tree*, so that what is like it is not read."""
        try:
            blocks = _blocks(_plain(raw))
        except _Unclear:
            return
        if blocks.keys() != tree.keys():
            return
        for key, block in blocks.items():
            items, texts = tree[key], _texts(key, block)
            if texts is None:
                self._read[block] = {key: items}
            elif isinstance(items, list) and len(items) == len(texts):
                for text, item in zip(texts, items, strict=True):
                    self._read[text] = {key: [item]}

    def _by_blocks(self, text: bytes) -> Tree:
        tree: Tree = {}
        for key, block in _blocks(text).items():
            items = self._items(key, block)
            if items is not None:
                tree[key] = items
            elif (found := self._whole(block)) is None or not found.keys() <= {key}:
                raise _Unclear
            else:
                tree |= found
        return tree

    def _items(self, key: str, block: bytes) -> list[Any] | None:
        """Return the items of a list, or None where *block* is better read at once."""
        if block not in self._lists:
            self._lists[block] = self._each_item(key, block)
        return self._lists[block]

    def _each_item(self, key: str, block: bytes) -> list[Any] | None:
        texts = _texts(key, block)
        if texts is None:
            return None
        items: list[Any] = []
        for text in texts:
            found = self._whole(text)
            item = found.get(key) if found else None
            if not isinstance(item, list) or len(item) != 1:
                return None
            items += item
        return items

    def _whole(self, text: bytes) -> Tree | None:
        if text not in self._read:
            try:
                self._read[text] = parse(text, "").data()
            except InvalidPlan:
                self._read[text] = None
        return self._read[text]


def _plain(raw: bytes) -> bytes:
    text = raw.removeprefix(_MARK)
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _blocks(text: bytes) -> dict[str, bytes]:
    """Return the text of each key at the top; raise `_Unclear` where unsure."""
    starts = [found.start() for found in _KEY.finditer(text)]
    if not starts or _DOCUMENTS.search(text):
        raise _Unclear
    if not _ONLY_COMMENTS.fullmatch(text, 0, starts[0]):
        raise _Unclear
    blocks: dict[str, bytes] = {}
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        block = text[start:end]
        key = block[: block.index(b":")].decode("ascii")
        if key in blocks:
            raise _Unclear
        blocks[key] = block
    return blocks


def _texts(key: str, block: bytes) -> list[bytes] | None:
    """Return each item of a list as a list of one, None where *block* is none."""
    first = _FIRST_ITEM.match(block)
    if first is None:
        return None
    dash = b"\n" + first[1] + b"- "
    return [key.encode() + b":" + dash + text for text in block.split(dash)[1:]]


def seller_of(raw: bytes) -> str | None:
    """Return the seller's name as a plan writes it, or None where it does not."""
    with suppress(_Unclear, KeyError):  # then all of it is read
        raw = _blocks(_plain(raw))["seller"]
    tree = Blocks().tree(raw)
    seller = tree.get("seller") if tree else None
    name = seller.get("name") if isinstance(seller, dict) else None
    return " ".join(name.split()) or None if isinstance(name, str) else None


def buyer_of(raw: bytes) -> str | None:
    """Return by what name a version calls the buyer, or None where it does not."""
    tree = Blocks().tree(raw)
    buyer = tree.get("buyer") if tree else None
    name = buyer.get("name") if isinstance(buyer, dict) else None
    return " ".join(name.casefold().split()) if isinstance(name, str) else None
