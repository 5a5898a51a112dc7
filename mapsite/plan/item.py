"""What every part of a plan has in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from mapsite.plan.fields import Internal


class Item(BaseModel):
    """Hold what every part of a plan has in common."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        serialize_by_alias=True,
        arbitrary_types_allowed=True,
    )

    internal: Internal = None
    """Notes for the seller's team; never published. `true` hides the whole item."""

    @property
    def hidden(self) -> bool:
        """Tell whether the whole item stays internal."""
        return self.internal is True


_Shown = TypeVar("_Shown", bound=Item)


def shown(items: Iterable[_Shown]) -> list[_Shown]:
    """Return the items that are not hidden."""
    return [item for item in items if not item.hidden]
