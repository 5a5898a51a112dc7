"""What a plan may say of the rules of advice: which do not fit it, and why.

Only the shape is taken here; `mapsite.plan.advice.tuning` reads what it says. It is
the seller's, and never part of a room.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import core_schema

from mapsite.plan.validators import ReadBefore, expected

_WHAT = "a map of rules, like {no-procurement: {off: true, why: Our marketplace}}"


class _ByRule(ReadBefore):
    """Take a map of maps, and list the rules in the JSON Schema."""

    def _read(self, value: object) -> object:
        if isinstance(value, dict):
            return value
        raise expected(_WHAT, "checks")

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """List each rule with its limits."""
        from mapsite.plan.advice.registry import RULES  # noqa: PLC0415  # they use plans

        rules = {
            rule.id: {
                "type": "object",
                "description": f"{rule.title[0].upper()}{rule.title[1:]}.",
                "properties": {
                    "off": {"type": "boolean"},
                    "why": {"type": "string", "minLength": 1},
                }
                | {
                    name: {
                        "type": "integer",
                        "minimum": limit.least,
                        "maximum": limit.most,
                        "description": f"{limit.what}; {limit.default} unless said.",
                    }
                    for name, limit in rule.limits.items()
                },
                "required": ["why"],
                "additionalProperties": False,
            }
            for rule in RULES.values()
        }
        return {"type": "object", "properties": rules, "additionalProperties": False}


Checks = Annotated[dict[str, Any], _ByRule()]
"""By rule, what is changed of it and the reason."""
