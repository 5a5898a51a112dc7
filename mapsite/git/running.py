"""Run git, and a forge's own program, without a shell, a terminal or a question.

No word that comes from outside is ever a program's option: callers pass what others
wrote on standard input or after the name of an option.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapsite.errors import MapsiteError

_SETTINGS = (
    *("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.askPass="),
    *("core.quotePath=false", "credential.interactive=never", "gc.autoDetach=false"),
    *("maintenance.autoDetach=false", "protocol.allow=never"),
    *("protocol.https.allow=always", "protocol.http.allow=always"),
    *("protocol.ssh.allow=always", "protocol.file.allow=always"),
    *("push.followTags=false", "push.gpgSign=false", "push.pushOption="),
    *("log.showSignature=false", "i18n.logOutputEncoding=UTF-8"),
    *("i18n.commitEncoding=UTF-8", "trailer.separators=:"),
    *("submodule.recurse=false", "push.recurseSubmodules=no"),
)
"""No command that somebody configured runs, and nothing is asked for."""
_UNWANTED = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_COMMON_DIR"),
    *("GIT_TRACE", "GIT_CURL_VERBOSE", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_EXEC_PATH"),
    *("GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_TEMPLATE_DIR"),
    *("GIT_PREFIX", "MAPSITE_"),
)
"""Beginnings of names: what points to another repository, what tells, our secrets."""
_QUIET = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_SSH = "-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15"
_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Ran:
    """Hold how a program ended, and what it printed, which no message may hold."""

    code: int
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Return what it printed, without the last line's end."""
        return self.output.decode("utf-8", "replace").rstrip("\n")

    @property
    def told(self) -> str:
        """Return what it printed as errors, as text to look for causes in."""
        return self.errors.decode("utf-8", "replace")


def run_git(folder: Path, *words: str, given: bytes = b"") -> Ran:
    """Run git in *folder* with *given* as its input."""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return run(["git", "--no-pager", *settings, *words], folder, given)


def run(
    words: Sequence[str],
    folder: Path,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Run a program in *folder*; raise MapsiteError where it is missing or hangs."""
    import subprocess  # noqa: PLC0415  # 15 ms that most commands save

    name = os.path.basename(words[0])
    try:
        process = subprocess.Popen(  # noqa: S603  # no shell
            words,
            cwd=folder,
            env={**_environment(), **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # no terminal to ask at
        )
    except (OSError, ValueError):
        raise MapsiteError(f"cannot run `{name}`; is it installed here?") from None
    with process:
        try:
            output, errors = process.communicate(given, _SECONDS)
        except subprocess.TimeoutExpired:
            _end(process.pid)
            raise MapsiteError(f"`{name}` did not finish in {_SECONDS:.0f} s") from None
        except BaseException:
            _end(process.pid)
            raise
    return Ran(process.returncode, output, errors)


def _environment() -> dict[str, str]:
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_UNWANTED)
    }
    known = ours.get("GIT_SSH_COMMAND")
    # A command of the user's own configuration stays; it asks nothing without a
    # terminal.
    ssh = {"GIT_SSH_COMMAND": f"{known} {_SSH}"} if known else {}
    return {**ours, **_QUIET, **ssh}


def _end(process: int) -> None:
    """End a program and all that it started."""
    with contextlib.suppress(OSError):
        os.killpg(process, signal.SIGKILL)
