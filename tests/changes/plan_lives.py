"""Simulated lives of a plan: people suggest, it moves on, everything comes twice.

``python -m tests.changes.plan_lives 20000`` simulates as many; the suite fewer.
"""

from __future__ import annotations

import copy
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from mapsite.changes.assessing import Assessed, Fate, assess, to_write
from mapsite.changes.policy import Policy
from mapsite.changes.sentences import sentences
from mapsite.changes.suggestion import Suggestion, read_suggestion
from mapsite.changes.visible import visible_value
from mapsite.plan.operations import KEYED, Operation, apply
from tests.changes.plans import adds, plan, raw, sets

Tree = dict[str, Any]
DAYS = [f"2026-06-{day:02}" for day in range(1, 8)]
NAMES = ["Lee Wong", "Lee Park", "Pat", "Zoë", "王芳"]
PLAIN = ("due", "status", "blocker", "waits_for")
"""Fields whose verdict is told by comparing three texts."""
NASTY = (
    *("<img src=x onerror=alert(1)>", "=1+1", "# x", "- y", "a: b", "{{7*7}}", "]]>"),
    *("${{ github.token }}", "@all #1 [skip ci]", "`id`", "%0A", "no", "$(id)", "---"),
)


class Ended(NamedTuple):
    """Hold how one suggestion ended on the plan that it met."""

    suggestion: Suggestion
    before: Tree
    after: Tree
    assessed: tuple[Assessed, ...]


def life(seed: int) -> Iterator[Ended]:
    """Simulate one plan's life and yield how each suggestion ended."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    tree = plan()
    waiting: list[Suggestion] = []
    for number in range(chance.randint(2, 4)):
        sent = read_suggestion(_sent(chance, tree, f"{seed:013}-{number:012}"))
        waiting += [sent] * chance.choice((1, 1, 2))
        if chance.random() < 0.5:
            tree = apply([_by_the_seller(chance, tree)], tree)
    chance.shuffle(waiting)
    for one in waiting:
        ended = _ended(one, tree)
        yield ended
        if chance.random() < 0.8:
            tree = ended.after
        if chance.random() < 0.3:
            tree = apply([_by_the_seller(chance, tree)], tree)


def _ended(one: Suggestion, tree: Tree) -> Ended:
    before = copy.deepcopy(tree)
    assessed = assess(one, tree, Policy())
    return Ended(one, before, apply(to_write(assessed), tree), assessed)


def _sent(chance: random.Random, tree: Tree, one: str) -> bytes:
    ops = [_operation(chance, tree) for _ in range(chance.randint(1, 4))]
    who = chance.choice(({"name": "Priya N.", "id": "priya"}, {"name": NASTY[0]}))
    return raw(*ops, id=one, base=f"{chance.getrandbits(48):012x}", by=who)


def _operation(chance: random.Random, tree: Tree) -> Tree:
    """Return what somebody may want who sees *tree*."""
    item = chance.choice([one["id"] for one in tree["steps"]] + ["nope"])
    path = f"steps/{item}/{chance.choice(PLAIN)}"
    seen = visible_value(tree, path)
    old = chance.choice((seen, seen, seen, chance.choice(DAYS)))
    text = chance.choice((*DAYS, *NASTY))
    day = f"steps/{item}/due"
    kinds: list[Tree] = [
        sets(path, old, chance.choice((text, *DAYS)), why=chance.choice(NASTY)),
        sets(path, old, None),
        sets(f"steps/{item}/owners", seen, [chance.choice(NAMES), "sarah"]),
        {"op": "confirm", "path": day, "old": visible_value(tree, day)},
        adds("people", name=chance.choice((*NAMES, text)), side="buyer"),
        {**adds("steps", title=text, due=chance.choice(DAYS)), "after": item},
        adds("questions", text=text),
        {"op": "answer", "path": "questions/term", "old": None, "new": text},
        {"op": "comment", "path": f"steps/{item}", "value": {"text": text}},
        {"op": "remove", "path": f"steps/{item}"},
        sets("goal/date", "2026-08-14", chance.choice(DAYS)),
        sets("people/coach/name", None, text),
        sets("internal/crm", None, text),
        adds("steps", title=text, internal={"notes": text}),
    ]
    return chance.choice((*kinds[:1] * 6, *kinds))


def _by_the_seller(chance: random.Random, tree: Tree) -> Operation:
    """Return a change that is made in the file meanwhile."""
    steps = [one["id"] for one in tree["steps"]]
    path = f"steps/{chance.choice(steps)}"
    if len(steps) > 2 and chance.random() < 0.15:
        return Operation("remove", path)
    field = chance.choice(PLAIN)
    return Operation("set", f"{path}/{field}", new=chance.choice((*DAYS, None)))


def check(ended: Ended) -> Counter[str]:
    """Count how the operations of one suggestion ended; raise where one is wrong."""
    fates = [one.fate for one in ended.assessed]
    assert len(fates) == len(ended.suggestion.operations)
    assert all(fate in Fate for fate in fates)
    assert _hidden(ended.after) == _hidden(ended.before)
    tree = ended.before
    for one in ended.assessed:
        expected = _expected(one.operation, tree)
        assert expected in (None, one.fate), (one, expected)
        tree = apply([one.operation], tree) if one.fate is Fate.WRITE else tree
    assert tree == ended.after
    again = assess(ended.suggestion, ended.after, Policy())
    paths = Counter(one.operation.path for one in ended.assessed)
    for one, later in zip(ended.assessed, again, strict=True):
        if one.fate is Fate.WRITE and paths[one.operation.path] == 1:
            assert later.fate is Fate.ALREADY, (one, later)
    told = sentences([one.operation for one in ended.assessed], ended.before)
    assert all(line.isprintable() and line[0].isalpha() for line in told)
    return Counter(map(str, fates))


def _expected(operation: Operation, tree: Tree) -> Fate | None:
    """Say independently how a change of a plain field ends; None for another one."""
    name, *rest = operation.path.split("/")
    if operation.op != "set" or name != "steps" or rest[1] not in PLAIN:
        return None
    item = next((one for one in tree["steps"] if one["id"] == rest[0]), None)
    if item is None or item.get("internal") == "true":
        return Fate.GONE
    now = item.get(rest[1])
    if now == operation.new:
        return Fate.ALREADY
    return Fate.WRITE if now == operation.old else Fate.CONFLICT


def _hidden(tree: Tree) -> str:
    """Return all that no buyer may touch."""
    items = [
        one
        if one.get("internal") == "true"
        else {key: one.get(key) for key in ("id", "internal", "email")}
        for name in sorted(KEYED)
        for one in tree.get(name, ())
        if one.get("internal") or one.get("email")
    ]
    top = {key: tree.get(key) for key in ("internal", "links", "goal", "title")}
    return json.dumps([items, top], sort_keys=True)


def main(many: int) -> None:
    """Simulate *many* lives and print how their operations ended."""
    start, total, suggestions = time.perf_counter(), Counter[str](), 0
    for seed in range(many):
        for ended in life(seed):
            total += check(ended)
            suggestions += 1
    took = time.perf_counter() - start
    print(f"{many:,} lives, {suggestions:,} suggestions in {took:.0f} s")  # noqa: T201  # its table
    for fate, count in sorted(total.items()):
        print(f"{fate:10}{count:9,}")  # noqa: T201  # its table


if __name__ == "__main__":
    main(int(sys.argv[1]))
