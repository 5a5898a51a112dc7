"""Judge a change of plans that somebody wrote into the files, by the same policy.

Only plans are read, as data: nothing of the change is run, and its settings do not
count, as those of the base do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mapsite.changes.policy import Policy, Ruling, rule
from mapsite.changes.policy_settings import policy_in
from mapsite.changes.sentences import sentences
from mapsite.changes.visible import Value, visible_item
from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.git.revision import Revision
from mapsite.git.running import run_git
from mapsite.plan.naming import is_plan_id
from mapsite.plan.operations import KEYED, Operation, Tree, diff
from mapsite.plan.read import read_plan
from mapsite.plan.source import parse
from mapsite.repository import CLOSED, PLANS, SETTINGS, read_plan_file

_ENDING = ".yaml"
_SAYS = "who says yes, and when, are the words of the change"
_UNSEEN = "Change something that no buyer sees"


class Told(NamedTuple):
    """Hold one sentence about one file."""

    file: str
    sentence: str
    allowed: bool = True
    reason: str = ""
    """Why it is not allowed, or what to look at twice."""


class Checked(NamedTuple):
    """Hold what there is to say of a change."""

    told: tuple[Told, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def fine(self) -> bool:
        """Tell whether all of it may be merged by whoever agrees with it."""
        return not self.problems and all(one.allowed for one in self.told)


def check(root: Path, base: str, side: str) -> Checked:
    """Judge what is not as the revision *base* has it, as written by *side*.

    What main has got since the change was begun is no part of it, where git knows that.
    """
    revision = Revision(root, base)
    forked = run_git(root, "merge-base", "--end-of-options", base, "HEAD")
    if not forked.code and forked.text:
        revision = Revision(root, forked.text)
    policy = _policy(revision)
    told = [
        one for path in revision.changed_elsewhere() for one in _of_other(path, side)
    ]
    problems: list[Problem] = []
    for path in sorted(revision.changed(".")):
        if not _is_plan(path):
            told += _of_other(path, side)
            continue
        try:
            told += _of_plan(root, revision, path, side, policy)
        except InvalidPlan as error:
            problems += error.problems
    plans = {one.file for one in told if _is_plan(one.file)}
    if side == "buyer" and len(plans) > 1:
        told += [_beside_another(one) for one in sorted(plans)]
    return Checked(tuple(told), tuple(problems))


def _policy(revision: Revision) -> Policy:
    """Return the rules as they were: no change decides what it may."""
    blobs = revision.files(SETTINGS)
    texts = revision.texts(list(blobs.values()))
    return policy_in(texts[blobs[SETTINGS]]) if SETTINGS in blobs else Policy()


def _is_plan(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(_ENDING)
    return folder in {PLANS, CLOSED} and stem != name and is_plan_id(stem)


def _beside_another(path: str) -> Told:
    reason = "a buyer changes one plan at a time"
    return Told(path, "This is not the only plan", allowed=False, reason=reason)


def _of_other(path: str, side: str) -> Iterator[Told]:
    if side == "buyer":
        told = "This file is no plan"
        yield Told(path, told, allowed=False, reason="a buyer changes plans alone")


def _of_plan(
    root: Path, revision: Revision, path: str, side: str, policy: Policy
) -> Iterator[Told]:
    before, after = _before(revision, path), _after(root, path)
    if before is None or after is None:
        told = "A new plan" if before is None else "The plan goes, or is closed"
        mine = side != "buyer"
        yield Told(path, told, mine, "" if mine else "a buyer changes what is there")
        return
    operations = diff(before, after)
    for operation, told in zip(operations, sentences(operations, before), strict=True):
        ruled = rule(operation, before, side, policy)
        allowed = ruled.ruling is Ruling.REVIEW
        flags = [*ruled.flags, *([_SAYS] if operation.op == "confirm" else [])]
        reason = ruled.reason or "; ".join(flags)
        seen = _is_seen(operation, before, after)
        yield Told(path, told if seen else _UNSEEN, allowed, reason if seen else "")


def _is_seen(operation: Operation, before: Tree, after: Tree) -> bool:
    """Tell whether a buyer sees what is changed, so that it can be told."""
    if rule(operation, before, "buyer", Policy()).ruling is Ruling.NEVER:
        return False
    if _holds_internal(operation.old) or _holds_internal(operation.new):
        return False
    name, _, rest = operation.path.partition("/")
    if name not in KEYED:
        return True
    if operation.op in {"add", "ask"}:
        return visible_item(after, f"{name}/{operation.new['id']}") is not None
    return not rest or visible_item(before, operation.path) is not None


def _holds_internal(value: Value) -> bool:
    if isinstance(value, dict):
        return "internal" in value or any(map(_holds_internal, value.values()))
    return isinstance(value, list) and any(map(_holds_internal, value))


def _before(revision: Revision, path: str) -> Tree | None:
    blobs = revision.files(path)
    if path not in blobs:
        return None
    raw = revision.texts([blobs[path]])[blobs[path]]
    try:
        return parse(raw, path).data()
    except InvalidPlan:
        raise MapsiteError(
            f"{path} had errors before, so nothing can be said of the change"
        ) from None


def _after(root: Path, path: str) -> Tree | None:
    """Return the values of a plan as it is now; raise `InvalidPlan` for its faults."""
    try:
        raw = read_plan_file(str(root / path))
    except FileNotFoundError:
        return None
    read_plan(raw, path, None)
    return parse(raw, path).data()
