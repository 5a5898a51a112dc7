"""Take suggestions in and decide on them, killed before each call of git in turn.

``python -m tests.changes.killed FOLDER [NUMBER...]`` makes a team in FOLDER, copies it
for each run, and prints what the origin holds after a run that was killed and one that
was not, as a line of JSON. The first line is that of a run that nobody killed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from itertools import count
from pathlib import Path

from mapsite.changes.accounting import account_of
from mapsite.changes.deciding import accept, decline
from mapsite.changes.proposing import propose
from mapsite.changes.refreshing import refresh
from mapsite.plan.operations import Operation
from tests.changes.origins import (
    NOW,
    Team,
    keep,
    make_team,
    move_date,
    review_of,
    suggest,
)
from tests.gits import Git

WISHES = (
    suggest(1, move_date("security-review", "2026-05-28", "2026-06-02")),
    suggest(2, Operation("set", "steps/security-review/takes", "4w", "5w")),
    suggest(3, Operation("set", "steps/security-review/status", "todo", "done")),
    suggest(4, Operation("add", "people", None, {"name": "Wong", "side": "buyer"})),
)


class Killer:
    """Kill this process before its *number*th call of git."""

    def __init__(self, number: int) -> None:
        """Begin to count."""
        self.left = number
        sys.addaudithook(self.hear)

    def hear(self, event: str, _: tuple[object, ...]) -> None:
        """Count the programs that are started."""
        if event == "subprocess.Popen":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def work(root: Path) -> None:
    """Do all that a team does, as far as it is not done; everything comes twice."""
    review = review_of(root)
    wishes = [*WISHES, *WISHES]
    random.shuffle(wishes)
    keep(review, *wishes)
    propose(review)
    if review.ledger.entries[WISHES[3].id].waits:
        decline(review, WISHES[3].id, "She is there already")
    accept(review, WISHES[0].id)
    refresh(review_of(root))


def seen(folder: Path) -> dict[str, object]:
    """Return what the origin holds."""
    team = Team(Git(folder / "deals"), Git(folder / "origin.git"))
    ledger = review_of(team.root).ledger
    account = account_of(ledger, NOW)
    branches = team.origin("branch", "--format=%(refname:short)", "--list", "mapsite/*")
    trailers = "--format=%(trailers:key=Mapsite-Change,valueonly)"
    return {
        "line": account.line,
        "balances": account.balances,
        "states": [
            one.last.kind if one.waits else one.state for one in ledger.entries.values()
        ],
        "plans": {name: team.plan(name) for name in ["main", *branches.split()]},
        "merged": team.origin("log", trailers, "main").split(),
    }


def forked(root: Path, number: int = 0) -> bool:
    """Do the work in a process of its own; tell whether it came to its end."""
    child = os.fork()
    if child == 0:
        os.chdir(root)
        if number:
            Killer(number)
        work(root)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    assert status == 0, f"the work failed in {root}"
    return True


def main(place: str, *numbers: str) -> None:
    """Run with the kills of *numbers*, or until nothing is killed any more."""
    folder = Path(place).resolve()
    team = make_team(folder / "0")
    # Each copy has to find its own origin.
    team.git("remote", "set-url", "origin", "../origin.git")
    template = folder / "template"
    shutil.copytree(folder / "0", template)
    forked(team.root)
    print(json.dumps(seen(folder / "0")))  # noqa: T201
    for number in map(int, numbers) if numbers else count(1):
        copy = folder / str(number)
        shutil.copytree(template, copy)
        if forked(copy / "deals", number):
            break
        forked(copy / "deals")
        print(json.dumps(seen(copy)))  # noqa: T201
        shutil.rmtree(copy)


if __name__ == "__main__":
    main(*sys.argv[1:])
