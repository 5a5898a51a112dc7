"""What a room tells of a plan's past: like minutes, once, and nothing that is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import html5lib
import pytest

from mapsite.plan.past import (
    NO_HISTORY,
    Change,
    History,
    PastMove,
    StepPast,
    Version,
)
from mapsite.plan.read import read_plan
from mapsite.room.frame import load_frame
from mapsite.room.labels import LANGUAGES
from mapsite.room.look import theme_folder
from mapsite.room.make import make_room
from mapsite.room.pages import all_slots
from mapsite.room.project import project
from mapsite.room.shell import Frame
from mapsite.room.view import RoomView

SECTIONS = (theme_folder() / "sections",)
TODAY = date(2026, 5, 24)
PLAN = """
title: Plan
language: en
created: 2026-05-11
goal: {outcome: Signed, date: 2026-08-14, decision: 2026-07-31, go_live: 2026-09-30}
buyer: {name: Acme}
seller: {name: Mama, contact: jo@mama.example}
people:
  - {id: jo, name: Jo, side: seller}
  - {id: priya, name: Priya, side: buyer}
  - {id: cfo, name: unknown, side: buyer, title: CFO}
steps:
  - {id: demo, title: Demo, owners: [jo], due: 2026-05-20}
  - {id: review, title: Review, owners: [priya], due: 2026-06-04}
  - {id: pilot, title: Pilot, owners: [jo], due: 2026-07-01}
questions:
  - {id: term, text: One year?, asked_by: priya}
criteria:
  - {id: cost, text: Costs less}
metrics:
  - {id: bill, text: The bill}
risks:
  - {id: leave, text: Leave}
documents:
  - {id: soc, title: SOC 2 report}
"""
ARROW = "Moved from {} → to {}"


def change(
    kind: str,
    address: str,
    was: str | None = None,
    to: str | None = None,
    day: int = 20,
    who: str | None = "jo",
    why: str | None = None,
) -> Change:
    """Return one change of May."""
    return Change(date(2026, 5, day), who, why, kind, address, was, to)


def history(*changes: Change, start: date | None = date(2026, 5, 11)) -> History:
    """Return the history of one revision a day, newest first."""
    found = tuple(sorted(changes, key=lambda one: one.day, reverse=True))
    days = {one.day for one in found}
    return History(found, {}, {}, len(days), max(days, default=start), start)


def room(
    past: History = NO_HISTORY,
    plan: str = PLAN,
    today: date = TODAY,
    name: str = "deal",
) -> RoomView:
    """Return what the room of *plan* shows."""
    return project(name, read_plan(plan.encode(), "deal.yaml"), today, {}, history=past)


def page(view: RoomView, name: str = "changes/index.html") -> str:
    """Return the body of one of the room's pages."""
    return str(all_slots(view, SECTIONS, "assets/brand.css")[name]["body"])


def text_of(element: object) -> str:
    """Return the words of an element, those for screen readers too."""
    words = "".join(element.itertext())  # type: ignore[attr-defined]  # has no types
    return " ".join(words.split())


def days(view: RoomView) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each day of the page, with its sentences, and with reasons and persons."""
    tree = html5lib.parse(page(view), namespaceHTMLElements=False)
    for day in tree.iter("article"):
        said = [text_of(line) for line in day.iter("li")]
        notes = [text_of(note) for note in day.iter("p")]
        yield day.get("data-day"), said, notes


def sentences(*changes: Change, plan: str = PLAN) -> list[str]:
    """Return what the page says of *changes* but for the first day's line."""
    view = room(history(*changes), plan)
    return [line for _, said, _ in days(view) for line in said][:-1]


class TestSentences:
    """Each kind of change has its own, with today's names."""

    @pytest.mark.parametrize(
        ("kind", "address", "was", "to", "said"),
        [
            (
                *("moved", "steps/review/due", "2026-05-28", "2026-06-04"),
                f"Review: {ARROW.format('28 May', '4 Jun')}",
            ),
            (
                *("moved", "goal/date", "2026-08-15", "2026-08-14"),
                f"Goal: {ARROW.format('15 Aug', '14 Aug')}",
            ),
            (
                *("moved", "goal/go_live", "2026-09-29", "2026-09-30"),
                f"Go-live: {ARROW.format('29 Sept', '30 Sept')}",
            ),
            (
                *("dated", "goal/decision", None, "2026-07-31"),
                "Decision: agreed for 31 Jul",
            ),
            (
                *("dated", "steps/demo/due", None, "2026-05-20"),
                "Demo: agreed for 20 May",
            ),
            (
                *("undated", "documents/soc/due", "2026-05-20", None),
                "SOC 2 report: the day is open again",
            ),
            ("done", "steps/demo/status", "todo", "done", "Demo: Done"),
            ("reopened", "steps/demo/status", "done", "todo", "Demo: open again"),
            ("status", "steps/demo/status", "todo", "blocked", "Demo: Blocked"),
            ("status", "criteria/cost/status", "open", "met", "Costs less: Met"),
            ("status", "documents/soc/status", None, "shared", "SOC 2 report: Shared"),
            ("status", "steps/demo/status", "todo", "met", "Updated: Demo"),
            (
                *("status", "status", "open", "won"),
                "The plan is closed: Agreed",
            ),
            ("status", "status", "won", "open", "The plan is open again"),
            (
                *("owner", "steps/demo/owners", "jo", "priya"),
                "Demo: Priya takes over from Jo",
            ),
            ("owner", "steps/demo/owners", None, "cfo", "Demo: now with CFO"),
            ("owner", "steps/demo/owners", "jo", None, "Demo: no longer with Jo"),
            ("owner", "steps/demo/owners", None, None, "Demo: other owners"),
            (
                *("confirmed", "steps/demo/confirmed", None, "priya"),
                "Demo: 20 May confirmed by Priya",
            ),
            (
                *("confirmed", "steps/demo/confirmed", None, None),
                "Demo: 20 May confirmed",
            ),
            ("asked", "questions/term", None, "priya", "Priya asks: One year?"),
            ("asked", "questions/term", None, None, "New question: One year?"),
            ("answered", "questions/term", None, None, "Answered: One year?"),
            ("added", "steps/demo", None, None, "New step: Demo"),
            ("added", "criteria/cost", None, None, "New criterion: Costs less"),
            ("added", "metrics/bill", None, None, "New measure of success: The bill"),
            ("added", "risks/leave", None, None, "New risk: Leave"),
            ("added", "documents/soc", None, None, "New document: SOC 2 report"),
            ("added", "steps", None, None, "1 step added"),
            ("asked", "questions", None, None, "1 question asked"),
            ("removed", "steps", None, None, "A step was removed"),
            ("removed", "risks", None, None, "A risk was removed"),
            ("joined", "people/priya", None, None, "Priya joined"),
            ("joined", "people", None, None, "1 person joined"),
            ("left", "people", None, None, "One person left the plan"),
            ("named", "people/priya/name", None, None, "Named: Priya"),
            ("changed", "people/priya/name", None, None, "Updated: Priya"),
            ("reworded", "steps/demo/title", None, None, "Reworded: Demo"),
            ("reworded", "goal/outcome", None, None, "Reworded: the goal"),
            ("reworded", "summary", None, None, "Reworded: the summary"),
            ("changed", "steps/demo/tasks", None, None, "Updated: Demo (tasks)"),
            ("changed", "steps/demo/optional", None, None, "Updated: Demo"),
            ("changed", "buyer/name", None, None, "Updated: Acme"),
            ("changed", "steps", None, None, "Updated: the order of the steps"),
            ("changed", "marking", None, None, "Updated: details"),
            ("changed", "review", None, None, "Updated: the regular review"),
        ],
    )
    def test_of_one_change(
        self, kind: str, address: str, was: str | None, to: str | None, said: str
    ) -> None:
        """The item by its title of today, then what became of it."""
        assert sentences(change(kind, address, was, to)) == [said]

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("count", [1, 2, 9])
    def test_every_kind_has_words_in_every_language(
        self, language: str, count: int
    ) -> None:
        """Of one item, of a few, of many, and of what is gone."""
        plan = many(count).replace("language: en", f"language: {language}")
        told = [one for n in range(count) for one in every_kind(f"s{n}")]
        lines = sentences(*told, plan=plan)
        assert len(lines) >= 20
        assert not [line for line in lines if "{" in line or line.endswith(":")]

    def test_a_confirmed_day_that_moved_later_is_not_named(self) -> None:
        """Nobody has confirmed today's day then."""
        moves = "moves: [{on: 2026-05-22, from: 2026-05-21, to: 2026-05-20}]"
        plan = PLAN.replace("due: 2026-05-20", f"due: 2026-05-20, {moves}")
        said = sentences(
            change("confirmed", "steps/demo/confirmed", None, "priya", day=20),
            plan=plan,
        )
        assert said[-1] == "Demo: date confirmed by Priya"

    def test_several_of_a_kind_are_one_sentence(self) -> None:
        """In the order of the plan, however they were written."""
        added = [change("added", f"steps/{one}") for one in ("pilot", "demo", "review")]
        assert sentences(*added) == ["New steps: Demo, Review and Pilot"]
        gone = [change("removed", "steps")] * 3
        assert sentences(*gone) == ["3 steps removed"]

    def test_many_of_a_kind_are_counted(self) -> None:
        """Six are told one by one, seven are not."""
        moves = [
            change("moved", f"steps/s{n}/due", "2026-06-01", "2026-06-02")
            for n in range(7)
        ]
        assert len(sentences(*moves[:6], plan=many(7))) == 6
        assert sentences(*moves, plan=many(7)) == ["7 steps: new dates"]
        added = [change("added", f"steps/s{n}") for n in range(8)]
        assert sentences(*added, plan=many(8)) == ["8 steps added"]

    def test_what_is_told_is_not_called_changed_as_well(self) -> None:
        """A step that is blocked has a new text too, which goes without saying."""
        said = sentences(
            change("status", "steps/demo/status", "todo", "blocked"),
            change("reworded", "steps/demo/blocker"),
            change("changed", "steps/demo/tasks"),
            change("changed", "steps/pilot/tasks"),
            change("changed", "steps/pilot/takes"),
            change("reworded", "steps/pilot/title"),
        )
        assert said == ["Demo: Blocked", "Updated: Pilot (tasks, length)"]

    def test_what_happened_to_one_item_is_one_sentence(self) -> None:
        """Where its day and its state changed at once."""
        said = sentences(
            change("moved", "steps/review/due", "2026-05-28", "2026-06-04"),
            change("moved", "steps/pilot/due", "2026-06-28", "2026-07-01"),
            change("status", "steps/review/status", "todo", "in-progress"),
        )
        assert said == [
            f"Review: {ARROW.format('28 May', '4 Jun')}, In progress",
            f"Pilot: {ARROW.format('28 Jun', '1 Jul')}",
        ]

    def test_texts_of_the_plan_are_escaped(self) -> None:
        """A title is text, also in a sentence, and so is a reason."""
        hostile = "<script>alert(1)</script>"
        plan = PLAN.replace("title: Demo", f'title: "{hostile}"')
        view = room(history(change("done", "steps/demo/status", why=hostile)), plan)
        for name in ("changes/index.html", "index.html"):
            assert "<script" not in page(view, name)
            assert "&lt;script&gt;alert(1)" in page(view, name)


class TestDays:
    """By day, newest first; of a day by person and reason."""

    def test_stand_newest_first_with_who_and_why(self) -> None:
        """As a table: the day, what was done, why, and by whom."""
        past = history(
            change("done", "steps/demo/status", day=20),
            change(
                *("moved", "steps/review/due", "2026-05-28", "2026-06-04", 21, "priya"),
                why="The report is late",
            ),
            change("added", "steps/pilot", day=21, who=None),
            change("added", "risks/leave", day=21),
        )
        move = f"Review: {ARROW.format('28 May', '4 Jun')}"
        assert list(days(room(past))) == [
            (
                "2026-05-21",
                [move, "New step: Pilot", "New risk: Leave"],
                ["The report is late", "A Priya", "M Jo"],
            ),
            ("2026-05-20", ["Demo: Done"], ["M Jo"]),
            ("2026-05-11", ["The plan was written: 2 steps and 3 people"], []),
        ]

    def test_the_goal_comes_first(self) -> None:
        """All else of that day follows from it."""
        said = sentences(
            change("moved", "steps/review/due", "2026-05-28", "2026-06-04"),
            change("dated", "goal/date", None, "2026-08-14"),
        )
        assert said[0] == "Goal: agreed for 14 Aug"

    def test_the_first_version_is_one_line(self) -> None:
        """With what it held: what came since is not counted, what went is."""
        past = history(
            change("added", "steps/pilot"),
            change("removed", "steps"),
            change("removed", "steps"),
            change("joined", "people/priya"),
        )
        *_, (day, said, notes) = days(room(past))
        assert (day, notes) == ("2026-05-11", [])
        assert said == ["The plan was written: 4 steps and 2 people"]

    def test_what_came_before_the_first_that_is_known_is_not_made_up(self) -> None:
        """A history that was cut short has no first version."""
        past = history(change("done", "steps/demo/status"), start=None)
        assert [day for day, *_ in days(room(past))] == ["2026-05-20"]

    def test_the_head_says_how_often(self) -> None:
        """How many revisions, since when, and how long ago the last one was."""
        past = history(
            change("done", "steps/demo/status", day=20),
            change("added", "risks/leave", day=18),
        )
        said = "2 revisions since 11 May 2026, the last one 4 days ago."
        assert said in html_text(page(room(past)))
        closed = PLAN.replace("language:", "status: won\nlanguage:")
        said = "2 revisions between 11 May 2026 and 20 May 2026."
        assert said in html_text(page(room(past, closed)))

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "Earlier changes are not shown here."),
            ("de", "Frühere Änderungen sind hier nicht zu sehen."),
            ("fr", "Les changements antérieurs ne figurent pas ici."),
            ("es", "Los cambios anteriores no se muestran aquí."),
        ],
    )
    def test_the_head_says_where_more_was_changed_before(
        self, language: str, said: str
    ) -> None:
        """A history that was cut short does not pretend to be whole."""
        whole = history(change("done", "steps/demo/status"), start=None)
        plan = PLAN.replace("language: en", f"language: {language}")
        assert said not in html_text(page(room(whole, plan)))
        cut = replace(whole, cut=True)
        assert f". {said}" in html_text(page(room(cut, plan)))

    def test_links_lead_to_what_the_plan_shows(self) -> None:
        """Each to its place on the first page, by a path that a folder has too."""
        view = room(history(*every_kind("s0")), many(1))
        links = set(re.findall(r'<a href="(\.\./index.html#[^"]*)"', page(view)))
        assert len(links) > 6
        ids = set(re.findall(r' id="([^"]*)"', page(view, "index.html")))
        for link in links:
            path, _, anchor = link.partition("#")
            assert path == "../index.html"
            assert anchor in ids


class TestOnce:
    """What history and the plan both tell of is told once."""

    def test_the_plan_fills_in_what_history_lacks(self) -> None:
        """Done, moved, confirmed, answered and joined, without knowing who wrote it."""
        plan = recorded()
        said = [(day, line) for day, said, _ in days(room(plan=plan)) for line in said]
        assert said == [
            ("2026-05-22", f"Review: {ARROW.format('28 May', '4 Jun')}"),
            ("2026-05-21", "Answered: One year?"),
            ("2026-05-20", "Demo: Done"),
            ("2026-05-19", "Pilot: 1 Jul confirmed by Priya"),
            ("2026-05-15", "Priya joined"),
        ]
        lead = "The days that the plan itself remembers"
        assert lead in html_text(page(room(plan=plan)))

    def test_history_tells_it_instead(self) -> None:
        """Also where it was written down on a later day."""
        known = [
            change("done", "steps/demo/status", "todo", "done", day=23),
            change("moved", "steps/review/due", "2026-05-28", "2026-06-04", day=23),
            change("confirmed", "steps/pilot/confirmed", None, "priya", day=23),
            change("answered", "questions/term", day=23),
            change("joined", "people/priya", day=23),
        ]
        told = list(days(room(history(*known), recorded())))
        assert [day for day, *_ in told] == ["2026-05-23", "2026-05-11"]
        assert len(told[0][1]) == 5

    def test_two_moves_of_a_step_are_two(self) -> None:
        """Another move than the one that history tells of is told as well."""
        other = change("moved", "steps/review/due", "2026-05-21", "2026-05-28", day=16)
        told = list(days(room(history(other), recorded())))
        moves = [line for _, said, _ in told for line in said if "→" in line]
        assert len(moves) == 2


class TestRoom:
    """Which rooms have the page, and what it is made of."""

    def test_has_no_page_where_there_is_nothing_to_tell(self, frame: Frame) -> None:
        """Not even a link to one; a first version alone tells nothing."""
        raw = PLAN.encode()
        first = Version("c", date(2026, 5, 11), "x", "x@x.example", "", raw)
        for versions in ((), (first,)):
            made = made_room(frame, raw, versions)
            assert "changes/index.html" not in made
            assert b"changes/" not in made["index.html"]

    def test_has_one_where_the_plan_alone_remembers(self, frame: Frame) -> None:
        """It is declared among the room's files."""
        made = made_room(frame, recorded().encode(), ())
        assert b'href="changes/index.html"' in made["index.html"]
        assert b"Answered:" in made["changes/index.html"]

    def test_is_made_from_the_versions_of_the_plan(self, frame: Frame) -> None:
        """Of git's people only those on the plan are named."""
        then = PLAN.replace("due: 2026-06-04", "due: 2026-05-28").encode()
        jo = ("Jo", "jo@mama.example")
        versions = (
            Version("a", date(2026, 5, 11), *jo, "", then),
            Version("b", date(2026, 5, 22), "Secret Bot", "b@x.example", "Late", b""),
        )
        versions = (versions[0], Version(*fields(versions[1], raw=PLAN.encode())))
        made = made_room(frame, PLAN.encode(), versions)
        told = made["changes/index.html"].decode()
        assert "Late</p>" in told
        assert "Mama team" not in told
        assert "Secret" not in told + made["index.html"].decode()
        assert "<del>" in made["index.html"].decode()

    def test_links_are_relative_to_its_folder(self, frame: Frame) -> None:
        """Sheets, script, icon and logo lie one folder up."""
        made = made_room(frame, recorded().encode(), ())
        told = made["changes/index.html"].decode()
        found = re.findall(r'(?:src|href)="([^"#:]+)"', told)
        files = {path.removeprefix("../") for path in found if path.startswith("../")}
        assert {"index.html", "plan.ics"} < files
        assert sum(name.startswith("assets/") for name in files) >= 4
        assert files <= made.keys()
        assert [path for path in found if not path.startswith("..")] == [
            "../changes/index.html".removeprefix("../")
        ][:0]

    def test_page_is_as_agreed(self, golden: Callable[[str, str], None]) -> None:
        """The whole markup, with several days, reasons and persons."""
        past = history(
            change(
                "moved", "goal/date", "2026-08-15", "2026-08-14", 22, "priya", "Sat"
            ),
            change("moved", "steps/review/due", "2026-05-28", "2026-06-04", 22, None),
            change("done", "steps/demo/status", day=20),
            change("removed", "steps", day=20),
        )
        golden("changes/page.html", page(room(past)))


class TestFirstPage:
    """What the room's first page says of the past."""

    def test_lately_has_four_sentences_of_the_last_month(self) -> None:
        """Neither what is only worded differently nor what is gone."""
        past = history(
            change("done", "steps/demo/status", day=23),
            change("removed", "steps", day=22),
            change("changed", "steps/pilot/tasks", day=22),
            change("moved", "steps/review/due", "2026-05-28", "2026-06-04", day=21),
            change("status", "steps/review/status", "todo", "in-progress", day=21),
            change("added", "risks/leave", day=20),
            change("answered", "questions/term", day=19),
            change("asked", "questions/term", day=18),
        )
        told = [[one.kind for one in item.told] for item in room(past).lately]
        assert told == [["done"], ["moved", "status"], ["added"], ["answered"]]
        later = room(past, today=TODAY + timedelta(days=60))
        assert later.lately == ()
        assert "changes/index.html" in str(
            all_slots(later, SECTIONS, "x.css")["index.html"]["footer"]
        )

    def test_moves_stand_in_the_table(self) -> None:
        """The first day of all, how often it moved, and why each time."""
        moves = (
            PastMove(
                date(2026, 5, 15), date(2026, 5, 21), date(2026, 5, 28), "jo", "A"
            ),
            PastMove(
                date(2026, 5, 22), date(2026, 5, 28), date(2026, 6, 4), None, None
            ),
        )
        past = History((), {"review": StepPast(moves[0].was, moves)}, {}, 2, TODAY)
        view = room(past)
        (review,) = (step for step in view.steps if step.id == "review")
        assert review.moved_from == date(2026, 5, 21)
        assert [move.by for move in review.moves] == ["Jo", None]
        words = html_text(page(view, "index.html"))
        assert f"{ARROW.format('21 May', '4 Jun')} Thu" in words
        assert "moved 2 times" in words
        assert f"Moved 15 May: {ARROW.format('21 May', '28 May')}. A (Jo)" in words
        assert "moved 2 times, first from 21 May" in words

    def test_a_day_that_came_back_is_where_it_was(self) -> None:
        """Nothing is struck out, but that it moved is told."""
        days_ = (date(2026, 6, 4), date(2026, 6, 9))
        moves = tuple(
            PastMove(date(2026, 5, 15), *pair, None, "A")
            for pair in (days_, days_[::-1])
        )
        past = History((), {"review": StepPast(days_[0], moves)}, {}, 2, TODAY)
        (_, review, _) = room(past).steps
        assert review.moved_from is None
        assert "moved 2 times" in html_text(page(room(past), "index.html"))

    def test_words_that_name_no_person_are_kept(self) -> None:
        """Who moved a day may be somebody that the plan has no person for."""
        plan = recorded().replace("by: priya, why", "by: Acme's board, why")
        move = PastMove(
            date(2026, 5, 22), date(2026, 5, 28), date(2026, 6, 4), None, "Late"
        )
        past = History((), {"review": StepPast(move.was, (move,))}, {}, 1, TODAY)
        assert room(past, plan).steps[1].moves[0].by == "Acme's board"

    def test_people_who_came_later_say_since_when(self) -> None:
        """Whoever was there from the first version on does not."""
        start = date(2026, 5, 14)
        people = {"jo": start, "priya": date(2026, 5, 18), "cfo": date(2026, 5, 10)}
        past = History((), {}, people, 1, TODAY, start)
        since = {person.id: person.since for person in room(past).people}
        assert since == {"jo": None, "priya": date(2026, 5, 18), "cfo": None}
        words = html_text(page(room(past), "index.html"))
        assert words.count("on the plan since 18 May") == 1

    def test_what_changed_tells_when(self) -> None:
        """Steps, people, questions and criteria carry the day of their last change."""
        past = history(
            change("done", "steps/demo/status", day=20),
            change("status", "steps/demo/status", "todo", "in-progress", day=18),
            change("status", "criteria/cost/status", "open", "met", day=19),
            change("asked", "questions/term", day=17),
            change("joined", "people/priya", day=16),
        )
        first = page(room(past), "index.html")
        found = dict(re.findall(r'id="([\w-]+)"[^>]* data-changed="([^"]+)"', first))
        assert found == {
            "step-demo": "2026-05-20",
            "person-priya": "2026-05-16",
            "question-term": "2026-05-17",
            "criterion-cost": "2026-05-19",
        }
        assert first.count('<span class="map-new" hidden>') == 4
        assert 'data-as-of="2026-05-24" data-last="2026-05-20"' in first

    def test_a_closed_plan_is_as_of_its_last_change(self) -> None:
        """Its day does not follow the calendar, and what changed since is new."""
        past = history(change("status", "status", "open", "won", day=23))
        closed = PLAN.replace("language:", "status: won\nlanguage:")
        for today in (TODAY, TODAY + timedelta(days=90)):
            assert room(past, closed, today).as_of == date(2026, 5, 23)

    def test_a_room_is_known_by_a_mark_that_tells_nothing(self) -> None:
        """Another plan has another one, and none has its id."""
        first = page(room(plan=recorded(), name="secret-deal"), "index.html")
        other = page(room(plan=recorded(), name="other-deal"), "index.html")
        marks = {re.findall(r'data-room="(\w{12})"', one)[0] for one in (first, other)}
        assert len(marks) == 2
        assert "secret" not in first


def many(count: int) -> str:
    """Return the plan with *count* more of everything."""
    plan = PLAN
    for name, field, more in (
        ("people", "name", ""),
        ("steps", "title", ", due: 2026-06-02"),
        ("questions", "text", ""),
        ("criteria", "text", ""),
        ("metrics", "text", ""),
        ("risks", "text", ""),
        ("documents", "title", ""),
    ):
        items = "".join(
            f"  - {{id: s{n}, {field}: {name} {n}{more}}}\n" for n in range(count)
        )
        plan = plan.replace(f"{name}:\n", f"{name}:\n{items}")
    return plan


def every_kind(one: str) -> Iterator[Change]:
    """Yield a change of every kind to the items called *one*, and what is gone."""
    step = f"steps/{one}"
    yield change("moved", f"{step}/due", "2026-06-01", "2026-06-02", day=1)
    yield change("dated", f"{step}/due", None, "2026-06-02", day=2)
    yield change("undated", f"{step}/due", "2026-06-01", None, day=3)
    yield change("done", f"{step}/status", "todo", "done", day=4)
    yield change("reopened", f"{step}/status", "done", "todo", day=5)
    yield change("status", f"{step}/status", "todo", "blocked", day=6)
    yield change("owner", f"{step}/owners", "jo", "priya", day=7)
    yield change("owner", f"{step}/owners", "jo", None, day=8)
    yield change("owner", f"{step}/owners", None, "jo", day=9)
    yield change("owner", f"{step}/owners", day=10)
    yield change("confirmed", f"{step}/confirmed", None, "priya", day=11)
    yield change("confirmed", f"{step}/confirmed", day=12)
    for part in ("steps", "criteria", "metrics", "risks", "documents"):
        yield change("added", f"{part}/{one}", day=13)
        yield change("removed", part, day=13)
        yield change("reworded", f"{part}/{one}/text", day=14)
    yield change("asked", f"questions/{one}", None, "priya", day=15)
    yield change("asked", f"questions/{one}", day=16)
    yield change("answered", f"questions/{one}", day=17)
    yield change("removed", "questions", day=17)
    yield change("joined", f"people/{one}", day=18)
    yield change("left", "people", day=18)
    yield change("reworded", f"people/{one}/name", day=19)
    fields_ = ("takes", "after", "phase", "tasks", "documents", "links", "evidence")
    for field in (*fields_, "support", "kind"):
        yield change("changed", f"{step}/{field}", day=20)
    for part in ("goal/value", "title", "review", "sections", "phases", "steps"):
        yield change("changed", part, day=21)
    for part in ("goal/outcome", "summary", "seller/name", "marking"):
        yield change("reworded", part, day=22)
    yield change("status", "status", "open", "won", day=22)
    yield change("status", "status", "won", "open", day=23)


def recorded() -> str:
    """Return the plan with all that it can remember by itself."""
    move = (
        "moves: [{on: 2026-05-22, from: 2026-05-28, to: 2026-06-04,"
        " by: priya, why: Late}]"
    )
    return (
        PLAN.replace("side: buyer}", "side: buyer, added: 2026-05-15}", 1)
        .replace("due: 2026-05-20}", "due: 2026-05-20, done: 2026-05-20, status: done}")
        .replace("due: 2026-06-04}", f"due: 2026-06-04, {move}}}")
        .replace("2026-07-01}", "2026-07-01, confirmed: {by: priya, on: 2026-05-19}}")
        .replace("asked_by: priya}", "answer: Yes, answered: 2026-05-21}")
    )


def fields(version: Version, raw: bytes) -> tuple[str, date, str, str, str, bytes]:
    """Return the fields of a version that has another text."""
    return (
        *(version.commit, version.day, version.author, version.email, version.why),
        raw,
    )


def html_text(markup: str) -> str:
    """Return the words of *markup*, with single spaces."""
    tree = html5lib.parseFragment(markup, namespaceHTMLElements=False)
    return re.sub(r"[\s\u00a0]+", " ", "".join(tree.itertext()))


@pytest.fixture(scope="module")
def frame(frame_cache: Path) -> Frame:
    """Return the frame of the look that `mapsite init` writes."""
    return load_frame(frame_cache.parent, frame_cache)


def made_room(
    frame: Frame, raw: bytes, versions: tuple[Version, ...]
) -> dict[str, bytes]:
    """Return the files of a room."""
    return make_room(Path("deal.yaml"), raw, TODAY, frame, versions=versions).files
