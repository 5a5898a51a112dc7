"""The programs that tests start: nginx, sshd, rsync, git; install what is missing."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = {
    "nginx": "nginx-light",
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "rsync": "rsync",
    "git": "git",
}
"""What Debian and Ubuntu call the package that brings each program."""
LIBRARIES = {"libatomic.so.1": "libatomic1"}
"""The same for what Playwright's driver loads, which a bare system has not."""
_PLACES = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where daemons lie, which is not on every user's PATH."""
_INSTALL = ("apt-get", "install", "-qq", "-y", "--no-install-recommends")


class NoProgramError(Exception):
    """Say which program is missing, and the line that brings it."""


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Let one process at a time through: test workers start together."""
    user = os.getuid()
    with Path(tempfile.gettempdir(), f"mapsite-{name}-{user}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def program(name: str) -> str:
    """Return the path of *name*, which `bring_all` has brought where it could."""
    found = _present(name)
    if found is None:
        line = f"apt-get install {PACKAGES[name]}"
        raise NoProgramError(f"no {name}: tests need it. As root: {line}")
    return found


def bring_all() -> list[str]:
    """Install at once, as root with apt, all that is missing.

    Returns the packages that still are.
    """
    with only_one("programs"):
        missing = _missing()
        if missing and can_install():
            print("installing", *missing)  # noqa: T201  # takes a while
            install(*missing)
            missing = _missing()
    return missing


def _missing() -> list[str]:
    programs = [PACKAGES[name] for name in PACKAGES if _present(name) is None]
    libraries = [
        LIBRARIES[name]
        for name in LIBRARIES
        if sys.platform == "linux" and not _loads(name)
    ]
    return list(dict.fromkeys(programs + libraries))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _present(name: str) -> str | None:
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_PLACES))
    return shutil.which(name, path=path)


def can_install() -> bool:
    """Tell whether packages can be installed: as root, with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """Install packages of Debian or Ubuntu."""
    run("apt-get", "update", "-qq")
    run(*_INSTALL, *packages)


def run(*command: str) -> None:
    """Run *command* and wait; that it failed shows in what is there afterwards."""
    subprocess.run(
        command,
        # RUNLEVEL=1: a package does not start a server of its own.
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
