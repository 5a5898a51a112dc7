"""The benchmark compares like with like: same plans, same facts on every page."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from bench.peers import Hugo, Mapsite, Mkdocs, Peer
from bench.plans import plan_text
from bench.stages import STAGES, Stopwatch, find
from mapsite.plan.model import Plan
from mapsite.plan.read import read_plan

NUMBER = 0
"""The plan whose pages are compared; some of its steps are late."""


def plan(number: int) -> Plan:
    """Return a plan of the benchmark, checked."""
    return read_plan(plan_text(number).encode(), f"deal-{number:05}.yaml")


def facts(of: Plan) -> Iterator[str]:
    """Yield what a reader must find on the page of a plan."""
    yield from (of.title, of.goal.outcome, of.buyer.name, of.seller.name)
    yield from (step.title for step in of.steps)
    yield from (person.name for person in of.people if person.known)
    for items in (of.questions, of.criteria, of.metrics, of.risks):
        yield from (item.text for item in items)
    yield from (document.title for document in of.documents)
    yield from (move.why for step in of.steps for move in step.moves if move.why)
    yield from (step.waits_for for step in of.steps if step.waits_for)
    yield "looked at three ways to change that"


def build(peer: Peer) -> str:
    """Build with *peer* and return its page as a reader sees it, without markup."""
    subprocess.run(
        peer.command(),
        cwd=peer.folder,
        env=peer.environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert peer.built() == peer.count
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", peer.page(NUMBER))))


@pytest.mark.parametrize("number", [0, 1, 5, 999, 4999])
def test_plans_are_valid_and_of_the_promised_size(number: int) -> None:
    """What is measured is never a plan that mapsite would refuse or skip."""
    made = plan(number)
    sizes = [made.steps, made.people, made.questions, made.criteria, made.documents]
    assert [len(items) for items in sizes] == [10, 8, 4, 5, 3]
    assert 7_000 < len(plan_text(number).encode()) < 8_500


def test_each_plan_is_its_own_and_stays_the_same() -> None:
    """No buyer comes twice, and a plan depends on nothing but its number."""
    texts = [plan_text(number) for number in range(1000)]
    assert len({plan(number).buyer.name for number in range(0, 1000, 9)}) == 112
    assert len(set(texts)) == 1000
    assert texts[7] == plan_text(7)


def test_plans_are_at_every_point_of_their_way() -> None:
    """Some steps are done, some in progress, some to do, and some late."""
    steps = [step for number in range(10) for step in plan(number).steps]
    assert {step.status for step in steps} == {"done", "in-progress", "todo", None}


@pytest.mark.parametrize("tool", [Mapsite, Hugo])
def test_every_tool_shows_the_same_facts(tool: type[Peer], tmp_path: Path) -> None:
    """A page that left things out would be no measure."""
    page = build(tool(tmp_path / "site", 1))
    assert [fact for fact in facts(plan(NUMBER)) if fact not in page] == []


def test_mkdocs_is_given_the_same_facts(tmp_path: Path) -> None:
    """Its page is written as Markdown beforehand, and holds the plan's steps."""
    page = build(Mkdocs(tmp_path / "site", NUMBER))
    assert [fact for fact in facts(plan(NUMBER)) if fact not in page] == []


def test_a_changed_plan_changes_the_page(tmp_path: Path) -> None:
    """What is timed as a rebuild is one."""
    peer = Hugo(tmp_path / "site", 2)
    before = build(peer)
    peer.change(NUMBER, "Edited")
    assert before != build(peer)
    assert "Edited Project plan" in build(peer)


def test_every_stage_of_the_profile_is_still_there() -> None:
    """The profile names functions of mapsite; none of them may have moved."""
    places = [place for some in STAGES.values() for place in some]
    assert all(callable(getattr(*find(place))) for place in places)


def test_a_stage_is_not_charged_for_the_stages_in_it() -> None:
    """Times add up to the whole."""
    ticks = iter([0, 1, 4, 6])
    watch = Stopwatch(lambda: next(ticks))
    watch.around("frame", watch.around("YAML", lambda: None))()
    assert (watch.seconds["YAML"], watch.seconds["frame"]) == (3, 3)
