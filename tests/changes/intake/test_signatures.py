"""Only what a service signed is its own."""

from __future__ import annotations

import base64
import hashlib

import pytest

from mapsite.changes.intake.signatures import HEADERS, is_signed
from tests.changes.intake.services import SECRET, SENT, as_sent, netlify, signed


@pytest.mark.parametrize("service", HEADERS)
def test_a_signature_goes_with_a_secret(service: str) -> None:
    """A wrong secret, another service or no signature is none."""
    raw = as_sent(SENT[service]())
    headers = signed(service, raw)
    assert is_signed(service, raw, headers, SECRET)
    assert is_signed(
        service, raw, {name.lower(): one for name, one in headers.items()}, SECRET
    )
    wrong = [
        {},
        *(dict.fromkeys(headers, one) for one in ("", "\u00e9", "a.b.c", "t=1,v1=")),
        signed(service, raw, SECRET[::-1]),
    ]
    assert not any(is_signed(service, raw, one, SECRET) for one in wrong)
    assert not is_signed(service, raw, headers, "")
    assert not is_signed("another", raw, headers, SECRET)


@pytest.mark.parametrize("service", sorted(HEADERS.keys() - {"generic"}))
def test_a_signature_goes_with_one_body(service: str) -> None:
    """Nobody can change a letter of it, nor use it for another one."""
    raw, other = as_sent(SENT[service]()), as_sent(SENT[service]("2026-06-03"))
    assert not is_signed(service, other, signed(service, raw), SECRET)
    assert not is_signed(service, raw + b" ", signed(service, raw), SECRET)


def test_a_token_without_an_algorithm_is_no_signature() -> None:
    """Tokens may claim that nothing was to be signed."""
    raw = as_sent(netlify())
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode()
    claims = as_sent({"sha256": hashlib.sha256(raw).hexdigest()})
    body = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
    headers = {"X-Webhook-Signature": f"{head}.{body}."}
    assert not is_signed("netlify", raw, headers, SECRET)
