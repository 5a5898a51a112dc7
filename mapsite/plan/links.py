"""What a plan says of its private addresses; nothing of it is ever shown.

The address itself is made of it in `mapsite.publish.link`, together with a secret.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic_core import core_schema

from mapsite.plan.fields import Day, Id
from mapsite.plan.item import Item
from mapsite.plan.validators import ReadBefore, expected, from_text

NONCE = re.compile(r"[a-z2-7]{26}", re.ASCII)
MOST_FORMER = 500


def _read_nonce(text: str) -> str | None:
    return text if NONCE.fullmatch(text) else None


Nonce = Annotated[
    str,
    from_text("26 characters a-z and 2-7, as `mapsite links` writes", _read_nonce),
    WithJsonSchema({"type": "string", "pattern": f"^{NONCE.pattern}$"}),
]


class PrivateLink(Item):
    """One private address of the room, which can be withdrawn alone."""

    nonce: Nonce | None = Field(None, repr=False)
    """What the address is made of; mapsite writes it. Without it there is none."""
    expires: Day | None = None
    """The last day on which the address can be read."""
    former: Annotated[tuple[Nonce, ...], Field(max_length=MOST_FORMER)] = Field(
        (), repr=False
    )
    """What former addresses were made of, which must be gone; mapsite writes it."""

    @model_validator(mode="after")
    def _is_not_former(self) -> PrivateLink:
        """Refuse an address that is to be published and withdrawn at once."""
        if self.nonce in self.former:
            raise expected("a nonce that is not in former too", "former-nonce")
        return self

    def live(self, today: date) -> bool:
        """Tell whether the address can be read on *today*."""
        return self.nonce is not None and (
            self.expires is None or today <= self.expires
        )


class _ByName(ReadBefore):
    """Take a map of links, none of which is called like a nonce."""

    def _read(self, value: object) -> object:
        if not isinstance(value, dict):
            raise expected("a map of links by name, like {buyer: {}}", "links")
        if any(map(NONCE.search, value)):
            raise expected("a short name for each link, like buyer", "links")
        return value

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Take no other names than ids, and links that were left empty."""
        told = handler(schema)
        named = told.pop("patternProperties")
        [(pattern, link)] = named.items()
        either = {"anyOf": [link, {"type": "null"}]}
        return {
            **told,
            "patternProperties": {pattern: either},
            "additionalProperties": False,
        }


Links = Annotated[dict[Id, PrivateLink], _ByName()]
"""By name, each private address."""
