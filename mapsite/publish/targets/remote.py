"""Where a git repository is, as a setting names it, and why it does not answer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mapsite.publish.target import TargetBusy, TargetError, TargetSettings
from mapsite.publish.targets.running import Ran, connection_trouble

_SCHEMES = frozenset({"https", "http", "ssh", "file"})
_SHORT = re.compile(r"(?:\w[\w.+-]*@)?(?P<host>\w[\w.-]*):(?!/?/)[^\s:].*", re.ASCII)
"""As scp has it: ``git@github.com:mama/deals.git``."""
_DENIED = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|error: 40[13]"
    r"|Permission to .* denied|Write access to repository not granted",
    re.IGNORECASE,
)
_NO_REPOSITORY = re.compile(
    r"not appear to be a git repository|not a git repository|not found|does not exist",
    re.IGNORECASE,
)
_REJECTED = re.compile(r"rejected|denied|declined|protected", re.IGNORECASE)


def remote_url(settings: TargetSettings) -> str:
    """Return the URL or the full path of the repository that *settings* name."""
    place = settings.place
    scheme, separator, rest = place.partition("://")
    odd = not place or place.startswith("-") or "::" in place
    if odd or any(letter < " " for letter in place):
        raise TargetError("expected the URL or the folder of a repository for `git`")
    if not separator:
        if _SHORT.fullmatch(place):
            return place
        return str(settings.root / place)
    if scheme not in _SCHEMES or rest.startswith("-"):
        raise TargetError("expected a URL with https, ssh or file for `git`")
    if scheme in {"https", "http"} and ":" in rest.partition("/")[0].rpartition("@")[0]:
        raise TargetError(
            "the URL for `git` holds a password; leave it to git's credential helper"
        )
    return place


def host_of(url: str) -> str:
    """Return what may be told of where *url* leads."""
    if short := _SHORT.fullmatch(url):
        return short["host"]
    try:
        return urlsplit(url).hostname or "the repository"
    except ValueError:
        return "the repository"


def trouble_of(ran: Ran, host: str, branch: str) -> TargetError:
    """Say in our own words why git could not do its part with *host*."""
    told = ran.told
    if trouble := connection_trouble(told, host):
        return trouble
    if _DENIED.search(told):
        return TargetError(
            f"{host} does not accept the credentials that git has for it, or they do"
            " not allow to write there"
        )
    if _NO_REPOSITORY.search(told):
        return TargetError(f"{host} has no such repository, or not for this user")
    if _REJECTED.search(told + ran.output.decode("utf-8", "replace")):
        return TargetError(
            f"{host} refuses a push to the branch {branch}: a rule or a hook of the"
            " repository forbids it"
        )
    return TargetBusy(f"git did not get through to {host}")
