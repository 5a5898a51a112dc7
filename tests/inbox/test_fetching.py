"""Whoever fetches suggestions gets each of them until it says that it has them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.inbox import running
from tests.inbox.running import PULL, Inbox, suggestion


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """Return an inbox for this module."""
    folder = tmp_path_factory.mktemp("fetching") / "spool"
    with running.serve(
        folder, "--per-address", "100000", "--per-plan", "100000"
    ) as server:
        yield server


@pytest.fixture
def inbox(served: Inbox) -> Inbox:
    """Return the inbox with nothing in it that waits."""
    keys = [item["key"] for item in items(served)]
    served.pull("/done", "POST", json.dumps({"keys": keys}).encode())
    return served


def items(inbox: Inbox) -> list[dict[str, Any]]:
    """Return all that waits, page by page."""
    found, after = [], ""
    while after is not None:
        page = inbox.pull(f"?after={after}").says()
        found += page["items"]
        after = page["next"]
    return found


def number(of: int) -> str:
    """Return the id of a suggestion."""
    return f"01JF8Q6Z5T9K3W7V2X{of:08}"


@pytest.mark.parametrize("shown", [None, "", "Bearer", f"Basic {PULL}", "Bearer x"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/pull"), ("POST", "/pull/done"), ("DELETE", "/pull/acme.x")],
)
def test_nobody_fetches_without_the_token(
    inbox: Inbox, method: str, path: str, shown: str | None
) -> None:
    """Nor does a submit token open what others sent."""
    headers = {} if shown is None else {"Authorization": shown}
    heard = inbox.ask(method, path, None, headers)
    assert heard.status == 401
    assert heard.headers["WWW-Authenticate"] == "Bearer"


def test_what_waits_comes_as_it_was_sent_oldest_first(inbox: Inbox) -> None:
    """Each with its key, when it came, and a hash of its bytes."""
    sent = [suggestion(number(of)) for of in (3, 1, 2)]
    for raw in sent:
        assert inbox.post(raw).status == 202
    found = items(inbox)
    assert [item["body"].encode() for item in found] == sent
    assert [item["kind"] for item in found] == ["suggestion"] * 3
    assert found[0]["key"] == f"acme.{number(3)}"
    assert found[0]["received"].endswith("Z")
    hashes = [hashlib.sha256(raw).hexdigest() for raw in sent]
    assert [item["sha256"] for item in found] == hashes
    assert items(inbox) == found


def test_what_is_safe_elsewhere_is_put_away(inbox: Inbox) -> None:
    """One by one or many at once; it stays on the disk and comes no more."""
    for of in range(10, 14):
        inbox.post(suggestion(number(of)))
    keys = [item["key"] for item in items(inbox)]
    assert inbox.pull(f"/{keys[0]}", "DELETE").status == 200
    body = json.dumps({"keys": [*keys[1:3], "acme.never-was-here-0"]}).encode()
    told = inbox.pull("/done", "POST", body).says()
    assert told["done"] == keys[1:3]
    assert told["unknown"] == ["acme.never-was-here-0"]
    assert [item["key"] for item in items(inbox)] == keys[3:]
    assert {f"{key}.json" for key in keys[:3]} <= inbox.done().keys()


def test_told_twice_is_as_good_as_told_once(inbox: Inbox) -> None:
    """Whoever was interrupted says it again."""
    inbox.post(suggestion(number(20)))
    key = f"acme.{number(20)}"
    answers = [inbox.pull(f"/{key}", "DELETE").status for _ in range(2)]
    assert answers == [200, 200]
    assert inbox.pull("/acme.01JF8Q6Z5T9K3W7V2X-not-here", "DELETE").status == 404


def test_a_buyer_who_asks_again_later_is_still_answered_the_same(inbox: Inbox) -> None:
    """Put away is not forgotten: it does not wait a second time."""
    raw = suggestion(number(30))
    first = inbox.post(raw)
    inbox.pull(f"/acme.{number(30)}", "DELETE")
    again = inbox.post(raw)
    assert (again.status, again.body) == (first.status, first.body)
    assert inbox.post(suggestion(number(30), at="")).status == 409
    assert items(inbox) == []


def test_the_quarantine_is_fetched_as_well(inbox: Inbox) -> None:
    """With why it is there, so that a person gets to see it."""
    inbox.post(b'{"walk')
    inbox.post(suggestion(number(40), website="x"))
    inbox.post(suggestion(number(41)))
    found = items(inbox)
    assert [item["kind"] for item in found] == ["suggestion", "unreadable", "honeypot"]
    odd = json.loads(found[1]["body"])
    assert (odd["mapsite"], odd["body"]) == ("odd/1", '{"walk')
    assert odd["why"] == "expected JSON"
    for item in found:
        assert inbox.pull(f"/{item['key']}", "DELETE").status == 200
    assert items(inbox) == []
    assert inbox.quarantine() == []


def test_more_than_a_page_comes_in_pages(inbox: Inbox) -> None:
    """Every one of them once, whatever is put away in between."""
    for of in range(1000, 1230):
        place = inbox.folder / "waiting" / f"acme.{number(of)}.json"
        place.write_bytes(suggestion(number(of)))
    page = inbox.pull().says()
    assert 0 < len(page["items"]) < 230
    rest = inbox.pull(f"?after={page['next']}").says()["items"]
    keys = [item["key"] for item in (*page["items"], *rest)]
    assert sorted(keys) == [f"acme.{number(of)}" for of in range(1000, 1230)]
    body = json.dumps({"keys": keys}).encode()
    assert len(inbox.pull("/done", "POST", body).says()["done"]) == 230


@pytest.mark.parametrize("body", [b"", b"[]", b'{"keys": "x"}', b'{"keys": [1]}'])
def test_what_cannot_be_understood_puts_nothing_away(inbox: Inbox, body: bytes) -> None:
    """The answer says what was expected."""
    heard = inbox.pull("/done", "POST", body)
    assert heard.status == 400
    assert "keys" in heard.says()["message"]


@pytest.mark.parametrize("key", ["../tokens", "acme", "%2e%2e%2fspool", "a.b/../../c"])
def test_a_key_is_no_path(inbox: Inbox, tmp_path: Path, key: str) -> None:
    """Nothing outside the folder can be moved."""
    assert inbox.pull(f"/{key}", "DELETE").status == 404
    body = json.dumps({"keys": [key, str(tmp_path)]}).encode()
    assert inbox.pull("/done", "POST", body).says()["done"] == []


def test_without_a_token_of_its_own_nothing_is_fetched(tmp_path: Path) -> None:
    """The inbox then only receives; its folder is read by hand."""
    folder = tmp_path / "spool"
    with running.serve(folder, MAPSITE_INBOX_PULL_TOKEN="") as inbox:
        assert inbox.pull().status == 404
        assert inbox.post(suggestion()).status == 202
        assert inbox.pull().status == 404
