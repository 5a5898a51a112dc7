"""What a run of the reviewing side works with: the ledger, main's plans, the forge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from mapsite.changes.events import Event
from mapsite.changes.forge import Forge, Request
from mapsite.changes.identity import author_of
from mapsite.changes.keeping import OURS, Chosen, Keeper
from mapsite.changes.ledger import Entry, Files, Ledger
from mapsite.changes.messages import TRAILER, commit_message
from mapsite.changes.policy import Policy
from mapsite.changes.suggestion import Suggestion
from mapsite.changes.weighing import Weighed, weigh
from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.git.branches import Branches, Move
from mapsite.git.running import run_git
from mapsite.git.writing import Draft, write_commit
from mapsite.repository import CLOSED, PLANS

_TRAILERS = f"%(trailers:key={TRAILER},valueonly,separator=%x2C)"


class Happening(NamedTuple):
    """Say what is to be noted of a suggestion."""

    entry_id: str
    kind: str
    told: Mapping[str, Any]


class Done(NamedTuple):
    """Tell what a run did about one suggestion."""

    entry: Entry
    what: str
    """An event, or ``open``, ``edited``, ``closed`` where nothing was done."""
    lines: tuple[str, ...] = ()
    url: str = ""


@dataclass
class Review:
    """Hold what one run knows."""

    keeper: Keeper
    forge: Forge
    policy: Policy
    now: datetime
    ledger: Ledger = field(default_factory=lambda: Ledger({}))
    notes: list[Happening] = field(default_factory=list)
    """What is still to be added to the ledger."""
    _plans: dict[tuple[str, str], bytes | None] = field(default_factory=dict)

    @property
    def branches(self) -> Branches:
        """Return the repository."""
        return self.keeper.branches

    def look(self) -> None:
        """Learn how everything is by now."""
        self.ledger = self.keeper.look()

    def plan_at(self, commit: str, plan: str) -> bytes | None:
        """Return the open *plan* as *commit* has it; None where it has none."""
        key = (commit, plan)
        if key not in self._plans:
            name = f"{commit}:{self.path_of(plan)}"
            ran = run_git(self.branches.root, "cat-file", "blob", name)
            self._plans[key] = None if ran.code else ran.output
        return self._plans[key]

    @property
    def main(self) -> str:
        """Return the newest commit of the main branch."""
        return self.branches.tip(self.branches.main)

    def path_of(self, plan: str) -> str:
        """Return the path of *plan* from git's top."""
        return f"{self.branches.prefix}{PLANS}/{plan}.yaml"

    def weigh(
        self, suggestion: Suggestion, commit: str = "", *, anyway: bool = False
    ) -> Weighed | None:
        """Weigh *suggestion* on the plan of *commit*, or main's; None without one."""
        raw = self.plan_at(commit or self.main, suggestion.plan)
        if raw is None:
            return None
        file = f"{PLANS}/{suggestion.plan}.yaml"
        return weigh(suggestion, raw, file, self.policy, anyway=anyway)

    def no_plan(self, plan: str) -> str:
        """Say why there is no plan to write into."""
        closed = f"{self.branches.prefix}{CLOSED}/{plan}.yaml"
        ran = run_git(self.branches.root, "cat-file", "-e", f"{self.main}:{closed}")
        return f"no plan {plan}" if ran.code else f"the deal {plan} is closed"

    def commit(self, entry: Entry, weighed: Weighed) -> str:
        """Make the commit of what is written, on top of main."""
        message = commit_message(entry.id, weighed.written, weighed.why)
        files = {self.path_of(entry.plan): weighed.raw}
        author = (
            author_of(entry.suggestion.by, weighed.raw) if entry.suggestion else None
        )
        return write_commit(
            self.branches.root, Draft(self.main, files, message, author)
        )

    def branch_of(self, entry: Entry) -> str:
        """Return the branch of a suggestion; no letter in it is the sender's."""
        return f"{OURS}{entry.plan}/{entry.key}"

    def made(self, entry: Entry, commit: str) -> bool:
        """Tell whether *commit* is what mapsite made of *entry*, untouched since."""
        recorded = {event.told.get("commit") for event in entry.events}
        if commit in recorded:
            return True
        # A run that was killed made it and could not say so.
        shown = f"--format=%P%x00{_TRAILERS}"
        asked = ("log", "-1", "--no-show-signature", shown, commit)
        parents, _, ids = run_git(self.branches.root, *asked).text.partition("\0")
        if ids != entry.id or len(parents.split()) != 1 or not entry.suggestion:
            return False
        weighed = self.weigh(entry.suggestion, parents)
        return weighed is not None and weighed.raw == self.plan_at(commit, entry.plan)

    def merged(self) -> dict[str, str]:
        """Return the commit of each suggestion that is in the main branch."""
        asked = ("log", "--no-show-signature", f"--grep=^{TRAILER}:", "-z")
        shown = f"--format=%H {_TRAILERS}"
        listed = run_git(self.branches.root, *asked, shown, self.main).text
        found: dict[str, str] = {}
        for line in listed.split("\0"):
            commit, _, ids = line.partition(" ")
            found |= dict.fromkeys(filter(None, ids.split(",")), commit)
        return found

    def request_of(self, entry: Entry) -> Request | None:
        """Return the request of a suggestion, where the forge can be asked."""
        if not self.forge.speaks:
            return None
        return self.forge.find(self.branches.root, self.branch_of(entry))

    def tidy(self) -> None:
        """Remove the branches of what is decided, and close their requests.

        What somebody has worked on stays.
        """
        for entry in self.ledger.entries.values():
            branch = self.branch_of(entry)
            tip = self.branches.tip(branch)
            if entry.waits or not tip:
                continue
            if not (
                self.branches.holds(self.branches.main, tip) or self.made(entry, tip)
            ):
                continue
            request = self.request_of(entry)
            if request and request.state == "open":
                self.forge.close(self.branches.root, request)
            self.branches.move(Move(branch, tip, ""))

    def note(self, entry: Entry, kind: str, **told: object) -> None:
        """Have the ledger say soon that something happened to *entry*."""
        self.notes.append(Happening(entry.id, kind, told))

    def decide(self, entry: Entry, kind: str, **told: object) -> None:
        """Have the ledger say that *entry* ended so, whatever was decided before.

        Raises MapsiteError where another run decided differently at the same time.
        """
        again = {} if entry.waits or entry.state == kind else {"again": entry.state}
        self.note(entry, kind, **told, **again)
        self.keep_notes()
        self.expect(entry, kind)

    def expect(self, entry: Entry, state: str) -> Entry:
        """Return *entry* as it is now; raise MapsiteError unless it is in *state*."""
        found = self.ledger.entries[entry.id]
        if found.state != state:
            raise MapsiteError(
                f"{entry.key}: another run decided meanwhile ({found.state});"
                " `mapsite changes status` tells what counts"
            )
        return found

    def keep_notes(self) -> None:
        """Add what was noted to the ledger, and push it."""
        notes = list(self.notes)
        if not notes:
            return

        def choose(ledger: Ledger) -> Chosen:
            return _with_notes(ledger, notes, self.now)

        self.ledger = self.keeper.add(choose, self.ledger)
        self.notes.clear()


def _with_notes(ledger: Ledger, notes: Iterable[Happening], now: datetime) -> Chosen:
    """Add each note that still fits: another run may have decided meanwhile."""
    files: Files = {}
    for note in notes:
        entry = ledger.of(note.entry_id)
        if entry is None or entry.last.says(note.kind, note.told):
            continue
        again = note.told.get("again")
        fits = again is True or entry.state in {note.kind, again}
        if not (entry.waits or fits):
            continue
        entry, more = entry.happened(Event(note.kind, now, note.told))
        ledger, files = ledger.with_entry(entry), files | more
    return Chosen(ledger, files, "Note what became of suggestions\n")


def weigh_or_wait(review: Review, entry: Entry) -> Weighed | Done:
    """Weigh *entry* on main; where nothing is to be written, note that it waits."""
    try:
        weighed = review.weigh(entry.suggestion) if entry.suggestion else None
    except InvalidPlan as error:
        return wait_for_person(
            review, entry, f"the plan has errors: {error.problems[0]}"
        )
    if weighed is None:
        return wait_for_person(review, entry, review.no_plan(entry.plan))
    if weighed.kind == "proposed":
        return weighed
    review.note(entry, weighed.kind, parts=weighed.fates)
    return Done(entry, weighed.kind, tuple(weighed.left))


def wait_for_person(review: Review, entry: Entry, reason: str) -> Done:
    """Note that somebody has to look at *entry*."""
    review.note(entry, "needs-person", reason=reason)
    return Done(entry, "needs-person", (reason,))
