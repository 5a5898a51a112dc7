"""Requests are opened and followed on every kind of forge."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mapsite.changes.calls import call
from mapsite.changes.deciding import accept, decline
from mapsite.changes.forge import Forge, forge_of
from mapsite.changes.proposing import propose
from mapsite.changes.refreshing import refresh
from mapsite.errors import MapsiteError
from tests.changes.forges import stand_in
from tests.changes.origins import Team, keep, make_team, move_date, review_of, suggest

MOVE = move_date("security-review", "2026-05-28", "2026-06-02", "the report is late")
KINDS = ("github", "forgejo", "gitlab")


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Return a clone with its origin."""
    return make_team(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stand_in_for_a_forge_gets_one_request(team: Team, kind: str) -> None:
    """However often a run is repeated, and it is found again without the ledger."""
    with stand_in(kind) as forge:
        review = review_of(team.root, forge.forge)
        keep(review, suggest(1, MOVE))
        [done] = propose(review)
        [again] = propose(review_of(team.root, forge.forge))
        review = review_of(team.root, forge.forge)
        [entry] = review.ledger.entries.values()
        forge.forge.open(team.root, review.branch_of(entry), "main", "t", "b")
    [request] = forge.requests
    assert done.url == again.url == request["url"]
    assert request["head"] == review.branch_of(entry)
    assert request["title"].startswith("acme: Move ")
    assert "Merge it to accept" in request["body"]
    assert "priya@acme.example" not in request["body"]


@pytest.mark.parametrize(
    ("kind", "state", "outcome"),
    [
        ("github", "merged", "applied"),
        ("github", "closed", "declined"),
        ("forgejo", "closed", "declined"),
        ("gitlab", "merged", "applied"),
        ("gitlab", "closed", "declined"),
    ],
)
def test_what_a_stand_in_for_a_forge_says_is_the_outcome(
    team: Team, kind: str, state: str, outcome: str
) -> None:
    """A merge accepts, a closed request declines, and the branch goes."""
    with stand_in(kind) as forge:
        review = review_of(team.root, forge.forge)
        keep(review, suggest(1, MOVE))
        propose(review)
        [entry] = review.ledger.entries.values()
        forge.decide(review.branch_of(entry), state)
        review = review_of(team.root, forge.forge)
        refresh(review)
    [entry] = review.ledger.entries.values()
    assert entry.state == outcome
    assert not review.branches.named("mapsite/")


def test_declining_closes_the_request_of_a_stand_in(team: Team) -> None:
    """Nobody has to go there."""
    with stand_in("forgejo") as forge:
        review = review_of(team.root, forge.forge)
        keep(review, suggest(1, MOVE))
        propose(review)
        decline(review, suggest(1).id, "Not now")
    assert [one["state"] for one in forge.requests] == ["closed"]


def test_accepting_brings_the_request_to_main(team: Team) -> None:
    """Main gets the commit of its branch, which is how a forge knows a merge."""
    with stand_in("github") as forge:
        review = review_of(team.root, forge.forge)
        keep(review, suggest(1, MOVE))
        propose(review)
        other = team.clone("other")
        other.commit("2026-05-25", "More", more="title: More\n")
        other("push", "--quiet", "origin", "main")
        review = review_of(team.root, forge.forge)
        accept(review, suggest(1).id)
    assert review.ledger.waiting() == []
    assert team.origin("log", "-1", "--format=%an", "main") == "Priya N.\n"


def test_gitlab_opens_the_request_by_the_push_itself(team: Team) -> None:
    """No token is needed beyond the push; each option is one line."""
    review = review_of(team.root, Forge("gitlab"))
    keep(review, suggest(1, MOVE))
    propose(review)
    created, removed, target, title, description = team.options
    assert created == "merge_request.create"
    assert removed == "merge_request.remove_source_branch"
    assert target == "merge_request.target=main"
    assert title.startswith("merge_request.title=acme: Move ")
    assert description.startswith("merge_request.description=`Move ")


def test_a_stand_in_for_gh_is_used_where_it_is_installed(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets the body as input, and nothing of it as an option of its own."""
    programs = tmp_path / "bin"
    programs.mkdir()
    gh = programs / "gh"
    gh.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> {tmp_path}/asked\n'
        'case "$2" in\n'
        f'create) cat > {tmp_path}/body; echo "$4" > {tmp_path}/head ;;\n'
        f'list) if [ -f {tmp_path}/head ]; then printf \'[{{"number":7,"state":"OPEN",'
        f'"url":"https://github.com/mama/deals/pull/7","headRefName":"%s"}}]\''
        f' "$(cat {tmp_path}/head)"; else echo "[]"; fi ;;\n'
        "esac\n"
    )
    gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    forge = forge_of("git@github.com:mama/deals.git", {})
    assert forge.program
    review = review_of(team.root, forge)
    keep(review, suggest(1, MOVE))
    [done] = propose(review)
    assert done.url == "https://github.com/mama/deals/pull/7"
    assert "Merge it to accept" in (tmp_path / "body").read_text("utf-8")


@pytest.mark.parametrize(
    ("url", "settings", "kind", "api", "repository"),
    [
        (
            "git@github.com:mama/deals.git",
            {},
            "github",
            "https://api.github.com",
            "mama/deals",
        ),
        (
            "https://x:t@gitlab.com/a/b/c",
            {},
            "gitlab",
            "https://gitlab.com/api/v4",
            "a/b/c",
        ),
        (
            "ssh://git@codeberg.org:22/a/b.git",
            {},
            "forgejo",
            "https://codeberg.org/api/v1",
            "a/b",
        ),
        (
            "https://git.mama.example/a/b",
            {"forge": "forgejo"},
            "forgejo",
            "https://git.mama.example/api/v1",
            "a/b",
        ),
        (
            "https://gitlab.mama.example/a/b",
            {},
            "gitlab",
            "https://gitlab.mama.example/api/v4",
            "a/b",
        ),
        ("/srv/git/deals.git", {}, "none", "", ""),
        ("https://git.mama.example/a/b", {}, "none", "", ""),
    ],
)
def test_the_forge_is_told_by_its_address(
    url: str, settings: dict[str, str], kind: str, api: str, repository: str
) -> None:
    """Settings say what an address does not."""
    forge = forge_of(url, settings, {"MAPSITE_FORGE_TOKEN": "secret"})
    assert (forge.kind, forge.api, forge.repository) == (kind, api, repository)
    assert "secret" not in repr(forge)


def test_a_token_travels_to_its_own_forge_alone() -> None:
    """Not without encryption, and not to where an answer sends us."""
    with pytest.raises(MapsiteError, match="https"):
        call("GET", "http://git.example/api", {"Authorization": "Bearer secret"})
    with stand_in("github") as forge, pytest.raises(MapsiteError) as told:
        Forge("github", forge.url, "a/b", "", "wrong").find(Path(), "mapsite/x/y")
    assert "401" in str(told.value)
    assert "wrong" not in str(told.value)
