"""Intake: what readers sent ends in branches and in the ledger, with nobody there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mapsite.changes.intake.issue_body import LABELS, read_issue
from mapsite.changes.intake.outcome import Delivery
from mapsite.changes.suggestion import Suggestion
from tests.changes.origins import NOW
from tests.ci.deals import Deals, Say, read, written
from tests.ci.runners import Runners
from tests.gits import Git
from tests.inbox import running
from tests.inbox.running import ACME, PULL

TOKEN = "a-token"  # noqa: S105  # it opens nothing
LATER = "9999-01-01T00:00:00Z"
"""A publisher's last run after all that a test does."""
DISPATCH = "workflow run publish.yml --ref main"


@pytest.fixture
def origin(github: Deals, tmp_path: Path) -> Git:
    """Return what GitHub's repository is a clone of."""
    origin = Git(tmp_path / "origin.git")
    github.publish_branches(origin)
    return origin


def suggestion() -> bytes:
    """Return one for the example, as a room sends it."""
    move = {"op": "add", "path": "people", "value": {"name": "Lee", "side": "buyer"}}
    return running.suggestion(plan="example", ops=[move])


def refs(origin: Git) -> dict[str, str]:
    """Return the branches of *origin*."""
    listed = origin("for-each-ref", "--format=%(refname:short) %(objectname)")
    return dict(line.split() for line in listed.splitlines())


def tokens(folder: Path) -> Path:
    """Return the file that lets suggestions for the example in."""
    file = folder / "submit-tokens.txt"
    file.write_text(f"example {ACME}\n", "utf-8")
    return file


@pytest.mark.slow
class TestGithub:
    """The workflow, run with a real origin."""

    def test_what_waits_in_the_inbox_is_proposed_once(
        self, github: Deals, origin: Git, runners: Runners, tmp_path: Path
    ) -> None:
        """The second run finds nothing to do; rooms are published after the first."""
        folder = tmp_path / "inbox" / "spool"
        folder.parent.mkdir()
        options = ("--tokens", str(tokens(tmp_path)))
        with running.serve(folder, *options, tokens=False) as inbox:
            assert inbox.post(suggestion()).status == 202
            url = f"http://127.0.0.1:{inbox.port}"
            github.set(f"    changes: {{inbox: '{url}'}}\n")
            github.git("push", "--quiet", "origin", "main")
            first = self.run(github, runners)
            assert first.count("received 1 = ") == 4 + 1, (
                "each command, and the summary"
            )
            assert "applied 0 + already 0 + declined 0 + waiting 1" in first
            assert inbox.waiting() == {}
            assert runners.asked()[-1] == DISPATCH
            known = refs(origin)
            [branch] = known.keys() - {"main", "mapsite-ledger"}
            added = origin("diff", "--unified=0", "main", branch)
            assert "+  - {id: lee, name: Lee, side: buyer}" in added
            runners.published(LATER)
            second = self.run(github, runners)
        assert "waiting 1" in second
        assert refs(origin) == known
        assert DISPATCH not in runners.asked()
        assert PULL not in first + second

    def test_with_nothing_set_up_nothing_is_done(
        self, github: Deals, origin: Git, runners: Runners
    ) -> None:
        """A repository without inbox, suggestions or secrets stays green."""
        before = refs(origin)
        told = self.run(github, runners, token="")
        assert told.count("received 0 = ") == 4 + 1
        assert refs(origin) == before
        assert DISPATCH not in runners.asked()

    def run(self, deals: Deals, runners: Runners, token: str = PULL) -> str:
        """Run it as the schedule does, and return what it printed."""
        secrets = {"MAPSITE_INBOX_PULL_TOKEN": token} if token else {}
        done = runners.github("schedule", "intake.yml", deals.root, **secrets)
        assert done.returncode == 0, done.stdout
        return done.stdout

    @pytest.mark.parametrize(
        ("repository", "branch", "merged", "asked"),
        [
            ("mama/deals", "mapsite/example/0123abcd", False, True),
            ("mama/deals", "mapsite/example/0123abcd", True, False),
            ("priya/deals", "mapsite/example/0123abcd", False, False),
        ],
    )
    def test_a_closed_request_is_noted_on_main(
        self,
        github: Deals,
        runners: Runners,
        repository: str,
        branch: str,
        *,
        merged: bool,
        asked: bool,
    ) -> None:
        """Whoever closes one of ours starts intake; nobody else's does, nor a merge."""
        head = {"ref": branch, "repo": {"full_name": repository}}
        event = {
            "action": "closed",
            "pull_request": {"number": 7, "head": head, "merged": merged},
        }
        done = runners.github("pull_request", "intake.yml", github.root, event)
        assert done.returncode == 0, done.stdout
        wanted = ["workflow run intake.yml --ref main"] if asked else []
        assert runners.asked() == wanted
        assert "mapsite changes" not in done.stdout


@pytest.mark.slow
def test_gitlab_proposes_what_waits(
    gitlab: Deals, runners: Runners, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody took in is proposed; the token is in no file and no line."""
    monkeypatch.chdir(gitlab.root)
    Path("../mail.json").write_bytes(suggestion())
    assert say("changes", "import", "../mail.json")[0] == 0
    config = (gitlab.root / ".git" / "config").read_bytes()
    origin = Git(gitlab.root.parent / "origin.git")
    done = runners.gitlab(
        "mapsite-intake",
        gitlab.root,
        CI_PIPELINE_SOURCE="schedule",
        CI_PROJECT_URL=str(origin.folder).removesuffix(".git"),
        MAPSITE_FORGE_TOKEN=TOKEN,
    )
    assert done.returncode == 0, done.stdout
    assert "waiting 1" in done.stdout
    [branch] = refs(origin).keys() - {"main", "mapsite-ledger"}
    assert "name: Lee" in origin("diff", "main", branch)
    assert (gitlab.root / ".git" / "config").read_bytes() == config
    assert TOKEN not in done.stdout


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_the_token_reaches_git_by_a_helper(host: str) -> None:
    """It is asked for where the repository is, and nowhere else."""
    files = written(host)
    server, other = "https://git.mama.example", "https://evil.example"
    script = ""
    if host == "github":
        steps = read(files[".github/workflows/intake.yml"])["jobs"]["intake"]["steps"]
        [known] = [step["env"] for step in steps if "GIT_CONFIG" in str(step)]
        known |= {"GH_TOKEN": TOKEN}
        key = known["GIT_CONFIG_KEY_0"].replace("${{ github.server_url }}", server)
        known["GIT_CONFIG_KEY_0"] = key
    else:
        lines = read(files[".gitlab-ci.yml"])["mapsite-intake"]["script"]
        script = "\n".join(line for line in lines if line.startswith("export"))
        known = {"CI_SERVER_URL": server, "MAPSITE_FORGE_TOKEN": TOKEN}
    assert f"\npassword={TOKEN}\n" in _filled(script, known, server)
    assert _filled(script, known, other) == ""


def _filled(script: str, environment: dict[str, str], url: str) -> str:
    """Return what git finds to open *url* with."""
    done = subprocess.run(
        ["sh", "-c", f"{script}\nexec git credential fill"],  # noqa: S607
        env={**os.environ, **environment, "GIT_TERMINAL_PROMPT": "0", "HOME": "."},
        input=f"url={url}/mama/deals.git\n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


class TestForm:
    """The form of an issue, and what `mapsite changes import` makes of it."""

    def test_its_labels_are_those_that_intake_knows(self) -> None:
        """In their order, each with its field's name, and only texts to be typed."""
        form = read(written("github")[".github/ISSUE_TEMPLATE/suggestion.yml"])
        found = {one["attributes"]["label"]: one["id"] for one in form["body"]}
        assert list(found.items()) == list(LABELS.items())
        assert {one["type"] for one in form["body"]} <= {"input", "textarea"}
        assert form["name"]
        assert form["description"]

    def test_gitlab_has_the_same_headings(self) -> None:
        """A body that was written below them is understood."""
        text = written("gitlab")[".gitlab/issue_templates/suggestion.md"]
        for label, said in {
            "Plan": "example",
            "Place in the plan": "steps/signature/due",
            "What it says": "2027-01-29",
            "What it should say": "2027-02-05",
            "Your name": "Priya",
        }.items():
            text = text.replace(f"### {label}\n", f"### {label}\n\n{said}\n", 1)
        [found] = read_issue(text.encode(), Delivery("issue.md", NOW))
        assert isinstance(found, Suggestion), found
        [operation] = found.operations
        assert (operation.path, operation.new) == ("steps/signature/due", "2027-02-05")
