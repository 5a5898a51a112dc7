"""Call rsync for a list of files, and say in our own words why it failed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from mapsite.errors import MapsiteError
from mapsite.publish.target import TargetBusy, TargetError, TargetSettings
from mapsite.publish.targets.paths import folders_of
from mapsite.publish.targets.running import Ran, connection_trouble, run, ssh_words
from mapsite.repository import refuse_output

PARTLY = 23
"""The exit code that says that some files failed."""
_VANISHED = 24
_BROKEN = frozenset({10, 12, 20, 30, 35, 255})
"""Exit codes of a connection that ended: by itself, by time, or ssh's own."""
_MISSING = re.compile(r'change_dir ".*" failed: No such file or directory')
_MADE_BY_ANOTHER = re.compile(r'mkdir ".*" failed: File exists')
"""Two publishers made the place at once, and one of them gave up."""
_NAME_AT = 12
"""What became of a file takes eleven letters and a space."""
_SECONDS = 3600.0
_ALWAYS = ("--from0", "--8-bit-output", "--out-format=%i %n", "--timeout=120")
_LISTED = ("--no-implied-dirs", "--dirs")
"""Folders above the files keep their look; what is in a folder is not gone through."""
_REMOVED = ("--recursive", "--existing", "--delete", "--exclude=*")
"""Nothing is made, and what no rule names stays. `--delete-missing-args` is for this,
but rsync 3.4.3, and older ones that took over its mending, fail at it."""
_REMOTE = re.compile(
    r"(?P<host>(?:\w[\w.+-]*@)?(?:\w[\w.-]*|\[[0-9A-Fa-f:.]+\])):(?!//)[\w.~/+@=-]+",
    re.ASCII,
)
"""Its path goes through a shell where rsync is old; so nothing that one would take."""
_TROUBLES = (
    (
        r"rsync: (?:command )?not found|command not found: rsync",
        "rsync is not installed on {host}",
    ),
    (
        r"unknown option|invalid option|Usage: rsync|protocol version mismatch",
        "rsync is too old here or on {host}: 3.1 or newer is needed",
    ),
    (r"No space left|quota exceeded", "there is no space left on {host}"),
    (
        r"Permission denied|Operation not permitted",
        "the user may not read or write in the place on {host}",
    ),
    (r"Read-only file system", "the place on {host} can only be read"),
    (
        r"shell clean",
        "something is printed at login on {host}, which rsync cannot read past",
    ),
    (
        r"No such file or directory",
        "the folder above the place on {host} does not exist; make it once",
    ),
)
"""What rsync says of a cause, and what we say: no path of a room is in it."""


class Rsync:
    """Stand for the folder that rsync reaches, here or on a server."""

    def __init__(self, settings: TargetSettings) -> None:
        """Take *settings*; raise TargetError where they name no place for rsync."""
        self._root = settings.root
        self._host = "the place"
        self._shell: tuple[str, ...] = ()
        place = settings.place
        if remote := _REMOTE.fullmatch(place):
            self._host = remote["host"].rpartition("@")[2]
            self._shell = ("-e", _quoted(ssh_words(settings.ssh)))
        elif ":" in place.partition("/")[0] or not place or place.startswith("-"):
            raise TargetError(
                "expected user@host:/path or a local folder for `rsync`, with none but"
                " letters, digits and . _ ~ / + @ = - in the path"
            )
        else:
            folder = settings.root / Path(place).expanduser()
            try:
                refuse_output(settings.root, folder)
            except MapsiteError as error:
                raise TargetError(f"target {settings.name}: {error}") from None
            place = str(folder)
        self._place = f"{place.rstrip('/')}/"

    def bring(self, words: Sequence[str], paths: Iterable[str], here: Path) -> Ran:
        """Run rsync from *here* to the place, for *paths* alone."""
        wanted = list(paths)
        ran = self._listed(words, wanted, f"{here}/", self._place)
        if ran.code and _MADE_BY_ANOTHER.search(ran.told):
            ran = self._listed(words, wanted, f"{here}/", self._place)
        return ran

    def take(self, words: Sequence[str], paths: Iterable[str], here: Path) -> Ran:
        """Run rsync from the place to *here*, for those of *paths* that are there."""
        words = ("--ignore-missing-args", "--links", *words)
        return self._listed(words, paths, self._place, f"{here}/")

    def clear(self, paths: Iterable[str], here: Path) -> Ran:
        """Remove *paths* from the place, files or empty folders.

        *here* has the folders that they lie in, and nothing else.
        """
        wanted = sorted(paths)
        rules = [f"/{_as_written(folder)}/" for folder in sorted(folders_of(wanted))]
        rules += [f"/{_as_written(path)}" for path in wanted]
        return self._told("include-from", rules, _REMOVED, f"{here}/", self._place)

    def check(self, ran: Ran, *, reading: bool = False) -> None:
        """Raise TargetError in our own words where rsync failed.

        When *reading*, what is not there or goes away meanwhile is no failure.
        """
        if not ran.code or (reading and ran.code == _VANISHED):
            return
        if reading and _MISSING.search(ran.told):
            return
        if self._shell and ran.code in _BROKEN:
            trouble = connection_trouble(ran.told, self._host)
            if trouble:
                raise trouble
        if "Another instance of rrsync" in ran.told:
            raise TargetBusy(f"another transfer to {self._host} is still at work")
        for pattern, message in _TROUBLES:
            if re.search(pattern, ran.told, re.IGNORECASE):
                raise TargetError(message.format(host=self._host))
        if ran.code in _BROKEN:
            raise TargetBusy(f"the connection to {self._host} broke off")
        raise TargetError(
            f"rsync failed with {self._host} (its exit code is {ran.code})"
        )

    def _listed(
        self, words: Sequence[str], paths: Iterable[str], source: str, to: str
    ) -> Ran:
        return self._told("files-from", paths, (*words, *_LISTED), source, to)

    def _told(
        self,
        option: str,
        lines: Iterable[str],
        words: Sequence[str],
        source: str,
        to: str,
    ) -> Ran:
        # In a file: a list of words would be too long, and seen by all on the machine.
        with tempfile.NamedTemporaryFile(prefix="mapsite-") as file:
            file.write("".join(f"{line}\0" for line in lines).encode())
            file.flush()
            told = (*_ALWAYS, f"--{option}={file.name}", *words)
            return run(
                ["rsync", *self._shell, *told, source, to],
                self._root,
                without=("RSYNC_",),
                seconds=_SECONDS,
            )


def _as_written(path: str) -> str:
    """Return a rule of rsync that fits *path* alone."""
    return re.sub(r"[*?[]", r"[\g<0>]", path)


def names(ran: Ran, kind: str = "") -> list[str]:
    """Return the paths that rsync told of, those that begin with *kind* in its code."""
    lines = ran.output.decode("utf-8", "surrogateescape").split("\n")
    return [line[_NAME_AT:] for line in lines if line.startswith(kind) and line]


def _quoted(words: Sequence[str]) -> str:
    """Return *words* as rsync's -e takes them apart, which is not how a shell does."""
    return " ".join(
        '"' + word.replace('"', '""') + '"' if set(word) & set(" '\"") else word
        for word in words
    )
