"""Fill a template's text: names, dates and the head; all else stays as written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date

from mapsite.plan.nodes import Mapping as Fields, Node, Scalar, Source

OPEN = "tbd"
_NAME = re.compile(r"\$(buyer|seller)\b")
_PLAIN = re.compile(r"(?!(?i:null)$)[^\W_]([\w &'.-]*[\w'.])?")
"""Names that mean the same in any text of YAML, with and without quotes."""
_PADDING = re.compile(r" +(?=#)")
_SCHEMA = "# yaml-language-server: $schema=../plan.schema.json"


class Filling:
    """Gather what is to change in one template's text, and change it."""

    def __init__(self, source: Source) -> None:
        """Begin with *source* as it is."""
        self._source = source
        self._edits: dict[tuple[int, int], str] = {}

    def name(self, names: Mapping[str, str]) -> None:
        """Put the companies' names in place of $buyer and $seller, in every text."""
        for spot in self._source.spots():
            node = spot.node
            if isinstance(node, Scalar) and _NAME.search(node.text):
                self._edits[node.start, node.end] = self._named(node, names)

    def date(self, address: str, day: date | None) -> None:
        """Write *day* at *address* where ``tbd`` stands there."""
        node = self._source.locate(address)
        if day and isinstance(node, Scalar) and node.text == OPEN:
            self._replace(node, day.isoformat())

    def put(self, key: str, value: str, *above: str) -> None:
        """Write the field *key* of the map at *above*, whatever stood there."""
        parent = self._source.locate("/".join(above))
        if not isinstance(parent, Fields):
            self.put(above[-1], f"{{{key}: {value}}}", *above[:-1])
            return
        found = parent.entry(key)
        if found is None:
            self._insert_first(parent, f"{key}: {value}")
        elif isinstance(found[1], Scalar) and found[1].nothing:
            self._insert(found[0].end + 1, f" {value}")
        else:
            self._replace(found[1], value)

    def text(self, head: str) -> str:
        """Return the filled text, with *head* in place of the comment at the top."""
        text = self._source.text
        for (start, end), new in sorted(self._edits.items(), reverse=True):
            text = text[:start] + new + text[_without_padding(text, end, start, new) :]
        return f"{_SCHEMA}\n#\n{head}\n{_body(text)}"

    def _replace(self, node: Node, new: str) -> None:
        self._edits[node.start, node.end] = new

    def _insert(self, at: int, new: str) -> None:
        self._edits[at, at] = self._edits.get((at, at), "") + new

    def _insert_first(self, parent: Fields, field: str) -> None:
        """Put *field* before the others of *parent*, in the way these are written."""
        if parent.flow:
            self._insert(parent.start + 1, f"{field}, ")
        else:
            self._insert(parent.start, f"{field}\n{' ' * (parent.column - 1)}")

    def _named(self, node: Scalar, names: Mapping[str, str]) -> str:
        if node.style in {"|", ">"}:
            raw = self._source.text[node.start : node.end]
            return _NAME.sub(lambda name: _in_line(names[name[1]]), raw)
        filled = _NAME.sub(lambda name: names[name[1]], node.text)
        safe = node.plain and all(map(_PLAIN.fullmatch, names.values()))
        return filled if safe else quoted(filled)


def plain(name: str) -> str:
    """Return *name* as YAML, in quotes only where it needs them."""
    return name if _PLAIN.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """Return *text* as YAML, on one line and in quotes."""
    # A JSON string is a YAML string; bytes that are no text arrive as lone surrogates.
    return json.dumps(text.encode(errors="replace").decode(), ensure_ascii=False)


def top_comment(text: str) -> list[str]:
    """Return the lines of the comment at the top of a template, without the marks."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith("# yaml-language-server:"):
            lines.append(line.lstrip("#").strip())
    return lines


def _in_line(name: str) -> str:
    """Return *name* so that it cannot end the block of text that it stands in."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def _without_padding(text: str, end: int, start: int, new: str) -> int:
    """Return where the text goes on, so that a note behind keeps its column."""
    padding = _PADDING.match(text, end)
    grown = max(len(new) - (end - start), 0)
    return end + max(min(grown, len(padding[0]) - 2), 0) if padding else end


def _body(text: str) -> str:
    """Return *text* without the comment at its top."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    while lines and lines[0].startswith("#"):
        del lines[0]
    return "".join(lines)
