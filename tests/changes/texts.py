"""Plans as people write them: real ones, and the same in all the ways YAML has.

Each note that is put in says whose it is, so that a test knows where it has to stand:
``# above A`` over the item A, ``# inside A`` below it and deeper, ``# line A`` behind a
field of A, ``# after KEY`` below a list, over the field KEY.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PLANS = [
    path
    for folder in ("plans", "tests/plans", "tests/plans/real")
    for path in sorted((ROOT / folder).glob("*.yaml"))
]
LONG = " ".join(f"word{number} of a long reason" for number in range(26))[:598] + "."
LINES = [
    *("no", "Off", "y", "true", "null", "~", "12:30", "1.10", "0x1f", "1e5", "1_000"),
    *("a: b # c", "#1", "- x", "? q", "key:", "{x}", "[x", "a, b", "&a *b", "!tag"),
    *("| x", "> y", "%x", "@a", "`b`", "=", "<<", "---", "...", "'q'", '"', "it's"),
    *('say "no"', "back\\slash", "x, y: z", "50 %", "$80K ACV", "2026-05-01"),
    *("2026-5-1", " leading", "trailing ", "two  spaces", "é ü ß", "李 Łukasz", "🙂"),
    *("tab\there", "nbsp\u00a0x", "zero\u200bwidth", "https://a.example/x?y=1#z"),
    *("Report arrives on 30 May", "Approval mail from InfoSec", "One year", "Lee"),
    *("Contract signed, first use case live", "Legal — redlines (round 2)", LONG),
]
RARE = ["line\u2028separator", "bell\x07", "\u202eturned"]
"""What no plan may hold."""
PROSE = [
    "One line.",
    "Two\nlines.",
    "Two\nlines.\n",
    "A paragraph.\n\n- a list\n- of two\n\n# no note\n",
    "  begins with space\nand goes on",
    "ends with spaces  \nand goes on",
    "many\n\n\n\nempty lines\n\n",
    "\nbegins empty",
    "tab\there\nand: there # no note",
    "é 李 🙂\nunicode\n",
    f"{LONG}\n{LONG}\n",
    LONG,
]


def values_of(node: Any) -> Any:  # noqa: ANN401  # a tree of PyYAML's nodes
    """Return what a composed text says: maps, lists, texts, and None for nothing."""
    if isinstance(node, yaml.MappingNode):
        found = [(key.value, values_of(value)) for key, value in node.value]
        return {key: value for key, value in found if value is not None}
    if isinstance(node, yaml.SequenceNode):
        return list(map(values_of, node.value))
    empty = node.value in {"", "~", "null", "Null", "NULL"} and not node.style
    return None if empty else node.value


def compose(text: str) -> Any:  # noqa: ANN401  # PyYAML's nodes
    """Return the nodes of a text, by PyYAML's own slow reader."""
    return yaml.compose(text.removeprefix("\ufeff"), yaml.CSafeLoader)


class Writer:
    """Write one plan's values in the many ways of YAML, with notes."""

    def __init__(self, chance: random.Random) -> None:
        """Choose what the whole file has in common."""
        self.chance = chance
        self.lines: list[str] = []
        self.notes = chance.choice([0, 0.2, 0.5])
        self.flow = chance.choice([0, 0.2, 0.6])
        self.blank = chance.choice([0, 0, 0.3, 1])
        self.odd = chance.choice([0, 0, 0.05])
        self.empty = chance.choice(["", "", "", "   "])
        # What few people write, and ruamel.yaml cannot read.
        tab = [] if chance.random() < 0.97 else ["\t"]
        self.spaces = [" ", "  ", "      ", *tab]
        self.count = 0

    def plan(self, tree: dict[str, Any]) -> str:
        """Return the text of a plan that says *tree*."""
        after = False
        for key, value in tree.items():
            if self.some(0.5):
                self.lines.append(self.empty)
            if after and self.some():
                self.lines.append(f"# after {key}")
            elif self.some():
                self.lines.append(f"# {'=' * 20} {key}" if self.some() else "# free")
            self.field(key, value, 0, key)
            after = isinstance(value, list) and bool(value)
        return "\n".join(self.lines)

    def some(self, chance: float | None = None) -> bool:
        """Tell whether something is to be there."""
        return self.chance.random() < (self.notes if chance is None else chance)

    def note(self, address: str) -> str:
        """Return a note behind a line, or nothing."""
        if not self.some():
            return ""
        self.count += 1
        space = self.chance.choice(self.spaces)
        return f"{space}# line {address} {self.count}"

    def field(self, key: str, value: Any, indent: int, address: str) -> None:  # noqa: ANN401  # any value
        """Write a field in lines of its own."""
        name = f'"{key}"' if self.some(0.03) else key
        name += " " if self.some(self.odd) else ""
        gap = self.chance.choice([" "] * 9 + ["   "])
        start = f"{' ' * indent}{name}:"
        if not isinstance(value, str) and self.some(self.flow):
            written = self.flowing(value)
            if len(written) < 200:
                self.lines.append(f"{start}{gap}{written}{self.note(address)}")
                return
        if isinstance(value, list) and value:
            if self.some(0.2 if isinstance(value[0], str) else self.flow / 4):
                self.brackets(value, start, indent, address)
                return
            self.lines.append(start + self.note(address))
            self.list(value, indent, address)
        elif isinstance(value, dict) and value:
            self.lines.append(start + self.note(address))
            deeper = indent + self.chance.choice([1, 2, 2, 2, 4])
            for name_inside, one in value.items():
                self.field(name_inside, one, deeper, f"{address}/{name_inside}")
        elif isinstance(value, str):
            self.text(value, f"{start}{gap}", indent, address)
        else:
            self.lines.append(f"{start}{gap}{json.dumps(value)}{self.note(address)}")

    def list(self, items: list[Any], indent: int, address: str) -> None:
        """Write the items of a list, each behind its dash."""
        margin = indent + self.chance.choice([0, 2, 2, 4])
        dash = "-" + self.chance.choice([" "] * 6 + ["   "])
        blank = self.some(self.blank)
        for place, item in enumerate(items):
            one = item.get("id") if isinstance(item, dict) else None
            at = f"{address}/{one or place}"
            if place and blank:
                self.lines.append(self.empty)
            if place and self.some(0.1):
                self.lines += [f"{' ' * margin}# --- heading ---", ""]
            if self.some():
                self.lines.append(f"{' ' * margin}# above {at}")
            self.item(item, margin, dash, at)
            if self.some(self.notes / 3):
                self.lines.append(f"{' ' * (margin + 2)}# inside {at}")

    def item(self, item: Any, margin: int, dash: str, address: str) -> None:  # noqa: ANN401  # any value
        """Write what follows a dash."""
        start = " " * margin + dash
        simple = not isinstance(item, dict | list) or not item
        if isinstance(item, str):
            self.text(item, start, margin, address)
        elif simple or self.some(self.flow) or isinstance(item, list):
            self.lines.append(start + self.flowing(item) + self.note(address))
        else:
            begin = len(self.lines)
            for key, value in item.items():
                inside = margin + len(dash)
                self.field(key, value, inside, f"{address}/{key}")
            if self.some(self.odd):
                self.lines.insert(begin, start)
            else:
                self.lines[begin] = start + self.lines[begin][len(start) :]

    def brackets(self, items: list[Any], start: str, indent: int, address: str) -> None:
        """Write a list in brackets with a line for each item."""
        self.lines.append(f"{start} [")
        for place, item in enumerate(items):
            last = place == len(items) - 1
            comma = "" if last and self.some(0.5) else ","
            one = item.get("id", place) if isinstance(item, dict) else place
            note = self.note(f"{address}/{one}")
            if comma and self.some(0.1) and isinstance(item, dict):
                comma = f"\n{' ' * (indent + 3)}{comma}"
            if place and not self.some(0.9):
                self.lines[-1] += f" {self.flowing(item)}{comma}{note}"
                continue
            self.lines += (
                f"{' ' * (indent + 2)}{self.flowing(item)}{comma}{note}".split("\n")
            )
        self.lines.append(f"{' ' * (indent + self.chance.choice([1, 2]))}]")

    def flowing(self, value: Any) -> str:  # noqa: ANN401  # any value
        """Return a value in one line."""
        space = self.chance.choice(["", "", " "])
        if isinstance(value, list):
            inside = ", ".join(map(self.flowing, value))
            return f"[{space}{inside}{space}]" if value else "[]"
        if isinstance(value, dict):
            inside = ", ".join(f"{k}: {self.flowing(v)}" for k, v in value.items())
            return f"{{{space}{inside}{space}}}" if value else "{}"
        if value is None:
            return "null"
        plain = re.fullmatch(r"[\w][\w .-]*[\w.]|\w", value) is not None
        return value if plain and _says(value, value) else json.dumps(value)

    def text(self, text: str, start: str, indent: int, address: str) -> None:
        """Write a text in one of the styles that can hold it."""
        for _ in range(4):
            style = self.chance.choice(["plain"] * 4 + ["'", '"', "|", ">", "wide"])
            written = _styled(text, style, indent + self.chance.choice([2, 2, 3]))
            if written is None or not _says(written, text, indent):
                continue
            head, *rest = written
            note = "" if rest and style == "wide" else self.note(address)
            self.lines += [f"{start}{head}{note}", *rest]
            return
        self.lines.append(f"{start}{json.dumps(text)}{self.note(address)}")


def _styled(text: str, style: str, indent: int) -> list[str] | None:
    """Return *text* in lines of one style, where that may hold it."""
    margin, body = " " * indent, text.rstrip("\n")
    written: list[str] | None = None
    if style == "plain":
        written = [text]
    elif style == "'":
        written = [f"'{text.replace(chr(39), chr(39) * 2)}'"]
    elif style == '"':
        written = [json.dumps(text, ensure_ascii=False)]
    elif body and body[0] not in " \t#\n":
        ends = len(text) - len(body)
        lines = body.split("\n")
        half = body.find(" ", len(body) // 2)
        if style in {">", "wide"}:
            lines = [body[:half], body[half + 1 :]]
        lines = [f"{margin}{line}" if line else "" for line in lines]
        mark = f"{style}2" if indent == 2 and len(body) % 5 == 0 else style
        keep = [""] * (ends - 1)
        written = [mark + ("-", "", "+")[min(ends, 2)], *lines, *keep]
        if style == "wide":
            written = [lines[0].strip(), *lines[1:]]
    fits = written is not None and (len(written) > 1 or "\n" not in written[0])
    return written if fits else None


def _says(written: str | list[str], text: str, indent: int = 0) -> bool:
    lines = [written] if isinstance(written, str) else written
    margin = " " * indent
    try:
        node = compose("\n".join([f"{margin}k: {lines[0]}  # note", *lines[1:], ""]))
        return bool(values_of(node) == {"k": text})
    except yaml.YAMLError:
        return False


def nasty(path: Path, chance: random.Random) -> str:
    """Return the plan at *path* in other words of YAML, with the same values."""
    tree = values_of(compose(path.read_text("utf-8")))
    for _ in range(20):
        text = Writer(chance).plan(tree) + "\n"
        try:
            if values_of(compose(text)) == tree:
                return text
        except yaml.YAMLError:
            continue
    raise AssertionError(path)


def annotated(path: Path, chance: random.Random) -> str:
    """Return the plan at *path* as it is written, with more notes."""
    text = path.read_text("utf-8")
    lines, tree = text.splitlines(), compose(text)
    put: list[tuple[int, str]] = []
    for key, value in tree.value:
        if not isinstance(value, yaml.SequenceNode) or value.flow_style:
            continue
        margin = " " * value.start_mark.column
        for item in value.value:
            one = values_of(item).get("id") if not item.flow_style or item.value else ""
            if one and chance.random() < 0.4:
                note = f"{margin}# above {key.value}/{one}"
                put.append((item.start_mark.line, note))
    for line, note in sorted(put, reverse=True):
        lines.insert(line, note)
    return "\n".join(lines) + "\n"


def plan_text(number: int, seed: int = 5) -> str:
    """Return one text of the corpus, the same for the same number."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311  # no secret
    path = PLANS[number % len(PLANS)]
    text = chance.choice([annotated, nasty, nasty])(path, chance)
    if chance.random() < 0.2:
        text = text.removesuffix("\n")
    if chance.random() < 0.05:
        text = f"---\n{text}"
    if chance.random() < 0.05 and text.endswith("\n"):
        text += "...\n"
    if chance.random() < 0.25:
        text = text.replace("\n", "\r\n")
    return ("\ufeff" if chance.random() < 0.15 else "") + text
