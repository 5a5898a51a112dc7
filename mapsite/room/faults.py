"""Say what went wrong with one plan as problems, so that the others go on."""

from __future__ import annotations

import os

from mapsite.errors import InvalidPlan, MapsiteError, Problem


def as_problems(path: str, error: Exception) -> list[Problem]:
    """Return the problems that *error* means for the plan at *path*."""
    if isinstance(error, InvalidPlan):
        return error.problems
    if isinstance(error, MapsiteError):
        return [whole_file(path, "file", str(error))]
    if isinstance(error, OSError):
        return [whole_file(str(error.filename or path), "file", refusal(error))]
    return [whole_file(path, "internal-error", _fault(error))]


def whole_file(path: str, rule: str, message: str) -> Problem:
    """Return a problem that no one line of the plan at *path* is to blame for."""
    return Problem(path, 0, 0, "", rule, message)


def refusal(error: OSError) -> str:
    """Say what the system refused: ``permission denied``."""
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


def _fault(error: Exception) -> str:
    """Name a fault of mapsite itself without any text that may come from a plan."""
    import traceback  # noqa: PLC0415  # slow to import, and rare

    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return (
        f"mapsite itself failed ({type(error).__name__} at {place}); please report it"
    )
