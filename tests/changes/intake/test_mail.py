"""Suggestions in mails, after everything that mail programs do to them."""

from __future__ import annotations

import base64
import html
import quopri
import textwrap
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mapsite.changes.block import encode
from mapsite.changes.intake.mail import NO_BLOCK, read_mail, read_mailbox, read_text
from mapsite.changes.intake.outcome import MOST_BYTES, NeedsPerson
from mapsite.changes.suggestion import Suggestion, read_suggestion
from tests.changes.intake.arriving import ID, NOW, delivery, document, only, task

BLOCK = encode(document())
WORDS = f"""\
Hello Jo,

- Move Security review from 28 May to 2 June: “später” \U0001f600
- Add Lee Wong

Please keep the lines below as they are.

{BLOCK}

Best,
Priya
"""
HEAD = b"""\
From: =?utf-8?q?Priya_N=2E?= <priya@acme.example>
To: jo@mama.example
Subject: Changes to our plan
Date: Tue, 26 May 2026 09:14:02 +0000
Message-ID: <abc@acme.example>
MIME-Version: 1.0
"""
PLAIN = b"Content-Type: text/plain; charset=utf-8\n"
HTML = b"Content-Type: text/html; charset=utf-8\n"


def mail(body: bytes, kind: bytes = PLAIN, coding: bytes = b"8bit") -> bytes:
    """Return a mail with one part."""
    return HEAD + kind + b"Content-Transfer-Encoding: " + coding + b"\n\n" + body


def as_html(text: str = WORDS) -> str:
    """Return *text* as mail programs mark it up."""
    lines = "<br>\n".join(html.escape(text).split("\n"))
    return f"<html><head><style>p {{ margin: 0 }}</style></head><body>{lines}</body>"


def as_outlook(text: str = WORDS) -> str:
    """Return *text* as Outlook marks it up: a div a line, spaces that do not break."""
    lines = [html.escape(one).replace(" ", "&nbsp; ") for one in text.split("\n")]
    divs = (
        f'<div class="MsoNormal"><span>{one}</span><o:p></o:p></div>' for one in lines
    )
    return f"<html><!--[if mso]><xml>x</xml><![endif]--><body>{''.join(divs)}</body>"


def alternatives() -> bytes:
    """Return a mail that says everything twice."""
    message = EmailMessage()
    message["From"], message["Subject"] = "Priya <priya@acme.example>", "Changes"
    message.set_content(WORDS)
    message.add_alternative(as_outlook(), subtype="html")
    return message.as_bytes()


def forwarded() -> bytes:
    """Return a mail in which another one lies as an attachment."""
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Priya <priya@acme.example>", "Changes"
    inner["Message-ID"] = "<inner@acme.example>"
    inner.set_content(WORDS)
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "Jo <jo@mama.example>", "Fwd: Changes"
    outer.set_content("For the record.")
    outer.add_attachment(inner)
    return outer.as_bytes()


def quoted(times: int, width: int) -> bytes:
    """Return the words as a reply quotes them, their lines ended anew."""
    lines = [
        part
        for line in WORDS.splitlines()
        for part in textwrap.wrap(line, width) or [""]
    ]
    text = "\n".join("> " * times + line for line in lines)
    return f"Fine with me.\n\nOn Tue, 26 May 2026 Priya N. wrote:\n{text}\n".encode()


MANGLED = {
    "utf-8": mail(WORDS.encode()),
    "quoted-printable": mail(
        quopri.encodestring(WORDS.encode()), PLAIN, b"quoted-printable"
    ),
    "base64": mail(base64.encodebytes(WORDS.encode()), PLAIN, b"base64"),
    "utf-16": mail(
        base64.encodebytes(WORDS.encode("utf-16")),
        b"Content-Type: text/plain; charset=utf-16\n",
        b"base64",
    ),
    "unknown charset": mail(
        WORDS.encode(), b"Content-Type: text/plain; charset=punycode\n"
    ),
    "CRLF": mail(WORDS.encode()).replace(b"\n", b"\r\n"),
    "HTML alone": mail(as_html().encode(), HTML),
    "Outlook": mail(as_outlook().encode(), HTML),
    "twice in one mail": alternatives(),
    "quoted": mail(quoted(1, 72)),
    "quoted twice in short lines": mail(quoted(2, 40)),
    "forwarded in line": mail(f"---- Forwarded ----\n{WORDS}".encode()),
    "forwarded as attachment": forwarded(),
    "squashed": mail(" ".join(WORDS.split()).encode()),
    "with a signature": mail(f"{WORDS}\n-- \nPriya | Acme [Data]\n".encode()),
    "zero-width signs": mail("\u200b".join(WORDS).encode()),
    "soft hyphens": mail(WORDS.replace("A", "A\u00ad").encode()),
    "tags among it": mail(as_html().replace("Z", "Z<wbr>").encode(), HTML),
}


@pytest.mark.parametrize("how", MANGLED)
def test_is_read_exactly_after(how: str) -> None:
    """Whatever a mail program did, the suggestion is the one that was sent."""
    found = only(read_mail(MANGLED[how], delivery("mail.eml")))
    assert found.content == read_suggestion(document()).content
    assert found.received == NOW
    assert found.source
    assert found.source.channel == "mail"
    assert found.source.sender.endswith("<priya@acme.example>")


DAMAGED = {
    "cut off": mail(WORDS.partition(BLOCK)[0].encode() + BLOCK[:150].encode()),
    "typed over": mail(WORDS.replace(BLOCK[60:62], "zz", 1).encode()),
    "short of one character": mail(
        WORDS.replace(BLOCK[80:90], BLOCK[81:90], 1).encode()
    ),
    "without its beginning": mail(WORDS.replace("[[mapsite1", "", 1).encode()),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_block_needs_a_person(how: str) -> None:
    """Nothing is read of it, and the mail is handed on as it came."""
    found = task(read_mail(DAMAGED[how], delivery("mail.eml")))
    assert found.original == DAMAGED[how]
    assert found.name == "mail.eml"
    assert "block" in found.reason
    assert found.reason != NO_BLOCK


@pytest.mark.parametrize("words", [WORDS.replace(BLOCK, ""), "Can we do June 2?", ""])
def test_words_need_a_person(words: str) -> None:
    """A mail without a block is read by somebody; nothing of it is guessed."""
    raw = mail(words.encode())
    assert task(read_mail(raw, delivery("m.eml"))) == NeedsPerson(
        NO_BLOCK, raw, "m.eml"
    )


def test_an_automatic_answer_says_that_it_is_one() -> None:
    """Somebody who is away has suggested nothing."""
    raw = b"Auto-Submitted: auto-replied\n" + mail(b"I am away until Monday.")
    assert "automatic" in task(read_mail(raw, delivery("m.eml"))).reason


def test_a_whole_and_a_damaged_suggestion_are_both_told() -> None:
    """The one is taken, the other is read by somebody."""
    other = encode(document("01JF8Q6Z5T9K3W7V2X4Y6A8B0D", plan="other"))
    raw = mail(f"{BLOCK}\n\n{other[:-40]}".encode())
    suggestion, person = read_mail(raw, delivery("m.eml"))
    assert isinstance(suggestion, Suggestion)
    assert isinstance(person, NeedsPerson)
    assert person.original == raw


def test_a_block_that_is_no_suggestion_is_told_with_its_place() -> None:
    """Whole on its way, it may still say what no plan can have."""
    raw = mail(encode(document(ops=[{"op": "erase", "path": "steps/x"}])).encode())
    assert task(read_mail(raw, delivery("m.eml"))).reason.startswith("ops/1/op: ")


def test_the_downloaded_file_may_be_attached() -> None:
    """The page lets people save a suggestion; other files are told of by name."""
    message = EmailMessage()
    message["From"] = "priya@acme.example"
    message.set_content("See attached.")
    message.add_attachment(
        document(), maintype="application", subtype="json", filename="acme.json"
    )
    message.add_attachment(b"GIF89a", maintype="image", subtype="gif", filename="x.gif")
    assert only(read_mail(message.as_bytes(), delivery("m.eml"))).id == ID
    message.add_attachment(
        b"%PDF-1.7", maintype="application", subtype="pdf", filename="terms\u202e.pdf"
    )
    found, person = read_mail(message.as_bytes(), delivery("m.eml"))
    assert isinstance(found, Suggestion)
    assert isinstance(person, NeedsPerson)
    assert person.reason == 'the attachment "terms\ufffd.pdf" was not read'


def test_the_same_comes_out_of_a_file_and_of_a_mail() -> None:
    """What the envelope says stands beside what the page said, not in its place."""
    raw = mail(BLOCK.encode()).replace(b"priya@acme", b"somebody@else")
    found = only(read_mail(raw, delivery("m.eml")))
    assert found.content == read_suggestion(document()).content
    assert found.by.email == "priya@acme.example"
    assert found.source
    assert found.source.sender == "Priya N. <somebody@else.example>"


RESULTS = "Authentication-Results: mx.mama.example; "


@pytest.mark.parametrize(
    ("results", "grade"),
    [
        (f"{RESULTS}dkim=pass header.d=acme.example", "mail"),
        (f"{RESULTS}spf=pass; dmarc=pass (p=reject) header.from=acme.example", "mail"),
        (f"{RESULTS}dkim=pass header.i=@acme.example header.s=s1", "mail"),
        (f"{RESULTS}dkim=fail header.d=acme.example", ""),
        (f"{RESULTS}dkim=pass header.d=evil.example", ""),
        (f"{RESULTS}dkim=pass header.d=me.example", ""),
        (f"{RESULTS}dkim=none (dkim=pass header.d=acme.example)", ""),
        (
            "Authentication-Results: mx.evil.example; dkim=pass header.d=acme.example",
            "",
        ),
        (
            f"{RESULTS}dkim=fail\n{RESULTS}dkim=pass header.d=acme.example",
            "",
        ),
    ],
)
def test_only_the_teams_own_server_vouches(results: str, grade: str) -> None:
    """Anybody can write such a line; the topmost one of our server counts."""
    raw = f"{results}\n".encode() + mail(BLOCK.encode())
    found = only(read_mail(raw, delivery("m.eml"), "mx.mama.example"))
    assert found.source
    assert found.source.grade == grade
    unset = only(read_mail(raw, delivery("m.eml")))
    assert unset.source
    assert unset.source.grade == ""


def test_nobody_vouches_for_what_was_forwarded() -> None:
    """The lines of an inner mail are the forwarder's to write."""
    inner = f"{RESULTS}dkim=pass header.d=acme.example\n".encode() + mail(
        BLOCK.encode()
    )
    raw = (
        b"From: jo@mama.example\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: message/rfc822\n\n" + inner + b"\n--b--\n"
    )
    found = only(read_mail(raw, delivery("m.eml"), "mx.mama.example"))
    assert found.source
    assert found.source.grade == ""


def test_names_in_envelopes_stay_names() -> None:
    """Control signs and ends of lines in a header do not survive."""
    raw = mail(BLOCK.encode()).replace(
        b"=?utf-8?q?Priya_N=2E?=", b"=?utf-8?q?P=0A=1B[31m=E2=80=AEx?="
    )
    found = only(read_mail(raw, delivery("m.eml")))
    assert found.source
    assert found.source.sender.isprintable()


def test_every_mail_of_a_mailbox_is_read() -> None:
    """Each by itself; a suggestion that comes twice comes once."""
    between = b"\nFrom priya@acme.example Tue May 26 09:14:02 2026\n"
    other = mail(encode(document("01JF8Q6Z5T9K3W7V2X4Y6A8B0D")).encode())
    words = mail(b"Can we do June 2?\n\n>From here on it is open.\n")
    mails = [mail(WORDS.encode()), words, mail(BLOCK.encode()), other]
    raw = b"".join(between + one for one in mails).lstrip()
    first, person, second = read_mailbox(raw, delivery("in.mbox"))
    assert isinstance(first, Suggestion)
    assert isinstance(second, Suggestion)
    assert (first.id, second.id) == (ID, "01JF8Q6Z5T9K3W7V2X4Y6A8B0D")
    assert isinstance(person, NeedsPerson)
    assert person.name == "in.mbox, mail 2"
    assert person.original.strip() == words.strip()


def test_other_words_under_the_same_id_are_a_revision() -> None:
    """Nothing is lost of either, and the id tells which came later."""
    raw = mail(BLOCK.encode() + b"\n\n" + encode(document(plan="other")).encode())
    ids = [
        one.id
        for one in read_mail(raw, delivery("m.eml"))
        if isinstance(one, Suggestion)
    ]
    assert ids == [ID, f"{ID}-v2"]


def test_a_copied_block_is_read_out_of_any_text() -> None:
    """Chats and notes bring it too."""
    for text in (WORDS, as_outlook(), f"Jo pasted:\r\n{BLOCK}"):
        found = only(read_text(text.encode(), delivery("note.txt")))
        assert found.content == read_suggestion(document()).content
    assert "without a block" in task(read_text(b"June 2?", delivery("n.txt"))).reason
    assert "no end" in task(read_text(BLOCK[:99].encode(), delivery("n.txt"))).reason


HOSTILE = {
    "many parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\n\nx\n" * 200_000,
    "mails within mails": HEAD + b"Content-Type: message/rfc822\n\n" * 5_000,
    "open tags": mail(b"<a " * 300_000, HTML),
    "open comments": mail(b"<!--" * 300_000, HTML),
    "open quotes": mail(b'<a x="' * 200_000, HTML),
    "ends of comments": mail(b"-->" * 300_000 + b"<!--" * 300_000, HTML),
    "blocks": mail(b"[[mapsite1 " * 200_000),
    "a long header": b"From: " + b'"(' * 1_000_000 + b"\n" + mail(b"x"),
    "a slow charset": mail(
        b"a" * 2_000_000, b"Content-Type: text/plain; charset=idna\n"
    ),
    "no mail at all": bytes(range(256)) * 1000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_mails_need_a_person(what: str) -> None:
    """They are handed on unread, without a crash."""
    found = task(read_mail(HOSTILE[what], delivery("m.eml")))
    assert found.original == HOSTILE[what]


def test_what_is_too_large_is_not_opened() -> None:
    """It is weighed first, and handed on."""
    raw = mail(BLOCK.encode()) + b" " * MOST_BYTES
    assert "expected at most" in task(read_mail(raw, delivery("m.eml"))).reason
    assert "expected at most" in task(read_mailbox(raw, delivery("m.mbox"))).reason


@given(st.data())
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_broken_mail_is_read_or_handed_on(data: st.DataObject) -> None:
    """Whatever bytes are changed, never is anything read but what was sent."""
    raw = bytearray(MANGLED[data.draw(st.sampled_from(sorted(MANGLED)))])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3)
        )
    found = read_mail(bytes(raw), delivery("m.eml"))
    assert found
    for one in found:
        if isinstance(one, Suggestion):
            assert one.content == read_suggestion(document()).content
        else:
            assert one.original == bytes(raw)
