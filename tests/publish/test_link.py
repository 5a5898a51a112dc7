"""An address is what nobody can guess, and tells nothing of its deal."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import pickle
import re
from base64 import b32encode

import pytest

from mapsite.publish.key import Secret
from mapsite.publish.link import fresh_nonce, key_check, prefix, token

TEXT = "kq3vshe7bduy25jfmwnxp4l6otcriazg"
SECRET = Secret(TEXT)
OTHER = Secret(TEXT[::-1])
NONCE = "abcdefghijklmnopqrstuvwxyz"
SHAPE = re.compile(r"[a-z2-7]{26}")


def test_a_token_is_a_keyed_hash_of_measured_texts() -> None:
    """It is made as others can make it again: no detail may change unseen."""
    message = b"".join(
        len(text).to_bytes(4, "big") + text
        for text in (b"mapsite/link/v1", b"acme", b"buyer", NONCE.encode())
    )
    digest = hmac.new(TEXT.encode(), message, hashlib.sha256).digest()
    made = b32encode(digest).decode().lower()[:26]
    assert token(SECRET, "acme", "buyer", NONCE) == made
    assert prefix(made) == f"t/{made}/"


def test_a_hundred_thousand_tokens_are_distinct() -> None:
    """None has another shape, and none begins as its plan is called."""
    ids = [f"deal-{number}" for number in range(100_000)]
    tokens = [token(SECRET, one, "buyer", NONCE) for one in ids]
    assert len(set(tokens)) == len(tokens)
    assert all(map(SHAPE.fullmatch, tokens))
    # 40 bits: the chance that any two begin alike is one half of a percent.
    assert len({one[:8] for one in tokens}) >= len(tokens) - 3


@pytest.mark.parametrize(
    "parts",
    [
        (OTHER, "acme", "buyer", NONCE),
        (SECRET, "acme2", "buyer", NONCE),
        (SECRET, "acme", "legal", NONCE),
        (SECRET, "acme", "buyer", NONCE[::-1]),
    ],
    ids=["secret", "plan", "link", "nonce"],
)
def test_each_part_makes_another_token(parts: tuple[Secret, str, str, str]) -> None:
    """Another secret, plan, link or nonce leads to another place."""
    assert token(*parts) != token(SECRET, "acme", "buyer", NONCE)


def test_parts_cannot_run_together() -> None:
    """What moves from one part to the next changes the token."""
    made = {
        token(SECRET, "ab", "c", NONCE),
        token(SECRET, "a", "bc", NONCE),
        token(SECRET, "abc", "", NONCE),
        token(SECRET, "a", "b", f"c{NONCE}"),
        token(SECRET, "ab", f"c{NONCE}", ""),
    }
    assert len(made) == 5


def test_a_copied_plan_has_its_own_address() -> None:
    """The same nonce under the same link's name in two plans does no harm."""
    assert token(SECRET, "acme", "buyer", NONCE) != token(
        SECRET, "bolt", "buyer", NONCE
    )


def test_nonces_are_fresh() -> None:
    """Each is another one, of the same letters as a token."""
    made = {fresh_nonce() for _ in range(2_000)}
    assert len(made) == 2_000
    assert all(map(SHAPE.fullmatch, made))
    assert len(set("".join(made))) == 32


def test_the_check_tells_secrets_apart_and_nothing_else() -> None:
    """It is no part of any token."""
    assert key_check(SECRET) == key_check(Secret(TEXT))
    assert key_check(SECRET) != key_check(OTHER)
    assert re.fullmatch(r"[a-z2-7]{8}", key_check(SECRET))
    assert key_check(SECRET) not in token(SECRET, "acme", "buyer", NONCE)


def test_a_secret_shows_itself_to_nobody() -> None:
    """Not when printed, formatted, logged with its attributes or written to a file."""
    for shown in (
        repr(SECRET),
        str(SECRET),
        f"{SECRET!r:>30} {SECRET}",
        repr([SECRET]),
    ):
        assert TEXT not in shown
    assert not hasattr(SECRET, "__dict__")
    with pytest.raises(TypeError):
        json.dumps(SECRET)
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not written anywhere"):
            write(SECRET)
