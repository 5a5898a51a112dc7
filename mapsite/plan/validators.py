"""Validators that say what they expected, in words for the writer of a plan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema


def expected(what: str, rule: str = "type") -> PydanticCustomError:
    """Return the error that says *what* should have stood there."""
    return PydanticCustomError(rule, "{what}", {"what": what})


def from_text(
    what: str, read: Callable[[str], object], rule: str = "type"
) -> BeforeValidator:
    """Make a validator that reads one text and says *what* it should have been."""

    def validate(value: object) -> object:
        result = read(value) if isinstance(value, str) else None
        if result is None:
            raise expected(what, rule)
        return result

    return BeforeValidator(validate)


class ReadBefore(ABC):
    """Read a value before its type does."""

    @abstractmethod
    def _read(self, value: object) -> object:
        """Return what the type is to take; raise `expected` for anything else."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check before the type does."""
        return core_schema.no_info_before_validator_function(
            self._read, handler(source)
        )


class OneOf(ReadBefore):
    """Take one of a few words, and say which in the JSON Schema."""

    def __init__(self, *choices: str) -> None:
        """Keep the words in the order in which messages name them."""
        self.choices = choices

    def _read(self, value: object) -> object:
        if value in self.choices:
            return value
        raise expected(f"one of {', '.join(self.choices)}", "choice")

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """List the words."""
        return {"type": "string", "enum": list(self.choices)}


def as_list(value: object) -> object:
    """Let one item stand where a list may stand."""
    return value if isinstance(value, list) else [value]


def one_or_list(item: Any) -> BeforeValidator:  # noqa: ANN401  # a type, annotated or a union
    """Let one *item* stand where a list may stand, in the JSON Schema too."""
    return BeforeValidator(as_list, json_schema_input_type=item | tuple[item, ...])
