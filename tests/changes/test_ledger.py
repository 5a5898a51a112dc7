"""The ledger keeps every suggestion once, on a branch that no work tree shows."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mapsite.changes.accounting import account_of
from mapsite.changes.events import Event
from mapsite.changes.keeping import BRANCH, Chosen, Keeper
from mapsite.changes.ledger import Ledger, read_ledger, received, unread
from mapsite.changes.suggestion import Suggestion
from mapsite.errors import MapsiteError
from mapsite.git.branches import Branches
from tests.changes.origins import (
    NOW,
    Team,
    make_repository,
    make_team,
    move_date,
    suggest,
)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Return a clone with its origin."""
    return make_team(tmp_path)


def keep(keeper: Keeper, suggestion: Suggestion) -> Ledger:
    """Keep one suggestion that is not there yet."""

    def choose(ledger: Ledger) -> Chosen:
        if ledger.of(suggestion.id):
            return Chosen(ledger, {})
        entry, files = received(suggestion)
        return Chosen(ledger.with_entry(entry), files)

    keeper.look()
    return keeper.add(choose)


def wish(number: int) -> Suggestion:
    """Return one of many suggestions."""
    return suggest(number, move_date("pilot", "2026-06-11", f"2026-06-{number:02}"))


def test_what_is_kept_is_on_the_origin(team: Team) -> None:
    """Another clone reads the same, and the work tree shows nothing of it."""
    kept = keep(Keeper(Branches(team.root)), wish(12))

    elsewhere = Keeper(Branches(team.clone("other").folder)).look()
    assert elsewhere == kept
    assert [one.suggestion for one in elsewhere.entries.values()] == [wish(12)]
    assert team.git("status", "--porcelain") == ""
    assert "changes" not in team.git("ls-tree", "--name-only", "main").split()


def test_the_ledger_may_stay_in_the_tree(team: Team) -> None:
    """The main branch has it then, and there is no other one."""
    kept = keep(Keeper(Branches(team.root), in_tree=True), wish(12))

    assert team.origin("branch", "--format=%(refname:short)").split() == ["main"]
    assert Keeper(Branches(team.root), in_tree=True).look() == kept
    assert "changes" in team.origin("ls-tree", "--name-only", "main").split()


@pytest.mark.parametrize("in_tree", [False, True])
def test_a_repository_without_an_origin_keeps_it_too(
    tmp_path: Path, *, in_tree: bool
) -> None:
    """Its own branch has it; a work tree that shows it is brought forward."""
    git = make_repository(tmp_path)
    kept = keep(Keeper(Branches(tmp_path), in_tree=in_tree), wish(12))

    assert Keeper(Branches(tmp_path), in_tree=in_tree).look() == kept
    assert git("status", "--porcelain") == ""
    assert (tmp_path / "changes").exists() == in_tree


def test_a_repository_may_lie_in_a_folder_of_another(tmp_path: Path) -> None:
    """Paths are from git's top, whichever folder has mkdocs.yml."""
    git = make_repository(tmp_path)
    git.write("deals/plans/acme.yaml", "title: Other\n")
    git.commit("2026-05-13")
    keeper = Keeper(Branches(tmp_path / "deals"))
    kept = keep(keeper, wish(12))

    assert keeper.look() == kept
    assert git("ls-tree", "-r", "--name-only", BRANCH).startswith("deals/changes/acme/")


def test_nobody_loses_a_race(team: Team) -> None:
    """Runs that push at the same time all find their suggestions on the origin."""
    clones = [team.clone(f"clone-{number}").folder for number in range(1, 5)]
    keepers = [Keeper(Branches(folder)) for folder in clones]
    begin = threading.Barrier(len(keepers))

    def work(keeper: Keeper, first: int) -> None:
        begin.wait()
        for number in range(first, first + 3):
            keep(keeper, wish(number))

    runs = [
        threading.Thread(target=work, args=(keeper, 1 + 3 * place))
        for place, keeper in enumerate(keepers)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    found = Keeper(Branches(team.root)).look()
    assert {one.suggestion for one in found.entries.values()} == {
        wish(number) for number in range(1, 13)
    }
    assert account_of(found, NOW).line.startswith("received 12 = applied 0")


def test_the_same_suggestion_is_kept_once(team: Team) -> None:
    """A run that comes too late adds nothing."""
    keep(Keeper(Branches(team.root)), wish(12))
    before = team.origin("rev-parse", BRANCH)
    keep(Keeper(Branches(team.clone("other").folder)), wish(12))
    assert team.origin("rev-parse", BRANCH) == before


def test_nothing_is_kept_that_the_origin_did_not_take(team: Team) -> None:
    """Without it, nobody is told that a suggestion is safe."""
    team.git("remote", "set-url", "origin", str(team.root / "nowhere"))
    with pytest.raises(MapsiteError, match="cannot be reached"):
        keep(Keeper(Branches(team.root)), wish(12))


def test_an_outcome_counts_until_it_is_opened_again() -> None:
    """A request that is opened again after a refusal waits once more."""
    entry, _ = received(wish(12))
    states = [entry.state]
    for kind in ("proposed", "declined", "proposed", "applied"):
        entry, _ = entry.happened(Event(kind, NOW))
        states.append(entry.state)
    assert states == ["waiting", "waiting", "declined", "waiting", "applied"]


@pytest.mark.parametrize("again", [True, "declined"])
def test_whoever_decides_again_takes_back_the_first_decision(again: object) -> None:
    """It counts once; older ledgers do not say what was taken back."""
    entry, _ = received(wish(12))
    entry, _ = entry.happened(Event("declined", NOW))
    entry, _ = entry.happened(Event("applied", NOW, {"again": again}))
    assert account_of(Ledger({entry.id: entry}), NOW).line == (
        "received 1 = applied 1 + already 0 + declined 0 + waiting 0"
    )
    assert account_of(Ledger({entry.id: entry}), NOW).balances


def test_whoever_takes_back_another_decision_is_told() -> None:
    """Two runs at once knew different states."""
    entry, _ = received(wish(12))
    entry, _ = entry.happened(Event("already", NOW))
    entry, _ = entry.happened(Event("applied", NOW, {"again": "declined"}))
    assert not account_of(Ledger({entry.id: entry}), NOW).balances


def test_what_ended_in_two_ways_does_not_balance() -> None:
    """The line says so, for whoever runs it."""
    entry, _ = received(wish(12))
    for kind in ("declined", "applied"):
        entry, _ = entry.happened(Event(kind, NOW))
    account = account_of(Ledger({entry.id: entry}), NOW)
    assert not account.balances
    assert account.line == (
        "received 1 is not applied 1 + already 0 + declined 1 + waiting 0"
    )


def test_events_of_nothing_do_not_balance() -> None:
    """Whoever removes a suggestion from the ledger leaves a trace."""
    entry, files = received(wish(12))
    files |= entry.happened(Event("declined", NOW))[1]
    paper = next(path for path in files if path.endswith(f"{entry.id}.json"))
    ledger = read_ledger({path: raw for path, raw in files.items() if path != paper})
    assert not account_of(ledger, NOW).balances
    assert account_of(read_ledger(files), NOW).balances


def test_what_was_not_understood_is_kept_as_it_came() -> None:
    """The original lies beside it, and the same one is the same entry."""
    original = b"\xff\x00 no \n suggestion"
    entry, files = unread(original, "mail.eml", "no block", NOW)
    assert original in files.values()
    assert read_ledger(files).entries == {entry.id: entry}
    assert unread(original, "mail.eml", "no block", NOW)[1] == files


def test_a_broken_ledger_stops_everything() -> None:
    """Nobody goes on with half of what came."""
    _, files = received(wish(12))
    for path in files:
        with pytest.raises(MapsiteError, match="take it back from git"):
            read_ledger({**files, path: b"{}"})


def test_short_names_have_nothing_of_the_sender() -> None:
    """They stand in the names of branches."""
    entry, _ = received(wish(12))
    ledger = Ledger({entry.id: entry})
    assert set(entry.key) <= set("0123456789abcdef")
    for name in (entry.key, entry.id, entry.id[:22]):
        assert ledger.named(name) is entry
    with pytest.raises(MapsiteError, match="no suggestion"):
        ledger.named("other")
