"""What kind of thing a file is: told by what stands in it, in doubt by its name."""

from __future__ import annotations

import re
from typing import Literal

from mapsite.changes.intake.issue_body import is_issue

Kind = Literal[
    "suggestion",
    "mail",
    "mailbox",
    "table",
    "workbook",
    "json",
    "issue",
    "text",
    "other",
]

_LOOKED_AT = 64 * 1024
_FORMAT = re.compile(r'"mapsite"\s*:\s*"change/')
_HEADERS = re.compile(
    r"(?:From|To|Cc|Subject|Date|Received|Return-Path|Delivered-To|Message-ID"
    r"|MIME-Version|Content-Type|Reply-To|DKIM-Signature|ARC-[\w-]+|X-[\w-]+"
    r"|Authentication-Results|Thread-Topic)[ \t]*:[^\n]*\n"
    r"(?:[!-9;-~]+[ \t]*:|[ \t]|\r?\n)",
    re.IGNORECASE,
)
"""Two lines of headers, as no table begins."""
_MAILBOX = re.compile(r"From [^\r\n]{1,200}\d{4}[^\r\n]*\r?\n[!-9;-~]+:")
_TABLES = (".csv", ".tsv", ".tab")
_TEXTS = (".txt", ".md", ".html", ".htm", "")


def sniff(name: str, raw: bytes) -> Kind:  # noqa: PLR0911  # one return a kind
    """Return what *raw*, of a file called *name*, is."""
    ending = _ending(name)
    if raw.startswith(b"PK\x03\x04"):
        return "workbook"
    text = _beginning(raw)
    if text is None:
        return "other"
    start = text.lstrip("\ufeff \t\r\n")
    if ending not in _TABLES:
        if _MAILBOX.match(start):
            return "mailbox"
        if ending == ".eml" or _HEADERS.match(start):
            return "mail"
        if start[:1] in {"{", "["} and not start.startswith("[[mapsite"):
            return "suggestion" if _is_suggestion(start) else "json"
        if is_issue(start):
            return "issue"
        if "[[mapsite" in text or ending in _TEXTS:
            return "text"
    return "table" if ending in _TABLES or _is_table(start) else "other"


def _ending(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2].lower()
    stem, dot, ending = last.rpartition(".")
    return f"{dot}{ending}" if stem else ""


def _beginning(raw: bytes) -> str | None:
    """Return what a text begins with; None for what is none."""
    start = raw[:_LOOKED_AT]
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return start.decode("utf-16", "replace")
    if start[1:2] == b"\0":
        return start.decode("utf-16-le", "replace")
    return None if b"\0" in start else start.decode("utf-8", "replace")


def _is_suggestion(start: str) -> bool:
    return start.startswith("{") and bool(_FORMAT.search(start))


def _is_table(start: str) -> bool:
    return any(sign in start.partition("\n")[0] for sign in ",;\t")
