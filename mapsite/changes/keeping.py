"""Keep the ledger in git: on a branch of its own, or in a folder of the main branch.

Where there is an origin, what is kept is pushed before anybody is told so. Two runs at
once add different files: whoever loses the race makes its commit anew on what won.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mapsite.changes.ledger import FOLDER, Files, Ledger, read_ledger
from mapsite.errors import MapsiteError
from mapsite.git.branches import Branches, Move
from mapsite.git.writing import Draft, write_commit

BRANCH = "mapsite-ledger"
OURS = "mapsite/"
"""How the branches of suggestions begin."""
_MOST_TRIES = 40


class Chosen(NamedTuple):
    """Hold what is to be added to the ledger."""

    ledger: Ledger
    files: Files
    message: str = "Keep suggestions"


Choose = Callable[[Ledger], Chosen]
"""Decides on the ledger as it is; asked again where another run was faster."""


class Keeper:
    """Read the ledger and add to it."""

    def __init__(self, branches: Branches, *, in_tree: bool = False) -> None:
        """Take the repository; *in_tree* keeps the ledger on its main branch."""
        self.branches = branches
        self._in_tree = in_tree

    @property
    def branch(self) -> str:
        """Return the branch that the ledger is on."""
        return self.branches.main if self._in_tree else BRANCH

    def look(self) -> Ledger:
        """Learn from the origin where everything is, and return the ledger."""
        self.branches.look(BRANCH, f"{OURS}*")
        return self.read()

    def recall(self) -> Ledger:
        """Return the ledger as it is known here, without asking the origin."""
        self.branches.recall(BRANCH, f"{OURS}*")
        return self.read()

    def read(self) -> Ledger:
        """Return the ledger where it was last seen."""
        return read_ledger(self.branches.files(self.branch, FOLDER))

    def add(self, choose: Choose, ledger: Ledger | None = None) -> Ledger:
        """Add what *choose* says, push it, and return the ledger after it.

        *ledger* is what was last read, where it still is what `read` would return.
        """
        ledger = self.read() if ledger is None else ledger
        for _ in range(_MOST_TRIES):
            chosen = choose(ledger)
            if not chosen.files:
                return chosen.ledger
            if self._push(chosen):
                return chosen.ledger
            ledger = self.look()
        raise MapsiteError(
            "other runs kept changing the ledger; nothing was lost, run this again"
        )

    def _push(self, chosen: Chosen) -> bool:
        prefix = self.branches.prefix
        tip = self.branches.tip(self.branch)
        files = {f"{prefix}{path}": raw for path, raw in chosen.files.items()}
        draft = Draft(tip, files, chosen.message)
        commit = write_commit(self.branches.root, draft)
        return self.branches.move(Move(self.branch, tip, commit))
