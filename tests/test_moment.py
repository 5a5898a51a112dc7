"""Moments and durations as plans write them."""

from __future__ import annotations

from datetime import date

import pytest

from mapsite.plan.day import read_date
from mapsite.plan.moment import (
    Duration,
    Moment,
    nearest_moment,
    read_duration,
    read_moment,
)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-05-28", date(2026, 5, 28)), ("2028-02-29", date(2028, 2, 29))],
)
def test_date_is_year_month_day(text: str, day: date) -> None:
    """A day is written in one way."""
    assert read_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "2026-5-28",
        "20260528",
        "2026-W22-4",
        "28.05.2026",
        "2026-05-28 ",
        "2026-05-28\n",
        "\uff12026-05-28",
        "",
    ],
)
def test_other_texts_are_no_date(text: str) -> None:
    """Nothing is guessed about a day."""
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tbd", Moment("tbd")),
        ("2026-05-28", Moment("2026-05-28", day=date(2026, 5, 28))),
        ("week 9", Moment("week 9", week=9)),
        ("week -1", Moment("week -1", week=-1)),
        ("week 520", Moment("week 520", week=520)),
        (
            "created+14d",
            Moment("created+14d", anchor="created", offset=14, unit="d"),
        ),
        ("goal-3w", Moment("goal-3w", anchor="goal", offset=-3, unit="w")),
        ("go-live-6w", Moment("go-live-6w", anchor="go-live", offset=-6, unit="w")),
        ("goal+30cd", Moment("goal+30cd", anchor="goal", offset=30, unit="cd")),
        ("goal+0d", Moment("goal+0d", anchor="goal", offset=0, unit="d")),
        ("goal", Moment("goal", anchor="goal", offset=0, unit="cd")),
        ("go-live", Moment("go-live", anchor="go-live", offset=0, unit="cd")),
        ("created", Moment("created", anchor="created", offset=0, unit="cd")),
        ("goal-520w", Moment("goal-520w", anchor="goal", offset=-520, unit="w")),
    ],
)
def test_moment_is_a_day_a_week_or_an_offset(text: str, moment: Moment) -> None:
    """Every way to write a moment keeps its text."""
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TBD",
        "asap",
        "week 0",
        "week 521",
        "week -521",
        "week 09",
        "week  9",
        "week9",
        "goal-3",
        "goal 3w",
        "goal-3.5w",
        "goal--3w",
        "goal-521w",
        "goal-99999cd",
        "goal-2m",
        "signature+2w",
        "golive+2w",
        "2026-02-30",
        "goal-٣w",
        "go_live",
        "goal ",
        "signature",
    ],
)
def test_other_texts_are_no_moment(text: str) -> None:
    """A moment that is written wrongly is not guessed."""
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("go_live+2w", "go-live+2w"),
        ("golive", "go-live"),
        ("Go live - 2 weeks", "go-live-2w"),
        ("goal -3w", "goal-3w"),
        ("created+14 days", "created+14d"),
        ("Week 9", "week 9"),
        ("week9", "week 9"),
        ("TBD", "tbd"),
        ("goal-3w", None),
        ("goal-2m", None),
        ("soon", None),
        ("1" * 100_000, None),
    ],
)
def test_what_was_nearly_a_moment_is_suggested(text: str, near: str | None) -> None:
    """A message can say how it is written."""
    assert nearest_moment(text) == near


def test_only_tbd_is_open() -> None:
    """Both sides know that `tbd` is to be agreed."""
    assert Moment("tbd").open
    assert not Moment("week 9", week=9).open


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("5d", Duration("5d", 5, "d", 5, "d")),
        ("4w", Duration("4w", 4, "w", 4, "w")),
        ("30cd", Duration("30cd", 30, "cd", 30, "cd")),
        ("5d-10d", Duration("5d-10d", 5, "d", 10, "d")),
        ("5d-2w", Duration("5d-2w", 5, "d", 2, "w")),
        ("520w", Duration("520w", 520, "w", 520, "w")),
        ("2600d", Duration("2600d", 2600, "d", 2600, "d")),
    ],
)
def test_duration_is_a_number_or_a_range(text: str, duration: Duration) -> None:
    """A range keeps the unit of each of its ends."""
    assert read_duration(text) == duration
    assert duration.known


@pytest.mark.parametrize("text", ["tbd", "ongoing"])
def test_duration_may_be_unknown(text: str) -> None:
    """No date follows from a duration that is not a number."""
    duration = read_duration(text)
    assert duration
    assert not duration.known


@pytest.mark.parametrize(
    "text",
    ["", "5", "5 d", "5 days", "-5d", "1.5w", "600w", "521w", "10d-5d", "5-10d", "1y"],
)
def test_other_texts_are_no_duration(text: str) -> None:
    """A duration that is written wrongly is not guessed."""
    assert read_duration(text) is None
