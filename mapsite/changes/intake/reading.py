"""Read a file of any kind that brings suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mapsite.changes.intake.columns import Columns
from mapsite.changes.intake.issue_body import read_issue
from mapsite.changes.intake.mail import read_mail, read_mailbox, read_text
from mapsite.changes.intake.outcome import (
    Delivery,
    Outcome,
    needs_person,
    read_file_of_one,
    too_large,
)
from mapsite.changes.intake.sniff import sniff
from mapsite.changes.intake.tables import read_sheets, read_table
from mapsite.changes.intake.webhooks import read_webhook

_KINDS = (
    "what is read are mails (.eml, .mbox), suggestions (.json), a copied block (.txt),"
    " and answers of a form (.csv, .xlsx, .json)"
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Intake:
    """Hold what a team has set for what comes in."""

    columns: Columns = field(default_factory=dict)
    """`mapsite.changes.intake.columns.read_columns` of the settings."""
    mail_server: str = ""
    """By which name the team's own server signs what it checked."""


def read_file(
    name: str, raw: bytes, received: datetime, intake: Intake | None = None
) -> list[Outcome]:
    """Return what becomes of each thing that a file brings.

    A table in which nobody has answered yet brings nothing.
    """
    intake = intake or Intake()
    delivery = Delivery(name, received)
    if large := too_large(raw, name):
        return large
    if not raw.strip():
        return [needs_person(["the file is empty"], raw, name)]
    kind = sniff(name, raw)
    readers = {
        "suggestion": lambda: read_file_of_one(raw, delivery),
        "mail": lambda: read_mail(raw, delivery, intake.mail_server),
        "mailbox": lambda: read_mailbox(raw, delivery, intake.mail_server),
        "table": lambda: read_table(raw, intake.columns, delivery),
        "workbook": lambda: read_sheets(raw, intake.columns, delivery),
        "json": lambda: read_webhook(raw, intake.columns, delivery),
        "issue": lambda: read_issue(raw, delivery),
        "text": lambda: read_text(raw, delivery),
    }
    if kind in readers:
        return readers[kind]()
    return [needs_person([_unknown(raw)], raw, name)]


def _unknown(raw: bytes) -> str:
    if raw.startswith(_OLD_OFFICE):
        return "an old file of Outlook or Excel; save it as .eml, .xlsx or CSV"
    what = "a PDF" if raw.startswith(b"%PDF-") else "a file of another kind"
    return f"{what}; {_KINDS}"
