"""Workflows: safe as written, and they do what they say when they run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mapsite import __version__
from mapsite.commands.options import now
from tests.ci.deals import Deals, Say, read, steps, texts, written
from tests.ci.runners import Runners, zizmor
from tests.gits import Git

NAMES = ("publish", "check", "comment", "intake")
GITHUB = tuple(f".github/workflows/{name}.yml" for name in NAMES)
GITHUB_ISSUE = ".github/ISSUE_TEMPLATE/suggestion.yml"
GITLAB, GITLAB_ISSUE = ".gitlab-ci.yml", ".gitlab/issue_templates/suggestion.md"
WRITTEN = {"github": {*GITHUB, GITHUB_ISSUE}, "gitlab": {GITLAB, GITLAB_ISSUE}}
TITLE = "Project plan for pilot and annual contract"
ACTION = re.compile(
    r"actions/(checkout|setup-python|upload-artifact)@[0-9a-f]{40} # v\d+\.\d+\.\d+"
)


class TestFiles:
    """What `mapsite init --ci` writes, and what it leaves alone."""

    @pytest.mark.parametrize(("host", "names"), WRITTEN.items())
    def test_a_new_repository_brings_its_workflow(
        self, say: Say, host: str, names: set[str]
    ) -> None:
        """With --ci there is all that there is without, and the workflows."""
        assert say("init", "plain", "--today", "2026-05-24")[0] == 0
        code, out, err = say("init", "deals", "--ci", host, "--today", "2026-05-24")
        assert (code, err) == (0, "")
        plain, deals = texts(Path("plain")), texts(Path("deals"))
        assert deals.keys() - plain.keys() == names
        assert {name: deals[name] for name in plain} == plain
        assert all(f"wrote  deals/{name}" in out.splitlines() for name in names)
        assert "next: cd deals && mapsite serve" in out
        assert "MAPSITE_SECRET" in out
        assert "MAPSITE_INBOX_PULL_TOKEN" in out

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
        assert set(after) - set(before) == WRITTEN[host]
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
    def github(self) -> dict[str, dict[Any, Any]]:
        """Return GitHub's workflows by name."""
        files = written("github")
        return {Path(name).stem: read(files[name]) for name in GITHUB}

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Return a folder that has them."""
        for name, text in written("github").items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / ".github"

    def test_zizmor_finds_nothing(self, folder: Path) -> None:
        """Not even what only the strictest would mind."""
        done = zizmor(folder)
        assert done.returncode == 0, done.stdout
        assert all(f"{name}.yml" in done.stderr for name in NAMES)
        assert "No findings to report" in done.stdout
        # That a workflow follows another one's run; what it does with that is below.
        assert "(1 ignored)" in done.stdout

    def test_zizmor_would_find_something(self, folder: Path) -> None:
        """An outsider's title in a command is found, so the test above can fail."""
        path = folder / "workflows" / "check.yml"
        text = path.read_text("utf-8")
        risky = "run: echo ${{ github.event.pull_request.title }}\n      - run: python"
        path.write_text(text.replace("run: python", risky, 1), "utf-8")
        done = zizmor(folder)
        assert done.returncode != 0
        assert "template-injection" in done.stdout

    def test_no_secret_where_outsiders_code_runs(
        self, github: dict[str, dict[Any, Any]]
    ) -> None:
        """The check has none, and may only read; others' are one step's."""
        assert set(github["check"][True]) == {"pull_request"}
        for name in ("check", "comment"):
            text = written("github")[f".github/workflows/{name}.yml"]
            assert "secrets." not in text
        assert "pull_request" not in github["publish"][True]
        holders = [step for step in steps(github["publish"]) if "secrets." in str(step)]
        assert [step["run"] for step in holders] == ["python -m mapsite publish"]
        assert holders[0]["env"] == {"MAPSITE_SECRET": "${{ secrets.MAPSITE_SECRET }}"}
        [taking] = [step for step in steps(github["intake"]) if "secrets." in str(step)]
        assert "mapsite changes pull" in taking["run"]
        assert "MAPSITE_SECRET" not in str(github["intake"])

    def test_a_request_is_shown_at_no_address(
        self, github: dict[str, dict[Any, Any]]
    ) -> None:
        """No preview that a guess could find: what looks at it publishes nothing."""
        looking = {
            name: str(job)
            for name, job in read(written("gitlab")[GITLAB]).items()
            if "merge_request_event" in str(job)
        } | {name: str(github[name]["jobs"]) for name in ("check", "comment")}
        assert looking.keys() == {"mapsite-check", "check", "comment"}
        for job in looking.values():
            assert not re.search(r"mapsite (build|publish|serve)", job)
            assert not re.search(r"-pages|'(pages|environment)'", job)
        assert "mapsite publish" in str(github["publish"]["jobs"])

    @pytest.mark.parametrize("name", NAMES)
    def test_rights_are_the_least(
        self, github: dict[str, dict[Any, Any]], name: str
    ) -> None:
        """A job may do what its steps do; no token is kept beside the plans."""
        rights = {
            "intake": {
                "contents": "write",
                "pull-requests": "write",
                "actions": "read",
            },
            "comment": {"actions": "read", "pull-requests": "write"},
            "closed": {"actions": "write"},
        }
        rights["publish"] = rights["closed"] if name == "intake" else {}
        assert github[name]["permissions"] == {}
        for key, job in github[name]["jobs"].items():
            assert job["permissions"] == (rights.get(key) or {"contents": "read"})
        for step in steps(github[name]):
            if step.get("uses", "").startswith("actions/checkout@"):
                wanted = {"fetch-depth": 0, "persist-credentials": False}
                assert step["with"] == wanted

    def test_who_may_write_runs_nothing_of_a_pull_request(
        self, github: dict[str, dict[Any, Any]]
    ) -> None:
        """The comment's job gets no files; intake's are those of the main branch."""
        assert [set(step) for step in steps(github["comment"])] == [
            {"name", "shell", "run", "env"}
        ]
        jobs = github["intake"]["jobs"]
        mine = "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'"
        assert jobs["intake"]["if"] == mine
        for name in ("publish", "closed"):
            [step] = jobs[name]["steps"]
            assert "uses" not in step
        ours = "github.event.pull_request.head.repo.full_name == github.repository"
        assert ours in jobs["closed"]["if"]

    def test_actions_are_held_by_commit(self) -> None:
        """Each names its commit in full and says which version that is."""
        files = written("github")
        found = [re.findall("uses: (.*)", files[name]) for name in GITHUB]
        assert [len(lines) for lines in found] == [2, 3, 0, 2]
        assert all(ACTION.fullmatch(line) for lines in found for line in lines)

    @pytest.mark.parametrize("name", NAMES)
    def test_no_expression_in_a_command(
        self, github: dict[str, dict[Any, Any]], name: str
    ) -> None:
        """What somebody typed elsewhere is never part of a shell's text."""
        commands_run = [step["run"] for step in steps(github[name]) if "run" in step]
        assert commands_run
        assert not any("${{" in command for command in commands_run)

    @pytest.mark.parametrize(
        ("name", "group"),
        [
            ("publish", "publish"),
            ("intake", "intake-${{ github.event_name == 'pull_request' }}"),
        ],
    )
    def test_what_writes_is_done_by_one_at_a_time(
        self, github: dict[str, dict[Any, Any]], name: str, group: str
    ) -> None:
        """A run waits for the one before it, which is not stopped; off the hour."""
        one = {"group": group, "cancel-in-progress": False}
        assert github[name]["concurrency"] == one
        minutes, *_ = github[name][True]["schedule"][0]["cron"].split()
        assert {int(minute) % 15 for minute in minutes.split(",")} <= {7, 8}

    def test_gitlab_publishes_the_default_branch_alone(self) -> None:
        """No merge request gets there; one at a time, never stopped half-way."""
        jobs = read(written("gitlab")[GITLAB])
        publish, check = jobs["mapsite-publish"], jobs["mapsite-check"]
        intake = jobs["mapsite-intake"]
        never = {"if": "$CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH", "when": "never"}
        assert publish["rules"][0] == never
        assert (publish["resource_group"], publish["interruptible"]) == (
            "publish",
            False,
        )
        deep = {"GIT_DEPTH": "0"}
        assert publish["variables"] == check["variables"] == intake["variables"] == deep
        assert intake["rules"][0]["if"].startswith(never["if"])
        assert intake["rules"][0]["when"] == "never"
        assert (intake["resource_group"], intake["interruptible"]) == (
            "mapsite-intake",
            False,
        )
        assert check["rules"] == [
            {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}
        ]

    @pytest.mark.parametrize("host", ["github", "gitlab"])
    def test_no_registry_is_named(self, host: str) -> None:
        """Where packages come from is the runner's own matter."""
        assert not any("://" in text for text in written(host).values())


@pytest.mark.slow
class TestCheck:
    """The check of a pull request, run with an empty stand-in for setup-python."""

    def test_github_tells_what_would_change(
        self, github: Deals, runners: Runners
    ) -> None:
        """A new repository's check is green, and the summary has the sentence."""
        github.propose("title: Project plan", "title: 'Our *plan* ##[error]x' #")
        event = pull_request("mama/deals", "proposal")
        done = runners.github("pull_request", "check.yml", github.root, event)
        assert done.returncode == 0, done.stdout
        assert "1 plan: fine" in done.stdout
        assert "**example**: 1 change" in done.stdout
        assert r'title now "Our \*plan\* \#\#\[error\]x", before' in done.stdout
        report = runners.uploaded("report")
        sentence = f'Change the title from "{TITLE}" to "Our *plan* \\x23#[error]x"'
        assert report["number.txt"] == "7\n"
        assert report["report.txt"] == f"plans/example.yaml\n  {sentence}\n"

    def test_github_lets_outsiders_change_what_is_theirs_alone(
        self, github: Deals, runners: Runners
    ) -> None:
        """What comes from another repository is judged as a buyer's."""
        github.propose("title: Project plan", "title: Our plan #")
        event = pull_request("priya/deals", "proposal")
        done = runners.github("pull_request", "check.yml", github.root, event)
        assert done.returncode == 1
        told = f'not allowed: Change the title from "{TITLE}" to "Our plan"'
        assert told in runners.uploaded("report")["report.txt"]

    def test_github_fails_for_a_plan_with_an_error(
        self, github: Deals, runners: Runners
    ) -> None:
        """The job is red, and both parts of the summary say which line is wrong."""
        github.propose("title: Project plan", "titel: Project plan")
        event = pull_request("mama/deals", "proposal")
        done = runners.github("pull_request", "check.yml", github.root, event)
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
        assert f'  Change the title from "{TITLE}" to "Our plan"' in summary

    @pytest.mark.parametrize(
        ("project", "branch", "side"),
        [
            ("5", "proposal", "seller"),
            ("5", "mapsite/example/0123abcd", "buyer"),
            ("8", "proposal", "buyer"),
            ("", "$(exit 3)`exit 3`", "buyer"),
        ],
    )
    def test_gitlab_knows_whose_change_it_is(
        self, project: str, branch: str, side: str
    ) -> None:
        """What comes from elsewhere, or from intake, is judged as a buyer's."""
        script = read(written("gitlab")[GITLAB])["mapsite-check"]["script"]
        lines = [line for line in script if "side=" in line]
        assert len(lines) == 2
        done = subprocess.run(
            ["sh", "-e", "-c", "\n".join([*lines, 'echo "$side"'])],  # noqa: S607
            env=_merge_request("origin/main", project, branch),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"{side}\n"

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


def pull_request(repository: str, branch: str) -> dict[str, Any]:
    """Return the event of a pull request into mama/deals from *branch* elsewhere."""
    head = {"ref": branch, "repo": {"full_name": repository}}
    return {
        "repository": {"full_name": "mama/deals"},
        "pull_request": {"number": 7, "head": head, "base": {"ref": "main"}},
    }


def _merge_request(
    base: str, project: str = "5", branch: str = "proposal"
) -> dict[str, str]:
    return {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": project,
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": branch,
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
        # On a busy machine act may lose the last words of a step that fails.
        assert "Failure - Main Publish" in done.stdout, done.stdout
        assert "published" not in done.stdout, done.stdout
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
    deals.set(f"    targets:\n      rooms: {{folder: {rooms}}}\n")
    for words in (("secret", "new"), ("publish", "example")):
        code, _, err = say(*words)
        assert code == 0, err
    kept = deals.root / ".mapsite-secret"
    secret = kept.read_text("utf-8").strip()
    kept.unlink()
    deals.git.commit(now().isoformat(), "Publish")
    return rooms, secret
