"""Fetch from a real inbox, killed before each of its steps in turn.

``python -m tests.changes.killed_pulls ROOT SPOOL PORT TOKEN ROOM`` sends a suggestion
and fetches it, killed before the first step, sends another one and is killed before the
second, and so on until nothing is killed any more. Each line of JSON tells what was
true after the kill, and after the run that followed it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from mapsite.cli import commands
from tests.changes.origins import review_of
from tests.inbox.running import JSON, suggestion

STEPS = frozenset({"subprocess.Popen", "http.client.send"})


class Killer:
    """Kill this process before its *number*th call of git or of the inbox."""

    def __init__(self, number: int) -> None:
        """Begin to count."""
        self.left = number
        sys.addaudithook(self.hear)

    def hear(self, event: str, _: tuple[object, ...]) -> None:
        """Count what reaches beyond this process."""
        if event in STEPS:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def pull(root: Path, number: int = 0) -> int | None:
    """Run `mapsite changes pull` in a process of its own; None where it was killed."""
    child = os.fork()
    if child == 0:
        os.chdir(root)
        if number:
            Killer(number)
        result = CliRunner().invoke(commands, ["changes", "pull"])
        os._exit(result.exit_code)
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def seen(root: Path, spool: Path, sent: str) -> dict[str, Any]:
    """Return where the suggestion called *sent* is."""
    entries = [one.id for one in review_of(root).ledger.entries.values()]
    return {
        "kept": entries.count(sent),
        "waits": any(sent in path.name for path in (spool / "waiting").iterdir()),
        "done": any(sent in path.name for path in (spool / "done").iterdir()),
    }


def send(port: int, token: str, raw: bytes) -> None:
    """Send a suggestion as a room does."""
    with closing(HTTPConnection("127.0.0.1", port)) as line:
        line.request("POST", f"/s/{token}", raw, {"Content-Type": JSON})
        assert line.getresponse().status == HTTPStatus.ACCEPTED


def main(root: str, spool: str, port: str, token: str, room: str) -> None:
    """Kill one run after another."""
    place, folder = Path(root), Path(spool)
    for number in count(1):
        sent = f"killed-before-step-{number:03}"
        send(int(port), token, suggestion(sent, room))
        code = pull(place, number)
        told = {"number": number, "code": code, "after": seen(place, folder, sent)}
        told["again"] = pull(place)
        told["end"] = seen(place, folder, sent)
        print(json.dumps(told))  # noqa: T201
        if code is not None:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
