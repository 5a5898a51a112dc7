"""Where the secret is kept, and whether it is the one that addresses were made with."""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from base64 import b32encode
from collections.abc import Mapping
from pathlib import Path

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.publish.key import Secret, weakness
from mapsite.publish.link import key_check
from mapsite.repository import PLANS

__all__ = [
    "FORMER_CHECKS",
    "Secret",
    "former_checks",
    "kept_check",
    "known_secret",
    "new_text",
    "read_secret",
]

FILE = ".mapsite-secret"
"""Beside mkdocs.yml, and never in git."""
VARIABLE = "MAPSITE_SECRET"
FILE_VARIABLE = "MAPSITE_SECRET_FILE"

FORMER_CHECKS = ("extra", "mapsite", "former_key_checks")
"""Tell which rooms at a target are ours though their secret was replaced."""

_CHECK = re.compile(r"[a-z2-7]{8}", re.ASCII)
_MOST_BYTES = 4096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_COPY = (
    f"This repository has a secret already and needs no new one: copy {FILE} from a"
    " colleague or from your team's password manager"
)
_HOW = (
    f"`mapsite secret new` makes one; in CI, put the content of {FILE} into the"
    f" protected variable {VARIABLE}"
)


def read_secret(root: Path, environment: Mapping[str, str] | None = None) -> Secret:
    """Return the secret of the repository at *root*; raise MapsiteError if it is weak.

    It stands in the variable MAPSITE_SECRET, in the file that MAPSITE_SECRET_FILE
    names, or in the file .mapsite-secret beside mkdocs.yml.
    """
    environment = os.environ if environment is None else environment
    if VARIABLE in environment:
        place, text = VARIABLE, environment[VARIABLE]
    elif FILE_VARIABLE in environment:
        place = f"the file that {FILE_VARIABLE} names"
        text = _kept(Path(environment[FILE_VARIABLE]), place)
    else:
        place, text = FILE, _kept(root / FILE, FILE)
    text = text.strip()
    if fault := weakness(text, _plan_ids(root)):
        raise MapsiteError(f"the secret in {place} is refused: {fault}; {_HOW}")
    return Secret(text)


def known_secret(root: Path, environment: Mapping[str, str] | None = None) -> Secret:
    """Return the secret that the published addresses of *root* were made with.

    Raise MapsiteError where it is missing, weak or another one.
    """
    kept = kept_check(root)
    try:
        secret = read_secret(root, environment)
    except MapsiteError as error:
        if kept is None:
            raise
        raise MapsiteError(f"{error}. {_COPY}") from None
    if kept is None:
        raise MapsiteError(
            "mkdocs.yml does not say which secret the addresses are made with;"
            " `mapsite secret check` tells which line to add; nothing was written"
        )
    if not hmac.compare_digest(kept.encode(), key_check(secret).encode()):
        raise MapsiteError(
            "this secret is not the one that the published addresses were made with"
            " (extra/mapsite/key_check in mkdocs.yml is another one); use that secret,"
            " or `mapsite secret new --replace` if it is lost; nothing was written"
        )
    return secret


def kept_check(root: Path) -> str | None:
    """Return the ``key_check`` of mkdocs.yml."""
    from mapsite.room.settings import (  # noqa: PLC0415  # slow to import
        KEY_CHECK,
        key_check_fault,
        problem_at,
        read_source,
    )

    source = read_source(root)
    if fault := key_check_fault(source):
        raise InvalidPlan([problem_at(source, "/".join(KEY_CHECK), fault)])
    spot = source.top().at(*KEY_CHECK)
    return spot.text if spot else None


def former_checks(root: Path) -> list[str]:
    """Return the key checks of the secrets that this repository had before."""
    from mapsite.room.settings import problem_at, read_source  # noqa: PLC0415  # slow

    source = read_source(root)
    texts = [spot.text or "" for spot in source.top().each(*FORMER_CHECKS)]
    if not all(map(_CHECK.fullmatch, texts)):
        told = "expected what `mapsite secret new` writes, got what is not shown"
        raise InvalidPlan([problem_at(source, "/".join(FORMER_CHECKS), told)])
    return texts


def new_text() -> str:
    """Return a new secret of 256 random bits as text."""
    return b32encode(secrets.token_bytes(32)).decode().lower().rstrip("=")


def _kept(path: Path, place: str) -> str:
    """Return what a file that nobody else can read holds."""
    try:
        found = path.lstat() if place == FILE else path.stat()
    except FileNotFoundError:
        missing = f"there is no secret here: no {VARIABLE} and no file {FILE}; {_HOW}"
        told = missing if place == FILE else f"{place} does not exist; {_HOW}"
        raise MapsiteError(told) from None
    if not stat.S_ISREG(found.st_mode):
        raise MapsiteError(f"{place}: expected a regular file, got something else")
    if os.name == "posix" and found.st_mode & _OTHERS:
        raise MapsiteError(
            f"{place} can be read by others on this computer; run: chmod 600 {path}"
        )
    if found.st_size > _MOST_BYTES:
        raise MapsiteError(f"{place}: expected one secret, got {found.st_size:,} bytes")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        # The error of the decoder would hold the bytes.
        raise MapsiteError(f"{place}: expected a text, got other bytes") from None


def _plan_ids(root: Path) -> list[str]:
    try:
        names = os.listdir(root / PLANS)
    except OSError:
        return []
    return [name.removesuffix(".yaml") for name in names if name.endswith(".yaml")]
