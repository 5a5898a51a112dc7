"""Open, find and close the request of a branch, on whatever forge the origin is.

In this order: push options where the forge takes them, its own program where that is
installed, else its REST interface with a token from the environment. With plain git
there is just the branch. What a forge answers is data from outside.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from mapsite.changes.calls import Answer, call, host_of
from mapsite.errors import MapsiteError
from mapsite.git.running import run

KINDS = ("github", "gitlab", "forgejo", "none")
TOKENS = {
    "github": ("MAPSITE_FORGE_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
    "gitlab": ("MAPSITE_FORGE_TOKEN", "GITLAB_TOKEN"),
    "forgejo": ("MAPSITE_FORGE_TOKEN", "FORGEJO_TOKEN", "GITEA_TOKEN"),
}
"""Where a token is looked for, in this order."""

_HOSTS = {"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "forgejo"}
_APIS = {"github": "api/v3", "gitlab": "api/v4", "forgejo": "api/v1"}
_ADDRESS = re.compile(
    r"(?:(?:https?|ssh)://(?:[^@/]*@)?(?P<host>[A-Za-z0-9.-]+(?::\d+)?)/"
    r"|(?:[^@/:]+@)?(?P<short>[A-Za-z0-9.-]{2,}):(?!//))"
    r"(?P<path>[A-Za-z0-9._~/-]+?)(?:\.git)?/?",
    re.ASCII,
)
_SAFE_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@%&=+-]{1,500}", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_PAGE = 50
_MOST_PAGES = 10
_NOT_FOUND = 404


class Request(NamedTuple):
    """Hold a pull or merge request."""

    number: str
    url: str
    state: str
    """open, merged or closed."""


@dataclass(frozen=True, slots=True)
class Forge:
    """Know how to talk to one forge; plain git has kind ``none``."""

    kind: str = "none"
    api: str = ""
    """Where its REST interface is, without a slash at the end."""
    repository: str = ""
    """``owner/name``."""
    web: str = ""
    """Where people see the repository; empty where that is not known."""
    token: str = field(default="", repr=False)
    program: bool = False
    """Whether the forge's own program is used, `gh`."""

    @property
    def speaks(self) -> bool:
        """Tell whether it can be asked anything beside pushing."""
        return self.program or bool(self.api and self.token and self.repository)

    def options(self, main: str, title: str, lines: Sequence[str]) -> list[str]:
        """Return the push options that open a request, where the forge takes them."""
        if self.kind != "gitlab":
            return []
        told = {"target": main, "title": title, "description": " · ".join(lines)}
        created = ["merge_request.create", "merge_request.remove_source_branch"]
        return [
            *created,
            *(f"merge_request.{name}={one}" for name, one in told.items()),
        ]

    def compare_url(self, main: str, branch: str) -> str:
        """Return where a person can open the request; empty where nobody can."""
        if not self.web or self.kind == "none":
            return ""
        if self.kind == "gitlab":
            asked = f"merge_request[source_branch]={quote(branch, safe='')}"
            return f"{self.web}/-/merge_requests/new?{asked}"
        return f"{self.web}/compare/{main}...{branch}"

    def find(self, root: Path, branch: str) -> Request | None:
        """Return the newest request of *branch*, whatever became of it."""
        if self.program:
            return _gh_find(root, branch)
        if self.kind == "gitlab":
            asked = f"?state=all&source_branch={quote(branch, safe='')}"
            return _newest(self._get(f"{self._requests}{asked}"), branch)
        if self.kind == "github":
            owner = self.repository.partition("/")[0]
            asked = f"?state=all&head={quote(f'{owner}:{branch}', safe='')}"
            return _newest(self._get(f"{self._requests}{asked}"), branch)
        for page in range(1, _MOST_PAGES + 1):
            asked = f"?state=all&sort=recentupdate&limit={_PAGE}&page={page}"
            listed = self._get(f"{self._requests}{asked}")
            found = _newest(listed, branch)
            if found or len(_maps(listed)) < _PAGE:
                return found
        return None

    def open(
        self, root: Path, branch: str, main: str, title: str, body: str
    ) -> Request | None:
        """Return the request of *branch*, opened where there is none yet."""
        if found := self.find(root, branch):
            return found
        if self.program:
            return _gh_open(root, branch, main, title, body)
        if self.kind == "gitlab":
            document = {"source_branch": branch, "target_branch": main, "title": title}
            document |= {"description": body}
            answer = self._call(
                "POST", self._requests, {**document, "remove_source_branch": "true"}
            )
        else:
            document = {"head": branch, "base": main, "title": title, "body": body}
            answer = self._call("POST", self._requests, document)
        # Another run may have been faster.
        return _request(answer.document) if answer.fine else self.find(root, branch)

    def close(self, root: Path, request: Request) -> None:
        """Close *request*, without a word."""
        if self.program:
            _gh(root, "pr", "close", request.number)
            return
        if self.kind == "gitlab":
            where = f"{self._requests}/{request.number}"
            self._call("PUT", where, {"state_event": "close"})
        else:
            where = f"{self._requests}/{request.number}"
            self._call("PATCH", where, {"state": "closed"})

    def describe(self, request: Request, body: str) -> None:
        """Give *request*, which a push has opened, its whole text."""
        if self.kind == "gitlab" and self.speaks:
            where = f"{self._requests}/{request.number}"
            self._call("PUT", where, {"description": body})

    @property
    def _requests(self) -> str:
        if self.kind == "gitlab":
            project = quote(self.repository, safe="")
            return f"{self.api}/projects/{project}/merge_requests"
        return f"{self.api}/repos/{self.repository}/pulls"

    def _get(self, url: str) -> Any:  # noqa: ANN401  # JSON
        answer = self._call("GET", url)
        if answer.fine:
            return answer.document
        if answer.status == _NOT_FOUND:
            return []
        raise MapsiteError(
            f"{host_of(url)} answered {answer.status}; may the token see requests?"
        )

    def _call(self, method: str, url: str, document: object = None) -> Answer:
        if self.kind == "gitlab":
            headers = {"PRIVATE-TOKEN": self.token}
        else:
            word = "Bearer" if self.kind == "github" else "token"
            headers = {"Authorization": f"{word} {self.token}"}
        return call(method, url, headers, document)


def forge_of(
    url: str,
    settings: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
) -> Forge:
    """Return the forge of the origin at *url*, as *settings* have it or as it looks.

    *settings* may name ``forge``, ``api`` and ``repository``.
    """
    known = os.environ if environment is None else environment
    found = _ADDRESS.fullmatch(url)
    host = (found["host"] or found["short"] or "") if found else ""
    name = host.partition(":")[0].lower()
    kind = settings.get("forge") or _HOSTS.get(name) or _looks_like(name)
    if kind == "none" or (not found and not settings.get("api")):
        return Forge()
    path = found["path"].strip("/") if found else ""
    if kind == "github" and name == "github.com":
        usual = "https://api.github.com"
    else:
        usual = f"https://{name}/{_APIS[kind]}" if name else ""
    token = next((known[one] for one in TOKENS[kind] if known.get(one)), "")
    program = kind == "github" and not settings.get("api") and bool(shutil.which("gh"))
    return Forge(
        kind,
        (settings.get("api") or usual).rstrip("/"),
        settings.get("repository") or path,
        f"https://{name}/{path}" if name else "",
        token,
        program,
    )


def _looks_like(name: str) -> str:
    first = name.partition(".")[0]
    alike = {"gitea": "forgejo"}
    kind = alike.get(first, first)
    return kind if kind in KINDS else "none"


def _maps(document: object) -> list[dict[str, Any]]:
    items = document if isinstance(document, list) else []
    return [item for item in items if isinstance(item, dict)]


def _newest(document: object, branch: str) -> Request | None:
    for item in _maps(document):
        head = item.get("head")
        name = head.get("ref") if isinstance(head, dict) else item.get("source_branch")
        if name == branch and (request := _request(item)):
            return request
    return None


def _request(item: object) -> Request | None:
    if not isinstance(item, dict):
        return None
    number = str(item.get("iid", item.get("number", "")))
    url = item.get("html_url") or item.get("web_url") or item.get("url")
    if not _NUMBER.fullmatch(number):
        return None
    state = str(item.get("state", "")).lower()
    if item.get("merged_at") or item.get("merged") is True or state == "merged":
        state = "merged"
    state = state if state in {"merged", "closed"} else "open"
    shown = url if isinstance(url, str) and _SAFE_URL.fullmatch(url) else ""
    return Request(number, shown, state)


def _gh(root: Path, *words: str, given: str = "") -> str:
    ran = run(["gh", *words], root, given.encode(), {"GH_PROMPT_DISABLED": "1"})
    if ran.code:
        raise MapsiteError(
            "`gh` could not do it; `gh auth status` tells whether it is let in"
        )
    return ran.text


def _gh_find(root: Path, branch: str) -> Request | None:
    fields = "number,url,state,headRefName"
    asked = ("pr", "list", "--head", branch, "--state", "all", "--json", fields)
    try:
        listed = _maps(json.loads(_gh(root, *asked)))
    except ValueError:
        return None
    found = [_request(one) for one in listed if one.get("headRefName") == branch]
    return found[0] if found else None


def _gh_open(
    root: Path, branch: str, main: str, title: str, body: str
) -> Request | None:
    words = ("--head", branch, "--base", main, "--title", title, "--body-file", "-")
    _gh(root, "pr", "create", *words, given=body)
    return _gh_find(root, branch)
