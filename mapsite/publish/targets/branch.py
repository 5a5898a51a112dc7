"""Publish to a branch of a git repository, as static hosts serve it.

All that is put and removed waits for `deliver`, which pushes it as one commit on
condition that nobody pushed meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from mapsite.publish.target import TargetError, TargetMoved, TargetSettings, Upload
from mapsite.publish.targets.bare import Bare
from mapsite.publish.targets.paths import folders_of, sound

NO_JEKYLL = ".nojekyll"
"""Has Pages serve all files as they are, also those that begin with an underscore."""
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|\.lock$|/\.|\./))(?:\w[\w./-]*)?\w", re.ASCII)


class BranchTarget:
    """Take files for one branch; files of it that are not named stay as they are."""

    whole_site = False
    waits = False

    def __init__(self, settings: TargetSettings) -> None:
        """Take *settings*; raise TargetError where they name no branch."""
        self.settings = settings
        if settings.options.get("history", "none") != "none":
            raise TargetError("the option `history` of a branch can only be `none`")
        if not _BRANCH.fullmatch(settings.branch):
            raise TargetError("expected the name of a branch, like gh-pages")
        self._forgets = "history" in settings.options
        self._bare = Bare(settings)
        self._tip: str | None = None
        """The branch's newest commit as first seen; empty without a branch."""
        self._changed: dict[str, str | None] = {}
        """The blob that each key shall have; None for what shall go."""
        self._claimed: dict[str, bytes] = {}

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return those of *keys* that are there or wait for `deliver`."""
        tip = self._seen()
        wanted = sound(keys)
        found = {key: self._claimed[key] for key in wanted if key in self._claimed}
        names: dict[str, str] = {}
        for key in wanted:
            name = self._changed.get(key, f"{tip}:{key}" if tip else None)
            if name and key not in found:
                names[key] = name
        blobs = self._bare.blobs(list(names.values())) if names else []
        there = zip(names, blobs, strict=True)
        return found | {key: blob for key, blob in there if blob is not None}

    def rooms(self) -> set[str] | None:
        """Return the names of the folders in ``t/``."""
        keys = self._bare.paths(self._seen())
        keys -= {key for key, blob in self._changed.items() if not blob}
        keys |= {key for key, blob in self._changed.items() if blob}
        parts = (key.split("/", 2) for key in keys if key.startswith("t/"))
        return {names[1] for names in parts if names[2:]}

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Keep *uploads* for `deliver`."""
        sound(upload.key for upload in uploads)
        self._seen()
        kept = [upload for upload in uploads if upload.key not in self._claimed]
        self._claimed |= {u.key: u.data for u in uploads if u.key in self._claimed}
        blobs = self._bare.write([upload.data for upload in kept])
        self._changed |= {u.key: b for u, b in zip(kept, blobs, strict=True)}
        if uploads:
            done(len(uploads))

    def remove(self, keys: Sequence[str]) -> None:
        """Have *keys* gone with the next `deliver`."""
        for key in sound(keys):
            if self._claimed.pop(key, None) is None:
                self._changed[key] = None

    def claim(self, key: str, data: bytes) -> bool:
        """Keep *key* here alone: of two publishers the second fails in `deliver`."""
        (key,) = sound([key])
        self._claimed[key] = data
        return True

    def deliver(self) -> None:
        """Push one commit with all changes.

        Raises `TargetMoved` where another publisher came first; then all that waited
        is forgotten, and the next look sees what the other one pushed.
        """
        tip = self._seen()
        commit = self._commit(tip)
        if commit:
            ran = self._bare.push(commit, tip)
            now = self._bare.newest() if ran.code else commit
            if now not in {commit, tip}:
                self._changed.clear()
                self._tip = None
                raise TargetMoved("another publisher changed the branch; publish again")
            if now != commit:
                raise self._bare.trouble(ran)
            self._bare.keep(commit)
            self._tip = commit
        self._changed.clear()

    def remains(self) -> tuple[str, ...]:
        """Say what becomes of removed files in a repository."""
        branch = f"the branch {self.settings.branch} on {self._bare.host}"
        if self._forgets:
            told = (
                f"replaced commits of {branch}, which the host may keep for a while for"
                " whoever knows their ids"
            )
        else:
            told = (
                f"the history of {branch}, for all who may read the repository; with"
                " `options: {history: none}` each delivery replaces it"
            )
        return (told,)

    def close(self) -> None:
        """Forget what was not delivered."""
        self._changed.clear()
        self._claimed.clear()
        self._tip = None

    def _seen(self) -> str:
        """Return the branch's newest commit, whose files are here from then on."""
        if self._tip is None:
            newest = self._bare.newest()
            self._bare.fetch(newest)
            self._tip = newest
        return self._tip

    def _commit(self, tip: str) -> str | None:
        """Make a commit on *tip*; None where it would say nothing new."""
        replaces = bool(tip) and self._forgets and self._bare.has_parent(tip)
        if not self._changed and not replaces:
            return None
        changed = self._changed | {NO_JEKYLL: self._bare.write([b""])[0]}
        changed = _without_folders(changed, self._bare.paths(tip))
        commit = self._bare.commit(tip, changed, "" if self._forgets else tip)
        same = bool(tip) and self._bare.tree(commit) == self._bare.tree(tip)
        return None if same and not replaces else commit


def _without_folders(
    changed: Mapping[str, str | None], there: set[str]
) -> dict[str, str | None]:
    """Return *changed* without what would remove or replace a folder.

    git takes a folder away with all in it, and makes one of a file that is in the way.
    """
    left = there - changed.keys()
    come = {key for key, blob in changed.items() if blob}
    if come & folders_of(left) or folders_of(come) & left:
        raise TargetError(
            "the branch has a folder where a published file belongs, or a file where"
            " its folder belongs; move that elsewhere"
        )
    return {key: blob for key, blob in changed.items() if blob or key in there}
