"""Run workflows as GitHub and GitLab would, without them and without the network.

Not real: `actions/checkout` is act's own copy of the folder, `actions/setup-python` an
empty stand-in, and pip finds mapsite installed already, where the runners would take it
from a registry.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import mapsite
from tests.browser.node import node, node_modules
from tests.conftest import PROJECT
from tests.servers.programs import program

HERE = Path(__file__).parent
_STAND_IN = """\
name: Stand-in for actions/setup-python
description: The Python of the tests is on the PATH already.
inputs:
  python-version:
    description: Not looked at.
runs:
  using: composite
  steps:
    - run: python --version
      shell: sh
"""
_METADATA = """\
Metadata-Version: 2.1
Name: mapsite
Version: {version}
Provides-Extra: publish
"""


class Runners:
    """Run jobs in one folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Make what the jobs find in place of the runners' machines."""
        self._folder = folder
        home = folder / "home" / ".config" / "act"
        home.mkdir(parents=True)
        (home / "actrc").write_text("", "utf-8")
        installed = folder / "installed"
        about = installed / f"mapsite-{mapsite.__version__}.dist-info"
        about.mkdir(parents=True)
        text = _METADATA.format(version=mapsite.__version__)
        (about / "METADATA").write_text(text, "utf-8")
        action = folder / "setup-python"
        action.mkdir()
        (action / "action.yml").write_text(_STAND_IN, "utf-8")
        self._programs = folder / "bin"
        self._programs.mkdir()
        path = f"{installed}{os.pathsep}{PROJECT}"
        command = f'#!/bin/sh\nPYTHONPATH="{path}" exec "{sys.executable}" "$@"\n'
        (self._programs / "python").write_text(command, "utf-8")
        (self._programs / "python").chmod(0o755)

    def github(
        self, event: str, workflow: str, root: Path, **secrets: str
    ) -> subprocess.CompletedProcess[str]:
        """Run *workflow* of *root* for *event*, with *secrets*, by act on the host."""
        text = (root / ".github" / "workflows" / workflow).read_text("utf-8")
        action = re.search(r"actions/setup-python@[0-9a-f]{40}", text)
        assert action
        words = [
            *(_beside_python("act"), event, "-W", f".github/workflows/{workflow}"),
            *("-P", "ubuntu-latest=-self-hosted", "--no-cache-server"),
            *("--action-offline-mode", "--local-repository"),
            f"{action[0]}={self._folder / 'setup-python'}",
        ]
        words += [word for name in secrets for word in ("--secret", name)]
        return self._run(words, root, secrets)

    def gitlab(
        self, job: str, root: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run *job* of *root* with *variables*, by gitlab-ci-local in a shell."""
        modules = node_modules(HERE)
        words = [str(node()), str(modules / "gitlab-ci-local" / "src" / "index.js")]
        words += ["--force-shell-executor", job]
        for name, value in variables.items():
            words += ["--variable", f"{name}={value}"]
        return self._run(words, root, {})

    def _run(
        self, words: list[str], root: Path, more: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        git = Path(program("git")).parent
        places = (self._programs, node().parent, git, "/usr/bin", "/bin")
        environment = {
            "HOME": str(self._folder / "home"),
            "PATH": os.pathsep.join(map(str, places)),
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        return subprocess.run(
            words,
            cwd=root,
            env=environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )


def _beside_python(name: str) -> str:
    """Return the program that a package of the tests brought."""
    path = Path(sys.executable).parent / name
    assert path.is_file(), f"{path} is missing; install mapsite[test]"
    return str(path)


def zizmor(root: Path) -> subprocess.CompletedProcess[str]:
    """Let zizmor look for weaknesses in the workflows of *root*, offline."""
    return subprocess.run(
        [
            _beside_python("zizmor"),
            "--offline",
            "--pedantic",
            "--no-progress",
            str(root),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
