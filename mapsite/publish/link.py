"""The private address of a link: what nobody can guess who lacks secret and plan."""

from __future__ import annotations

import secrets
from base64 import b32encode
from hashlib import sha256

from mapsite.publish.key import Secret

LINK_VERSION = "mapsite/link/v1"
"""Another way of making addresses would need another version."""

SUBMIT_VERSION = "mapsite/submit-key/v1"
"""The same for what lets suggestions for one plan into an inbox."""

TOKEN_LENGTH = 26
"""Characters of five bits each: 130 bits."""
CHECK_LENGTH = 8
FOLDER = "t"

_CHECK_VERSION = "mapsite/kcv/v1"
_GONE_VERSION = "mapsite/gone/v1"
_PUBLISHER_VERSION = "mapsite/publisher/v1"
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def token(secret: Secret, plan_id: str, link: str, nonce: str) -> str:
    """Return the token of *plan_id*'s *link*: 26 characters of a-z and 2-7."""
    parts = (LINK_VERSION, plan_id, link, nonce)
    return _letters(secret.sign(b"".join(map(_measured, parts))))[:TOKEN_LENGTH]


def submit_key(secret: Secret) -> str:
    """Return the key of all submit tokens: 52 characters of a-z and 2-7.

    It is all that an inbox has to know of *secret*; no address follows from it.
    """
    return _letters(secret.sign(_measured(SUBMIT_VERSION))).rstrip("=")


def submit_token(secret: Secret, opaque_plan: str) -> str:
    """Return what lets suggestions for a plan into an inbox: 26 of a-z and 2-7.

    *opaque_plan* is the word by which the plan's rooms name it. The token stands in
    those rooms, so their readers know it; it opens nothing else.
    """
    return token_of_key(Secret(submit_key(secret)), opaque_plan)


def token_of_key(key: Secret, opaque_plan: str) -> str:
    """Return the same where only the `submit_key` is known."""
    return _letters(key.sign(_measured(opaque_plan)))[:TOKEN_LENGTH]


def prefix(token: str) -> str:
    """Return the folder of a room's copy, from the target's root."""
    return f"{FOLDER}/{token}/"


def fresh_nonce() -> str:
    """Return a nonce that no link had before: 26 random characters of a-z and 2-7."""
    return "".join(secrets.choice(_LETTERS) for _ in range(TOKEN_LENGTH))


def key_check(secret: Secret) -> str:
    """Return what tells *secret* from any other one without giving it away."""
    return _letters(secret.sign(_measured(_CHECK_VERSION)))[:CHECK_LENGTH]


def folder_of_gone(secret: Secret) -> str:
    """Return the folder of a target in which the list of former addresses lies."""
    return prefix(_letters(secret.sign(_measured(_GONE_VERSION)))[:TOKEN_LENGTH])


def publisher_name(secret: Secret) -> str:
    """Return the name by which rooms at a target tell whose they are."""
    return name_of_publisher(key_check(secret))


def name_of_publisher(check: str) -> str:
    """Return the name that goes with a key check, also where the secret is lost."""
    told = b"".join(map(_measured, (_PUBLISHER_VERSION, check)))
    return _letters(sha256(told).digest())[:CHECK_LENGTH]


def _measured(text: str) -> bytes:
    """Return *text* after its length, so that no two rows of texts are the same."""
    raw = text.encode()
    return len(raw).to_bytes(4, "big") + raw


def _letters(digest: bytes) -> str:
    return b32encode(digest).decode().lower()
