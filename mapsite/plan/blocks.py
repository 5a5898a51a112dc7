"""Read the many versions of one plan, each block of their text only once.

From one version to the next most of a plan stays as it was. A text is cut where a key
or an item of a list begins at the margin; a block that makes no sense by itself (a
quoted text went on over the cut) makes the whole text be read at once.
"""

from __future__ import annotations

import re
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
        text = raw.removeprefix(_MARK)
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        try:
            return self._by_blocks(text)
        except _Unclear:
            return self._whole(text)

    def _by_blocks(self, text: bytes) -> Tree:
        starts = [found.start() for found in _KEY.finditer(text)]
        if not starts or _DOCUMENTS.search(text):
            raise _Unclear
        if not _ONLY_COMMENTS.fullmatch(text, 0, starts[0]):
            raise _Unclear
        tree: Tree = {}
        keys: set[str] = set()
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            block = text[start:end]
            key = block[: block.index(b":")].decode("ascii")
            if key in keys:
                raise _Unclear
            keys.add(key)
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
        first = _FIRST_ITEM.match(block)
        if first is None:
            return None
        dash = b"\n" + first[1] + b"- "
        items: list[Any] = []
        for text in block.split(dash)[1:]:
            found = self._whole(key.encode() + b":" + dash + text)
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


def buyer_of(raw: bytes) -> str | None:
    """Return by what name a version calls the buyer, or None where it does not."""
    tree = Blocks().tree(raw)
    buyer = tree.get("buyer") if tree else None
    name = buyer.get("name") if isinstance(buyer, dict) else None
    return " ".join(name.casefold().split()) if isinstance(name, str) else None
