"""What an inbox is told: where it keeps things, whom it listens to, and how much."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol, final

from mapsite.changes.intake.signatures import HEADERS
from mapsite.errors import MapsiteError
from mapsite.inbox.limits import Network, read_network
from mapsite.plan.naming import is_plan_id
from mapsite.plan.wording import quoted
from mapsite.publish.key import Secret, weakness
from mapsite.publish.link import token_of_key

PULL_VARIABLE = "MAPSITE_INBOX_PULL_TOKEN"
"""Holds what whoever fetches suggestions has to show."""
KEY_VARIABLE = "MAPSITE_INBOX_KEY"
"""Holds the key of all submit tokens, where the secret need not be."""
HOOK_VARIABLE = "MAPSITE_INBOX_HOOK_"
"""With a form service's name behind it, holds what its webhooks are known by."""

_TOKEN = re.compile(r"[a-z2-7]{26}", re.ASCII)
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d+)?")
_LOCAL = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
_MOST_BYTES = 4 << 20
_MAKES_ITS_OWN = frozenset({"formspree"})
"""Services whose secret nobody chooses, so that nobody can choose a longer one."""
_LEAST_OWN = 16


class Tokens(Protocol):
    """Tell which submit token is whose."""

    def may_be(self, token: str) -> bool:
        """Tell whether *token* could be that of a plan."""

    def opens(self, token: str, plan: str) -> bool:
        """Tell whether *token* lets suggestions for *plan* in."""


@final
class SignedTokens:
    """Know the token of every plan by the key of all of them."""

    def __init__(self, key: Secret) -> None:
        """Keep `mapsite.publish.link.submit_key` of the secret."""
        self._key = key

    def may_be(self, token: str) -> bool:
        """Tell whether *token* is written like one."""
        return bool(_TOKEN.fullmatch(token))

    def opens(self, token: str, plan: str) -> bool:
        """Tell whether *token* is the one that *plan*'s rooms have."""
        known = token_of_key(self._key, plan)
        return hmac.compare_digest(known.encode(), token.encode(errors="replace"))


@final
class ListedTokens:
    """Know the tokens of a file, where the secret does not have to be."""

    def __init__(self, plans: Mapping[str, str]) -> None:
        """Keep the plan of each token."""
        self._plans = plans

    def may_be(self, token: str) -> bool:
        """Tell whether *token* is one of the file's."""
        return token in self._plans

    def opens(self, token: str, plan: str) -> bool:
        """Tell whether the file names *plan* beside *token*."""
        return self._plans.get(token) == plan


@final
class PullToken:
    """Hold what opens the suggestions to whoever fetches them, out of sight."""

    __slots__ = ("__digest",)

    def __init__(self, text: str) -> None:
        """Keep a hash of *text*."""
        self.__digest = sha256(text.encode(errors="surrogateescape")).digest()

    def opens(self, shown: str) -> bool:
        """Tell whether *shown* is the token."""
        digest = sha256(shown.encode(errors="surrogateescape")).digest()
        return hmac.compare_digest(self.__digest, digest)

    def __repr__(self) -> str:
        return "PullToken(…)"


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold all that an inbox is told."""

    tokens: Tokens = field(repr=False)
    pull_token: PullToken | None = None
    """None where nobody may fetch anything over the network."""
    origins: frozenset[str] = frozenset()
    """Whose pages may send from a script."""
    hooks: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Form service -> what its webhooks are known by; others' are refused."""
    proxies: tuple[Network, ...] = ()
    """Whose word is taken for who sent something."""
    per_address: int = 60
    """Requests a minute."""
    per_plan: int = 120
    """Suggestions a minute."""
    most_waiting: int = 1000
    """Suggestions of one plan."""
    most_odd: int = 1000
    """Pieces in quarantine."""
    most_connections: int = 256
    per_address_connections: int = 32
    patience: float = 20.0
    """Seconds that a request may take to arrive."""


def read_tokens(path: Path) -> ListedTokens:
    """Read a file with a plan's name and its token in each line; raise MapsiteError.

    The name is the word by which the plan's rooms name it.
    """
    try:
        raw = path.read_bytes()[: _MOST_BYTES + 1]
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise MapsiteError(f"{path}: expected a text, got other bytes") from None
    if len(raw) > _MOST_BYTES:
        raise MapsiteError(f"{path}: expected at most {_MOST_BYTES:,} bytes")
    plans = {}
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        # What stands there may be a token: it is not shown.
        if len(words) != 2 or not is_plan_id(words[0]):  # noqa: PLR2004  # id and token
            raise MapsiteError(f"{path}:{number}: expected a plan's name and its token")
        if not _TOKEN.fullmatch(words[1]):
            raise MapsiteError(
                f"{path}:{number}: expected a token of 26 characters a-z and 2-7;"
                " `mapsite inbox --print-tokens` prints them"
            )
        plans[words[1]] = words[0]
    if not plans:
        raise MapsiteError(
            f"{path}: expected plans and their tokens, got none; `mapsite inbox"
            " --print-tokens` prints them"
        )
    return ListedTokens(plans)


def read_key(text: str | None) -> Secret | None:
    """Return the key of all submit tokens; raise MapsiteError for a weak one."""
    known = _strong(text, KEY_VARIABLE)
    return Secret(known) if known else None


def read_pull_token(text: str | None) -> PullToken | None:
    """Return the token that fetching needs; raise MapsiteError for a weak one."""
    known = _strong(text, PULL_VARIABLE)
    return PullToken(known) if known else None


def read_hooks(environment: Mapping[str, str]) -> dict[str, str]:
    """Return by form service what its webhooks are known by; raise MapsiteError."""
    found = {}
    for service in HEADERS:
        variable = f"{HOOK_VARIABLE}{service.upper()}"
        text = environment.get(variable)
        if service in _MAKES_ITS_OWN and text and len(text.strip()) >= _LEAST_OWN:
            found[service] = text.strip()
        elif known := _strong(text, variable):
            found[service] = known
    return found


def _strong(text: str | None, variable: str) -> str | None:
    """Return what *variable* holds; None for nothing, MapsiteError for a weak text."""
    if text is None or not text.strip():
        return None
    if fault := weakness(text.strip()):
        raise MapsiteError(f"the text in {variable} is refused: {fault}")
    return text.strip()


def read_origins(texts: Iterable[str]) -> frozenset[str]:
    """Return origins as browsers tell them; raise MapsiteError for anything else.

    ``null`` is what a page that was opened from a folder tells.
    """
    found = {text.strip().lower().rstrip("/") for text in texts}
    for origin in sorted(found - {"null"}):
        if not _ORIGIN.fullmatch(origin):
            raise MapsiteError(
                "expected an origin like https://deals.example.com, got"
                f" {quoted(origin)}"
            )
        if origin.startswith("http:") and not _LOCAL.fullmatch(origin):
            raise MapsiteError(
                f"{origin}: expected https: whoever is on the way could change the page"
            )
    return frozenset(found)


def read_proxies(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks of proxies; raise MapsiteError for anything else."""
    found = []
    for text in texts:
        network = read_network(text)
        if network is None:
            raise MapsiteError(
                f"expected a proxy's address like 127.0.0.1 or 10.0.0.0/8, got"
                f" {quoted(text)}"
            )
        found.append(network)
    return tuple(found)
