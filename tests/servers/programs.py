"""Find the programs that tests start: nginx, sshd, rsync, git; install what is missing.

`python -m tests.servers.programs` prints their paths, and is what `.ci/run` calls.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.browser.chromium import only_one

PACKAGES = {
    "nginx": "nginx-light",
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "rsync": "rsync",
    "git": "git",
}
"""What Debian and Ubuntu call the package that brings each program."""
_PLACES = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where daemons lie, which is not on every user's PATH."""
_INSTALL = ("apt-get", "install", "-qq", "-y", "--no-install-recommends")


class NoProgramError(Exception):
    """Say which program is missing, and the line that brings it."""


def program(name: str) -> str:
    """Return the path of *name*; as root with apt it is installed where missing."""
    found = _present(name)
    if found is None:
        with only_one("programs"):
            found = _present(name) or _installed(name)
    if found is None:
        line = f"apt-get install {PACKAGES[name]}"
        raise NoProgramError(f"no {name}: tests need it. As root: {line}")
    return found


def _present(name: str) -> str | None:
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_PLACES))
    return shutil.which(name, path=path)


def _installed(name: str) -> str | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run(*_INSTALL, PACKAGES[name])
    return _present(name)


def _run(*command: str) -> None:
    """Run *command* and wait; that it failed shows in what is there afterwards."""
    subprocess.run(
        command,
        # RUNLEVEL=1: the package does not start a server of its own.
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )


def _tell_all() -> int:
    """Print where each program is; return 1 where one is missing."""
    missing = 0
    for name in PACKAGES:
        try:
            print(f"{name}: {program(name)}")  # noqa: T201  # the answer
        except NoProgramError as error:
            print(error, file=sys.stderr)  # noqa: T201  # what to type
            missing = 1
    return missing


if __name__ == "__main__":
    sys.exit(_tell_all())
