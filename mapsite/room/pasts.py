"""What git knows of the plans of a build, asked once and only when it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mapsite.git.stamp import history_stamp

if TYPE_CHECKING:
    from mapsite.git.versions import Trail
    from mapsite.plan.past import Version


@dataclass(frozen=True, slots=True)
class Past:
    """Hold what git knows of one plan."""

    head: str
    """The newest commit of the repository."""
    fingerprint: str
    """A hash of the plan's history; empty without one."""
    versions: tuple[Version, ...]
    """Oldest first."""


_MOST_TEXTS = 500
"""So many versions are read at once, or all those of one plan."""


class Pasts:
    """Know the histories of the plans of one build."""

    def __init__(self, root: Path, sources: Sequence[str], today: date) -> None:
        """Take the plans as paths from *root*; git is not asked yet."""
        self._root, self._sources, self.today = root, tuple(sources), today
        self._read: dict[str, tuple[Version, ...]] = {}
        self.head = history_stamp(root)
        """Another one after every commit; empty where there is no history."""

    @cached_property
    def _trails(self) -> dict[str, Trail]:
        if not self.head:
            return {}
        from mapsite.git.versions import trails_of  # noqa: PLC0415  # not when all is made

        return trails_of(self._root, self._sources)

    def fingerprint(self, source: str) -> str:
        """Return a hash of the history of the plan at *source*; empty without one."""
        trail = self._trails.get(source)
        return trail.fingerprint if trail else ""

    def of(self, sources: Sequence[str]) -> Past:
        """Return the past of the first of *sources*.

        Those that follow are what the caller asks for next: some are read with it.
        """
        versions = self._versions(sources)
        return Past(self.head, self.fingerprint(sources[0]), versions)

    def _versions(self, sources: Sequence[str]) -> tuple[Version, ...]:
        source = sources[0]
        if not (trail := self._trails.get(source)) or not trail.marks:
            return ()
        if source not in self._read:
            from mapsite.git.versions import versions_of  # noqa: PLC0415  # same

            # What was read before is not asked for again.
            self._read = versions_of(
                self._root, self._together(sources), self.today, self._trails
            )
        return self._read.pop(source, ())

    def _together(self, sources: Sequence[str]) -> list[str]:
        wanted: list[str] = []
        texts = 0
        for source in sources:
            texts += len(self._trails[source].marks)
            if wanted and texts > _MOST_TEXTS:
                break
            wanted.append(source)
        return wanted
