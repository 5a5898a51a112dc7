"""The command: what it is told, what it refuses, and how it ends."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mapsite.errors import MapsiteError
from mapsite.inbox.settings import (
    SignedTokens,
    read_key,
    read_origins,
    read_proxies,
    read_pull_token,
    read_tokens,
)
from mapsite.plan.naming import opaque_id
from mapsite.publish.key import Secret
from mapsite.publish.link import (
    key_check,
    submit_key,
    submit_token,
    token,
    token_of_key,
)
from tests.inbox import running
from tests.inbox.running import ACME, JSON, suggestion

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOM = "0f3a9c1b77ae"
"""The word by which a room names its plan."""
SECRET = "k3yq2-Zw8mB-t7Xc9-LpR4v-N6hJd-5sGfE-uY1oA"  # noqa: S105  # opens nothing


def test_a_submit_token_is_the_plans_and_the_secrets_own() -> None:
    """Nothing about the plan, its address or the secret can be told from it."""
    secret, other = Secret(SECRET), Secret(SECRET[::-1])
    made = submit_token(secret, ROOM)
    assert re.fullmatch(r"[a-z2-7]{26}", made)
    assert made == submit_token(Secret(SECRET), ROOM)
    others = {
        submit_token(secret, ROOM[::-1]),
        submit_token(other, ROOM),
        token(secret, ROOM, "", ""),
        token(secret, ROOM, "buyer", "a"),
    }
    assert made not in others
    known = SignedTokens(Secret(submit_key(secret)))
    assert known.opens(made, ROOM)
    assert not known.opens(made, ROOM[::-1])
    assert not known.opens("ü", ROOM)


def test_what_an_inbox_knows_tells_no_address() -> None:
    """Its key makes submit tokens, which neither secret nor address follow from."""
    secret = Secret(SECRET)
    key = submit_key(secret)
    assert re.fullmatch(r"[a-z2-7]{52}", key)
    assert read_key(key) is not None
    assert token_of_key(Secret(key), ROOM) == submit_token(secret, ROOM)
    assert token(Secret(key), "acme", "buyer", "a") != token(
        secret, "acme", "buyer", "a"
    )
    assert key_check(Secret(key)) != key_check(secret)


def test_the_key_is_printed_for_an_inbox_without_the_secret(
    repo: Path, mapsite: Run, tmp_path: Path
) -> None:
    """What one computer prints, an inbox elsewhere knows every room by."""
    mapsite("secret", "new")
    done = mapsite("inbox", "--print-key")
    assert done.returncode == 0, done.stderr
    secret = Secret((repo / ".mapsite-secret").read_text().strip())
    variables = {"MAPSITE_INBOX_KEY": done.stdout.strip()}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with running.serve(elsewhere / "spool", tokens=False, **variables) as inbox:
        made = submit_token(secret, ROOM)
        assert inbox.post(suggestion(plan=ROOM), token=made).status == 202
        assert inbox.post(suggestion(plan="acme"), token=made).status == 403
        assert done.stdout.strip() not in inbox.log()


def test_tokens_are_printed_for_an_inbox_that_knows_some_plans(
    repo: Path, mapsite: Run, tmp_path: Path
) -> None:
    """What one computer prints, another one reads; no plan's id is among it."""
    mapsite("secret", "new")
    done = mapsite("inbox", "--print-tokens")
    assert done.returncode == 0, done.stderr
    assert "acme" not in done.stdout
    file = tmp_path / "tokens.txt"
    file.write_text(done.stdout)
    secret = Secret((repo / ".mapsite-secret").read_text().strip())
    tokens = read_tokens(file)
    names = [opaque_id(one, key_check(secret), 12) for one in ("acme", "bolt")]
    for name in names:
        assert tokens.opens(submit_token(secret, name), name)
    assert not tokens.opens(submit_token(secret, names[0]), names[1])


def test_with_the_secret_every_plan_has_its_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that was made after the inbox began."""
    monkeypatch.chdir(tmp_path)
    plan_token = submit_token(Secret(SECRET), ROOM)
    with running.serve(
        tmp_path / "spool", tokens=False, MAPSITE_SECRET=SECRET
    ) as inbox:
        later = suggestion(plan=ROOM)
        assert inbox.post(later, token=plan_token).status == 202
        assert inbox.post(suggestion(), token=plan_token).status == 403
        assert inbox.post(b"{", token=plan_token).status == 400


def test_without_tokens_and_secret_it_does_not_start(
    tmp_path: Path, mapsite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says what is missing."""
    monkeypatch.chdir(tmp_path)
    done = mapsite("inbox", "--port", "0")
    assert done.returncode == 1
    assert "there is no secret here" in done.stderr
    assert not (tmp_path / "inbox").exists()


def test_who_runs_it_is_told_that_no_page_can_send_to_it(tmp_path: Path) -> None:
    """A browser asks first from where it may; nothing else would tell."""
    with running.serve(tmp_path / "spool", origin="") as inbox:
        running.until(lambda: "no page can send" in inbox.log(), inbox.log())
        assert "--origin https://" in inbox.log()
        assert "can fetch nothing" not in inbox.log()


def test_a_taken_port_is_told(tmp_path: Path, mapsite: Run) -> None:
    """In one line."""
    file = tmp_path / "tokens.txt"
    file.write_text(running.TOKENS)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        words = ("--port", port, "--tokens", str(file), "--folder", str(tmp_path / "s"))
        done = mapsite("inbox", *words)
    assert done.returncode == 1
    assert done.stderr.startswith(f"mapsite: 127.0.0.1 port {port} cannot be used")


def test_it_ends_what_it_began_when_asked_to_stop(tmp_path: Path) -> None:
    """A suggestion that is on its way is kept and acknowledged first."""
    raw = suggestion()
    head = f"POST /s/{ACME} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n"
    head += f"Content-Length: {len(raw)}\r\nExpect: 100-continue\r\n\r\n"
    with (
        running.serve(tmp_path / "spool") as inbox,
        socket.create_connection(("127.0.0.1", inbox.port), 30) as line,
    ):
        line.sendall(head.encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 100 ")
        inbox.process.send_signal(signal.SIGTERM)
        running.until(lambda: not _listens(inbox.port), "it still listens")
        line.sendall(raw)
        assert line.recv(4096).startswith(b"HTTP/1.1 202 ")
        assert inbox.process.wait(30) == 0
        assert len(inbox.waiting()) == 1
        assert inbox.log().endswith("stopped; what was taken is in the folder\n")


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    "text", ["", "acme", f"acme {ACME} x", f"../acme {ACME}", "acme walkaway", "\xff"]
)
def test_a_file_of_tokens_that_is_wrong_is_refused(tmp_path: Path, text: str) -> None:
    """With the line, and without what stands in it: it may be a token."""
    file = tmp_path / "tokens.txt"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(MapsiteError, match=r"tokens\.txt.*expected") as told:
        read_tokens(file)
    assert ACME not in str(told.value)
    assert "walkaway" not in str(told.value)


def test_origins_are_compared_as_browsers_tell_them() -> None:
    """Whatever the case and the slash at the end; null is a page in a folder."""
    found = read_origins(["https://Deals.Mama.example/", "null", "http://localhost:80"])
    assert found == {"https://deals.mama.example", "null", "http://localhost:80"}


@pytest.mark.parametrize(
    "origin", ["*", "deals.example", "https://a.example/path", "http://a.example", ""]
)
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    """Most of all one that would mean everybody."""
    with pytest.raises(MapsiteError, match="expected"):
        read_origins([origin])


def test_a_proxy_that_is_none_and_a_weak_token_are_refused() -> None:
    """Before anything listens."""
    with pytest.raises(MapsiteError, match="expected a proxy's address"):
        read_proxies(["nginx"])
    with pytest.raises(MapsiteError, match="MAPSITE_INBOX_PULL_TOKEN is refused"):
        read_pull_token("password")
    assert read_pull_token(" ") is None
    assert SECRET not in repr(read_pull_token(SECRET))
