"""Which rooms the browser opens, and how their plans are built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

SHOWN = sorted(path.stem for path in PROJECT.glob("plans/*.yaml"))
"""Rooms of the plans in plans/."""
OWN = [*SHOWN, *sorted(path.stem for path in PROJECT.glob("tests/plans/*.yaml"))]
"""The same, and the plans that show everything and the least."""
REAL = sorted(path.stem for path in PROJECT.glob("tests/plans/real/*.yaml"))
"""Rooms of plans as teams wrote them."""
EVERY = [*OWN, *REAL]


def build_all(root: Path) -> subprocess.CompletedProcess[str]:
    """Build every plan in a copy of the repository, as a team would."""
    for name in ("theme", "plans", "tests/plans"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copy(PROJECT / "mkdocs.yml", root)
    plans = sorted([*root.glob("plans/*.yaml"), *root.glob("tests/plans/**/*.yaml")])
    return subprocess.run(
        [
            *(sys.executable, "-m", "mapsite", "build"),
            *("--today", "2026-05-24", "--jobs", "1"),
            *map(str, plans),
        ],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
