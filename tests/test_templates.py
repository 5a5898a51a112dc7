"""Templates: each grows plans that hold, a team's own win, and nothing is lost."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.cli import commands
from mapsite.plan.model import Plan
from mapsite.plan.people import People
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room
from mapsite.start.templates import find_template, find_templates, read_template

Say = Callable[..., tuple[int, str, str]]

PACKAGED = ["lightweight", "mid-market", "enterprise", "regulated"]
TODAY = ("--today", "2026-05-25")
START = date(2026, 5, 25)
NAMES = ("--buyer", "Acme", "--seller", "Mama")
PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def say(repo: Path) -> Say:
    """Return a function that runs a command in a repository."""
    assert repo == Path.cwd()

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


def grown(name: str = "north") -> Plan:
    """Read a plan that was written."""
    file = Path(f"plans/{name}.yaml")
    return read_plan(file.read_bytes(), str(file), file.parent)


def grow(say: Say, template: str, goal: str, *more: str) -> tuple[int, str, str]:
    """Grow a plan called north."""
    words = ("--template", template, "--goal-date", goal)
    return say("new", "north", *words, *NAMES, *TODAY, *more)


def honest_goal(say: Say, template: str) -> date:
    """Return the earliest goal that the command names when asked for tomorrow."""
    code, out, err = grow(say, template, "2026-05-26")
    assert (code, out) == (1, "")
    found = re.fullmatch(
        rf"mapsite: the steps of {template} need until (\S+); give --goal-date \1 or"
        r" later, or a lighter template; nothing was written\n",
        err,
    )
    assert found
    assert not Path("plans/north.yaml").exists()
    return date.fromisoformat(found[1])


def on_terminal(*answers: str) -> subprocess.CompletedProcess[str]:
    """Begin the plan north with a terminal that gives *answers* and then ends."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode() + b"\x04")
    try:
        return subprocess.run(
            [sys.executable, "-m", "mapsite", "new", "north", *TODAY],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)


class TestPackaged:
    """The templates that come with mapsite."""

    @pytest.mark.parametrize("template", PACKAGED)
    @pytest.mark.parametrize("extra", [0, 1, 40, 200])
    def test_grows_a_plan_that_holds(self, say: Say, template: str, extra: int) -> None:
        """All days are business days that fit, from the tightest goal to a far one."""
        goal = honest_goal(say, template) + timedelta(days=extra)
        code, out, err = grow(say, template, goal.isoformat())
        assert (code, err) == (0, "")
        assert out.startswith("wrote  plans/north.yaml\n")
        plan = grown()
        assert (plan.created, plan.goal.date, plan.band) == (START, goal, template)
        times = schedule(plan, START)
        assert all(time.agreed and time.due for time in times.steps)
        days = [time.due for time in times.steps if time.due]
        assert all(times.calendar.is_workday(day) for day in days)
        assert [time.step.id for time in times.steps if time.held_by] == []
        assert times.forecast == goal
        assert times["signature"].due == times.calendar.roll(goal, -1)

    @pytest.mark.parametrize("template", PACKAGED)
    def test_makes_a_room(self, say: Say, template: str, frame_cache: Path) -> None:
        """The plan's room is built, and its answers hold no leftover."""
        grow(say, template, "2026-12-11")
        file = Path("plans/north.yaml")
        frame = load_frame(Path(), frame_cache)
        page = make_room(file, file.read_bytes(), START, frame).files["index.html"]
        assert b"Acme" in page
        assert b"$buyer" not in page
        assert b"$seller" not in page
        assert b"tbd" not in page

    @pytest.mark.parametrize("template", PACKAGED)
    def test_leaves_no_date_open(self, say: Say, template: str) -> None:
        """Documents, questions, tasks and the goal have their days too."""
        grow(say, template, "2026-12-11")
        text = Path("plans/north.yaml").read_text("utf-8")
        assert not re.search(r": tbd|\$buyer|\$seller", text)
        plan, days = grown(), {step.id: step.due for step in grown().steps}
        for paper in plan.documents:
            used = [step for step in plan.steps if paper.id in step.documents]
            assert paper.due == min(s.due.day for s in used if s.due and s.due.day)
        for question in plan.questions:
            assert question.due == date(2026, 6, 9)
        if "go-live" in days:
            assert days["go-live"]
            assert days["decision"]
            assert plan.goal.go_live == days["go-live"].day
            assert plan.goal.decision == days["decision"].day

    @pytest.mark.parametrize("template", PACKAGED)
    def test_needs_no_advice_but_peoples_names(self, say: Say, template: str) -> None:
        """What can be known on the first day is there."""
        grow(say, template, "2026-09-25")
        code, out, _ = say("check", "north", "--json", *TODAY)
        assert code == 0
        told = {one["rule"] for one in json.loads(out)}
        assert told == {"unknown-person"}

    @pytest.mark.parametrize(
        ("template", "least", "most"),
        [
            ("lightweight", 5, 5),
            ("mid-market", 10, 18),
            ("enterprise", 18, 26),
            ("regulated", 22, 30),
        ],
    )
    def test_is_a_whole_plan(self, template: str, least: int, most: int) -> None:
        """Each has its size, a known owner on every step, evidence and what decides."""
        plan = read_template(find_template(None, template), None).plan
        people = People(plan)
        assert least <= len(plan.steps) <= most
        assert len({step.title for step in plan.steps}) == len(plan.steps)
        for step in plan.steps:
            assert step.evidence or step.documents, step.id
            assert step.takes, step.id
            assert "buyer" in people.sides(step), step.id
            assert all(who.side for who in people.owners(step)), step.id
        assert all(not person.known and person.title for person in plan.people)
        roles = {role for person in plan.people for role in person.roles}
        assert roles >= {"champion", "economic-buyer", "signer", "legal"}
        assert plan.questions
        assert all(criterion.measure for criterion in plan.criteria)
        used = {paper for step in plan.steps for paper in step.documents}
        assert used == {paper.id for paper in plan.documents}
        named = {o.who for step in plan.steps for o in step.owners}
        named |= {name for step in plan.steps for name in step.support}
        assert {person.id for person in plan.people} <= named
        assert plan.steps[-1].after

    def test_reviews_run_beside_the_evaluation(self) -> None:
        """In an enterprise plan, security waits for no technical evaluation."""
        plan = read_template(find_template(None, "enterprise"), None).plan
        after = {step.id: set(step.after) for step in plan.steps}
        assert "technical-evaluation" not in after["security-review"]
        assert after["technical-evaluation"] == {"criteria-agreed"}
        assert after["signature"] >= {"security-review", "legal-review"}
        assert {"pilot", "budget-approval", "go-live", "data-processing"} <= set(after)

    def test_comments_teach_and_the_manual_stays_behind(self, say: Say) -> None:
        """Notes beside fields come along; how templates work does not."""
        grow(say, "enterprise", "2026-12-11")
        text = Path("plans/north.yaml").read_text("utf-8")
        assert text.startswith(
            "# yaml-language-server: $schema=../plan.schema.json\n"
            "#\n"
            "# Grown from the template enterprise. All dates are a proposal: "
        )
        assert "# `unknown` is a name until you know it." in text
        assert "mapsite templates --copy" not in text
        assert text.endswith("\n")


class TestNew:
    """`mapsite new --template`."""

    def test_names_dates_and_language_are_as_asked(self, say: Say) -> None:
        """What is given lands in the plan, quoted where it must be."""
        code, _, _ = say(
            *("new", "north", "--template", "mid-market", "--goal-date", "2026-12-11"),
            *("--buyer", 'North: "wind" #1', "--seller", "Mäma", "--language", "de"),
            *("--created", "2026-05-11", "--holidays", "DE-BY", "--holidays", "US"),
            *TODAY,
        )
        plan = grown()
        assert code == 0
        assert (plan.buyer.name, plan.seller.name) == ('North: "wind" #1', "Mäma")
        assert (plan.language, plan.created) == ("de", date(2026, 5, 11))
        assert plan.calendar.holidays == ("DE-BY", "US")
        first = min(step.due.day for step in plan.steps if step.due and step.due.day)
        assert first > START

    def test_usual_names_serve_where_none_is_given(self, say: Say) -> None:
        """The buyer is made from NAME, the seller is that of other plans."""
        words = ("--template", "lightweight", "--goal-date", "2026-07-31")
        assert say("new", "north-wind", *words, *TODAY)[0] == 0
        plan = grown("north-wind")
        assert (plan.buyer.name, plan.seller.name) == ("North Wind", "Mama")

    def test_a_goal_on_a_weekend_is_told(self, say: Say) -> None:
        """The date stays as it was asked for; the signature is on the day before."""
        code, out, err = grow(say, "lightweight", "2026-08-15")
        assert (code, err) == (0, "")
        assert (
            "note: Saturday 2026-08-15 is no business day of the plan; the last step"
            " before it is due on Friday 2026-08-14; the next one is Monday 2026-08-17"
        ) in out.splitlines()
        assert grown().goal.date == date(2026, 8, 15)
        assert grown().steps[3].due
        assert grown().steps[3].due.day == date(2026, 8, 14)

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--template", "mid-market"), "--template needs --goal-date too"),
            (("--goal-date", "2026-12-11"), "--goal-date goes with --template"),
            (("--language", "de"), "--language goes with --template"),
            (
                ("--template", "mid-markt"),
                'got "mid-markt"; did you mean "mid-market"?',
            ),
            (("--template", "lightweight", "--goal-date", "soon"), "a day like"),
            (
                ("--template", "lightweight", "--goal-date", "2026-05-25"),
                "expected a day after 2026-05-25, got 2026-05-25",
            ),
            (
                (
                    *("--template", "lightweight", "--goal-date", "2026-08-01"),
                    *("--created", "2026-09-01"),
                ),
                "expected a day after 2026-09-01, got 2026-08-01",
            ),
            (
                (
                    *("--template", "lightweight", "--goal-date", "2026-08-01"),
                    *("--holidays", "XX"),
                ),
                "expected a code like US or DE-BY, got XX",
            ),
        ],
    )
    def test_wrong_use_names_the_option(
        self, say: Say, words: tuple[str, ...], said: str
    ) -> None:
        """What is missing or cannot be is told, and nothing is written."""
        code, out, err = say("new", "north", *words, *TODAY)
        assert (code, out) == (2, "")
        assert said in " ".join(err.split())
        assert not Path("plans/north.yaml").exists()

    def test_a_seller_nobody_told_is_asked_for(self, say: Say) -> None:
        """A plan for a customer does not go out from "Your company"."""
        for file in Path("plans").iterdir():
            file.unlink()
        say("new", "first")
        words = ("--template", "lightweight", "--goal-date", "2026-08-14")
        code, _, err = say("new", "north", *words, *TODAY)
        assert code == 2
        assert "--template needs --seller too" in err

    def test_overwrites_nothing(self, say: Say) -> None:
        """A plan that exists stays as it is."""
        before = Path("plans/acme.yaml").read_bytes()
        words = ("--template", "lightweight", "--goal-date", "2026-08-14")
        code, _, err = say("new", "acme", *words, *TODAY)
        assert (code, err) == (
            1,
            "mapsite: plans/acme.yaml exists already; nothing was written\n",
        )
        assert Path("plans/acme.yaml").read_bytes() == before

    def test_a_name_no_plan_can_hold_is_told_once(self, say: Say) -> None:
        """Only the name is at fault, however often it would stand in the plan."""
        words = ("--template", "enterprise", "--goal-date", "2026-12-11")
        code, _, err = say("new", "north", *words, "--buyer", "x" * 601, *TODAY)
        assert code == 1
        assert err.startswith("mapsite: nothing was written: buyer/name: expected ")
        assert err.count("expected") == 1
        assert not Path("plans/north.yaml").exists()

    def test_bytes_that_are_no_text_do_no_harm(self, say: Say) -> None:
        """They are shown as a replacement character."""
        words = ("--template", "enterprise", "--goal-date", "2026-12-11")
        assert say("new", "north", *words, "--buyer", "\udcff", *TODAY)[0] == 0
        assert grown().buyer.name == "?"

    def test_asks_on_a_terminal(self, repo: Path) -> None:
        """What is missing is asked for, until it can be."""
        result = on_terminal("huge", "lightweight", "", "Mother", "soon", "2026-05-01")
        assert result.returncode != 0
        assert not (repo / "plans/north.yaml").exists()
        result = on_terminal("lightweight", "", "Mother", "2026-05-01", "2026-08-14")
        assert result.returncode == 0, result.stderr
        assert "expected a day after 2026-05-25, got 2026-05-01" in result.stdout
        plan = grown()
        assert (plan.buyer.name, plan.seller.name) == ("North", "Mother")
        assert plan.goal.date == date(2026, 8, 14)
        assert plan.band == "lightweight"

    def test_writes_a_skeleton_on_a_terminal_too(self, repo: Path) -> None:
        """Whoever wants no template answers so, and takes the usual names."""
        result = on_terminal("none", "", "")
        assert result.returncode == 0, result.stderr
        plan = grown()
        assert repo == Path.cwd()
        assert (plan.buyer.name, plan.seller.name) == ("North", "Mama")
        assert plan.goal.date is None


OWN = """\
# Our way in two steps
title: Plan of $seller and $buyer
goal: {outcome: Signed, date: tbd, go_live: tbd}
buyer: {name: $buyer}
seller: {name: Mother}
steps:
  - {id: look, title: Look, takes: 2w, due: tbd}
  - id: papers
    title: Papers
    takes: 1w-2w
    after: look
    due: goal-1w
  - {id: sign, title: Sign, kind: signature, takes: 3cd, after: papers, due: tbd}
  - {id: go-live, title: Live, takes: 1w, after: sign, due: tbd}
"""


@pytest.fixture
def own(repo: Path) -> Path:
    """Write a template of the team's own."""
    file = repo / "templates" / "our-way.yaml"
    file.parent.mkdir()
    file.write_text(OWN, "utf-8")
    return file


class TestOwn:
    """Templates in the repository's folder templates/."""

    def test_grows_plans_without_further_ado(self, say: Say, own: Path) -> None:
        """Its own seller and moments stay, what it lacks is added."""
        assert own.exists()
        words = ("--template", "our-way", "--goal-date", "2026-08-14")
        assert say("new", "north", *words, *TODAY)[0] == 0
        plan = grown()
        assert plan.title == "Plan of Mother and North"
        assert plan.seller.name == "Mother"
        assert (plan.created, plan.band) == (START, "our-way")
        assert plan.steps[1].due
        assert plan.steps[1].due.text == "goal-1w"
        assert plan.goal.go_live == date(2026, 8, 21)
        times = schedule(plan, START)
        assert [time.step.id for time in times.steps if time.held_by] == []

    def test_a_moment_of_its_own_that_cannot_hold_is_told(
        self, say: Say, own: Path
    ) -> None:
        """The step is named, with the day on which it can end."""
        own.write_text(OWN.replace("goal-1w", "goal-6w"), "utf-8")
        words = ("--template", "our-way", "--goal-date", "2026-07-10")
        code, _, err = say("new", "north", *words, *TODAY)
        assert code == 1
        assert err.startswith(
            "mapsite: the step papers of our-way has a date of its own, and can end on"
        )
        assert not Path("plans/north.yaml").exists()

    def test_steps_without_a_length_are_told(self, say: Say, own: Path) -> None:
        """They stay open, and the command says how many."""
        own.write_text(OWN.replace("takes: 2w, due", "due"), "utf-8")
        words = ("--template", "our-way", "--goal-date", "2026-08-14")
        code, out, _ = say("new", "north", *words, *TODAY)
        assert code == 0
        assert "has no date yet" in out

    def test_takes_the_place_of_a_packaged_one(self, say: Say, own: Path) -> None:
        """A copy with the same name wins, and is not copied over."""
        code, out, _ = say("templates", "--copy", "enterprise")
        assert (code, out.splitlines()[0]) == (0, "wrote  templates/enterprise.yaml")
        copy = own.with_name("enterprise.yaml")
        text = copy.read_text("utf-8")
        copy.write_text(text.replace("title: Plan for", "title: Our plan for"), "utf-8")
        assert grow(say, "enterprise", "2026-12-11")[0] == 0
        assert grown().title.startswith("Our plan for")
        assert say("templates", "--copy", "enterprise")[0] == 1
        assert "Our plan for" in copy.read_text("utf-8")

    def test_faults_have_the_templates_own_path_and_line(
        self, say: Say, own: Path
    ) -> None:
        """A broken template is no broken plan."""
        own.write_text(OWN.replace("takes: 2w", "takes: two"), "utf-8")
        words = ("--template", "our-way", "--goal-date", "2026-12-11")
        code, out, err = say("new", "north", *words, *TODAY)
        assert (code, out) == (1, "")
        assert err.startswith(
            "templates/our-way.yaml:7: steps/look/takes: expected a duration like 5d"
        )

    def test_a_template_has_no_dates(self, say: Say, own: Path) -> None:
        """An old plan's dates are told, those of its calendar apart."""
        own.write_text(
            OWN.replace("due: goal-1w", "due: 2026-05-06")
            + "created: 2026-05-01\n"
            + "calendar: {closed: [{from: 2026-12-21, to: 2026-12-31}]}\n"
            + "internal: {since: 2026-04-01}\n",
            "utf-8",
        )
        words = ("--template", "our-way", "--goal-date", "2026-12-11")
        code, out, err = say("new", "north", *words, *TODAY)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err == (
            "templates/our-way.yaml:12: steps/papers/due: expected tbd, since a"
            ' template has no dates of its own, got "2026-05-06"\n'
        )

    def test_a_link_is_no_template(self, say: Say, own: Path) -> None:
        """Only regular files are read."""
        own.with_name("other.yaml").symlink_to(own)
        code, out, err = say("templates")
        assert code == 1
        assert "our-way" in out
        assert err.startswith("templates/other.yaml: expected a regular file")

    def test_no_room_is_written_among_them(self, say: Say, own: Path) -> None:
        """The folder is no place for rooms."""
        code, _, err = say("build", "--out", "templates/site", *TODAY)
        assert code == 1
        assert "lies in templates/" in err
        assert [file.name for file in own.parent.iterdir()] == ["our-way.yaml"]


class TestList:
    """`mapsite templates`."""

    def test_lists_ours_and_theirs(self, say: Say, own: Path) -> None:
        """Each with its steps, the weeks it takes, where it is from and what for."""
        assert own.exists()
        code, out, err = say("templates", "--today", "2026-06-01")
        assert (code, err) == (0, "")
        first, *others = out.splitlines()
        assert first.startswith("our-way       4 steps,  5 weeks  templates/our-way.y")
        assert first.endswith(".yaml  Our way in two steps")
        assert [line.split()[0] for line in others] == PACKAGED

    def test_lists_for_machines(self, say: Say) -> None:
        """The same as a list of maps."""
        rows = json.loads(say("templates", "--json", *TODAY)[1])
        assert [row["name"] for row in rows] == PACKAGED
        assert list(rows[0]) == ["name", "steps", "weeks", "from", "about"]
        assert (rows[0]["steps"], rows[0]["from"]) == (5, "mapsite")
        weeks = [row["weeks"] for row in rows]
        assert weeks == sorted(weeks)

    def test_a_broken_one_is_told_beside_the_others(self, say: Say, own: Path) -> None:
        """One that cannot be used hides no other, and makes the command fail."""
        own.write_text("title: [", "utf-8")
        own.with_name("Our Way.yml").write_text(OWN, "utf-8")
        own.with_name("README.md").write_text("words", "utf-8")
        code, out, err = say("templates", *TODAY)
        assert code == 1
        assert [line.split()[0] for line in out.splitlines()] == PACKAGED
        assert "templates/Our Way.yml: expected a file name like our-way.yaml" in err
        assert "templates/our-way.yaml:1: " in err

    def test_needs_no_repository(
        self, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What mapsite brings can be read about anywhere."""
        monkeypatch.chdir(tmp_path)
        assert say("templates", *TODAY)[0] == 0
        assert say("templates", "--copy", "enterprise")[0] == 1
        assert not (tmp_path / "templates").exists()

    def test_a_copy_of_what_is_not_there_suggests_what_is(self, say: Say) -> None:
        """Another name is wrong use."""
        code, _, err = say("templates", "--copy", "enterprize")
        assert code == 2
        assert 'did you mean "enterprise"?' in " ".join(err.split())

    def test_completes_names(
        self, own: Path, mapsite: Callable[..., subprocess.CompletedProcess[str]]
    ) -> None:
        """The shell is offered both kinds."""
        assert own.exists()
        result = mapsite(
            _MAPSITE_COMPLETE="bash_complete",
            COMP_WORDS="mapsite new x --template ",
            COMP_CWORD="4",
        )
        offered = [line.split(",")[1] for line in result.stdout.splitlines()]
        assert offered == ["our-way", *PACKAGED]

    def test_every_packaged_one_tells_how_it_works(self) -> None:
        """The comment at the top says what for, and what is filled in."""
        assert [file.name for file in find_templates(None)] == PACKAGED
        for file in find_templates(None):
            text = Path(file.path).read_text("utf-8")
            for word in ("$buyer and $seller", "tbd  ", f"--copy {file.name}"):
                assert word in text.split("\n\n")[0], file.name
