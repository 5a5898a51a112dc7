"""What a buyer's page is answered, and what is on the inbox's disk by then."""

from __future__ import annotations

import gzip
import itertools
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode

import pytest

from tests.inbox import running
from tests.inbox.running import ACME, BOLT, FORM, JSON, ORIGIN, Inbox, suggestion

NUMBERS = itertools.count(1)
PLENTY = ("--per-address", "100000", "--per-plan", "100000")


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """Return an inbox that has room for all tests of this module."""
    folder = tmp_path_factory.mktemp("receiving") / "spool"
    with running.serve(folder, *PLENTY) as server:
        yield server


@pytest.fixture
def number() -> str:
    """Return an id that no other test has."""
    return f"01JF8Q6Z5T9K3W7V2X{next(NUMBERS):08}"


def test_a_suggestion_is_on_the_disk_when_it_is_acknowledged(
    inbox: Inbox, number: str
) -> None:
    """202 tells its id and when it came, and the file has exactly what was sent."""
    raw = suggestion(number)
    heard = inbox.post(raw)
    assert heard.status == 202
    assert heard.says()["id"] == number
    assert heard.says()["received"].endswith("Z")
    assert "not in the plan yet" in heard.says()["message"]
    assert inbox.waiting()[f"acme.{number}.json"] == raw


def test_the_same_suggestion_again_is_answered_the_same(
    inbox: Inbox, number: str
) -> None:
    """Whoever did not hear the answer can ask again, and nothing is there twice."""
    raw = suggestion(number)
    first, second = inbox.post(raw), inbox.post(raw)
    assert (first.status, first.body) == (second.status, second.body)
    assert sum(number in name for name in inbox.waiting()) == 1


def test_another_suggestion_with_the_same_id_is_refused(
    inbox: Inbox, number: str
) -> None:
    """What was acknowledged first stays."""
    raw = suggestion(number)
    inbox.post(raw)
    heard = inbox.post(suggestion(number, at="2026-05-27T09:14:02Z"))
    assert heard.status == 409
    assert inbox.waiting()[f"acme.{number}.json"] == raw


def test_plans_do_not_share_ids(inbox: Inbox, number: str) -> None:
    """Nobody can take an id from another plan's readers."""
    assert inbox.post(suggestion(number)).status == 202
    assert inbox.post(suggestion(number, "bolt"), token=BOLT).status == 202


@pytest.mark.parametrize("token", [BOLT, "z" * 26, "acme", "..%2f..", "%00"])
def test_only_the_plans_own_token_lets_a_suggestion_in(
    inbox: Inbox, number: str, token: str
) -> None:
    """Another plan's token does as little as none, and nothing is kept."""
    before = inbox.quarantine()
    heard = inbox.post(suggestion(number), token=token)
    assert heard.status in {403, 404}
    assert not any(number in name for name in inbox.waiting())
    assert inbox.quarantine() == before


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{", "expected JSON"),
        (b"", "expected JSON"),
        (b"\xff\xfe{}", "expected text in UTF-8"),
        (b"[" * 60_000, "expected JSON"),
        (b"[]", "expected a map"),
        (b'{"plan": "acme"}', "expected by and id and mapsite and ops"),
        (suggestion(number="../../../../etc/passwd"), "id: expected"),
        (suggestion(stray="x"), "unknown key"),
        (
            suggestion(ops=[{"op": "exec", "path": "steps"}]),
            "ops/1/op: expected one of",
        ),
        (suggestion(by={"name": "\x1b[31mPriya"}), "by/name"),
    ],
)
def test_what_is_no_suggestion_is_told_why_and_kept(
    inbox: Inbox, raw: bytes, reason: str
) -> None:
    """The answer says what was expected; a person can look at what came instead."""
    heard = inbox.post(raw)
    assert heard.status == 400
    assert reason in heard.says()["message"]
    assert heard.says()["kept"] is True
    kept = [one for one in inbox.quarantine() if reason in one["why"]]
    texts = [one.get("body", "").encode() for one in kept]
    assert raw in texts or raw.hex() in [one.get("hex") for one in kept]


def test_the_same_nonsense_is_kept_once(inbox: Inbox) -> None:
    """A client that tries again and again fills nothing."""
    for _ in range(3):
        assert inbox.post(b'{"again": 1').status == 400
    assert sum(one.get("body") == '{"again": 1' for one in inbox.quarantine()) == 1


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", ""])
def test_other_types_are_refused(inbox: Inbox, number: str, kind: str) -> None:
    """The answer names the types that are taken."""
    heard = inbox.post(suggestion(number), kind)
    assert heard.status == 415
    assert JSON in heard.says()["message"]


def test_a_compressed_suggestion_is_refused(inbox: Inbox, number: str) -> None:
    """Nothing small becomes large in here."""
    raw = gzip.compress(suggestion(number))
    assert inbox.post(raw, headers={"Content-Encoding": "gzip"}).status == 415


@pytest.mark.parametrize(
    "length", ["Content-Length: 10000000", "Transfer-Encoding: chunked"]
)
def test_ten_megabytes_are_refused_before_they_are_read(
    inbox: Inbox, length: str
) -> None:
    """Whether their size is told beforehand or not, and the answer is heard."""
    piece, size = b" " * 65536, 10_000_000
    head = f"POST /s/{ACME} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n{length}\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", inbox.port), 20) as line:
        line.sendall(f"{head}\r\n".encode())
        with suppress(OSError):
            while sent < size:
                is_chunk = length.endswith("chunked")
                line.sendall(b"10000\r\n" + piece + b"\r\n" if is_chunk else piece)
                sent += len(piece)
        answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"65,536 bytes" in answer
    assert sent < size


def test_nothing_is_asked_for_that_will_be_refused(inbox: Inbox) -> None:
    """A client that asks first whether to send 10 MB does not send them."""
    head = f"POST /s/{ACME} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n"
    asks = "Content-Length: 10000000\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", inbox.port), 20) as line:
        line.sendall(f"{head}{asks}".encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


def form(**fields: str) -> bytes:
    """Return a form as a browser without scripts sends it."""
    return urlencode({"plan": "acme", "name": "Zoë", "website": "", **fields}).encode()


def test_a_form_without_a_script_becomes_a_suggestion(
    inbox: Inbox, number: str
) -> None:
    """Its sender sees a page, and the file is a suggestion as any other."""
    sent = form(
        id=number, op="set", path="steps/review/due", old="2026-06-10", new="tbd"
    )
    heard = inbox.post(sent, FORM)
    assert heard.status == 202
    assert heard.headers["Content-Type"].startswith("text/html")
    assert b"not in the plan yet" in heard.body
    document = json.loads(inbox.waiting()[f"acme.{number}.json"])
    assert document["by"] == {"name": "Zoë"}
    assert document["ops"] == [
        {"op": "set", "path": "steps/review/due", "old": "2026-06-10", "new": "tbd"}
    ]


def test_a_form_can_add_a_person_and_send_a_comment(inbox: Inbox) -> None:
    """Fields named value.X are those of what is added."""
    person = {"value.name": "Lee", "value.side": "buyer"}
    assert inbox.post(form(op="add", path="people", **person), FORM).status == 202
    assert inbox.post(form(op="comment", path="", text="On leave."), FORM).status == 202
    said = [json.loads(raw)["ops"][0] for raw in inbox.waiting().values()]
    assert {"name": "Lee", "side": "buyer"} in [one.get("value") for one in said]
    assert {"text": "On leave."} in [one.get("value") for one in said]


def test_a_second_click_is_no_second_suggestion(inbox: Inbox) -> None:
    """A form without an id has one that is made of what it says."""
    sent = form(op="ask", path="questions", text="Clicked twice?")
    assert {inbox.post(sent, FORM).status for _ in range(2)} == {202}
    assert sum(b"Clicked twice?" in raw for raw in inbox.waiting().values()) == 1


def test_a_form_may_carry_the_whole_suggestion(inbox: Inbox, number: str) -> None:
    """A page that may not send by script can send by form."""
    raw = suggestion(number)
    assert inbox.post(urlencode({"suggestion": raw}).encode(), FORM).status == 202
    assert json.loads(inbox.waiting()[f"acme.{number}.json"]) == json.loads(raw)


@pytest.mark.parametrize(
    "sent",
    [
        b"plan=acme&plan=bolt",
        b"plan=acme&name=Lee&op=set&path=steps/review/due&new=x&secret=1",
        b"plan=acme",
        b"%ff=%fe",
        b"&".join(b"value.%d=x" % n for n in range(200)),
        form(op="comment", path="", text="<script>alert(1)</script>\x1b[2J"),
    ],
)
def test_an_odd_form_is_told_why_and_kept(inbox: Inbox, sent: bytes) -> None:
    """Nothing in it is guessed or left out, and the page shows none of it as markup."""
    heard = inbox.post(sent, FORM)
    assert heard.status == 400
    assert b"Not received" in heard.body
    assert b"<script>" not in heard.body
    assert sent.decode() in [one.get("body") for one in inbox.quarantine()]


def test_the_field_that_nobody_sees_puts_into_quarantine(
    inbox: Inbox, number: str
) -> None:
    """A robot learns nothing, and a person who filled it in is not lost."""
    sent = form(op="comment", path="", text="Buy now", website="https://spam.example")
    answers = [
        inbox.post(sent, FORM),
        inbox.post(suggestion(number, website="x")),
        inbox.post(suggestion(number, website="x")),
    ]
    assert [heard.status for heard in answers] == [202, 202, 202]
    assert not any(b"Buy now" in raw for raw in inbox.waiting().values())
    assert not any(number in name for name in inbox.waiting())
    kept = [one for one in inbox.quarantine() if one["why"] == "hidden field"]
    assert [one["plan"] for one in kept] == ["acme", "acme"]
    assert sum("Buy" in one["body"] for one in kept) == 1
    assert sum(number in one["body"] for one in kept) == 1


def preflight(inbox: Inbox, origin: str) -> running.Heard:
    """Ask as a browser does before a script of another origin may send."""
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asks["Access-Control-Request-Headers"] = "content-type"
    return inbox.ask("OPTIONS", f"/s/{ACME}", None, asks)


def test_pages_of_the_known_origin_may_send(inbox: Inbox, number: str) -> None:
    """A browser lets them send JSON and read what is answered, good or bad."""
    before = preflight(inbox, ORIGIN)
    assert before.status == 204
    assert before.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert before.headers["Access-Control-Allow-Methods"] == "POST"
    assert before.headers["Access-Control-Allow-Headers"] == "Content-Type"
    for raw in (suggestion(number), b"{"):
        heard = inbox.post(raw, headers={"Origin": ORIGIN})
        assert heard.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert heard.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in heard.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", f"{ORIGIN}.evil.example", "null", "http://x"]
)
def test_pages_of_other_origins_may_not(inbox: Inbox, origin: str) -> None:
    """Their scripts get no word of the answer."""
    before = preflight(inbox, origin)
    assert before.status == 403
    heard = inbox.post(suggestion(), headers={"Origin": origin})
    for one in (before, heard):
        assert not [n for n in one.headers if n.lower().startswith("access-control")]


def test_answers_set_no_cookie_and_are_kept_by_nobody(inbox: Inbox) -> None:
    """Nor do they tell what serves them."""
    asked = [
        inbox.post(suggestion()),
        inbox.post(b"{"),
        inbox.ask("GET", "/healthz"),
        inbox.ask("GET", "/"),
        inbox.pull(),
    ]
    for heard in asked:
        names = {name.lower() for name in heard.headers}
        assert not names & {"set-cookie", "server", "x-powered-by"}
        assert heard.headers["Cache-Control"] == "no-store"
        assert heard.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", f"/s/{ACME}", 405),
        ("POST", "/s/", 404),
        ("PUT", "/pull", 405),
        ("GET", "/s/../../etc/passwd", 404),
    ],
)
def test_all_else_is_told_apart(
    inbox: Inbox, method: str, path: str, status: int
) -> None:
    """What is not there is 404, what cannot be done with it 405."""
    heard = inbox.ask(method, path)
    assert heard.status == status
    assert "/s/TOKEN" in heard.says()["message"]


def test_health_tells_how_many_wait(inbox: Inbox, number: str) -> None:
    """And names no plan to whoever asks."""
    inbox.post(suggestion(number))
    inbox.post(b"not health")

    def counts() -> tuple[int, int]:
        told = inbox.ask("GET", "/healthz").says()
        assert told["status"] == "ok"
        return told["waiting"], told["quarantine"]

    expected = (len(inbox.waiting()), len(inbox.quarantine()))
    running.until(lambda: counts() == expected, "the counts never came right")
    assert b"acme" not in inbox.ask("GET", "/healthz").body


def test_no_log_holds_tokens_or_what_was_sent(inbox: Inbox, number: str) -> None:
    """Whatever was asked so far, and however it ended."""
    inbox.post(suggestion(number))
    inbox.post(b"{ walk-away price")
    inbox.pull("?after=walk-away")
    with socket.create_connection(("127.0.0.1", inbox.port), 20) as line:
        line.sendall(b"walk-away \x00\r\n\r\n")
        line.recv(4096)
    log = inbox.log()
    assert log.startswith("inbox: http://127.0.0.1:")
    for word in (ACME, BOLT, running.PULL, "walk-away", number, "Zo", "Traceback"):
        assert word not in log
