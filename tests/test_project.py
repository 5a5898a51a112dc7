"""What a buyer may see of a plan, and how it is put."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from mapsite.plan.read import read_plan
from mapsite.room.project import letters, project
from mapsite.room.step_view import StepView
from mapsite.room.view import RoomView

TODAY = date(2026, 5, 24)
TESTS = Path(__file__).parent
HEAD = """
title: Plan
created: 2026-05-12
buyer: {name: Acme, contact: plan@acme.example}
seller: {name: Mama}
people:
  - {id: sarah, name: Sarah, side: buyer, email: sarah@acme.example, backup: secret}
  - {id: cfo, name: unknown, side: buyer, title: CFO}
  - {id: nobody, name: unknown, side: buyer}
  - {id: jo, name: Jo, side: seller, added: 2026-05-20}
  - {id: secret, name: Somebody, side: seller, internal: true}
"""


class Everywhere(dict[str, str]):
    """Say of every file where it lies in the room."""

    def __missing__(self, path: str) -> str:
        """Put it into the assets."""
        return f"assets/{path}"


def room(*lines: str, head: str = HEAD, today: date = TODAY) -> RoomView:
    """Return what the room of a plan shows, given its further *lines*."""
    text = head + "\n".join(lines)
    if "goal:" not in text:
        text += "\ngoal: {outcome: Done, date: 2026-08-14}\n"
    return project("deal", read_plan(text.encode(), "deal.yaml"), today, Everywhere())


def steps(*lines: str, more: str = "", today: date = TODAY) -> RoomView:
    """Return what the room of a plan with these steps shows."""
    listed = [f"  - {{id: s{n}, title: T{n}, {line}}}" for n, line in enumerate(lines)]
    return room(more, "steps:", *listed, today=today)


def step(line: str) -> StepView:
    """Return what is shown of one step."""
    return steps(line).steps[0]


class TestLetters:
    """One letter for each company, in the drawing and the tokens."""

    @pytest.mark.parametrize(
        ("buyer", "seller", "expected"),
        [
            ("Acme", "Mama", ("A", "M")),
            ("acme", "mama", ("A", "M")),
            ("Acme", "Apex", ("Ac", "Ap")),
            ("Acme", "Acme Labs", ("Ac", "AL")),
            ("A", "A", ("A", "A")),
            ('"Ærø"', "Ärger", ("Æ", "Ä")),
            ("株式会社", "1-2-3", ("株", "1")),
            ("...", "Mama", ("?", "M")),
            ("---", "...", ("?", "?")),
        ],
    )
    def test_tell_the_sides_apart(
        self, buyer: str, seller: str, expected: tuple[str, str]
    ) -> None:
        """Two letters each where one is the same."""
        assert letters(buyer, seller) == dict(
            zip(("buyer", "seller"), expected, strict=True)
        )


class TestPeople:
    """Who is named, and how."""

    def test_no_view_has_a_field_for_an_email(self) -> None:
        """Only the contact that the plan names for suggestions."""
        view = room()
        shown = list(texts(view))
        assert view.contact == "plan@acme.example"
        assert [text for text in shown if "@" in text] == ["plan@acme.example"]

    def test_a_hidden_person_is_nowhere(self) -> None:
        """Neither in the list nor as somebody's backup."""
        view = room()
        assert [person.id for person in view.people] == ["sarah", "cfo", "nobody", "jo"]
        assert view.people[0].backup is None
        assert view.people[1].name is None

    def test_an_unknown_person_is_called_by_position(self) -> None:
        """Else by the id, which the plan's writers chose to be read."""
        view = step("owners: [cfo, nobody, sarah]")
        assert [who.name for who in view.owners] == ["CFO", "nobody", "Sarah"]

    def test_a_review_names_who_may_be_named(self) -> None:
        """Words and people, without those who are hidden."""
        view = room(
            "review: {every: week, on: tuesday, with: [sarah, Finance, secret]}"
        )
        assert view.reviews[0].people == ("Sarah", "Finance")
        assert view.keepers == ("Sarah", "Finance")
        hidden = room(
            "review: {every: week, on: tuesday, with: [sarah], internal: true}"
        )
        assert (hidden.reviews, hidden.keepers) == ((), ())


class TestSteps:
    """Steps in their phases, and what they refer to."""

    def test_number_counts_what_is_visible(self) -> None:
        """A hidden step leaves no gap."""
        view = steps("due: tbd", "due: tbd, internal: true", "due: tbd")
        assert [(step.id, step.number) for step in view.steps] == [("s0", 1), ("s2", 2)]

    def test_phases_stand_in_the_plans_order(self) -> None:
        """What is in none, or in a hidden one, comes last; an empty one is nowhere."""
        view = steps(
            "phase: B", "phase: A", "due: tbd", "phase: Secret",
            more="phases: [{name: A, gate: G}, {name: Empty}, {name: B},"
            " {name: Secret, internal: true}]",
        )  # fmt: skip
        named = [(phase.name, [s.id for s in phase.steps]) for phase in view.phases]
        assert named == [("A", ["s1"]), ("B", ["s0"]), ("", ["s2", "s3"])]
        assert [phase.anchor for phase in view.phases] == [
            f"phase-{number}" for number in (1, 2, 3)
        ]
        assert [phase.gate for phase in view.phases] == ["G", None, None]

    def test_phases_stand_as_steps_name_them(self) -> None:
        """Where the plan lists none, the first step of each tells its place."""
        view = steps("phase: B", "phase: A", "phase: B")
        assert [phase.name for phase in view.phases] == ["B", "A"]

    def test_a_finished_phase_is_folded_among_others(self) -> None:
        """Not where it is the whole plan, nor where it has no name."""
        done = "status: done, phase: "
        view = steps(f"{done}A", f"{done}B", "due: tbd, phase: B", "status: done")
        assert {phase.name: phase.folded for phase in view.phases} == {
            "A": True,
            "B": False,
            "": False,
        }
        assert not steps(f"{done}A").phases[0].folded

    def test_refers_only_to_what_is_visible(self) -> None:
        """A hidden predecessor is preparation, a hidden document nothing."""
        view = steps(
            "due: tbd", "due: tbd, internal: true",
            "after: [s0, s1], documents: [a, b]",
            more="documents: [{id: a, title: A}, {id: b, title: B, internal: true}]",
        ).steps[1]  # fmt: skip
        assert [named.anchor for named in view.after] == ["step-s0"]
        assert view.after_hidden
        assert [named.title for named in view.documents] == ["A"]
        assert not steps("due: tbd", "after: [s0]").steps[1].after_hidden

    def test_keeps_the_moment_where_no_day_is_known(self) -> None:
        """`goal-3w` can be said although the goal has no day."""
        more = "goal: {outcome: Done, date: tbd}"
        view = steps("due: goal-3w", "due: 2026-06-01", "due: tbd", more=more)
        assert [s.moment.text if s.moment else None for s in view.steps] == [
            "goal-3w",
            None,
            "tbd",
        ]

    def test_hidden_pieces_of_a_step_are_not_there(self) -> None:
        """Evidence, moves, tasks, links, owners and confirmations, each by itself."""
        view = step(
            "due: 2026-06-01, owners: [{buyer: A}, {buyer: B, internal: true}],"
            " evidence: [A, {text: B, internal: true}],"
            " moves: [{from: 2026-05-01, to: 2026-06-01, internal: true}],"
            " tasks: [{title: A}, {title: B, internal: true}],"
            " links: [{title: A, url: 'https://a.example'},"
            " {title: B, url: 'https://b.example', internal: true}],"
            " confirmed: {by: sarah, on: 2026-05-20, internal: true}"
        )
        assert [who.name for who in view.owners] == ["A"]
        assert view.evidence == (("A", None),)
        assert view.moves == ()
        assert [task.title for task in view.tasks] == ["A"]
        assert view.links == (("A", "https://a.example"),)
        assert (view.confirmed_by, view.confirmed_on) == (None, None)


class TestNow:
    """What comes next for each side, and what happened lately."""

    def test_the_urgent_comes_first(self) -> None:
        """Late and blocked, then by day; at most four a side."""
        view = steps(
            "due: 2026-06-01, side: buyer",
            "due: 2026-05-20, side: buyer",
            "due: 2026-05-26, side: both",
            "due: 2026-06-09, side: buyer, status: blocked",
            "due: 2026-06-10, side: buyer",
            "due: 2026-05-25, side: buyer, after: [s0]",
            "status: done, side: buyer",
            "due: tbd, side: buyer",
        )
        assert [item.title for item in view.next["buyer"]] == ["T1", "T3", "T2", "T0"]
        assert [item.title for item in view.next["seller"]] == ["T2"]

    def test_questions_and_papers_are_asked_for_too(self) -> None:
        """Of the side of whoever answers or provides."""
        view = room(
            "questions:",
            "  - {id: a, text: A, owner: sarah, due: 2026-05-20}",
            "  - {id: b, text: B, owner: jo, answer: Yes}",
            "  - {id: c, text: C}",
            "documents:",
            "  - {id: d, title: D, owner: jo, due: 2026-05-30}",
            "  - {id: e, title: E, owner: jo, due: 2026-05-30, status: shared}",
            "  - {id: f, title: F, owner: jo, due: 2026-12-30}",
        )
        assert [(item.title, item.late) for item in view.next["buyer"]] == [("A", 4)]
        assert [(item.title, item.kind) for item in view.next["seller"]] == [
            ("D", "document")
        ]

    def test_lately_is_the_last_month(self) -> None:
        """Newest first; people who were there from the start did not join."""
        view = steps(
            "status: done, done: 2026-05-23",
            "status: done, done: 2026-04-01",
            "due: 2026-06-10,"
            " moves: [{on: 2026-05-22, from: 2026-06-01, to: 2026-06-10}]",
            "due: 2026-06-10, confirmed: {by: sarah, on: 2026-05-21}",
            "status: done, done: 2026-05-23, internal: true",
            "status: done, done: 2026-06-23",
        )
        told = [(i.told[0].kind, i.told[0].items[0].title) for i in view.lately]
        assert told == [
            ("done", "T0"),
            ("moved", "T2"),
            ("confirmed", "T3"),
            ("joined", "Jo"),
        ]

    @pytest.mark.parametrize("today", [date.min, date.max])
    def test_works_on_every_day(self, today: date) -> None:
        """Also on the first and on the last."""
        assert steps("due: 2026-06-01, side: both", today=today).today == today


class TestMissing:
    """What would help next, told kindly."""

    def test_a_list_of_titles_lacks_everything(self) -> None:
        """Each gap once, in the order in which they help."""
        file = TESTS / "plans" / "bare.yaml"
        view = project("bare", read_plan(file.read_bytes(), file.name), TODAY, {})
        assert view.missing == (
            "goal-day",
            "dates",
            "people",
            "owners",
            "criteria",
            "questions",
        )

    def test_the_kitchen_sink_lacks_nothing(self) -> None:
        """Where all is said, nothing is asked."""
        file = TESTS / "plans" / "full.yaml"
        view = project(
            "full", read_plan(file.read_bytes(), file.name), TODAY, Everywhere()
        )
        assert view.missing == ()

    def test_hidden_things_do_not_fill_a_gap(self) -> None:
        """What the buyer cannot see is missing for the buyer."""
        view = room(
            "people: [{id: a, name: A, internal: true}]",
            "questions: [{id: a, text: A, internal: true}]",
            "steps: [{id: a, title: A, internal: true}]",
            head=HEAD[: HEAD.index("people:")],
        )
        assert {"people", "questions", "steps"} <= set(view.missing)


class TestClosed:
    """A deal that has ended: kept as it was, and asked nothing any more."""

    LINES = (
        "due: 2026-05-13, side: buyer",
        "due: 2026-05-26, side: seller",
        "due: 2026-05-20, done: 2026-05-20, status: done",
        "due: 2026-08-14, kind: signature, after: [s0]",
    )
    MORE = (
        "status: {}\n"
        "review: {{every: week, on: tuesday, with: [sarah]}}\n"
        "questions: [{{id: q, text: Q, owner: sarah, due: 2026-05-13}}]\n"
        "documents: [{{id: d, title: D, owner: sarah, due: 2026-05-13}}]\n"
    )

    @pytest.fixture(params=["won", "lost", "no-decision"])
    def view(self, request: pytest.FixtureRequest) -> RoomView:
        """Return a room of each way to end."""
        return steps(*self.LINES, more=self.MORE.format(request.param))

    def test_the_same_plan_while_open_asks_for_much(self) -> None:
        """Else the tests below would prove nothing."""
        view = steps(*self.LINES, more=self.MORE.format("open"))
        assert view.next["buyer"]
        assert view.standing.turn
        assert view.reviews
        assert view.missing
        assert [step.late for step in view.steps] == [11, 0, 0, 0]
        assert (view.questions[0].late, view.documents[0].late) == (11, 11)

    def test_nothing_comes_next(self, view: RoomView) -> None:
        """No steps, no reviews, nobody's turn, no gaps."""
        assert view.closed
        assert not any(view.next.values())
        assert (view.reviews, view.missing) == ((), ())
        assert (view.standing.turn, view.standing.turn_sides) == (None, ())
        assert view.keepers == ("Sarah",)

    def test_nothing_is_late(self, view: RoomView) -> None:
        """Neither steps nor questions nor papers; no delay, no critical path."""
        assert [step.state for step in view.steps] == [
            "todo",
            "todo",
            "done",
            "waiting",
        ]
        assert [step.late for step in view.steps] == [0, 0, 0, 0]
        assert (view.questions[0].late, view.documents[0].late) == (0, 0)
        assert (view.standing.word, view.standing.behind) == (view.status, 0)
        assert not view.standing.chain

    def test_is_read_as_of_its_last_entry(self, view: RoomView) -> None:
        """So that the room stays as it was, on whichever day it is built."""
        assert view.today == date(2026, 5, 20)
        later = steps(
            *self.LINES,
            more=self.MORE.format(view.status),
            today=TODAY + timedelta(days=900),
        )
        assert later == view


def texts(value: object) -> list[str]:
    """Return every text in a view."""
    if isinstance(value, str):
        return [value]
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        return [text for part in value for text in texts(part)]
    return []
