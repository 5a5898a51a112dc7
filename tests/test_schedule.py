"""What a plan means today: dates that follow, states, the way to the goal."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from mapsite.plan.model import Plan
from mapsite.plan.moment import Duration
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import Schedule, StepTime, schedule

TODAY = date(2026, 5, 24)
LEAST = (
    b"title: P\ngoal: {outcome: D, date: tbd}\nbuyer: {name: A}\nseller: {name: B}\n"
)
PLANS = Path(__file__).parents[1] / "plans"


def planned(*steps: str, head: str = "") -> Plan:
    """Read a plan with these steps, each ``id, field: value, …``."""
    lines = ["{id: " + step.replace(",", ", title: T,", 1) + "}" for step in steps]
    lines = [line if "title" in line else line[:-1] + ", title: T}" for line in lines]
    text = (
        f"title: P\ncreated: 2026-05-12\n{head}\n"
        "buyer: {name: Acme}\nseller: {name: Mama}\nsteps:\n"
    )
    if "goal:" not in head:
        text = text.replace(
            "buyer:", "goal: {outcome: Done, date: 2026-08-14}\nbuyer:", 1
        )
    text += "".join(f"  - {line}\n" for line in lines)
    return read_plan(text.encode(), "deal.yaml")


def times(*steps: str, head: str = "", today: date = TODAY) -> Schedule:
    """Derive the days of a plan with these steps."""
    return schedule(planned(*steps, head=head), today)


def only(step: str, today: date = TODAY, head: str = "") -> StepTime:
    """Derive the days of a plan with one step, called a."""
    return times(f"a, {step}", today=today, head=head)["a"]


def iso(*days: date | None) -> list[str | None]:
    """Write days short."""
    return [day.isoformat() if day else None for day in days]


def days(count: int) -> Duration:
    """Return so many business days."""
    return Duration(f"{count}d", count, "d", count, "d")


class TestDays:
    """The forward pass: what follows from what."""

    def test_a_stated_day_is_agreed(self) -> None:
        """It stands, whatever it waits for."""
        step = times("a, due: 2026-06-30", "b, due: 2026-06-01, after: [a], takes: 3w")[
            "b"
        ]
        assert (iso(step.due, step.day), step.agreed) == (["2026-06-01"] * 2, True)

    def test_a_day_follows_from_a_start_and_a_length(self) -> None:
        """Where only the start is agreed, both sides speak of the start."""
        step = only("start: 2026-06-11, takes: 4w")
        assert iso(step.begin, step.due, step.day) == [
            "2026-06-11",
            "2026-07-09",
            "2026-06-11",
        ]
        assert step.agreed

    def test_a_day_follows_from_the_steps_before(self) -> None:
        """The last of them counts; nobody has agreed on what follows."""
        found = times(
            "a, due: 2026-06-01", "b, due: 2026-06-05", "c, takes: 2d, after: [a, b]",
            "d, takes: 1w, after: [c]",
        )  # fmt: skip
        assert iso(found["c"].begin, found["c"].due) == ["2026-06-05", "2026-06-09"]
        assert iso(found["d"].due) == ["2026-06-16"]
        assert not found["c"].agreed

    def test_a_begin_is_worked_back_from_a_day_and_a_length(self) -> None:
        """Due on 4 June after five days of work means to begin on 28 May."""
        step = only("due: 2026-06-04, takes: 5d")
        assert iso(step.begin, step.due) == ["2026-05-28", "2026-06-04"]

    def test_a_range_counts_with_its_longer_length(self) -> None:
        """Nobody plans with the better of two guesses."""
        assert iso(only("start: 2026-06-01, takes: 5d-10d").due) == ["2026-06-15"]
        assert iso(only("due: 2026-06-15, takes: 5d-10d").begin) == ["2026-06-01"]

    @pytest.mark.parametrize("takes", ["tbd", "ongoing"])
    def test_an_open_length_has_no_end(self, takes: str) -> None:
        """It has a day to begin on and none to end on."""
        found = only(f"start: 2026-06-01, takes: {takes}")
        assert iso(found.due, found.day) == [None, "2026-06-01"]

    def test_nothing_follows_from_half_of_what_must_be_known(self) -> None:
        """One step before without a day keeps the day open."""
        found = times(
            "a, due: 2026-06-01",
            "b, due: tbd",
            "c, takes: 2d, after: [a, b]",
            head="goal: {outcome: Done, date: tbd}",
        )
        assert found["c"].day is None

    def test_a_cancelled_step_holds_nothing_up(self) -> None:
        """The day follows from the others alone."""
        found = times(
            "a, due: 2026-06-01", "b, due: 2026-09-01, status: cancelled",
            "c, takes: 2d, after: [a, b]",
        )  # fmt: skip
        assert iso(found["c"].due) == ["2026-06-03"]
        assert found["c"].waits_on == ("a",)

    def test_an_open_anchor_leaves_the_day_open(self) -> None:
        """`goal-3w` waits for the goal's day, as a fact and not as a fault."""
        step = only("due: goal-3w", head="goal: {outcome: Done, date: tbd}")
        assert (step.day, step.week, step.agreed) == (None, None, False)

    def test_a_week_of_the_plan_is_known_without_its_day(self) -> None:
        """A plan that has not begun still has an order of weeks."""
        plan = read_plan(LEAST + b"steps: [{id: a, title: T, due: week 9}]\n", "p.yaml")
        step = schedule(plan, TODAY)["a"]
        assert (step.day, step.week) == (None, 9)

    def test_the_order_in_the_file_does_not_matter(self) -> None:
        """Days follow along the dependencies, wherever the steps stand."""
        steps = [
            "a, due: 2026-06-01", "b, takes: 2d, after: [a]",
            "c, takes: 1w, after: [b]",
            "d, takes: 3d, after: [b, c]", "e, due: 2026-08-14, after: [d]",
        ]  # fmt: skip
        expected = {time.step.id: time for time in times(*steps).steps}
        shuffle = random.Random(7)  # noqa: S311  # an order, no secret
        for _ in range(10):
            shuffle.shuffle(steps)
            found = times(*steps)
            assert {time.step.id: time for time in found.steps} == expected
            assert [time.step.id for time in found.steps] == [step[0] for step in steps]

    def test_what_moved_keeps_the_first_day(self) -> None:
        """However often it moved; not if it came back."""
        moves = (
            "moves: [{from: 2026-05-28, to: 2026-06-03}, {from: 2026-06-03, to: %s}]"
        )
        moved = only(f"due: 2026-06-10, {moves % '2026-06-10'}")
        assert iso(moved.moved_from) == ["2026-05-28"]
        back = only(f"due: 2026-05-28, {moves % '2026-05-28'}")
        assert back.moved_from is None
        hidden = only(
            "due: 2026-06-10,"
            " moves: [{from: 2026-06-01, to: 2026-06-10, internal: true}]"
        )
        assert hidden.moved_from is None


class TestStates:
    """One word for each step, by what matters most."""

    @pytest.mark.parametrize(
        ("step", "state", "late"),
        [
            ("status: done", "done", 0),
            ("done: 2026-05-01", "done", 0),
            ("due: 2026-05-20, status: done", "done", 0),
            ("due: 2026-05-20, status: cancelled", "cancelled", 0),
            ("due: 2026-05-20, status: blocked", "blocked", 4),
            ("due: 2026-06-20, status: blocked", "blocked", 0),
            ("due: 2026-05-20", "late", 4),
            ("due: 2026-05-20, status: todo", "late", 4),
            ("due: 2026-05-20, status: in-progress", "late", 4),
            ("due: 2026-05-20, status: at-risk", "late", 4),
            ("due: 2026-05-24", "soon", 0),
            ("due: 2026-05-25", "todo", 0),
            ("due: 2026-06-20, status: at-risk", "at-risk", 0),
            ("due: 2026-06-20, status: in-progress", "in-progress", 0),
            ("due: tbd", "todo", 0),
            ("start: 2026-05-20", "late", 4),
            ("start: 2026-05-20, takes: 4w, status: in-progress", "in-progress", 0),
            ("start: 2026-05-11, takes: 1w, status: in-progress", "in-progress", 0),
            ("status: todo, done: 2026-05-01", "todo", 0),
        ],
    )
    def test_of_one_step(self, step: str, state: str, late: int) -> None:
        """Finished, held up, past its day, on its way, near or far."""
        found = only(step)
        assert (found.state, found.late) == (state, late)

    def test_waits_for_the_unfinished(self) -> None:
        """Its turn has not come, however near its day is."""
        found = times("a, due: 2026-06-20", "b, due: 2026-05-26, after: [a]")
        assert (found["b"].state, found["b"].waits_on) == ("waiting", ("a",))

    def test_does_not_wait_for_what_is_done_or_off(self) -> None:
        """Then it is its turn."""
        found = times(
            "a, status: done",
            "b, status: cancelled",
            "c, due: 2026-05-24, after: [a, b]",
        )
        assert (found["c"].state, found["c"].waits_on) == ("soon", ())

    def test_late_is_told_before_waiting(self) -> None:
        """A day that has passed has passed, whoever is to blame."""
        found = times("a, due: 2026-06-20", "b, due: 2026-05-20, after: [a]")
        assert found["b"].state == "late"

    def test_a_hidden_step_moves_days_and_not_states(self) -> None:
        """Nobody sees that the seller still has something to do."""
        found = times(
            "a, due: 2026-06-01, internal: true", "b, takes: 2d, after: [a]",
            "c, due: 2026-05-24, after: [a]",
        )  # fmt: skip
        assert iso(found["b"].due) == ["2026-06-03"]
        assert (found["c"].state, found["c"].waits_on) == ("soon", ())

    @pytest.mark.parametrize("status", ["won", "lost", "no-decision"])
    def test_where_a_deal_has_ended_nothing_is_late(self, status: str) -> None:
        """Nor near, nor critical; what was blocked stays as it was."""
        found = times(
            "a, due: 2026-05-20", "b, due: 2026-05-26",
            "c, due: 2026-05-20, status: blocked",
            "d, due: 2026-05-20, status: done",
            "e, due: 2026-08-14, kind: signature, after: [a, b]",
            head=f"status: {status}",
        )  # fmt: skip
        states = [time.state for time in found.steps]
        assert states == ["todo", "todo", "blocked", "done", "waiting"]
        assert [time.late for time in found.steps] == [0] * 5
        assert (found.chain, found.spare) == ((), None)
        assert not any(time.critical for time in found.steps)


class TestWayToGoal:
    """The critical path, what it leaves, and when the goal can be expected."""

    @pytest.fixture
    def acme(self) -> Schedule:
        """Return the worked example as of the day it was agreed."""
        file = PLANS / "acme.yaml"
        return schedule(read_plan(file.read_bytes(), file.name), TODAY)

    def test_the_worked_example(self, acme: Schedule) -> None:
        """Four weeks of security review are the way; nine days are left."""
        assert acme.chain == (
            "security-review",
            "pilot",
            "pilot-review",
            "procurement-intake",
            "contract",
        )
        assert (acme.goal_step, acme.spare) == ("contract", 9)
        assert acme.forecast == date(2026, 8, 15)
        assert [time.step.id for time in acme.steps if time.critical] == list(
            acme.chain
        )

    def test_the_worked_examples_days(self, acme: Schedule) -> None:
        """The review can be expected on 10 June, though 28 May is agreed."""
        found = {t.step.id: iso(t.day, t.expected) for t in acme.steps}
        assert found["security-review"] == ["2026-05-28", "2026-06-10"]
        assert found["pilot"] == ["2026-06-11", "2026-07-09"]
        assert found["procurement-intake"] == ["2026-07-23", "2026-08-06"]
        assert [time.week for time in acme.steps] == [1, 2, 3, 4, 5, 9, 11, 14]

    def test_a_slip_on_the_path_moves_the_forecast(self) -> None:
        """What must come before is expected later, and so is the goal."""
        steps = [
            "a, due: 2026-08-03, takes: %s, start: 2026-07-01",
            "b, takes: 2w, after: [a]",
        ]
        steps.append("c, kind: signature, due: 2026-08-14, after: [b]")
        steps[0] = "a, start: 2026-07-01, takes: 4w"
        in_time = times(*steps)
        assert (in_time.forecast, in_time.spare) == (date(2026, 8, 14), 2)
        steps[0] = "a, start: 2026-07-01, takes: 6w"
        late = times(*steps)
        assert (late.forecast, late.spare) == (date(2026, 8, 26), -12)

    def test_nothing_unfinished_is_expected_in_the_past(self) -> None:
        """What is late today can be done today at the earliest, on a business day."""
        assert iso(only("due: 2026-05-01").expected) == ["2026-05-25"]
        assert iso(only("due: 2026-05-01, status: done").expected) == ["2026-05-01"]
        assert iso(only("due: 2026-05-01, done: 2026-05-07").expected) == ["2026-05-07"]

    def test_the_goal_is_the_last_signature(self) -> None:
        """Else the last step due on the goal's day; never one that is off or hidden."""
        found = times("a, kind: signature, due: 2026-07-01",
                      "b, kind: signature, due: 2026-08-01",
                      "c, due: 2026-08-14")  # fmt: skip
        assert found.goal_step == "b"
        off = times("a, kind: signature, due: 2026-08-14, status: cancelled",
                    "b, due: 2026-08-14",
                    "c, due: 2026-08-14, internal: true")  # fmt: skip
        assert off.goal_step == "b"
        assert times("a, due: 2026-08-13").goal_step is None

    def test_a_reached_goal_is_expected_when_it_was_reached(self) -> None:
        """The signature's own day, though another step is open."""
        found = times(
            "a, due: 2026-08-01", "b, kind: signature, done: 2026-05-20, after: [a]"
        )
        assert found.forecast == date(2026, 5, 20)

    def test_without_an_order_there_is_no_path(self) -> None:
        """Steps that depend on nothing leave no time to speak of."""
        found = times("a, due: 2026-06-01", "b, due: 2026-08-14, kind: signature")
        assert (found.chain, found.spare) == ((), None)
        assert not any(time.critical for time in found.steps)

    def test_without_a_day_for_the_goal_nothing_is_forecast_from_it(self) -> None:
        """The order is there, the rest is to be agreed."""
        found = times("a, due: 2026-06-01", head="goal: {outcome: Done, date: tbd}")
        assert (found.forecast, found.spare) == (None, None)


class TestEdges:
    """Plans that nobody should write, and somebody will."""

    def test_no_steps(self) -> None:
        """A plan may begin with its goal alone."""
        found = schedule(read_plan(LEAST, "p.yaml"), TODAY)
        assert (found.steps, found.chain, found.forecast) == ((), (), None)

    @pytest.mark.parametrize("today", [date.min, date(1, 1, 3), TODAY, date.max])
    def test_the_ends_of_time(self, today: date) -> None:
        """Days after the year 9999 do not exist; nothing fails for it."""
        found = times(
            "a, due: 9999-12-31, takes: 3w", "b, takes: 520w, after: [a]",
            "c, start: 9999-12-30, takes: 5d", "d, due: goal+1w",
            "e, due: 0001-01-01, takes: 9d", "f, due: goal-3d, after: [e]",
            "g, kind: signature, due: 9999-12-31, after: [b, c]",
            head="goal: {outcome: Done, date: 9999-12-31, go_live: 9999-12-31}",
            today=today,
        )  # fmt: skip
        assert found["b"].day is None
        assert found["d"].day is None
        assert found["c"].due is None

    def test_nine_hundred_steps_in_a_row(self) -> None:
        """Depth costs time, and no more than a second; it breaks nothing."""
        steps = ["s0, due: 2026-05-25"]
        steps += [f"s{n}, takes: 1d, after: [s{n - 1}]" for n in range(1, 900)]
        found = times(*steps, "end, kind: signature, after: [s899]")
        assert len(found.chain) == 901
        expected = TODAY + timedelta(days=1) + timedelta(weeks=899 // 5, days=899 % 5)
        assert found["s899"].due == expected


class TestWayBack:
    """The latest days that meet the goal, what is to spare, and what cannot hold."""

    CHAIN = (
        "a, takes: 2w",
        "b, takes: 5d, after: [a]",
        "c, takes: 1d, kind: signature, due: 2026-08-14, after: [b]",
    )

    def test_a_step_with_a_length_and_no_day_gets_the_latest_one(self) -> None:
        """Nobody agreed on it, and it does not move with today."""
        found = times(*self.CHAIN)
        assert iso(found["b"].begin, found["b"].due) == ["2026-08-06", "2026-08-13"]
        assert iso(found["a"].begin, found["a"].due) == ["2026-07-23", "2026-08-06"]
        assert [t.worked_back for t in found.steps] == [True, True, False]
        assert not found["a"].agreed
        later = times(*self.CHAIN, today=date(2026, 7, 20))
        assert later["a"].due == found["a"].due

    def test_it_is_still_expected_as_soon_as_can_be(self) -> None:
        """The way back says by when, the way forward says when."""
        found = times(*self.CHAIN)
        assert iso(found["a"].start, found["a"].expected) == [
            "2026-05-25",
            "2026-06-08",
        ]
        assert found["a"].latest == found["a"].due

    def test_a_day_before_today_is_no_day(self) -> None:
        """Then it follows from today, and the goal is behind by what is missing."""
        found = times(*self.CHAIN, today=date(2026, 8, 3))
        assert not found["a"].worked_back
        assert iso(found["a"].begin, found["a"].due) == ["2026-08-03", "2026-08-17"]
        assert found.forecast == date(2026, 8, 25)
        assert found["a"].slack == -7

    def test_an_agreed_day_after_it_bounds_it(self) -> None:
        """What both sides agreed on is kept, and the slack says what the goal bears."""
        found = times(
            "a, takes: 2w", "b, takes: 5d, due: 2026-07-01, after: [a]",
            "c, kind: signature, due: 2026-08-14, after: [b]",
        )  # fmt: skip
        assert found["a"].due == date(2026, 6, 24)
        assert found["a"].latest == date(2026, 8, 7)

    def test_the_goals_buffer_is_kept_free(self) -> None:
        """A week before the signature nothing is planned."""
        head = "goal: {outcome: Done, date: 2026-08-14, buffer: 1w}"
        found = times(*self.CHAIN, head=head)
        assert found["b"].due == date(2026, 8, 6)

    def test_what_follows_from_something_stated_is_not_worked_back(self) -> None:
        """After an agreed day a length is enough."""
        found = times(
            "a, due: 2026-06-01", "b, takes: 1w, after: [a]",
            "c, kind: signature, due: 2026-08-14, after: [b]",
        )  # fmt: skip
        assert iso(found["b"].due) == ["2026-06-08"]
        assert (found["b"].slack, found["c"].slack) == (49, 0)

    def test_without_a_goal_day_the_end_is_the_goal(self) -> None:
        """What ends last has no slack; what ends earlier has the difference."""
        found = times(
            "a, takes: 5d", "b, takes: 2d", "c, takes: 1d, after: [a, b]",
            head="goal: {outcome: Done, date: tbd}",
        )  # fmt: skip
        assert [t.slack for t in found.steps] == [0, 3, 0]
        assert found.finish == date(2026, 6, 2)

    def test_a_range_has_an_early_and_a_late_end(self) -> None:
        """The shorter lengths give one, the longer ones the other."""
        plan = planned(
            "a, takes: 5d-10d", "b, takes: 2d, after: [a]",
            head="goal: {outcome: Done, date: tbd}",
        )  # fmt: skip
        found = schedule(plan, TODAY, early=True)
        assert iso(found["b"].early, found["b"].expected) == [
            "2026-06-03",
            "2026-06-10",
        ]

    def test_an_agreed_day_that_cannot_hold_names_the_reason(self) -> None:
        """The step before ends too late, or its own length is too long."""
        found = times(
            "a, start: 2026-05-25, takes: 3w",
            "b, takes: 5d, due: 2026-06-16, after: [a]",
            "c, start: 2026-05-25, takes: 3w, due: 2026-06-01",
            "d, due: 2026-06-15, after: [a]",
        )  # fmt: skip
        assert (found["b"].held_by, iso(found["b"].earliest)) == ("a", ["2026-06-22"])
        assert (found["c"].held_by, iso(found["c"].earliest)) == ("c", ["2026-06-15"])
        assert (found["d"].held_by, found["d"].earliest) == (None, None)

    def test_after_a_day_that_is_not_known_a_length_still_counts(self) -> None:
        """At the earliest it ends so long after what is known, and after today."""
        found = times(
            "a, due: 2026-06-01",
            "b, due: tbd, after: [a]",
            "c, takes: 10d, after: [b]",
            "d, due: 2026-06-08, after: [c]",
        )  # fmt: skip
        assert iso(found["c"].due, found["c"].expected) == [None, "2026-06-15"]
        assert (found["d"].held_by, iso(found["d"].earliest)) == ("c", ["2026-06-15"])
        found = times("b, due: tbd", "c, takes: 10d, after: [b]", "d, after: [c]")
        assert iso(found["c"].expected) == ["2026-06-08"]

    def test_a_day_more_or_less_is_a_way_of_counting(self) -> None:
        """Four weeks from a Monday end on a Friday for some."""
        found = times("a, start: 2026-06-01, takes: 4w, due: 2026-06-26")
        assert (found["a"].held_by, iso(found["a"].expected)) == (None, ["2026-06-26"])

    @pytest.mark.parametrize("step", ["a", "b"])
    @pytest.mark.parametrize("takes", ["3d", "7cd", "1w"])
    @pytest.mark.parametrize("goal", ["2026-06-24", "2026-06-27"])
    def test_the_slack_is_what_a_step_can_slip(
        self, step: str, takes: str, goal: str
    ) -> None:
        """Not a business day more, where agreed days follow, nor a day less."""
        plan = planned(
            "a, due: 2026-06-01",
            f"b, takes: {takes}, due: 2026-06-15, after: [a]",
            f"c, takes: {takes}, kind: signature, due: {goal}, after: [b]",
            head=f"goal: {{outcome: Done, date: {goal}}}",
        )
        now = schedule(plan, TODAY)
        slack = now[step].slack
        assert slack
        assert now.forecast is not None
        borne = schedule(plan, TODAY, {step: days(slack)})
        assert borne.forecast == now.forecast
        missed = schedule(plan, TODAY, {step: days(slack + 1)}).forecast
        assert missed
        assert missed > now.forecast

    def test_a_day_of_counting_is_no_slack_of_what_comes_before(self) -> None:
        """What is a workday longer than agreed bears no delay besides."""
        plan = planned(
            "a, due: 2026-06-01",
            "b, takes: 4d, kind: signature, due: 2026-06-04, after: [a]",
            head="goal: {outcome: Done, date: 2026-06-04}",
        )
        now = schedule(plan, TODAY)
        assert (now["a"].slack, iso(now.forecast)) == (0, ["2026-06-04"])
        assert iso(schedule(plan, TODAY, {"a": days(1)}).forecast) == ["2026-06-08"]

    def test_a_business_day_after_a_saturday_is_the_monday(self) -> None:
        """As the slack counts it."""
        plan = planned("a, due: 2026-06-06")
        assert iso(schedule(plan, TODAY, {"a": days(1)})["a"].expected) == [
            "2026-06-08"
        ]

    def test_a_slip_moves_what_depends_on_it(self) -> None:
        """And nothing else; the plan itself is as it was."""
        steps = (
            "a, due: 2026-08-03",
            "b, takes: 1w, after: [a]",
            "c, kind: signature, due: 2026-08-14, after: [b]",
            "d, due: 2026-07-01",
        )
        plan = planned(*steps)
        slipped = schedule(plan, TODAY, {"a": days(10)})
        assert iso(slipped["a"].expected, slipped["b"].due) == [
            "2026-08-17",
            "2026-08-24",
        ]
        assert slipped.forecast == date(2026, 8, 24)
        assert slipped["d"].expected == date(2026, 7, 1)
        assert schedule(plan, TODAY).forecast == date(2026, 8, 14)

    def test_what_comes_after_the_goal_bounds_it_only_by_go_live(self) -> None:
        """A kickoff of a week is no reason to sign a week before the goal."""
        steps = (
            "a, takes: 1w",
            "b, kind: signature, takes: 0d, after: [a]",
            "c, takes: 5d, after: [b]",
        )
        found = times(*steps)
        assert iso(found["b"].latest, found["c"].latest) == ["2026-08-14", None]
        head = "goal: {outcome: Done, date: 2026-08-14, go_live: 2026-08-17}"
        found = times(*steps, head=head)
        assert iso(found["b"].latest, found["c"].latest) == ["2026-08-10", "2026-08-17"]

    def test_hidden_steps_count_on_the_way_back(self) -> None:
        """What the seller prepares needs its time, without a trace of its own."""
        found = times(
            "a, takes: 1w", "b, takes: 2w, after: [a], internal: true",
            "c, kind: signature, due: 2026-08-14, after: [b]",
        )  # fmt: skip
        assert found["a"].due == date(2026, 7, 31)

    def test_steps_beside_the_path_with_as_little_slack_are_critical(self) -> None:
        """Two ways that are as long are both the critical path."""
        found = times(
            "a, takes: 5d", "b, takes: 5d", "c, takes: 1d, after: [a, b]",
            head="goal: {outcome: Done, date: tbd}",
        )  # fmt: skip
        assert [t.critical for t in found.steps] == [True, True, True]
