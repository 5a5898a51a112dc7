"""New repositories and new plans: valid from the first minute, and never in the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from mapsite.cli import commands
from mapsite.plan.calendar import Calendar, is_holiday
from mapsite.plan.read import read_plan
from mapsite.plan.schedule import schedule
from mapsite.start import starter

Say = Callable[..., tuple[int, str, str]]

TODAY = ("--today", "2026-05-24")
FILES = {".gitignore", "README.md", "mkdocs.yml", "plan.schema.json", "plans"}


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return a function that runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


class TestInit:
    """`mapsite init`."""

    def test_writes_a_repository_that_builds(
        self, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The new repository's example checks and builds as it is."""
        code, out, _ = say("init", "deals", *TODAY)
        assert code == 0
        assert out.splitlines()[-2] == "next: cd deals && mapsite serve"
        assert out.splitlines()[-1].startswith("next: mapsite secret new")
        assert {path.name for path in Path("deals").iterdir()} == FILES
        monkeypatch.chdir(tmp_path / "deals")
        code, out, err = say("check", *TODAY)
        assert (code, err) == (0, "")
        # One person is unknown on purpose: that is how plans begin.
        assert out.splitlines()[-1] == "1 plan: fine, 1 piece of advice"
        code, out, err = say("build", *TODAY)
        assert (code, err) == (0, "")
        assert out.startswith("built  example  site/example/index.html\n")

    @pytest.mark.parametrize(
        "day",
        [
            *("2026-05-24", "2026-10-16", "2026-10-17", "2026-10-21", "2026-11-28"),
            *("2026-12-31", "2027-01-01", "2027-02-28", "2028-02-29", "2028-12-31"),
            *("1970-01-01", "9000-12-31"),
        ],
    )
    def test_dates_follow_from_the_day(self, say: Say, day: str) -> None:
        """The example begins today and aims at a working Friday in ten weeks or so."""
        say("init", "--today", day)
        text = Path("plans/example.yaml").read_bytes()
        plan = read_plan(text, "plans/example.yaml")
        calendar = Calendar(plan)
        assert plan.created == date.fromisoformat(day)
        assert plan.goal.date is not None
        assert plan.goal.go_live is not None
        assert plan.goal.date.weekday() == plan.goal.go_live.weekday() == 4
        assert 64 <= (plan.goal.date - plan.created).days <= 90
        days = [time.day for time in schedule(plan, plan.created).steps]
        for found in (plan.goal.date, plan.goal.go_live, *days):
            assert found
            assert calendar.is_workday(found)

    def test_the_example_begins_on_any_day_of_a_year(self) -> None:
        """No holiday is the goal, whatever the day on which a team starts."""
        for number in range(366):
            days = starter._days(date(2028, 1, 1) + timedelta(days=number))  # noqa: SLF001  # all of them are quick
            for name in ("goal", "go_live"):
                assert not is_holiday("US", date.fromisoformat(days[name]))

    def test_keeps_what_a_new_repository_may_have(self, say: Say) -> None:
        """A README and a .gitignore stay as they are; the rest is written."""
        Path("README.md").write_text("mine", "utf-8")
        Path(".gitignore").write_text("mine too", "utf-8")
        code, out, err = say("init")
        assert (code, err) == (0, "")
        assert out.splitlines()[3:5] == [
            "kept   .gitignore  (it was there; let it ignore /site/)",
            "kept   README.md  (it was there)",
        ]
        assert Path("README.md").read_text("utf-8") == "mine"
        assert Path(".gitignore").read_text("utf-8") == "mine too"
        assert {path.name for path in Path().iterdir()} == FILES
        assert say("check")[0] == 0

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (["mkdocs.yml"], "mkdocs.yml exists"),
            (["plans/example.yaml"], "plans/example.yaml exists"),
            (
                ["plan.schema.json", "mkdocs.yml"],
                "mkdocs.yml and plan.schema.json exist",
            ),
        ],
    )
    def test_overwrites_nothing(self, say: Say, names: list[str], said: str) -> None:
        """One file in the way stops all, and is named."""
        Path("plans").mkdir()
        for name in names:
            Path(name).write_text("mine", "utf-8")
        before = sorted(Path().rglob("*"))
        code, out, err = say("init")
        assert (code, out) == (1, "")
        assert err == f"mapsite: {said} in . already; nothing was written\n"
        assert sorted(Path().rglob("*")) == before
        assert {Path(name).read_text("utf-8") for name in names} == {"mine"}

    def test_the_example_and_the_readme_do_not_share_a_buyer(self, say: Say) -> None:
        """Whoever follows the README has two deals to tell apart."""
        say("init")
        say("new", "northwind", "--buyer", "Northwind")
        assert "orthwind" not in Path("plans/example.yaml").read_text("utf-8")

    def test_templates_can_be_copied_to_be_changed(self, say: Say) -> None:
        """`--theme` copies what a custom_dir may replace, and only once."""
        say("init")
        code, out, _ = say("init", "--theme")
        assert code == 0
        assert "wrote  theme/partials/footer.html" in out.splitlines()
        assert out.splitlines()[-1].startswith("next: custom_dir: theme in mkdocs.yml")
        settings = Path("mkdocs.yml")
        text = settings.read_text("utf-8")
        assert "  # custom_dir: theme\n" in text
        settings.write_text(text.replace("# custom_dir", "custom_dir"), "utf-8")
        code, out, _ = say("check")
        assert (code, out.splitlines()[-1][:12]) == (0, "1 plan: fine")
        before = Path("theme/main.html").read_bytes()
        assert say("init", "--theme")[0] == 1
        assert Path("theme/main.html").read_bytes() == before

    def test_a_file_where_a_folder_should_be(self, say: Say) -> None:
        """A DIR that is a file is wrong use."""
        Path("deals").write_text("mine", "utf-8")
        code, out, err = say("init", "deals")
        assert (code, out) == (2, "")
        assert "is a file" in err

    def test_the_schema_is_the_one_that_the_command_prints(self, say: Say) -> None:
        """plan.schema.json is what `mapsite schema` prints, and accepts the example."""
        say("init")
        written = Path("plan.schema.json").read_text("utf-8")
        assert say("schema") == (0, written, "")
        jsonschema.Draft202012Validator.check_schema(json.loads(written))

    def test_every_plan_names_the_schema(self, say: Say) -> None:
        """The first line tells editors where the schema is."""
        say("init")
        say("new", "acme")
        for plan in Path("plans").iterdir():
            first = plan.read_text("utf-8").splitlines()[0]
            assert first == "# yaml-language-server: $schema=../plan.schema.json"


class TestNew:
    """`mapsite new`."""

    @pytest.fixture(autouse=True)
    def _repository(self, say: Say) -> None:
        say("init", "--today", "2026-05-24")

    def test_writes_a_plan_that_checks(self, say: Say) -> None:
        """A new plan is valid as it stands and has the given names."""
        words = ("--buyer", 'Acme: "Data" #1', "--seller", "Mäma")
        code, out, _ = say("new", "acme", *words, "--today", "2026-05-24")
        assert (code, out.splitlines()[0]) == (0, "wrote  plans/acme.yaml")
        assert say("check", "acme")[0] == 0
        plan = read_plan(Path("plans/acme.yaml").read_bytes(), "plans/acme.yaml")
        assert (plan.buyer.name, plan.seller.name) == ('Acme: "Data" #1', "Mäma")
        assert plan.created == date(2026, 5, 24)
        assert plan.goal.date is None
        assert len(plan.steps) >= 5

    def test_names_follow_from_what_is_there(self, say: Say) -> None:
        """The buyer is made from NAME, the seller is that of other plans."""
        Path("plans/example.yaml").unlink()
        say("new", "first", "--seller", "Mama")
        say("new", "north-wind")
        plan = read_plan(Path("plans/north-wind.yaml").read_bytes(), "x")
        assert (plan.buyer.name, plan.seller.name) == ("North Wind", "Mama")

    def test_a_seller_on_whom_plans_differ_is_left_open(self, say: Say) -> None:
        """One odd plan must not name the next one's seller."""
        for name, seller in (("a", "Mama"), ("b", "Mama"), ("c", "Odd")):
            say("new", name, "--seller", seller)
        say("new", "d")
        assert 'name: "Your company"' in Path("plans/d.yaml").read_text("utf-8")
        Path("plans/c.yaml").unlink()
        say("new", "e")
        assert 'name: "Mama"' in Path("plans/e.yaml").read_text("utf-8")

    @pytest.mark.parametrize("option", ["--buyer", "--seller"])
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("A\nB", "expected a name in one line"),
            ("A\r", "expected a name in one line"),
            ("A\tB", "without tabs"),
            ("A\x1b[31m", "expected no invisible control characters, got U+001B"),
            ("A\u202eB", "expected no invisible control characters, got U+202E"),
        ],
    )
    def test_names_stand_in_one_line(
        self, say: Say, option: str, text: str, said: str
    ) -> None:
        """Nothing in them is invisible, and nothing is written otherwise."""
        code, out, err = say("new", "odd", option, text)
        assert (code, out) == (2, "")
        assert option in err
        assert said in " ".join(err.split())
        assert not Path("plans/odd.yaml").exists()

    def test_overwrites_nothing(self, say: Say) -> None:
        """A plan that exists stays as it is."""
        before = Path("plans/example.yaml").read_bytes()
        code, _, err = say("new", "example")
        assert (code, err) == (
            1,
            "mapsite: plans/example.yaml exists already; nothing was written\n",
        )
        assert Path("plans/example.yaml").read_bytes() == before

    @pytest.mark.parametrize(
        ("name", "better"),
        [
            ("Acme Corp", "acme-corp"),
            ("acme.yaml", "acme"),
            ("Müller_&_Söhne", "muller-and-sohne"),
            ("plans/acme", "plans-acme"),
            ("a" * 65, "a" * 64),
            ("acme--2", "acme-2"),
            ("con", "con-deal"),
            ("COM1", "com1-deal"),
        ],
    )
    def test_a_name_that_cannot_be_suggests_one_that_can(
        self, say: Say, name: str, better: str
    ) -> None:
        """A refused name comes with the rule and the nearest good one."""
        code, _, err = say("new", name)
        assert code == 2
        assert "single hyphens" in err or "reserved on Windows" in err
        assert f"try {better}" in " ".join(err.split())
        assert [path.name for path in Path("plans").iterdir()] == ["example.yaml"]

    def test_a_name_without_letters_has_no_suggestion(self, say: Say) -> None:
        """Where nothing of a name can stay, only the rule is told."""
        code, _, err = say("new", "東京")
        assert code == 2
        assert "try" not in err.partition("Error")[2]

    @pytest.mark.parametrize("buyer", ["x" * 601, "\udcff"])
    def test_a_name_no_plan_can_hold_is_refused(self, say: Say, buyer: str) -> None:
        """A company's name that breaks a rule is told, and no broken plan is left."""
        code, _, err = say("new", "acme", "--buyer", buyer)
        if code == 0:  # shown as a replacement character
            assert say("check", "acme")[0] == 0
            return
        assert code == 1
        assert err.startswith("mapsite: nothing was written: ")
        assert not Path("plans/acme.yaml").exists()
