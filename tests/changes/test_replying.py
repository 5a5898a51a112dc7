"""Rooms are told what became of suggestions, and made again when that is news."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from mapsite.changes.deciding import accept, decline
from mapsite.plan.naming import opaque_id
from mapsite.plan.operations import Operation
from mapsite.publish.closing import Order as Closing, close
from mapsite.publish.link import key_check, submit_token
from mapsite.publish.secret import Secret, new_text, read_secret
from mapsite.replying import FromLedger
from mapsite.repository import PlanFile, find_plans
from mapsite.room.build import Order, build
from tests.changes.origins import (
    Team,
    keep,
    make_repository,
    make_team,
    move_date,
    review_of,
    suggest,
)
from tests.conftest import PROJECT

DAY = date(2026, 5, 24)
MOVE = move_date("security-review", "2026-05-28", "2026-06-02")
ACME = PlanFile("acme", "plans/acme.yaml", "plans/acme.yaml")


@pytest.fixture
def team(tmp_path: Path, frame_cache: Path) -> Team:
    """Return a clone of two plans whose look needs not be made."""
    team = make_team(tmp_path, "acme", "bolt")
    shutil.copytree(PROJECT / "plans" / "logos", team.root / "plans" / "logos")
    shutil.copy(frame_cache.parent / "mkdocs.yml", team.root)
    shutil.copytree(frame_cache, team.root / ".mapsite")
    return team


def built(root: Path) -> dict[str, str]:
    """Build all rooms, and return what became of each."""
    plans, _ = find_plans(root, ())
    plans = [plan._replace(path=str(root / plan.source)) for plan in plans]
    order = Order(root, plans, root / "site", DAY, 1, replies=FromLedger(root))
    return {one.plan.id: one.state for one in build(order)}


def room(root: Path, page: str = "index.html") -> str:
    """Return a page of acme's room."""
    return (root / "site" / "acme" / page).read_text("utf-8")


def test_only_rooms_with_news_are_made_again(team: Team) -> None:
    """A suggestion, its acceptance and a reason are news of one room."""
    both = {"acme": "built", "bolt": "built"}
    none = dict.fromkeys(both, "unchanged")
    assert built(team.root) == both
    assert built(team.root) == none
    review = review_of(team.root)
    keep(review, suggest(1, MOVE), suggest(2, MOVE))
    assert built(team.root) == {**none, "acme": "built"}
    assert "suggests: Move Security review" in room(team.root)
    assert built(team.root) == none
    first, second = review.ledger.entries
    decline(review, second, "We need the report first")
    review.keep_notes()
    assert built(team.root) == {**none, "acme": "built"}
    changes = room(team.root, "changes/index.html")
    assert "Not taken over: We need the report first" in changes
    accept(review, first)
    review.keep_notes()
    team.git("pull", "--quiet", "origin", "main")
    assert built(team.root)["acme"] == "built"
    assert "suggests:" not in room(team.root)
    assert "Agreed, and in the plan." in room(team.root, "changes/index.html")


def test_what_was_agreed_and_undone_is_not_called_in_the_plan(team: Team) -> None:
    """Reverted, or moved once more: the page and the reader's own list say so."""
    review = review_of(team.root)
    keep(review, suggest(1, MOVE))
    [entry] = review.ledger.entries
    accept(review, entry)
    review.keep_notes()
    team.git("pull", "--quiet", "origin", "main")
    built(team.root)
    agreed = "Agreed, and in the plan."
    assert agreed in room(team.root, "changes/index.html")
    team.git("revert", "--no-edit", "HEAD")
    built(team.root)
    told = room(team.root, "changes/index.html")
    assert f"{agreed}<" not in told
    assert "Agreed; today the plan says otherwise." in told
    assert f'"{entry}":["accepted_otherwise",""]' in room(team.root)


def test_nothing_private_of_a_suggestion_is_told(team: Team) -> None:
    """Neither an e-mail nor the channel nor the file that it came in."""
    keep(review_of(team.root), suggest(1, MOVE))
    built(team.root)
    told = room(team.root) + room(team.root, "changes/index.html")
    assert "Priya N. suggests" in told
    assert "priya@acme.example" not in told
    assert "1.json" not in told


def test_what_was_declined_quietly_is_shown_nowhere(tmp_path: Path) -> None:
    """Only its sender's browser hears that it was declined, and not why."""
    root = make_repository(tmp_path / "deals").folder
    review = review_of(root)
    keep(review, suggest(1, MOVE))
    decline(review, suggest(1).id)
    [one] = FromLedger(root).given(ACME, {}).suggested
    assert (one.outcome, one.why, one.operations) == ("declined", "", ())
    decline(review, one.id, "We need the report first")
    [one] = FromLedger(root).given(ACME, {}).suggested
    assert (one.why, one.operations) == ("We need the report first", (MOVE,))


REFUSED = (
    Operation("set", "people/priya/email", None, "eve@acme.example"),
    Operation("comment", "people/priya/email", None, {"text": "Eve's"}),
    Operation("set", "links/buyer/nonce", None, "a"),
    Operation("set", "internal/crm", None, "006"),
    Operation("set", "steps/pilot/internal", None, {"notes": "x"}),
    Operation("set", "status", None, "won"),
    Operation("add", "steps", None, {"title": "Pay", "internal": {"notes": "x"}}),
)


def test_what_nobody_may_change_is_shown_nowhere(tmp_path: Path) -> None:
    """Neither while it waits nor afterwards; the rest of the suggestion is."""
    root = make_repository(tmp_path / "deals").folder
    keep(review_of(root), suggest(1, *REFUSED), suggest(2, REFUSED[0], MOVE))
    all_refused, part = FromLedger(root).given(ACME, {}).suggested
    assert all_refused.operations == ()
    assert part.operations == (MOVE,)
    policy = {"changes": {"policy": {"buyer": {"steps/due": "never", "steps": "no"}}}}
    _, part = FromLedger(root).given(ACME, policy).suggested
    assert part.operations == ()


def test_the_archive_of_a_closed_deal_tells_it_too(team: Team) -> None:
    """As the room was last seen, without what let suggestions in."""
    review = review_of(team.root)
    keep(review, suggest(1, MOVE), suggest(2, MOVE))
    decline(review, next(iter(review.ledger.entries)), "We need the report first")
    review.keep_notes()
    file = ACME._replace(path=str(team.root / ACME.source))
    order = Closing(team.root, file, "won", DAY, replies=FromLedger(team.root))
    closed = close(order, lambda _: None)
    with ZipFile(closed.archive) as archive:
        pages = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith("index.html")
        }
    told = "".join(pages.values())
    assert "suggests: Move Security review" in told
    assert "Not taken over: We need the report first" in told


def test_a_fresh_clone_tells_the_same(team: Team) -> None:
    """The ledger is read from where the origin's branch was fetched to."""
    keep(review_of(team.root), suggest(1, MOVE))
    folder = team.clone("other").folder
    given = FromLedger(folder).given(ACME, {})
    assert given == FromLedger(team.root).given(ACME, {})
    assert [one.who for one in given.suggested] == ["Priya N."]


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_stamp_tells_when_the_ledger_moved(tmp_path: Path, *, packed: bool) -> None:
    """However git keeps its refs; without asking git."""
    git = make_repository(tmp_path / "deals")
    before = FromLedger(git.folder).stamp
    keep(review_of(git.folder), suggest(1, MOVE))
    if packed:
        git("pack-refs", "--all")
    after = FromLedger(git.folder).stamp
    assert before == "" != after
    assert FromLedger(git.folder).stamp == after
    keep(review_of(git.folder), suggest(2, MOVE))
    assert FromLedger(git.folder).stamp not in {before, after}


def test_stamp_follows_refs_that_only_git_can_read(tmp_path: Path) -> None:
    """In the newer format each move of a ref writes another list of tables."""
    tables = tmp_path / ".git" / "reftable" / "tables.list"
    tables.parent.mkdir(parents=True)
    tables.write_text("0x1-0x2-a.ref\n", "ascii")
    before = FromLedger(tmp_path).stamp
    tables.write_text("0x1-0x3-b.ref\n", "ascii")
    assert FromLedger(tmp_path).stamp not in {before, ""}


def test_ledger_in_the_main_branch_is_told_too(tmp_path: Path) -> None:
    """Where settings keep it there."""
    git = make_repository(tmp_path / "deals")
    settings = {"changes": {"ledger": "tree"}}
    keep(review_of(git.folder, in_tree=True), suggest(1, MOVE))
    given = FromLedger(git.folder).given(ACME, settings)
    assert len(given.suggested) == 1


class TestToken:
    """What lets suggestions in stands in rooms whose settings name an endpoint."""

    def test_it_is_the_one_of_this_plan(self, tmp_path: Path) -> None:
        """Made of the secret and the word by which rooms name the plan."""
        text = new_text()
        secret = self._kept(tmp_path, text)
        check = key_check(secret)
        settings = {"key_check": check, "suggest": {"endpoint": "https://in.example"}}
        given = FromLedger(tmp_path).given(ACME, settings)
        assert given.token == submit_token(secret, opaque_id("acme", check, 12))
        other = FromLedger(tmp_path).given(ACME._replace(id="bolt"), settings)
        assert other.token not in {given.token, ""}

    def test_without_an_endpoint_or_with_another_secret_there_is_none(
        self, tmp_path: Path
    ) -> None:
        """A room that cannot be published with it needs none either."""
        check = key_check(self._kept(tmp_path, new_text()))
        endpoint = {"suggest": {"endpoint": "https://in.example"}}
        for settings in ({"key_check": check}, endpoint, {"key_check": "x"} | endpoint):
            assert FromLedger(tmp_path).given(ACME, settings).token == ""

    def test_another_secret_is_news(self, tmp_path: Path) -> None:
        """Rooms bear the token of the secret that is there."""
        assert FromLedger(tmp_path).stamp == ""
        self._kept(tmp_path, new_text())
        before = FromLedger(tmp_path).stamp
        (tmp_path / ".mapsite-secret").unlink()
        self._kept(tmp_path, new_text())
        assert FromLedger(tmp_path).stamp not in {before, ""}

    def _kept(self, root: Path, text: str) -> Secret:
        (root / ".mapsite-secret").write_text(text, "ascii")
        (root / ".mapsite-secret").chmod(0o600)
        return read_secret(root)
