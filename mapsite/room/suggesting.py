"""How readers of a room can suggest changes: what ``extra.mapsite.suggest`` may say.

With nothing set a suggestion is mailed, copied or saved as a file. `endpoint` takes it
directly, `form` is a linked form that opens prefilled, `repository` leads colleagues to
the plan's file. `answers: false` keeps what others suggest out of rooms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any
from urllib.parse import quote, urlsplit

from mapsite.plan.nodes import Mapping as MapNode, Spot

SETTING = ("extra", "mapsite", "suggest")
PLACES = ("plan", "base", "item", "field", "old", "ref")
"""What the address of a linked form can have in braces."""
MOST_ADDRESS = 2_000
"""Characters of an address that every browser, proxy and form service takes."""
KNOWN = ("endpoint", "form", "repository", "branch", "forge", "audience", "answers")
EDITS = {
    "github": "{repository}/edit/{branch}/{path}",
    "gitlab": "{repository}/-/edit/{branch}/{path}",
    "forgejo": "{repository}/_edit/{branch}/{path}",
    "gitea": "{repository}/_edit/{branch}/{path}",
    "bitbucket": "{repository}/src/{branch}/{path}?mode=edit&at={branch}",
}
"""By forge, where a file is changed in the browser."""
FORGES = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "codeberg.org": "forgejo",
    "gitea.com": "gitea",
    "bitbucket.org": "bitbucket",
}


@dataclass(frozen=True, slots=True)
class WayBack:
    """Hold what ``extra.mapsite.suggest`` says, once it has been checked."""

    endpoint: str = ""
    form: str = ""
    repository: str = ""
    branch: str = "main"
    forge: str = ""
    audience: str = ""
    """Who may see where the plan's file is; empty for nobody."""
    answers: bool = True
    """Whether rooms show what others suggest, and what became of it."""

    @property
    def connects(self) -> str:
        """Return what a page's script may ask, as ``connect-src`` says it."""
        return origin(self.endpoint) if self.endpoint else ""

    def submits_to(self, token: str) -> str:
        """Return where suggestions of the plan with this *token* are sent."""
        plain = self.endpoint.rstrip("/")
        return f"{plain}/s/{token}" if self.endpoint and token else self.endpoint

    def edits(self, source: str) -> str:
        """Return where the plan's file *source* is changed; empty unless shown."""
        if not (self.repository and self.audience and source):
            return ""
        repository = self.repository.rstrip("/").removesuffix(".git")
        host = (urlsplit(repository).hostname or "").lower()
        form = EDITS[self.forge or FORGES[host]]
        return form.format(
            repository=repository,
            branch=quote(self.branch),
            path=quote(source),
        )

    def form_for(self, values: Mapping[str, str]) -> str:
        """Return the form's address with *values* in its places, never too long."""
        found = filled(self.form, values)
        if len(found) < MOST_ADDRESS:
            return found
        # What stood there can be read in the plan; what it is about cannot.
        return filled(self.form, {**values, "old": ""})


NO_WAY = WayBack()


def way_back(settings: Mapping[str, Any]) -> WayBack:
    """Return what ``extra.mapsite`` says of suggestions."""
    said = settings.get("suggest") or {}
    if not said:
        return NO_WAY
    texts = {key: str(said.get(key) or "") for key in KNOWN if key != "answers"}
    texts["branch"] = texts["branch"] or "main"
    return WayBack(**texts, answers=said.get("answers") not in (False, "false"))


def way_at(spot: Spot | None) -> WayBack:
    """Return what ``extra.mapsite.suggest`` says at *spot*, which has no faults."""
    if spot is None or not isinstance(spot.node, MapNode):
        return NO_WAY
    said = {key.text: spot.key(key.text, node).text for key, node in spot.node.entries}
    return way_back({"suggest": said})


def origin(address: str) -> str:
    """Return scheme, host and port of *address*."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def policy_with(policy: str, way: WayBack) -> str:
    """Return *policy*, with the one thing more that this *way* back needs."""
    return f"{policy}; connect-src {way.connects}" if way.connects else policy


def filled(form: str, values: Mapping[str, str]) -> str:
    """Return *form* with its places filled, each value quoted."""
    parts = []
    for literal, name, _, _ in Formatter().parse(form):
        parts.append(literal)
        if name is not None:
            parts.append(quote(values.get(name, ""), safe=""))
    return "".join(parts)
