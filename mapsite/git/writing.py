"""Make commits without a work tree: what somebody has open is never disturbed.

Paths, texts and names reach git as input whose length is told before, so that none of
them can be taken for anything else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError
from mapsite.git.running import run_git

NO_ADDRESS = "changes@mapsite.invalid"
"""The e-mail address of an author who gave none that git can hold."""

_USUAL = ("-c", "user.name=mapsite", "-c", "user.email=mapsite@localhost")
"""Who commits where git was told of nobody, as on a runner."""
_NEXT = "refs/mapsite/next"
"""Named while a commit is made, and never there afterwards."""
_NO_COMMIT = "0" * 40
_MOST_NAME = 100
_NO_NAME = "Somebody"
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
_IDENT = re.compile(r"(.*) (\d+ [+-]\d{4})", re.DOTALL)


class Person(NamedTuple):
    """Say who wrote something; any text will do."""

    name: str
    email: str | None = None

    @property
    def ident(self) -> str:
        """Return it as git holds one: ``Priya <priya@acme.example>``."""
        kept = "".join(
            " " if char.isspace() else char
            for char in unicodedata.normalize("NFC", self.name)
            if char.isspace() or (char not in '<>"\\' and char.isprintable())
        )
        name = " ".join(kept.split())[:_MOST_NAME].strip(" ,:;'") or _NO_NAME
        good = self.email and _MAIL.fullmatch(self.email)
        return f"{name} <{self.email if good else NO_ADDRESS}>"


class Draft(NamedTuple):
    """Hold what a commit is made of."""

    parent: str
    """The commit before it; empty for the first one of a branch."""
    files: Mapping[str, bytes]
    """By path, what is new; all others stay."""
    message: str
    author: Person | None = None
    """Whoever commits, where nobody is named."""


def write_commit(root: Path, draft: Draft) -> str:
    """Keep a commit in the repository of *root*, and return its id.

    No branch has it yet; who commits, and when, is what git says.
    """
    committer, moment = _committer(root)
    author = draft.author.ident if draft.author else committer
    mine = committer.rpartition("<")[2]
    if draft.author and author.lower().endswith(f"<{mine.lower()}"):
        # Whoever has that address did not write it: it is only told so.
        author = Person(draft.author.name).ident
    message = draft.message.encode()
    lines = [f"commit {_NEXT}", "mark :1", f"author {author} {moment}"]
    lines += [f"committer {committer} {moment}", f"data {len(message)}", ""]
    parts = ["\n".join(lines).encode(), message, b"\n"]
    if draft.parent:
        parts.append(f"from {draft.parent}\n".encode())
    for path, content in draft.files.items():
        parts.append(f"M 100644 inline {_quoted(path)}\n".encode())
        parts += [b"data %d\n" % len(content), content, b"\n"]
    parts.append(f"get-mark :1\nreset {_NEXT}\nfrom {_NO_COMMIT}\n".encode())
    made = run_git(root, "fast-import", "--quiet", given=b"".join(parts))
    if made.code:
        raise MapsiteError(
            "git could not keep a commit; is there space left, and is its folder"
            " writable?"
        )
    return made.text


def _committer(root: Path) -> tuple[str, str]:
    """Return who commits, and when, as git writes both."""
    asked = ("var", "GIT_COMMITTER_IDENT")
    ran = run_git(root, *asked)
    if ran.code:
        ran = run_git(root, *_USUAL, *asked)
    found = _IDENT.fullmatch(ran.text)
    if ran.code or not found:
        raise MapsiteError(
            "git does not know who commits here; set user.name and user.email"
        )
    return found[1], found[2]


def _quoted(path: str) -> str:
    """Return *path* as fast-import reads one."""
    if any(ord(char) < ord(" ") for char in path):
        raise MapsiteError("a path holds a control character")
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
