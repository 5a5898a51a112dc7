"""Run a command again and again, killed before each change of a file in turn.

``python -m tests.publish.killed close|reopen TEMPLATE WORK`` copies the repository
TEMPLATE for each run and prints what was there after the kill, and after the command
was run again, as a line of JSON. The last line is that of a run that nobody killed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from mapsite.publish.archive_reading import verify
from mapsite.publish.closing import Closed, Order, Reopened, close, reopen
from mapsite.repository import find_plans

TODAY = date(2026, 5, 24)
KEPT = date(2026, 6, 30)
_CHANGES = frozenset(
    {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod"}
    | {"os.link", "os.symlink", "shutil.rmtree"}
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Killer:
    """Kill this process before its *number*th change of a file below *root*."""

    def __init__(self, root: Path, number: int) -> None:
        """Begin to count."""
        self.root, self.left = str(root), number
        self.sync = os.fsync
        sys.addaudithook(self.hear)
        os.fsync = self.torn

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count what changes a file."""
        if event == "open":
            changes = bool(int(str(arguments[2])) & _WRITING)
        else:
            changes = event in _CHANGES
        if changes and self.is_ours(arguments[0]):
            self.count()

    def is_ours(self, path: object) -> bool:
        """Tell whether *path* is in the repository, and not the lock of a build."""
        if not isinstance(path, str | os.PathLike):
            return False
        name = os.path.abspath(path)
        return name.startswith(self.root) and os.path.basename(name) != "lock"

    def torn(self, handle: int) -> None:
        """Leave half of what was written, as a power cut does, or write it all."""
        size = os.fstat(handle).st_size
        if self.left == 1 and stat.S_ISREG(os.fstat(handle).st_mode):
            os.truncate(handle, size // 2)
        self.count()
        self.sync(handle)

    def count(self) -> None:
        """Kill this process when it is time."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def withdraw(done: Closed | Reopened) -> None:
    """Remove the published room, a file at a time."""
    if done.former:
        for path in sorted(Path("published").glob("*")):
            path.unlink()


def run_close() -> None:
    """Close acme."""
    [plan], _ = find_plans(Path.cwd(), ("acme",))
    order = Order(Path.cwd(), plan, "won", TODAY, reason="They liked it")
    close(order, withdraw)


def run_close_and_keep() -> None:
    """Close acme, whose room can be read for some weeks."""
    [plan], _ = find_plans(Path.cwd(), ("acme",))
    close(Order(Path.cwd(), plan, "lost", TODAY, keep_until=KEPT), withdraw)


def run_reopen() -> None:
    """Open acme again."""
    [plan], _ = find_plans(Path.cwd(), ("acme",))
    reopen(Path.cwd(), plan, TODAY, withdraw)


COMMANDS = {"close": run_close, "keep": run_close_and_keep, "reopen": run_reopen}


def forked(root: Path, command: Callable[[], None], number: int = 0) -> bool:
    """Run *command* in *root*, and tell whether it came to its end."""
    child = os.fork()
    if child == 0:
        os.chdir(root)
        if number:
            Killer(root, number)
        command()
        sys.stdout.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    assert status == 0, f"the command failed in {root}"
    return True


def seen(root: Path) -> dict[str, object]:
    """Return what there is of a repository."""
    plans = [
        path for path in sorted(root.glob("plans/**/*.yaml")) if path.name[0] != "."
    ]
    archives = sorted(root.glob("archive/[!.]*"))
    return {
        "plans": {
            path.relative_to(root).as_posix(): path.read_text("utf-8") for path in plans
        },
        "archives": {path.name: path.read_bytes().hex() for path in archives},
        "faults": [fault for path in archives for fault in verify(path)],
        "published": [path.name for path in sorted(root.glob("published/*"))],
    }


def main(name: str, template: str, work: str) -> None:
    """Run the command called *name* until it is no longer killed."""
    command, number, whole = COMMANDS[name], 0, False
    first = Path(work).resolve() / "0"
    shutil.copytree(template, first)
    os.chdir(first)
    command()  # what it has to import is there for all others
    while not whole:
        number += 1
        root = Path(work).resolve() / str(number)
        shutil.copytree(template, root)
        whole = forked(root, command, number)
        killed = seen(root)
        forked(root, command)
        line = json.dumps({"killed": killed, "again": seen(root)})
        # What is not written yet a child would write as well.
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
