"""Links come, move and go in the plan's own text, and are told to nobody else."""

from __future__ import annotations

import os
import re
import stat
import traceback
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.cli import commands
from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.past import Version
from mapsite.plan.read import read_plan
from mapsite.publish.key import Secret
from mapsite.publish.link import key_check, token
from mapsite.publish.links import (
    former_nonces,
    live_links,
    rotated,
    with_expiry,
    with_link,
    withdrawn,
    write_plan,
)
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room

SECRET = "kq3vshe7bduy25jfmwnxp4l6otcriazg"  # noqa: S105  # of this test
ONE, TWO, THREE = (letter * 26 for letter in "abc")
DAY = date(2026, 9, 30)
PLAN = b"""\
# The deal of the year.
title: Plan \t# ours
goal: {outcome: Signed, date: 2026-12-01}
buyer: {name: Acme}
seller: {name: Mama}
internal:   # never leaves
  notes: walk away
"""


def links_of(raw: bytes) -> str:
    """Return the lines of a plan's links."""
    return raw.decode().partition("links:\n")[2].partition("internal")[0]


class TestText:
    """The plan's text after a change, which touches nothing else."""

    def test_a_link_comes(self) -> None:
        """Without it, the text is what it was."""
        raw = with_link(PLAN, "buyer", ONE, DAY)
        line = f"links:\n  buyer: {{nonce: {ONE}, expires: 2026-09-30}}\n".encode()
        assert raw.replace(line, b"") == PLAN
        more = with_link(raw, "legal", TWO)
        assert more.replace(f"  legal: {{nonce: {TWO}}}\n".encode(), b"") == raw

    def test_a_link_moves(self) -> None:
        """What its address was made of stays as former."""
        raw = rotated(with_link(PLAN, "buyer", ONE), "buyer", TWO)
        assert links_of(raw) == f"  buyer: {{nonce: {TWO}, former: [{ONE}]}}\n"
        again = rotated(raw, "buyer", THREE)
        assert (
            links_of(again) == f"  buyer: {{nonce: {THREE}, former: [{ONE}, {TWO}]}}\n"
        )

    def test_links_go(self) -> None:
        """One or all; whoever is gone already stays gone."""
        raw = with_link(with_link(PLAN, "buyer", ONE), "legal", TWO, DAY)
        gone = withdrawn(raw, ["legal"])
        assert links_of(gone) == (
            f"  buyer: {{nonce: {ONE}}}\n"
            f"  legal: {{expires: 2026-09-30, former: [{TWO}]}}\n"
        )
        both = withdrawn(gone, ["buyer", "legal"])
        assert withdrawn(both, ["buyer", "legal"]) == both
        plan = read_plan(both, "acme.yaml")
        assert live_links(plan, date(2026, 1, 1)) == []

    def test_a_withdrawn_link_comes_back_at_another_address(self) -> None:
        """Its former ones stay former, and its last day is the new one's."""
        gone = withdrawn(with_link(PLAN, "buyer", ONE, DAY), ["buyer"])
        back = with_link(gone, "buyer", TWO)
        link = read_plan(back, "acme.yaml").links["buyer"]
        assert (link.nonce, link.expires, link.former) == (TWO, None, (ONE,))
        assert rotated(gone, "buyer", THREE).count(THREE.encode()) == 1

    def test_a_last_day_comes_moves_and_goes(self) -> None:
        """It is one field of the link."""
        raw = with_link(PLAN, "buyer", ONE)
        until = with_expiry(raw, "buyer", DAY)
        assert read_plan(until, "acme.yaml").links["buyer"].expires == DAY
        assert with_expiry(until, "buyer", None) == raw

    @pytest.mark.parametrize("name", ["Buyer", "a b", "", "x" * 65, ONE, f"to-{ONE}"])
    def test_names_are_short_ids(self, name: str) -> None:
        """And none looks as if it were a nonce."""
        with pytest.raises(MapsiteError, match="short name"):
            with_link(PLAN, name, ONE)

    def test_what_is_not_there_is_told(self) -> None:
        """With the links that are."""
        raw = with_link(PLAN, "buyer", ONE)
        for change in (
            lambda: rotated(raw, "legal", TWO),
            lambda: withdrawn(raw, ["legal"]),
            lambda: with_expiry(raw, "legal", DAY),
        ):
            with pytest.raises(MapsiteError, match="no link legal; it has: buyer") as e:
                change()
            assert ONE not in str(e.value)
        with pytest.raises(MapsiteError, match="has an address already"):
            with_link(raw, "buyer", TWO)

    @pytest.mark.parametrize("links", ["[x]", f"{ONE}", f"{{buyer: {ONE}}}"])
    def test_links_that_are_none_are_refused(self, links: str) -> None:
        """Nothing of them is told."""
        raw = PLAN + f"links: {links}\n".encode()
        with pytest.raises(MapsiteError) as caught:
            rotated(raw, "buyer", TWO)
        assert ONE not in str(caught.value)
        assert TWO not in str(caught.value)


class TestState:
    """Which addresses can be read, and which must be gone."""

    def test_a_link_lives_up_to_its_last_day(self) -> None:
        """From the day after, its address must be gone."""
        plan = read_plan(with_link(PLAN, "buyer", ONE, DAY), "acme.yaml")
        assert [link.name for link in live_links(plan, DAY)] == ["buyer"]
        assert former_nonces(plan, DAY) == []
        later = DAY + timedelta(days=1)
        assert live_links(plan, later) == []
        assert former_nonces(plan, later) == [("buyer", ONE)]

    def test_former_addresses_stay_former(self) -> None:
        """Of live links and withdrawn ones."""
        raw = rotated(with_link(PLAN, "buyer", ONE), "buyer", TWO)
        plan = read_plan(withdrawn(with_link(raw, "x", THREE), ["x"]), "acme.yaml")
        assert former_nonces(plan, DAY) == [("buyer", ONE), ("x", THREE)]

    def test_nothing_shows_a_nonce(self) -> None:
        """Neither a live link nor the plan, when printed."""
        raw = rotated(with_link(PLAN, "buyer", ONE), "buyer", TWO)
        plan = read_plan(raw, "acme.yaml")
        for shown in (
            repr(plan),
            str(plan),
            repr(plan.links),
            f"{live_links(plan, DAY)}",
        ):
            assert ONE not in shown
            assert TWO not in shown


class TestFaults:
    """A plan with faulty links is refused, without a word of what stands there."""

    @pytest.mark.parametrize(
        ("links", "told"),
        [
            (f"{{buyer: {{nonce: {ONE}a}}}}", "links/buyer/nonce: expected 26 char"),
            (f"{{buyer: {{nonce: {ONE.upper()}}}}}", "links/buyer/nonce: expected 26"),
            (f"{{buyer: {{nonse: {ONE}}}}}", 'links/buyer: unknown key.*"nonce"'),
            (f"{{buyer: {{{ONE}: x}}}}", "links/buyer: unknown key, which is not"),
            (f"{{buyer: {ONE}}}", "links/buyer: expected a map of nonce, expires"),
            (f"{ONE}", "links: expected a map of links by name"),
            (f"[{ONE}]", "links: expected a map of links by name"),
            (f"{{{ONE}: {{}}}}", "links: expected a short name"),
            (f"{{x{ONE}: {{}}}}", "links: expected a short name"),
            ("{Big Boss: {}}", "links/Big Boss: expected an id"),
            (f"{{buyer: {{nonce: {ONE}, nonce: {ONE}}}}}", "expected each key once"),
            (f"{{buyer: {{nonce: {ONE}, former: [{ONE}]}}}}", "not in former too"),
            (f"{{buyer: {{former: [{TWO}, {ONE}a]}}}}", "links/buyer/former/2: exp"),
            (f"{{buyer: {{former: {ONE}}}}}", "links/buyer/former: expected a list"),
            (f"{{buyer: {{expires: {ONE}}}}}", "links/buyer/expires: expected a date"),
            (f"{{buyer: {{nonce: !x {ONE}}}}}", "links/buyer/nonce: .* a tag"),
            (f"{{buyer: {{nonce: &{ONE} x}}}}", "links/buyer/nonce: .* an anchor"),
            (f"{{buyer: {{nonce: *{ONE}}}}}", "links/buyer/nonce: .* an alias"),
            (f"{{buyer: {{nonce: '{ONE}}}}}", "expected a closing quote"),
            (f"{{buyer: {{nonce: {ONE}: x}}}}", "put the text in quotes"),
        ],
    )
    def test_values_are_not_told(self, links: str, told: str) -> None:
        """Only where it stands, and what was expected there."""
        with pytest.raises(InvalidPlan) as caught:
            read_plan(PLAN + f"links: {links}\n".encode(), "acme.yaml")
        said = str(caught.value)
        assert re.search(told, said), said
        assert not re.search("a{6}|b{6}", said, re.IGNORECASE)

    def test_a_closed_deal_says_when(self) -> None:
        """And maybe why; nothing else."""
        good = PLAN + b"closed: {on: 2026-05-01, reason: No budget}\n"
        assert read_plan(good, "a.yaml").closed
        for bad in (b"{}", b"{reason: x}", b"{on: soon}", b"{on: 2026-05-01, by: jo}"):
            with pytest.raises(InvalidPlan, match="closed"):
                read_plan(PLAN + b"closed: " + bad + b"\n", "a.yaml")


class TestWriting:
    """A plan is written whole or not at all."""

    def test_the_plan_is_replaced_in_one_move(self, tmp_path: Path) -> None:
        """It keeps its mode, and nothing is left beside it."""
        path = tmp_path / "acme.yaml"
        path.write_bytes(PLAN)
        path.chmod(0o640)
        before = path.stat().st_ino
        write_plan(path, PLAN, PLAN + b"# new\n")
        assert path.read_bytes() == PLAN + b"# new\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert path.stat().st_ino != before
        assert os.listdir(tmp_path) == ["acme.yaml"]

    def test_what_was_saved_meanwhile_is_not_lost(self, tmp_path: Path) -> None:
        """The other one's text stays, and nothing of ours is left."""
        path = tmp_path / "acme.yaml"
        path.write_bytes(PLAN + b"# theirs\n")
        with pytest.raises(MapsiteError, match="somebody else"):
            write_plan(path, PLAN, PLAN + b"# ours\n")
        assert path.read_bytes() == PLAN + b"# theirs\n"
        assert os.listdir(tmp_path) == ["acme.yaml"]

    def test_what_changes_nothing_writes_nothing(self, tmp_path: Path) -> None:
        """The file stays the same one."""
        path = tmp_path / "acme.yaml"
        path.write_bytes(PLAN)
        before = path.stat().st_ino
        write_plan(path, PLAN, PLAN)
        assert path.stat().st_ino == before


class TestRoom:
    """No reader of a room, of its history or of its feed hears of links."""

    def test_links_and_how_it_ended_change_no_byte(
        self, repo: Path, today: date
    ) -> None:
        """Neither in the plan nor in any version of it; no visit is counted either."""
        frame = load_frame(repo, repo / ".mapsite")
        file = repo / "plans" / "acme.yaml"
        first = file.read_bytes()
        second = first.replace(b"2026-06-10", b"2026-06-12")
        linked = with_link(second, "buyer", ONE)
        moved = rotated(linked, "buyer", TWO)
        ended = moved + b"closed: {on: 2026-05-23, reason: Because}\n"

        def room(*raws: bytes) -> dict[str, bytes]:
            versions = [
                Version(str(place), day, "Jo", "jo@mama.example", "Why", raw)
                for place, (day, raw) in enumerate(zip(days, raws, strict=False))
            ]
            return make_room(file, raws[-1], today, frame, versions=versions).files

        days = [date(2026, 5, 10), *(date(2026, 5, 12 + n) for n in range(9))]
        plain = room(first, second)
        assert b"12 Jun" in plain["changes/index.html"]
        assert room(first, second, linked, moved, ended) == plain
        assert make_room(file, ended, today, frame).files == (
            make_room(file, second, today, frame).files
        )

    def test_who_holds_a_room_cannot_prove_a_guess_of_its_plan(
        self, repo: Path, today: date
    ) -> None:
        """Names made of the id are salted with what readers do not know."""
        file = repo / "plans" / "acme.yaml"

        def made() -> dict[str, bytes]:
            frame = load_frame(repo, repo / ".mapsite")
            return make_room(file, file.read_bytes(), today, frame).files

        def marks(files: dict[str, bytes]) -> tuple[set[bytes], set[bytes]]:
            uids = set(re.findall(rb"UID:.*-([0-9a-f]{16})@", files["plan.ics"]))
            return uids, set(re.findall(rb'data-room="(\w+)"', files["index.html"]))

        plain = marks(made())
        with (repo / "mkdocs.yml").open("a") as settings:
            settings.write("extra: {mapsite: {key_check: abcdefgh}}\n")
        salted = made()
        assert all(len(found) == 1 for found in (*plain, *marks(salted)))
        assert not plain[0] & marks(salted)[0]
        assert not plain[1] & marks(salted)[1]
        assert marks(made()) == marks(salted)
        assert not any(b"abcdefgh" in content for content in salted.values())


@pytest.fixture
def deals(repo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a secret, whose plan acme has links of every state."""
    monkeypatch.setenv("MAPSITE_SECRET", SECRET)
    with (repo / "mkdocs.yml").open("a") as settings:
        check = key_check(Secret(SECRET))
        settings.write(f"extra:\n  mapsite:\n    key_check: {check}\n")
        settings.write("    targets:\n      live: {folder: out, address: ")
        settings.write("'https://deals.mama.example/x'}\n")
    file = repo / "plans" / "acme.yaml"
    raw = with_link(file.read_bytes(), "buyer", ONE)
    raw = withdrawn(with_link(raw, "legal", TWO), ["legal"])
    file.write_bytes(with_link(raw, "trial", THREE, date(2026, 5, 25)))
    return repo


def run(*words: str) -> tuple[int, str]:
    """Run a command here; return its code, and all that it said."""
    result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
    return result.exit_code, result.output


def address(link: str, nonce: str, plan: str = "acme") -> str:
    """Return the address of a link."""
    made = token(Secret(SECRET), plan, link, nonce)
    return f"https://deals.mama.example/x/t/{made}/"


class TestCommand:
    """`mapsite links` shows addresses to whoever asks for them."""

    def test_shows_name_state_and_address(self, deals: Path) -> None:
        """Of what cannot be read any more, no address is shown."""
        code, said = run("links", "acme", "--today", "2026-05-24")
        assert code == 0
        assert [line.split() for line in said.splitlines()] == [
            ["buyer", "live", address("buyer", ONE)],
            ["legal", "withdrawn"],
            ["trial", "live", "until", "2026-05-25", address("trial", THREE)],
        ]
        _, later = run("links", "acme", "--today", "2026-05-26")
        assert "trial  expired on 2026-05-25\n" in later
        assert deals.is_dir()

    def test_adds_a_link_and_no_other_byte(self, deals: Path) -> None:
        """Each time with a nonce of its own."""
        file = deals / "plans" / "acme.yaml"
        before = file.read_bytes()
        code, said = run("links", "acme", "--new", "board", "--expires", "2999-12-31")
        assert code == 0
        after = file.read_bytes()
        [line] = set(after.splitlines(keepends=True)) - set(
            before.splitlines(keepends=True)
        )
        assert after.replace(line, b"") == before
        nonce = read_plan(after, "acme.yaml").links["board"].nonce
        assert nonce
        assert address("board", nonce) in said
        assert nonce not in said

    def test_changes_the_last_day(self, deals: Path) -> None:
        """Of one link."""
        run("links", "acme", "--link", "buyer", "--expires", "2999-12-31")
        plan = read_plan((deals / "plans" / "acme.yaml").read_bytes(), "acme.yaml")
        assert plan.links["buyer"].expires == date(2999, 12, 31)

    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            (("--new", "buyer"), 1, "has an address already"),
            (("--new", "The Board"), 1, "short name"),
            (("--new", "x", "--expires", "2001-01-01"), 2, "is over"),
            (("--expires", "2999-01-01"), 2, "--new or --link"),
            (("--link", "board", "--expires", "2999-01-01"), 1, "no link board"),
            (("--target", "nowhere"), 1, "no target"),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, deals: Path, words: tuple[str, ...], code: int, told: str
    ) -> None:
        """Nothing is written, and no address told."""
        file = deals / "plans" / "acme.yaml"
        before = file.read_bytes()
        found, said = run("links", "acme", *words)
        assert (found, told in said) == (code, True), said
        assert file.read_bytes() == before
        assert "/t/" not in said

    def test_a_wrong_secret_writes_nothing(
        self, deals: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else the link would lead to a place that nobody publishes."""
        file = deals / "plans" / "acme.yaml"
        before = file.read_bytes()
        for secret in (SECRET[::-1], "changeme", ""):
            monkeypatch.setenv("MAPSITE_SECRET", secret)
            code, said = run("links", "acme", "--new", "board")
            assert code == 1
            assert "/t/" not in said
        assert file.read_bytes() == before

    def test_a_closed_deal_gets_no_link_by_accident(self, deals: Path) -> None:
        """A last day says that it is meant."""
        file = deals / "plans" / "acme.yaml"
        file.write_bytes(b"status: won\n" + file.read_bytes())
        code, said = run("links", "acme", "--new", "board")
        assert (code, "closed" in said) == (1, True)
        assert run("links", "acme", "--new", "board", "--expires", "2999-01-01")[0] == 0
        assert "buyer  closed with the deal" in run("links", "acme")[1]


class TestPlans:
    """Two plans never share an address, for they never share an id."""

    @pytest.mark.parametrize("name", ["ACME", "acme\u0301", "\uff41\uff43\uff4d\uff45"])
    def test_ids_that_look_alike_are_refused(
        self, deals: Path, write_plan: Callable[..., Path], name: str
    ) -> None:
        """In capitals, wide or with marks: none of them is an id."""
        write_plan(deals / "plans" / f"{name}.yaml")
        code, said = run("check", "--today", "2026-05-24")
        assert code == 1
        assert "expected a file name of a-z, 0-9" in said


COMMANDS = (
    *("build", "check", "check --json", "check --strict", "check acme bolt"),
    *("schedule acme", "schedule acme --json", "schedule", "gate nothing.csv"),
    *("schema", "templates --json", "new other", "new acme", "init .", "diff"),
    *("secret new", "secret check", "links", "links nothing", "build nothing"),
    *("publish --dry-run", "publish", "publish acme", "publish nothing"),
    *("rotate acme --link buyer", "rotate acme --link nothing", "rotate nothing"),
    *("withdraw bolt", "withdraw bolt", "close acme --lost", "reopen acme"),
)
SPOILED = ("check --json", "build", "schedule", "links bolt", "publish", "rotate bolt")


class TestSecrecy:
    """Whatever any other command says, it tells no secret, nonce or token."""

    @pytest.fixture
    def both(self, deals: Path) -> Path:
        """Return a repository in which both plans have the same nonce."""
        settings = deals / "mkdocs.yml"
        text = settings.read_text("utf-8")
        settings.write_text(text.replace(", address: ", " } #"), "utf-8")
        file = deals / "plans" / "bolt.yaml"
        file.write_bytes(with_link(file.read_bytes(), "buyer", ONE))
        return deals

    def test_no_command_tells_what_leads_to_a_room(self, both: Path) -> None:
        """Where it does what it should, and where it refuses."""
        codes = [quiet(both, words) for words in COMMANDS]
        assert codes.count(0) > len(codes) / 3
        assert codes.count(1) > 3

    @pytest.mark.parametrize("spoil", ["a: b: c", "links: {buyer: {nonce: x}}"])
    def test_nor_does_it_where_a_plan_is_spoiled(self, both: Path, spoil: str) -> None:
        """By a text that is no plan, or by links that are none."""
        with (both / "plans" / "bolt.yaml").open("a") as file:
            file.write(f"{spoil}\n")
        assert {quiet(both, words) for words in SPOILED} <= {1}


def quiet(root: Path, words: str) -> int:
    """Run a command, look for what it must not tell, and return its code."""
    result = CliRunner().invoke(commands, words.split(), prog_name="mapsite")
    failed = result.exception
    said = result.output + "".join(traceback.format_exception(failed) if failed else ())
    texts = [path.read_text("utf-8") for path in (root / "plans").rglob("*.yaml")]
    nonces = {*re.findall(r"\b[a-z2-7]{26}\b", "".join(texts))}
    tokens = {
        token(Secret(SECRET), plan, link, nonce)
        for plan in ("acme", "bolt")
        for link in ("buyer", "legal", "trial")
        for nonce in nonces
    }
    assert nonces
    assert [one for one in (SECRET, *nonces, *tokens) if one in said] == [], words
    assert not re.search(r"\bt/[a-z2-7]{26}", said), words
    assert not failed or isinstance(failed, SystemExit), words
    return result.exit_code
