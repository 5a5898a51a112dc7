"""Tell whether something was committed, which every build asks.

Apart from what git then has to be asked, as most builds ask it nothing.
"""

from __future__ import annotations

from pathlib import Path

from mapsite.git.commits import boundaries, git_folder, newest_commit


def history_stamp(root: Path) -> str:
    """Return what changes whenever a commit may have changed a plan's history.

    It is read from the repository's own files; empty where there are no commits.
    """
    folder = git_folder(root)
    if folder is None:
        return ""
    commit = newest_commit(folder)
    if commit is None:
        from mapsite.git.versions import ask_git  # noqa: PLC0415  # rarely needed

        asked = ask_git(root, ["rev-parse", "--verify", "--quiet", "HEAD"])
        commit = (asked or b"").decode("ascii", "replace").strip()
    return ",".join([commit, *sorted(boundaries(folder))]) if commit else ""
