"""What everything that speaks in a room has at hand."""

from __future__ import annotations

from mapsite.room.labels import Labels
from mapsite.room.marks import Marks
from mapsite.room.view import RoomView


class Voice:
    """Hold what is to be said, the language, and the small pieces of markup."""

    def __init__(self, view: RoomView, labels: Labels, marks: Marks) -> None:
        """Speak of *view* with the words of *labels*."""
        self._view, self._t, self._m = view, labels, marks
        self._now = view.standing
