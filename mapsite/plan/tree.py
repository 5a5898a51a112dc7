"""Grow the tree of a plan's text, and note what must not stand in one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mapsite.errors import Problem
from mapsite.plan.decode import Unreadable, control_in
from mapsite.plan.nodes import Mapping, Node, Scalar, Sequence, Source
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
    _keys: list[Scalar | None] = field(default_factory=list)
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
        self._keys.append(None)
        if len(self.open) > MOST_DEPTH:
            what = f"at most {MOST_DEPTH} levels of lists and maps"
            raise _stop(node, "depth", f"expected {what}, got more")

    def finish(self, end: int) -> None:
        """Take the end of the innermost list or map, which only brackets tell."""
        node = self.open.pop()
        self._keys.pop()
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
        elif (key := self._keys[-1]) is None:
            self._add_key(parent, node)
        else:
            self._keys[-1] = None
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
        self._keys[-1] = node


def problems_of(faults: list[Fault], source: Source) -> list[Problem]:
    """Give *faults* their addresses in the finished tree."""
    spots = {id(spot.node): spot for spot in source.spots()} if faults else {}
    return [
        _problem(
            fault,
            source.file,
            spots[id(fault.node)].address,
            hidden=spots[id(fault.node)].hidden,
        )
        for fault in faults
    ]


def problems_of_part(faults: list[Fault], file: str) -> list[Problem]:
    """Tell *faults* of an unfinished tree: what is internal in it is not known."""
    return [_problem(fault, file, "", hidden=True) for fault in faults]


def _problem(fault: Fault, file: str, address: str, *, hidden: bool) -> Problem:
    node = fault.node
    value = got(node.text if isinstance(node, Scalar) else "", hidden=hidden)
    message = fault.message.replace("{value}", value)
    return Problem(file, node.line, node.column, address, fault.rule, message)


def _stop(node: Node, rule: str, message: str) -> Unreadable:
    return Unreadable((node.line - 1, node.column - 1), rule, message)
