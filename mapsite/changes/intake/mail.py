"""Suggestions out of mails, whatever mail programs did to them.

The words of a mail are for people. What is read is the block among them
(`mapsite.changes.block`), or the file that the page lets people download.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mapsite.changes.block import find_blocks
from mapsite.changes.intake.letters import (
    Attachment,
    Letter,
    Unopened,
    open_letters,
    text_of_html,
)
from mapsite.changes.intake.outcome import (
    Arrivals,
    Delivery,
    Outcome,
    file_origin,
    needs_person,
    too_large,
)
from mapsite.changes.intake.senders import grade_of, header_of, sender_of
from mapsite.changes.suggestion import Origin, Unreadable, read_suggestion
from mapsite.plan.wording import quoted

NO_BLOCK = "a mail in words, without a block of suggestions"
_MAIL_BY_ITSELF = "an automatic answer, without a block of suggestions"
_BETWEEN = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{1,200}\d{4}[^\r\n]*\n"
)
"""The line before each mail of a mailbox: sender and time."""
_MOST_REF = 200


def read_mail(raw: bytes, delivery: Delivery, trusted: str = "") -> list[Outcome]:
    """Read one mail.

    *trusted* is the name by which the team's own mail server signs what it checked.
    """
    if large := too_large(raw, delivery.name):
        return large
    arrivals = Arrivals()
    try:
        letters = open_letters(raw)
    except Unopened as error:
        return [needs_person([str(error)], raw, delivery.name)]
    reasons: list[str] = []
    for letter in letters:
        documents, faults = _documents(letter)
        reasons += faults
        grade = "" if letter.forwarded else grade_of(letter.message, trusted)
        ref = header_of(letter.message, "Message-ID")[:_MOST_REF]
        origin = Origin("mail", ref, sender_of(letter.message), grade)
        reasons += _take(arrivals, documents, origin, delivery)
    found = arrivals.outcomes
    if not (found or reasons):
        reasons = [_without_block(letters[0])]
    return found + ([needs_person(reasons, raw, delivery.name)] if reasons else [])


def read_mailbox(raw: bytes, delivery: Delivery, trusted: str = "") -> list[Outcome]:
    """Read all mails of an mbox file, each by itself."""
    if large := too_large(raw, delivery.name):
        return large
    mails = list(_mails(raw))
    parts = [delivery.part(f"mail {number}") for number in range(1, len(mails) + 1)]
    arrivals = Arrivals()
    for mail, part in zip(mails, parts, strict=True):
        for outcome in read_mail(mail, part, trusted):
            arrivals.take(outcome)
    return arrivals.outcomes


def read_text(raw: bytes, delivery: Delivery) -> list[Outcome]:
    """Read a block that somebody copied out of the page or out of a mail."""
    if large := too_large(raw, delivery.name):
        return large
    arrivals = Arrivals()
    wide = raw[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = raw.decode("utf-16" if wide else "latin-1", "replace")
    # Which of the two it is, a block that is whole tells best.
    read = [find_blocks(text), find_blocks(text_of_html(text))]
    blocks = min(read, key=lambda one: (len(one.damaged), -len(one.documents)))
    origin = file_origin(delivery)
    reasons = list(blocks.damaged)
    reasons += _take(arrivals, blocks.documents, origin, delivery)
    if not (arrivals.outcomes or reasons):
        reasons = ["a text without a block of suggestions"]
    task = [needs_person(reasons, raw, delivery.name)] if reasons else []
    return arrivals.outcomes + task


def _documents(letter: Letter) -> tuple[list[bytes], list[str]]:
    """Return the suggestions that a letter brings, and what of it cannot be read."""
    blocks = find_blocks(*letter.texts)
    documents, faults = list(blocks.documents), list(blocks.damaged)
    for one in letter.attachments:
        if _is_suggestion(one):
            documents.append(one.raw)
        else:
            faults.append(f"the attachment {quoted(one.name)} was not read")
    return documents, faults


def _is_suggestion(one: Attachment) -> bool:
    return one.name.lower().endswith(".json") or b'"change/1"' in one.raw[:1000]


def _take(
    arrivals: Arrivals,
    documents: list[bytes] | tuple[bytes, ...],
    origin: Origin,
    delivery: Delivery,
) -> Iterator[str]:
    """Add the suggestions of one letter, and yield why others are none."""
    for document in documents:
        try:
            found = read_suggestion(document)
        except Unreadable as error:
            yield error.reason
        else:
            arrivals.take(found.taken(origin, delivery.received))


def _without_block(letter: Letter) -> str:
    automatic = header_of(letter.message, "Auto-Submitted").lower()
    return NO_BLOCK if automatic in {"", "no"} else _MAIL_BY_ITSELF


def _mails(raw: bytes) -> Iterator[bytes]:
    """Yield each mail of a mailbox, and what stands before the first one."""
    ends = list(_BETWEEN.finditer(raw))
    starts = [found.end() for found in ends]
    stops = [*(found.start() for found in ends), len(raw)]
    for start, stop in zip([0, *starts], stops, strict=True):
        if raw[start:stop].strip():
            yield raw[start:stop]
