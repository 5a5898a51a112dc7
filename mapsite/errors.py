"""What can go wrong, told so that the person who wrote the plan can mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Hold one fault of a plan: where it stands, and what was expected there."""

    file: str
    """The plan's path as the reader typed it."""
    line: int
    """Line in the file, from 1; 0 where the whole file is meant."""
    column: int
    """Column in that line, from 1; 0 where the whole file is meant."""
    address: str
    """The field by stable ids, ``steps/security-review/due``; empty for the file."""
    rule: str
    """A short stable name of the rule that was broken, ``unknown-key``."""
    message: str
    """``expected WHAT, got VALUE``; never a value from an internal field."""
    severity: str = "error"
    """error, warning or info; the last two are advice and stop nothing."""

    @property
    def place(self) -> str:
        """Return the file, and the line if there is one: ``plans/acme.yaml:5``."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        """Say it in one line: ``FILE:LINE: ADDRESS: MESSAGE``.

        What is no error names its severity and its rule, by which it is switched off.
        """
        if self.severity == "error":
            return ": ".join(filter(None, (self.place, self.address, self.message)))
        told = (self.place, self.address, self.severity, self.message)
        return f"{': '.join(filter(None, told))} [{self.rule}]"

    def as_dict(self) -> dict[str, str | int]:
        """Return the fields for machines, in the order that the README names."""
        order = ("file", "line", "column", "address", "rule", "severity", "message")
        values = asdict(self)
        return {name: values[name] for name in order}


class MapsiteError(Exception):
    """Say what stops mapsite, in words for the person at the keyboard."""


class InvalidPlan(MapsiteError):  # noqa: N818  # what it is, not that it is one
    """Carry every problem of one plan, in the order of its lines."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep *problems* sorted by line, without repeats."""
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))
