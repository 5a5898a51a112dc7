"""Read a plan, or say everything that keeps it from being one."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mapsite.errors import InvalidPlan, Problem
from mapsite.plan.files import file_problems
from mapsite.plan.item import Item
from mapsite.plan.model import Plan
from mapsite.plan.moment import nearest_moment
from mapsite.plan.nodes import Mapping, Source
from mapsite.plan.references import reference_problems
from mapsite.plan.source import compose
from mapsite.plan.wording import got, quoted

MOST_KEYS = 8
"""Of those that a message lists."""
MOST_SUGGESTIONS = 200
"""Of one plan, each of which takes a tenth of a millisecond."""

_THE_KEY = "[key]"
"""With which pydantic says that it means a key of a map."""

Trail = tuple[int | str, ...]
"""Keys and places from 0, from the top of a plan down."""


def read_plan(raw: bytes, file: str, folder: Path | None = None) -> Plan:
    """Return the plan that *raw* writes; *file* is its name in messages.

    Raise `InvalidPlan` with all problems at once. The files that it names are looked
    for in *folder*, and not at all without one.
    """
    return read_with_source(raw, file, folder)[0]


def read_with_source(
    raw: bytes, file: str, folder: Path | None = None
) -> tuple[Plan, Source]:
    """Return the plan, and the places of all that it says; raise as `read_plan`."""
    source, problems = compose(raw, file)
    if source is None:
        raise InvalidPlan(problems)
    return read_source(source, folder, problems), source


def read_source(
    source: Source, folder: Path | None = None, problems: list[Problem] | None = None
) -> Plan:
    """Return the plan that *source* says; raise as `read_plan`.

    *problems* are those that its text has already.
    """
    problems, plan = problems or [], None
    try:
        plan = Plan.model_validate(source.data())
    except ValidationError as error:
        problems += _not_told_yet(_schema_problems(error, source), problems)
    if not any(problem.rule in _BROKEN_TREE for problem in problems):
        problems += _not_told_yet(reference_problems(source), problems)
    if folder is not None:
        problems += _not_told_yet(file_problems(source, folder), problems)
    if plan is None or problems:
        raise InvalidPlan(problems)
    return plan


_BROKEN_TREE = frozenset({"alias", "merge", "comment", "duplicate-key"})
"""After one of these, what another part refers to may be missing for that reason."""
_NOTHING_LOST = frozenset({"unknown-key", "tag", "anchor"})
"""After one of these, what stands inside is there all the same."""


def _not_told_yet(problems: list[Problem], before: list[Problem]) -> list[Problem]:
    """Leave out what only follows from a problem at the same place or around it."""
    told = {problem.address for problem in before if problem.rule != "unknown-key"}
    around = {
        problem.address.removesuffix("<<").rstrip("/")
        for problem in before
        if problem.rule not in _NOTHING_LOST
    }
    return [
        problem
        for problem in problems
        if problem.address not in told
        and around.isdisjoint(_places_around(problem.address))
    ]


def _places_around(address: str) -> list[str]:
    names = address.split("/")
    return ["", *("/".join(names[:count]) for count in range(1, len(names) + 1))]


def _schema_problems(error: ValidationError, source: Source) -> list[Problem]:
    """Say every error of the schema as a problem of *source*, with its place."""
    return [
        _problem_of(fault, source, suggest=count < MOST_SUGGESTIONS)
        for count, fault in enumerate(error.errors(include_url=False))
    ]


def _problem_of(error: ErrorDetails, source: Source, *, suggest: bool) -> Problem:
    path = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, source, suggest=suggest)
    spot = source.trace(path[:-1] if path[-1:] == (_THE_KEY,) else path)
    rule, what = _expected(error)
    value = error["input"]
    if rule == "too-long" and isinstance(value, str):
        told = f"{len(value):,} characters"
    else:
        told = got(None if rule == "missing" else value, hidden=spot.hidden)
    message = f"expected {what}, got {told}"
    if rule == "moment" and isinstance(value, str) and not spot.hidden:
        near = nearest_moment(value)
        message += f"; did you mean {quoted(near)}?" if near else ""
    node = spot.node
    return Problem(source.file, node.line, node.column, spot.address, rule, message)


def _expected(error: ErrorDetails) -> tuple[str, str]:
    kind, path = error["type"], error["loc"]
    if kind == "missing":
        model = _model_at(path[:-1])
        return "missing", _what_of(model, str(path[-1])) if model else "a value"
    if kind == "model_type":
        return "map", _map_of(_model_at(path))
    if kind == "tuple_type":
        model = _model_at(path)
        listed = (
            f"a list, each item {_map_of(model)}" if model else "a list like [a, b]"
        )
        return "list", listed
    value = error["input"]
    if kind == "id" and path[-1] != "id" and isinstance(value, str) and "," in value:
        return "list", "a list like [a, b]"
    return kind, error.get("ctx", {}).get("what", "another value")


def _unknown_key(path: Trail, source: Source, *, suggest: bool) -> Problem:
    *above, key = path
    parent, name = source.trace(tuple(above)), str(key)
    entry = parent.node.entry(name) if isinstance(parent.node, Mapping) else None
    node = entry[0] if entry else parent.node
    address = parent.address
    told = "unknown key, which is not shown"
    if not parent.hidden:
        told = f"unknown key {quoted(name)}"
        address = parent.key(name, node).address
    names = _names(_model_at(tuple(above)) or Plan)
    message = told + (_suggestion(name, names) if suggest else "")
    return Problem(source.file, node.line, node.column, address, "unknown-key", message)


def _suggestion(name: str, names: tuple[str, ...]) -> str:
    spelled = name.strip().lower().replace("-", "_").replace(" ", "_")[:64]
    if near := difflib.get_close_matches(spelled, names, 1):
        return f'; did you mean "{near[0]}"?'
    more = ", …" if len(names) > MOST_KEYS else ""
    return f"; known here: {', '.join(names[:MOST_KEYS])}{more}"


@cache
def _names(model: type[Item]) -> tuple[str, ...]:
    fields = model.model_fields.items()
    names = [field.alias or name for name, field in fields if name != "internal"]
    return (*names, "internal")


@cache
def _map_of(model: type[Item] | None) -> str:
    fields = model.model_fields.items() if model else ()
    needed = [field.alias or name for name, field in fields if field.is_required()]
    if needed:
        return f"a map with {' and '.join(needed)}"
    return f"a map of {', '.join(_names(model)[:4])}" if model else "a map"


@cache
def _what_of(model: type[Item], key: str) -> str:
    """Ask the field itself: it says what it expects when it gets nothing."""
    try:
        model.model_validate({key: None})
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            if fault["loc"] == (key,):
                return _expected_at(fault, model, key)
    return "a value"


def _expected_at(fault: ErrorDetails, model: type[Item], key: str) -> str:
    if fault["type"] == "model_type":
        return _map_of(_model_of_field(model, key))
    return _expected(fault)[1]


def _model_at(path: Trail) -> type[Item] | None:
    model: type[Item] | None = Plan
    named = False
    for part in path:
        if named:
            named = False  # a name of the writer's, not of a field
        elif isinstance(part, str) and model:
            named = _is_by_name(model, part)
            model = _model_of_field(model, part)
    return model


@cache
def _is_by_name(model: type[Item], key: str) -> bool:
    """Tell whether a field is a map whose keys are names that the writer gives."""
    field = model.model_fields.get(key)
    return field is not None and get_origin(field.annotation) is dict


@cache
def _model_of_field(model: type[Item], key: str) -> type[Item] | None:
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return _item_in(field.annotation)
    return None


def _item_in(annotation: Any) -> type[Item] | None:  # noqa: ANN401  # any annotation
    if isinstance(annotation, type) and issubclass(annotation, Item):
        return annotation
    found = (_item_in(part) for part in get_args(annotation))
    return next((item for item in found if item), None)
