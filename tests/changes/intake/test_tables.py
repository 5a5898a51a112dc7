"""Suggestions in the tables that form services export."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from mapsite.changes.block import encode
from mapsite.changes.intake.columns import read_columns
from mapsite.changes.intake.outcome import NeedsPerson, Outcome
from mapsite.changes.intake.tables import read_sheets, read_table
from mapsite.changes.suggestion import Suggestion, as_json, read_kept
from mapsite.errors import MapsiteError
from mapsite.plan.operations import Operation
from tests.changes.intake.arriving import ID, NOW, delivery, document, only, task

REF = "01JF8Q6Z5T9K3W7V2X4Y6A8B0C"
HEADERS = (
    *("Timestamp", "Plan", "Version", "Step", "What", "It says", "It should say"),
    *("Why?", "Anything else?", "Your name", "Your e-mail", "Ref"),
)
COLUMNS = read_columns(
    {
        "base": "Version",
        "item": "step",
        "field": "What",
        "old": "It says",
        "new": " it  SHOULD say",
        "why": "Why?",
        "comment": "Anything else?",
    }
)
ROW = (
    *("26/05/2026 09:14:02", "acme-pilot", "9f3c2a1b77aa", "steps/security-review"),
    *("due", "2026-05-28", "2026-06-02", "Report arrives 30 May, we hope", ""),
    *("Priya N.", "priya@acme.example", REF),
)


def table(*rows: Sequence[str], delimiter: str = ",") -> str:
    """Return a CSV file with our headers."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([HEADERS, *rows])
    return file.getvalue()


def row(**fields: str) -> list[str]:
    """Return the usual row with other *fields*, by header without spaces and marks."""
    names = ["".join(filter(str.isalpha, name)).lower() for name in HEADERS]
    return [fields.get(name, cell) for name, cell in zip(names, ROW, strict=True)]


def read(text: str | bytes) -> list[Outcome]:
    """Read a CSV file with our columns."""
    raw = text if isinstance(text, bytes) else text.encode()
    return read_table(raw, COLUMNS, delivery("answers.csv"))


ENCODED = {
    "utf-8": table(ROW).encode(),
    "byte order mark": table(ROW).encode("utf-8-sig"),
    "semicolons": table(ROW, delimiter=";").encode(),
    "tabs": table(ROW, delimiter="\t").encode(),
    "UTF-16": table(ROW).encode("utf-16"),
    "UTF-16 without a mark": table(ROW).encode("utf-16-le"),
    "a line for Excel": b"sep=;\r\n" + table(ROW, delimiter=";").encode(),
    "other case and spaces": table(ROW)
    .replace("It should say", "  it SHOULD\u00a0 Say *")
    .encode(),
}


@pytest.mark.parametrize("how", ENCODED)
def test_is_read_exactly_as(how: str) -> None:
    """Whatever the export looks like, the suggestion is the one of the row."""
    found = only(read_table(ENCODED[how], COLUMNS, delivery("answers.csv")))
    assert found.operations == (
        Operation(
            "set",
            "steps/security-review/due",
            "2026-05-28",
            "2026-06-02",
            why="Report arrives 30 May, we hope",
        ),
    )
    assert (found.id, found.plan, found.base) == (REF, "acme-pilot", "9f3c2a1b77aa")
    assert found.by[:3] == ("Priya N.", None, "priya@acme.example")
    assert found.at == ""
    assert found.received == NOW
    assert read_kept(as_json(found)) == found


@pytest.mark.parametrize(
    ("fields", "operations"),
    [
        (
            {"anythingelse": "We are on leave", "itshouldsay": ""},
            [
                Operation(
                    "comment",
                    "steps/security-review",
                    new={"text": "We are on leave"},
                    why="Report arrives 30 May, we hope",
                )
            ],
        ),
        (
            {"anythingelse": "=HYPERLINK(1)", "why": "", "itshouldsay": "goal-3w"},
            [
                Operation("set", "steps/security-review/due", "2026-05-28", "goal-3w"),
                Operation(
                    "comment", "steps/security-review", new={"text": "=HYPERLINK(1)"}
                ),
            ],
        ),
        (
            {"itsays": "2026-05-28 00:00:00", "why": "", "itshouldsay": "2026-06-02"},
            [Operation("set", "steps/security-review/due", "2026-05-28", "2026-06-02")],
        ),
        (
            {"what": "title", "itsays": "x", "itshouldsay": "03/04/2026", "why": ""},
            [Operation("set", "steps/security-review/title", "x", "03/04/2026")],
        ),
    ],
)
def test_a_row_says_what_stands_in_it(
    fields: dict[str, str], operations: list[Operation]
) -> None:
    """A change, words beside it, or words alone."""
    assert list(only(read(table(row(**fields)))).operations) == operations


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"itshouldsay": "03/04/2026"}, 'a date like 2026-06-02, got "03/04/2026"'),
        ({"itshouldsay": "2 June"}, "expected a date like 2026-06-02"),
        ({"itshouldsay": "46023"}, "expected a date like 2026-06-02"),
        ({"itsays": "28.05.2026"}, "old: expected a date like 2026-06-02"),
        ({"itshouldsay": "2026-06-02 14:00"}, "expected a date like 2026-06-02"),
        ({"itshouldsay": ""}, "nothing is changed, asked or said"),
        ({"plan": ""}, "plan: expected"),
        ({"plan": "../acme"}, "plan: expected the id of a plan"),
        ({"step": "Security review"}, "expected a path like steps/demo/due"),
        ({"step": "", "what": ""}, "expected a path like steps/demo/due"),
        ({"version": "9.5E+11"}, "base: expected 12 characters"),
        ({"youremail": "priya"}, "by/email: expected an e-mail address"),
        ({"anythingelse": "turned \u202e around"}, "U+202E"),
        ({"anythingelse": "x" * 4001}, "at most 4,000 characters"),
    ],
)
def test_what_is_not_certain_needs_a_person(
    fields: dict[str, str], reason: str
) -> None:
    """The row is handed on with every cell; nothing of it is guessed."""
    found = task(read(table(row(**fields))))
    assert reason in found.reason
    assert found.name == "answers.csv, row 2"
    assert b"Priya N." in found.original


def test_what_nobody_mapped_is_told() -> None:
    """A question that the settings don't know never loses its answer."""
    text = table((*ROW, "Call me first")).replace(",Ref", ",Ref,May we call?")
    suggestion, person = read(text)
    assert isinstance(suggestion, Suggestion)
    assert isinstance(person, NeedsPerson)
    assert person.reason == 'no column of the settings is called "May we call?"'
    assert b"Call me first" in person.original
    assert only(read(text.replace("Call me first", ""))).id == REF
    ignored = read_columns({**COLUMNS, "ignore": ["May we  CALL?"]})
    assert only(read_table(text.encode(), ignored, delivery("a.csv"))).id == REF


def test_an_answer_outside_the_headers_is_told() -> None:
    """Rows may be longer than the line of the headers."""
    _, person = read(table((*ROW, "stray")))
    assert isinstance(person, NeedsPerson)
    assert "without a header" in person.reason


def test_a_renamed_question_stops_every_row() -> None:
    """Half of what somebody said would be a guess at the rest."""
    found = task(read(table(ROW).replace("Why?", "For what reason?")))
    assert 'expected a column "Why?" for why' in found.reason


def test_two_questions_of_one_name_stop_the_row() -> None:
    """Which of the two was meant, nobody can tell."""
    found = task(read(table((*ROW, "other")).replace(",Ref", ",Ref,Why?")))
    assert "expected one answer for why, got 2" in found.reason


def test_a_table_of_something_else_is_handed_on() -> None:
    """Not one of its columns is ours."""
    found = task(read("Deal,Amount\nAcme,3\n"))
    assert found.original == b"Deal,Amount\nAcme,3\n"
    assert "name them in extra/mapsite/changes/columns" in found.reason


def test_a_table_without_answers_brings_nothing() -> None:
    """A form that nobody has answered yet is no task."""
    assert read(table()) == []
    assert read(table(["", " ", ""])) == []


@pytest.mark.parametrize(
    "raw",
    [
        b'Plan,New\n"acme,x\n',
        table(ROW).encode()[:-3] + b"\xe4\n",
        b"Plan,New\n" + b"a,b\n" * 20_001,
        b"Plan," * 300 + b"\n",
        b"Plan,New\n" + b"x" * 200_000,
    ],
    ids=["open quote", "Latin-1", "many rows", "many columns", "long cell"],
)
def test_a_broken_table_is_handed_on_whole(raw: bytes) -> None:
    """No row of it is taken while another cannot be read."""
    assert task(read_table(raw, {}, delivery("a.csv"))).original == raw


def identified(text: str, name: str = "answers.csv") -> list[str]:
    """Return the ids of the suggestions in a table."""
    columns = read_columns({**COLUMNS, "id": "Response"})
    found = read_table(text.encode(), columns, delivery(name))
    return [one.id for one in found if isinstance(one, Suggestion)]


def test_the_services_number_makes_the_id() -> None:
    """It stays, wherever the row stands and however the file is called."""
    text = table((*ROW, "17"), (*row(itsays=""), "18")).replace(",Ref", ",Ref,Response")
    first, second = identified(text)
    assert first != second
    lines = text.splitlines()
    assert identified("\n".join([lines[0], lines[2], lines[1]]), "answers (1).csv") == [
        second,
        first,
    ]


def test_a_row_changed_under_its_number_is_a_revision() -> None:
    """The id tells so; the same row again is the same suggestion."""
    rows = [(*ROW, "17"), (*row(itshouldsay="2026-06-09"), "17"), (*ROW, "17")]
    first, second = identified(table(*rows).replace(",Ref", ",Ref,Response"))
    assert second == f"{first}-v2"


def test_equal_rows_without_a_number_count() -> None:
    """Two people may say the same; the file read again brings the same ids."""
    text = table(row(ref=""), row(ref=""), row(ref="", why="other"))
    ids = [one.id for one in read(text) if isinstance(one, Suggestion)]
    assert len(set(ids)) == 3
    assert ids == [one.id for one in read(text) if isinstance(one, Suggestion)]


def test_a_reference_that_is_no_id_is_made_one() -> None:
    """Somebody may have typed over what the page filled in."""
    found = only(read(table(row(ref="../x y"))))
    assert found.id.startswith("form-")
    assert found.source
    assert found.source.ref == "../x y"


def test_what_the_page_wrote_is_taken_out_of_a_cell() -> None:
    """One question may hold the whole block; words beside it are another suggestion."""
    lines = f"Name,Block,Comment,Plan\nPriya,{encode(document())},,\n"
    assert only(read_table(lines.encode(), {}, delivery("a.csv"))).id == ID
    told = lines.replace(",,\n", ",Hello,acme-pilot\n")
    first, second = read_table(told.encode(), {}, delivery("a.csv"))
    assert isinstance(first, Suggestion)
    assert isinstance(second, Suggestion)
    assert second.operations == (Operation("comment", "", new={"text": "Hello"}),)
    broken = lines.replace("[[mapsite1", "mapsite1")
    assert "block" in task(read_table(broken.encode(), {}, delivery("a.csv"))).reason


@pytest.mark.parametrize(
    ("line", "operation"),
    [
        (
            "confirm,steps/demo/due,2026-06-02,,",
            Operation("confirm", "steps/demo/due", "2026-06-02"),
        ),
        (
            "answer,questions/term,,One year.,",
            Operation("answer", "questions/term", new="One year."),
        ),
        ("add,people,,Lee Wong,", Operation("add", "people", new={"name": "Lee Wong"})),
        (
            "ask,,,,In the EU?",
            Operation("ask", "questions", new={"text": "In the EU?"}),
        ),
        ("Comment,steps/demo,,Nice,", Operation("comment", "", new={"text": "Nice"})),
        ("remove,steps/demo,,,", Operation("remove", "steps/demo")),
    ],
)
def test_a_row_may_name_its_operation(line: str, operation: Operation) -> None:
    """The page fills it in where a form asks for it."""
    text = f"Plan,Op,Path,Old,New,Question\nacme,{line}\n"
    [found] = only(read_table(text.encode(), {}, delivery("a.csv"))).operations
    if operation.op == "comment":
        assert found.path == "steps/demo"
    assert (found.op, found.old, found.new) == (
        operation.op,
        operation.old,
        operation.new,
    )


@pytest.mark.parametrize(
    "line", ["erase,steps/x,,", "set,steps/x/due,,", "confirm,steps/x/due,,2026-06-02"]
)
def test_an_operation_that_says_too_much_or_little_needs_a_person(line: str) -> None:
    """Nothing is made up to complete it."""
    text = f"Plan,Op,Path,Old,New\nacme,{line}\n"
    assert isinstance(
        task(read_table(text.encode(), {}, delivery("a.csv"))), NeedsPerson
    )


def workbook(*rows: Sequence[object]) -> bytes:
    """Return a workbook with our headers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for one in (HEADERS, *rows):
        sheet.append(list(one))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_xlsx(raw: bytes) -> list[Outcome]:
    """Read a workbook with our columns."""
    return read_sheets(raw, COLUMNS, delivery("answers.xlsx"))


def test_days_of_excel_are_days() -> None:
    """A cell that is a day says which, in whatever way it is shown."""
    moment = datetime(2026, 5, 26, 9, 14, 2, tzinfo=UTC).replace(tzinfo=None)
    cells: list[object] = [moment, *ROW[1:]]
    cells[5:7] = [
        datetime(2026, 5, 28, tzinfo=UTC).replace(tzinfo=None),
        datetime(2026, 6, 2, tzinfo=UTC).date(),
    ]
    found = only(read_xlsx(workbook(cells)))
    assert (found.operations[0].old, found.operations[0].new) == (
        "2026-05-28",
        "2026-06-02",
    )
    assert found.at == "2026-05-26T09:14:02"
    assert "46023" in task(read_xlsx(workbook([*ROW[:6], 46023, *ROW[7:]]))).reason


def test_formulas_are_not_calculated() -> None:
    """Neither what they would say nor what they said last is what somebody said."""
    found = task(read_xlsx(workbook([*ROW[:6], '="2026-06-02"', *ROW[7:]])))
    assert "a formula" in found.reason
    assert b'=\\"2026-06-02\\"' in found.original


def test_every_sheet_is_read() -> None:
    """One that is none of ours is handed on."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for one in (HEADERS, ROW):
        sheet.append(one)
    book.create_sheet("Notes").append(["Call Priya"])
    book.create_sheet("Empty")
    file = io.BytesIO()
    book.save(file)
    first, person = read_xlsx(file.getvalue())
    assert isinstance(first, Suggestion)
    assert isinstance(person, NeedsPerson)
    assert person.name == "answers.xlsx, sheet Notes"


def packed(**files: bytes) -> bytes:
    """Return a workbook of ours with other files in it."""
    file = io.BytesIO(workbook(ROW))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(f"xl/{name}.xml", raw)
    return file.getvalue()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (packed(bomb=b" " * 51 * 1024 * 1024), "when unpacked"),
        (
            packed(dtd=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'),
            "broken",
        ),
        (b"PK\x03\x04 and nothing more", "broken"),
        (workbook(ROW)[:-200], "broken"),
    ],
    ids=["bomb", "entities", "no archive", "cut off"],
)
def test_a_hostile_workbook_is_handed_on(raw: bytes, reason: str) -> None:
    """It is weighed before it is opened."""
    found = task(read_xlsx(raw))
    assert reason in found.reason
    assert found.original == raw


def test_a_workbook_without_answers_brings_nothing() -> None:
    """A form that nobody has answered yet is no task."""
    assert read_xlsx(workbook()) == []


@pytest.mark.parametrize(
    "value", ["New", {"nwe": "New"}, {"new": 3}, {"new": ""}, {"new": []}, {3: "x"}]
)
def test_a_map_of_columns_is_checked(value: object) -> None:
    """A slip in the settings is told with its key."""
    with pytest.raises(MapsiteError, match="columns"):
        read_columns(value)


def test_a_map_of_columns_may_be_missing() -> None:
    """Then the questions are called like the fields."""
    assert read_columns(None) == {}
