"""Webhooks of form services: kept where they are signed, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mapsite.errors import MapsiteError
from mapsite.inbox.settings import read_hooks
from tests.changes.intake.services import SECRET, SENT, as_sent, signed
from tests.inbox import running
from tests.inbox.running import JSON, Heard, Inbox

SERVICES = ("tally", "typeform", "netlify", "formspree", "generic")
NAMED = {"Content-Type": "application/json; charset=utf-8"}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """Return an inbox that knows the secrets of all services but Formspree's."""
    known = [name for name in SERVICES if name != "formspree"]
    secrets = {f"MAPSITE_INBOX_HOOK_{name.upper()}": SECRET for name in known}
    folder = tmp_path_factory.mktemp("hooks") / "spool"
    with running.serve(folder, "--per-address", "20", **secrets) as server:
        yield server


@pytest.fixture
def source(request: pytest.FixtureRequest) -> str:
    """Return an address of 127.0.0.0/8 that no other test sends from."""
    return f"127.0.3.{1 + sum(map(ord, request.node.name)) % 250}"


def send(inbox: Inbox, service: str, raw: bytes, source: str, **headers: str) -> Heard:
    """Send a webhook; its signature is right unless *headers* say otherwise."""
    named = NAMED | signed(service, raw) | headers
    return inbox.ask("POST", f"/hooks/{service}", raw, named, source)


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "formspree"])
def test_a_signed_webhook_is_kept_as_it_came(
    inbox: Inbox, service: str, source: str
) -> None:
    """202 tells that its bytes are on the disk; the same again is the same."""
    raw = as_sent(SENT[service]())
    heard = send(inbox, service, raw, source)
    assert heard.status == 202
    kept = {name: one for name, one in inbox.waiting().items() if service in name}
    assert [*kept.values()] == [raw]
    again = send(inbox, service, raw, source)
    assert (again.status, again.body) == (202, heard.body)
    assert len([name for name in inbox.waiting() if service in name]) == 1

    items = inbox.pull().says()["items"]
    (item,) = (one for one in items if service in one["key"])
    assert (item["kind"], item["body"].encode()) == ("webhook", raw)
    keys = json.dumps({"keys": [item["key"]]}).encode()
    assert inbox.pull("/done", "POST", keys).says()["done"] == [item["key"]]
    assert send(inbox, service, raw, source).status == 202
    assert not [name for name in inbox.waiting() if service in name]


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "formspree"])
def test_an_unsigned_webhook_is_refused(
    inbox: Inbox, service: str, source: str
) -> None:
    """401 names the header that is missing, 403 one that is wrong; nothing is kept."""
    raw = as_sent(SENT[service]("2026-07-01"))
    before = inbox.waiting()
    path = f"/hooks/{service}"
    missing = inbox.ask("POST", path, raw, NAMED, source)
    assert missing.status == 401
    assert "header" in missing.says()["message"]
    wrong = inbox.ask(
        "POST", path, raw, NAMED | signed(service, raw, SECRET[::-1]), source
    )
    assert wrong.status == 403
    assert "nothing was kept" in wrong.says()["message"]
    assert inbox.waiting() == before
    assert inbox.quarantine() == []


def test_other_services_are_not_there(inbox: Inbox, source: str) -> None:
    """404 for one without a secret, as for one that nobody knows."""
    raw = as_sent(SENT["formspree"]())
    assert send(inbox, "formspree", raw, source).status == 404
    for path in ("/hooks/other", "/hooks/", "/hooks/tally/x"):
        assert inbox.ask("POST", path, raw, NAMED, source).status == 404
    assert inbox.ask("GET", "/hooks/tally", None, {}, source).status == 405


def test_whoever_guesses_is_slowed_down_and_the_service_is_not(
    inbox: Inbox, source: str
) -> None:
    """Only what is not signed counts against an address."""
    raw = as_sent(SENT["tally"]("2026-07-02"))
    wrong = {"Tally-Signature": "guess"}
    statuses = [send(inbox, "tally", raw, source, **wrong).status for _ in range(25)]
    assert statuses[:20] == [403] * 20
    assert 429 in statuses
    assert send(inbox, "tally", raw, source).status == 202


def test_a_webhook_may_be_longer_than_a_suggestion(inbox: Inbox, source: str) -> None:
    """Services send all questions along; above 256 KiB nothing is read."""
    large = as_sent(SENT["typeform"]("2026-07-03") | {"more": "x" * 200_000})
    assert send(inbox, "typeform", large, source).status == 202
    larger = b" " * 300_000
    assert send(inbox, "generic", larger, source).status == 413


def test_what_is_signed_and_odd_is_kept_for_a_person(inbox: Inbox, source: str) -> None:
    """JSON or not is seen when it is fetched; other bytes lie in quarantine."""
    assert send(inbox, "tally", b"{soon", source).status == 202
    assert b"{soon" in inbox.waiting().values()
    assert send(inbox, "tally", b"\xff\xfe", source).status == 202
    assert [one["hex"] for one in inbox.quarantine()] == ["fffe"]
    form = {"Content-Type": running.FORM}
    assert send(inbox, "tally", b"a=b", source, **form).status == 415
    packed = {"Content-Encoding": "gzip", "Content-Type": JSON}
    assert send(inbox, "tally", b"{}", source, **packed).status == 415
    for path in (inbox.folder / "quarantine").iterdir():
        path.unlink()


def test_no_log_has_a_secret(inbox: Inbox) -> None:
    """It names the services that are on, and what came from nobody."""
    log = inbox.log()
    assert "webhooks of tally: /hooks/tally" in log
    assert "formspree" not in log
    assert SECRET not in log
    assert "broken" not in log


def test_a_secret_that_others_would_try_is_refused() -> None:
    """The variable is named, its text is not; nothing set is nothing on."""
    assert read_hooks({}) == {}
    assert read_hooks({"MAPSITE_INBOX_HOOK_TALLY": " "}) == {}
    own = {"MAPSITE_INBOX_HOOK_FORMSPREE": "k3yq2Zw8mBt7Xc9LpR4v"}
    assert [*read_hooks(own)] == ["formspree"]
    for service in ("TALLY", "FORMSPREE", "GENERIC"):
        with pytest.raises(MapsiteError, match=f"MAPSITE_INBOX_HOOK_{service}") as told:
            read_hooks({f"MAPSITE_INBOX_HOOK_{service}": "walkaway"})
        assert "walkaway" not in str(told.value)


def test_a_full_service_waits_without_loss(tmp_path: Path) -> None:
    """429 makes the service send it again later."""
    variables = {"MAPSITE_INBOX_HOOK_GENERIC": SECRET}
    options = ("--most-waiting", "1")
    with running.serve(tmp_path / "spool", *options, **variables) as inbox:
        first, second = b'{"id": 1}', b'{"id": 2}'
        assert send(inbox, "generic", first, "127.0.0.1").status == 202
        heard = send(inbox, "generic", second, "127.0.0.1")
        assert heard.status == 429
        assert int(heard.headers["Retry-After"]) > 0
        assert send(inbox, "generic", first, "127.0.0.1").status == 202
