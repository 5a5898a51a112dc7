"""Same plan, same version, same day: the same bytes, wherever and whenever."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.promises.sample import differences

PROJECT = Path(__file__).resolve().parents[2]
PLANS = PROJECT / "tests" / "plans"
HERE = {
    "TZ": "Pacific/Kiritimati",
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "C.UTF-8",
    "USER": "quetzalina",
    "PYTHONHASHSEED": "1",
}
THERE = {
    "TZ": "Pacific/Niue",
    "LANG": "C",
    "LC_ALL": "POSIX",
    "USER": "wolfgangus",
    "PYTHONHASHSEED": "4242",
    "SOURCE_DATE_EPOCH": "1",
    "PYTHONUTF8": "0",
    "COLUMNS": "40",
}


def built(folder: Path, place: str, env: dict[str, str], stamp: int) -> Path:
    """Build the plans of a repository at another place, by a process of its own."""
    root = folder / place / "deals"
    shutil.copytree(PLANS / "logos", root / "plans/logos")
    shutil.copytree(PLANS / "documents", root / "plans/documents")
    shutil.copy(PROJECT / "mapsite/start/files/mkdocs.yml", root)
    for name in ("full", "bare"):
        shutil.copy(PLANS / f"{name}.yaml", root / "plans")
    home = folder / place / f"home-{env['USER']}"
    home.mkdir()
    for path in root.rglob("*"):
        os.utime(path, (stamp, stamp))
    done = subprocess.run(
        [sys.executable, "-m", "mapsite", "build", "--today", "2026-05-24"],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "HOME": str(home),
            "LOGNAME": env["USER"],
            **env,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return root / "site"


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below *folder*."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the same plans at two places that have nothing else in common."""
    folder = tmp_path_factory.mktemp("places")
    here = built(folder, "here-zxcvbnm", HERE, 1_000_000_000)
    return here, built(folder, "There Ünlike", THERE, 1_700_000_000)


def test_two_places_give_the_same_bytes(sites: tuple[Path, Path]) -> None:
    """Other path, time zone, language, home, user, hash seed and time stamps."""
    here, there = map(tree, sites)
    assert {name.split("/")[0] for name in here} == {"full", "bare"}
    assert differences(here, there) == []


def test_nothing_tells_of_the_computer(sites: tuple[Path, Path]) -> None:
    """No path, user, host or folder of it is in any byte or name."""
    words = ["zxcvbnm", "Ünlike", "quetzalina", "wolfgangus", "Kiritimati", "/deals"]
    words += [str(PROJECT), sys.prefix, "site-packages", "/home/", "/usr/", "/tmp/"]  # noqa: S108  # looked for
    words += [name for name in [socket.gethostname()] if len(name) > 5]
    for name, data in [*tree(sites[0]).items(), *tree(sites[1]).items()]:
        for word in words:
            assert word.encode() not in data, (name, word)
            assert word not in name


def test_the_comparison_sees_another_day(sites: tuple[Path, Path]) -> None:
    """The day is in the page, and another one would have been told."""
    day = date(2026, 5, 24).strftime("%d %B %Y").encode()
    page = tree(sites[0])["full/index.html"]
    assert page.count(day) >= 1
    assert differences({"page": page}, {"page": page.replace(day, b"25 May 2026")})
