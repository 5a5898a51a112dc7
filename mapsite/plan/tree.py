"""Grow the tree of a plan's text, and note what must not stand in one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from mapsite.errors import Problem
from mapsite.plan.decode import Unreadable, control_in
from mapsite.plan.nodes import Mapping, Node, Scalar, Sequence, Source, Spot, join
from mapsite.plan.wording import got, in_lines

MOST_DEPTH = 30
MOST_ITEMS = 2_000
"""Of all lists together."""

_WORD_AFTER_HASH = re.compile(r"[ \t]*#[^\s#]")
_TRICKS = {
    "alias": 'expected a value, got an alias (a word after "*"); quote the text',
    "anchor": 'expected a value, got an anchor (a word after "&"); quote the text',
    "comment": "expected a value, got nothing, because # begins a comment; quote it",
    "merge": 'expected a key, got a merge ("<<"); write the fields out',
    "tag": 'expected a value, got a tag (a word after "!"); quote the text',
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Hold one fault of the text; reading went on after it."""

    node: Node
    rule: str
    message: str
    """With ``{value}`` where the node's text belongs, if it may be shown."""


@dataclass(slots=True)
class Tree:
    """Take the values of one text in their order, without recursion."""

    text: str
    root: Node | None = None
    faults: list[Fault] = field(default_factory=list)
    open: list[Sequence | Mapping] = field(default_factory=list)
    """From the outermost to the innermost list or map that has not ended yet."""
    last: Scalar | None = None
    """The text that came last."""
    keys: list[Scalar | None] = field(default_factory=list)
    """The key that waits for its value, for every open list or map."""
    _items: int = 0

    def scalar(self, node: Scalar) -> None:
        """Take one text."""
        if node.style:
            self._look_at_style(node)
        elif node.start == node.end and _WORD_AFTER_HASH.match(self.text, node.end):
            self.trick(node, "comment")
        self.last = node
        self._add(node)

    def begin(self, node: Sequence | Mapping) -> None:
        """Take the start of a list or a map."""
        self._add(node)
        self.open.append(node)
        self.keys.append(None)
        if len(self.open) > MOST_DEPTH:
            what = f"at most {MOST_DEPTH} levels of lists and maps"
            raise _stop(node, "depth", f"expected {what}, got more")

    def finish(self, end: int) -> None:
        """Take the end of the innermost list or map, which only brackets tell."""
        node = self.open.pop()
        self.keys.pop()
        if node.flow:
            node.end = end
        elif isinstance(node, Mapping):
            key, value = node.entries[-1]
            node.end = max(key.end, value.end)
        else:
            node.end = node.items[-1].end

    def trick(self, node: Node, rule: str) -> None:
        """Note that *node* uses a trick of YAML that plans do without."""
        self.faults.append(Fault(node, rule, _TRICKS[rule]))

    def whole(self) -> Mapping:
        """Return the map that a plan is; raise `Unreadable` when it is none."""
        root, what, place = self.root, "nothing", (0, 0)
        if isinstance(root, Mapping):
            return root
        if isinstance(root, Sequence) or (root and not root.nothing):
            place = (root.line - 1, root.column - 1)
            what = got(root.text) if isinstance(root, Scalar) else "a list"
        message = f"expected a map with title, goal, buyer and seller, got {what}"
        raise Unreadable(place, "map", message)

    def _add(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            self._items += 1
            if self._items > MOST_ITEMS:
                what = f"at most {MOST_ITEMS:,} items in all lists"
                raise _stop(node, "size", f"expected {what}, got more")
        elif (key := self.keys[-1]) is None:
            self._add_key(parent, node)
        else:
            self.keys[-1] = None
            parent.add(key, node)

    def _look_at_style(self, node: Scalar) -> None:
        if node.style == '"' and (message := control_in(node.text)):
            self.faults.append(Fault(node, "control-character", message))
        if node.style in {"|", ">"}:
            node.end = node.start + len(self.text[node.start : node.end].rstrip())

    def _add_key(self, parent: Mapping, node: Node) -> None:
        if not isinstance(node, Scalar):
            what = "a map" if isinstance(node, Mapping) else "a list"
            help_ = "quote a text that begins with a bracket"
            message = f"expected a text as key, got {what}; {help_}"
            raise _stop(node, "key", message)
        if node.text == "<<" and node.plain:
            self.trick(node, "merge")
        first = parent.places.setdefault(node.text, len(parent.entries))
        if first != len(parent.entries):
            lines = in_lines(parent.entries[first][0].line, node.line)
            message = f"expected each key once, got {{value}} {lines}"
            self.faults.append(Fault(node, "duplicate-key", message))
        self.keys[-1] = node


def problems_of(faults: list[Fault], source: Source) -> list[Problem]:
    """Give *faults* their addresses in the finished tree."""
    spots = list(source.spots()) if faults else []
    return _placed(faults, source.file, spots)


def problems_of_part(tree: Tree, file: str, rest: str) -> list[Problem]:
    """Tell the faults of a tree that ends where *rest* of the text begins."""
    return _placed(tree.faults, file, spots_of_part(tree, rest))


def spots_of_part(tree: Tree, rest: str) -> list[Spot]:
    """Return the keys and values of an unfinished tree, in their order.

    An item that *rest* of the text may still call internal counts as such.
    """
    if not isinstance(tree.root, Mapping):
        return []
    for around, node in pairwise(tree.open or _last_ones(tree.root)):
        if isinstance(around, Sequence) and isinstance(node, Mapping):
            node.hidden |= "internal" in _rest_of_item(node, rest)
    spots = list(Source("", tree.text, tree.root).spots())
    places = {id(spot.node): spot for spot in spots}
    for node, key in zip(tree.open, tree.keys, strict=True):
        if key is not None:
            spots.append(places[id(node)].key(key.text, key))
    return spots


def _last_ones(node: Node) -> list[Node]:
    """Return the lists and maps that reach to the end of the text."""
    found = [node]
    while not isinstance(node, Scalar) and not node.flow:
        node = node.entries[-1][1] if isinstance(node, Mapping) else node.items[-1]
        found.append(node)
    return found


def _rest_of_item(item: Mapping, rest: str) -> str:
    """Return of *rest* what may belong to the unfinished *item*."""
    if item.flow:
        return rest
    further_left = rf"\n {{0,{max(item.column - 2, 0)}}}(?=[^\s#])"
    return re.split(further_left, rest, maxsplit=1)[0]


def _placed(faults: list[Fault], file: str, spots: list[Spot]) -> list[Problem]:
    places = {id(spot.node): spot for spot in spots}
    nowhere = Spot(Scalar(1, 1, 0, 0), "", hidden=True)
    return [
        _problem(fault, file, places.get(id(fault.node), nowhere)) for fault in faults
    ]


def _problem(fault: Fault, file: str, spot: Spot) -> Problem:
    node = fault.node
    text = node.text if isinstance(node, Scalar) else ""
    value = got(text, hidden=spot.hidden)
    message = fault.message.replace("{value}", value)
    address = spot.address
    if fault.rule == "duplicate-key" and spot.hidden and not spot.sealed:
        # A key that no plan knows may say as much as a value.
        address = address.removesuffix(join("", text)).rstrip("/")
    return Problem(file, node.line, node.column, address, fault.rule, message)


def _stop(node: Node, rule: str, message: str) -> Unreadable:
    return Unreadable((node.line - 1, node.column - 1), rule, message)
