"""Workflows for a repository of plans, on GitHub and on GitLab.

They check plans, take in what readers suggest, and publish.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from string import Template
from typing import NamedTuple

from mapsite import __version__
from mapsite.errors import MapsiteError
from mapsite.start.starter import write_all

HOSTS = ("github", "gitlab")

_FILES = Path(__file__).with_name("files") / "ci"
_ACTIONS = {
    "checkout": "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "setup_python": "5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
    "upload_artifact": "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
}
"""What runs on GitHub beside mapsite: commits, since a tag can be moved."""
_WORKFLOWS = ("publish.yml", "check.yml", "comment.yml", "intake.yml")
_GITHUB = {f".github/workflows/{name}": name for name in _WORKFLOWS} | {
    ".github/ISSUE_TEMPLATE/suggestion.yml": "suggestion.yml"
}
_GITLAB, _INCLUDED = ".gitlab-ci.yml", ".gitlab/mapsite.yml"
_GITLAB_ISSUE = ".gitlab/issue_templates/suggestion.md"
_USUAL = frozenset({"main", "master", "trunk"})
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,100}", re.ASCII)
_OURS = re.compile(r"^\s*mapsite\b(?![-.])", re.MULTILINE | re.IGNORECASE)
_TARGET = "name a target in mkdocs.yml under extra: mapsite: targets:"
_PUT = "put what `mapsite secret new` made into"
_WITH_INBOX = (
    "with an inbox for what readers suggest: extra: mapsite: changes: inbox: in"
    " mkdocs.yml, and its pull token into"
)


class Workflows(NamedTuple):
    """Hold the files to write, and what is left for a person to do."""

    files: dict[str, str]
    """Texts by path."""
    todo: tuple[str, ...]


def workflows(folder: Path, host: str) -> Workflows:
    """Return what makes *host* check and publish the repository in *folder*.

    Raises MapsiteError where a file would be overwritten, or never be read.
    """
    _refuse_inside(folder, host)
    found = _for_github(folder) if host == "github" else _for_gitlab(folder)
    for name in found.files:
        if os.path.lexists(folder / name):
            raise MapsiteError(
                f"{name} exists in {folder} already; nothing was written"
            )
    return found


def start_workflows(folder: Path, found: Workflows) -> list[Path]:
    """Write the files of *found* into *folder*; return their paths."""
    write_all(folder, found.files)
    return [folder / name for name in found.files]


def _for_github(folder: Path) -> Workflows:
    values = _values(folder) | _ACTIONS | {"branch": _main_branch(folder)}
    files = {path: _filled(name, values) for path, name in _GITHUB.items()}
    kept = 'the secret MAPSITE_SECRET of the environment "publish"'
    where = "Settings, Environments; without environments, Secrets and variables"
    requests = (
        "let GitHub Actions create pull requests (Settings, Actions, General), so that"
        " suggestions are proposed"
    )
    pulling = 'the secret MAPSITE_INBOX_PULL_TOKEN of the environment "intake"'
    todo = (_TARGET, f"{_PUT} {kept} ({where})", requests, f"{_WITH_INBOX} {pulling}")
    return Workflows(files, todo)


def _for_gitlab(folder: Path) -> Workflows:
    own = not os.path.lexists(folder / _GITLAB)
    path = _GITLAB if own else _INCLUDED
    text = _filled("gitlab-ci.yml", _values(folder) | {"file": path})
    include = f'add to {_GITLAB}: include: [{{local: "/{_INCLUDED}"}}]'
    kept = "the variable MAPSITE_SECRET, masked and protected"
    todo = [] if own else [include]
    todo += [_TARGET, f"{_PUT} {kept} (Settings, CI/CD, Variables)"]
    todo.append(
        "put a project access token (role Developer, scopes api and write_repository)"
        " into the variable MAPSITE_FORGE_TOKEN, masked and protected, so that"
        " suggestions are proposed"
    )
    todo.append(f"{_WITH_INBOX} the variable MAPSITE_INBOX_PULL_TOKEN, the same way")
    todo.append("schedule a pipeline, at least once a day (Build, Pipeline schedules)")
    issue = _filled("suggestion.md", {})
    return Workflows({path: text, _GITLAB_ISSUE: issue}, tuple(todo))


def _values(folder: Path) -> dict[str, str]:
    return {
        "version": __version__,
        "checking": _installed(folder, ""),
        "publishing": _installed(folder, "[publish]"),
    }


def _installed(folder: Path, extra: str) -> str:
    """Return what pip installs: what the repository asks for, else this version."""
    wanted = f'"mapsite{extra}=={__version__}"'
    if _OURS.search(_text(folder / "requirements.txt")):
        wanted = "-r requirements.txt"
    held = " -c constraints.txt" if (folder / "constraints.txt").is_file() else ""
    return wanted + held


def _main_branch(folder: Path) -> str:
    """Return the branch that is published: the remote's own, or the usual one."""
    remote = _text(folder / ".git" / "refs" / "remotes" / "origin" / "HEAD").strip()
    name = remote.removeprefix("ref: refs/remotes/origin/")
    if name != remote and _BRANCH.fullmatch(name):
        return name
    here = _text(folder / ".git" / "HEAD").strip().removeprefix("ref: refs/heads/")
    return here if here in _USUAL else "main"


def _refuse_inside(folder: Path, host: str) -> None:
    """Raise MapsiteError where *folder* is only a part of a git repository."""
    here = folder.resolve()
    if os.path.lexists(here / ".git"):
        return
    for above in here.parents:
        if os.path.lexists(above / ".git"):
            name = {"github": "GitHub", "gitlab": "GitLab"}[host]
            raise MapsiteError(
                f"{folder} lies in the git repository {above}, and {name} reads"
                f" workflows only at its top; nothing was written. Plans are best kept"
                f" in a repository of their own: git init {folder}"
            )


def _filled(name: str, values: dict[str, str]) -> str:
    return Template((_FILES / name).read_text("utf-8")).substitute(values)


def _text(path: Path) -> str:
    """Return what a file says, or nothing."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
