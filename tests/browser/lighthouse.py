"""Run Lighthouse on a page of this computer."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.browser.chromium import ARGUMENTS
from tests.browser.node import node, node_modules


class LighthouseError(Exception):
    """Say why Lighthouse gave no report."""


def lighthouse(url: str, chromium: str, *categories: str) -> dict[str, Any]:
    """Return Lighthouse's report on *url* about *categories*."""
    cli = node_modules() / "lighthouse" / "cli" / "index.js"
    flags = " ".join(a for a in ("--headless", *ARGUMENTS) if " " not in a)
    done = subprocess.run(
        [
            *(str(node()), str(cli), url, "--output=json", "--quiet"),
            f"--only-categories={','.join(categories)}",
            *("--no-enable-error-reporting", f"--chrome-flags={flags}"),
        ],
        env={**os.environ, "CHROME_PATH": chromium},
        cwd=Path(__file__).parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        raise LighthouseError(done.stderr)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def scores(report: dict[str, Any]) -> dict[str, float]:
    """Return the score of each category, 0 to 100."""
    return {
        name: round(100 * category["score"])
        for name, category in report["categories"].items()
    }


def complaints(report: dict[str, Any]) -> list[str]:
    """Return what kept a category from 100."""
    return [
        f"{name}: {report['audits'][audit['id']]['title']}"
        for name, category in report["categories"].items()
        for audit in category["auditRefs"]
        if audit["weight"] and report["audits"][audit["id"]]["score"] not in {None, 1}
    ]
