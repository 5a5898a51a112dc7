"""Try again where a target is busy."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from mapsite.publish.target import TargetBusy

_TRIES = 4
_PAUSE = 0.5
"""Seconds before the second try; each further one waits twice as long."""

_T = TypeVar("_T")


def patient(action: Callable[[], _T]) -> _T:
    """Do *action*, again after a pause where the target is busy; raise what stays."""
    for attempt in range(1, _TRIES):
        try:
            return action()
        except TargetBusy:
            time.sleep(_PAUSE * 2 ** (attempt - 1))
    return action()
