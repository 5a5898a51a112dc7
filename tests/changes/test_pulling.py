"""What waits in a real inbox is put away there only when it is safe here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from mapsite.changes.pulling import TOKEN
from mapsite.cli import commands
from mapsite.plan.naming import opaque_id
from mapsite.publish.key import Secret
from mapsite.publish.link import key_check, submit_key, submit_token
from tests.changes.intake.services import HIDDEN, SECRET, as_sent, signed, tally
from tests.changes.origins import Team, make_team, review_of
from tests.conftest import PROJECT
from tests.inbox import running
from tests.inbox.running import FORM, JSON, PULL, Inbox, suggestion

OURS = Secret("k3yq2-Zw8mB-t7Xc9-LpR4v-N6hJd-5sGfE-uY1oA")
ROOM = opaque_id("acme", key_check(OURS), 12)
SUBMIT = submit_token(OURS, ROOM)
VARIABLES = {
    "MAPSITE_INBOX_KEY": submit_key(OURS),
    "MAPSITE_INBOX_HOOK_TALLY": SECRET,
}
COLUMNS = 'columns: {new: "What should it be?", why: "Why?"}'


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """Return an inbox that knows the rooms by a key alone."""
    with running.serve(tmp_path / "spool", tokens=False, **VARIABLES) as server:
        yield server


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox) -> Team:
    """Return a clone with its origin, whose settings name the inbox."""
    team = make_team(tmp_path)
    monkeypatch.chdir(team.root)
    monkeypatch.setenv(TOKEN, PULL)
    path = team.root / "mkdocs.yml"
    extra = f"  mapsite:\n    key_check: {key_check(OURS)}\n    changes:\n"
    extra += f"      inbox: http://127.0.0.1:{inbox.port}\n      {COLUMNS}\n"
    text = path.read_text("utf-8").replace("  mapsite:\n", extra, 1)
    path.write_text(text, "utf-8")
    return team


def run(*words: str) -> tuple[int, str]:
    """Run `mapsite changes`; return its exit code and all that it says."""
    result = CliRunner().invoke(commands, ["changes", *words], catch_exceptions=False)
    return result.exit_code, result.output


def kept(team: Team) -> list[tuple[str, str]]:
    """Return the plan and the id of each suggestion that the ledger holds."""
    entries = review_of(team.root).ledger.entries.values()
    return [(entry.plan, entry.id) for entry in entries if entry.suggestion]


def test_what_a_room_sends_ends_in_the_ledger(team: Team, inbox: Inbox) -> None:
    """By the opaque name and the token that stand in the room; twice is once."""
    sent = suggestion(plan=ROOM)
    assert inbox.post(sent, token=SUBMIT).status == 202
    code, told = run("pull")
    assert code == 0, told
    assert "inbox: 1 fetched, 1 new\n" in told
    assert "received 1 =" in told
    assert kept(team) == [("acme", json.loads(sent)["id"])]
    assert inbox.waiting() == {}
    assert [*inbox.done().values()] == [sent]
    # Somebody presses Send again: it is answered as before, and nothing waits.
    assert inbox.post(sent, token=SUBMIT).status == 202
    assert "inbox: 0 fetched, 0 new\n" in run("pull")[1]
    assert len(kept(team)) == 1


def test_the_quarantine_is_seen(team: Team, inbox: Inbox) -> None:
    """What looks like a robot's or cannot be read waits for a person, with why."""
    trap = {"plan": ROOM, "website": "x", "op": "comment", "text": "Buy \x1b[31mnow"}
    assert inbox.post(urlencode(trap).encode(), FORM, SUBMIT).status == 202
    assert inbox.post(b'{"plan": 3}', JSON, SUBMIT).status == 400
    code, told = run("pull")
    assert code == 0
    assert told.count("new, for a person to read") == 2
    assert "inbox: 2 fetched, 2 new" in told
    assert "2 for a person" in told
    assert inbox.quarantine() == []
    keys = re.findall(r"read  (\w+)", told)
    shown = "".join(run("show", key)[1] for key in keys)
    assert "set aside by the inbox: honeypot, hidden field" in shown
    assert "set aside by the inbox: unreadable, expected" in shown
    assert "now" in shown
    assert "\x1b" not in shown
    assert kept(team) == []


def test_webhooks_become_suggestions(team: Team, inbox: Inbox) -> None:
    """Told twice of a response it is one; what is not understood waits for a person."""
    told_of = (("response-1", "2026-06-02"), ("response-2", "03/04/2026"))
    for number, (response, day) in enumerate([told_of[0], *told_of]):
        document = tally(day, responseId=response)
        document["data"]["fields"][0]["value"] = ROOM
        raw = as_sent(document | {"eventId": f"event-{number}"})
        named = {"Content-Type": JSON} | signed("tally", raw)
        assert inbox.ask("POST", "/hooks/tally", raw, named).status == 202
    code, told = run("pull")
    assert code == 0, told
    assert "inbox: 3 fetched, 2 new" in told
    ((plan, _),) = kept(team)
    assert (plan, HIDDEN["item"]) == ("acme", "steps/security-review")
    assert inbox.waiting() == {}
    keys = re.findall(r"person to read  (\w+)", told)
    shown = "".join(run("show", key)[1] for key in keys)
    assert "expected a date like 2026-06-02" in shown
    assert "response-2" in shown


def test_nothing_is_put_away_before_it_is_pushed(team: Team, inbox: Inbox) -> None:
    """An origin that takes nothing leaves all of it in the inbox."""
    assert inbox.post(suggestion(plan=ROOM), token=SUBMIT).status == 202
    hook = team.origin.folder / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert run("pull")[0] == 1
    assert len(inbox.waiting()) == 1


def test_an_inbox_that_dies_meanwhile_is_asked_again(
    team: Team, inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the push: nothing is there twice once it is back."""
    assert inbox.post(suggestion(plan=ROOM), token=SUBMIT).status == 202
    hook = team.origin.folder / "hooks" / "post-receive"
    hook.write_text(f"#!/bin/sh\nkill -9 {inbox.process.pid}\n")
    code, told = run("pull")
    assert code == 1
    assert "new  " in told
    assert "inbox: 127.0.0.1" in told
    assert "cannot be reached" in told
    assert len(inbox.waiting()) == 1
    hook.unlink()
    inbox.process.wait(30)
    with running.serve(tmp_path / "spool", tokens=False, **VARIABLES) as again:
        path = team.root / "mkdocs.yml"
        text = path.read_text("utf-8").replace(f":{inbox.port}\n", f":{again.port}\n")
        path.write_text(text, "utf-8")
        assert "inbox: 1 fetched, 0 new" in run("pull")[1]
        assert again.waiting() == {}
        assert len(kept(team)) == 1
        monkeypatch.delenv(TOKEN)
        assert f"{TOKEN} is not set here" in run("pull")[1]


def test_a_wrong_token_is_told_without_it(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the log learns which variable is meant, and nothing else."""
    assert team
    monkeypatch.setenv(TOKEN, "wrong-token")
    code, told = run("pull")
    assert code == 1
    assert f"does not know the token that {TOKEN} holds here" in told
    assert "wrong-token" not in told


def test_an_inbox_that_lets_nobody_fetch_is_told(team: Team, tmp_path: Path) -> None:
    """Which side lacks the token is said, there as well as here."""
    more = {**VARIABLES, TOKEN: ""}
    (tmp_path / "elsewhere").mkdir()
    spool = tmp_path / "elsewhere" / "spool"
    with running.serve(spool, tokens=False, **more) as one:
        running.until(lambda: "can fetch nothing" in one.log(), one.log())
        assert "no page can send" not in one.log()
        path = team.root / "mkdocs.yml"
        text = re.sub(
            r"inbox: .*", f"inbox: http://127.0.0.1:{one.port}", path.read_text("utf-8")
        )
        path.write_text(text, "utf-8")
        code, told = run("pull")
    assert code == 1
    assert f"lets nobody fetch: start that inbox with {TOKEN} set" in told


def test_a_run_killed_between_two_steps_is_ended_by_the_next(
    team: Team, inbox: Inbox
) -> None:
    """Before each call of git and of the inbox: never lost, and once in the end."""
    words = [str(team.root), str(inbox.folder), str(inbox.port), SUBMIT, ROOM]
    done = subprocess.run(
        [sys.executable, "-m", "tests.changes.killed_pulls", *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *killed, whole = map(json.loads, done.stdout.splitlines())
    assert len(killed) > 6
    assert whole["code"] == 0
    for one in [*killed, whole]:
        assert one["after"]["kept"] or one["after"]["waits"], one
        assert one["again"] == 0
        assert one["end"] == {"kept": 1, "waits": False, "done": True}
    # Some were killed before it was safe here, and some between that and the end.
    assert {one["after"]["kept"] for one in killed} == {0, 1}
    assert any(one["after"]["kept"] and one["after"]["waits"] for one in killed)
