"""Tell rooms what became of suggestions, and what lets new ones into the inbox.

Told from the ledger as it is known here: nobody is asked over the network. Nothing
heavier than the standard library is imported for the stamp.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapsite.git.commits import git_folder, newest_commit, stamp_of_refs
from mapsite.repository import PlanFile

if TYPE_CHECKING:
    from mapsite.changes.ledger import Entry, Ledger
    from mapsite.changes.policy import Policy
    from mapsite.plan.operations import Operation
    from mapsite.publish.key import Secret
    from mapsite.room.suggested import Given, Suggested

_LEDGER = "mapsite-ledger"
_REFS = (f"refs/heads/{_LEDGER}", f"refs/remotes/origin/{_LEDGER}")
_IN_TREE = "changes"
_SECRET = ".mapsite-secret"  # noqa: S105  # the file's name
_LETTERS = 12


class FromLedger:
    """Know what the rooms of the repository at *root* are told for suggestions."""

    def __init__(self, root: Path) -> None:
        """Look at nothing yet."""
        self._root = root
        self._suggested: dict[str, tuple[Suggested, ...]] | None = None
        self._secrets: dict[str, Secret | None] = {}

    @property
    def stamp(self) -> str:
        """Return what changes whenever `given` may; empty where it gives nothing."""
        return " ".join(part for part in (self._tips, self._mark) if part)

    @cached_property
    def _tips(self) -> str:
        """Return what changes with the ledger; empty where there is none."""
        folder = git_folder(self._root)
        if folder is None:
            return ""
        in_tree = os.path.isdir(self._root / _IN_TREE)
        head = newest_commit(folder) if in_tree else ""
        return ",".join(filter(None, (stamp_of_refs(folder, *_REFS), head)))

    @cached_property
    def _mark(self) -> str:
        """Return what changes with the secret; empty where there is none."""
        names = ("MAPSITE_SECRET", "MAPSITE_SECRET_FILE")
        said = "\0".join(os.environ.get(name, "") for name in names)
        if said != "\0":
            # Eight digits tell nothing of 256 random bits.
            return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:8]
        try:
            seen = os.stat(self._root / _SECRET)
        except OSError:
            return ""
        return f"{seen.st_mtime_ns}-{seen.st_ino}"

    def given(self, plan: PlanFile, settings: Mapping[str, Any]) -> Given:
        """Return what the room of *plan* is told; raise MapsiteError."""
        from mapsite.room.suggested import Given  # noqa: PLC0415  # with what is made

        suggested = self._entries(settings).get(plan.id, ()) if self._tips else ()
        return Given(self._token(plan, settings), plan.source, suggested)

    def _token(self, plan: PlanFile, settings: Mapping[str, Any]) -> str:
        """Return what lets suggestions for *plan* in; empty where nobody can tell."""
        check = str(settings.get("key_check") or "")
        endpoint = (settings.get("suggest") or {}).get("endpoint")
        if not (check and endpoint and self._mark):
            return ""
        from mapsite.plan.naming import opaque_id  # noqa: PLC0415  # rarely needed
        from mapsite.publish.link import key_check, submit_token  # noqa: PLC0415
        from mapsite.publish.secret import read_secret  # noqa: PLC0415

        if check not in self._secrets:
            secret = read_secret(self._root)
            self._secrets[check] = secret if key_check(secret) == check else None
        fitting = self._secrets[check]
        opaque = opaque_id(plan.id, check, _LETTERS)
        return submit_token(fitting, opaque) if fitting else ""

    def _entries(
        self, settings: Mapping[str, Any]
    ) -> Mapping[str, tuple[Suggested, ...]]:
        """Return what was suggested, by plan."""
        if self._suggested is None:
            self._suggested = {}
            policy = _policy(settings)
            for entry in _ledger(self._root, settings).entries.values():
                if entry.suggestion:
                    known = self._suggested.get(entry.plan, ())
                    self._suggested[entry.plan] = (*known, _told(entry, policy))
        return self._suggested


def _ledger(root: Path, settings: Mapping[str, Any]) -> Ledger:
    from mapsite.changes.keeping import Keeper  # noqa: PLC0415  # rarely needed
    from mapsite.git.branches import Branches  # noqa: PLC0415

    said = settings.get("changes") or {}
    branches = Branches(root, str(said.get("main") or ""))
    return Keeper(branches, in_tree=said.get("ledger") == "tree").recall()


def _policy(settings: Mapping[str, Any]) -> Policy:
    """Return what buyers may change, as far as the settings say it rightly."""
    from mapsite.changes.policy import Policy, Ruling  # noqa: PLC0415  # rarely needed

    known = [*Ruling]
    said: Any = settings
    for name in ("changes", "policy", "buyer"):
        said = said.get(name) if isinstance(said, Mapping) else None
    rules = said.items() if isinstance(said, Mapping) else ()
    return Policy({"buyer": {key: Ruling(one) for key, one in rules if one in known}})


def _may_be_told(operation: Operation, policy: Policy) -> bool:
    """Tell whether *operation* is about what rooms show and buyers may change.

    What is refused is shown to nobody; the plan is not needed to know it.
    """
    from mapsite.changes.policy import Ruling, rule  # noqa: PLC0415  # rarely needed
    from mapsite.changes.visible import shows  # noqa: PLC0415

    refused = rule(operation, {}, "buyer", policy).ruling is Ruling.NEVER
    return shows(operation.path) and not refused


def _told(entry: Entry, policy: Policy) -> Suggested:
    """Return what rooms may tell of *entry*: no e-mail, no judgement, no address.

    Of what was declined quietly its sender's own browser learns that it was.
    """
    from mapsite.room.suggested import Suggested  # noqa: PLC0415  # with what is made

    assert entry.suggestion is not None  # noqa: S101  # asked before
    outcome = "accepted" if entry.state == "applied" else entry.state
    quiet = not entry.waits and bool(entry.last.told.get("quiet"))
    shown = () if quiet else entry.suggestion.operations
    return Suggested(
        entry.id,
        entry.suggestion.by.name,
        tuple(one for one in shown if _may_be_told(one, policy)),
        entry.received.date(),
        "" if entry.waits else outcome,
        None if entry.waits else entry.last.at.date(),
        "" if entry.waits else entry.last.reason,
    )
