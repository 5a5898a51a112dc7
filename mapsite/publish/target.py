"""What every place that rooms are published to can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from mapsite.errors import MapsiteError


class TargetError(MapsiteError):
    """Say that a target refused, and what to do; never with a token in it."""


class TargetBusy(TargetError):  # noqa: N818  # says what happened, like InvalidPlan
    """Say that a target did not answer or asks to wait; a second try may do."""


class TargetMoved(TargetError):  # noqa: N818  # says what happened, like InvalidPlan
    """Say that another publisher changed the target meanwhile; begin again."""


class Upload(NamedTuple):
    """Hold one file on its way to a target."""

    key: str
    """Its path from the target's root, with ``/``."""
    data: bytes
    content_type: str
    """With charset where it is text: ``text/html; charset=utf-8``."""
    cache_control: str


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """Hold what ``extra.mapsite.targets`` says of one target."""

    name: str
    kind: str
    """``folder``, ``url``, ``rsync``, ``git`` or ``command``."""
    place: str
    """The value of that key: a path, an address or a command."""
    root: Path
    """The repository's root; a relative folder lies in it."""
    memory: Path
    """A folder of the target's own for what is kept between runs; may be missing."""
    address: str | None = None
    """Where readers find the target's root, ending in ``/``."""
    entry: str = ""
    """What a link needs after the room's folder, where the host shows no index page of
    a folder by itself: ``index.html``."""
    branch: str = "gh-pages"
    """For ``git``."""
    ssh: str | None = None
    """For ``rsync`` and ``git``: the ssh command with its options."""
    connects: str = ""
    """What the rooms' script may ask; see `mapsite.publish.headers.security`."""
    options: Mapping[str, object] = field(default_factory=dict)
    """For ``url``: what fsspec is given; no credentials."""


class Target(Protocol):
    """Take files, give them back and remove them; nothing but what it is told to.

    Keys are paths from the target's root, with ``/``. Every method may raise
    `TargetError`, or `TargetBusy` where a second try may do. Nothing is printed, and
    no message holds a key.
    """

    settings: TargetSettings
    whole_site: bool
    """Whether each delivery replaces all that is there, so all rooms must be in it."""

    @property
    def waits(self) -> bool:
        """Tell whether an earlier run put or removed what it did not deliver."""
        ...

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the content of those of *keys* that are there."""
        ...

    def rooms(self) -> set[str] | None:
        """Return the names of the folders in ``t/``; None where that costs too much."""
        ...

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write *uploads*, each whole or not at all; their order does not matter.

        On return all can be read by everybody, or wait for `deliver`. *done* is told
        the number of files that arrived since it was called last.
        """
        ...

    def remove(self, keys: Sequence[str]) -> None:
        """Remove *keys*, and folders that this leaves empty; missing ones are fine."""
        ...

    def claim(self, key: str, data: bytes) -> bool:
        """Write *key* unless it is there already, and tell whether it was written.

        Always true where two publishers cannot mix anyway: their `deliver` raises
        `TargetMoved` for the second of them.
        """
        ...

    def deliver(self) -> None:
        """Make all that was put and removed visible; nothing to do for most."""
        ...

    def remains(self) -> tuple[str, ...]:
        """Say in words where removed files can still be read, as by old versions."""
        ...

    def close(self) -> None:
        """Let go of connections and temporary files."""
        ...
