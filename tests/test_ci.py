"""Workflows: safe as written, and they do what they say when they run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mapsite import __version__
from mapsite.cli import commands
from mapsite.commands.options import now
from tests.ci.runners import Runners, zizmor
from tests.gits import Git

Say = Callable[..., tuple[int, str, str]]

GITHUB = (".github/workflows/publish.yml", ".github/workflows/check.yml")
GITLAB = ".gitlab-ci.yml"
ACTION = re.compile(r"actions/(checkout|setup-python)@[0-9a-f]{40} # v\d+\.\d+\.\d+")


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return a function that runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture
def runners(tmp_path: Path) -> Runners:
    """Return what runs workflows on this machine."""
    folder = tmp_path / "runners"
    folder.mkdir()
    return Runners(folder)


def texts(root: Path) -> dict[str, str]:
    """Return every file below *root* by its path."""
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the steps of all jobs of a workflow of GitHub."""
    for job in workflow["jobs"].values():
        yield from job["steps"]


def read(path: Path) -> dict[Any, Any]:
    """Return what a workflow says; its key ``on`` is True in YAML 1.1."""
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


class TestFiles:
    """What `mapsite init --ci` writes, and what it leaves alone."""

    @pytest.mark.parametrize(
        ("host", "names"), [("github", GITHUB), ("gitlab", (GITLAB,))]
    )
    def test_a_new_repository_brings_its_workflow(
        self, say: Say, host: str, names: tuple[str, ...]
    ) -> None:
        """With --ci there is all that there is without, and the workflow."""
        assert say("init", "plain", "--today", "2026-05-24")[0] == 0
        code, out, err = say("init", "deals", "--ci", host, "--today", "2026-05-24")
        assert (code, err) == (0, "")
        plain, deals = texts(Path("plain")), texts(Path("deals"))
        assert deals.keys() - plain.keys() == set(names)
        assert {name: deals[name] for name in plain} == plain
        assert all(f"wrote  deals/{name}" in out.splitlines() for name in names)
        assert "next: cd deals && mapsite serve" in out
        assert "MAPSITE_SECRET" in out

    @pytest.mark.parametrize("host", ["github", "gitlab"])
    def test_a_repository_of_plans_gets_the_workflow_only(
        self, say: Say, host: str
    ) -> None:
        """Nothing that is there changes, and a second time nothing is written."""
        say("init", ".")
        before = texts(Path())
        code, out, _ = say("init", "--ci", host)
        after = texts(Path())
        assert code == 0
        assert "serve" not in out
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) <= {*GITHUB, GITLAB}
        if host == "github":
            code, out, err = say("init", "--ci", host)
            assert (code, out) == (1, "")
            assert "publish.yml exists in . already; nothing was written" in err
            assert texts(Path()) == after

    def test_one_workflow_in_the_way_stops_all(self, say: Say) -> None:
        """A check.yml of the team's own stays, and no new repository is begun."""
        Path(".github/workflows").mkdir(parents=True)
        Path(GITHUB[1]).write_text("mine", "utf-8")
        code, out, err = say("init", "--ci", "github")
        assert (code, out) == (1, "")
        assert err.startswith("mapsite: .github/workflows/check.yml exists")
        assert texts(Path()) == {GITHUB[1]: "mine"}

    def test_a_pipeline_that_is_there_is_told_what_to_include(self, say: Say) -> None:
        """GitLab reads one file: beside another one, ours is written to be included."""
        say("init", ".")
        Path(GITLAB).write_text("build: {script: make}\n", "utf-8")
        code, out, _ = say("init", "--ci", "gitlab")
        assert code == 0
        assert "wrote  .gitlab/mapsite.yml" in out
        assert (
            'add to .gitlab-ci.yml: include: [{local: "/.gitlab/mapsite.yml"}]' in out
        )
        assert Path(GITLAB).read_text("utf-8") == "build: {script: make}\n"
        assert "- .gitlab/mapsite.yml" in Path(".gitlab/mapsite.yml").read_text("utf-8")
        before = texts(Path())
        assert say("init", "--ci", "gitlab")[0] == 1
        assert texts(Path()) == before

    def test_a_part_of_a_repository_gets_none(self, say: Say, tmp_path: Path) -> None:
        """Where nobody would read a workflow, none is written, nor anything else."""
        Git(tmp_path).init()
        code, out, err = say("init", "deals", "--ci", "github")
        assert (code, out) == (1, "")
        assert "reads workflows only at its top" in err
        assert not Path("deals").exists()

    def test_theme_and_ci_do_not_go_together(self, say: Say) -> None:
        """Each of them writes something else."""
        code, _, err = say("init", "--theme", "--ci", "github")
        assert code == 2
        assert "expected --theme or --ci, got both" in err

    @pytest.mark.parametrize(
        ("requirements", "constraints", "installed"),
        [
            (None, False, f'"mapsite[publish]=={__version__}"'),
            ("mkdocs\n", False, f'"mapsite[publish]=={__version__}"'),
            ("mapsite-theme==1\n", False, f'"mapsite[publish]=={__version__}"'),
            ("# ours\nmapsite[publish]==0.1.0\n", False, "-r requirements.txt"),
            ("MapSite\n", True, "-r requirements.txt -c constraints.txt"),
            (
                None,
                True,
                f'"mapsite[publish]=={__version__}" -c constraints.txt',
            ),
        ],
    )
    @pytest.mark.parametrize("host", ["github", "gitlab"])
    def test_the_version_is_held(
        self,
        say: Say,
        host: str,
        requirements: str | None,
        installed: str,
        *,
        constraints: bool,
    ) -> None:
        """What the repository asks for is installed, else the version that wrote it."""
        if requirements is not None:
            Path("requirements.txt").write_text(requirements, "utf-8")
        if constraints:
            Path("constraints.txt").write_text("", "utf-8")
        say("init", "--ci", host)
        text = Path(GITHUB[0] if host == "github" else GITLAB).read_text("utf-8")
        assert f"python -m pip install {installed}\n" in text

    @pytest.mark.parametrize(
        ("git", "branch"),
        [
            ({}, "main"),
            ({"HEAD": "ref: refs/heads/master\n"}, "master"),
            ({"HEAD": "ref: refs/heads/my-change\n"}, "main"),
            (
                {
                    "HEAD": "ref: refs/heads/master\n",
                    "refs/remotes/origin/HEAD": "ref: refs/remotes/origin/live/eu\n",
                },
                "live/eu",
            ),
            ({"refs/remotes/origin/HEAD": "ref: refs/remotes/origin/a'] #\n"}, "main"),
        ],
    )
    def test_the_branch_is_the_remotes_own(
        self, say: Say, git: dict[str, str], branch: str
    ) -> None:
        """Pushes to it publish, and the job runs for no other."""
        for name, text in git.items():
            path = Path(".git") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        say("init", "--ci", "github")
        workflow = read(Path(GITHUB[0]))
        assert workflow[True]["push"]["branches"] == [branch]
        only = f"github.ref == 'refs/heads/{branch}'"
        assert workflow["jobs"]["publish"]["if"] == only


class TestSafety:
    """What an outsider can do with a workflow: nothing."""

    @pytest.fixture
    def github(self, say: Say) -> dict[str, dict[Any, Any]]:
        """Return GitHub's workflows by name."""
        say("init", "--ci", "github")
        return {Path(name).stem: read(Path(name)) for name in GITHUB}

    @pytest.mark.usefixtures("github")
    def test_zizmor_finds_nothing(self) -> None:
        """Not even what only the strictest would mind."""
        done = zizmor(Path(".github"))
        assert done.returncode == 0, done.stdout
        assert "publish.yml" in done.stderr
        assert "check.yml" in done.stderr
        assert "No findings to report" in done.stdout

    @pytest.mark.usefixtures("github")
    def test_zizmor_would_find_something(self) -> None:
        """An outsider's title in a command is found, so the test above can fail."""
        path = Path(GITHUB[1])
        text = path.read_text("utf-8")
        risky = "run: echo ${{ github.event.pull_request.title }}\n      - run: python"
        path.write_text(text.replace("run: python", risky, 1), "utf-8")
        done = zizmor(Path(".github"))
        assert done.returncode != 0
        assert "template-injection" in done.stdout

    def test_no_secret_where_outsiders_code_runs(
        self, github: dict[str, dict[Any, Any]]
    ) -> None:
        """The check has none, and may only read; the publisher's are one step's."""
        assert set(github["check"][True]) == {"pull_request"}
        assert "secrets" not in Path(GITHUB[1]).read_text("utf-8")
        assert "pull_request" not in github["publish"][True]
        holders = [step for step in steps(github["publish"]) if "secrets." in str(step)]
        assert [step["run"] for step in holders] == ["python -m mapsite publish"]
        assert holders[0]["env"] == {"MAPSITE_SECRET": "${{ secrets.MAPSITE_SECRET }}"}

    @pytest.mark.parametrize("name", ["publish", "check"])
    def test_rights_are_the_least(
        self, github: dict[str, dict[Any, Any]], name: str
    ) -> None:
        """The token only reads, and is not kept beside the plans."""
        assert github[name]["permissions"] == {}
        for job in github[name]["jobs"].values():
            assert job["permissions"] == {"contents": "read"}
            checkout = job["steps"][0]
            assert checkout["uses"].startswith("actions/checkout@")
            assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}

    @pytest.mark.parametrize("name", GITHUB)
    @pytest.mark.usefixtures("github")
    def test_actions_are_held_by_commit(self, name: str) -> None:
        """Each names its commit in full and says which version that is."""
        lines = re.findall(r"uses: (.*)", Path(name).read_text("utf-8"))
        assert len(lines) == 2
        assert all(map(ACTION.fullmatch, lines))

    @pytest.mark.parametrize("name", ["publish", "check"])
    def test_no_expression_in_a_command(
        self, github: dict[str, dict[Any, Any]], name: str
    ) -> None:
        """What somebody typed elsewhere is never part of a shell's text."""
        commands_run = [step["run"] for step in steps(github[name]) if "run" in step]
        assert len(commands_run) >= 2
        assert not any("${{" in command for command in commands_run)

    def test_publishing_is_done_by_one_at_a_time(
        self, github: dict[str, dict[Any, Any]]
    ) -> None:
        """A publisher waits for the one before it, which is not stopped."""
        one = {"group": "publish", "cancel-in-progress": False}
        assert github["publish"]["concurrency"] == one
        minute, hour, *rest = github["publish"][True]["schedule"][0]["cron"].split()
        assert (int(minute) % 15, hour.isdigit(), rest) == (8, True, ["*", "*", "*"])

    def test_gitlab_publishes_the_default_branch_alone(self, say: Say) -> None:
        """No merge request gets there; one at a time, never stopped half-way."""
        say("init", "--ci", "gitlab")
        jobs = read(Path(GITLAB))
        publish, check = jobs["mapsite-publish"], jobs["mapsite-check"]
        never = {"if": "$CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH", "when": "never"}
        assert publish["rules"][0] == never
        assert (publish["resource_group"], publish["interruptible"]) == (
            "publish",
            False,
        )
        assert publish["variables"] == check["variables"] == {"GIT_DEPTH": "0"}
        assert check["rules"] == [
            {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}
        ]

    def test_no_registry_is_named(self, say: Say) -> None:
        """Where packages come from is the runner's own matter."""
        say("init", "a", "--ci", "github")
        say("init", "b", "--ci", "gitlab")
        for name in (*(f"a/{name}" for name in GITHUB), f"b/{GITLAB}"):
            assert "://" not in Path(name).read_text("utf-8")


GO_LIVE = re.compile(r"  go_live: (\d{4}-\d\d-\d\d)\n")


class Deals:
    """Hold a repository of plans with a workflow, of today."""

    def __init__(self, root: Path, say: Say, host: str) -> None:
        """Write and commit one with the example as its plan."""
        assert say("init", str(root), "--ci", host)[0] == 0
        self.root, self.git = root, Git(root)
        self.git.init()
        self.git.commit(now().isoformat(), "Begin")

    @property
    def plan(self) -> Path:
        """Return the only plan."""
        return self.root / "plans" / "example.yaml"

    def replace(self, old: str, new: str) -> None:
        """Write *new* in place of *old* in the plan, and commit it."""
        text = self.plan.read_text("utf-8")
        assert text.count(old) == 1
        self.plan.write_text(text.replace(old, new), "utf-8")
        self.git.commit(now().isoformat(), "Change")

    def move(self) -> tuple[str, str]:
        """Move the go-live by a week and commit that; return both days."""
        found = GO_LIVE.search(self.plan.read_text("utf-8"))
        assert found
        was = date.fromisoformat(found[1])
        later = was + timedelta(weeks=1)
        self.replace(found[0], found[0].replace(found[1], later.isoformat()))
        return was.isoformat(), later.isoformat()

    def propose(self, old: str, new: str) -> None:
        """Replace as `replace` does, but on a branch, and merge it like GitHub."""
        self.git("checkout", "--quiet", "-b", "proposal")
        self.replace(old, new)
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", "proposal")


@pytest.fixture
def github(tmp_path: Path, say: Say) -> Deals:
    """Return a repository with GitHub's workflows."""
    return Deals(tmp_path / "deals", say, "github")


@pytest.fixture
def gitlab(tmp_path: Path, say: Say) -> Deals:
    """Return a repository with GitLab's, as a clone of what it is pushed to."""
    deals = Deals(tmp_path / "deals", say, "gitlab")
    Git(tmp_path)("clone", "--quiet", "--bare", "deals", "origin.git")
    deals.git("remote", "add", "origin", "../origin.git")
    deals.git("fetch", "--quiet", "origin")
    deals.git("remote", "set-head", "origin", "main")
    return deals


@pytest.mark.slow
class TestCheck:
    """The check of a pull request, run with an empty stand-in for setup-python."""

    def test_github_tells_what_would_change(
        self, github: Deals, runners: Runners
    ) -> None:
        """A new repository's check is green, and the summary has the sentence."""
        github.propose("title: Project plan", "title: 'Our *plan* ##[error]x' #")
        done = runners.github("pull_request", "check.yml", github.root)
        assert done.returncode == 0, done.stdout
        assert "1 plan: fine" in done.stdout
        assert "**example**: 1 change" in done.stdout
        assert r'title now "Our \*plan\* \#\#\[error\]x", before' in done.stdout

    def test_github_fails_for_a_plan_with_an_error(
        self, github: Deals, runners: Runners
    ) -> None:
        """The job is red, and both parts of the summary say which line is wrong."""
        github.propose("title: Project plan", "titel: Project plan")
        done = runners.github("pull_request", "check.yml", github.root)
        assert done.returncode == 1
        assert 'titel: unknown key "titel"; did you mean "title"?' in done.stdout
        assert "1 plan: 0 fine, 1 with 2 problems" in done.stdout
        assert "**example**: the plan has errors" in done.stdout

    def test_gitlab_tells_what_would_change(
        self, gitlab: Deals, runners: Runners
    ) -> None:
        """The summary that the merge request shows has the sentence."""
        gitlab.replace("title: Project plan", "title: Our plan #")
        done = runners.gitlab(
            "mapsite-check", gitlab.root, **_merge_request("origin/main")
        )
        assert done.returncode == 0, done.stdout
        summary = _artifact(gitlab.root)
        assert "1 plan: fine" in summary
        assert 'The plan: title now "Our plan", before' in summary

    def test_gitlab_fails_for_a_plan_with_an_error(
        self, gitlab: Deals, runners: Runners
    ) -> None:
        """The job is red, and the summary is there all the same."""
        gitlab.replace("title: Project plan", "titel: Project plan")
        done = runners.gitlab(
            "mapsite-check", gitlab.root, **_merge_request("origin/main")
        )
        assert done.returncode == 1
        assert 'unknown key "titel"; did you mean "title"?' in _artifact(gitlab.root)


def _merge_request(base: str) -> dict[str, str]:
    return {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
    }


def _artifact(root: Path) -> str:
    [path] = (root / ".gitlab-ci-local" / "artifacts").rglob("summary.txt")
    return path.read_text("utf-8")


@pytest.mark.slow
class TestPublish:
    """The publisher, run after a commit that moves a date."""

    @pytest.mark.parametrize("host", ["github", "gitlab"])
    def test_a_moved_date_is_published(
        self,
        host: str,
        request: pytest.FixtureRequest,
        runners: Runners,
        say: Say,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The room at the address that is known has the new date, and nothing leaks."""
        deals: Deals = request.getfixturevalue(host)
        monkeypatch.chdir(deals.root)
        rooms, secret = _published(deals, say)
        [room] = (rooms / "t").iterdir()
        was, later = deals.move()
        assert f'datetime="{was}"' in (room / "index.html").read_text("utf-8")
        if host == "github":
            done = runners.github(
                "push", "publish.yml", deals.root, MAPSITE_SECRET=secret
            )
        else:
            done = runners.gitlab(
                "mapsite-publish",
                deals.root,
                CI_PIPELINE_SOURCE="schedule",
                MAPSITE_SECRET=secret,
            )
        assert done.returncode == 0, done.stdout
        assert "1 address: 1 published" in done.stdout
        page = (room / "index.html").read_text("utf-8")
        assert f'datetime="{later}"' in page
        assert f'datetime="{was}"' not in page
        assert [path.name for path in (rooms / "t").iterdir()] == [room.name]
        assert secret not in done.stdout
        assert room.name not in done.stdout

    def test_without_its_secret_nothing_is_published(
        self, github: Deals, runners: Runners, say: Say, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A fork, or a repository not set up yet, changes no address."""
        monkeypatch.chdir(github.root)
        rooms, _ = _published(github, say)
        before = texts(rooms)
        github.move()
        done = runners.github("push", "publish.yml", github.root)
        assert done.returncode == 1
        assert "the secret in MAPSITE_SECRET is refused" in done.stdout
        assert texts(rooms) == before

    def test_another_branch_is_not_published(
        self, github: Deals, runners: Runners, say: Say, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not even where somebody starts the workflow there by hand."""
        monkeypatch.chdir(github.root)
        rooms, secret = _published(github, say)
        before = texts(rooms)
        github.git("checkout", "--quiet", "-b", "proposal")
        github.move()
        done = runners.github(
            "workflow_dispatch", "publish.yml", github.root, MAPSITE_SECRET=secret
        )
        assert done.returncode == 0, done.stdout
        assert "Publish" not in re.sub(r"\[[^]]*]", "", done.stdout)
        assert texts(rooms) == before


def _published(deals: Deals, say: Say) -> tuple[Path, str]:
    """Publish the plan from here for the first time; return where, and the secret."""
    rooms = deals.root.parent / "rooms"
    target = f"    targets:\n      rooms: {{folder: {rooms}}}\n"
    with (deals.root / "mkdocs.yml").open("a", encoding="utf-8") as settings:
        settings.write(target)
    for words in (("secret", "new"), ("publish", "example")):
        code, _, err = say(*words)
        assert code == 0, err
    kept = deals.root / ".mapsite-secret"
    secret = kept.read_text("utf-8").strip()
    kept.unlink()
    deals.git.commit(now().isoformat(), "Publish")
    return rooms, secret
