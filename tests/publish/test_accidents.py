"""What stays right at a target though something else went wrong before."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mapsite.cli import commands
from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.publish.key import Secret
from mapsite.publish.link import publisher_name
from mapsite.publish.linking import first_link
from mapsite.publish.manifest import MANIFEST, read_manifest
from mapsite.publish.publish import publish
from mapsite.publish.settings import read_targets
from mapsite.publish.target import TargetError, TargetMoved, TargetSettings, Upload
from mapsite.publish.targets.command import CommandTarget
from mapsite.publish.targets.folder import FolderTarget
from mapsite.publish.work import Work
from mapsite.repository import closed_plans
from tests.publish.deals import (
    NONCES,
    SECRET,
    Deals,
    as_published,
    contents,
    in_room,
    place_of,
)
from tests.servers.programs import program

ONE, TWO = NONCES[:2]
ACME, MOVED = place_of("acme", ONE), place_of("acme", TWO)
LINKS = f"buyer: {{nonce: {ONE}}}"
ROTATED = f"buyer: {{nonce: {TWO}, former: [{ONE}]}}"
WITHDRAWN = f"buyer: {{former: [{ONE}]}}"
NEW = Secret("z9mz4k2xw9v3n8b6c1t5r0y8u2i4o6p3a7s9d1f5")


@pytest.fixture
def deals(repo: Path) -> Deals:
    """Return a repository whose plan acme has one link, and bolt none."""
    found = Deals(repo)
    found.write("acme", LINKS)
    return found


@pytest.fixture
def there(deals: Deals) -> Path:
    """Return the folder that rooms are published to."""
    return deals.root / "published"


@pytest.fixture
def again(deals: Deals, there: Path) -> Callable[[], Work]:
    """Return what publishes all plans there."""
    return lambda: deals.publish(FolderTarget(deals.settings(there)))


def put_back(folder: Path, files: dict[str, bytes]) -> None:
    """Write *files* into *folder*, as who restores a backup does."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def test_a_room_that_was_put_back_goes_again(
    deals: Deals, there: Path, again: Callable[[], Work]
) -> None:
    """Also where this machine remembers that it took it away, and for one plan."""
    again()
    kept = contents(there / ACME)
    deals.write("acme", ROTATED)
    again()
    put_back(there / ACME, kept)
    again()
    assert not (there / ACME).exists()
    put_back(there / ACME, kept)
    deals.publish(FolderTarget(deals.settings(there)), ["acme"])
    assert not (there / ACME).exists()


def test_a_room_that_was_lost_comes_back(
    there: Path, again: Callable[[], Work]
) -> None:
    """Somebody emptied its folder; this machine remembers that it is there."""
    again()
    kept = as_published(contents(there / ACME))
    shutil.rmtree(there / ACME)
    again()
    assert as_published(contents(there / ACME)) == kept


@pytest.mark.parametrize("everything", [True, False])
def test_a_room_whose_record_was_lost_is_taken_as_far_as_can_be(
    deals: Deals, there: Path, again: Callable[[], Work], *, everything: bool
) -> None:
    """Its pages go, and the rest is told until nothing is left of it."""
    again()
    (there / ACME / MANIFEST).write_bytes(b'{"format":1,"by":"')
    shutil.rmtree(deals.settings(there).memory)
    deals.write("acme", WITHDRAWN)
    ids = [] if everything else ["acme"]
    work = deals.publish(FolderTarget(deals.settings(there)), ids)
    assert [address.plan.id for address in work.damaged] == ["acme"]
    left = contents(there / ACME)
    assert left
    assert not [path for path in left if path.endswith(".html")]
    assert len(again().damaged) == 1
    shutil.rmtree(there / ACME)
    assert again().damaged == []


def test_what_mapsite_tells_of_a_lost_record(deals: Deals, there: Path) -> None:
    """The command fails, says where to look, and shows no address."""
    deals.write("acme")
    assert run("secret", "new")[0] == 0
    assert run("publish", "acme")[0] == 0
    [room] = (there / "t").iterdir()
    (room / MANIFEST).write_bytes(b"{")
    shutil.rmtree(deals.root / ".mapsite" / "targets")
    code, said = run("withdraw", "acme")
    assert code == 1
    assert "its room.json was lost" in said
    assert room.name not in said
    assert not (room / "index.html").exists()


def test_a_withdrawal_that_was_stopped_is_ended_by_the_same_command(
    deals: Deals, there: Path, tmp_path: Path
) -> None:
    """The plan says already that the link is withdrawn; the room may still be there."""
    deals.write("acme")
    with (deals.root / "mkdocs.yml").open("a") as settings:
        settings.write(
            "\nextra:\n  mapsite:\n    targets:\n"
            "      demo: {folder: published}\n      live: {folder: live}\n"
        )
    assert run("secret", "new")[0] == 0
    assert run("publish", "acme")[0] == 0
    assert run("publish", "--target", "live")[0] == 0
    plan = deals.root / "plans" / "acme.yaml"
    shutil.copytree(there, tmp_path / "before")
    assert run("withdraw", "acme")[0] == 0
    shutil.rmtree(there)
    shutil.copytree(tmp_path / "before", there)
    text = plan.read_text("utf-8")
    code, said = run("withdraw", "acme")
    assert (code, plan.read_text("utf-8")) == (0, text)
    assert "withdrawn   acme/buyer" in said
    assert "mapsite publish --target live" in said
    assert not list((there / "t").glob("*/index.html"))
    assert list((deals.root / "live" / "t").iterdir())
    assert run("publish", "--target", "live")[0] == 0
    assert not list((deals.root / "live" / "t").glob("*/index.html"))


def test_what_is_withdrawn_on_purpose_has_no_limit(deals: Deals, there: Path) -> None:
    """The limit is for what nobody asked for."""
    deals.write("acme")
    assert run("secret", "new")[0] == 0
    assert run("publish", "acme")[0] == 0
    [room] = (there / "t").iterdir()
    manifest = read_manifest((room / MANIFEST).read_bytes())
    assert manifest is not None
    many = {f"calendar/{n}.ics": manifest.files["plan.ics"] for n in range(600)}
    more = replace(manifest, files={**manifest.files, **many})
    (room / MANIFEST).write_bytes(more.as_bytes())
    shutil.rmtree(deals.root / ".mapsite" / "targets")
    assert run("withdraw", "acme")[0] == 0
    assert not room.exists()


def run(*words: str) -> tuple[int, str]:
    """Run a command here; return its code, and all that it said."""
    result = CliRunner().invoke(commands, list(words), prog_name="mapsite")
    return result.exit_code, result.output


def test_the_room_of_a_plan_with_an_error_is_no_orphan(
    deals: Deals, there: Path, again: Callable[[], Work]
) -> None:
    """Not for --clean either, nor where a plan has no name of a plan any more."""
    again()
    plan = deals.root / "plans" / "acme.yaml"
    text = plan.read_text("utf-8")
    plan.write_text(f"{text}<<<<<<< HEAD\n", "utf-8")
    order = deals.order(deals.settings(there))._replace(clean=True)
    work = publish(order, SECRET, FolderTarget(order.settings))
    assert [one.plan.id for one in work.failed] == ["acme"]
    plan.unlink()
    order = deals.order(deals.settings(there))._replace(clean=True, misnamed=True)
    assert publish(order, SECRET, FolderTarget(order.settings)).orphans == []
    assert (there / ACME / "index.html").is_file()
    publish(order._replace(misnamed=False), SECRET, FolderTarget(order.settings))
    assert not (there / ACME).exists()


def test_a_plan_among_the_closed_ones_is_closed(deals: Deals, there: Path) -> None:
    """Whoever moved it there by hand left its text as it was."""
    shut = deals.root / "plans" / "closed"
    shut.mkdir()
    (deals.root / "plans" / "acme.yaml").rename(shut / "acme.yaml")
    [plan] = closed_plans(deals.root)
    settings = deals.settings(there)
    order = deals.order(settings)._replace(plans=[plan])
    assert publish(order, SECRET, FolderTarget(settings)).nothing
    assert not (there / "t").exists()
    with pytest.raises(MapsiteError, match="mapsite reopen acme"):
        first_link(plan)


def test_rooms_of_a_secret_that_was_replaced_are_ours(
    deals: Deals, there: Path, again: Callable[[], Work]
) -> None:
    """They are found by what mkdocs.yml says of the former secret."""
    again()
    settings = deals.settings(there)
    order = deals.order(settings)._replace(clean=True, by=publisher_name(NEW))
    publish(order, NEW, FolderTarget(settings))
    assert (there / ACME).exists()
    former = frozenset({publisher_name(SECRET)})
    publish(order._replace(formerly=former), NEW, FolderTarget(settings))
    assert not (there / ACME).exists()
    assert len(list((there / "t").iterdir())) == 1


class Stopped(BaseException):
    """End a publish like a kill does: nothing may catch it."""


class Cut(FolderTarget):
    """Stop after some files were written."""

    left = 0

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write what is not cut off."""
        for one in uploads:
            super().put([one], done)
            self.left -= 1
            if not self.left:
                raise Stopped


def test_a_first_publish_that_was_killed_leaves_no_gap_in_the_front(
    deals: Deals, tmp_path: Path
) -> None:
    """The next one writes what is missing at the root."""
    for number in range(1, 6):
        settings = deals.settings(tmp_path / f"there-{number}")
        cut = Cut(settings)
        cut.left = number
        with pytest.raises(Stopped):
            publish(deals.order(settings), SECRET, cut)
        publish(deals.order(settings), SECRET, FolderTarget(settings))
        front = contents(tmp_path / f"there-{number}")
        assert {"index.html", "404.html", "robots.txt"} <= set(front)


class Asleep(FolderTarget):
    """Sleep before the entry page of a room, while others go on."""

    meanwhile: list[Callable[[], object]]

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write, once awake."""
        if any(one.key.endswith("/index.html") for one in uploads) and self.meanwhile:
            self.meanwhile.pop()()
        super().put(uploads, done)


@pytest.mark.parametrize(("links", "place"), [(ROTATED, MOVED), (LINKS, ACME)])
def test_a_laptop_that_slept_brings_nothing_old_back(
    deals: Deals,
    there: Path,
    again: Callable[[], Work],
    tmp_path: Path,
    links: str,
    place: str,
) -> None:
    """While it slept in a publish, another machine moved the room or changed it."""
    again()
    other = Deals(tmp_path / "ci", deals.now + timedelta(minutes=20))
    shutil.copytree(deals.root, other.root, ignore=shutil.ignore_patterns(".mapsite"))
    other.write("acme", links, title="A newer plan")
    deals.write("acme", LINKS, title="An older plan")
    laptop = Asleep(deals.settings(there))

    def elsewhere() -> None:
        other.publish(FolderTarget(other.settings(there)))
        deals.now = other.now
        assert b"A newer plan" in (there / place / "index.html").read_bytes()

    laptop.meanwhile = [elsewhere]
    with pytest.raises(TargetMoved):
        deals.publish(laptop)
    other.publish(FolderTarget(other.settings(there)), ["acme"])
    assert b"A newer plan" in (there / place / "index.html").read_bytes()
    assert list((there / "t").glob("*/index.html")) == [there / place / "index.html"]


@pytest.fixture
def host(deals: Deals, tmp_path: Path) -> TargetSettings:
    """Return a host of whole sites that takes none while there is a file `broken`."""
    script = tmp_path / "deploy"
    script.write_text(
        f'#!/bin/sh\n[ -e "{tmp_path}/broken" ] && exit 3\n'
        f'exec {program("rsync")} -a --delete "$1/" "{tmp_path}/host/"\n',
        "utf-8",
    )
    script.chmod(0o755)
    return deals.settings(f"{script} {{dir}}", "command")


def test_a_host_that_refused_gets_the_site_next_time(
    deals: Deals, host: TargetSettings, tmp_path: Path
) -> None:
    """Else what was withdrawn could be read there for ever."""
    deals.publish(CommandTarget(host))
    place = tmp_path / "host"
    assert in_room(contents(place), ACME)
    deals.write("acme", WITHDRAWN)
    (tmp_path / "broken").touch()
    with pytest.raises(TargetError):
        deals.publish(CommandTarget(host))
    (tmp_path / "broken").unlink()
    deals.publish(CommandTarget(host))
    assert in_room(contents(place), ACME) == {}


def test_a_host_of_whole_sites_loses_no_room_of_a_plan_that_cannot_be_read(
    deals: Deals, host: TargetSettings, tmp_path: Path
) -> None:
    """A machine without the site says so; one that has it leaves the room as it was."""
    deals.write("bolt", LINKS)
    deals.publish(CommandTarget(host))
    (deals.root / "plans" / "bolt.yaml").write_text("links: [\n", "utf-8")
    deals.write("acme", LINKS, title="Another")
    with pytest.raises(MapsiteError, match="not every plan can be read"):
        deals.publish(CommandTarget(replace(host, memory=tmp_path / "new")))
    deals.publish(CommandTarget(host))
    site = contents(tmp_path / "host")
    assert in_room(site, place_of("bolt", ONE))
    assert b"Another" in in_room(site, ACME)["index.html"]


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 200_000,
        b'{"format":1,"by":"a","files":{"a":["' + b"0" * 64 + b'",Infinity]}}',
        b'{"format":1,"by":"a","files":{"../a":["' + b"0" * 64 + b'",1]}}',
    ],
)
def test_no_text_at_a_target_stops_a_publish(
    there: Path, again: Callable[[], Work], raw: bytes
) -> None:
    """It is none of ours."""
    stranger = there / "t" / ("q" * 26)
    stranger.mkdir(parents=True)
    (stranger / MANIFEST).write_bytes(raw)
    again()
    assert (there / ACME / "index.html").is_file()
    assert (stranger / MANIFEST).read_bytes() == raw


@pytest.mark.parametrize("address", ["https://[bad/", "https://a:99999/", "https://:1"])
def test_an_address_that_leads_nowhere_is_a_fault_of_the_settings(
    repo: Path, address: str
) -> None:
    """It is told before anything is published."""
    with (repo / "mkdocs.yml").open("a") as file:
        file.write(
            "\nextra:\n  mapsite:\n    targets:\n"
            f'      live: {{folder: live, address: "{address}"}}\n'
        )
    with pytest.raises(InvalidPlan) as caught:
        read_targets(repo)
    assert "expected an address like" in str(caught.value.problems[0])
