"""Read the addresses of stores: ``s3://deals/rooms``, ``sftp://web.example/srv``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

EXTRAS = {
    "s3": "s3",
    "az": "azure",
    "abfs": "azure",
    "abfss": "azure",
    "gs": "gcs",
    "gcs": "gcs",
    "sftp": "sftp",
    "webdav+https": "webdav",
    "webdav+http": "webdav",
}
"""What brings the library that each kind of address needs: ``mapsite[EXTRA]``."""
CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "azure": "AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME and a key",
    "gcs": "GOOGLE_APPLICATION_CREDENTIALS",
    "sftp": "the ssh agent, ~/.ssh or MAPSITE_SFTP_PASSWORD",
    "webdav": "MAPSITE_WEBDAV_USER and MAPSITE_WEBDAV_PASSWORD",
}
"""Where each takes its credentials from; never from mkdocs.yml, which is in git."""

_KNOWN = "s3://, az://, gs://, sftp:// or webdav+https://"
_SECRET_WORDS = {
    *("key", "keys", "pkey", "secret", "password", "passwd", "passphrase", "token"),
    *("credential", "credentials", "auth", "authorization", "cookie", "cookies"),
    *("sas", "headers", "connection"),
}
_NO_SECRETS = {
    *("key_filename", "connection_timeout", "auth_timeout"),
    *("ssekmskeyid", "sse_kms_key_id"),
}
"""Names that hold such a word and no secret."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", re.ASCII)
_SECRET_TEXT = re.compile(
    r"AccountKey=|SharedAccessSignature=|[?&]sig=|PRIVATE KEY|//[^/\s]*:[^/\s]*@",
    re.IGNORECASE,
)
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class Place(NamedTuple):
    """Say where a store is, and which folder of it is the target's root."""

    shown: str
    """As the settings have it."""
    scheme: str
    host: str
    """The bucket or container, or the server."""
    root: str
    """The folder in it, from its own root, without a slash at either end."""
    user: str | None = None
    port: int | None = None

    @property
    def extra(self) -> str:
        """Return the name of the extra that brings the library."""
        return EXTRAS[self.scheme]


def read_place(url: str) -> Place:
    """Return the place that *url* names; raises ValueError with what is wrong."""
    parts = urlsplit(url)
    fault = _fault_of_url(url, parts)
    if fault:
        raise ValueError(fault)
    root = unquote(parts.path).strip("/")
    user, _, host = parts.netloc.rpartition("@")
    if EXTRAS[parts.scheme] in {"sftp", "webdav"}:
        name = parts.hostname or ""
        return Place(url, parts.scheme, name, root, user or None, parts.port)
    return Place(url, parts.scheme, host, root, user or None)


def fault_of_options(url: str, options: Mapping[str, object]) -> str | None:
    """Return what is wrong with a store's address and options, if anything.

    Whatever may be a credential is refused without being repeated.
    """
    try:
        place = read_place(url)
    except ValueError as error:
        return str(error)
    for name, value in _values(options):
        words = {word.lower() for word in _WORD.findall(name)}
        named = words & _SECRET_WORDS and name.lower() not in _NO_SECRETS
        if (named or _SECRET_TEXT.search(str(value))) and value != "anon":
            return (
                f"the option {name[:40]!r} may be a credential, and mkdocs.yml is no"
                f" place for one; give it by {CREDENTIALS[place.extra]}"
            )
    return None


def _fault_of_url(  # noqa: PLR0911  # a list of faults
    url: str, parts: SplitResult
) -> str | None:
    if parts.scheme not in EXTRAS:
        return f"expected an address that begins with {_KNOWN}"
    extra = EXTRAS[parts.scheme]
    user, _, host = parts.netloc.rpartition("@")
    if ":" in user or (user and extra in {"s3", "gcs", "webdav"}):
        return (
            "the address holds a user or a password, and mkdocs.yml is no place for"
            f" one; give it by {CREDENTIALS[extra]}"
        )
    if parts.query or parts.fragment or "?" in url or "#" in url:
        return "expected an address without ? and #"
    named = parts.hostname if extra in {"sftp", "webdav"} else host
    if not named or not _has_port(parts):
        return f"expected a name after {parts.scheme}://"
    if any(part in {".", ".."} for part in unquote(parts.path).split("/")):
        return "expected an address without . and .. in its path"
    if parts.scheme == "webdav+http" and named not in _LOCAL:
        return "expected webdav+https: others can read the password otherwise"
    return None


def _has_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _values(options: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield every option with its name, also those inside others."""
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield name, None
            yield from _values({str(key): inner for key, inner in value.items()})
        else:
            yield str(name), value
