"""A plan with everything in it, made by asking the schema; new fields are in at once.

Promises are tried with it: whatever the schema takes as text holds the words that a
test hands in, and every list has items of every sort.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, get_args, get_origin, get_type_hints

from mapsite.plan import checks, fields, links
from mapsite.plan.item import Item
from mapsite.plan.matters import Question
from mapsite.plan.model import Plan
from mapsite.plan.steps import Owner, Phase, Step
from mapsite.plan.validators import OneOf

Words = Callable[[str], str]
"""Says the next text of a sort: ``Line`` or ``Prose``."""

_VALUES: dict[str, Any] = {
    "Day": "2026-05-20",
    "DayOrTbd": "2026-08-14",
    "When": "2026-06-10",
    "Takes": "5d",
    "Flag": "true",
    "Weight": "3",
    "Order": "2",
    "Color": "#0b6bcb",
    "Clock": "10:00",
    "Email": "plan@acme.example",
    "Url": "https://trust.mama.example/soc2?a=1&b='2'",
    "Logo": "logos/acme.svg",
    "File": "documents/baseline.csv",
    "Workdays": "mon-fri",
    "Nonce": "abcdefghijklmnopqrstuvwxyz",
    "Checks": {"no-legal": {"off": "true", "why": "Words of the seller's own"}},
}
_KINDS = {
    name: getattr({"Checks": checks, "Nonce": links}.get(name, fields), name)
    for name in (*_VALUES, "Line", "Prose", "Id", "Internal")
}
_IN_ORDER = {"created": "2026-05-04", "start": "2026-06-03", "from": "2026-05-18"}
_IN_ORDER |= {"former": "zyxwvutsrqponmlkjihgfedcba"}


@dataclass(frozen=True)
class Field:
    """One field of a part of a plan, as the schema declares it."""

    name: str
    kind: str
    """A name of `mapsite.plan.fields`, ``choice`` or ``part``."""
    part: type[Item] | None
    choices: tuple[str, ...]
    many: bool
    named: bool
    """A map of parts by names that the writer gives."""
    needed: bool


@cache
def fields_of(model: type[Item]) -> tuple[Field, ...]:
    """Return the fields of *model*."""
    hints = get_type_hints(model, include_extras=True)
    return tuple(
        _field(info.alias or name, hints[name], needed=info.is_required())
        for name, info in model.model_fields.items()
    )


def _field(name: str, hint: object, *, needed: bool) -> Field:
    inside = list(_inside(hint))
    parts = [h for h in inside if isinstance(h, type) and issubclass(h, Item)]
    known = [kind for kind, hint in _KINDS.items() if any(h == hint for h in inside)]
    choices = [c for h in inside for c in getattr(h, "__metadata__", ())]
    words = next((c.choices for c in choices if isinstance(c, OneOf)), ())
    sort = "part" if parts else "choice" if words else known[0]
    many = sort != "Workdays" and any(_is_tuple(h) for h in inside)
    named = bool(parts) and any(get_origin(h) is dict for h in inside)
    return Field(name, sort, parts[0] if parts else None, words, many, named, needed)


def _inside(hint: object) -> Iterator[object]:
    yield hint
    for part in get_args(hint):
        yield from _inside(part)


def _is_tuple(hint: object) -> bool:
    return getattr(hint, "__origin__", None) is tuple


def everything(line: str, prose: str) -> dict[str, Any]:
    """Return a plan whose every field is filled, each text with *line* or *prose*."""
    return _Filler({"Line": line, "Prose": prose}.__getitem__).part(Plan)


def least(line: str) -> dict[str, Any]:
    """Return a plan of nothing but what is needed."""
    plan = _Filler(lambda _: line).bare(Plan)
    steps = [_Filler(lambda _: line, f"s{n}-").bare(Step) for n in range(3)]
    return plan | {"goal": {"outcome": line, "date": "tbd"}, "steps": steps}


def hidden_twin(model: type[Item], words: Words, prefix: str) -> dict[str, Any]:
    """Return a filled item that is hidden whole; its ids begin with *prefix*."""
    twin = _Filler(words, prefix).part(model) | {"internal": "true"}
    if model is Step:
        twin["after"] = ["steps-2", "steps-4"]
        del twin["phase"]
    return twin


def parts_of(
    data: dict[str, Any], model: type[Item] = Plan
) -> Iterator[tuple[type[Item], dict[str, Any]]]:
    """Walk over every map of a plan that the schema knows as a part."""
    yield model, data
    for field in fields_of(model):
        if field.part and field.name in data:
            value = data[field.name]
            items = value if isinstance(value, list) else [value]
            for item in value.values() if field.named else items:
                if isinstance(item, dict):
                    yield from parts_of(item, field.part)


def lists_of(data: dict[str, Any]) -> Iterator[tuple[type[Item], list[Any]]]:
    """Walk over every list of parts in a plan."""
    for model, item in list(parts_of(data)):
        for field in fields_of(model):
            if field.part and field.many and isinstance(item.get(field.name), list):
                yield field.part, item[field.name]


def as_text(data: dict[str, Any]) -> bytes:
    """Write *data* as a plan; JSON is YAML."""
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


class _Filler:
    def __init__(self, words: Words, prefix: str = "") -> None:
        self._words, self._prefix = words, prefix
        self._ids = {model: count(1) for model in (Item, *Item.__subclasses__())}

    def bare(self, model: type[Item]) -> dict[str, Any]:
        """Fill only what is needed."""
        needed = [field for field in fields_of(model) if field.needed]
        return {field.name: self._value(model, field, 0) for field in needed}

    def part(self, model: type[Item], turn: int = 0) -> dict[str, Any]:
        """Fill every field, choices in their *turn*."""
        item = {
            field.name: self._value(model, field, turn)
            for field in fields_of(model)
            if field.kind != "Internal"
        }
        if model is Owner:
            who = ("who", "buyer", "seller")[turn % 3]
            item = {key: item[key] for key in (who, "does")}
        if model is Step:
            # Some days are stated, some follow from others, some from nothing at all.
            item["after"] = [] if turn in {0, 3} else ["steps-1"]
            item |= {"due": "tbd"} if turn in {1, 3} else {}
            if turn in {2, 3}:
                del item["start"]
            item["owners"].append({"who": "persons-1", "does": self._words("Line")})
        if model is Question and turn:
            item |= {"owner": "persons-2", "asked_by": "persons-1"}
        return item

    def _value(self, model: type[Item], field: Field, turn: int) -> Any:  # noqa: ANN401  # a tree
        if field.part and field.named:
            return {"buyer": self.part(field.part)}
        if field.part:
            return self._list(field.part) if field.many else self.part(field.part)
        if field.name == "holidays":
            return ["US", "DE-BY"]
        value = self._scalar(model, field, turn)
        return [value] if field.many else value

    def _list(self, model: type[Item]) -> list[dict[str, Any]]:
        choices = [len(f.choices) for f in fields_of(model)]
        filled = [self.part(model, turn) for turn in range(max(*choices, 3))]
        return filled if model is Owner else [*filled, self.bare(model)]

    def _scalar(self, model: type[Item], field: Field, turn: int) -> str:
        if (model, field.name) in {(Phase, "name"), (Step, "phase")}:
            number = next(self._ids[Phase]) if model is Phase else turn % 2 + 1
            return f"{self._words('Line')} {self._prefix}{number}"
        if field.kind == "Id":
            own = field.name == "id"
            if not own:
                return "documents-1"
            return f"{self._prefix}{model.__name__.lower()}s-{next(self._ids[model])}"
        if field.kind in {"Line", "Prose"}:
            return self._words(field.kind)
        if field.choices:
            fixed = {"language": "en"} | ({"status": "open"} if model is Plan else {})
            return fixed.get(field.name, field.choices[turn % len(field.choices)])
        return _IN_ORDER.get(field.name, _VALUES[field.kind])


def differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Say for each file that is not the same in two rooms where it begins to differ."""
    told = []
    for name in sorted(one.keys() | other.keys()):
        before, after = one.get(name, b"(no file)"), other.get(name, b"(no file)")
        if before != after:
            pairs = enumerate(zip(before, after, strict=False))
            at = next(
                (n for n, (a, b) in pairs if a != b), min(len(before), len(after))
            )
            cut = slice(max(at - 60, 0), at + 60)
            told.append(f"{name}: {before[cut]!r} / {after[cut]!r}")
    return told
