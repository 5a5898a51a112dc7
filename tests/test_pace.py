"""What a room says of dates that follow, that cannot hold, and that may slip."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from mapsite.plan.read import read_plan
from mapsite.room.look import theme_folder
from mapsite.room.pages import slots
from mapsite.room.project import project

PLANS = Path(__file__).parent / "plans"
SECTIONS = (theme_folder() / "sections",)
TODAY = date(2026, 5, 24)


def page(text: str, today: date = TODAY) -> str:
    """Return the body of the room of a plan."""
    plan = read_plan(text.encode(), "deal.yaml")
    return str(slots(project("deal", plan, today, {}), SECTIONS, "brand.css")["body"])


def words(markup: str) -> str:
    """Return what a reader reads."""
    spaced = " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())
    return spaced.replace(" ,", ",").replace("\u2019", "'")


def step(body: str, step_id: str) -> str:
    """Return what a reader reads of one step."""
    row = re.search(rf'<tr id="step-{step_id}".*?</tr>', body, re.DOTALL)
    assert row
    return words(row[0])


def text_of(name: str, language: str = "en") -> str:
    """Return the text of a plan of the tests, in another language."""
    text = (PLANS / f"{name}.yaml").read_text("utf-8")
    return text.replace("\ntitle:", f"\nlanguage: {language}\ntitle:", 1)


@pytest.fixture(scope="module")
def behind() -> str:
    """Return the room of a plan that ends after its goal."""
    return page(text_of("behind"))


@pytest.fixture(scope="module")
def workback() -> str:
    """Return the room of a plan that is worked back from its goal."""
    return page(text_of("workback"))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "The chain that decides: Security review → Pilot → Procurement intake →",
        ),
        ("en", "At this pace: Contract signed 3 Aug, 3 weeks after the goal."),
        ("de", "Nach heutigem Stand: Contract signed 3. Aug., 3 Wochen nach dem Ziel."),
        ("fr", "En l'état : Contract signed 3 août, 3 semaines après l'objectif."),
        ("es", "Tal como va: Contract signed 3 ago, 3 semanas después del objetivo."),
    ],
)
def test_the_end_at_this_pace_is_told_with_the_chain(language: str, told: str) -> None:
    """What is finished causes no delay, so the chain begins with what is open."""
    assert told in words(page(text_of("behind", language)))


def test_an_agreed_day_stays_and_says_why_it_cannot_hold(behind: str) -> None:
    """Because of the step before it, with its day, or of its own length."""
    pilot = step(behind, "pilot")
    assert "17 Jun" in pilot
    assert "As things stand Mon 20 Jul, after Security review" in pilot
    legal = step(behind, "legal")
    assert "As things stand Mon 15 Jun, as it takes 2 to 3 weeks" in legal


def test_what_is_late_says_when_it_can_end(behind: str) -> None:
    """Where that takes more than a few days; else that it is late says enough."""
    assert "As things stand Mon 22 Jun, as it takes 4 weeks" in step(behind, "security")
    done_soon = page(text_of("behind").replace("buyer, takes: 4w", "buyer, takes: 1d"))
    assert "As things stand" not in step(done_soon, "security")


def test_the_reason_is_not_named_where_it_is_hidden() -> None:
    """What the seller's team prepares has no name of its own."""
    text = text_of("behind").replace(
        "side: buyer, takes: 4w", "internal: true, takes: 4w"
    )
    body = page(text)
    assert "As things stand Mon 20 Jul, after Mama's preparation" in step(body, "pilot")
    assert "Security review" not in body


def test_a_day_that_is_worked_back_says_so(workback: str) -> None:
    """It is the latest one, and nobody has agreed on it."""
    demo = step(workback, "demo")
    assert demo.startswith("22 Jun")
    assert "worked back from the goal" in demo
    assert "follows from the steps before" in step(workback, "kickoff")
    assert "worked back" not in step(workback, "contract")


def test_time_to_spare_is_told_beside_the_critical_path(workback: str) -> None:
    """What can slip says how far; on the path nothing can without moving the rest."""
    assert "3 weeks to spare" in step(workback, "kickoff")
    assert "to spare" not in step(workback, "pilot")
    assert "Critical path" in step(workback, "pilot")


def stop(body: str, step_id: str) -> str:
    """Return what a reader reads of one line of the timetable that phones show."""
    lines = re.findall(r'<li class="map-stop.*?</li>', body, re.DOTALL)
    (line,) = (line for line in lines if f'"#step-{step_id}"' in line)
    return words(line)


def test_phones_are_told_what_the_drawing_shows(behind: str, workback: str) -> None:
    """The day as things stand and the time to spare stand in the timetable too."""
    assert stop(behind, "pilot").endswith("Waiting · as things stand 20 Jul")
    assert stop(workback, "kickoff").endswith("Waiting · 3 weeks to spare")


def test_only_the_goals_own_day_is_called_the_goal() -> None:
    """A signature on another day tells its own week, and the goal's day."""
    text = text_of("behind")
    assert step(page(text), "contract").startswith("15 Jul Wed, the goal")
    earlier = step(
        page(text.replace("date: 2026-07-15", "date: 2026-07-31")), "contract"
    )
    assert earlier.startswith("15 Jul Wed, week 14, goal 31 Jul")


def test_time_to_spare_is_drawn_behind_its_text(workback: str) -> None:
    """A fine line as far as the last day, with a word in the key."""
    assert workback.count('class="map-g-spare is-end"') == 1
    assert "Time to spare" in workback
    tight = page(text_of("behind"))
    assert "map-g-spare" not in tight
    assert "Time to spare" not in tight


def test_a_plan_that_has_ended_forecasts_nothing() -> None:
    """No pace, no slack, no reasons."""
    text = text_of("behind").replace("\ntitle:", "\nstatus: lost\ntitle:", 1)
    told = words(page(text))
    assert "At this pace" not in told
    assert "As things stand" not in told
