"""Keep a new secret: in a file of its own, out of git, and known to mkdocs.yml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError
from mapsite.plan.edit import edited
from mapsite.plan.spelling import Value
from mapsite.publish.key import Secret
from mapsite.publish.link import key_check
from mapsite.publish.links import write_plan
from mapsite.publish.secret import (
    FILE,
    FORMER_CHECKS,
    former_checks,
    kept_check,
    new_text,
)
from mapsite.repository import SETTINGS

IGNORED = ".gitignore"
_REPLACING = (
    f"{SETTINGS} knows a secret already. Another one changes every address that was"
    " ever sent: all buyers need their new ones. Nothing was written. Where the secret"
    " is only missing on this computer, copy it from where you keep it; where it is"
    " lost, run `mapsite secret new --replace`, then `mapsite publish --clean`, which"
    " withdraws the old addresses"
)


class Kept(NamedTuple):
    """Tell what was written for a new secret."""

    path: Path
    ignored: bool
    """Whether .gitignore had to be told of it."""


def keep_new_secret(root: Path, path: Path, *, replace: bool) -> Kept:
    """Write a new secret into *path*, and its check into mkdocs.yml.

    Raise MapsiteError, with nothing written, where there is one already.
    """
    from mapsite.room.settings import KEY_CHECK  # noqa: PLC0415  # slow to import

    check = kept_check(root)
    if check is not None and not replace:
        raise MapsiteError(_REPLACING)
    if os.path.lexists(path):
        raise MapsiteError(
            f"{path} exists already and is not overwritten; move it to a safe place"
            " first"
        )
    text = new_text()
    settings = root / SETTINGS
    old = settings.read_bytes()
    edits: dict[tuple[str, ...], Value] = {KEY_CHECK: key_check(Secret(text))}
    if check is not None:
        # By it the rooms of the old secret are found, and withdrawn.
        edits[FORMER_CHECKS] = list(dict.fromkeys([*former_checks(root), check]))
    new = edited(old, edits, SETTINGS)
    ignored = _ignore(root, path)
    _write_secret(path, text)
    try:
        write_plan(settings, old, new)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Kept(path, ignored)


def _write_secret(path: Path, text: str) -> None:
    """Write *text* so that nobody else can read it at any time."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with open(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def _ignore(root: Path, path: Path) -> bool:
    """Let git ignore *path* where it lies in the repository."""
    try:
        name = path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return False
    file = root / IGNORED
    raw = file.read_bytes() if file.is_file() else b""
    line = f"/{name}".encode()
    if {line, name.encode()} & {one.strip() for one in raw.splitlines()}:
        return False
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    gap = end if raw and not raw.endswith(b"\n") else b""
    with file.open("ab") as ignored:
        ignored.write(gap + line + end)
    return True


__all__ = ["FILE", "Kept", "keep_new_secret"]
