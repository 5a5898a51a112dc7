"""The tree of a plan's text: every value with its line, its span and its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mapsite.plan.wording import in_line

LINKS = "links"
"""The plan's private addresses, of which messages tell no value."""

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_LONGEST = 64
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(slots=True)
class Scalar:
    """One text as it stands in the file."""

    line: int
    """From 1."""
    column: int
    """From 1."""
    start: int
    """Place of the first character in the text of the file, from 0."""
    end: int
    """Place after the last character; a block ends before its final newline."""
    text: str = ""
    """The text that is meant, without quotes and with lines folded."""
    style: str = ""
    """Nothing where it is plain, ``'`` or ``"`` quoted, ``|`` or ``>`` a block."""

    @property
    def plain(self) -> bool:
        """Tell whether it stands there without quotes."""
        return not self.style

    @property
    def nothing(self) -> bool:
        """Tell whether the value was left empty, which counts as missing."""
        return self.text in _NOTHING and not self.style


@dataclass(slots=True)
class Sequence:
    """One list."""

    line: int
    column: int
    start: int
    end: int
    flow: bool = False
    """Written in brackets."""
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """One map; a repeated key stands in `entries` twice and counts as its first."""

    line: int
    column: int
    start: int
    end: int
    flow: bool = False
    """Written in braces."""
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    """Place in `entries` of each key."""
    hidden: bool = False
    """The map says of itself that it stays internal."""

    def entry(self, key: str) -> tuple[Scalar, Node] | None:
        """Return *key* and its value as they stand, also when the value is empty."""
        place = self.places.get(key, len(self.entries))
        # Of a text that breaks off, a key may have a place without an entry yet.
        return self.entries[place] if place < len(self.entries) else None

    def get(self, key: str) -> Node | None:
        """Return the value of *key* when it is there and not empty."""
        found = self.entry(key)
        node = found[1] if found else None
        return None if isinstance(node, Scalar) and node.nothing else node

    def text(self, key: str) -> str | None:
        """Return the text of *key*, or None when it has none."""
        node = self.get(key)
        return node.text if isinstance(node, Scalar) else None

    def add(self, key: Scalar, value: Node) -> None:
        """Take one more field, which may say that the map stays internal."""
        self.entries.append((key, value))
        if key.text == "internal" and isinstance(value, Scalar):
            self.hidden |= not value.nothing and value.text != "false"


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Spot:
    """A node, its address, and whether messages must keep quiet about what it says."""

    node: Node
    address: str
    hidden: bool
    exact: bool = True
    """False where the file ends before the path does: the node is the nearest one."""
    sealed: bool = False
    """Inside an internal field, of which not even the keys are told."""

    def key(self, name: str, node: Node) -> Spot:
        """Go to *node*, which stands under *name* in this map."""
        if self.sealed:
            return replace(self, node=node)
        sealed = name == "internal"
        hidden = self.hidden or sealed or (isinstance(node, Mapping) and node.hidden)
        # Who reads a nonce in a message is half-way to the room.
        hidden = hidden or (name == LINKS and not self.address)
        return Spot(node, join(self.address, name), hidden, sealed=sealed)

    def at(self, *names: str) -> Spot | None:
        """Go down through maps by *names*; None where one is missing or empty."""
        spot = self
        for name in names:
            node = spot.node.get(name) if isinstance(spot.node, Mapping) else None
            if node is None:
                return None
            spot = spot.key(name, node)
        return spot

    def each(self, *names: str) -> list[Spot]:
        """Return the items of the list at *names*; what is no list is its one item."""
        spot = self.at(*names)
        if spot is None or not isinstance(spot.node, Sequence):
            return [spot] if spot else []
        return [spot.item(place, node) for place, node in enumerate(spot.node.items)]

    @property
    def text(self) -> str | None:
        """Return the text that stands here, or None where there is none."""
        node = self.node
        return node.text if isinstance(node, Scalar) and not node.nothing else None

    def item(self, place: int, node: Node) -> Spot:
        """Go to *node*, which is the item at *place* of this list, from 0."""
        if self.sealed:
            return replace(self, node=node)
        hidden = self.hidden or (isinstance(node, Mapping) and node.hidden)
        name = None if hidden or not isinstance(node, Mapping) else node.text("id")
        if name is None or not _NAME.fullmatch(name):
            name = str(place + 1)
        return Spot(node, f"{self.address}/{name}", hidden)


@dataclass(frozen=True, slots=True)
class Source:
    """Hold the text of one plan and the tree of its values."""

    file: str
    text: str
    """As in the file, a byte order mark included."""
    root: Mapping
    _data: dict[str, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def data(self) -> dict[str, Any]:
        """Return the values alone: maps, lists and texts, empty fields left out.

        Made once: nobody may change what is returned.
        """
        if not self._data:
            self._data.update(_values_of(self.root))
        return self._data

    def locate(self, address: str) -> Node | None:
        """Return the value at ``steps/security-review/due``, or None.

        An item of a list is named by its ``id``, or by its number from 1.
        """
        node: Node | None = self.root
        for name in address.split("/") if address else ():
            if isinstance(node, Mapping):
                found = node.entry(name)
                node = found[1] if found else None
            elif isinstance(node, Sequence):
                node = _named(node, name)
            else:
                return None
        return node

    def top(self) -> Spot:
        """Return the whole plan as a spot."""
        return Spot(self.root, "", self.root.hidden)

    def trace(self, path: tuple[int | str, ...]) -> Spot:
        """Follow keys and places from 0 as far as the file has them.

        A place in what is no list, or a key in a mere text, stays where it is: there
        the schema lets one item stand for a list, and a text for a map.
        """
        spot = self.top()
        for at, part in enumerate(path):
            node = spot.node
            if isinstance(node, Sequence) and isinstance(part, int):
                spot = spot.item(part, node.items[part])
            elif isinstance(node, Mapping) and isinstance(part, str):
                found = node.entry(part)
                if not found:
                    address = spot.address
                    for name in path[at:]:
                        address = join(address, str(name))
                    return replace(spot, address=address, exact=False)
                spot = spot.key(part, found[1])
        return spot

    def spots(self) -> Iterator[Spot]:
        """Walk over every key and every value."""
        yield from _walk(self.top())


def join(address: str, name: str) -> str:
    """Add one name to *address*, in one line whatever the name is."""
    if len(name) > _LONGEST or not name.isidentifier():
        name = in_line(name, _LONGEST)
    return f"{address}/{name}" if address else name


def _walk(spot: Spot) -> Iterator[Spot]:
    yield spot
    if isinstance(spot.node, Sequence):
        for place, item in enumerate(spot.node.items):
            yield from _walk(spot.item(place, item))
    elif isinstance(spot.node, Mapping):
        for key, value in spot.node.entries:
            yield spot.key(key.text, key)
            yield from _walk(spot.key(key.text, value))


def _named(sequence: Sequence, name: str) -> Node | None:
    for item in sequence.items:
        if isinstance(item, Mapping) and item.text("id") == name:
            return item
    place = int(name) if re.fullmatch(r"[1-9]\d{0,4}", name, re.ASCII) else 0
    return sequence.items[place - 1] if 0 < place <= len(sequence.items) else None


def _values(node: Node) -> Any:  # noqa: ANN401  # a tree of maps, lists and texts
    if isinstance(node, Scalar):
        return None if node.nothing else node.text
    if isinstance(node, Sequence):
        return [_values(item) for item in node.items]
    return _values_of(node)


def _values_of(mapping: Mapping) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, node in mapping.entries:
        if not (isinstance(node, Scalar) and node.nothing):
            values.setdefault(key.text, _values(node))
    return values
