"""Publish with a host's own command, which takes the whole site each time.

The site is put together in a folder of our own and handed over by `deliver`. So that
one room is not all that is left of a site, every room has to be in that folder.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from mapsite.publish.record import STAMP
from mapsite.publish.target import TargetBusy, TargetError, TargetSettings, Upload
from mapsite.publish.targets.folder import FolderTarget
from mapsite.publish.targets.leftovers import only_parts
from mapsite.publish.targets.paths import sound
from mapsite.publish.targets.running import run

DIR = "{dir}"
_SECONDS = 1800.0
_LINES = 20
_WIDEST = 300
_HIDDEN = "…"
_ROOM = re.compile(
    r"(?<![A-Za-z0-9])t([/\\]|%2f)[a-z2-7]{3}[^\s\"'<>|]*", re.IGNORECASE
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z2-7]{26}(?![A-Za-z0-9])")
_CREDENTIAL = re.compile(r"TOKEN|SECRET|PASSW|KEY|AUTH|CREDENTIAL", re.IGNORECASE)
_SHORTEST = 6
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_TOO_MUCH = frozenset({429, 500, 502, 503, 504})


class CommandTarget:
    """Take files for a host that replaces all of a site with each delivery."""

    whole_site = True

    def __init__(self, settings: TargetSettings) -> None:
        """Take *settings*; raise TargetError where the command has no ``{dir}``."""
        self.settings = settings
        self._folder = settings.memory / "site"
        self._site = _folder_target(settings, "site")
        self._claims = _folder_target(settings, "claims")
        self._delivered = settings.memory / "delivered"
        self._waiting = settings.memory / "waiting"
        self._removed = settings.memory / "removed"
        self._command = _words(settings.place, "command", needs_folder=True)
        withdraw = settings.options.get("withdraw")
        self._withdraw = _words(str(withdraw), "withdraw") if withdraw else []
        self._gone: set[str] = set()
        self._compared = False

    @property
    def waits(self) -> bool:
        """Tell whether an earlier run was stopped before the command had ended."""
        return self._waiting.exists()

    def read(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the content of those of *keys* that are there or wait for `deliver`.

        On a machine that never delivered, the rest is asked of the site itself.
        """
        wanted = sound(keys)
        self._compare()
        found = self._site.read(wanted) | self._claims.read(wanted)
        if not self._delivered.exists() and self.settings.address:
            for key in wanted:
                if key not in found and key not in self._gone:
                    body = _fetched(self.settings.address, key)
                    found |= {} if body is None else {key: body}
        return found

    def rooms(self) -> set[str] | None:
        """Return the names of the folders in ``t/``.

        None where the folder here is not what the site was last made of.
        """
        self._compare()
        return self._site.rooms() if self._delivered.exists() else None

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write *uploads* into the folder for `deliver`."""
        keys = sound(upload.key for upload in uploads)
        if not keys:
            return
        claimed = set(self._claims.read(keys))
        site = [upload for upload in uploads if upload.key not in claimed]
        if site:
            _mark(self._waiting)
            self._site.put(site, done)
            self._gone -= {upload.key for upload in site}
        if claimed:
            self._claims.put([u for u in uploads if u.key in claimed], done)

    def remove(self, keys: Sequence[str]) -> None:
        """Remove *keys* from the folder for `deliver`."""
        wanted = sound(keys)
        claimed = set(self._claims.read(wanted))
        self._claims.remove(sorted(claimed))
        site = [key for key in wanted if key not in claimed]
        if site:
            _mark(self._waiting)
            _mark(self._removed)
            self._site.remove(site)
            self._gone |= set(site)

    def claim(self, key: str, data: bytes) -> bool:
        """Write *key* beside the folder unless it is there, and tell whether.

        It keeps this repository's publishers apart. A host takes what it is given last:
        publish to it from one place, best from CI.
        """
        (key,) = sound([key])
        return self._claims.claim(key, data)

    def deliver(self) -> None:
        """Run the command where something waits for it; raise TargetError if it fails.

        What was stopped before the command ended waits still.
        """
        delivered = self._delivered.exists()
        if delivered and not self._waiting.exists():
            return
        if not self._tidied() and not (delivered and self._removed.exists()):
            raise TargetError("there is no file to publish, so the site stays as it is")
        self._run(self._command, "the command")
        if self._withdraw and self._removed.exists():
            self._run(
                self._withdraw, "the site is published, but the command `withdraw`"
            )
        _mark(self._delivered)
        self._removed.unlink(missing_ok=True)
        self._waiting.unlink(missing_ok=True)

    def remains(self) -> tuple[str, ...]:
        """Say where such hosts keep what was removed."""
        if self._withdraw:
            return ()
        told = (
            "addresses of earlier deploys and of previews, where the host keeps any:"
            " delete them there, or name the command that does so in"
            " `options: {withdraw: COMMAND}`"
        )
        return (told,)

    def close(self) -> None:
        """Let go of what the folders hold open."""
        self._site.close()
        self._claims.close()

    def _compare(self) -> None:
        """Begin anew where somebody else delivered meanwhile, or a delivery failed.

        Then what the site has is asked of the site itself.
        """
        if self._compared or not self.settings.address:
            return
        self._compared = True
        here = self._site.read([STAMP]).get(STAMP)
        if here is not None and _fetched(self.settings.address, STAMP) != here:
            shutil.rmtree(self._folder)
            for file in (self._delivered, self._waiting, self._removed):
                file.unlink(missing_ok=True)

    def _tidied(self) -> int:
        """Remove what a killed run left half written; return how many files stay."""
        count = 0
        for folder, _, names in os.walk(self._folder):
            for name in names:
                if only_parts([name]):
                    os.unlink(os.path.join(folder, name))
                else:
                    count += 1
        return count

    def _run(self, command: Sequence[str], what: str) -> None:
        words = [word.replace(DIR, str(self._folder)) for word in command]
        ran = run(words, self.settings.root, seconds=_SECONDS)
        if ran.code:
            told = _masked(f"{ran.output.decode('utf-8', 'replace')}\n{ran.told}")
            raise TargetError(f"{what} failed with exit code {ran.code}{told}")


def _folder_target(settings: TargetSettings, name: str) -> FolderTarget:
    """Return the folder *name* of the target's own as a target."""
    return FolderTarget(
        dataclasses.replace(settings, place=name, root=settings.memory, options={})
    )


def _words(text: str, name: str, *, needs_folder: bool = False) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if not words:
        raise TargetError(f"`{name}` is no command: it is empty, or a quote stays open")
    if needs_folder and not any(DIR in word for word in words[1:]):
        raise TargetError(
            f"`{name}` has to hold {DIR} where the folder with the site goes, as in"
            f" `netlify deploy --prod --dir {DIR}`"
        )
    return words


def _mark(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def _fetched(address: str, key: str) -> bytes | None:
    """Return what the site has at *key*; None where it has not, or is not there yet."""
    from mapsite.publish.fetch import fetch  # noqa: PLC0415  # on a new machine alone

    try:
        answer = fetch(address + quote(key), follow=True)
    except TargetBusy:
        return None
    if answer.status in _TOO_MUCH:
        raise TargetBusy(f"the site answers with status {answer.status}")
    return answer.body if answer.status == HTTPStatus.OK else None


def _masked(text: str) -> str:
    """Return the end of what a command printed, without addresses and credentials."""
    text = _ESCAPES.sub("", text)
    for name, value in os.environ.items():
        if _CREDENTIAL.search(name) and len(value) >= _SHORTEST:
            text = text.replace(value, _HIDDEN)
    text = _ROOM.sub(lambda found: f"t{found[1]}{_HIDDEN}", text)
    text = _CONTROLS.sub(" ", _TOKEN.sub(_HIDDEN, text))
    lines = [line.rstrip()[:_WIDEST] for line in text.splitlines() if line.strip()]
    return "\n  ".join(["; it said:", *lines[-_LINES:]]) if lines else ""
