"""Judge what became of a plan's text when an operation was written into it.

Read with PyYAML's own composer, line by line: nothing is shared with the editor but
`apply`, which says what the plan is to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from mapsite.errors import InvalidPlan
from mapsite.plan.operations import KEYED, Operation, Unapplicable, apply
from mapsite.plan.read import read_plan
from tests.changes.texts import compose, values_of

Tree = dict[str, Any]
Node = Any
"""A node of PyYAML, which has no types."""
Faults = dict[str, str]
"""What went wrong, by its kind: wrong, unparseable, misread, touched or note."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_NOTE = re.compile(r"(?:^|\s)# (above|inside|after|line) (\S+)(?: (\d+))?\s*$")


def wanted(tree: Tree, one: Operation) -> Tree | None:
    """Return what the plan is to say after *one*, None where it would be no plan."""
    try:
        after = apply([one], tree)
        # JSON is YAML in which nothing can be misread.
        read_plan(json.dumps(after, ensure_ascii=False).encode(), "plan.json")
    except (InvalidPlan, Unapplicable):
        return None
    return after


def judged(old: str, new: str, one: Operation, after: Tree) -> Faults:
    """Return what is wrong with the text *new*, which *one* made of *old*."""
    try:
        node = compose(new)
        if values_of(node) != after:
            return {"wrong": "it says something else"}
    except yaml.YAMLError as fault:
        return {"unparseable": str(fault)}
    found = {
        "misread": _misread(new, one),
        "touched": _touched(old, new, one),
        "note": _moved_note(old, new, node, one),
    }
    return {kind: why for kind, why in found.items() if why}


def _path(one: Operation) -> list[str]:
    """Return the keys and ids that lead to what *one* writes."""
    path = one.path.split("/")
    if one.op == "confirm":
        return [*path[:-1], "confirmed"]
    return [*path, "answer"] if one.op == "answer" else path


def _misread(new: str, one: Operation) -> str | None:
    """Tell which text another reader of YAML takes for something else."""
    if one.op not in {"set", "answer"} or not isinstance(one.new, str):
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d|\d|true", one.new):
        return None  # a day, a number or a truth is meant
    try:
        value: Any = yaml.load(new.removeprefix("\ufeff"), yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as fault:
        return f"it cannot be read: {fault}"
    for name in _path(one):
        if isinstance(value, list):
            value = next(item for item in value if item.get("id") == name)
        else:
            value = value[name]
    return None if value == one.new else f"{one.new!r} is read as {value!r}"


class _Spot(NamedTuple):
    """Hold the last key, what stands there and what is around both."""

    key: Node
    value: Node
    around: Node


def _spot(node: Node, path: list[str]) -> _Spot:
    key, around = None, None
    for name in path:
        around = node
        if isinstance(node, yaml.MappingNode):
            pairs = [pair for pair in node.value if pair[0].value == name]
            key, node = pairs[0] if pairs else (None, None)
        else:
            items = [item for item in node.value if values_of(item)["id"] == name]
            key = node = items[0]
    return _Spot(key, node, around)


def _touched(old: str, new: str, one: Operation) -> str | None:
    """Tell which line changed that is none of the target's."""
    before, after = _LINE.findall(old), _LINE.findall(new)
    first, last = _target(before, _spot(compose(old), _path(one)))
    if before[-1].strip("\r\n") == before[-1]:
        # Behind a last line without an end a line can only come with one.
        end = "\r\n" if before[0].endswith("\r\n") else "\n"
        before[-1] += end
        after[-1] += "" if after[-1].endswith(("\r", "\n")) else end
    top, bottom = before[:first], before[last:]
    if after[:first] != top:
        changed = (was for was, now in zip(top, after, strict=False) if was != now)
        return next(changed, "a line is gone")
    end_at = len(after) - len(bottom)
    if end_at < first or after[end_at:] != bottom:
        return "a line below the target"
    return _lost(before[first:last], after[first:end_at], one)


def _lost(before: list[str], after: list[str], one: Operation) -> str | None:
    """Tell which line of a whole map or list is gone, where something only came."""
    if one.op == "remove" or len(before) < 2 or not _only_adds(one):
        return None
    # In brackets the one before needs a comma, or has the new one in its line.
    left = iter([said.replace(",", "") for said in after])
    own = (said for said in before if said.strip() and not re.search(r"[][{},]", said))
    return next((said for said in own if said not in left), None)


def _only_adds(one: Operation) -> bool:
    """Tell whether nothing that stood there is to go."""
    if one.op in {"add", "ask"} or one.old is None:
        return True
    if not isinstance(one.old, list) or not isinstance(one.new, list):
        return False
    left = iter(one.new)
    return all(item in left for item in one.old)


def _target(lines: list[str], spot: _Spot) -> tuple[int, int]:
    """Return the lines, from 0 to before the last, that an operation may change."""
    key, value, around = spot
    if key is None:
        # A new field comes into its map, wherever its place is there.
        margin = around.start_mark.column
        start = around.start_mark.line if margin else 0
        return start, _with_notes(lines, _end(around, lines), margin)
    start = key.start_mark.line
    if value is key:
        # An item: its own lines, its notes and the empty lines beside them.
        end = _end(value, lines)
        end += lines[end : end + 1] != [] and lines[end].lstrip().startswith(",")
        end = _with_notes(lines, end, around.start_mark.column)
        first = _notes_above(lines, start)
        if len(around.value) > 1:
            return first, end
        return first - 1, max(end, _end(around, lines))
    below = value.start_mark.line > start and not isinstance(value, yaml.ScalarNode)
    margin = value.start_mark.column - 1 if below else len("".join(lines))
    return start, _with_notes(lines, max(_end(value, lines), start + 1), margin)


def _end(node: Node, lines: list[str]) -> int:
    """Return the line after the last one of *node*."""
    while not isinstance(node, yaml.ScalarNode) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    end = node.end_mark
    more = end.column > 0 or end.line == node.start_mark.line
    return min(end.line + more, len(lines))


def _with_notes(lines: list[str], at: int, column: int) -> int:
    """Go on over empty lines and the notes that stand deeper than *column*."""
    while at < len(lines):
        bare = lines[at].lstrip(" \t")
        deep = len(lines[at]) - len(bare) > column and bare.startswith("#")
        if bare.strip() and not deep:
            break
        at += 1
    return at


def _notes_above(lines: list[str], at: int) -> int:
    while at and re.match(r"\s*(#|-?\s*$)", lines[at - 1]):
        at -= 1
    return at


class _Mark(NamedTuple):
    """Hold what a note says of itself."""

    kind: str
    about: str
    number: str


def _marks(text: str) -> Iterator[tuple[_Mark, int]]:
    """Yield each note that says whose it is, and its line from 0."""
    for line, said in enumerate(_LINE.findall(text)):
        if found := _NOTE.search(said):
            yield _Mark(found[1], found[2], found[3] or ""), line


def _moved_note(old: str, new: str, node: Node, one: Operation) -> str | None:
    """Tell which note is lost, or stands where it does not belong."""
    kept, path = {mark for mark, _ in _marks(new)}, "/".join(_path(one))
    for mark, _ in _marks(old):
        inside = mark.kind != "after" and f"{mark.about}/".startswith(f"{path}/")
        if mark not in kept and not (inside and one.op not in {"add", "ask"}):
            return f"{mark} is gone"
        if mark in kept and inside and one.op == "remove":
            return f"{mark} stayed"
    lines = _LINE.findall(new)
    wrong = (
        mark for mark, line in _marks(new) if not _in_place(mark, line, lines, node)
    )
    return str(next(wrong, "")) or None


def _in_place(mark: _Mark, line: int, lines: list[str], node: Node) -> bool:
    """Tell whether a note stands beside what it is about."""
    names = mark.about.split("/")
    if mark.kind == "after":
        key = _spot(node, names).key
        return key is None or _next_content(lines, line) == key.start_mark.line
    if names[0] not in KEYED:
        return True
    if mark.kind == "line":
        key = _spot(node, names[:3]).key if len(names) == 3 else None
        return key is None or key.start_mark.line <= line
    if len(names) > 2:
        return True
    _, item, around = _spot(node, names)
    first = item.start_mark.line
    if mark.kind == "above":
        return _next_content(lines, line) == first
    end = _with_notes(lines, _end(item, lines), around.start_mark.column)
    return bool(first < line < end)


def _next_content(lines: list[str], number: int) -> int:
    """Return the next line with more than a note or a mere dash."""
    for at in range(number + 1, len(lines)):
        if not re.match(r"\s*(#|-?\s*$)", lines[at]):
            return at
    return len(lines)
