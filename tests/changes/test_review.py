"""Suggestions become branches, and decisions on them come back, with real git."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest

from mapsite.changes import proposing
from mapsite.changes.accounting import account_of
from mapsite.changes.deciding import accept, decline
from mapsite.changes.keeping import BRANCH
from mapsite.changes.proposing import propose
from mapsite.changes.refreshing import refresh
from mapsite.changes.reviewing import Review
from mapsite.changes.settling import settle
from mapsite.changes.suggestion import Sender, Suggestion
from mapsite.errors import MapsiteError
from mapsite.git.branches import Branches
from mapsite.plan.operations import Operation
from tests.changes.origins import (
    NOW,
    Team,
    keep,
    make_repository,
    make_team,
    move_date,
    review_of,
    suggest,
)

MOVE = move_date("security-review", "2026-05-28", "2026-06-02", "the report is late")
NEXT = move_date("pilot-scope", "2026-06-04", "2026-06-05")
STATUS = Operation("set", "steps/pilot/status", "todo", "in-progress")
LEE = Operation("add", "people", None, {"name": "Lee Wong", "side": "buyer"})


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Return a clone with its origin."""
    return make_team(tmp_path)


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that differ, as a diff has them."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)
    return [line for line in lines if line[:3] not in {"---", "+++"} and line[0] != "@"]


def proposed(team: Team, *suggestions: Suggestion) -> tuple[Review, list[str]]:
    """Keep and propose suggestions; return the run and the branches."""
    review = review_of(team.root)
    keep(review, *suggestions)
    propose(review)
    entries = [review.ledger.entries[one.id] for one in suggestions]
    return review, [review.branch_of(entry) for entry in entries]


def states(team: Team) -> list[str]:
    """Return what became of everything, as another clone sees it."""
    clone = team.root.parent / "watching"
    root = clone if clone.exists() else team.clone("watching").folder
    ledger = review_of(root).ledger
    return [
        one.last.kind if one.waits else one.state for one in ledger.entries.values()
    ]


def test_a_suggestion_becomes_one_commit_of_one_line(team: Team) -> None:
    """Its author is who asked, its message the sentence, and nobody is disturbed."""
    team.git.write("plans/acme.yaml", "title: somebody is at work\n")
    before = team.plan()
    review, [branch] = proposed(team, suggest(1, MOVE))

    key = next(iter(review.ledger.entries.values())).key
    assert branch == f"mapsite/acme/{key}"
    assert changed_lines(before, team.plan(branch)) == [
        "-    due: 2026-05-28",
        "+    due: 2026-06-02",
    ]
    shown = team.origin("log", "-1", "--format=%an|%ae|%cn|%P|%B", branch)
    author, mail, committer, parent, message = shown.split("|", 4)
    assert (author, mail, committer) == ("Priya N.", "priya@acme.example", "Jo")
    assert parent == team.origin("rev-parse", "main").strip()
    assert message.splitlines()[0].startswith("Move ")
    assert "Why: the report is late\nMapsite-Change: 01JF8Q6Z5T9K3W" in message
    assert team.origin("diff", "--name-only", "main", branch) == "plans/acme.yaml\n"
    assert team.git("status", "--porcelain") == " M plans/acme.yaml\n"
    assert team.git("branch", "--format=%(refname:short)") == "main\n"


def test_a_reason_is_told_beside_what_it_is_for_alone(team: Team) -> None:
    """Rooms show a commit's reason beside each of its changes."""
    one, two = replace(NEXT, why="Kim is away"), replace(STATUS, why="It began")
    same = replace(STATUS, why=MOVE.why)
    wishes = [suggest(1, MOVE, same, by=Sender("A")), suggest(2, one, two)]
    wishes.append(suggest(3, MOVE, NEXT, by=Sender("B")))
    _, branches = proposed(team, *wishes)
    told = [team.origin("log", "-1", "--format=%B", one) for one in branches]
    assert [text.count("\nWhy: ") for text in told] == [1, 0, 0]
    assert "\nWhy: the report is late\n" in told[0]
    assert told[1].count(": Kim is away\n") == told[1].count(": It began\n") == 1
    assert "5 June: Kim is away" in told[1]


def test_proposing_again_changes_nothing(team: Team) -> None:
    """The branch and the ledger stay what they are."""
    _, [branch] = proposed(team, suggest(1, MOVE))
    before = team.origin("rev-parse", branch, BRANCH)
    again = propose(review_of(team.root))
    assert [done.what for done in again] == ["open"]
    assert team.origin("rev-parse", branch, BRANCH) == before


def test_no_deal_opens_more_than_some_at_once(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a link can send many; the rest waits until some are decided."""
    monkeypatch.setattr(proposing, "MOST_OPEN", 1)
    review = review_of(team.root)
    keep(review, suggest(1, MOVE), suggest(2, NEXT), suggest(3, STATUS))
    first, second, third = review.ledger.entries
    told = [(done.entry.id, done.what) for done in propose(review)]
    assert told == [(first, "proposed"), (second, "held"), (third, "held")]
    assert [done.what for done in propose(review, [third])] == ["proposed"]
    decline(review, first, "Not now")
    decline(review, third, "Not now")
    assert [done.what for done in propose(review)] == ["proposed"]


def test_merging_accepts(team: Team) -> None:
    """The next run finds it, whoever merged it, and the branch is gone."""
    _, [branch] = proposed(team, suggest(1, MOVE))
    team.merge(branch)
    assert states(team) == ["applied"]
    assert account_of(review_of(team.root).ledger, NOW).line == (
        "received 1 = applied 1 + already 0 + declined 0 + waiting 0"
    )


def test_a_merge_without_a_name_is_found_too(team: Team) -> None:
    """A forge that squashes may drop the trailer: the plan says it then."""
    _, [branch] = proposed(team, suggest(1, MOVE))
    text = team.plan(branch)
    other = team.clone("other")
    other.commit("2026-05-25", "Squashed", acme=text)
    other("push", "--quiet", "origin", "main", f":refs/heads/{branch}")
    assert states(team) == ["applied"]


def test_a_branch_that_vanishes_is_no_answer(team: Team) -> None:
    """Without a forge to ask, a person is; it is proposed again only by name."""
    review, [branch] = proposed(team, suggest(1, MOVE))
    team.origin("update-ref", "-d", f"refs/heads/{branch}")
    assert states(team) == ["needs-person"]
    assert propose(review_of(team.root)) == []
    key = next(iter(review.ledger.entries.values())).key
    assert [one.what for one in propose(review_of(team.root), [key])] == ["proposed"]
    assert states(team) == ["proposed"]


def test_without_refresh_neighbours_clash(team: Team) -> None:
    """What `refresh` is for: git takes neighbouring lines for one change."""
    takes = Operation("set", "steps/security-review/takes", "4w", "5w")
    _, [first, second] = proposed(team, suggest(1, MOVE), suggest(2, takes))
    team.merge(first)
    with pytest.raises(Exception, match="merge"):
        team.merge(second)


def test_refresh_leaves_what_somebody_has_worked_on(team: Team) -> None:
    """A commit on top, or another text, is a person's."""
    takes = Operation("set", "steps/security-review/takes", "4w", "5w")
    _, [first, second] = proposed(team, suggest(1, MOVE), suggest(2, takes))
    other = team.clone("other")
    other("checkout", "--quiet", second)
    other.commit("2026-05-25", "Better", acme=team.plan(second).replace("5w", "6w"))
    other("push", "--quiet", "origin", second)
    team.merge(first)
    before = team.origin("rev-parse", second)
    assert [one.what for one in refresh(review_of(team.root))] == ["edited"]
    assert team.origin("rev-parse", second) == before


def test_what_main_says_meanwhile_is_told(team: Team) -> None:
    """An open suggestion becomes a conflict, or ends as said already."""
    proposed(team, suggest(1, MOVE), suggest(2, NEXT))
    text = team.plan().replace("due: 2026-05-28", "due: 2026-06-01")
    team.git.commit(
        "2026-05-25",
        acme=text.replace("due: 2026-06-04\n    takes", "due: 2026-06-05\n    takes"),
    )
    team.git("push", "--quiet", "origin", "main")
    refresh(review_of(team.root))
    assert states(team) == ["conflict", "already"]
    before = team.origin("rev-parse", BRANCH)
    refresh(review_of(team.root))
    assert team.origin("rev-parse", BRANCH) == before


def test_accept_writes_on_main(team: Team) -> None:
    """Also what was proposed; the clone is brought forward, and the branch is gone."""
    before = team.plan()
    review, [branch] = proposed(team, suggest(1, MOVE))
    [entry] = review.ledger.entries.values()
    assert accept(review, entry.key).what == "applied"

    assert len(changed_lines(before, team.plan())) == 2
    assert (team.root / "plans/acme.yaml").read_text("utf-8") == team.plan()
    assert team.git("status", "--porcelain") == ""
    assert branch not in team.origin("branch", "--format=%(refname:short)").split()
    assert states(team) == ["applied"]


@pytest.mark.parametrize("in_tree", [False, True])
def test_accept_needs_no_origin(tmp_path: Path, *, in_tree: bool) -> None:
    """Plain git in one folder is enough."""
    git = make_repository(tmp_path)
    review = review_of(tmp_path, in_tree=in_tree)
    keep(review, suggest(1, MOVE))
    propose(review)
    accept(review, suggest(1).id)
    assert "due: 2026-06-02" in (tmp_path / "plans/acme.yaml").read_text("utf-8")
    assert git("status", "--porcelain") == ""
    assert "Priya N." in git("log", "--format=%an", "main")
    assert review_of(tmp_path, in_tree=in_tree).ledger.waiting() == []


def test_accept_overwrites_nobodys_work(tmp_path: Path) -> None:
    """What is not committed stays, and the suggestion waits."""
    git = make_repository(tmp_path)
    review = review_of(tmp_path)
    keep(review, suggest(1, MOVE))
    mine = (tmp_path / "plans/acme.yaml").read_text("utf-8").replace("band:", "band :")
    git.write("plans/acme.yaml", mine)
    with pytest.raises(MapsiteError, match="not committed"):
        accept(review, suggest(1).id)
    assert (tmp_path / "plans/acme.yaml").read_text("utf-8") == mine
    assert len(review_of(tmp_path).ledger.waiting()) == 1


def test_accept_on_a_protected_main_says_what_to_do(team: Team) -> None:
    """The forge's own words are not repeated."""
    hook = team.origin.folder / "hooks" / "update"
    hook.write_text(
        '#!/bin/sh\n[ "$1" = refs/heads/main ] && echo "GH006: protected branch" >&2'
        " && exit 1\nexit 0\n"
    )
    hook.chmod(0o755)
    review, _ = proposed(team, suggest(1, MOVE))
    with pytest.raises(MapsiteError, match="main is protected"):
        accept(review, suggest(1).id)
    assert states(team) == ["proposed"]


def test_a_conflict_is_decided_by_a_person(team: Team) -> None:
    """`accept` says what clashes; it takes the suggestion anyway if told so."""
    review = review_of(team.root)
    keep(review, suggest(1, move_date("pilot-scope", "2026-06-01", "2026-06-09")))
    assert [done.what for done in propose(review)] == ["conflict"]
    with pytest.raises(MapsiteError, match="the plan says 4 June now"):
        accept(review, suggest(1).id)
    accept(review, suggest(1).id, anyway=True)
    assert "due: 2026-06-09" in team.plan()
    assert states(team) == ["applied"]


def test_decline_keeps_the_reason(team: Team) -> None:
    """The plan stays, the branch goes, and the same suggestion does not come back."""
    review, [branch] = proposed(team, suggest(1, MOVE))
    before = team.plan()
    decline(review, suggest(1).id, "We keep\n28 May")
    again = review_of(team.root)
    keep(again, suggest(1, MOVE))
    assert propose(again) == []
    [entry] = again.ledger.entries.values()
    assert (entry.state, entry.last.reason) == ("declined", "We keep 28 May")
    assert branch not in team.origin("branch", "--format=%(refname:short)").split()
    assert team.plan() == before
    with pytest.raises(MapsiteError, match="expected a reason"):
        decline(again, suggest(1).id, " \n ")


def test_nothing_of_a_deal_that_is_not_open_is_written(team: Team) -> None:
    """A person reads it: the plan is unknown, or its deal closed."""
    review = review_of(team.root)
    keep(review, suggest(1, MOVE, plan="other"))
    [done] = propose(review)
    assert (done.what, done.lines) == ("needs-person", ("no plan other",))


def test_what_is_for_reading_is_never_written(team: Team) -> None:
    """A comment, and what a buyer may not change; `accept` notes that it was read."""
    review = review_of(team.root)
    comment = Operation("comment", "steps/pilot", None, {"text": "On leave until 8th"})
    title = Operation("set", "title", "x", "Our plan")
    hidden = Operation("set", "internal/notes", None, "all of it")
    before = team.plan()
    keep(review, suggest(1, comment), suggest(2, title), suggest(3, hidden))
    propose(review)
    assert team.origin("branch", "--format=%(refname:short)").split() == [
        "main",
        BRANCH,
    ]
    accept(review, suggest(1).id)
    for number in (2, 3):
        with pytest.raises(MapsiteError, match="nothing of it can be written"):
            accept(review, suggest(number).id)
    assert team.plan() == before
    assert account_of(review.ledger, NOW).line == (
        "received 3 = applied 1 + already 0 + declined 0"
        " + waiting 2 (oldest 0 minutes, 2 for a person)"
    )


def test_part_of_a_suggestion_may_be_written(team: Team) -> None:
    """The rest is told to whoever merges it, and kept beside it."""
    clash = move_date("pilot-scope", "2026-06-01", "2026-06-09")
    review = review_of(team.root)
    keep(review, suggest(1, MOVE, clash, LEE))
    [done] = propose(review)
    assert any("the plan says 4 June now" in line for line in done.lines)
    [entry] = review.ledger.entries.values()
    assert entry.last.told["parts"] == ["write", "conflict", "write"]
    text = team.plan(review.branch_of(entry))
    assert "due: 2026-06-04" in text
    assert "name: Lee Wong" in text


def test_who_says_it_anew_is_reviewed_once(team: Team) -> None:
    """Only the same person's same fields; the older branch goes."""
    first = suggest(1, MOVE)
    later = suggest(2, move_date("security-review", "2026-05-28", "2026-06-03"))
    lees = suggest(
        3, move_date("security-review", "2026-05-28", "2026-06-04"), by=Sender("Lee")
    )
    proposed(team, first)
    review = review_of(team.root)
    keep(review, later, lees)
    propose(review)
    assert states(team) == ["superseded", "proposed", "proposed"]
    assert len([one for one in team.origin("branch").split() if "acme" in one]) == 2


@pytest.mark.parametrize(
    "name",
    [
        "Eve <jo@mama.example>",
        "$(touch /tmp/pwned) `id` ; rm -rf .",
        "--upload-pack=touch",
        "<>",
        "ä" * 120,
    ],
)
def test_no_name_is_more_than_a_name(team: Team, name: str) -> None:
    """Neither git nor a shell nor a branch takes it for anything else."""
    reason = "Mapsite-Change: 01AAAAAAAAAAAAAAAAAAAAAAAA closes #1 @jo [skip ci]"
    wish = move_date("security-review", "2026-05-28", "2026-06-02", reason)
    _, [branch] = proposed(team, suggest(1, wish, by=Sender(name)))
    shown = team.origin(
        "log", "-1", "--format=%an%n%ae%n%(trailers:only,unfold)", branch
    )
    author, mail, *trailers = shown.strip().split("\n")
    assert author
    assert mail == "changes@mapsite.invalid"
    assert [line.partition(":")[0] for line in trailers] == ["Why", "Mapsite-Change"]
    assert trailers[-1].endswith(suggest(1).id)
    assert branch.isascii()
    assert author.isprintable()
    assert not {"#1", "@jo", "[skip ci]"} & set(team.origin("log", branch).split(" "))


def test_a_main_of_another_name_is_found(tmp_path: Path) -> None:
    """The origin says which branch is its main one."""
    team = make_team(tmp_path)
    team.origin("branch", "-m", "main", "trunk")
    team.origin("symbolic-ref", "HEAD", "refs/heads/trunk")
    team.git("branch", "-m", "main", "trunk")
    review = review_of(team.root)
    keep(review, suggest(1, MOVE))
    accept(review, suggest(1).id)
    assert "due: 2026-06-02" in team.plan("trunk")


def test_two_runs_at_once_propose_once(team: Team) -> None:
    """Whoever is slower takes the branch that is there."""
    first, second = review_of(team.root), review_of(team.clone("other").folder)
    keep(first, suggest(1, MOVE))
    second.look()
    propose(first)
    propose(second)
    settle(second)
    ledger = review_of(team.root).ledger
    [entry] = ledger.entries.values()
    assert [event.kind for event in entry.events] == ["received", "proposed"]


def test_two_runs_that_decide_differently_are_told(tmp_path: Path) -> None:
    """The first one counts; whoever was slower learns it, and all balances."""
    root = make_repository(tmp_path).folder
    review = review_of(root)
    keep(review, suggest(1, MOVE), suggest(2, NEXT))
    one, two = review.ledger.entries
    slow, slower = review_of(root), review_of(root)
    decline(review, one, "No")
    accept(review, two)
    with pytest.raises(MapsiteError, match="another run decided meanwhile"):
        accept(slow, one)
    with pytest.raises(MapsiteError, match="another run decided meanwhile"):
        decline(slower, two, "No")
    ledger = review_of(root).ledger
    assert [entry.state for entry in ledger.entries.values()] == ["declined", "applied"]
    assert account_of(ledger, NOW).balances


def test_branches_reads_no_tricks() -> None:
    """A main branch of a strange name is refused."""
    with pytest.raises(MapsiteError):
        Branches(Path.cwd(), "--exec=x")
