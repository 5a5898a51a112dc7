"""Whatever somebody writes, through whatever channel: it is text and nothing else."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import html5lib
import pytest
import yaml
from click.testing import CliRunner
from markdown_it import MarkdownIt

from mapsite.changes.asking_text import request_body, short_lines
from mapsite.changes.intake.outcome import NeedsPerson
from mapsite.changes.intake.reading import read_file
from mapsite.changes.ledger import Entry, read_ledger
from mapsite.changes.messages import title_of
from mapsite.changes.proposing import propose
from mapsite.changes.pull_requests import check
from mapsite.changes.reviewing import Review
from mapsite.changes.showing import lines_of, lines_of_check
from mapsite.changes.suggestion import Suggestion
from mapsite.changes.weighing import BY_HAND, Weighed
from mapsite.cli import commands
from mapsite.commands.suggestions import line
from mapsite.plan.edit import Edit, lines_of_edit
from mapsite.plan.operations import apply
from mapsite.report import printable
from tests.changes.channels import CHANNELS
from tests.changes.origins import NOW, keep, make_repository, review_of
from tests.changes.payloads import ALL, REFUSED, WORDS
from tests.changes.texts import compose, values_of
from tests.gits import Git

PLAN = """\
title: Plan
created: 2026-05-12
goal: {outcome: Signed, date: 2026-08-14}
buyer: {name: Acme}
seller: {name: Mama, contact: jo@mama.example}
people:
  - {id: sarah, name: Sarah, side: buyer}
steps:
  # The first one.
  - {id: demo, title: Demo, due: 2026-05-20}
  - id: review   # theirs
    title: Security review
    due: 2026-06-10
  - id: pilot
    title: Pilot
questions:
  - {id: term, text: One year or three?}
criteria:
  - {id: cost, text: Cuts cost}
internal: {notes: walk-away price}
"""
CALLS = re.compile(
    r"[@#!&~$%](?=\w)|://\S|\bGH-\d|<\w|\[(?:skip|ci)|\*\*\*|`|\$\{|\{\{",
    re.IGNORECASE,
)
"""What a forge or a runner would do something about."""
KEYS = re.compile(r"^([A-Za-z-]+):", re.MULTILINE)
PLACES = re.compile(r"changes/(acme|_unread)/[0-9A-Za-z-]{16,40}(\.json|\.original)")
EVENTS = re.compile(r"changes/(acme|_unread)/[0-9A-Za-z-]{16,40}\.events/\d+\.json")


def plain(text: str) -> str:
    """Return *text* as intake keeps it."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def texts_in(value: object) -> Iterator[str]:
    """Yield all texts in the values of operations."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


def said(found: Suggestion) -> set[str]:
    """Return the words that arrived, without those of the form itself."""
    values = [[one.new, one.why] for one in found.operations]
    texts = {" ".join(text.split()) for text in texts_in(values)}
    return {*texts, found.by.name} - {"2026-06-12", "buyer"}


@pytest.mark.parametrize("channel", CHANNELS)
def test_words_arrive_as_they_are_or_at_a_person(channel: str) -> None:
    """No channel understands anything in them, and none drops one."""
    arrived, tasks = [], 0
    for name, raw in CHANNELS[channel]([*ALL.values()]):
        for found in read_file(name, raw, NOW):
            if isinstance(found, NeedsPerson):
                tasks += 1
                assert printable(found.reason) == found.reason
                assert printable(found.name) == found.name
                continue
            arrived.append(said(found))
            assert found.plan == "acme"
            assert found.source
            assert printable(found.source.ref) == found.source.ref
    wanted = {" ".join(plain(text).split()): text for text in WORDS.values()}
    for texts in arrived:
        [whole] = [text for text in texts if text in wanted]
        short = " ".join(plain(wanted[whole][:100]).split())
        assert texts <= {whole, short}
    assert len(arrived) >= len(WORDS) - 3
    assert tasks >= len(REFUSED) - 6


@pytest.mark.parametrize("text", ALL.values(), ids=[*ALL])
def test_a_mail_in_words_stays_one(text: str) -> None:
    """Subject, sender and words are for a person, who gets the mail as it came."""
    raw = f"From: {text}\nSubject: {text}\n\n{text}\n".encode("utf-8", "replace")
    [found] = read_file(f"{text}.eml", raw, NOW)
    assert isinstance(found, NeedsPerson)
    assert found.original == raw
    assert found.name.isprintable()
    assert found.reason.isprintable()


class Proposed(NamedTuple):
    """Hold what became of the words in a repository."""

    git: Git
    review: Review
    weighed: dict[str, Weighed]
    """By the id of the suggestion."""

    @property
    def entries(self) -> list[Entry]:
        """Return what waits, also for a person."""
        return [*self.review.ledger.entries.values()]


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Proposed:
    """Propose all words at once, each as the values of a dozen fields."""
    folder = tmp_path_factory.mktemp("hostile")
    git = make_repository(folder)
    git.commit("2026-05-13", acme=PLAN)
    review = review_of(folder)
    files = [*CHANNELS["page"]([*ALL.values()]), ("\x1b[2J::error::x.txt", b"\x1b[2J")]
    keep(review, *(found for file in files for found in read_file(*file, NOW)))
    propose(review, [*review.ledger.entries])  # named, so that none is held back
    weighed = {
        entry.id: found
        for entry in review.ledger.entries.values()
        if entry.suggestion and (found := review.weigh(entry.suggestion))
    }
    return Proposed(git, review, weighed)


def test_most_of_it_is_written(proposed: Proposed) -> None:
    """The tests below look at words that got far."""
    fates = [fate for one in proposed.weighed.values() for fate in one.fates]
    assert len(proposed.weighed) == len(WORDS)
    assert len(proposed.entries) == len(ALL) + 1
    assert fates.count("write") > 0.8 * len(fates)


def test_a_plan_says_what_was_meant(proposed: Proposed) -> None:
    """Also to other readers of YAML, which make nothing of it but texts and days."""
    tree = values_of(compose(PLAN))
    for weighed in proposed.weighed.values():
        text = weighed.raw.decode()
        wanted = [part.operation for part in weighed.of("write")]
        assert values_of(compose(text)) == apply(wanted, tree)
        loaded = yaml.load(text, yaml.CSafeLoader)
        assert loaded["internal"] == {"notes": "walk-away price"}
        step = next(one for one in loaded["steps"] if one["id"] == "demo")
        assert isinstance(step.get("detail", ""), str)
        for note in ("  # The first one.\n", "id: review   # theirs\n"):
            assert text.count(note) == 1


def rendered(markdown: str) -> tuple[set[str], str]:
    """Return the elements that *markdown* makes, and the text outside of code."""
    made = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    tree = html5lib.parseFragment(made, namespaceHTMLElements=False)
    assert not any(element.attrib for element in tree.iter())
    text: list[str] = []

    def walk(element: Any) -> None:  # noqa: ANN401  # of ElementTree
        if element.tag not in {"code", "pre"}:
            text.append(element.text or "")
            for child in element:
                walk(child)
                text.append(child.tail or "")

    walk(tree)
    return {str(one.tag) for one in tree.iter() if one is not tree}, "".join(text)


def by_hand(weighed: Weighed) -> Weighed:
    """Return *weighed* as if its words had to be typed by somebody."""
    parts = [
        part._replace(
            fate=BY_HAND,
            reason=f"acme.yaml: {part.operation.new}",
            lines=lines_of_edit(Edit("set", ("detail",), part.operation.new)),
        )
        for part in weighed.parts[:2]
    ]
    return Weighed((*parts, *weighed.parts[2:]), weighed.raw)


def test_a_request_shows_them_as_they_are(proposed: Proposed) -> None:
    """Its text has lists and code; its title is one line; nobody is called."""
    seen = set()
    for entry in proposed.entries:
        if entry.id not in proposed.weighed:
            continue
        weighed = by_hand(proposed.weighed[entry.id])
        body = request_body(entry, weighed)
        tags, text = rendered(body)
        assert tags <= {"p", "ul", "li", "code", "pre"}
        assert not CALLS.search(text), text
        assert not re.search(r"^ {0,3}/", body, re.MULTILINE)
        assert all(one.replace("\t", "").isprintable() for one in body.split("\n"))
        seen |= tags
        title = title_of("acme", weighed.written)
        assert re.match("acme: [A-Z]", title)
        short = " · ".join(short_lines(weighed))
        assert f"{title}{short}".isprintable()
        assert not CALLS.search(title), title
        assert rendered(short)[0] == {"p", "code"}
        assert not CALLS.search(rendered(short)[1])
    assert seen >= {"li", "code", "pre"}


def test_a_commit_has_one_subject_and_our_trailers(proposed: Proposed) -> None:
    """Whoever it is by, and on a branch in whose name no letter is theirs."""
    branches = proposed.review.branches.named("mapsite/")
    assert len(branches) == len(WORDS)
    assert all(re.fullmatch("mapsite/acme/[0-9a-f]{8}", one) for one in branches)
    fields = "%an%x1f%ae%x1f%s%x1f%B%x1f%(trailers:only,unfold)%x1f%P"
    shown = proposed.git(
        "log", "--no-walk", "-z", f"--format={fields}", *branches
    ).split("\0")
    first = proposed.git("rev-parse", "main").strip()
    ids = set()
    for name, mail, subject, message, trailers, parent in (
        one.split("\x1f") for one in shown if one
    ):
        assert name.isprintable()
        assert not set(name) & set("<>\n")
        assert mail == "changes@mapsite.invalid"
        assert subject == message.partition("\n\n")[0]
        assert subject.isprintable()
        assert len(subject) <= 100
        assert not CALLS.search(message), message
        assert all(one == "" or one[0].isalpha() for one in message.split("\n"))
        assert KEYS.findall(trailers)[-1] == "Mapsite-Change"
        assert {*KEYS.findall(trailers)[:-1]} <= {"Why"}
        assert message.count("\nMapsite-Change: ") == 1
        ids.add(trailers.strip().rpartition(" ")[2])
        assert parent.strip() == first
    assert ids == proposed.weighed.keys()


def test_a_commit_touches_the_plan_alone(proposed: Proposed) -> None:
    """No words name a file."""
    for branch in proposed.review.branches.named("mapsite/")[::8]:
        names = proposed.git("diff", "--name-only", "main", branch)
        assert names == "plans/acme.yaml\n"


def steers(text: str) -> bool:
    """Tell whether a line would make a terminal or a runner do something."""
    return (
        not text.isprintable()
        or text.lstrip().startswith("::")
        or bool(re.search(r"##(vso)?\[", text))
    )


def test_no_terminal_and_no_runner_is_steered(
    proposed: Proposed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what `show`, `list` and `propose` print."""
    for entry in proposed.entries:
        shown = [printable(one) for one in lines_of(proposed.review, entry)]
        assert not any(map(steers, [*shown, printable(line(entry))]))
        assert len(shown) > 2
    monkeypatch.chdir(proposed.git.folder)
    for words in (["list", "--all"], ["propose"], ["status"]):
        ran = CliRunner().invoke(commands, ["changes", *words], catch_exceptions=False)
        assert ran.exit_code == 0
        assert not any(map(steers, ran.output.split("\n")))
        assert len(ran.output.split("\n")) > 1


def test_the_ledger_keeps_them_as_text(proposed: Proposed) -> None:
    """In files whose names are ours, and which say the same again."""
    keeper = proposed.review.keeper
    files = proposed.review.branches.files(keeper.branch, "changes")
    assert all(PLACES.fullmatch(one) or EVENTS.fullmatch(one) for one in files)
    for path, raw in files.items():
        if path.endswith(".json"):
            assert isinstance(json.loads(raw), dict)
    again = read_ledger(files)
    assert again.entries == proposed.review.ledger.entries
    assert again.stray == ()


def test_a_check_tells_them_as_they_are(tmp_path: Path) -> None:
    """In Markdown and on a terminal, whatever a request writes into a plan."""
    git = make_repository(tmp_path)
    steps = [
        {"id": f"s{number}", "title": "Demo", "detail": "x"}
        for number in range(len(WORDS))
    ]
    base = {**values_of(compose(PLAN)), "steps": steps}
    git.commit("2026-05-13", acme=json.dumps(base, ensure_ascii=False))
    for step, text in zip(steps, WORDS.values(), strict=True):
        step |= {"title": " ".join(plain(text).split())[:500], "detail": plain(text)}
    git.commit("2026-05-14", acme=json.dumps(base, ensure_ascii=False))
    found = check(tmp_path, "HEAD~1", "buyer")
    assert found.fine, found.problems
    assert len(found.told) > 1.5 * len(WORDS)
    markdown = [*lines_of_check(found, markdown=True)]
    tags, text = rendered("\n".join(markdown))
    assert tags == {"h2", "p", "strong", "ul", "li", "code"}
    assert not CALLS.search(text)
    shown = [*markdown, *lines_of_check(found, markdown=False)]
    assert not any(map(steers, map(printable, shown)))
