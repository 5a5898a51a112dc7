"""One stylesheet for a look: Material's rules that can match, ours, the seller's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import tinycss2  # type: ignore[import-untyped]  # has no types

from mapsite.errors import MapsiteError
from mapsite.room.markup import Vocabulary

Node = Any
"""A node of tinycss2, which has no types."""

_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
_EITHER_PSEUDO = frozenset({"is", "where", "matches", "-webkit-any", "-moz-any"})

Declarations = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold a selector list, or an at-rule like ``@page``, with its declarations."""

    head: str
    declarations: Declarations


@dataclass(frozen=True, slots=True)
class Group:
    """Hold an at-rule with rules inside: ``@media``, ``@supports``, ``@keyframes``."""

    head: str
    rules: tuple[Rule | Group, ...]


Tree = tuple["Rule | Group", ...]


def join_sheets(
    material: Iterable[str], own: Iterable[str], brand: Iterable[str], seen: Vocabulary
) -> str:
    """Return one compact stylesheet, in the order of the arguments.

    *material* loses every rule that can match nothing in *seen* and every variable and
    animation that nothing uses; *brand* is kept as it is.
    """
    ours = "".join(_write(_parse(sheet, None)) for sheet in own)
    theirs = "\n".join(brand)
    kept = tuple(rule for sheet in material for rule in _parse(sheet, seen))
    return _write(_without_unused(kept, ours + theirs)) + ours + theirs


def relink(sheet: str, place: str, find: Callable[[str], str]) -> str:
    """Return *sheet* without comments, with each ``url()`` replaced by *find*."""
    nodes = tinycss2.parse_component_value_list(sheet, skip_comments=True)
    _relink(nodes, place, find)
    return str(tinycss2.serialize(nodes)).strip() + "\n"


def _relink(nodes: list[Node], place: str, find: Callable[[str], str]) -> None:
    for node in nodes:
        if node.type == "at-keyword" and node.lower_value in {"import", "charset"}:
            raise MapsiteError(
                f"{place}:{node.source_line}: @{node.value} is not taken;"
                " name the file in extra_css of mkdocs.yml"
            )
        if node.type == "url":
            node.representation = f'url("{_travelled(node.value, find)}")'
        elif node.type == "function":
            if node.lower_name in {"url", "src", "image-set", "-webkit-image-set"}:
                _relink_strings(node.arguments, find)
            _relink(node.arguments, place, find)
        elif hasattr(node, "content") and isinstance(node.content, list):
            _relink(node.content, place, find)


def _relink_strings(nodes: list[Node], find: Callable[[str], str]) -> None:
    for node in nodes:
        if node.type == "string":
            node.representation = f'"{_travelled(node.value, find)}"'


def _travelled(url: str, find: Callable[[str], str]) -> str:
    inert = url.startswith(("#", "data:image/", "data:font/"))
    return url.replace('"', "%22") if inert else find(url)


def _parse(sheet: str, seen: Vocabulary | None) -> Tree:
    nodes = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return tuple(_rules(nodes, seen))


def _rules(nodes: list[Node], seen: Vocabulary | None) -> Iterable[Rule | Group]:
    for node in nodes:
        if node.type == "error":
            raise MapsiteError(f"a stylesheet of the theme: {node.message}")
        if node.type == "at-rule":
            yield from _at_rule(node, seen)
            continue
        head = _selectors(node.prelude, seen)
        declarations = _declarations(node.content)
        if head and declarations:
            yield Rule(head, declarations)


def _at_rule(node: Node, seen: Vocabulary | None) -> Iterable[Rule | Group]:
    name = node.lower_at_keyword
    head = f"@{name} {_compact(node.prelude)}".strip()
    if name in {"charset", "import"} or node.content is None:
        return
    if name in {"page", "font-face", "property"}:
        yield Rule(head, _declarations(node.content))
        return
    inner = tinycss2.parse_rule_list(
        node.content, skip_comments=True, skip_whitespace=True
    )
    rules = tuple(_rules(inner, None if name.endswith("keyframes") else seen))
    if rules:
        yield Group(head, rules)


def _declarations(content: list[Node]) -> Declarations:
    nodes = tinycss2.parse_blocks_contents(
        content, skip_comments=True, skip_whitespace=True
    )
    return tuple(
        (n.name, _compact(n.value) + ("!important" if n.important else ""))
        for n in nodes
        if n.type == "declaration"
    )


def _compact(nodes: list[Node]) -> str:
    plain = [node for node in nodes if node.type != "comment"]
    return re.sub(r"\s+", " ", tinycss2.serialize(plain)).strip()


def _selectors(prelude: list[Node], seen: Vocabulary | None) -> str:
    choices = _choices(prelude)
    kept = [c for c in choices if seen is None or _can_match(c, seen)]
    return ",".join(_compact(choice) for choice in kept)


def _choices(nodes: list[Node]) -> list[list[Node]]:
    choices: list[list[Node]] = [[]]
    for node in nodes:
        if node.type == "literal" and node.value == ",":
            choices.append([])
        else:
            choices[-1].append(node)
    return choices


def _can_match(selector: list[Node], seen: Vocabulary) -> bool:
    before = ""
    for node in selector:
        if not _known(node, before, seen):
            return False
        before = node.value if node.type == "literal" else ""
    return True


def _known(node: Node, before: str, seen: Vocabulary) -> bool:
    if node.type == "ident" and before == ".":
        return node.value in seen.attributes["class"]
    if node.type == "ident" and before != ":":
        return node.lower_value in seen.tags
    if node.type == "hash":
        return node.value in seen.attributes.get("id", ())
    if node.type == "[] block":
        return _has_attribute(_compact(node.content), seen)
    if node.type == "function" and node.lower_name in _EITHER_PSEUDO:
        return any(_can_match(choice, seen) for choice in _choices(node.arguments))
    return True


def _has_attribute(test: str, seen: Vocabulary) -> bool:
    parts = re.fullmatch(
        r"([\w-]+)(?:([~|^$*]?)=[\"']?([^\"']*)[\"']?)?(?: [is])?", test
    )
    if parts is None or parts[1] not in seen.attributes:
        return parts is None
    values, operator, wanted = seen.attributes[parts[1]], parts[2], parts[3]
    if wanted is None:
        return True
    return wanted in values if not operator else any(wanted in v for v in values)


def _without_unused(tree: Tree, others: str) -> Tree:
    animations = re.findall(r"animation(?:-name)?:([^;}]*)", _write(tree) + others)
    words = {word for value in animations for word in re.split(r"[\s,]+", value)}
    used = set(_VARIABLE.findall(others))
    values = dict[str, set[str]]()
    for name, value in _all_declarations(tree):
        found = set(_VARIABLE.findall(value))
        if name.startswith("--"):
            values.setdefault(name, set()).update(found)
        else:
            used |= found
    pending = list(used)
    while pending:
        fresh = values.get(pending.pop(), set()) - used
        used |= fresh
        pending += fresh
    return tuple(_only(tree, used, words))


def _all_declarations(tree: Tree) -> Iterable[tuple[str, str]]:
    for item in tree:
        if isinstance(item, Rule):
            yield from item.declarations
        else:
            yield from _all_declarations(item.rules)


def _only(tree: Tree, used: set[str], animations: set[str]) -> Iterable[Rule | Group]:
    for item in tree:
        if isinstance(item, Group):
            name = item.head.rpartition(" ")[2]
            if "keyframes" in item.head and name not in animations:
                continue
            rules = tuple(_only(item.rules, used, animations))
            if rules:
                yield Group(item.head, rules)
        else:
            kept = [d for d in item.declarations if d[0][:2] != "--" or d[0] in used]
            if kept:
                yield Rule(item.head, tuple(kept))


def _write(tree: Tree) -> str:
    parts = []
    for item in tree:
        if isinstance(item, Group):
            parts.append(f"{item.head}{{{_write(item.rules)}}}\n")
        else:
            body = ";".join(f"{name}:{value}" for name, value in item.declarations)
            parts.append(f"{item.head}{{{body}}}\n")
    return "".join(parts)
