"""What an operation means for the plan as it is today: three values are compared.

What the person saw (`old`), what stands there now, and what is wanted. Nothing that
somebody else changed meanwhile is ever overridden without a person looking at it. What
a room does not show counts as not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from mapsite.changes.visible import (
    Tree,
    Value,
    looks_like,
    maps_of,
    same,
    same_text,
    shows,
    visible_day,
    visible_item,
    visible_value,
)
from mapsite.plan.agreed import stays_internal
from mapsite.plan.operations import KEYED, Operation, Unapplicable, apply, ids_of
from mapsite.plan.public import SHOWN, USUAL


class Verdict(StrEnum):
    """Say what an operation means for today's plan."""

    ALREADY = "already"
    """It stands there already."""
    CLEAN = "clean"
    """Nobody changed meanwhile what it is about."""
    CONFLICT = "conflict"
    """Somebody changed meanwhile what it is about."""
    GONE = "gone"
    """What it is about is not there any more."""


class Judgement(NamedTuple):
    """Hold a verdict and the three values that it comes from, as a buyer sees them."""

    verdict: Verdict
    seen: Value = None
    """What the person saw."""
    now: Value = None
    """What stands there today; of something added, the id of what is the same."""
    wanted: Value = None


def judge(operation: Operation, tree: Tree) -> Judgement:
    """Judge one operation, made ready by `mint_ids`, on today's plan *tree*."""
    if operation.op == "comment":
        return Judgement(Verdict.CLEAN, wanted=operation.new)
    if operation.op in {"add", "ask"}:
        return _of_new(operation, tree)
    if operation.op == "confirm":
        return _of_date(operation, tree)
    if operation.op == "remove":
        return _of_removal(operation, tree)
    return _of_value(operation, tree)


def judge_all(operations: Iterable[Operation], tree: Tree) -> tuple[Judgement, ...]:
    """Judge operations of one suggestion in their order, each after the clean ones."""
    found = []
    for operation in operations:
        judgement, tree = judge_and_apply(operation, tree)
        found.append(judgement)
    return tuple(found)


def judge_and_apply(operation: Operation, tree: Tree) -> tuple[Judgement, Tree]:
    """Judge *operation*, and return the plan with it, where it is clean."""
    judgement = judge(operation, tree)
    if judgement.verdict is not Verdict.CLEAN:
        return judgement, tree
    try:
        return judgement, apply([operation], tree)
    except Unapplicable:
        return judgement._replace(verdict=Verdict.GONE), tree


def twin(name: str, new: Tree, tree: Tree) -> str | None:
    """Return the id of the shown item of the list *name* that says all of *new*."""
    told = {key: value for key, value in new.items() if key not in {"id", "asked_by"}}
    called = _called(told)
    # Of a field that is not shown, a verdict would tell what stands there.
    if not called or not told.keys() <= SHOWN[name] or stays_internal(tree):
        return None
    for item in maps_of(tree.get(name)):
        one = item.get("id")
        if not isinstance(one, str) or stays_internal(item) or _called(item) != called:
            continue
        if _has(tree, f"{name}/{one}", told):
            return one
    return None


def _called(item: Tree) -> dict[str, str]:
    """Return what an item is called; to look at the rest of all takes very long."""
    names = ((key, item.get(key)) for key in ("name", "title", "text"))
    return {key: same_text(text) for key, text in names if isinstance(text, str)}


def _has(tree: Tree, path: str, told: Tree) -> bool:
    """Tell whether the item at *path* says all that *told* says."""
    wanted = looks_like(tree, path, {"id": path.rpartition("/")[2], **told})
    shown = visible_value(tree, path)
    return bool(wanted) and all(shown.get(key) == wanted.get(key) for key in told)


def _of_new(operation: Operation, tree: Tree) -> Judgement:
    """Judge what is added: it is there if an item says all that it says."""
    items, wanted = tree.get(operation.path), same(operation.new)
    if stays_internal(tree) or (items is not None and ids_of(items) is None):
        return Judgement(Verdict.GONE, wanted=wanted)
    known = twin(operation.path, operation.new, tree)
    verdict = Verdict.CLEAN if known is None else Verdict.ALREADY
    return Judgement(verdict, now=known, wanted=wanted)


def _of_date(operation: Operation, tree: Tree) -> Judgement:
    """Judge a yes to a date: it has to be the date that the plan has today."""
    path, seen = operation.path, same(operation.old)
    if not _is_there(tree, path):
        return Judgement(Verdict.GONE, seen, wanted=seen)
    now = visible_value(tree, path)
    if now is None or seen not in (now, visible_day(tree, path)):
        return Judgement(Verdict.CONFLICT, seen, now, seen)
    said = f"{path.rpartition('/')[0]}/confirmed"
    wanted = looks_like(tree, said, operation.new)
    verdict = Verdict.CLEAN
    if wanted and wanted == visible_value(tree, said):
        verdict = Verdict.ALREADY
    return Judgement(verdict, seen, now, seen)


def _of_removal(operation: Operation, tree: Tree) -> Judgement:
    path, seen = operation.path, same(operation.old)
    now = visible_value(tree, path)
    if _is_nothing(now):
        return Judgement(Verdict.ALREADY, seen)
    if isinstance(seen, dict) and isinstance(now, dict):
        clean = _has(tree, path, operation.old)
    elif isinstance(now, dict):
        clean = seen in (None, *(now.get(key) for key in ("name", "title", "text")))
    else:
        clean = _saw(tree, path, operation.old, now)
    return Judgement(Verdict.CLEAN if clean else Verdict.CONFLICT, seen, now)


def _of_value(operation: Operation, tree: Tree) -> Judgement:
    """Judge a new value of a field; an answer is one too."""
    path, new = operation.path, operation.new
    path = f"{path}/answer" if operation.op == "answer" else path
    seen, wanted = same(operation.old), same(new)
    if not _is_there(tree, path) or not shows(path):
        return Judgement(Verdict.GONE, seen, wanted=wanted)
    now = visible_value(tree, path)
    if _says(tree, path, new, now):
        verdict = Verdict.ALREADY
    elif _saw(tree, path, operation.old, now):
        verdict = Verdict.CLEAN
    else:
        verdict = Verdict.CONFLICT
    return Judgement(verdict, seen, now, wanted)


def _is_there(tree: Tree, path: str) -> bool:
    """Tell whether there is the item whose field, or which itself, stands at *path*."""
    name, _, rest = path.partition("/")
    if name in KEYED and rest:
        return visible_item(tree, path) is not None
    return not stays_internal(tree)


def _says(tree: Tree, path: str, new: Value, now: Value) -> bool:
    """Tell whether *now* is what *new* would be."""
    wanted = looks_like(tree, path, new)
    if _is_nothing(wanted) and not _is_nothing(new):
        # Either it is what counts where nothing is said, or nothing that can be said.
        name, field = path.partition("/")[0], path.rpartition("/")[2]
        return bool(_is_nothing(now) and new == USUAL.get(name, {}).get(field))
    return _alike(tree, path, new, wanted, now)


def _saw(tree: Tree, path: str, old: Value, now: Value) -> bool:
    """Tell whether *old* is how *now* looks to a reader."""
    return _alike(tree, path, old, looks_like(tree, path, old), now)


def _alike(tree: Tree, path: str, told: Value, shown: Value, now: Value) -> bool:
    if shown == now or (_is_nothing(shown) and _is_nothing(now)):
        return True
    if isinstance(told, str) and same(told) == visible_day(tree, path):
        return True
    # Who is told by name alone may stand there with a side and a part.
    names = [told] if isinstance(told, str) else told
    if path.endswith("/owners") and isinstance(names, list) and isinstance(now, list):
        whose = [one.get("who") if isinstance(one, dict) else one for one in now]
        return bool(same(names) == whose)
    return False


def _is_nothing(value: Value) -> bool:
    return value is None or value in ("", [], {})
