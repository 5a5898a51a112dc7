"""The comment below a pull request: made of what anybody may have written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt

from tests.ci.comments import BOT, COMMIT, TOKEN, Conversation, serving
from tests.ci.deals import Deals, read, steps, written
from tests.ci.runners import REPOSITORY, Runners

MARK = "<!-- mapsite: what its check found -->"
TEXT = "plans/example.yaml\n  Move Signature from 1 May to 2 May\n"
Comment = Callable[[Conversation], subprocess.CompletedProcess[str]]


@pytest.fixture
def comment() -> Comment:
    """Return a function that does what the workflow's only step does."""
    [step] = steps(read(written("github")[".github/workflows/comment.yml"]))
    assert step["shell"] == "python"

    def run(conversation: Conversation) -> subprocess.CompletedProcess[str]:
        with serving(conversation):
            return subprocess.run(
                [sys.executable, "-c", step["run"]],
                env={
                    "PATH": os.environ["PATH"],
                    "API": conversation.url,
                    "REPOSITORY": REPOSITORY,
                    "RUN": "41",
                    "COMMIT": COMMIT,
                    "TOKEN": TOKEN,
                },
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

    return run


def report(text: str | bytes = TEXT, number: str = "7") -> dict[str, bytes]:
    """Return the files that a check leaves."""
    raw = text if isinstance(text, bytes) else text.encode()
    return {"report.txt": raw, "number.txt": f"{number}\n".encode()}


@pytest.mark.slow
def test_the_workflow_comments(github: Deals, runners: Runners) -> None:
    """As GitHub runs it after a check, with its event and its own token."""
    event = {
        "workflow_run": {
            "event": "pull_request",
            "conclusion": "failure",
            "id": 41,
            "head_sha": COMMIT,
            "head_branch": "proposal",
            "head_repository": {"id": 5},
        }
    }
    with serving(Conversation(report())) as conversation:
        done = runners.github(
            *("workflow_run", "comment.yml", github.root, event, conversation.url),
            GITHUB_TOKEN=TOKEN,
        )
    assert done.returncode == 0, done.stdout
    [told] = conversation.comments
    assert told["body"].startswith(MARK)
    assert "    plans/example.yaml\n      Move Signature from" in told["body"]
    assert not conversation.leaked


def test_there_is_one_comment_that_is_kept_up_to_date(comment: Comment) -> None:
    """Found among many, behind the first page, and behind somebody's copy of it."""
    conversation = Conversation(report())
    conversation.say(f"{MARK}\n\nmine", "mallory")
    for number in range(120):
        conversation.say(f"comment {number}", "jo")
    assert comment(conversation).returncode == 0
    conversation.report = report("plans/example.yaml\n  Confirm 2 May\n")
    assert comment(conversation).returncode == 0
    assert [one["user"]["login"] for one in conversation.comments].count(BOT) == 1
    assert "Confirm 2 May" in conversation.comments[-1]["body"]
    assert "Move Signature" not in conversation.comments[-1]["body"]
    assert conversation.comments[0]["body"] == f"{MARK}\n\nmine"


def test_where_no_plan_changes_nothing_is_said(comment: Comment) -> None:
    """But what was said before does not stay."""
    conversation = Conversation(report("No plan would change.\n"))
    assert comment(conversation).returncode == 0
    assert conversation.comments == []
    conversation.say(f"{MARK}\n\nold")
    assert comment(conversation).returncode == 0
    assert "No plan would change." in conversation.comments[0]["body"]


@pytest.mark.parametrize(
    "text",
    [
        "@jo please merge\r@jo ![x](https://evil.example/x.png)",
        "```\n</pre></code>\n\n<img src=x onerror=alert(1)>\n\n# Approved",
        "x\n\u2028- [x] done\x0b<b>x</b>\x85<b>y</b>\x1b[31m",
        "\n\n\n--> <h1>Merge me</h1>\n===\n",
        "\t\n \n[a]: https://evil.example",
        "\x00" * 100 + "\n" * 60_000 + "<b>x</b>",
        "é" * 100_000,
    ],
)
def test_a_report_is_text_whatever_it_says(comment: Comment, text: str) -> None:
    """All of it is one block of code, and no longer than GitHub takes."""
    conversation = Conversation(report(text))
    done = comment(conversation)
    assert done.returncode == 0, done.stderr
    [told] = conversation.comments
    assert len(told["body"]) < 65_000
    tokens = [one.type for one in MarkdownIt().parse(told["body"])]
    said = ["paragraph_open", "inline", "paragraph_close"]
    assert tokens in (["html_block", *said, "code_block"], ["html_block", *said])


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (b"no archive", "something else than a report"),
        ({"report.txt": b"x"}, "something else than a report"),
        (report(number="7; rm -rf /"), "names no pull request"),
        (report(number="../../7"), "names no pull request"),
        (report(number="\u0667"), "names no pull request"),
        (report(number=""), "names no pull request"),
    ],
)
def test_what_is_no_report_is_told_and_nothing_else(
    comment: Comment, found: dict[str, bytes] | bytes, why: str
) -> None:
    """The run is red; no address is made of what it says."""
    conversation = Conversation(found)
    done = comment(conversation)
    assert done.returncode == 1
    assert why in done.stderr
    assert conversation.comments == []


@pytest.mark.parametrize(
    ("number", "state"), [("8", "open"), ("7", "closed")], ids=["another", "closed"]
)
def test_only_the_request_of_that_commit_is_told(
    comment: Comment, number: str, state: str
) -> None:
    """Nobody has a comment made below somebody else's, nor one of an old commit."""
    conversation = Conversation(report(number=number), state)
    assert comment(conversation).returncode == 0
    assert conversation.comments == []


def test_who_could_change_the_check_is_told_apart(comment: Comment) -> None:
    """What changes more than plans may report what it likes."""
    plain = Conversation(report())
    changed = Conversation(
        report(), paths=("plans/example.yaml", ".github/workflows/check.yml")
    )
    for conversation in (plain, changed):
        assert comment(conversation).returncode == 0
    warning = "It changes more than plans"
    assert warning not in plain.comments[0]["body"]
    assert warning in changed.comments[0]["body"]


def test_a_report_larger_than_any_is_not_fetched(comment: Comment) -> None:
    """Nor is one unpacked further than is shown."""
    packed = Conversation(report(b"x" * 50_000_000))
    assert comment(packed).returncode == 0
    assert len(packed.comments[0]["body"]) < 65_000
    huge = Conversation(os.urandom(2_000_000))
    done = comment(huge)
    assert done.returncode == 1
    assert "the check left no report" in done.stderr
