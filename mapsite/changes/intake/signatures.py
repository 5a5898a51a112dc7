"""Whether a form service sent what came in its name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

HEADERS = {
    "tally": "Tally-Signature",
    "typeform": "Typeform-Signature",
    "netlify": "X-Webhook-Signature",
    "formspree": "Formspree-Signature",
    "generic": "Authorization",
}
"""By service, the header that it signs in; any other shows the secret in one."""


def signature_of(service: str, headers: Mapping[str, str]) -> str:
    """Return what *headers* hold as the signature of *service*, or nothing."""
    given = {name.lower(): value for name, value in headers.items()}
    return given.get(HEADERS[service].lower(), "").strip()


def is_signed(
    service: str, raw: bytes, headers: Mapping[str, str], secret: str
) -> bool:
    """Tell whether *service*, which knows the *secret*, signed *raw*.

    *raw* is the body as it came, to the last byte; *headers* those that came with it.
    """
    if service not in HEADERS:
        return False
    given = signature_of(service, headers)
    if not (secret and given and given.isascii()):
        return False
    return _CHECKS[service](raw, given, secret.encode())


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


def _formspree(raw: bytes, given: str, secret: bytes) -> bool:
    """Check a sum over the time of sending and the body: ``t=TIME,v1=SUM``."""
    parts = dict(part.strip().partition("=")[::2] for part in given.split(","))
    told = _mac(parts.get("t", "").encode() + b"." + raw, secret).hex()
    return hmac.compare_digest(parts.get("v1", ""), told)


def _generic(_: bytes, given: str, secret: bytes) -> bool:
    """Check the secret itself: ``Bearer SECRET``."""
    kind, _blank, shown = given.partition(" ")
    known = hmac.compare_digest(shown.strip().encode(), secret)
    return known and kind.lower() == "bearer"


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


_CHECKS: dict[str, Callable[[bytes, str, bytes], bool]] = {
    "tally": _tally,
    "typeform": _typeform,
    "netlify": _netlify,
    "formspree": _formspree,
    "generic": _generic,
}
