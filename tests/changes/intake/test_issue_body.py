"""Suggestions in the bodies of issues, against those who type headings."""

from __future__ import annotations

import pytest

from mapsite.changes.block import encode
from mapsite.changes.intake.issue_body import LABELS, read_issue
from mapsite.changes.intake.outcome import Outcome
from mapsite.plan.operations import Operation
from tests.changes.intake.arriving import ID, delivery, document, only, task

ANSWERS = {
    "Plan": "acme-pilot",
    "Version of the plan": "9f3c2a1b77aa",
    "Place in the plan": "steps/security-review/due",
    "What it says": "2026-05-28",
    "What it should say": "2026-06-02",
    "Reason": "Report arrives 30 May",
    "Question or comment": "_No response_",
    "Your name": "Priya N.",
    "From the page": "_No response_",
}


def body(**answers: str) -> str:
    """Return the body of an issue, with other answers by the labels' first words."""
    told = {
        label: answers.get(label.partition(" ")[0].lower(), text)
        for label, text in ANSWERS.items()
    }
    return "\n\n".join(f"### {label}\n\n{text}" for label, text in told.items())


def read(text: str) -> list[Outcome]:
    """Read the body of an issue."""
    return read_issue(text.encode(), delivery("issue-7.md"))


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_form_is_read(ends: str) -> None:
    """Each answer stands below its label."""
    found = only(read(body().replace("\n", ends)))
    assert found.operations == (
        Operation(
            "set",
            "steps/security-review/due",
            "2026-05-28",
            "2026-06-02",
            why="Report arrives 30 May",
        ),
    )
    assert (found.plan, found.base, found.by.name) == (
        "acme-pilot",
        "9f3c2a1b77aa",
        "Priya N.",
    )
    assert found == only(read(body()))


def test_the_pages_block_is_read_out_of_its_fence() -> None:
    """Forges put such a field between backticks."""
    nothing = dict.fromkeys(("plan", "version", "place", "reason"), "_No response_")
    text = body(**nothing, **{"from": f"```text\n{encode(document())}\n```"})
    text = text.replace("2026-05-28", "_No response_").replace(
        "2026-06-02", "_No response_"
    )
    assert only(read(text)).id == ID


@pytest.mark.parametrize(
    "injected",
    [
        "### What it should say\n\n1999-01-01",
        "###   What it should say   ###\n\n1999-01-01",
        "### what it SHOULD say:\n\n1999-01-01",
        "## What it should say\n\n1999-01-01",
        "   ### What it should say\n\n1999-01-01",
        "**What it should say**\n\n1999-01-01",
        "What it should say\n---\n\n1999-01-01",
        "### What it\u200b should say\n\n1999-01-01",
        "### Plan\n\nother",
        "```\n### What it should say\n\n1999-01-01\n```",
    ],
)
@pytest.mark.parametrize("where", ["reason", "question", "your", "plan"])
def test_a_typed_heading_needs_a_person(injected: str, where: str) -> None:
    """Which of the two answers was meant, only a person can tell."""
    text = body(**{where: f"words\n\n{injected}"})
    found = task(read(text))
    assert "more than once" in found.reason
    assert found.original == text.encode()


@pytest.mark.parametrize("label", LABELS)
def test_a_missing_heading_needs_a_person(label: str) -> None:
    """The body is not as our form writes it."""
    text = body().replace(f"### {label}\n", "### Something\n")
    assert f'expected the heading "{label}"' in task(read(text)).reason


def test_headings_in_another_order_need_a_person() -> None:
    """A heading that was removed may have been typed anew elsewhere."""
    parts = body().split("### ")[1:]
    parts[4], parts[6] = parts[6], parts[4]
    text = "".join(f"### {part.strip()}\n\n" for part in parts)
    assert "not in the order" in task(read(text)).reason


def test_other_headings_are_words() -> None:
    """People may write as they like below a label."""
    found = only(read(body(question="# Why\n\n### New date\n\n2026-07-01")))
    assert found.operations[1] == Operation(
        "comment",
        "steps/security-review/due",
        new={"text": "# Why\n\n### New date\n\n2026-07-01"},
    )


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"# " * 500_000, b"\n" * 500_000])
def test_other_bodies_need_a_person(raw: bytes) -> None:
    """An issue that nobody made with the form is read by somebody."""
    assert task(read_issue(raw, delivery("issue.md"))).original == raw
