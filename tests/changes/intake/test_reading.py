"""Files of every kind, told by what stands in them."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings, strategies as st
from openpyxl import Workbook

from mapsite.changes.block import encode
from mapsite.changes.intake.columns import read_columns
from mapsite.changes.intake.outcome import MOST_BYTES, NeedsPerson
from mapsite.changes.intake.reading import Intake, read_file
from mapsite.changes.intake.sniff import sniff
from mapsite.changes.suggestion import Suggestion, as_json, read_kept, read_suggestion
from tests.changes.intake.arriving import ID, NOW, document, only, task
from tests.changes.intake.test_issue_body import body
from tests.changes.intake.test_webhooks import tally

BLOCK = encode(document())
MAIL = f"Subject: Changes\nFrom: priya@acme.example\n\n{BLOCK}\n".encode()
CSV = f"Block,Name\n{BLOCK},Priya\n".encode()


def workbook() -> bytes:
    """Return a workbook with a block in it."""
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Block"])
    sheet.append([BLOCK])
    book.save(file)
    return file.getvalue()


FILES = {
    "acme.json": ("suggestion", document()),
    "saved": ("suggestion", b"\xef\xbb\xbf\n" + document()),
    "mail.eml": ("mail", MAIL),
    "mail.txt": ("mail", MAIL.replace(b"\n", b"\r\n")),
    "Inbox": ("mailbox", b"From priya Tue May 26 09:14:02 2026\n" + MAIL),
    "answers.csv": ("table", CSV),
    "answers.tsv": ("table", CSV.replace(b",", b"\t")),
    "wide.csv": ("table", CSV.decode().encode("utf-16")),
    "answers.xlsx": ("workbook", workbook()),
    "hook.json": ("json", json.dumps({"block": BLOCK}).encode()),
    "note.txt": ("text", f"Jo, please add:\n\n{BLOCK}".encode()),
    "page.html": ("text", f"<p>{BLOCK}</p>".encode()),
    "issue.md": ("issue", body(**{"from": BLOCK}).encode()),
}


@pytest.mark.parametrize("name", FILES)
def test_each_kind_is_known(name: str) -> None:
    """The name helps only in doubt."""
    kind, raw = FILES[name]
    assert sniff(name, raw) == kind
    if kind not in {"table", "mail"}:
        assert sniff("C:\\Users\\Jo\\unnamed", raw) == kind


@pytest.mark.parametrize("name", FILES)
def test_each_kind_is_read(name: str) -> None:
    """All ways bring the same suggestion, which can be kept."""
    found = [
        one
        for one in read_file(name, FILES[name][1], NOW)
        if isinstance(one, Suggestion) and one.id == ID
    ]
    [one] = found
    assert one.content == read_suggestion(document()).content
    assert one.received == NOW
    assert read_kept(as_json(one)) == one


def test_the_columns_of_the_team_are_used() -> None:
    """What a form's questions are called stands in the settings."""
    intake = Intake(read_columns({"block": "From the page"}))
    raw = CSV.replace(b"Block", b"From the page")
    assert only(read_file("a.csv", raw, NOW, intake)).id == ID
    assert isinstance(read_file("a.csv", raw, NOW)[0], NeedsPerson)
    sent = json.dumps(tally()).encode()
    intake = Intake(read_columns({"new": "What should it be?", "why": "Why?"}))
    assert only(read_file("hook.json", sent, NOW, intake)).plan == "acme-pilot"


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("mail.msg", b"\xd0\xcf\x11\xe0\0\0", "save it as .eml"),
        ("terms.pdf", b"%PDF-1.7\0", "a PDF; what is read are mails"),
        ("empty", b"", "the file is empty"),
        ("list.md", b"- call Priya, or Lee\n", "without a block"),
        ("broken.json", document()[:-9], "expected JSON"),
        ("x\x1b[31m\n.json", b"{", "expected"),
        ("big.csv", b"a" * (MOST_BYTES + 1), "expected at most"),
    ],
)
def test_everything_else_needs_a_person(name: str, raw: bytes, reason: str) -> None:
    """Nothing is dropped; the name is one that can be shown."""
    found = task(read_file(name, raw, NOW))
    assert reason in found.reason
    assert found.original == raw
    assert found.name.isprintable()


@given(
    st.sampled_from(["a.csv", "a.eml", "a.json", "a.xlsx", "a", "a.md", "a.mbox"]),
    st.sampled_from([raw for _, raw in FILES.values()]) | st.binary(max_size=200),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_a_broken_file_is_read_or_handed_on(
    name: str, raw: bytes, data: st.DataObject
) -> None:
    """Whatever is changed in it, it has an outcome that can be kept."""
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(changed)))
        end = place + data.draw(st.integers(0, 3))
        changed[place:end] = data.draw(st.binary(max_size=3))
    for one in read_file(name, bytes(changed), NOW):
        if isinstance(one, Suggestion):
            assert read_kept(as_json(one)) == one
        else:
            assert one.reason
            assert one.original or not changed
