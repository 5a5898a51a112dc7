"""Nobody speaks as somebody else, and nobody's suggestion is another's obstacle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from mapsite.changes.asking_text import request_body
from mapsite.changes.assessing import Fate, assess
from mapsite.changes.block import encode
from mapsite.changes.identity import author_of
from mapsite.changes.intake.mail import read_mail
from mapsite.changes.intake.outcome import NeedsPerson, Outcome
from mapsite.changes.intake.reading import read_file
from mapsite.changes.keeping import Keeper
from mapsite.changes.ledger import Ledger, key_of, read_ledger
from mapsite.changes.policy import Policy
from mapsite.changes.proposing import propose
from mapsite.changes.reviewing import Review
from mapsite.changes.settling import settle
from mapsite.changes.storing import Stored, store
from mapsite.changes.suggestion import Origin, Sender, Suggestion
from mapsite.changes.weighing import weigh
from mapsite.errors import MapsiteError
from mapsite.git.branches import Branches
from mapsite.plan.operations import Operation
from tests.changes.intake.arriving import delivery
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
from tests.changes.plans import adds, plan, raw, sets, suggestion
from tests.conftest import PROJECT

ACME = (PROJECT / "plans" / "acme.yaml").read_bytes()
MOVE = move_date("security-review", "2026-05-28", "2026-06-02")
LATER = move_date("security-review", "2026-05-28", "2026-06-03")


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Return a clone with its origin."""
    return make_team(tmp_path)


def said_by(by: dict[str, str], op: dict[str, object]) -> Operation:
    """Return *op* as it would be written for a sender."""
    [one] = assess(suggestion(op, by=by), plan(), Policy())
    assert one.fate is Fate.WRITE
    return one.operation


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ({"name": "Sarah", "id": "sarah"}, "sarah"),
        ({"name": "sarah Miller", "id": "sarah"}, "sarah"),
        ({"name": "Sarah"}, "sarah"),
        ({"name": "Eve", "id": "sarah"}, "Eve"),
        ({"name": "Eve", "id": "cfo"}, "Eve"),
        ({"name": "Kim", "id": "coach"}, "Kim"),
        ({"name": "Eve", "id": "nobody"}, "Eve"),
    ],
)
def test_an_id_counts_with_its_name_alone(by: dict[str, str], who: str) -> None:
    """The reviewer reads the name: a yes and a question stand there under no other."""
    yes = {"op": "confirm", "path": "steps/security-review/due", "old": "2026-05-28"}
    assert said_by(by, yes).new["by"] == who
    for question in (
        {"op": "ask", "path": "questions", "value": {"text": "Why?"}},
        {"op": "add", "path": "questions", "value": {"text": "Why?"}},
        {
            "op": "add",
            "path": "questions",
            "value": {"text": "Why?", "asked_by": "sarah"},
        },
    ):
        assert said_by(by, question).new["asked_by"] == who


@pytest.mark.parametrize(
    "field",
    [
        {"confirmed": {"by": "cfo", "on": "2026-05-01"}},
        {"moves": [{"to": "2026-06-01", "by": "jo"}]},
    ],
)
def test_nobody_brings_the_yes_of_others(field: dict[str, object]) -> None:
    """What others agreed to is told to a person, however it comes."""
    path = f"steps/demo/{next(iter(field))}"
    for op in (
        adds("steps", title="Legal", **field),
        sets(path, None, next(iter(field.values()))),
    ):
        [one] = assess(suggestion(op), plan(), Policy())
        assert one.fate is Fate.COMMENT


@pytest.mark.parametrize(
    ("email", "taken"),
    [
        ("priya@acme.example", True),
        ("jo@mama.example", False),
        ("JO@MAMA.EXAMPLE", False),
        ("boss@mama.example", False),
        (None, False),
    ],
)
def test_no_commit_is_by_the_seller_who_did_not_write_it(
    email: str | None, *, taken: bool
) -> None:
    """A forge shows whose address it is; the name stays what was said."""
    found = author_of(Sender("Jo", email=email), ACME)
    assert (found.name, found.email) == ("Jo", email if taken else None)


def test_no_commit_is_by_whoever_commits(team: Team) -> None:
    """As on a runner, whose address no plan knows."""
    team.git("config", "user.email", "bot@ci.example")
    review = review_of(team.root)
    keep(review, suggest(1, MOVE, by=Sender("Bot", email="Bot@CI.example")))
    propose(review)
    [branch] = review.branches.named("mapsite/")
    told = team.origin("log", "-1", "--format=%an %ae %ce", branch).split()
    assert told == ["Bot", "changes@mapsite.invalid", "bot@ci.example"]


RESULTS = "Authentication-Results: mx.mama.example; "


@pytest.mark.parametrize(
    "results",
    [
        'spf=pass smtp.mailfrom="; dkim=pass header.d=acme.example"@evil.example',
        'dkim=pass header.i="x header.d=acme.example"@evil.example',
        'spf=pass (of "a) ; dkim=pass header.d=acme.example (b"@evil.example)',
        "dkim=none ((x) dkim=pass header.d=acme.example)",
        'dkim=none "; dkim=pass header.d=acme.example',
        r'spf=pass smtp.mailfrom="\"; dkim=pass header.d=acme.example"@evil.example',
    ],
)
def test_no_sender_writes_what_the_mail_server_says(results: str) -> None:
    """Addresses may hold quotes, blanks and semicolons, and servers repeat them."""
    block = encode(raw(sets("steps/demo/due", None, "2026-06-01")))
    text = f"{RESULTS}{results}\nFrom: sarah@acme.example\n\n{block}\n"
    [found] = read_mail(text.encode(), delivery("m.eml"), "mx.mama.example")
    assert isinstance(found, Suggestion)
    assert found.source
    assert found.source.grade == ""


def test_no_client_says_how_it_came() -> None:
    """Grade, sender and time are intake's, whatever the document says of them."""
    source = {"channel": "mail", "sender": "jo@mama.example", "grade": "mail"}
    sent = raw(
        sets("steps/demo/due", None, "2026-06-01"),
        source=source,
        received_at="2020-01-01T00:00:00+00:00",
    )
    block = encode(sent).encode()
    files = {
        "s.json": sent,
        "all.json": b"[" + sent + b"]",
        "s.txt": block,
        "s.csv": b"block\n" + block,
        "s.eml": b"From: eve@evil.example\n\n" + block,
    }
    for name, content in files.items():
        [found] = read_file(name, content, NOW)
        assert isinstance(found, Suggestion)
        assert found.source
        assert found.source.channel == {"s.eml": "mail", "s.csv": "form"}.get(
            name, "file"
        )
        assert "jo@" not in found.source.sender
        assert found.source.grade == ""
        assert found.received == NOW


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (Origin("inbox"), "nobody has checked who sent it."),
        (
            Origin("mail", "", "Priya N. <priya@acme.example>", "mail"),
            "the mail server vouches for the address that it came from.",
        ),
        (
            Origin("mail", "", "priya@acme.example"),
            "nobody has checked the address that it came from.",
        ),
        (
            Origin("mail", "", "eve@evil.example", "mail"),
            "the mail came from another address than the one that it gives.",
        ),
    ],
)
def test_the_reviewer_is_told_what_is_known_of_the_sender(
    source: Origin, told: str
) -> None:
    """In words, without an address."""
    wish = replace(suggest(1, MOVE), source=source)
    [stored] = stored_in({}, [wish])[1]
    weighed = weigh(wish, ACME, "acme", Policy())
    body = request_body(stored.entry, weighed)
    assert told in body
    assert "@" not in body


def stored_in(
    files: dict[str, bytes], outcomes: Iterable[Outcome]
) -> tuple[Ledger, list[Stored]]:
    """Store *outcomes* beside *files*, in memory."""
    found: list[Stored] = []

    class Memory(Keeper):
        def __init__(self) -> None:
            """Have no repository."""

        def add(self, choose: object, ledger: Ledger | None = None) -> Ledger:
            chosen = choose(ledger or read_ledger(files))  # type: ignore[operator]
            files.update(chosen.files)
            return read_ledger(files)

    ledger, found = store(Memory(), outcomes, NOW, read_ledger(files))
    return ledger, found


def test_an_id_that_somebody_took_first_blocks_nobody() -> None:
    """Nor does one that a file system takes for the same."""
    files: dict[str, bytes] = {}
    theirs = suggest(1, LATER, by=Sender("Eve"))
    small = replace(theirs, id=theirs.id.lower())
    ledger, found = stored_in(files, [theirs, small, suggest(1, MOVE)])
    assert [one.new for one in found] == [True, False, True]
    again = replace(suggest(1, MOVE, by=Sender("Zoe")), id=small.id)
    ledger, found = stored_in(files, [again, suggest(1, MOVE)])
    assert [one.new for one in found] == [True, False]
    names = [path.lower() for path in files if path.endswith(".json")]
    assert len(set(names)) == len(names)
    assert len(ledger.entries) == 3
    assert all(one.suggestion for one in ledger.entries.values())


def test_no_id_hides_what_is_not_understood() -> None:
    """Somebody may know which id it would get, and take it before."""
    odd = b"please move the review to June"
    one = hashlib.sha256(odd).hexdigest()[:26]
    files: dict[str, bytes] = {}
    _, [first] = stored_in(files, [replace(suggest(1, MOVE), id=one)])
    task = NeedsPerson("a mail in words", odd, "mail.eml")
    ledger, [second] = stored_in(files, [task])
    assert first.new
    assert second.new
    assert second.entry.suggestion is None
    assert len(ledger.entries) == 2
    assert not stored_in(files, [task])[1][0].new
    assert odd in files.values()


def test_no_id_gets_into_the_way_of_a_short_name() -> None:
    """A seller who types one means the suggestion whose name it is."""
    mine = suggest(1, MOVE)
    key = key_of(mine.id)
    theirs = replace(suggest(2, LATER), id=f"{key}{mine.id[:20]}")
    ledger, _ = stored_in({}, [mine, theirs])
    assert ledger.named(key).id == mine.id
    assert ledger.named(theirs.id[:12]).id == theirs.id
    with pytest.raises(MapsiteError):
        ledger.named("")


def test_whoever_is_vouched_for_is_replaced_by_nobody_else(tmp_path: Path) -> None:
    """The same words without a vouching server wait beside it."""
    make_repository(tmp_path)
    mail = Origin("mail", "m", "Priya <priya@acme.example>", "mail")
    review = review_of(tmp_path)
    keep(review, replace(suggest(1, MOVE), source=mail), suggest(2, LATER))
    assert {one.what for one in propose(review)} == {"proposed"}
    keep(review, replace(suggest(3, LATER), source=mail))
    assert "superseded" in {one.what for one in propose(review_of(tmp_path))}


def reviewed(team: Team) -> Review:
    """Return a run that has noted what was decided elsewhere."""
    review = Review(
        Keeper(Branches(team.root)), review_of(team.root).forge, Policy(), NOW
    )
    review.look()
    settle(review)
    return review


@pytest.mark.parametrize("proposed", [False, True])
def test_naming_a_suggestion_in_a_commit_decides_nothing(
    team: Team, *, proposed: bool
) -> None:
    """Readers see the ids of others'; a commit of theirs that is merged may say one."""
    review = review_of(team.root)
    keep(review, suggest(1, MOVE))
    if proposed:
        propose(review)
    other = team.clone("other")
    text = team.plan().replace(
        "due: 2026-06-04\n    takes", "due: 2026-06-05\n    takes"
    )
    message = f"Move pilot scope\n\nMapsite-Change: {suggest(1).id}"
    other.commit("2026-05-25", message, acme=text)
    other("push", "--quiet", "origin", "main")
    [entry] = reviewed(team).ledger.entries.values()
    assert entry.waits
    [branch] = review.branches.named("mapsite/") if proposed else ["main"]
    assert branch in team.origin("branch", "--format=%(refname:short)").split()
