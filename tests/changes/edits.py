"""Random operations on plans, as suggestions make them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from mapsite.plan.operations import KEYED, Operation
from tests.changes.texts import LINES, LONG, PROSE, RARE

DAYS = [f"2026-{month:02}-{day:02}" for month in (6, 9, 12) for day in (1, 14, 28)]
WHEN = [*DAYS, *DAYS, "tbd", "week 9", "goal-3w", "created+14d"]
WORDS = {
    "people": ["name", "title"],
    "steps": [
        *("title", "waits_for", "only_if", "blocker", "outcome", "fallback", "ref"),
    ],
    "questions": ["text"],
    "criteria": ["text", "measure"],
    "metrics": ["text", "baseline", "target", "measure"],
    "risks": ["text", "mitigation"],
    "documents": ["title"],
}
LONG_WORDS = {"steps": ["detail", "note"], "questions": ["answer"]}
STATES = {
    "steps": ["todo", "in-progress", "blocked", "at-risk", "done"],
    "criteria": ["open", "met", "at-risk", "not-met"],
    "documents": ["needed", "requested", "shared", "received"],
}
FIRST = {"people": "name", "steps": "title", "documents": "title"}
NEEDED = {"id", "title", "text", "name"}

Tree = dict[str, Any]


def line(chance: random.Random) -> str:
    """Return a text of one line, seldom one that no plan may hold."""
    return chance.choice(RARE if chance.random() < 0.002 else LINES)


def operation(tree: Tree, chance: random.Random) -> Operation:
    """Return one operation that has a place in *tree*."""
    kinds: list[tuple[int, Callable[[Tree, random.Random], Operation | None]]] = [
        *((8, _day), (8, _words), (4, _state), (4, _confirm), (3, _prose), (3, _clear)),
        *((8, _add), (3, _ask), (3, _answer), (6, _remove), (2, _owners), (3, _top)),
        *((3, _evidence), (2, _tasks), (2, _sections), (2, _number), (1, _comment)),
        *((1, _reorder), (1, _moves), (1, _whole)),
    ]
    weights = [weight for weight, _ in kinds]
    while True:
        [(_, make)] = chance.choices(kinds, weights)
        made = make(tree, chance)
        if made is not None:
            return made


def _lists(tree: Tree, names: Any = KEYED) -> list[str]:  # noqa: ANN401  # names of lists
    return [name for name in sorted(names) if tree.get(name)]


def _item(tree: Tree, chance: random.Random, *names: str) -> tuple[str, Tree] | None:
    found = _lists(tree, names or KEYED)
    if not found:
        return None
    name = chance.choice(found)
    item = chance.choice(tree[name])
    return (f"{name}/{item['id']}", item) if "id" in item else None


def _set(at: tuple[str, Tree] | None, key: str, new: Any) -> Operation | None:  # noqa: ANN401  # any value
    if at is None:
        return None
    return Operation("set", f"{at[0]}/{key}", at[1].get(key), new)


def _day(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance, "steps", "steps", "questions", "documents")
    return _set(at, "due", chance.choice(WHEN))


def _words(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance)
    key = chance.choice(WORDS[at[0].split("/")[0]]) if at else ""
    return _set(at, key, line(chance))


def _state(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance, *STATES)
    states = STATES[at[0].split("/")[0]] if at else [""]
    return _set(at, "status", chance.choice(states))


def _number(tree: Tree, chance: random.Random) -> Operation | None:
    key, new = chance.choice([("signs", "3"), ("weight", "4"), ("optional", "true")])
    name = {"signs": "people", "weight": "criteria", "optional": "steps"}[key]
    return _set(_item(tree, chance, name), key, new)


def _confirm(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance, "steps")
    if at is None:
        return None
    said = {"by": chance.choice(["priya", "Lee Wong"]), "on": chance.choice(DAYS)}
    return Operation("confirm", f"{at[0]}/due", at[1].get("due"), said)


def _prose(tree: Tree, chance: random.Random) -> Operation | None:
    if chance.random() < 0.4:
        return Operation("set", "summary", tree.get("summary"), chance.choice(PROSE))
    at = _item(tree, chance, "steps", "questions")
    key = chance.choice(LONG_WORDS[at[0].split("/")[0]]) if at else ""
    return _set(at, key, chance.choice(PROSE))


def _clear(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance)
    free = sorted(at[1].keys() - NEEDED) if at else []
    return _set(at, chance.choice(free), None) if free else None


def _new_id(tree: Tree, name: str, chance: random.Random) -> str:
    ids = {item.get("id") for item in tree.get(name) or ()}
    free = [one for one in (f"new-{number}" for number in range(99)) if one not in ids]
    return chance.choice(free)


def _fields(name: str, chance: random.Random) -> Tree:
    fields: Tree = {FIRST.get(name, "text"): line(chance)}
    if name == "people":
        fields |= {"side": "buyer", "roles": ["legal", line(chance)]}
    if name == "steps" and chance.random() < 0.7:
        owners = [line(chance), {"buyer": "Acme InfoSec", "does": "reviews"}]
        fields |= {"owners": owners, "due": chance.choice(WHEN)}
    if name == "steps" and chance.random() < 0.3:
        evidence = [{"text": line(chance), "met": "2026-05-22"}, LONG]
        fields |= {"detail": chance.choice(PROSE), "evidence": evidence}
    if name == "questions" and chance.random() < 0.3:
        fields["answer"] = chance.choice(PROSE)
    return fields


def _add(tree: Tree, chance: random.Random) -> Operation | None:
    name = chance.choice(["people", "steps", "steps", *sorted(KEYED)])
    items = tree.get(name) or []
    if not isinstance(items, list) or any("id" not in item for item in items):
        return None
    new = {"id": _new_id(tree, name, chance), **_fields(name, chance)}
    ids = [item["id"] for item in items]
    last = ids[-1] if ids else None
    after = chance.choice([*ids, None]) if chance.random() < 0.7 else last
    return Operation("add", name, None, new, after)


def _ask(tree: Tree, chance: random.Random) -> Operation | None:
    ids = [item.get("id") for item in tree.get("questions") or ()]
    new = {"id": _new_id(tree, "questions", chance), "text": line(chance)}
    return Operation("ask", "questions", None, new, (ids or [None])[-1])


def _answer(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance, "questions")
    words = chance.choice([*PROSE, *LINES])
    return Operation("answer", at[0], at[1].get("answer"), words) if at else None


def _remove(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance)
    return Operation("remove", at[0], at[1]) if at else None


def _changed_list(old: Any, new: Any, chance: random.Random) -> list[Any]:  # noqa: ANN401  # items
    items = list(old) if isinstance(old, list) else []
    what = chance.choice(["add", "add", "first", "change", "remove", "none"])
    if what == "none":
        return []
    if what == "add" or not items:
        return [*items, new]
    at = chance.randrange(len(items))
    if what == "first":
        return [*items[:at], new, *items[at:]]
    return [*items[:at], *([new] if what == "change" else []), *items[at + 1 :]]


def _listed(
    at: tuple[str, Tree] | None,
    key: str,
    new: Any,  # noqa: ANN401  # any value
    chance: random.Random,
) -> Operation | None:
    return _set(at, key, _changed_list(at[1].get(key), new, chance)) if at else None


def _owners(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance, "steps", "risks")
    return _listed(at, "owners", line(chance), chance)


def _evidence(tree: Tree, chance: random.Random) -> Operation | None:
    new = chance.choice([line(chance), {"text": line(chance), "met": "2026-05-22"}])
    return _listed(_item(tree, chance, "steps"), "evidence", new, chance)


def _tasks(tree: Tree, chance: random.Random) -> Operation | None:
    new = {"title": line(chance), "due": chance.choice(DAYS)}
    return _listed(_item(tree, chance, "steps"), "tasks", new, chance)


def _moves(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance, "steps")
    new = {"on": "2026-05-20", "from": "2026-05-21", "to": "2026-05-28"}
    return _listed(at, "moves", {**new, "why": line(chance)}, chance)


def _sections(tree: Tree, chance: random.Random) -> Operation | None:
    new = {"title": line(chance), "text": chance.choice(PROSE)}
    old = tree.get("sections")
    return Operation("set", "sections", old, _changed_list(old, new, chance))


def _top(tree: Tree, chance: random.Random) -> Operation | None:
    key, inside = chance.choice(
        [
            *(("title", ""), ("marking", ""), ("goal", "why"), ("goal", "outcome")),
            *(("goal", "value"), ("buyer", "name"), ("seller", "contact")),
        ]
    )
    if not inside:
        return Operation("set", key, tree.get(key), line(chance))
    new = "jo@mama.example" if inside == "contact" else line(chance)
    return Operation("set", f"{key}/{inside}", tree[key].get(inside), new)


def _comment(tree: Tree, chance: random.Random) -> Operation | None:
    at = _item(tree, chance)
    return Operation("comment", at[0], None, {"text": line(chance)}) if at else None


def _reorder(tree: Tree, chance: random.Random) -> Operation | None:
    name = chance.choice(_lists(tree))
    ids = [item.get("id") for item in tree[name]]
    if None in ids or len(ids) < 2:
        return None
    new = chance.sample(ids, len(ids))
    return Operation("set", name, ids, new) if new != ids else None


def _whole(tree: Tree, chance: random.Random) -> Operation | None:
    """Give a step other fields at once."""
    at = _item(tree, chance, "steps")
    if at is None:
        return None
    new = {**at[1], "title": line(chance), "due": chance.choice(DAYS)}
    return Operation("set", at[0], at[1], new)
