"""Nobody can hold up the others: not by sending much, and not by sending slowly."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mapsite.inbox.limits import Rates, read_network, sender_of
from tests.inbox import running
from tests.inbox.running import ACME, BOLT, JSON, Inbox, suggestion

PROXIES = tuple(
    filter(None, map(read_network, ("127.0.0.1", "10.0.0.0/8", "fd00::/8")))
)


def test_a_sender_has_so_many_a_minute() -> None:
    """All at once, then one whenever its share of the minute has passed."""
    rates = Rates(6)
    assert [rates.wait("a", 100) for _ in range(6)] == [0] * 6
    assert rates.wait("a", 100) == 10
    assert rates.wait("b", 100) == 0
    assert rates.wait("a", 104) == 6
    assert rates.wait("a", 110) == 0
    assert rates.wait("a", 110) == 10
    assert [rates.wait("a", 1000) > 0 for _ in range(7)] == [False] * 6 + [True]


def test_only_so_many_senders_are_remembered() -> None:
    """Whoever takes a new address each time fills no memory."""
    rates = Rates(1, most_known=100)
    for number in range(10_000):
        rates.wait(f"sender {number}", 1)
    assert len(rates._left) == 100  # noqa: SLF001  # nothing else tells


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["1.2.3.4, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1", "10.1.2.3"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["10.1.2.3, 10.1.2.4"], "10.1.2.3"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("fd00::1", ["[2001:db8:1:2:3::4]"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        (None, ["198.51.100.1"], "unknown"),
    ],
)
def test_a_sender_is_who_the_nearest_known_proxy_says(
    peer: str | None, forwarded: list[str], sender: str
) -> None:
    """What stands further left anybody could have written."""
    assert sender_of(peer, forwarded, PROXIES) == sender


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """Return an inbox that takes little of each, and believes 127.0.0.9."""
    folder = tmp_path_factory.mktemp("limits") / "spool"
    options = ("--per-address", "20", "--per-plan", "8", "--most-waiting", "5")
    with running.serve(
        folder, *options, "--proxy", "127.0.0.9", "--patience", "0.7"
    ) as server:
        yield server


def many(inbox: Inbox, count: int, source: str) -> list[bytes]:
    """Send *count* suggestions over one connection; return the statuses."""
    raw = suggestion()
    head = f"POST /s/{ACME} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n"
    request = f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw
    statuses: list[bytes] = []
    with socket.create_connection(
        ("127.0.0.1", inbox.port), 30, source_address=(source, 0)
    ) as line:
        heard = line.makefile("rb")
        for _ in range(count // 50):
            line.sendall(request * 50)
            statuses += [_status(heard) for _ in range(50)]
    return statuses


def _status(heard: socket.SocketIO) -> bytes:
    status, length = heard.readline().split()[1], 0
    while (field := heard.readline().strip()) != b"":
        if field.lower().startswith(b"content-length:"):
            length = int(field.partition(b":")[2])
    heard.read(length)
    return status


def test_a_thousand_in_a_row_hold_up_nobody_else(strict: Inbox) -> None:
    """Their sender is told to wait; all others are answered as ever."""
    statuses = many(strict, 1000, "127.0.0.2")
    assert statuses[:8] == [b"202"] * 8
    assert set(statuses) == {b"202", b"429"}
    assert statuses.count(b"429") > 950
    told = strict.post(suggestion(), source="127.0.0.2")
    assert told.status == 429
    assert 1 <= int(told.headers["Retry-After"]) <= 60
    other = strict.post(
        suggestion("from-somebody-else-0", "bolt"), token=BOLT, source="127.0.0.3"
    )
    assert other.status == 202
    assert strict.ask("GET", "/healthz").status == 200


def test_one_plan_cannot_take_up_all_the_room(strict: Inbox) -> None:
    """Its next suggestion is refused, to be sent again; what waits stays."""
    senders = [f"127.0.1.{n}" for n in range(1, 12)]
    statuses = [
        strict.post(
            suggestion(f"one-plan-takes-all-{n:02}", "bolt"), token=BOLT, source=source
        ).status
        for n, source in enumerate(senders)
    ]
    assert set(statuses) == {202, 429}
    assert sum(name.startswith("bolt.") for name in strict.waiting()) == 5


def test_whose_word_counts_is_configured(strict: Inbox) -> None:
    """Only a known proxy can say that somebody else sent something."""
    for number in range(25):
        said = {"X-Forwarded-For": f"198.51.100.{number}"}
        strict.post(b"{", source="127.0.0.4", headers=said)
    said = {"X-Forwarded-For": "198.51.100.99"}
    assert strict.post(b"{", source="127.0.0.4", headers=said).status == 429
    answers = [
        strict.post(
            b"{", source="127.0.0.9", headers={"X-Forwarded-For": f"198.51.101.{n}"}
        ).status
        for n in range(25)
    ]
    assert set(answers) == {400}


def test_guessing_the_token_for_fetching_is_slow(strict: Inbox) -> None:
    """A known one is not held up by it."""
    guesses = [
        strict.ask(
            "GET", "/pull", None, {"Authorization": f"Bearer {n}"}, "127.0.0.5"
        ).status
        for n in range(25)
    ]
    assert guesses[:20] == [401] * 20
    assert 429 in guesses[20:]
    assert strict.pull().status == 200


def lines(
    inbox: Inbox, stack: ExitStack, source: str, count: int
) -> list[socket.socket]:
    """Open *count* connections that say nothing so far."""
    place, own = ("127.0.0.1", inbox.port), (source, 0)
    return [
        stack.enter_context(socket.create_connection(place, 30, source_address=own))
        for _ in range(count)
    ]


def test_slow_senders_hold_up_nobody_else(strict: Inbox) -> None:
    """Three hundred connections that drip wait in vain; all others are answered."""
    with ExitStack() as stack:
        slow = [
            line
            for number in range(10)
            for line in lines(strict, stack, f"127.0.2.{number + 1}", 30)
        ]
        begin = f"POST /s/{ACME} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n"
        for number, line in enumerate(slow):
            body = "Content-Length: 500\r\n\r\n{" if number % 2 else "X-Slow: "
            try:
                line.sendall(f"{begin}{body}".encode())
            except OSError:  # closed already for somebody else
                continue
        other = strict.post(suggestion(), source="127.0.0.6")
        assert other.status in {202, 429}
        ends = [_end(line) for line in slow]
    assert all(end == b"" or b" 408 " in end or b" 503 " in end for end in ends)
    assert sum(b" 408 " in end for end in ends) > 50


def _end(line: socket.socket) -> bytes:
    """Return all that comes before the other side closes."""
    found = b""
    try:
        while piece := line.recv(4096):
            found += piece
    except ConnectionError:
        return b""
    return found


def test_one_address_has_so_many_connections(strict: Inbox) -> None:
    """The next one is told that it is busy; other addresses get in."""
    with ExitStack() as stack:
        held = lines(strict, stack, "127.0.0.7", 32)
        (extra,) = lines(strict, stack, "127.0.0.7", 1)
        assert extra.recv(4096).startswith(b"HTTP/1.1 503 ")
        assert strict.post(b"{", source="127.0.0.8").status == 400
        assert {_end(line) for line in held} == {b""}
