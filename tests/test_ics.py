"""The dates of a room as calendar files: the plan's, and one for each owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import vobject
from icalendar import Calendar, Event

from mapsite.plan.history import history_of
from mapsite.plan.past import Version
from mapsite.plan.read import read_plan
from mapsite.room.ics import calendars
from mapsite.room.labels import labels
from mapsite.room.project import project
from mapsite.room.view import RoomView

PLAN = """
title: Project plan
created: 2026-05-12
goal:
  outcome: Contract, signed; at last
  date: 2026-08-14
  decision: 2026-07-31
  go_live: 2026-09-30
buyer: {name: Acme}
seller: {name: Mama & <Co>}
people:
  - {id: sarah, name: Sarah, side: buyer}
  - {id: lee, name: unknown, side: buyer, title: Head of Data}
  - {id: ann, name: Ann, side: buyer, backup: sarah}
  - {id: secret, name: Somebody, side: seller, internal: true}
steps:
  - {id: demo, title: Demo, due: 2026-05-20, owners: [sarah, secret]}
  - {id: pilot, title: Pilot, start: 2026-06-11, takes: 4w, after: [demo]}
  - {id: review, title: Review, takes: 2d, after: [pilot]}
  - {id: board, title: Board, due: tbd, owners: [ann]}
  - {id: show, title: Show, due: 2026-06-01, status: cancelled, owners: [sarah]}
  - id: paper
    title: Paper
    owners: [sarah, lee]
    due: 2026-06-10
    moves:
      - {from: 2026-06-01, to: 2026-06-05}
      - {from: 2026-06-05, to: 2026-06-10}
  - {id: hidden, title: Hidden, due: 2026-06-10, internal: true, owners: [ann]}
"""


def calendar(view: RoomView) -> bytes:
    """Return the calendar of the whole plan."""
    return calendars(view, labels(view.language))["plan.ics"]


def view_of(text: str, today: date, name: str = "acme") -> RoomView:
    """Return what the room of a plan shows."""
    return project(name, read_plan(text.encode(), "acme.yaml"), today, {})


def events(view: RoomView, file: str = "plan.ics") -> dict[str, Event]:
    """Return the events of a room by their titles, as a calendar program reads them."""
    parsed = Calendar.from_ical(calendars(view, labels(view.language))[file])
    return {str(event["SUMMARY"]): event for event in parsed.walk("VEVENT")}


@pytest.fixture
def view(today: date) -> RoomView:
    """Return the room of the plan above."""
    return view_of(PLAN, today)


def test_has_an_event_for_each_visible_day(view: RoomView) -> None:
    """Steps with a day, then the goal's days; nothing open and nothing hidden."""
    assert list(events(view)) == [
        "Demo",
        "Pilot",
        "Review",
        "Show",
        "Paper",
        "Goal: Contract, signed; at last",
        "Decision: Project plan",
        "Go-live: Project plan",
    ]


def test_a_day_is_a_whole_day(view: RoomView) -> None:
    """The end of an all-day event is the day after it (RFC 5545, 3.6.1)."""
    demo = events(view)["Demo"]
    assert demo["DTSTART"].dt == date(2026, 5, 20)
    assert demo["DTEND"].dt == date(2026, 5, 21)
    assert demo["TRANSP"] == "TRANSPARENT"


def test_work_that_begins_on_its_day_runs_to_its_end(view: RoomView) -> None:
    """A pilot of four weeks from 11 June is one long event."""
    pilot = events(view)["Pilot"]
    assert pilot["DTSTART"].dt == date(2026, 6, 11)
    assert pilot["DTEND"].dt == date(2026, 7, 10)


def test_tells_how_sure_a_day_is(view: RoomView) -> None:
    """Agreed, only derived, or off."""
    found = {title: str(event.get("STATUS")) for title, event in events(view).items()}
    assert found["Demo"] == "CONFIRMED"
    assert found["Review"] == "TENTATIVE"
    assert found["Show"] == "CANCELLED"


def test_a_moved_step_replaces_its_event(view: RoomView) -> None:
    """Same id and a higher sequence: calendars move the entry."""
    paper = events(view)["Paper"]
    assert paper["SEQUENCE"] == 2
    assert events(view)["Demo"]["SEQUENCE"] == 0


def test_a_step_that_is_off_takes_its_event_along(today: date) -> None:
    """The same entry, later than any before, and off in every file that has it."""
    before = view_of(PLAN, today)
    after = view_of(
        PLAN.replace("2026-06-10\n", "2026-06-10\n    status: cancelled\n", 1), today
    )
    for file in ("plan.ics", "calendar/sarah.ics"):
        old, new = events(before, file)["Paper"], events(after, file)["Paper"]
        assert old["UID"] == new["UID"]
        assert (old["SEQUENCE"], new["SEQUENCE"]) == (2, 3)
        assert (old["STATUS"], new["STATUS"]) == ("CONFIRMED", "CANCELLED")


def test_the_number_of_an_entry_never_falls(today: date) -> None:
    """Not where a step is taken up again, moved back, nor removed and brought back."""
    texts = [
        PLAN,
        PLAN.replace(
            "due: 2026-06-10\n", "due: 2026-06-10\n    status: cancelled\n", 1
        ),
        PLAN,
        PLAN.replace("due: 2026-06-10\n", "due: 2026-06-12\n", 1),
        PLAN,
        PLAN[: PLAN.index("  - id: paper")] + PLAN[PLAN.index("  - {id: hidden") :],
        PLAN,
    ]
    for day in (today, None):
        found = []
        for count in range(1, len(texts) + 1):
            versions = [
                Version(
                    "", day or today - timedelta(10 - n), "Jo", "", "", text.encode()
                )
                for n, text in enumerate(texts[:count])
            ]
            plan = read_plan(versions[-1].raw, "acme.yaml")
            past = history_of(versions, plan)
            view = project("acme", plan, today, {}, history=past)
            paper = events(view).get("Paper")
            found += [int(paper["SEQUENCE"])] if paper else []
        assert found == [2, 3, 4, 5, 6, 7]


def test_names_the_owners_as_the_page_does(view: RoomView) -> None:
    """A hidden person is the seller's team; no markup, no entity, no e-mail."""
    assert str(events(view)["Demo"]["DESCRIPTION"]) == "Sarah, Mama & <Co> team"
    assert "DESCRIPTION" not in events(view)["Pilot"]


def test_ids_are_stable_and_of_this_plan_alone(today: date) -> None:
    """The same step of the same plan on another day, but not of another plan."""

    def ids(name: str, day: date) -> set[str]:
        return {str(e["UID"]) for e in events(view_of(PLAN, day, name)).values()}

    assert ids("acme", today) == ids("acme", today + timedelta(days=1))
    assert len(ids("acme", today)) == 8
    assert not ids("acme", today) & ids("bolt", today)


def test_ids_do_not_tell_the_name_of_the_plan(today: date) -> None:
    """The file's name may be all that stands between others and the room."""
    files = calendars(view_of(PLAN, today, "k7mx3p9dw2qt"), labels("en"))
    assert len(files) > 1
    assert all(b"k7mx3p9dw2qt" not in data for data in files.values())


def test_says_when_it_was_made_by_the_day_alone(view: RoomView) -> None:
    """The stamp is the day of the room, not the clock's."""
    stamps = {event["DTSTAMP"].dt for event in events(view).values()}
    assert stamps == {datetime(2026, 5, 24, tzinfo=UTC)}


def test_a_plan_without_days_is_an_empty_calendar(today: date) -> None:
    """The file is there, as the page links to it."""
    text = PLAN[: PLAN.index("created")] + (
        "goal: {outcome: Done, date: tbd}\nbuyer: {name: A}\nseller: {name: B}\n"
    )
    data = calendar(view_of(text, today))
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"VEVENT" not in data


def test_the_last_day_of_time_has_no_day_after_it(today: date) -> None:
    """An event of one day needs no end."""
    text = PLAN.replace("due: 2026-05-20", "due: 9999-12-31")
    demo = events(view_of(text, today))["Demo"]
    assert demo["DTSTART"].dt == date.max
    assert "DTEND" not in demo


@pytest.mark.parametrize(
    "text",
    [
        "x\r\nATTENDEE:mailto:a@b.example",
        "x\rATTENDEE:a",
        "x\nBEGIN:VALARM",
        "x\x0bEND:VCALENDAR",
        "x\x0c\x1c\x1d\x1e\x1fy",
        "x\x85ATTACH:y",
        "x\u2028ATTACH:y\u2029z",
        "x\x00y\x7f\x1b[31m",
    ],
)
def test_no_line_can_be_slipped_in(view: RoomView, text: str) -> None:
    """Even a text that no plan could hold stays in its line."""
    step = replace(view.phases[0].steps[0], title=text)
    step = replace(step, owners=(replace(step.owners[0], name=text),))
    phase = replace(view.phases[0], steps=(step,))
    data = calendar(replace(view, title=text, phases=(phase,), people=()))
    names = [line.split(b":")[0].split(b";")[0] for line in data.split(b"\r\n") if line]
    assert {b"ATTENDEE", b"ATTACH", b"BEGIN:VALARM"}.isdisjoint(names)
    assert names.count(b"END") == names.count(b"BEGIN") == 5
    assert not any(
        char in data.decode() for char in "\x00\x0b\x0c\x1b\x7f\x85\u2028\u2029"
    )
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")


@pytest.mark.parametrize("char", ["a", "ä", "漢", "👩", "\u0301"])
def test_long_lines_are_folded_between_characters(view: RoomView, char: str) -> None:
    """No line has more than 75 octets, and each can be decoded by itself."""
    data = calendar(replace(view, title=char * 300))
    assert all(
        len(line) <= 75 and line.decode() is not None for line in data.split(b"\r\n")
    )
    parsed = Calendar.from_ical(data)
    assert parsed["X-WR-CALNAME"] == char * 300


def test_each_owner_has_a_calendar(view: RoomView) -> None:
    """Who owns a visible step with a day; nobody hidden, and no stand-in."""
    assert list(calendars(view, labels("en"))) == [
        "plan.ics",
        "calendar/sarah.ics",
        "calendar/lee.ics",
    ]


def test_an_owner_has_the_own_steps_alone(view: RoomView) -> None:
    """In the plan's order, with what is off; neither others' steps nor the goal."""
    assert list(events(view, "calendar/sarah.ics")) == ["Demo", "Show", "Paper"]
    assert list(events(view, "calendar/lee.ics")) == ["Paper"]


def test_an_owners_entries_are_the_plans(view: RoomView) -> None:
    """Same id, same bytes: both files in one calendar show a step once."""
    files = calendars(view, labels("en"))
    plan, own = (
        [
            part.split(b"END:VEVENT")[0]
            for part in files[name].split(b"BEGIN:VEVENT")[1:]
        ]
        for name in ("plan.ics", "calendar/sarah.ics")
    )
    assert len(own) == 3
    assert set(own) < set(plan)


def test_a_calendar_names_the_plan_and_the_person(view: RoomView) -> None:
    """So that two of them can be told apart; by the position where nobody knows."""
    files = calendars(view, labels("en"))
    names = {
        file: Calendar.from_ical(data)["X-WR-CALNAME"] for file, data in files.items()
    }
    assert names == {
        "plan.ics": "Project plan",
        "calendar/sarah.ics": "Acme / Mama & <Co> · Sarah",
        "calendar/lee.ics": "Acme / Mama & <Co> · Head of Data",
    }


def test_a_person_row_leaves_out_what_is_off(view: RoomView) -> None:
    """The page names what is still to do; only the calendar has to say it is off."""
    sarah = view.people[0]
    assert [step.title for step in sarah.steps] == ["Demo", "Paper"]
    assert sarah.dated == ("demo", "show", "paper")


def test_no_calendar_is_called_like_a_device(today: date) -> None:
    """Windows cannot make a file con.ics; no id of a person ends in an underscore."""
    view = view_of(PLAN.replace("sarah", "con"), today)
    assert "calendar/con_.ics" in calendars(view, labels("en"))


def test_hostile_names_stay_in_their_line(view: RoomView) -> None:
    """The name of a person is text in the file, whatever it holds."""
    person = replace(view.people[0], name="x\r\nBEGIN:VALARM\nEND:VCALENDAR\u2028y")
    data = calendars(replace(view, people=(person,)), labels("en"))[
        "calendar/sarah.ics"
    ]
    lines = data.split(b"\r\n")
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") == 3
    assert lines.count(b"END:VCALENDAR") == 1
    assert b"BEGIN:VALARM" not in lines
    assert data.count(b"\n") == data.count(b"\r") == len(lines) - 1


def example_files(today: date) -> dict[str, bytes]:
    """Return every calendar file of every plan that ships, by plan and path."""
    plans = sorted((Path(__file__).parents[1] / "plans").glob("*.yaml"))
    views = [
        project(f.stem, read_plan(f.read_bytes(), f.name), today, Everywhere())
        for f in plans
    ]
    return {
        f"{view.id}/{name}": data
        for view in views
        for name, data in calendars(view, labels(view.language)).items()
    }


def test_two_programs_read_the_same(today: date) -> None:
    """What icalendar and vobject, which share no line, find in each file."""
    files = example_files(today)
    assert len(files) > 20
    for name, data in files.items():
        one = [
            (str(e["UID"]), str(e["SUMMARY"]), e["DTSTART"].dt, e["DTEND"].dt,
             int(e.get("SEQUENCE", 0)))
            for e in Calendar.from_ical(data).walk("VEVENT")
        ]  # fmt: skip
        other = [
            (e.uid.value, e.summary.value, e.dtstart.value, e.dtend.value,
             int(e.getChildValue("sequence", "0")))
            for e in vobject.readOne(data.decode()).contents.get("vevent", [])
        ]  # fmt: skip
        assert one == other, name
        assert one or name.endswith("plan.ics"), name


def test_every_example_reads_back(today: date) -> None:
    """An independent parser takes the file of every plan that ships."""
    plans = sorted((Path(__file__).parents[1] / "plans").glob("*.yaml"))
    assert plans
    for file in plans:
        view = project(
            file.stem, read_plan(file.read_bytes(), file.name), today, Everywhere()
        )
        dated = [step for step in view.steps if step.day]
        assert len(events(view)) >= len(dated)


class Everywhere(dict[str, str]):
    """Say of every file where it lies."""

    def __missing__(self, path: str) -> str:
        """Put it beside the page."""
        return f"assets/{path}"
