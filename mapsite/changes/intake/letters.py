"""A mail as the letters that it holds: itself, and those that it forwards."""

from __future__ import annotations

import base64
import codecs
import html
import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from typing import NamedTuple

from mapsite.changes.intake.senders import header_of

_MOST_PARTS = 1_000
_MOST_DEPTH = 10
_CHARSETS = re.compile(
    r"ascii|utf-(8|16|32)|(iso8859|cp|koi8|gb|big5|euc|shift_jis|iso2022|mac)[\w-]*",
    re.ASCII,
)
"""Those of mail. Others take very long to read, or are no text at all."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[/!?A-Za-z][^<>]*>")
_QUIET = re.compile(r"image/.*|text/(calendar|x-?vcard|vcard)|.*signature|.*/pgp-keys")
"""Kinds of attachments that say nothing: the logos and seals of signatures."""


class Unopened(Exception):  # noqa: N818  # named as what it says
    """Say why a mail is not opened."""


class Attachment(NamedTuple):
    """Hold a file that came with a letter."""

    name: str
    raw: bytes


class Letter(NamedTuple):
    """Hold one letter: what it says, and what lies beside it."""

    message: Message
    texts: tuple[str, ...]
    """Its text and its HTML, tags taken away; often both say the same."""
    attachments: tuple[Attachment, ...]
    forwarded: bool
    """It came inside another one."""


def open_letters(raw: bytes) -> list[Letter]:
    """Return the letters in *raw*, the outermost first; raise `Unopened`."""
    if raw.count(b"\n--") > _MOST_PARTS:
        raise Unopened(f"the mail has more than {_MOST_PARTS:,} parts")
    letters: list[Letter] = []
    try:
        _open(message_from_bytes(raw), letters, depth=0)
    except RecursionError:
        raise Unopened("the mail forwards too many others inside it") from None
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        # What its headers say of its parts is nothing that a mail can say.
        raise Unopened("the mail is broken and cannot be opened") from None
    return letters


def text_of_html(markup: str) -> str:
    """Return what *markup* says.

    A block in it needs no more than that: html.parser, which knows what tags mean,
    takes two minutes for 100 kB of tags that are never closed.
    """
    end = markup.rfind("-->") + len("-->")
    markup = _COMMENT.sub("", markup[:end]) + markup[end:]
    return html.unescape(_TAG.sub(" ", markup))


def _open(message: Message, letters: list[Letter], depth: int) -> None:
    """Add *message* and what it forwards to *letters*."""
    if depth > _MOST_DEPTH:
        raise Unopened("the mail forwards too many others inside it")
    place = len(letters)
    texts: list[str] = []
    attachments: list[Attachment] = []
    inner: list[Message] = []
    _look(message, texts, attachments, inner)
    for one in inner:
        _open(one, letters, depth + 1)
    found = Letter(message, tuple(texts), tuple(attachments), depth > 0)
    letters.insert(place, found)


def _look(
    part: Message,
    texts: list[str],
    attachments: list[Attachment],
    inner: list[Message],
) -> None:
    """Sort the parts of one letter, without opening what it forwards."""
    held = part.get_payload()
    kind = part.get_content_type()
    if isinstance(held, list):
        if kind.startswith("message/"):
            inner.extend(_inner(part, one) for one in held if isinstance(one, Message))
            return
        for one in held:
            if isinstance(one, Message):
                _look(one, texts, attachments, inner)
        return
    raw = part.get_payload(decode=True)
    name = part.get_filename() or ""
    raw = raw if isinstance(raw, bytes) else b""
    if name.lower().endswith(".eml"):
        inner.append(message_from_bytes(raw))
    elif kind in {"text/plain", "text/html"} and not _is_file(part, name):
        text = _decode(raw, part.get_content_charset())
        texts.append(text_of_html(text) if kind == "text/html" else text)
    elif not _QUIET.fullmatch(kind):
        attachments.append(Attachment(name or kind, raw))


def _inner(part: Message, held: Message) -> Message:
    """Return what is forwarded, which some programs encode once more."""
    if header_of(part, "Content-Transfer-Encoding").lower() != "base64":
        return held
    return message_from_bytes(base64.b64decode(str(held.get_payload())))


def _is_file(part: Message, name: str) -> bool:
    """Tell a file from the words of a letter, which some programs attach too."""
    return header_of(part, "Content-Disposition").lower().startswith(
        "attachment"
    ) and name.lower().endswith((".json", ".csv", ".tsv", ".yaml", ".yml", ".ics"))


def _decode(raw: bytes, charset: object) -> str:
    """Return the text; a block in it is ASCII, whatever else is misread."""
    try:
        name = codecs.lookup(str(charset or "utf-8")).name
    except (LookupError, ValueError):
        name = "iso8859-1"
    return raw.decode(name if _CHARSETS.fullmatch(name) else "iso8859-1", "replace")
