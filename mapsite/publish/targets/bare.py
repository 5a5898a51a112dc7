"""Keep a bare repository that holds the newest commit of one branch of another.

It has no work tree, so no attribute, filter or hook of anybody's runs. Whoever uses it
sees to it that one process does so at a time.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from mapsite.publish.target import TargetError, TargetSettings
from mapsite.publish.targets.remote import host_of, remote_url, trouble_of
from mapsite.publish.targets.running import SSH_OPTIONS, Ran, run, ssh_words

MESSAGE = "Publish rooms"

_SETTINGS = (
    *("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.askPass="),
    *("core.quotePath=false", "credential.interactive=never", "gc.autoDetach=false"),
    *("maintenance.autoDetach=false", "protocol.allow=never"),
    *("protocol.https.allow=always", "protocol.http.allow=always"),
    *("protocol.ssh.allow=always", "protocol.file.allow=always"),
    *("push.followTags=false", "push.gpgSign=false", "push.pushOption="),
    *("fetch.writeCommitGraph=false", "fetch.fsckObjects=false"),
)
_UNWANTED = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_COMMON_DIR"),
    *("GIT_TRACE", "GIT_CURL_VERBOSE", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_EXEC_PATH"),
    *("GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_TEMPLATE_DIR"),
)
"""Beginnings of names: what points to another repository, what tells, what asks."""
_TIP = "refs/mapsite/tip"
_NEXT = "refs/mapsite/next"
_NO_BRANCH = 2
_SECONDS = 900.0


class Bare:
    """Stand for our own repository and the branch that it follows."""

    def __init__(self, settings: TargetSettings) -> None:
        """Take *settings*; raise TargetError where they name no repository."""
        self._settings = settings
        self._url = remote_url(settings)
        self.host = host_of(self._url)
        self._ref = f"refs/heads/{settings.branch}"
        self._folder = settings.memory / "branch.git"
        self._ssh = ""

    def newest(self) -> str:
        """Ask for the branch's newest commit; empty where there is no such branch."""
        # Outside of any repository, so that the settings of none are taken.
        outside = Path(tempfile.gettempdir())
        words = ("ls-remote", "--exit-code", self._url, self._ref)
        ran = self._remote(outside, *words, ceiling=str(outside.parent))
        if ran.code == _NO_BRANCH:
            return ""
        if ran.code:
            raise self.trouble(ran)
        return ran.output.decode("ascii", "replace").split("\t", 1)[0]

    def fetch(self, commit: str) -> None:
        """Have *commit*, the branch's newest one, and its files here."""
        if self._holds(commit):
            return
        if self._fetch(commit).code:
            # What a killed run left may be in the way.
            shutil.rmtree(self._folder, ignore_errors=True)
            ran = self._fetch(commit)
            if ran.code:
                raise self.trouble(ran)

    def push(self, commit: str, expected: str) -> Ran:
        """Make *commit* the branch's newest one where that is *expected* until then."""
        return self._remote(
            self._folder,
            *("--git-dir=.", "push", "--porcelain", "--no-verify", "--quiet"),
            f"--force-with-lease={self._ref}:{expected}",
            *(self._url, f"{commit}:{self._ref}"),
        )

    def keep(self, commit: str) -> None:
        """Remember that *commit* is the branch's newest one."""
        self._git("update-ref", _TIP, commit)
        self._git("gc", "--auto", "--quiet")

    def paths(self, commit: str) -> set[str]:
        """Return the paths of all files of *commit*; none without one."""
        if not commit:
            return set()
        listed = self._git("ls-tree", "-r", "-z", "--name-only", commit)
        return set(listed.decode("utf-8", "surrogateescape").split("\0")) - {""}

    def blobs(self, names: Sequence[str]) -> list[bytes | None]:
        """Return the contents of *names*, ``COMMIT:PATH`` or ids; None without one."""
        given = "".join(f"{name}\n" for name in names).encode()
        output = self._git("cat-file", "--batch", "--buffer", given=given)
        found: list[bytes | None] = []
        at = 0
        for _ in names:
            end = output.index(b"\n", at)
            fields = output[at:end].split(b" ")
            at = end + 1
            if fields[-1] == b"missing":
                found.append(None)
                continue
            size = int(fields[-1])
            found.append(output[at : at + size] if fields[-2] == b"blob" else None)
            at += size + 1
        return found

    def write(self, contents: Sequence[bytes]) -> list[str]:
        """Keep *contents*, and return the id of each."""
        if not contents:
            return []
        parts = [
            b"blob\nmark :%d\ndata %d\n%b\n" % (mark, len(content), content)
            for mark, content in enumerate(contents, 1)
        ]
        with tempfile.NamedTemporaryFile(prefix="mapsite-") as marks:
            words = ("--quiet", f"--export-marks={marks.name}")
            self._git("fast-import", *words, given=b"".join(parts))
            lines = Path(marks.name).read_text("ascii").splitlines()
        named = dict(line.split() for line in lines)
        return [named[f":{mark}"] for mark in range(1, len(contents) + 1)]

    def commit(self, base: str, changed: Mapping[str, str | None], parent: str) -> str:
        """Make a commit of the files of *base* with *changed*, and return its id.

        Each key of *changed* gets the blob named, or goes. *base* and *parent* are
        empty where there is none.
        """
        lines = [f"commit {_NEXT}", f"committer {self._author()} now"]
        lines += [f"data {len(MESSAGE)}", MESSAGE]
        lines += [f"from {parent}"] if parent else []
        lines += [f'M 040000 {self.tree(base)} ""'] if base else ["deleteall"]
        # First what goes: a file may make room for a folder of the same name.
        lines += [f"D {_quoted(key)}" for key, blob in changed.items() if not blob]
        lines += [f"M 100644 {b} {_quoted(key)}" for key, b in changed.items() if b]
        text = "\n".join([*lines, ""]).encode()
        self._git("update-ref", "-d", _NEXT)
        self._git("fast-import", "--quiet", "--date-format=now", given=text)
        return self._line("rev-parse", "--verify", _NEXT)

    def tree(self, commit: str) -> str:
        """Return the id of all files of *commit* together."""
        return self._line("rev-parse", "--verify", f"{commit}^{{tree}}")

    def has_parent(self, commit: str) -> bool:
        """Tell whether the branch has a history before *commit*."""
        head = self._git("cat-file", "commit", commit).partition(b"\n\n")[0]
        return b"\nparent " in head

    def trouble(self, ran: Ran) -> TargetError:
        """Say in our own words why git could not do its part."""
        return trouble_of(ran, self.host, self._settings.branch)

    def _holds(self, commit: str) -> bool:
        if not (self._folder / "HEAD").is_file():
            return False
        ran = self._ask(self._folder, "--git-dir=.", "rev-parse", "--quiet", _TIP)
        return not ran.code and ran.output.decode().strip() == commit

    def _fetch(self, commit: str) -> Ran:
        self._folder.mkdir(parents=True, exist_ok=True)
        words = ("init", "--bare", "--quiet", "--template=", ".")
        ran = self._ask(self._folder, *words)
        if ran.code or not commit:
            return ran
        return self._remote(
            self._folder,
            *("--git-dir=.", "fetch", "--quiet", "--depth=1", "--no-tags"),
            *("--no-write-fetch-head", "--no-auto-gc", self._url),
            f"+{self._ref}:{_TIP}",
        )

    def _author(self) -> str:
        """Return who commits: the one that git knows, else nobody in particular."""
        told = []
        for name, usual in (("name", "mapsite"), ("email", "mapsite@localhost")):
            ran = self._ask(self._settings.root, "config", "--get", f"user.{name}")
            text = ran.output.decode("utf-8", "replace")
            told.append(re.sub(r"[<>\x00-\x1f]", "", text).strip() or usual)
        return f"{told[0]} <{told[1]}>"

    def _ssh_command(self) -> str:
        """Return the ssh command for git, with options so that it never asks."""
        if self._settings.ssh is not None:
            return shlex.join(ssh_words(self._settings.ssh))
        ran = self._ask(self._settings.root, "config", "--get", "core.sshCommand")
        known = os.environ.get("GIT_SSH_COMMAND") or ran.output.decode().strip()
        return f"{known or 'ssh'} {shlex.join(SSH_OPTIONS)}"

    def _remote(self, folder: Path, *words: str, ceiling: str = "") -> Ran:
        self._ssh = self._ssh or self._ssh_command()
        more = {"GIT_SSH_COMMAND": self._ssh}
        if ceiling:
            more["GIT_CEILING_DIRECTORIES"] = ceiling
        return self._ask(folder, *words, more=more)

    def _line(self, *words: str) -> str:
        return self._git(*words).decode().strip()

    def _git(self, *words: str, given: bytes = b"") -> bytes:
        ran = self._ask(self._folder, "--git-dir=.", *words, given=given)
        if ran.code:
            raise TargetError(
                f"git failed in mapsite's own copy of the branch ({words[0]}); remove"
                f" {os.path.relpath(self._folder, self._settings.root)} and try again"
            )
        return ran.output

    def _ask(
        self,
        folder: Path,
        *words: str,
        given: bytes = b"",
        more: Mapping[str, str] | None = None,
    ) -> Ran:
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        return run(
            ["git", "--no-pager", *settings, *words],
            folder,
            given=given,
            environment=more,
            without=_UNWANTED,
            seconds=_SECONDS,
        )


def _quoted(key: str) -> str:
    """Return *key* as fast-import reads a path; no control letter is in a sound one."""
    return '"' + key.replace('"', '\\"') + '"'
