"""The JSON Schema of a plan, with which editors complete and check while typing."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

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
    for model in (schema, *schema["$defs"].values()):
        needed = model.get("required", ())
        for name, field in model["properties"].items():
            _drop_default(field)
            if name not in needed:
                model["properties"][name] = _or_empty(field)
    return {"$schema": DIALECT, **schema, "title": "Mutual action plan"}


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
