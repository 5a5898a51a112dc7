"""Whatever stops a run between two steps, the next one ends it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT

NUMBERS = ("9", "23", "40")


def test_a_killed_run_is_ended_by_the_next(tmp_path: Path) -> None:
    """Nothing is lost, nothing there twice, whichever call of git was the last one.

    Some are tried here, ``python -m tests.changes.killed FOLDER`` tries them all.
    """
    words = [sys.executable, "-m", "tests.changes.killed", str(tmp_path), *NUMBERS]
    done = subprocess.run(
        words, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    whole, *killed = map(json.loads, done.stdout.splitlines())
    assert whole["states"] == ["applied", "proposed", "conflict", "declined"]
    assert whole["balances"]
    assert len(whole["merged"]) == 1
    assert len(killed) == len(NUMBERS)
    for seen in killed:
        assert seen == whole
