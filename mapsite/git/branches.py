"""Move branches of a repository, and of its origin where it has one.

With an origin, what is there counts: it is looked at before, and every move names what
it expects there. Nothing is checked out, so no work tree is touched, except that
`Branches.follow` brings the one that shows the main branch forward.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError
from mapsite.git.revision import Revision
from mapsite.git.running import Ran, run_git
from mapsite.plan.wording import quoted

ORIGIN = "origin"
HEADS = "refs/heads/"
_TRACKED = f"refs/remotes/{ORIGIN}/"
_USUAL = ("main", "master")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}", re.ASCII)
_NO_WAY = re.compile(
    r"Could not resolve|Name or service not known|Connection (?:refused|timed out|reset"
    r"|closed)|Operation timed out|No route to host|Network is unreachable|Failed to"
    r" connect|timed out|does not appear to be a git repo|repository .*not found",
    re.IGNORECASE,
)
_NO_RIGHT = re.compile(
    r"Permission denied|Authentication failed|could not read (?:Username|Password)"
    r"|terminal prompts disabled|Invalid username|HTTP 40[13]|403|not allowed to push",
    re.IGNORECASE,
)
_PROTECTED = re.compile(
    r"protected branch|GH006|GH013|pre-receive hook declined|hook declined"
    r"|Changes must be made through|not allowed to (?:force )?push",
    re.IGNORECASE,
)
_MOST_TRIES = 3


class Move(NamedTuple):
    """Say where a branch is to be, and where it was."""

    branch: str
    old: str
    """Its newest commit so far; empty for a branch that is not there."""
    new: str
    """Empty where the branch is to go."""


class Refused(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say that a branch may not be moved by us."""


class Branches:
    """Know the branches of the repository around *root*."""

    def __init__(self, root: Path, main: str = "") -> None:
        """Find the repository; *main* is its main branch, where that is said."""
        self.root = root
        prefix = run_git(root, "rev-parse", "--show-prefix")
        if prefix.code:
            raise MapsiteError(
                "expected a git repository here; `git init` makes one, and the first"
                " commit holds the plans"
            )
        if main and not _NAME.fullmatch(main):
            raise MapsiteError(f"expected the name of a branch, got {quoted(main)}")
        self.prefix = prefix.text
        """Where *root* lies in the repository: empty, or a path that ends in ``/``."""
        url = run_git(root, "config", "--get", f"remote.{ORIGIN}.url")
        self.url = "" if url.code else url.text
        """The address of the origin; empty without one."""
        self.main = main
        self._tips: dict[str, str] = {}
        self._patterns: tuple[str, ...] = ()

    def look(self, *patterns: str) -> None:
        """Learn where the main branch and those of *patterns* are, from the origin.

        What they hold is here afterwards.
        """
        self._patterns = tuple(dict.fromkeys((*self._patterns, *patterns)))
        if not self.url:
            self._look_here(self._patterns)
            return
        mains = (self.main,) if self.main else _USUAL
        wanted = [f"{HEADS}{one}" for one in (*mains, *self._patterns)]
        ran = run_git(self.root, "ls-remote", "--symref", ORIGIN, "HEAD", *wanted)
        if ran.code:
            raise trouble_of(ran)
        pairs = [line.split("\t", 1) for line in ran.text.splitlines()]
        heads = [value for value, name in pairs if name == "HEAD"]
        # The first line says which branch it is, where the origin knows that.
        refs = [value[5:] for value in heads if value.startswith("ref: ")]
        self._tips = {
            name.removeprefix(HEADS): value
            for value, name in pairs
            if name.startswith(HEADS)
        }
        usual = [name for name in _USUAL if name in self._tips]
        head = refs[0].removeprefix(HEADS) if refs else ""
        self.main = self.main or head or (usual[0] if usual else "")
        if head and head == self.main and not heads[-1].startswith("ref: "):
            self._tips[head] = heads[-1]
        self._need_main()
        self._fetch()

    def recall(self, *patterns: str) -> None:
        """Learn where the branches are from what is here, without asking the origin."""
        self._look_here(patterns, _TRACKED if self.url else HEADS)

    def tip(self, branch: str) -> str:
        """Return the newest commit of *branch*, or nothing."""
        return self._tips.get(branch, "")

    def named(self, beginning: str) -> list[str]:
        """Return the branches whose names begin with *beginning*."""
        return sorted(name for name in self._tips if name.startswith(beginning))

    def move(self, *moves: Move, options: Sequence[str] = ()) -> bool:
        """Make all *moves*; return False where somebody was faster.

        *options* are for the origin's forge. Raises `Refused` where it does not let us.
        """
        if not self.url:
            return self._move_here(moves)
        words = [f"--force-with-lease={HEADS}{one.branch}:{one.old}" for one in moves]
        words += [word for option in options for word in ("--push-option", option)]
        words += [ORIGIN, *(f"{one.new}:{HEADS}{one.branch}" for one in moves)]
        atomic = ["--atomic"] if len(moves) > 1 else []
        push = ("push", "--porcelain", "--no-verify", "--quiet", *atomic, *words)
        for _ in range(_MOST_TRIES):
            ran = run_git(self.root, *push)
            if not ran.code:
                self._note(moves)
                return True
            if _PROTECTED.search(ran.told):
                raise Refused(
                    f"{moves[0].branch} is protected there; merge the request instead,"
                    " or let this user push to it"
                )
            self.look(*(one.branch for one in moves))  # what stands there now
            if all(self.tip(one.branch) == one.new for one in moves):
                return True  # the answer was lost, not the push
            if any(self.tip(one.branch) != one.old for one in moves):
                return False
        raise trouble_of(ran)

    def files(self, branch: str, *folders: str) -> dict[str, bytes]:
        """Return the files in *folders* of *branch* by their paths from the root."""
        if not self.tip(branch):
            return {}
        revision = Revision(self.root, self.tip(branch))
        blobs = revision.files(*folders)
        texts = revision.texts(sorted(set(blobs.values())))
        return {path: texts[blob] for path, blob in blobs.items() if blob in texts}

    def holds(self, branch: str, commit: str) -> bool:
        """Tell whether *commit* is in *branch*."""
        words = ("merge-base", "--is-ancestor", commit, self.tip(branch))
        return bool(self.tip(branch)) and run_git(self.root, *words).code == 0

    def follow(self) -> bool:
        """Bring a work tree that shows the main branch to its tip; tell whether it is.

        It stays as it is where somebody's own change is in the way.
        """
        tip = self.tip(self.main)
        if not self._shows_main():
            return False
        if run_git(self.root, "rev-parse", "HEAD").text == tip:
            return True
        return run_git(self.root, "merge", "--ff-only", "--quiet", tip).code == 0

    @property
    def way_to_main(self) -> str:
        """Return the command with which whoever is here sees the main branch."""
        switch = "" if self._shows_main() else f"git switch {self.main}"
        return " && ".join(filter(None, (switch, "git pull" if self.url else "")))

    def _shows_main(self) -> bool:
        ran = run_git(self.root, "symbolic-ref", "--quiet", "HEAD")
        return ran.text == f"{HEADS}{self.main}"

    def _look_here(self, patterns: Sequence[str], place: str = HEADS) -> None:
        refs = self._refs(place)
        if not self.main:
            head = run_git(self.root, "symbolic-ref", "--quiet", "HEAD").text
            usual = [name for name in _USUAL if name in refs]
            self.main = usual[0] if usual else head.removeprefix(HEADS)
        begins = tuple(one.removesuffix("*") for one in patterns)
        self._tips = {
            name: commit
            for name, commit in refs.items()
            if name == self.main or name.startswith(begins)
        }
        self._need_main()

    def _need_main(self) -> None:
        if not self.tip(self.main):
            where = "the origin" if self.url else "the repository"
            raise MapsiteError(
                f"expected a commit on the branch {self.main or 'main'} of {where};"
                " commit the plans, and push where there is an origin"
            )

    def _refs(self, place: str) -> dict[str, str]:
        listed = run_git(
            self.root, "for-each-ref", "--format=%(objectname) %(refname)", place
        )
        pairs = [line.partition(" ") for line in listed.text.splitlines()]
        return {name.removeprefix(place): commit for commit, _, name in pairs}

    def _fetch(self) -> None:
        known = self._refs(_TRACKED)
        missing = [
            f"+{HEADS}{name}:{_TRACKED}{name}"
            for name, commit in self._tips.items()
            if known.get(name) != commit
        ]
        if not missing:
            return
        ran = run_git(
            self.root,
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
            *("--no-auto-gc", "--no-recurse-submodules", ORIGIN, *missing),
        )
        if ran.code:
            raise trouble_of(ran)

    def _move_here(self, moves: Sequence[Move]) -> bool:
        for one in moves:
            if one.branch == self.main and self._shows_main():
                return self._forward(one, [two for two in moves if two is not one])
        lines = [
            f"update {HEADS}{one.branch} {one.new} {one.old or _NOTHING}"
            if one.new
            else f"delete {HEADS}{one.branch} {one.old}"
            for one in moves
        ]
        given = "".join(f"{line}\n" for line in lines).encode()
        if run_git(self.root, "update-ref", "--stdin", given=given).code:
            return False
        self._note(moves)
        return True

    def _forward(self, move: Move, others: Sequence[Move]) -> bool:
        """Move the branch that the work tree shows, together with its files."""
        if run_git(self.root, "rev-parse", "HEAD").text != move.old:
            return False
        if run_git(self.root, "merge", "--ff-only", "--quiet", move.new).code:
            raise Refused(
                f"{move.branch} has changes here that are not committed and would be"
                " overwritten; commit them first"
            )
        self._note([move])
        return not others or self._move_here(others)

    def _note(self, moves: Sequence[Move]) -> None:
        for one in moves:
            self._tips.pop(one.branch, None)
            if one.new:
                self._tips[one.branch] = one.new


_NOTHING = "0" * 40


def trouble_of(ran: Ran) -> MapsiteError:
    """Say in our own words why git could not reach the origin."""
    if _NO_RIGHT.search(ran.told):
        return Refused("the origin does not let this user in; check the key or token")
    if _NO_WAY.search(ran.told):
        return MapsiteError("the origin cannot be reached; nothing is lost, try again")
    return MapsiteError("the origin did not take it; `git push` by hand tells why")
