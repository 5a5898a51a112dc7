"""What could run in parallel, and what that would save."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from mapsite.plan.model import Plan
from mapsite.plan.parallel import MOST_ROUNDS, Saving, savings, together
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule
from tests.networks import CREATED, Network, drawn, longest

PLANS = Path(__file__).parent / "plans"


def kept(name: str) -> Plan:
    """Read one of the two plans of the same deal."""
    return read_plan((PLANS / name).read_bytes(), name)


def deal(*steps: str, goal: str = "tbd", head: str = "") -> Plan:
    """Make a plan of these steps, each ``id, field: value, ...``; it began today."""
    lines = [step.replace(",", ", title: T,", 1) for step in steps]
    text = (
        f"title: P\ncreated: {CREATED}\ngoal: {{outcome: Done, date: {goal}}}\n"
        f"buyer: {{name: A}}\nseller: {{name: B}}\n{head}\nsteps:\n"
    )
    text += "".join(f"  - {{id: {line}}}\n" for line in lines)
    return read_plan(text.encode(), "deal.yaml")


def named(plan: Plan, today: date = CREATED) -> list[tuple[str, tuple[str, ...], int]]:
    """Return the savings short: the step, beside what, and the days."""
    return [(found.step, found.beside, found.days) for found in savings(plan, today)]


class TestOneDealTwice:
    """The same deal one step after the other, and with a plan from the second week."""

    @pytest.mark.parametrize(
        ("name", "week", "day"),
        [("serial.yaml", 13, "2026-03-30"), ("parallel.yaml", 9, "2026-03-02")],
    )
    def test_is_signed_in_week(self, name: str, week: int, day: str) -> None:
        """The contract is signed on the Monday of week 13, or of week 9."""
        plan = kept(name)
        found = schedule(plan, CREATED)
        assert found.finish == found["contract"].expected == date.fromisoformat(day)
        assert found.calendar.week(found.finish) == week

    @pytest.mark.parametrize(
        ("name", "weeks"),
        [
            (
                "serial.yaml",
                {
                    "discovery": 1,
                    "demo": 3,
                    "data-demo": 5,
                    "security-review": 7,
                    "procurement": 11,
                    "contract": 13,
                },
            ),
            (
                "parallel.yaml",
                {
                    "discovery": 1,
                    "shared-plan": 2,
                    "security-review": 3,
                    "technical-demo": 3,
                    "data-demo": 5,
                    "procurement": 7,
                    "contract": 9,
                },
            ),
        ],
    )
    def test_each_step_begins_in_its_week(
        self, name: str, weeks: dict[str, int]
    ) -> None:
        """The weeks are those in which the work on a step begins."""
        found = schedule(kept(name), CREATED)
        begun = {
            time.step.id: found.calendar.week(time.start)
            for time in found.steps
            if time.start
        }
        assert begun == weeks

    def test_the_security_review_could_have_run_beside_the_demos(self) -> None:
        """That alone makes of thirteen weeks the nine that the other plan takes."""
        first, *rest = savings(kept("serial.yaml"), CREATED)
        assert first == Saving(
            step="security-review",
            beside=("demo", "data-demo"),
            days=20,
            weeks=4,
            finish=date(2026, 3, 2),
        )
        assert first.finish == schedule(kept("parallel.yaml"), CREATED).finish
        assert [(saving.step, saving.weeks) for saving in rest] == [
            ("demo", 2),
            ("data-demo", 2),
            ("procurement", 2),
        ]

    def test_nothing_is_left_of_that_in_the_other_plan(self) -> None:
        """What runs in parallel already is not named again."""
        found = named(kept("parallel.yaml"))
        assert found == [("shared-plan", ("discovery",), 5)]

    def test_all_together_does_not_add_up_what_excludes_each_other(self) -> None:
        """Four weeks and three times two are four weeks, once the first is done."""
        found = together(kept("serial.yaml"), CREATED)
        assert [saving.step for saving in found.savings] == ["security-review"]
        assert (found.days, found.weeks) == (20, 4)
        assert found.finish == date(2026, 3, 2)


class TestWhatIsNamed:
    """Work that has not begun, where it would bring the goal nearer."""

    def test_the_step_waits_for_what_the_other_waits_for(self) -> None:
        """Not less: what came before both still does."""
        plan = deal("a, takes: 3d", "b, takes: 4d, after: a", "c, takes: 5d, after: b",
                    "d, takes: 1d, after: c")  # fmt: skip
        assert named(plan) == [("c", ("a", "b"), 5), ("b", ("a",), 3)]
        # Beside a and b, c ends on day 5, and d waits for b until day 7.
        assert savings(plan, CREATED)[0].finish == date(2026, 1, 15)

    def test_what_waited_for_the_step_waits_for_both(self) -> None:
        """The demo's result is not lost because the review no longer waits for it."""
        plan = deal("a, takes: 10d", "b, takes: 2d, after: a", "c, takes: 1d, after: b")
        assert named(plan) == [("b", ("a",), 2)]

    def test_a_step_that_another_one_holds_as_long_is_not_named(self) -> None:
        """Both would have to go at once."""
        plan = deal("a, takes: 5d", "b, takes: 5d", "c, takes: 5d, after: [a, b]",
                    "d, takes: 1d, after: c")  # fmt: skip
        assert named(plan) == []

    def test_a_path_as_long_beside_it_leaves_nothing_to_save(self) -> None:
        """The goal waits for the other one."""
        plan = deal("a, takes: 5d", "b, takes: 5d, after: a", "x, takes: 10d",
                    "d, takes: 1d, after: [b, x]")  # fmt: skip
        assert named(plan) == []

    @pytest.mark.parametrize("kind", ["signature", "decision", "milestone"])
    def test_what_is_passed_stays_where_it_is(self, kind: str) -> None:
        """Nothing runs beside a signature or a decision, nor they beside work."""
        steps = ["a, takes: 5d", f"b, takes: 3d, after: a, kind: {kind}",
                 "c, takes: 4d, after: b", "d, takes: 1d, after: c"]  # fmt: skip
        assert named(deal(*steps)) == []
        steps[1] = "b, takes: 3d, after: a, kind: approval"
        assert {step for step, *_ in named(deal(*steps))} == {"b", "c"}

    @pytest.mark.parametrize(
        "status", ["in-progress", "at-risk", "blocked", "done", "cancelled"]
    )
    def test_what_has_begun_is_not_begun_sooner(self, status: str) -> None:
        """Nor what is done or off."""
        first, last = "a, takes: 5d", "c, takes: 1d, after: b"
        assert named(deal(first, "b, takes: 3d, after: a, status: todo", last))
        begun = f"b, takes: 3d, after: a, status: {status}"
        assert named(deal(first, begun, last)) == []

    def test_what_is_done_holds_nobody_up(self) -> None:
        """The step can begin today; there is nothing to wait for."""
        plan = deal("a, takes: 5d, status: done, done: 2026-01-07",
                    "b, takes: 3d, after: a", "c, takes: 1d, after: b")  # fmt: skip
        assert named(plan, date(2026, 1, 8)) == []

    def test_the_goal_itself_comes_last(self) -> None:
        """Whatever kind of step reaches it."""
        plan = deal("a, takes: 5d", "b, takes: 3d, after: a")
        assert schedule(plan, CREATED).goal_step == "b"
        assert named(plan) == []

    def test_a_stated_begin_holds_for_both(self) -> None:
        """Beside a step that begins on the 19th is not before the 19th."""
        plan = deal("a, takes: 5d, start: 2026-01-19", "b, takes: 5d, after: a",
                    "c, takes: 1d, after: b")  # fmt: skip
        assert [saving.finish for saving in savings(plan, CREATED)] == [
            date(2026, 1, 27)
        ]

    def test_each_end_of_a_range_is_the_longer_one(self) -> None:
        """The plan counts with ten days, and so does what could be saved."""
        plan = deal("a, takes: 5d-10d", "b, takes: 12d, after: a",
                    "c, takes: 1d, after: b")  # fmt: skip
        assert named(plan) == [("b", ("a",), 10)]

    @pytest.mark.parametrize("status", ["won", "lost", "no-decision"])
    def test_where_a_deal_has_ended_nothing_is_named(self, status: str) -> None:
        """It is too late to run anything beside anything."""
        plan = kept("serial.yaml").model_copy(update={"status": status})
        assert savings(plan, CREATED) == ()
        assert together(plan, CREATED).savings == ()

    def test_a_plan_without_an_order_has_nothing_to_save(self) -> None:
        """Nor one without steps, whose finish nobody knows."""
        assert named(deal("a, takes: 5d", "b, takes: 3d")) == []
        found = together(deal("a, due: tbd"), CREATED)
        assert (found.savings, found.days, found.weeks) == ((), 0, 0)
        assert found.finish is None


class TestAgreedDays:
    """An agreed day stays; only what it makes impossible can be saved."""

    steps = (
        "a, takes: 4w",
        "b, takes: 2w, after: a",
        "c, takes: 2w, after: b",
        "sign, kind: signature, due: %s, after: c",
    )

    def dated(self, day: str) -> Plan:
        """Return a plan that is to be signed on a day."""
        return deal(*self.steps[:3], self.steps[3] % day, goal=day)

    def test_a_goal_in_reach_needs_no_saving(self) -> None:
        """Nobody signs sooner because the work is done sooner."""
        assert named(self.dated("2026-03-02")) == []

    def test_a_goal_out_of_reach_is_met_and_no_more(self) -> None:
        """Eight weeks do not fit into seven: one is saved, though two could be."""
        late = self.dated("2026-02-23")
        assert schedule(late, CREATED).forecast == date(2026, 3, 2)
        assert named(late) == [("b", ("a",), 5), ("c", ("b",), 5)]
        assert {saving.finish for saving in savings(late, CREATED)} == {
            date(2026, 2, 23)
        }

    def test_days_are_saved_up_to_an_agreed_end_on_the_way(self) -> None:
        """A step that is due on a day is expected then, however soon it could end."""
        plan = deal("a, takes: 2w", "b, takes: 2w, after: a, due: 2026-01-26",
                    "c, takes: 1w, after: b")  # fmt: skip
        assert schedule(plan, CREATED)["b"].expected == date(2026, 2, 2)
        assert named(plan) == [("b", ("a",), 5)]

    def test_a_binding_day_on_the_way_leaves_nothing_to_save(self) -> None:
        """Without the step before, it would end on that day all the same."""
        plan = deal("a, takes: 2w", "b, takes: 2w, after: a, due: 2026-02-16",
                    "c, takes: 1w, after: b")  # fmt: skip
        assert named(plan) == []


class TestTogether:
    """The best saving, then the best one that is left, and so on."""

    def test_each_builds_on_the_last(self) -> None:
        """Two halves of a plan save one after the other."""
        plan = deal("a, takes: 9d", "b, takes: 8d, after: a",
                    "g, takes: 1d, after: b, kind: decision", "c, takes: 7d, after: g",
                    "d, takes: 6d, after: c",
                    "sign, takes: 0d, after: d, kind: signature")  # fmt: skip
        found = together(plan, CREATED)
        assert [(s.step, s.beside, s.days) for s in found.savings] == [
            ("b", ("a",), 8),
            ("d", ("c",), 6),
        ]
        finish = np.busday_offset(CREATED, 9 + 1 + 7).astype(date)
        assert (found.days, found.weeks, found.finish) == (14, 2, finish)
        assert found.savings[-1].finish == finish

    def test_there_are_no_more_than_five(self) -> None:
        """More changes at once are another plan."""
        steps = ["s0, takes: 0d"]
        for n in range(1, 15, 2):
            steps += [f"s{n}, takes: 5d, after: s{n - 1}, kind: milestone",
                      f"x{n}, takes: 5d, after: s{n}",
                      f"s{n + 1}, takes: 5d, after: x{n}"]  # fmt: skip
        plan = deal(*steps, "sign, takes: 0d, kind: signature, after: s14")
        assert len(savings(plan, CREATED)) == 7
        found = together(plan, CREATED)
        assert (len(found.savings), found.days) == (MOST_ROUNDS, 5 * MOST_ROUNDS)


@pytest.mark.parametrize("number", range(12))
def test_agrees_with_the_longest_path_of_the_changed_network(number: int) -> None:
    """For each saving, networkx finds the same finish in networks like PSPLIB's."""
    network = drawn(30, number)
    found = savings(network.to_plan(), CREATED)
    assert [saving.days for saving in found] == sorted(
        (saving.days for saving in found), reverse=True
    )
    for saving in found:
        after = dict(network.after)
        step = int(saving.step[1:])
        for beside in reversed(saving.beside):
            after = run_beside(network, after, step, int(beside[1:]))
        length = longest(network.takes, after)
        assert saving.days == network.length - length > 0
        assert saving.finish == np.busday_offset(CREATED, length).astype(date)


def run_beside(
    network: Network, after: dict[int, tuple[int, ...]], step: int, beside: int
) -> dict[int, tuple[int, ...]]:
    """Let *step* wait for what *beside* waits for; what follows waits for both."""
    changed = dict(after)
    changed[step] = tuple({*after[step], *after[beside]} - {beside})
    for job in network.takes:
        if step in after[job]:
            changed[job] = tuple({*after[job], beside})
    return changed
