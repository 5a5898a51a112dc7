"""The JSON Schema of a plan, with which editors complete and check while typing."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from mapsite.plan.item import Item
from mapsite.plan.model import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


class _PlainTitles(GenerateJsonSchema):
    """Leave out titles that only repeat the name of the field."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002  # pydantic's own
        """Say no."""
        return False


def plan_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a plan that is written in YAML."""
    schema = Plan.model_json_schema(schema_generator=_PlainTitles)
    models = {"Plan": schema, **schema["$defs"]}
    _describe(models)
    for model in models.values():
        needed = model.get("required", ())
        for name, field in model["properties"].items():
            _drop_default(field)
            if name not in needed:
                model["properties"][name] = _or_empty(field)
    return {"$schema": DIALECT, **schema, "title": "Mutual action plan"}


def _describe(models: dict[str, Schema]) -> None:
    """Take the description of each field from the text under it."""
    # pydantic would do so whenever a plan is read, which takes 40 ms.
    for item in Item.__subclasses__():
        properties = models[item.__name__]["properties"]
        names = {name: f.alias or name for name, f in item.model_fields.items()}
        for field, text in (*_texts_of(Item), *_texts_of(item)):
            told = {**properties[names[field]], "description": text}
            properties[names[field]] = dict(sorted(told.items()))


def _texts_of(item: type[Item]) -> Iterator[tuple[str, str]]:
    """Yield the fields that *item* adds, with the texts that stand under them."""
    body = ast.parse(inspect.getsource(item)).body[0]
    lines = body.body if isinstance(body, ast.ClassDef) else []
    for field, under in pairwise(lines):
        match field, under:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)


def _drop_default(field: Schema) -> None:
    """Keep a default only where an editor could show it as text."""
    if not isinstance(field.get("default"), str | bool):
        field.pop("default", None)


def _or_empty(field: Schema) -> Schema:
    """Let a field stand there without a value, which counts as missing."""
    kinds = field.get("anyOf", [])
    if {"type": "null"} in kinds:
        return field
    told: Schema = {
        key: field.pop(key) for key in ("description", "default") if key in field
    }
    return {"anyOf": [*(kinds or [field]), {"type": "null"}], **told}
