"""Whether a form service sent what came in its name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any


def is_signed(
    service: str, raw: bytes, headers: Mapping[str, str], secret: str
) -> bool:
    """Tell whether *service*, which knows the *secret*, signed *raw*.

    *raw* is the body as it came, to the last byte; *headers* those that came with it.
    """
    if service not in _CHECKS:
        return False
    check, header = _CHECKS[service]
    given = {name.lower(): value for name, value in headers.items()}.get(header, "")
    if not (secret and given and given.isascii()):
        return False
    return check(raw, given.strip(), secret.encode())


def _tally(raw: bytes, given: str, secret: bytes) -> bool:
    return hmac.compare_digest(given, _base64(raw, secret))


def _typeform(raw: bytes, given: str, secret: bytes) -> bool:
    return hmac.compare_digest(given, f"sha256={_base64(raw, secret)}")


def _netlify(raw: bytes, given: str, secret: bytes) -> bool:
    """Check a JSON web token, made with HMAC-SHA256, that holds the body's sum."""
    signed, _, signature = given.rpartition(".")
    told = base64.urlsafe_b64encode(_mac(signed.encode(), secret)).rstrip(b"=")
    if not hmac.compare_digest(signature, told.decode()):
        return False
    head, _, claims = signed.partition(".")
    return (
        _json(head).get("alg") == "HS256"
        and _json(claims).get("sha256") == hashlib.sha256(raw).hexdigest()
    )


def _json(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _mac(raw: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, raw, hashlib.sha256).digest()


def _base64(raw: bytes, secret: bytes) -> str:
    return base64.b64encode(_mac(raw, secret)).decode()


_Check = Callable[[bytes, str, bytes], bool]
_CHECKS: dict[str, tuple[_Check, str]] = {
    "tally": (_tally, "tally-signature"),
    "typeform": (_typeform, "typeform-signature"),
    "netlify": (_netlify, "x-webhook-signature"),
}
"""By service, how it signs, and the header that it signs in."""
