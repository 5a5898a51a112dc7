"""The plan's calendar: business days as numpy counts them, and weeks from `created`."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from mapsite.plan.calendar import Calendar, known_holidays
from mapsite.plan.moment import read_duration, read_moment
from mapsite.plan.read import read_plan

MANY = settings(max_examples=300, derandomize=True, deadline=None, database=None)
days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar(
    created: str = "2026-05-12",
    goal: str = "2026-08-14",
    go_live: str = "2026-09-30",
    work: str = "{}",
) -> Calendar:
    """Return the calendar of a plan with these days."""
    text = f"""
title: Plan
created: {created}
goal: {{outcome: Done, date: {goal}, go_live: {go_live}}}
buyer: {{name: Acme}}
seller: {{name: Mama}}
calendar: {work}
"""
    return Calendar(read_plan(text.encode(), "deal.yaml"))


def day(made: Calendar, text: str, *, end: bool = True) -> str | None:
    """Return the day that *text* names."""
    moment = read_moment(text)
    assert moment
    found = made.resolve(moment, end=end)
    return found.isoformat() if found else None


class TestBusinessDays:
    """`d` moves by business days, onto one first."""

    @MANY
    @given(
        start=days,
        count=st.integers(-400, 400),
        free=st.sets(days, max_size=8),
        workdays=st.sets(st.integers(0, 6), min_size=1),
    )
    def test_counts_as_numpy_does(
        self, start: date, count: int, free: set[date], workdays: set[int]
    ) -> None:
        """Any weekdays, any free days, forwards and backwards."""
        near = {start + timedelta(days=(d - date(2025, 1, 1)).days % 60) for d in free}
        windows = [f"{{from: {d}, to: {d}}}" for d in sorted(free | near)]
        names = ", ".join(WEEKDAYS[number] for number in sorted(workdays))
        made = calendar(work=f"{{workdays: [{names}], closed: [{', '.join(windows)}]}}")
        expected = np.busday_offset(
            np.datetime64(start),
            count,
            roll="backward" if count < 0 else "forward",
            weekmask=[number in workdays for number in range(7)],
            holidays=[np.datetime64(d) for d in free | near],
        )
        assert made.shift(start, count, "d") == expected.astype(date)

    @pytest.mark.parametrize(
        ("count", "expected"),
        [(0, "2026-07-06"), (1, "2026-07-07"), (-1, "2026-06-29"), (-0, "2026-07-06")],
    )
    def test_steps_over_closed_windows(self, count: int, expected: str) -> None:
        """From a closed day it goes to the next business day, or back for a minus."""
        made = calendar(work="{closed: [{from: 2026-07-01, to: 2026-07-05}]}")
        landed = made.shift(date(2026, 7, 3), count, "d")
        assert landed == date.fromisoformat(expected)

    def test_knows_holidays_of_countries_and_regions(self) -> None:
        """Memorial Day is free in the US, Corpus Christi in Bavaria, not in Berlin."""
        memorial, corpus_christi = date(2026, 5, 25), date(2026, 6, 4)
        assert not calendar(work="{holidays: [US]}").is_workday(memorial)
        assert not calendar(work="{holidays: [US, DE-BY]}").is_workday(corpus_christi)
        assert calendar(work="{holidays: [DE-BE]}").is_workday(corpus_christi)
        assert calendar().is_workday(memorial)

    def test_knows_other_weeks(self) -> None:
        """A week from Sunday to Thursday has its weekend on Friday and Saturday."""
        made = calendar(work="{workdays: sun-thu}")
        assert made.shift(date(2026, 5, 21), 1, "d") == date(2026, 5, 24)

    def test_weeks_and_calendar_days_land_where_they_land(self) -> None:
        """`w` and `cd` pass over weekends and closed windows without noticing."""
        made = calendar(work="{closed: [{from: 2026-07-01, to: 2026-07-05}]}")
        assert made.shift(date(2026, 6, 27), 1, "w") == date(2026, 7, 4)
        assert made.shift(date(2026, 6, 11), 30, "cd") == date(2026, 7, 11)
        assert made.shift(date(2026, 7, 11), -30, "cd") == date(2026, 6, 11)

    def test_no_business_day_in_sight(self) -> None:
        """A calendar that is closed for thirty years gives no day, and soon."""
        made = calendar(work="{closed: [{from: 1990-01-01, to: 2090-01-01}]}")
        assert made.shift(date(2026, 5, 12), 3, "d") is None
        assert made.roll(date(2026, 5, 12), -1) is None

    def test_a_hidden_window_is_open(self) -> None:
        """What is internal moves no date that can be seen."""
        made = calendar(
            work="{closed: [{from: 2026-05-13, to: 2026-05-29, internal: true}]}"
        )
        assert made.is_workday(date(2026, 5, 13))

    @pytest.mark.parametrize("code", ["US", "DE", "DE-BY", "GB-SCT", "AE"])
    def test_known_codes(self, code: str) -> None:
        """Countries, and regions of countries."""
        assert known_holidays(code)

    @pytest.mark.parametrize("code", ["XX", "us", "DE-XX", "USA", "", "-", "DE_BY"])
    def test_unknown_codes(self, code: str) -> None:
        """Anything else is told as a fault of the plan."""
        assert not known_holidays(code)


class TestWeeks:
    """Week 1 is the week of `created`, from Monday; there is no week 0."""

    @pytest.mark.parametrize(
        ("on", "week"),
        [
            ("2026-05-11", 1),
            ("2026-05-13", 1),
            ("2026-05-17", 1),
            ("2026-05-18", 2),
            ("2026-05-28", 3),
            ("2026-08-15", 14),
            ("2026-05-10", -1),
            ("2026-05-04", -1),
            ("2026-05-03", -2),
        ],
    )
    def test_numbers_as_the_worked_example_has_them(self, on: str, week: int) -> None:
        """A plan of Tuesday 12 May has 13 May in week 1 and 15 August in week 14."""
        assert calendar().week(date.fromisoformat(on)) == week

    @pytest.mark.parametrize(
        ("text", "last", "first"),
        [
            ("week 1", "2026-05-15", "2026-05-11"),
            ("week 3", "2026-05-29", "2026-05-25"),
            ("week -1", "2026-05-08", "2026-05-04"),
        ],
    )
    def test_a_week_is_its_last_business_day(
        self, text: str, last: str, first: str
    ) -> None:
        """What is due in a week is due at its end; what starts, starts at its head."""
        assert day(calendar(), text) == last
        assert day(calendar(), text, end=False) == first

    def test_a_week_without_work_is_its_monday_to_friday(self) -> None:
        """There is still a day to speak of."""
        made = calendar(work="{closed: [{from: 2026-05-18, to: 2026-05-24}]}")
        assert day(made, "week 2") == "2026-05-22"
        assert day(made, "week 2", end=False) == "2026-05-18"

    def test_a_short_week_ends_early(self) -> None:
        """Where Friday is free, Thursday is the last day."""
        made = calendar(work="{closed: [{from: 2026-05-22, to: 2026-05-22}]}")
        assert day(made, "week 2") == "2026-05-21"

    @given(on=days)
    def test_each_day_is_in_the_week_that_names_it(self, on: date) -> None:
        """What `week 9` means and what is in week 9 are one thing."""
        made = calendar()
        week = made.week(on)
        assert week
        if abs(week) <= 520:
            last, first = (
                day(made, f"week {week}"),
                day(made, f"week {week}", end=False),
            )
            monday = on - timedelta(days=on.weekday())
            assert (first, last) == (str(monday), str(monday + timedelta(days=4)))

    def test_without_created_there_are_no_weeks(self) -> None:
        """The plan has no day 0 to count from."""
        made = calendar(created="")
        assert made.week(date(2026, 5, 12)) is None
        assert day(made, "week 3") is None


class TestOffsets:
    """An anchor with so many units before or after it."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("created+14d", "2026-06-01"),
            ("created+0d", "2026-05-12"),
            ("created-1d", "2026-05-11"),
            ("created+2w", "2026-05-26"),
            ("created+30cd", "2026-06-11"),
            ("goal-3w", "2026-07-24"),
            ("goal+2w", "2026-08-28"),
            ("goal-1d", "2026-08-13"),
            ("go-live-6w", "2026-08-19"),
            ("go-live-10d", "2026-09-16"),
            ("go-live+7cd", "2026-10-07"),
            ("2026-05-23", "2026-05-23"),
        ],
    )
    def test_resolve(self, text: str, expected: str) -> None:
        """Business days, weeks and calendar days, both ways; a date is itself."""
        assert day(calendar(), text) == expected

    def test_an_open_anchor_leaves_them_open(self) -> None:
        """A goal to be agreed is no error: what hangs on it waits."""
        made = calendar(goal="tbd", go_live="tbd")
        assert day(made, "goal-3w") is None
        assert day(made, "go-live+1d") is None
        assert day(made, "created+1d") == "2026-05-13"
        assert day(made, "tbd") is None

    def test_a_range_counts_with_its_longer_length(self) -> None:
        """A step of five to ten days is planned with ten, forwards and backwards."""
        made, takes = calendar(), read_duration("5d-10d")
        assert takes
        assert made.add(date(2026, 6, 1), takes) == date(2026, 6, 15)
        assert made.subtract(date(2026, 6, 15), takes) == date(2026, 6, 1)
        mixed = read_duration("5d-2w")
        assert mixed
        assert made.add(date(2026, 6, 1), mixed) == date(2026, 6, 15)


class TestEdges:
    """The ends of time are days like others, until they are over."""

    def test_the_year_9999(self) -> None:
        """What would lie behind the last day has no day."""
        made = calendar(goal="9999-12-31", go_live="9999-12-30")
        assert day(made, "goal-3w") == "9999-12-10"
        assert day(made, "goal-1d") == "9999-12-30"
        assert day(made, "goal+1d") is None
        assert day(made, "goal+1w") is None
        assert day(made, "go-live+1cd") == "9999-12-31"
        assert made.roll(date.max) == date.max

    def test_the_year_1(self) -> None:
        """What would lie before the first day has no day."""
        made = calendar(created="0001-01-01")
        assert day(made, "created-1d") is None
        assert day(made, "created-1cd") is None
        assert day(made, "week -1") is None
        assert day(made, "week 1") == "0001-01-05"

    def test_the_last_weekend_of_time_has_no_business_day_after_it(self) -> None:
        """Without a workday left, nothing is found instead of an overflow."""
        made = calendar(work="{workdays: [mon]}")
        assert made.roll(date.max) is None
        assert made.roll(date(1, 1, 2), -1) == date(1, 1, 1)
        assert calendar(work="{workdays: [sun]}").roll(date.min, -1) is None

    def test_holidays_of_years_that_nobody_has_planned(self) -> None:
        """Far years have workdays, whatever is known of their holidays."""
        made = calendar(work="{holidays: [US, DE-BY, IL]}")
        assert made.roll(date(9990, 1, 4)) is not None
        assert made.roll(date(1, 3, 1)) is not None
