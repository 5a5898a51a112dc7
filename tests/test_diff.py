"""What a buyer would see changed: told in sentences, all of it and nothing internal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from mapsite.cli import commands
from mapsite.markdown_text import escaped
from mapsite.plan.read import read_plan
from mapsite.report import printable
from mapsite.room.comparison import Seen, differences
from mapsite.room.project import project
from tests.gits import Git

Diff = Callable[..., tuple[int, str, str]]

TODAY = ("--today", "2026-05-24")
SETTINGS = "site_name: Deals\ntheme: {name: material}\n"
PLAN = """\
title: Plan
created: 2026-05-11
goal: {outcome: Signed, date: 2026-08-14}
buyer: {name: Acme}
seller: {name: Mama}
people:
  - {id: jo, name: Jo, side: seller}
  - {id: priya, name: Priya, side: buyer}
  - {id: max, name: Max Secret, side: seller, internal: true}
steps:
  - {id: demo, title: Demo, owners: [jo], due: 2026-06-01}
  - id: review
    title: Security review
    owners: [priya]
    due: 2026-06-10
    internal: {notes: walk-away price}
  - {id: quiet, title: Discount round, due: 2026-06-03, internal: true}
questions:
  - {id: term, text: One year?, asked_by: priya}
documents:
  - {id: soc, title: SOC 2 report, file: soc.csv}
links:
  buyer: {nonce: bbbbbbbbbbbbbbbbbbbbbbbbb2}
internal: {notes: nobody knows}
"""
PAGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NONCES = ("b" * 25 + "2", "c" * 25 + "3")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Return a repository with one commit of one plan; the test runs in it."""
    git = Git(tmp_path / "deals").init()
    git.write("mkdocs.yml", SETTINGS)
    git.write("plans/soc.csv", "a,b\n")
    git.commit("2026-05-12", acme=PLAN)
    monkeypatch.chdir(git.folder)
    return git


@pytest.fixture
def diff() -> Diff:
    """Return a function that compares with a revision on the tests' day."""

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(
            commands, ["diff", *words, *TODAY], prog_name="mapsite"
        )
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


def change(git: Git, *pairs: tuple[str, str], name: str = "acme") -> None:
    """Write the plan with each first text of *pairs* replaced by the second."""
    text = PLAN
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    git.write(f"plans/{name}.yaml", text)


def test_nothing_changed_is_told(git: Git, diff: Diff) -> None:
    """Where no file is another, no plan is named."""
    assert git.folder.is_dir()
    assert diff("HEAD") == (0, "No buyer would see a change.\n", "")


DEMO = "  - {id: demo, title: Demo, owners: [jo], due: 2026-06-01}\n"
QUESTION = "  - {id: term, text: One year?, asked_by: priya}\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-06-10", "2026-06-24", "Security review moves from 2026-06-10 to 2026-"),
        ("date: 2026-08-14", "date: 2026-09-14", "The goal moves from 2026-08-14 to"),
        ("due: 2026-06-01}", "status: done}", "Demo is now done, before todo"),
        (
            "owners: [jo]",
            "owners: [jo, priya]",
            "Demo: owners now Jo and Priya, before",
        ),
        ("owners: [jo]", "owners: [max]", "Demo: owners now the seller's team, before"),
        ("title: Demo", "title: Show", 'Show: title now "Show", before "Demo"'),
        ("title: Demo", "title: Demo, note: Call", 'Demo: note now "Call"'),
        ("name: Priya", "name: Pia", 'Priya: name now "Pia", before "Priya"'),
        (DEMO, "", "Step removed: Demo"),
        (DEMO, DEMO + DEMO.replace("mo", "al"), "New step: Deal, 2026-06-01, with Jo"),
        (
            "text: One year?",
            "answer: Yes, text: One year?",
            'One year?: answer now "Yes"',
        ),
        (QUESTION, QUESTION.replace("term", "more") + QUESTION, "New question: One"),
        ("file: soc.csv", "url: https://x.example", "SOC 2 report: file or link now"),
        ("buyer: {name: Acme}", 'buyer: {name: Acme, color: "#123456"}', "The compan"),
        ("title: Plan", "title: Plan\nlanguage: de", "The plan: language now de"),
        (
            "title: Plan",
            f"title: Plan\nsummary: {'w' * 99}",
            "The plan: summary is new",
        ),
        (
            "title: Demo",
            "title: Demo, phase: Try",
            "The phases change",
        ),
        ("links:", "status: won\nlinks:", "The deal is now won"),
        (NONCES[0], NONCES[1], "Link buyer: a new address; the old one stops working"),
        (f"nonce: {NONCES[0]}", "", "Link buyer: withdrawn"),
        (
            f"nonce: {NONCES[0]}",
            f"nonce: {NONCES[0]}, expires: 2026-09-30",
            "Link buyer ends after 2026-09-30",
        ),
        (
            "buyer: {nonce",
            f"legal: {{nonce: {NONCES[1]}}}\n  buyer: {{nonce",
            "Link legal: a new address",
        ),
    ],
)
def test_each_change_has_its_sentence(
    git: Git, diff: Diff, old: str, new: str, said: str
) -> None:
    """What changed is told in words, and no address is."""
    change(git, (old, new))
    code, out, err = diff("HEAD")
    assert (code, err) == (0, "")
    assert f"\n  {said}" in out
    assert out.endswith("\nOne buyer would see a change.\n")
    assert not any(nonce in out for nonce in NONCES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("walk-away price", "another price"),
        ("nobody knows", "somebody knows"),
        ("Discount round", "Second round"),
        ("Max Secret", "Moritz Secret"),
        ("title: Plan\n", "# a note\ntitle:   'Plan'\n"),
        ("side: buyer}", "side: buyer, email: priya@acme.example}"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--markdown",), ("--json",)])
def test_what_is_internal_is_no_change(
    git: Git, diff: Diff, old: str, new: str, form: tuple[str, ...]
) -> None:
    """The plan is named, so that its reviewer knows; what stands there is not."""
    change(git, (old, new))
    code, out, err = diff("HEAD", *form)
    assert (code, err) == (0, "")
    if form == ("--json",):
        [plan] = json.loads(out)["plans"]
        assert (plan["plan"], plan["state"], plan["changes"]) == ("acme", "same", [])
    else:
        assert "the room stays as it is" in out
        assert "No buyer would see a change." in out
    for word in ("price", "knows", "round", "Secret", "priya@"):
        assert word not in out


def test_a_hidden_step_moves_what_waits_for_it(git: Git, diff: Diff) -> None:
    """The date effect is told, and not whose it is."""
    waits = ("    due: 2026-06-10\n", "    after: [quiet]\n    takes: 3d\n")
    change(git, waits)
    git.commit("2026-05-13")
    change(git, waits, ("due: 2026-06-03", "due: 2026-07-01"))
    _, out, _ = diff("HEAD")
    assert "Security review" in out
    assert "Discount" not in out


def test_a_file_that_changed_is_told(git: Git, diff: Diff) -> None:
    """The plan says the same, and the buyer would read another document."""
    git.write("plans/soc.csv", "a,c\n")
    assert "acme: 1 change\n  SOC 2 report: file or link" in diff("HEAD")[1]
    git.write("plans/other.csv", "no plan names it\n")
    git.write("plans/soc.csv", "a,b\n")
    assert diff("HEAD") == (0, "No buyer would see a change.\n", "")


def test_rooms_come_and_go(git: Git, diff: Diff) -> None:
    """A new plan, one that is gone and one that is closed are told as such."""
    git.commit("2026-05-12", bolt=PLAN, corp=PLAN)
    git("tag", "base")
    git.write("plans/dyno.yaml", PLAN.replace("Acme", "Dyno"))
    (git.folder / "plans/bolt.yaml").unlink()
    closed = PLAN.replace("nonce: " + NONCES[0], f"former: [{NONCES[0]}]")
    git.write("plans/closed/corp.yaml", f"status: lost\n{closed}")
    (git.folder / "plans/corp.yaml").unlink()
    assert diff("base")[1] == (
        "bolt: the room goes\n"
        "  The plan is gone; `mapsite publish --clean` withdraws its room\n"
        "corp: the room goes\n"
        "  The deal is closed, and the room goes\n"
        "dyno: a new room\n"
        "  A new room for Dyno: 2 steps, the goal is 2026-08-14\n"
        "The buyers of 3 plans would see a change.\n"
    )
    git.write("plans/closed/corp.yaml", f"status: won\n{PLAN}")
    assert "  The deal is now won\n" in diff("base", "corp")[1]


def test_plans_can_be_named(git: Git, diff: Diff) -> None:
    """Then only those are compared, also where they are what they were."""
    git.commit("2026-05-12", bolt=PLAN)
    change(git, ("title: Demo", "title: Show"))
    assert "Demo" not in diff("HEAD", "bolt")[1]
    assert diff("HEAD", "bolt")[1].startswith("bolt: the room stays as it is\n")
    assert diff("HEAD", "blt")[0] == 2


def test_the_look_is_told(git: Git, diff: Diff) -> None:
    """Settings and templates are every room's."""
    git.write("mkdocs.yml", SETTINGS + "extra: {}\n")
    said = "mkdocs.yml: may change the look of every room\n"
    assert diff("HEAD") == (0, said, "")


def test_a_plan_with_errors_is_named_and_fails(git: Git, diff: Diff) -> None:
    """The others are told all the same; an older version may have errors."""
    git.commit("2026-05-12", bolt=PLAN)
    change(git, ("title: Plan", "titel: Plan"))
    change(git, ("title: Demo", "title: Show"), name="bolt")
    code, out, err = diff("HEAD")
    assert code == 1
    assert out.startswith("acme: the plan has errors, so its room stays as it is\n")
    assert "title now" in out
    assert 'plans/acme.yaml:1: titel: unknown key "titel"' in err
    assert 'unknown key "titel"' in diff("HEAD", "--markdown")[1]
    [record, _] = json.loads(diff("HEAD", "--json")[1])["plans"]
    assert record["problems"][0]["address"] == "titel"
    git.commit("2026-05-13")
    change(git)
    code, out, _ = diff("HEAD", "acme")
    assert (code, "version before had errors" in out) == (0, True)


@pytest.mark.parametrize("base", ["nope", "--output=x", "", "HEAD:mkdocs.yml", "a\0b"])
def test_what_is_no_revision_is_refused(git: Git, diff: Diff, base: str) -> None:
    """Nothing of it reaches git as an option, and the reader is told what to do."""
    before = sorted(path.name for path in git.folder.iterdir())
    code, out, err = diff("--", base)[0:3]
    assert (code, out) == (1, "")
    assert err.startswith("mapsite: expected a revision of this repository")
    assert sorted(path.name for path in git.folder.iterdir()) == before


def test_outside_git_there_is_no_revision(
    tmp_path: Path, diff: Diff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without history is told so, without a traceback."""
    (tmp_path / "mkdocs.yml").write_text(SETTINGS, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert diff("HEAD")[0] == 1


HOSTILE = (
    "::set-output name=a::b",
    " ::add-mask::x",
    "x ##[set-env name=PATH]y",
    "##vso[task.setvariable variable=a]b",
    "<script>alert(1)</script>",
    "</details><h1>Approved</h1>",
    "![x](https://evil.example/p.png)",
    "[sign here](https://evil.example)",
    "https://evil.example and www.evil.example",
    "@everyone #1 org/repo#2",
    "`code` **bold** _em_ ~~no~~ $x$",
    "- [x] done",
    "1. one",
    "a %0A::error::b",
    "&lt;b&gt;",
    "| a | b |",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_plan_becomes_a_command_or_markup(
    git: Git, diff: Diff, text: str
) -> None:
    """In no form: not for a runner that reads the log, not on the page it shows."""
    change(git, ("title: Demo", f"title: {json.dumps(text)}"))
    for form in ((), ("--markdown",), ("--json",)):
        out = diff("HEAD", *form)[1]
        assert "title" in out
        for line in out.splitlines():
            assert not line.strip().startswith("::")
            assert not re.search(r"##(vso)?\[", line)
    html = PAGE.render(diff("HEAD", "--markdown")[1])
    tags = set(re.findall(r"<(/?\w+)", html))
    assert {tag.strip("/") for tag in tags} <= {"h2", "p", "strong", "ul", "li"}
    raw = diff("HEAD", "--markdown")[1]
    assert not re.search(r"https?:/|www\.[a-z]|(?<!\\)@|(?<!\\)[<&]", raw)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_printed_line_is_a_command(text: str) -> None:
    """Whatever any command prints, a runner takes nothing in it for its own."""
    line = printable(f"  {text}")
    assert not line.strip().startswith("::")
    assert not re.search(r"##(vso)?\[", line)


def test_markdown_shows_what_was_written() -> None:
    """Escaped text is read as the same text."""
    plain = "A *b* [c](d) <e> `f` 1. g - h #i 2026-06-10 security-review 1.5 \\ !"
    html = PAGE.render(f"- {escaped(plain)}")
    assert unescape(re.sub(r"</?(ul|li)>|\n", "", html)) == plain
    assert "2026-06-10 security-review 1.5" in escaped(plain)


def test_what_has_no_name_is_told_as_something(git: Git) -> None:
    """Two views that are not the same never count as the same room."""
    plan = read_plan((git.folder / "plans/acme.yaml").read_bytes(), "acme.yaml")
    view = project("acme", plan, date(2026, 5, 24), {"soc.csv": "soc.csv"})
    assert differences(Seen(view), Seen(view)) == ()
    [told] = differences(Seen(view), Seen(replace(view, keepers=("Somebody",))))
    assert told.text == "Small things change that follow from the rest"
    later = replace(view.steps[1], kept=date(2026, 7, 1))
    phases = (replace(view.phases[0], steps=(view.steps[0], later)),)
    [told] = differences(Seen(view), Seen(replace(view, phases=phases)))
    assert told.text == "What follows from the rest changes for Security review"
