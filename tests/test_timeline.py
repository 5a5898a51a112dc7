"""The timeline's drawing: what stands where, read from the SVG as a browser would."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mapsite.room.timeline import Chart, Row, Words, draw, legend

TODAY = date(2026, 5, 24)
GOLDEN = Path(__file__).parent / "golden" / "timeline.svg"
NAMES = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
]  # fmt: skip
WORDS = Words(
    buyer_done="Acme, done",
    buyer_todo="Acme, to come",
    seller_done="Mama, done",
    seller_todo="Mama, to come",
    critical="Critical path",
    bar="Time the work takes",
    late="Past its date",
    moved="Moved from",
    derived="Not agreed yet",
    spare="Time to spare",
    held="As things stand",
)
BOTH = ("buyer", "seller")
HOSTILE = """</text></svg><script>alert(1)</script>" onload="x' &amp; <b>"""


def short(day: date) -> str:
    """Write a day as the drawing does."""
    return f"{day.day} {NAMES[day.month - 1]}"


def month(day: date) -> str:
    """Name a month, with its year where one begins."""
    return NAMES[day.month - 1] + (f" {day.year}" if day.month == 1 else "")


def row(label: str, day: date | None = None, **values: object) -> Row:
    """Make a row of the buyer's that is still to do."""
    text = short(day) if day else ""
    known = {"state": "todo", "sides": ("buyer",), "note": text, "day_text": text}
    return Row(**{"kind": "step", "label": label, "day": day} | known | values)


def chart(*rows: Row, goal: date | None = None, **values: object) -> Chart:
    """Make a chart in English."""
    known = {
        "today": TODAY,
        "today_text": f"Today {short(TODAY)}",
        "today_day_text": short(TODAY),
        "today_word": "Today",
        "goal_text": "Goal",
        "buyer_letter": "A",
        "seller_letter": "M",
        "label": "Drawing",
        "months": month,
        "words": WORDS,
        "first_word": "First",
        "last_text": "Goal, on a day we choose together",
    }
    return Chart(**{"rows": rows, "goal": goal} | known | values)


def full_chart() -> Chart:
    """Make a chart in which every sign occurs."""
    return chart(
        row("Evaluate", date(2026, 4, 14), kind="folded", state="done", note="5 of 5",
            start=date(2026, 2, 9), sides=BOTH),
        Row("phase", "Prove"),
        row("Demo", date(2026, 5, 12), state="done", sides=("seller",)),
        row("Workshop", None, state="done", sides=BOTH),
        row("Report", date(2026, 5, 20), state="blocked", note="Blocked, 4 days",
            sides=("seller",), start=date(2026, 4, 20), moved_from=date(2026, 5, 8),
            critical=True, begun=True),
        row("Review", date(2026, 6, 18), critical=True, after=(4,), sides=BOTH),
        row("Pilot", date(2026, 6, 25), end=date(2026, 7, 16), derived=True,
            critical=True, after=(5,), note="25 Jun, runs to 16 Jul"),
        row("Old idea", date(2026, 6, 2), state="cancelled", sides=BOTH),
        row("Board", None, note="A day to choose", state="open"),
        row("Archive", date(2026, 7, 20), sides=()),
        row("Contract", date(2026, 7, 31), kind="goal", critical=True, after=(6,)),
        row("Renewal", date(2026, 8, 31), kind="event", state="", sides=()),
        goal=date(2026, 7, 31),
    )  # fmt: skip


def long_chart(count: int, step: int) -> Chart:
    """Make a chart of *count* rows, *step* days apart, the first third done."""
    days = [date(2026, 3, 1) + timedelta(days=step * n) for n in range(count)]
    rows = [
        row(
            f"Step {n}",
            day,
            state="done" if n < count / 3 else "todo",
            sides=(("buyer",), ("seller",), BOTH, ())[n % 4],
            critical=n % 5 == 0,
            after=(n - 5,) if n % 5 == 0 and n else (),
            start=day - timedelta(days=step) if n % 3 == 0 else None,
        )
        for n, day in enumerate(days)
    ]
    return chart(*rows, goal=days[-1])


CHARTS = {
    "full": full_chart(),
    "sixty rows": long_chart(60, 4),
    "six years": long_chart(13, 180),
    "three days": chart(
        row("Call", TODAY - timedelta(days=1), state="done", sides=BOTH),
        row("Sign", TODAY + timedelta(days=2), kind="goal"),
        goal=TODAY + timedelta(days=2),
    ),
    "one day": chart(row("Sign", TODAY, kind="goal"), goal=TODAY),
    "goal tomorrow": chart(
        row("Sign", TODAY + timedelta(days=1), kind="goal"),
        row("Go-live", TODAY + timedelta(days=90), kind="event"),
        goal=TODAY + timedelta(days=1),
    ),
    "long past": chart(
        row("Call", date(2024, 2, 3), state="done"),
        row("Sign", date(2024, 3, 28), kind="goal", state="late", note="2 years late"),
        goal=date(2024, 3, 28),
    ),
    "far away": chart(
        row("Call", date(2028, 2, 3)),
        row("Sign", date(2028, 3, 28), kind="goal"),
        goal=date(2028, 2, 3),
    ),
    "only a goal": chart(row("Call"), row("Demo"), goal=date(2026, 8, 15)),
    "only a day": chart(row("Call"), row("Demo", date(2026, 6, 2)), row("Pilot")),
    "the ends of time": chart(row("Call", date.min), row("Sign", date.max)),
    "no days": chart(row("Call"), Row("phase", "Prove"), row("Sign", kind="goal")),
    "no rows": chart(goal=date(2026, 8, 15)),
}


def parsed(drawn: Chart) -> ET.Element:
    """Read the drawing as XML."""
    return ET.fromstring(str(draw(drawn)))  # noqa: S314  # our own drawing


def percent(element: ET.Element, name: str) -> float:
    """Return an attribute that is given in percent; a bare 0 is one too."""
    value = element.get(name, "0")
    assert value == "0" or value.endswith("%"), value
    return float(value.removesuffix("%"))


def em(element: ET.Element, name: str) -> float:
    """Return an attribute that is given in em."""
    return float(element.get(name, "0").removesuffix("em"))


def named(root: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of class *name*, without its prefix."""
    wanted = f"map-g-{name}"
    return [e for e in root.iter() if wanted in e.get("class", "").split()]


def texts(root: ET.Element) -> dict[str, ET.Element]:
    """Return the texts of the drawing by their words, letters of tokens aside."""
    found = (e for e in root.iter("text") if "map-g-let" not in e.get("class", ""))
    return {e.text or "": e for e in found}


def spots(root: ET.Element, shape: str) -> list[tuple[float, float]]:
    """Return where shapes of class *shape* stand: percent across, em down."""
    return [
        (percent(group, "x"), em(group, "y"))
        for group in root.iter("svg")
        if group is not root
        and any(f"map-g-{shape}" in e.get("class", "") for e in group)
    ]


def span(text: ET.Element, wide: float) -> tuple[float, float]:
    """Return where a text begins and ends, in em, in a drawing *wide* em wide."""
    length = 0.5 * len(text.text or "")
    part = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor", ""), 0.0)
    begin = percent(text, "x") * wide / 100 + em(text, "dx") - part * length
    return begin, begin + length


def words_of(drawn: Chart) -> list[str]:
    """Return what the legend explains."""
    return [sign.words for sign in legend(drawn, draw(drawn))]


def test_today_and_the_goal_stand_on_the_scale() -> None:
    """Half way between the first day and the goal, today's line is half way too."""
    first, goal = TODAY - timedelta(days=40), TODAY + timedelta(days=40)
    root = parsed(chart(row("Call", first), row("Sign", goal, kind="goal"), goal=goal))
    ((begin, _),) = spots(root, "buyer")
    (today,), (line,) = named(root, "now"), named(root, "goal")
    assert percent(line, "x1") == percent(line, "x2")
    middle = (begin + percent(line, "x1")) / 2
    assert percent(today, "x1") == pytest.approx(middle, abs=0.02)
    assert percent(named(root, "band")[0], "width") == percent(today, "x1")


def test_later_days_stand_further_right() -> None:
    """Sixty steps in order go steadily from left to right and from top to bottom."""
    root = parsed(replace(long_chart(60, 4), goal=None))
    places = sorted(
        {*spots(root, "buyer"), *spots(root, "seller"), *spots(root, "none")},
        key=lambda place: place[1],
    )
    assert len(places) == 60
    assert places == sorted(places)
    gaps = [b[0] - a[0] for a, b in pairwise(places)]
    assert max(gaps) - min(gaps) <= 0.021


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("wide", [50, 56, 70])
def test_texts_of_the_header_keep_off_each_other(name: str, wide: float) -> None:
    """Neither months nor today and the goal overlap, however wide the drawing is."""
    by_line: dict[float, list[tuple[float, float]]] = {}
    for text in texts(parsed(CHARTS[name])).values():
        if em(text, "y") < 4:
            by_line.setdefault(em(text, "y"), []).append(span(text, wide))
    for spans in by_line.values():
        for (_, end), (begin, _) in pairwise(sorted(spans)):
            assert end < begin


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_leaves_the_picture(name: str) -> None:
    """Every shape and every text lies between 0 and 100 percent and the two edges."""
    root = parsed(CHARTS[name])
    height = em(root, "height")
    for element in root.iter():
        if element is root or any(element in group for group in root.iterfind("svg")):
            continue
        for attribute in {"x", "x1", "x2"} & set(element.keys()):
            assert 0 <= percent(element, attribute) <= 100
        for attribute in {"y", "y1", "y2"} & set(element.keys()):
            assert 0 <= em(element, attribute) <= height
        if element.tag == "rect":
            assert percent(element, "x") + percent(element, "width") <= 100.011
    for text in texts(root).values():
        begin, end = span(text, 50)
        assert begin > -0.1
        assert end < 50.1


@pytest.mark.parametrize("name", CHARTS)
def test_a_text_never_covers_a_token_of_its_row(name: str) -> None:
    """A row's text stands beside its shapes in the narrowest and the widest drawing."""
    root = parsed(CHARTS[name])
    for wide in (50, 70):
        for group in root.iterfind("svg"):
            for text in texts(root).values():
                if abs(em(text, "y") - em(group, "y")) < 1:
                    begin, end = span(text, wide)
                    middle = percent(group, "x") * wide / 100
                    assert end < middle or begin > middle


@pytest.mark.parametrize("name", CHARTS)
def test_the_drawing_has_no_style_and_is_one_picture(name: str) -> None:
    """A strict policy lets every attribute pass, and one sentence tells what it is."""
    root = parsed(CHARTS[name])
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Drawing"
    assert not [
        key for e in root.iter() for key in e.attrib if key.startswith(("on", "style"))
    ]
    assert {e.tag for e in root.iter()} <= {"svg", "line", "rect", "circle", "text"}


def test_hostile_words_stay_words() -> None:
    """Markup in any text of a plan arrives as its characters."""
    hostile = chart(
        row(HOSTILE, TODAY, note=HOSTILE, sides=BOTH),
        goal=TODAY,
        label=HOSTILE,
        today_text=HOSTILE,
        goal_text=HOSTILE,
        buyer_letter="<",
        seller_letter='"',
        months=lambda _: HOSTILE,
    )
    root = parsed(hostile)
    assert root.get("aria-label") == HOSTILE
    assert HOSTILE in texts(root)
    assert {e.tag for e in root.iter()} <= {"svg", "line", "rect", "circle", "text"}
    staircase = parsed(
        replace(hostile, rows=(row(HOSTILE),), goal=None, first_word=HOSTILE)
    )
    assert HOSTILE in texts(staircase)
    assert "<script" not in "".join(
        sign.drawing for sign in legend(hostile, draw(hostile))
    )


def test_both_sides_differ_by_shape_and_letter() -> None:
    """The buyer is a circle with its letter, the seller a square with its own."""
    root = parsed(chart(row("Call", TODAY, sides=BOTH)))
    (buyer, *_), (seller, *_) = named(root, "buyer"), named(root, "seller")
    assert (buyer.tag, seller.tag) == ("circle", "rect")
    letters = {e.text: em(e, "x") for e in named(root, "let")}
    assert letters["A"] < 0 < letters["M"]


def test_nobody_named_is_a_neutral_ring() -> None:
    """A step without owners shows neither side."""
    root = parsed(chart(row("Call", TODAY, sides=())))
    assert len(named(root, "none")) == 1
    assert not named(root, "buyer")
    assert not named(root, "let")


def test_full_means_done() -> None:
    """A finished step is filled, a later one an outline, a day nobody agreed dashed."""
    root = parsed(
        chart(
            row("Call", TODAY, state="done"),
            row("Demo", TODAY + timedelta(days=5)),
            row("Pilot", TODAY + timedelta(days=9), derived=True),
        )
    )
    classes = [e.get("class") for e in named(root, "buyer")]
    assert classes == ["map-g-buyer is-full", "map-g-buyer", "map-g-buyer is-open"]


def test_a_bar_is_full_as_far_as_today() -> None:
    """The outline spans the work; the filling ends at today's line."""
    start, day = TODAY - timedelta(days=6), TODAY + timedelta(days=6)
    root = parsed(chart(row("Review", day, start=start, begun=True)))
    bars = [e for e in named(root, "buyer") if e.tag == "rect"]
    outline, filling = bars
    assert percent(outline, "x") == percent(filling, "x")
    assert percent(filling, "width") * 2 == pytest.approx(
        percent(outline, "width"), abs=0.03
    )
    today = percent(named(root, "now")[0], "x1")
    assert percent(filling, "x") + percent(filling, "width") == pytest.approx(
        today, abs=0.02
    )


def test_a_bar_of_what_nobody_has_begun_is_empty() -> None:
    """Days that passed are no work that was done."""
    start, day = TODAY - timedelta(days=6), TODAY + timedelta(days=6)
    root = parsed(chart(row("Review", day, start=start)))
    assert len([e for e in named(root, "buyer") if e.tag == "rect"]) == 1


def test_a_day_that_cannot_hold_leads_to_the_one_that_can() -> None:
    """Dashes from the agreed day, a ring on the other, and the key explains it."""
    day, held = TODAY + timedelta(days=6), TODAY + timedelta(days=20)
    drawn = chart(row("Review", day, held_until=held))
    root = parsed(drawn)
    dashes, *_ = (e for e in named(root, "held") if e.tag == "line")
    assert percent(dashes, "x1") < percent(dashes, "x2")
    assert percent(named(root, "now")[0], "x1") < percent(dashes, "x1")
    assert "As things stand" in words_of(drawn)


def test_late_dashes_lead_from_the_agreed_day_to_today() -> None:
    """What is late points at today, and says so behind today's line."""
    report = row(
        "Report", TODAY - timedelta(days=20), state="late", note="20 days late"
    )
    root = parsed(chart(report, row("Sign", TODAY + timedelta(days=30))))
    (dashes,) = named(root, "late")
    today = percent(named(root, "now")[0], "x1")
    assert percent(dashes, "x1") < percent(dashes, "x2") == today
    text = texts(root)["20 days late"]
    assert "map-g-stop" in text.get("class", "")
    assert percent(text, "x") == today
    assert em(text, "dx") > 0


def test_a_moved_day_keeps_its_first_place() -> None:
    """A small ring stands where the day was, apart from the token."""
    for days in (1, 12):
        moved = TODAY + timedelta(days=30 - days)
        root = parsed(chart(row("Board", TODAY + timedelta(days=30), moved_from=moved)))
        ((old, _),), ((new, _),) = spots(root, "old"), spots(root, "buyer")
        aside = float(named(root, "old")[0].get("cx", "0em").removesuffix("em"))
        assert old < new
        assert (new - old) / 2 - aside >= 0.78 + 0.45


def test_a_text_keeps_off_the_ring_of_a_moved_day() -> None:
    """A step that was moved to an earlier day and is late still says so readably."""
    day, moved = TODAY - timedelta(days=5), TODAY - timedelta(days=1)
    late = row("Report", day, state="late", note="5 days late", moved_from=moved)
    root = parsed(chart(late, row("Sign", TODAY + timedelta(days=300))))
    ring, text = named(root, "old")[0], texts(root)["5 days late"]
    ((place, _),) = spots(root, "old")
    assert span(text, 50)[0] > place / 2 + em(ring, "cx") + 0.45


def test_the_critical_path_is_drawn_between_critical_rows_alone() -> None:
    """A link to a row beside the path is not drawn."""
    days = [TODAY + timedelta(days=10 * n) for n in range(3)]
    rows = [row(f"Step {n}", day, critical=n != 1) for n, day in enumerate(days)]
    rows[1], rows[2] = replace(rows[1], after=(0,)), replace(rows[2], after=(0, 1))
    elbow = named(parsed(chart(*rows)), "crit")
    assert len(elbow) == 2
    down, across = elbow
    assert percent(down, "x1") == percent(down, "x2") == percent(across, "x1")
    assert percent(across, "x2") > percent(across, "x1")


def test_the_path_between_late_rows_runs_down_today() -> None:
    """What is late is still being worked on, so the path meets its dashes at today."""
    first, then = (
        row(f"{n} days late", TODAY - timedelta(days=n), state="late", critical=True)
        for n in (20, 5)
    )
    root = parsed(chart(first, replace(then, after=(0,))))
    (down,) = named(root, "crit")
    assert percent(down, "x1") == percent(named(root, "now")[0], "x1")


def test_a_folded_phase_is_one_black_bar() -> None:
    """A finished phase has no token; a bar spans its steps, a text counts them."""
    folded = row("Evaluate", TODAY, kind="folded", state="done", note="4 of 4",
                 start=TODAY - timedelta(days=30))  # fmt: skip
    root = parsed(chart(folded))
    (bar,) = named(root, "fold")
    assert percent(bar, "width") > 50
    assert not named(root, "buyer")
    assert "4 of 4" in texts(root)


def test_a_step_without_a_day_stands_between_its_neighbours() -> None:
    """An open ring waits behind today; what is done stands before it."""
    root = parsed(
        chart(
            row("Call", TODAY - timedelta(days=30), state="done"),
            row("Workshop", None, state="done", sides=("seller",)),
            row("Pilot", None, note="A day to choose"),
            row("Sign", TODAY + timedelta(days=30)),
        )
    )
    call, sign = spots(root, "buyer")
    ((done, _),), ((ring, _),) = spots(root, "seller"), spots(root, "open")
    today = percent(named(root, "now")[0], "x1")
    assert call[0] < done < today < ring < sign[0]
    assert "A day to choose" in texts(root)


def test_a_plan_without_days_is_a_staircase_to_the_goal() -> None:
    """Numbers count the steps in order; there is neither today nor a month."""
    rows = [row("Call", state="done"), *(row(f"Step {n}") for n in range(6))]
    root = parsed(chart(*rows, row("Sign", kind="goal")))
    places = [*spots(root, "open"), *spots(root, "dia")]
    assert places == sorted(places)
    assert len({x for x, _ in places}) == len({y for _, y in places}) == 8
    assert [e.text for e in named(root, "let")] == ["1", "2", "3", "4", "5", "6", "7"]
    assert "is-full" in named(root, "open")[0].get("class", "")
    assert not named(root, "now")
    assert set(texts(root)) == {"First", "Goal, on a day we choose together"}


@pytest.mark.parametrize(
    ("name", "text", "x"),
    [
        ("long past", "Today 24 May \N{RIGHTWARDS ARROW}", 100),
        ("far away", "\N{LEFTWARDS ARROW} Today 24 May", 0),
    ],
)
def test_a_today_far_away_is_an_arrow(name: str, text: str, x: float) -> None:
    """The scale stays with the plan; an arrow tells where today is."""
    root = parsed(CHARTS[name])
    assert not named(root, "now")
    assert percent(texts(root)[text], "x") == x
    assert bool(named(root, "band")) == (x == 100)


def test_the_grid_has_as_many_names_as_have_room() -> None:
    """Days in a week, months in a year, years in six; never none."""
    assert {"23", "25"} <= set(texts(parsed(CHARTS["three days"])))
    assert {"Jun", "Jul"} <= set(texts(parsed(CHARTS["full"])))
    years = set(texts(parsed(CHARTS["six years"])))
    assert {"Jan 2028", "Jan 2030"} <= years
    assert "Feb" not in years


def test_the_list_puts_today_between_past_and_future() -> None:
    """Today stands before the next row and its heading, on the heavy path."""
    days = [
        TODAY - timedelta(days=2),
        TODAY + timedelta(days=2),
        TODAY + timedelta(days=9),
    ]
    first, then, last = (row(str(n), day, critical=True) for n, day in enumerate(days))
    stops = chart(first, Row("phase", "Prove"), then, last).stops
    labels = [stop.row.label if stop.row else "today" for stop in stops]
    assert labels == ["0", "today", "Prove", "1", "2"]
    assert [" is-through" in stop.classes for stop in stops] == [True] * 5
    assert "is-first" in stops[0].classes
    assert "is-last" in stops[-1].classes


def test_the_heavy_line_passes_no_step_beside_the_path() -> None:
    """It goes on behind it; a heading belongs to what stands on both its sides."""
    days = [TODAY + timedelta(days=n) for n in (2, 4, 6, 8)]
    one, two, three, four = (
        row(str(n), day, critical=n != 1) for n, day in enumerate(days)
    )
    prove, sign = Row("phase", "Prove"), Row("phase", "Sign")
    stops = chart(one, prove, two, three, sign, four).stops
    heavy = {
        stop.row.label for stop in stops if stop.row and " is-through" in stop.classes
    }
    assert heavy == {"0", "2", "Sign", "3"}


def test_a_list_without_days_has_no_today() -> None:
    """Nothing can be before or after today yet."""
    assert all(stop.row for stop in CHARTS["no days"].stops)


def test_the_legend_names_only_what_occurs() -> None:
    """A plain plan explains its sides; a full one every sign."""
    assert words_of(chart(row("Call", TODAY))) == ["Acme, to come"]
    assert words_of(CHARTS["no days"]) == []
    assert words_of(full_chart()) == [
        "Acme, done",
        "Mama, to come",
        "Critical path",
        "Time the work takes",
        "Past its date",
        "Moved from",
        "Not agreed yet",
    ]


def test_the_same_chart_gives_the_same_bytes() -> None:
    """Neither order of evaluation nor a cache shows in the drawing."""
    assert draw(full_chart()) == draw(full_chart())


def test_the_full_chart_is_drawn_as_before(request: pytest.FixtureRequest) -> None:
    """Every sign of the drawing is held by the golden file."""
    drawn = re.sub("><", ">\n<", str(draw(full_chart()))) + "\n"
    if request.config.getoption("--update-golden", default=False):
        GOLDEN.write_text(drawn, encoding="utf-8")
    assert drawn == GOLDEN.read_text(encoding="utf-8")
