"""Suggestions that mean different things are merged in any order, without a clash."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from mapsite.changes.proposing import propose
from mapsite.changes.refreshing import refresh
from mapsite.plan.operations import Operation
from tests.changes.origins import (
    keep,
    make_repository,
    move_date,
    review_of,
    suggest,
)
from tests.gits import Git

NEIGHBOURS = (
    move_date("security-review", "2026-05-28", "2026-06-02"),
    Operation("set", "steps/security-review/takes", "4w", "5w"),
    Operation("set", "steps/security-review/status", "in-progress", "at-risk"),
    Operation("set", "steps/security-review/start", "2026-05-13", "2026-05-14"),
)
"""Of four lines that touch, so that git takes any two of them for one change."""
WRITTEN = ("due: 2026-06-02", "takes: 5w", "status: at-risk", "start: 2026-05-14")
PLAN = "plans/acme.yaml"


class State(NamedTuple):
    """Hold where all branches are, and what the main one says."""

    refs: dict[str, str]
    text: str


def state_of(git: Git) -> State:
    """Return the state that a repository is in."""
    listed = git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")
    refs = dict(line.split(" ") for line in listed.splitlines())
    return State(refs, git("show", f"main:{PLAN}"))


def back(git: Git, state: State) -> None:
    """Put all branches to where they were."""
    for name in state_of(git).refs.keys() - state.refs.keys():
        git("update-ref", "-d", name)
    for name, commit in state.refs.items():
        git("update-ref", name, commit)


def merge(git: Git, branch: str) -> None:
    """Merge a branch into the main one, as a forge does; it must not clash."""
    tree = git("merge-tree", "--write-tree", "main", branch).strip()
    words = ("-p", "main", "-p", branch, "-m", "Merge it")
    commit = git("commit-tree", tree, *words).strip()
    git("update-ref", "refs/heads/main", commit)
    git("update-ref", "-d", f"refs/heads/{branch}")


def test_four_of_four_are_clean_in_all_orders(tmp_path: Path) -> None:
    """What was merged says the same however it came about: all 24 orders are one.

    From every set that may be merged already, every other one is merged next.
    """
    git = make_repository(tmp_path)
    git("symbolic-ref", "HEAD", "refs/heads/elsewhere")
    review = review_of(tmp_path)
    wishes = [suggest(number, one) for number, one in enumerate(NEIGHBOURS)]
    keep(review, *wishes)
    propose(review)
    entries = [review.ledger.entries[one.id] for one in wishes]
    branches = [review.branch_of(entry) for entry in entries]
    everything = range(len(wishes))
    states = {frozenset[int](): state_of(git)}
    known = states[frozenset()].text
    for size in everything:
        for merged in map(frozenset, combinations(everything, size)):
            for number in {*everything} - merged:
                back(git, states[merged])
                merge(git, branches[number])
                refresh(review_of(tmp_path))
                found = state_of(git)
                now = merged | {number}
                assert states.setdefault(now, found).text == found.text
                more = [found.text.count(one) - known.count(one) for one in WRITTEN]
                assert more == [int(n in now) for n in everything]
                left = {f"refs/heads/{branches[n]}" for n in everything if n not in now}
                assert {n for n in found.refs if "/mapsite/" in n} == left
    back(git, states[frozenset(everything)])
    assert {one.state for one in review_of(tmp_path).ledger.entries.values()} == {
        "applied"
    }
