"""Run a real OpenSSH server for the current user: SFTP, and rsync over ssh.

with openssh.serve(folder) as ssh:
    ssh.port, ssh.user, ssh.key, ssh.known_hosts     # what a client needs
    ssh.command                                      # "ssh -p ... -i ..." as one text
"""

from __future__ import annotations

import getpass
import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.ports import (
    NoServerError,
    answers,
    free_ports,
    start,
    stop,
    wait_until,
)
from tests.servers.programs import program

CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/client.pub
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
UseDNS no
MaxStartups 200
MaxSessions 200
LogLevel VERBOSE
Subsystem sftp internal-sftp
"""
"""Login by the one key alone, and nothing of the machine's own configuration."""


@dataclass(frozen=True, slots=True)
class Ssh:
    """Stand for the running server; all of the machine is behind it."""

    port: int
    user: str
    key: Path
    """The client's private key, without a passphrase."""
    known_hosts: Path
    log: Path

    @property
    def command(self) -> str:
        """Return the client with its options, for rsync's -e and GIT_SSH_COMMAND."""
        return shlex.join(
            (
                *(program("ssh"), "-F", "none", "-p", str(self.port)),
                *("-i", str(self.key), "-o", "IdentitiesOnly=yes"),
                *("-o", f"UserKnownHostsFile={self.known_hosts}"),
                *("-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"),
            )
        )


@contextmanager
def serve(folder: Path) -> Iterator[Ssh]:
    """Run the server with its keys in *folder* until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    sshd = program("sshd")
    if os.geteuid() == 0:
        # The service makes it where one runs; without it sshd stops at once.
        Path("/run/sshd").mkdir(mode=0o755, parents=True, exist_ok=True)
    for name in ("host", "client"):
        _make_key(folder / name)
    (port,) = free_ports(1)
    config, log = folder / "sshd_config", folder / "sshd.log"
    config.write_text(CONFIG.format(port=port, folder=folder), "utf-8")
    known, public = folder / "known_hosts", (folder / "host.pub").read_text("utf-8")
    known.write_text(f"[127.0.0.1]:{port} {public}", "utf-8")
    process = start([sshd, "-D", "-e", "-f", str(config)], log)
    wait_until(lambda: answers(port), "sshd", process, log)
    try:
        yield Ssh(port, getpass.getuser(), folder / "client", known, log)
    finally:
        stop(process)


def _make_key(path: Path) -> None:
    made = subprocess.run(
        [
            program("ssh-keygen"),
            *("-q", "-t", "ed25519", "-N", "", "-C", "tests", "-f", str(path)),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise NoServerError(f"ssh-keygen failed: {made.stderr.decode()}")
