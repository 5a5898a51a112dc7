"""Count lost suggestions: clients send without a pause while the inbox is killed.

``python -m bench.inbox`` starts `mapsite inbox`, lets 12 clients send for 60 seconds
and kills it with SIGKILL every half second. Every suggestion that was acknowledged has
to be there afterwards, exactly as it was sent, and once.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CLIENTS = 12
KILL_EVERY = 0.5
PLANS = 4
PULL_TOKEN = "q7Zk2-nVb9-Xr4Tm-81LsPd-wE6Hy-0cJuGf-oA3Ni"  # noqa: S105  # opens nothing

_PROJECT = Path(__file__).resolve().parents[1]
_REST = 0.02
"""Seconds that a client waits where nobody listens."""
_FLOOD = 10_000
_OFTEN = "1000000"


@dataclass
class Tally:
    """Hold what clients saw and what was there afterwards."""

    acknowledged: dict[str, bytes] = field(default_factory=dict)
    """What was sent, by plan and id."""
    answers: Counter[int] = field(default_factory=Counter)
    kills: int = 0
    seconds: float = 0.0
    resent: int = 0
    missing: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    def note(self, key: str, body: bytes, status: int, tries: int) -> None:
        """Count one answer; 0 where there was none before the end."""
        self.answers[status] += 1
        if status == http.HTTPStatus.ACCEPTED:
            self.acknowledged[key] = body
            self.resent += tries > 1

    @property
    def a_minute(self) -> float:
        """Return how many were acknowledged in a minute."""
        return len(self.acknowledged) * 60 / self.seconds


def token(number: int) -> str:
    """Return the token of a plan."""
    return "abcdefghijklmnopqrstuvwxy" + "abcd"[number]


def suggestion(plan: int, number: str, word: str) -> bytes:
    """Return a suggestion for a plan, as a room sends it."""
    operation = {
        "op": "set",
        "path": "steps/security-review/due",
        "old": "2026-05-28",
        "new": "2026-06-02",
        "why": f"The report of the penetration test arrives {word}. " * 8,
    }
    document = {
        "mapsite": "change/1",
        "id": number,
        "plan": f"deal-{plan}",
        "base": "9f3c2a1b77aa",
        "at": "2026-05-26T09:14:02Z",
        "by": {"name": "Priya N.", "id": "priya", "email": "priya@acme.example"},
        "ops": [operation, {"op": "confirm", "path": "steps/demo/due"}],
    }
    return json.dumps(document).encode()


class Process:
    """Run `mapsite inbox` on one port, again and again."""

    def __init__(self, folder: Path, port: int) -> None:
        """Write the tokens; nothing runs yet."""
        self.folder, self.port = folder, port
        self.tokens = folder / "tokens.txt"
        lines = (f"deal-{plan} {token(plan)}\n" for plan in range(PLANS))
        self.tokens.write_text("".join(lines))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, limited: bool = False) -> None:
        """Start it, whoever may have been killed before."""
        command = [
            *(sys.executable, "-m", "mapsite", "inbox", "--port", str(self.port)),
            *("--folder", str(self.folder / "spool"), "--tokens", str(self.tokens)),
        ]
        if not limited:
            for limit in ("--per-address", "--per-plan", "--most-waiting"):
                command += [limit, _OFTEN]
        environment = {
            **os.environ,
            "PYTHONPATH": str(_PROJECT),
            "MAPSITE_INBOX_PULL_TOKEN": PULL_TOKEN,
        }
        with (self.folder / "inbox.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment
            )

    def kill(self) -> None:
        """End it at once, wherever it is."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def wait(self) -> None:
        """Return once it answers."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(OSError), closing(_Line(self.port)) as line:
                if line.ask("GET", "/healthz", None, {})[0] == http.HTTPStatus.OK:
                    return
            time.sleep(_REST)
        raise TimeoutError((self.folder / "inbox.log").read_text())


def run(folder: Path, port: int, seconds: float, *, patient: bool = False) -> Tally:
    """Send for *seconds* while the inbox is killed every half second; count.

    Where it is *patient*, each has acknowledged something before it is killed, however
    slowly it starts on a computer with much else to do.
    """
    process, tally = Process(folder, port), Tally()
    process.start()
    process.wait()
    began = time.monotonic()
    with _sending(port, tally):
        while time.monotonic() - began < seconds:
            before = len(tally.acknowledged)
            time.sleep(KILL_EVERY)
            while patient and len(tally.acknowledged) == before:
                time.sleep(_REST)
            process.kill()
            tally.kills += 1
            process.start()
        tally.seconds = time.monotonic() - began
    process.kill()
    process.start()
    try:
        process.wait()
        _check(process, tally)
    finally:
        process.kill()
    return tally


@contextmanager
def _sending(port: int, tally: Tally) -> Iterator[None]:
    done, lock = threading.Event(), threading.Lock()

    def send(client: int) -> None:
        with closing(_Line(port)) as line:
            for count in range(10**9):
                plan, number = count % PLANS, f"bench-{client:04}-{count:08}"
                body = suggestion(plan, number, f"on day {count}")
                status, tries = 0, 0
                while not status and not done.is_set():
                    status, tries = line.post(f"/s/{token(plan)}", body), tries + 1
                with lock:
                    tally.note(f"deal-{plan}.{number}", body, status, tries)
                if done.is_set():
                    return

    clients = [threading.Thread(target=send, args=(n,)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        done.set()
        for client in clients:
            client.join()


class _Line:
    """Ask over one connection as long as it holds."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def post(self, path: str, body: bytes) -> int:
        """Return the status of the answer, or 0 where there was none."""
        try:
            return self.ask("POST", path, body, {"Content-Type": "application/json"})[0]
        except (OSError, http.client.HTTPException):
            self.close()
            time.sleep(_REST)
            return 0

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """Hang up; the next question opens the line again."""
        self._connection.close()


def _check(process: Process, tally: Tally) -> None:
    """Compare what was acknowledged with the disk, and with what can be fetched."""
    waiting = process.folder / "spool" / "waiting"
    there = {path.name: path.read_bytes() for path in waiting.iterdir()}
    for key, sent in tally.acknowledged.items():
        found = there.get(f"{key}.json")
        if found is None:
            tally.missing.append(key)
        elif found != sent:
            tally.torn.append(key)
    for name, raw in there.items():
        with suppress(ValueError):
            document = json.loads(raw)
            if name == f"{document['plan']}.{document['id']}.json":
                continue
        tally.torn.append(name)
    fetched = Counter(_fetched(process.port))
    tally.twice = [key for key, times in fetched.items() if times > 1]
    tally.missing += [key for key in tally.acknowledged if key not in fetched]
    tally.torn += [path.name for path in (waiting.parent / "incoming").iterdir()]


def _fetched(port: int) -> Iterator[str]:
    """Yield the plan and the id of all that can be fetched."""
    after, headers = "", {"Authorization": f"Bearer {PULL_TOKEN}"}
    with closing(_Line(port)) as line:
        while after is not None:
            _, answer = line.ask("GET", f"/pull?after={after}", None, headers)
            page = json.loads(answer)
            for item in page["items"]:
                document = json.loads(item["body"])
                yield f"{document['plan']}.{document['id']}"
            after = page["next"]


def flood(folder: Path, port: int, count: int) -> tuple[Counter[int], float]:
    """Send *count* in a row from one address; return the answers and their seconds."""
    process = Process(folder, port)
    process.start(limited=True)
    process.wait()
    answers: Counter[int] = Counter()
    began = time.monotonic()
    with closing(_Line(port)) as line:
        for number in range(count):
            body = suggestion(0, f"flood-{number:012}", "soon")
            answers[line.post(f"/s/{token(0)}", body)] += 1
        took = time.monotonic() - began
    process.wait()
    process.kill()
    return answers, took


def main() -> None:
    """Run it and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--port", type=int, default=18420)
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        found = run(Path(folder), chosen.port, chosen.seconds)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        answers, took = flood(Path(folder), chosen.port, _FLOOD)
    print(
        f"{found.seconds:.0f} s, {CLIENTS} clients, {found.kills} kills:"
        f" {len(found.acknowledged):,} acknowledged ({found.a_minute:,.0f} a minute),"
        f" {found.resent} of them at a second try;"
        f" {len(found.missing)} missing, {len(found.torn)} torn,"
        f" {len(found.twice)} twice; answers {dict(found.answers)}"
    )
    print(f"{_FLOOD:,} in a row from one address: {dict(answers)} in {took:.0f} s")
    if found.missing or found.torn or found.twice:
        sys.exit(1)


if __name__ == "__main__":
    main()
