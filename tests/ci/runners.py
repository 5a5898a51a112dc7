"""Run workflows as GitHub and GitLab would, without them and without the network.

Not real: `actions/checkout` is act's own copy of the folder, `actions/setup-python` an
empty stand-in, `actions/upload-artifact` one that copies, `gh` one that notes what it
is asked, and pip finds mapsite installed already, where the runners would take it from
a registry.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import mapsite
from tests.browser.node import node, node_modules
from tests.conftest import PROJECT
from tests.servers.programs import program

HERE = Path(__file__).parent
REPOSITORY = "mama/deals"
"""Where GitHub has the plans."""
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
_UPLOAD = """\
name: Stand-in for actions/upload-artifact
description: Copies a folder to where the tests find it.
inputs:
  name:
    description: Of the artifact.
  path:
    description: The folder.
  retention-days:
    description: Not looked at.
runs:
  using: composite
  steps:
    - run: cp -r "$FROM" "{place}/$NAME"
      shell: sh
      env:
        FROM: ${{{{ inputs.path }}}}
        NAME: ${{{{ inputs.name }}}}
"""
_GH = """\
#!/bin/sh
case "$1" in
auth) exit 1;; # asked by act itself
run) cat "{place}/published";;
*) echo "$*" >> "{place}/gh.log";;
esac
"""
# On a busy machine act may close a step's terminal before it has read all of it.
_PYTHON = """\
#!/bin/sh
PYTHONPATH="{path}" "{python}" "$@"
code=$?
sleep 0.1
exit "$code"
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
        self._uploads = folder / "uploads"
        self._uploads.mkdir()
        uploading = _UPLOAD.format(place=self._uploads)
        for name, text in (("setup-python", _STAND_IN), ("upload-artifact", uploading)):
            (folder / name).mkdir()
            (folder / name / "action.yml").write_text(text, "utf-8")
        self._programs = folder / "bin"
        self._programs.mkdir()
        self.published("")
        (self._programs / "gh").write_text(_GH.format(place=folder), "utf-8")
        (self._programs / "gh").chmod(0o755)
        path = f"{installed}{os.pathsep}{PROJECT}"
        command = _PYTHON.format(path=path, python=sys.executable)
        (self._programs / "python").write_text(command, "utf-8")
        (self._programs / "python").chmod(0o755)

    def published(self, at: str) -> None:
        """Say when the last run of publish.yml was started; empty for never."""
        (self._folder / "published").write_text(at, "utf-8")

    def asked(self) -> list[str]:
        """Return what `gh` was asked until now, and forget it."""
        log = self._folder / "gh.log"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def uploaded(self, name: str) -> dict[str, str]:
        """Return the files of an artifact."""
        folder = self._uploads / name
        return {path.name: path.read_text("utf-8") for path in folder.iterdir()}

    def github(
        self,
        event: str,
        workflow: str,
        root: Path,
        payload: dict[str, Any] | None = None,
        api: str = "",
        **secrets: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run *workflow* of *root* for *event*, with *secrets*, by act on the host.

        The event tells *payload*; GitHub's own interface is at *api*, if anywhere.
        """
        text = (root / ".github" / "workflows" / workflow).read_text("utf-8")
        told = self._folder / "event.json"
        told.write_text(json.dumps(payload or {}), "utf-8")
        words = [
            *(_beside_python("act"), event, "-W", f".github/workflows/{workflow}"),
            *("-P", "ubuntu-latest=-self-hosted", "--no-cache-server"),
            *("--action-offline-mode", "--eventpath", str(told)),
            *("--env", f"GITHUB_REPOSITORY={REPOSITORY}"),
        ]
        for action, name in re.findall(
            r"(actions/(setup-python|upload-artifact)@[0-9a-f]{40})", text
        ):
            words += ["--local-repository", f"{action}={self._folder / name}"]
        words += ["--env", f"GITHUB_API_URL={api}"] if api else []
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
            "--color=never",
            str(root),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
