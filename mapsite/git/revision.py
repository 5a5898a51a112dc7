"""Read the files of a repository as one revision had them, without checking it out."""

from __future__ import annotations

from pathlib import Path

from mapsite.errors import MapsiteError
from mapsite.git.versions import ask_git, read_blobs
from mapsite.plan.wording import got

_CHANGED = (
    *("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv"),
    "--ignore-submodules=none",
)


class Revision:
    """Know the files of a repository at one revision; paths are from its *root*."""

    def __init__(self, root: Path, name: str) -> None:
        """Find the commit called *name*; raise MapsiteError where there is none."""
        asked = ["rev-parse", "--verify", "--quiet", "--end-of-options"]
        found = ask_git(root, [*asked, f"{name}^{{commit}}"]) if name else None
        if not found:
            raise MapsiteError(
                f"expected a revision of this repository like main or HEAD~1, got"
                f" {got(name)}; a clone without its whole history may not have it"
            )
        self._root, self._commit = root, found.decode("ascii", "replace").strip()

    def files(self, *folders: str) -> dict[str, str]:
        """Return the blob of each file in *folders*, by its path."""
        listed = ask_git(
            self._root, ["ls-tree", "-r", "-z", self._commit, "--", *folders]
        )
        found = {}
        for line in _names(listed):
            about, _, path = line.partition("\t")
            mode, kind, blob = about.split()
            if kind == "blob" and mode != _LINK:
                found[path] = blob
        return found

    def texts(self, blobs: list[str]) -> dict[str, bytes]:
        """Return the content of each of *blobs*."""
        return read_blobs(self._root, blobs)

    def changed(self, *folders: str) -> frozenset[str]:
        """Return the files in *folders* that are not now what they were."""
        return frozenset(
            _names(
                ask_git(
                    self._root,
                    [*_CHANGED, "--relative", self._commit, "--", *folders],
                )
            )
        )

    def changed_elsewhere(self) -> list[str]:
        """Return the files that are not now what they were, outside of the root.

        Their paths are from the top of the repository.
        """
        found = ask_git(self._root, ["rev-parse", "--show-prefix"]) or b""
        prefix = found.decode("utf-8", "surrogateescape").removesuffix("\n")
        everything = _names(ask_git(self._root, [*_CHANGED, self._commit, "--", ":/"]))
        return sorted(path for path in everything if not path.startswith(prefix))


_LINK = "120000"
"""How git marks a symbolic link, which no plan may be."""


def _names(output: bytes | None) -> list[str]:
    text = (output or b"").decode("utf-8", "surrogateescape")
    return [name for name in text.split("\0") if name]
