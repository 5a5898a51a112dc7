"""Run the programs that reach a target: rsync, git, and a host's own.

None of them can ask anything: they have no terminal. What they print holds paths, so it
is returned to be understood, and never part of a message here.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapsite.publish.target import TargetBusy, TargetError

SSH_OPTIONS = (
    *("-o", "BatchMode=yes", "-o", "ConnectTimeout=20"),
    *("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4"),
)
"""No password or passphrase is asked for, and a dead connection ends within a minute.

OpenSSH takes the first value that it is given, so the user's own options stand before.
"""

_OURS = ("MAPSITE_SECRET", "MAPSITE_SECRET_FILE")
_QUIET = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
}
_UNREACHABLE = re.compile(
    r"Could not resolve|Name or service not known|Connection (?:refused|timed out|reset"
    r"|closed)|Operation timed out|No route to host|Network is unreachable|closed by"
    r" remote host|Broken pipe|kex_exchange_identification|Failed to connect|timed out",
    re.IGNORECASE,
)
_NO_KEY = re.compile(
    r"Permission denied \([a-z][\w,-]*\)|Too many authentication failures"
)
_NO_HOST_KEY = re.compile(
    r"Host key verification failed|HOST IDENTIFICATION HAS CHANGED"
)


@dataclass(frozen=True, slots=True)
class Ran:
    """Hold how a program ended, and what it printed, which no message may hold."""

    code: int
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)

    @property
    def told(self) -> str:
        """Return what it printed as errors, as text to look for causes in."""
        return self.errors.decode("utf-8", "replace")


def run(
    words: Sequence[str],
    folder: Path,
    *,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    seconds: float = 600,
) -> Ran:
    """Run a program in *folder*, without a shell and without a terminal.

    It gets our environment and *environment*, but nothing whose name begins with one of
    *without*, and never the secret that addresses are made from. Raises TargetError
    where it is not installed, TargetBusy where it takes longer than *seconds*.
    """
    ours = {
        name: value
        for name, value in os.environ.items()
        if name not in _OURS and not name.startswith(without or ("\0",))
    }
    try:
        process = subprocess.Popen(  # noqa: S603  # no shell
            words,
            cwd=folder,
            env={**ours, **_QUIET, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # no terminal to ask at
        )
    except (OSError, ValueError):
        name = os.path.basename(words[0])
        raise TargetError(f"cannot run `{name}`; is it installed here?") from None
    with process:
        try:
            output, errors = process.communicate(given, seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            name = os.path.basename(words[0])
            raise TargetBusy(f"`{name}` did not finish in {seconds:.0f} s") from None
        except BaseException:
            _end(process)
            raise
    return Ran(process.returncode, output, errors)


def ssh_words(text: str | None) -> list[str]:
    """Return the ssh command *text* as words, with options so that it never asks."""
    try:
        words = shlex.split(text or "ssh")
    except ValueError:
        words = []
    if not words:
        raise TargetError("the setting `ssh` is no command: a quote is not closed")
    return [*words, *SSH_OPTIONS]


def connection_trouble(told: str, host: str) -> TargetError | None:
    """Return in our words why *host* could not be reached, if *told* says so."""
    if _NO_HOST_KEY.search(told):
        return TargetError(
            f"{host} showed a key that is not in ssh's known_hosts; connect once by"
            " hand, or add it to that file"
        )
    if _NO_KEY.search(told):
        return TargetError(
            f"{host} does not accept this user's ssh key; add its public half to"
            " authorized_keys there, or name the right key in the setting `ssh`"
        )
    if _UNREACHABLE.search(told):
        return TargetBusy(f"{host} cannot be reached")
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End *process* and all that it started, kindly first."""
    for signal_ in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal_)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=5)
            return
