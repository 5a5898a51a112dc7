"""Publishing to a folder: what readers find, whatever happens on the way."""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mapsite.errors import MapsiteError
from mapsite.publish.link import publisher_name
from mapsite.publish.manifest import MANIFEST, read_manifest
from mapsite.publish.publish import publish
from mapsite.publish.serve import published_server
from mapsite.publish.target import TargetBusy, TargetError, TargetSettings, Upload
from mapsite.publish.targets.command import CommandTarget
from mapsite.publish.targets.folder import FolderTarget
from tests.publish.deals import (
    NONCES,
    SECRET,
    Deals,
    as_published,
    contents,
    faults_of_room,
    in_room,
    place_of,
)
from tests.servers.programs import program

ONE, TWO = NONCES[:2]
ACME = place_of("acme", ONE)
MOVED = place_of("acme", TWO)
LINKS = f"buyer: {{nonce: {ONE}}}"
ROTATED = f"buyer: {{nonce: {TWO}, former: [{ONE}]}}"
WITHDRAWN = f"buyer: {{former: [{ONE}]}}"


@pytest.fixture
def deals(repo: Path) -> Deals:
    """Return a repository whose plan acme has one link, and bolt none."""
    found = Deals(repo)
    found.write("acme", LINKS)
    return found


@pytest.fixture
def there(deals: Deals) -> Path:
    """Return the folder that rooms are published to, with somebody else's file."""
    folder = deals.root / "published"
    (folder / "t" / "foreign").mkdir(parents=True)
    (folder / "other.html").write_text("somebody else's", "utf-8")
    (folder / "t" / "foreign" / "room.json").write_text('{"format":1}', "utf-8")
    return folder


def target(deals: Deals, folder: Path) -> FolderTarget:
    """Return the target of *folder*."""
    return FolderTarget(deals.settings(folder))


def foreign_is_there(folder: Path) -> bool:
    """Tell whether nothing happened to what is not ours."""
    return (folder / "other.html").read_text("utf-8") == "somebody else's" and (
        folder / "t" / "foreign" / "room.json"
    ).is_file()


def test_a_room_is_published_whole(deals: Deals, there: Path) -> None:
    """At its address lies what was built, and a front that names no deal."""
    work = deals.publish(target(deals, there))
    tree = contents(there)
    room = in_room(tree, ACME)
    assert as_published(room) == deals.room("acme")
    manifest = read_manifest(room[MANIFEST])
    assert manifest is not None
    assert set(manifest.files) == set(deals.room("acme"))
    assert {"index.html", "404.html", "robots.txt"} <= set(tree)
    assert [change.address.plan.id for change in work.changes] == ["acme"]
    assert [plan.id for plan in work.linkless] == ["bolt"]
    assert foreign_is_there(there)


def test_nothing_travels_when_nothing_changed(deals: Deals, there: Path) -> None:
    """A second publish writes and removes nothing, on this machine and on another."""
    deals.publish(target(deals, there))
    before = {path: path.stat().st_mtime_ns for path in there.rglob("*")}
    assert deals.publish(target(deals, there)).nothing
    (deals.root / ".mapsite/targets/demo/record.json").unlink()
    assert deals.publish(target(deals, there)).nothing
    assert {path: path.stat().st_mtime_ns for path in there.rglob("*")} == before


def test_an_edit_of_the_same_length_is_published(deals: Deals, there: Path) -> None:
    """Neither size nor time decide whether a file is another one."""
    deals.publish(target(deals, there))
    old = (there / ACME / "index.html").read_bytes()
    deals.write("acme", LINKS, title="Project pla2")
    deals.publish(target(deals, there))
    new = (there / ACME / "index.html").read_bytes()
    assert len(old) == len(new)
    assert b"Project pla2" in new


def test_what_a_release_replaced_goes_one_publish_later(
    deals: Deals, there: Path
) -> None:
    """Until then a page that was loaded before finds all that it names."""
    deals.publish(target(deals, there))
    plan = deals.root / "plans" / "acme.yaml"
    plan.write_text(
        plan.read_text("utf-8").replace(
            "name: Acme\n", 'name: Acme\n  color: "#0b6bcb"\n'
        ),
        "utf-8",
    )
    deals.publish(target(deals, there))
    first = {key for key in in_room(contents(there), ACME) if key.startswith("assets/")}
    assert first > {key for key in deals.room("acme") if key.startswith("assets/")}
    plan.write_text(plan.read_text("utf-8").replace("Demo", "Show"), "utf-8")
    deals.publish(target(deals, there))
    assert as_published(in_room(contents(there), ACME)) == deals.room("acme")


def test_rotating_moves_the_room(deals: Deals, there: Path) -> None:
    """The old address is empty to its last file, the new one whole."""
    deals.publish(target(deals, there))
    deals.write("acme", ROTATED)
    work = deals.publish(target(deals, there), ["acme"])
    tree = contents(there)
    assert in_room(tree, ACME) == {}
    assert not (there / ACME).exists()
    assert as_published(in_room(tree, MOVED)) == deals.room("acme")
    assert [room.address.why for room in work.withdrawals] == ["rotated"]
    assert foreign_is_there(there)


@pytest.mark.parametrize(
    ("links", "why"),
    [
        (WITHDRAWN, "withdrawn"),
        (f"buyer: {{nonce: {ONE}, expires: 2026-05-23}}", "expired"),
    ],
)
def test_a_link_that_ends_takes_the_room_away(
    deals: Deals, there: Path, links: str, why: str
) -> None:
    """So does each later publish that finds it there again."""
    deals.publish(target(deals, there))
    kept = contents(there / ACME)
    deals.write("acme", links)
    work = deals.publish(target(deals, there))
    assert [room.address.why for room in work.withdrawals] == [why]
    assert in_room(contents(there), ACME) == {}

    (deals.root / ".mapsite/targets/demo/record.json").unlink()
    for path, data in kept.items():
        (there / ACME / path).parent.mkdir(parents=True, exist_ok=True)
        (there / ACME / path).write_bytes(data)
    deals.publish(target(deals, there))
    assert in_room(contents(there), ACME) == {}


def test_the_last_day_of_a_link_is_a_day(deals: Deals, there: Path) -> None:
    """It can be read until the evening of the day on which it expires."""
    deals.write("acme", f"buyer: {{nonce: {ONE}, expires: 2026-05-24}}")
    deals.publish(target(deals, there))
    assert (there / ACME / "index.html").is_file()


def test_each_link_is_revoked_alone(deals: Deals, there: Path) -> None:
    """The room at the other address stays as it is, byte for byte."""
    both = f"buyer: {{nonce: {ONE}}}\n  legal: {{nonce: {TWO}}}"
    deals.write("acme", both)
    deals.publish(target(deals, there))
    legal = place_of("acme", TWO, "legal")
    before = in_room(contents(there), legal)
    deals.write("acme", f"{WITHDRAWN}\n  legal: {{nonce: {TWO}}}")
    deals.publish(target(deals, there))
    assert in_room(contents(there), ACME) == {}
    assert in_room(contents(there), legal) == before != {}


def test_a_plan_with_an_error_leaves_its_room_as_it_was(
    deals: Deals, there: Path
) -> None:
    """And the rooms of the others are published all the same."""
    deals.write("bolt", LINKS)
    deals.publish(target(deals, there))
    before = in_room(contents(there), ACME)
    plan = deals.root / "plans" / "acme.yaml"
    plan.write_text(plan.read_text("utf-8") + "\nnonsense: 1\n", "utf-8")
    deals.write("bolt", LINKS, title="Another title")
    work = deals.publish(target(deals, there))
    assert [failed.plan.id for failed in work.failed] == ["acme"]
    assert in_room(contents(there), ACME) == before
    assert (
        b"Another title" in (there / place_of("bolt", ONE) / "index.html").read_bytes()
    )


def test_too_many_removals_are_refused(deals: Deals, there: Path) -> None:
    """Nothing is done, and the number to allow is told."""
    deals.publish(target(deals, there))
    before = contents(there)
    deals.write("acme", WITHDRAWN)
    order = deals.order(deals.settings(there))._replace(most_removed=5)
    with pytest.raises(MapsiteError, match=r"--max-delete \d+"):
        publish(order, SECRET, target(deals, there))
    assert contents(there) == before


def test_a_dry_run_does_nothing(deals: Deals, there: Path) -> None:
    """It tells what would be done."""
    order = deals.order(deals.settings(there))._replace(dry_run=True)
    before = contents(there)
    work = publish(order, SECRET, target(deals, there))
    assert len(work.changes) == 1
    assert contents(there) == before


def test_the_root_belongs_to_whoever_was_there_first(deals: Deals, there: Path) -> None:
    """A page that somebody else put there is neither replaced nor removed."""
    (there / "index.html").write_text("my own page", "utf-8")
    work = deals.publish(target(deals, there))
    assert work.foreign == ["index.html"]
    assert (there / "index.html").read_text("utf-8") == "my own page"
    assert (there / "404.html").is_file()


def test_rooms_whose_plans_are_gone_are_told_and_withdrawn_when_asked(
    deals: Deals, there: Path
) -> None:
    """Rooms of another publisher in the same place are nobody's business."""
    deals.publish(target(deals, there))
    (deals.root / "plans" / "acme.yaml").unlink()
    work = deals.publish(target(deals, there))
    assert len(work.orphans) == 1
    assert (there / ACME / "index.html").is_file()
    order = deals.order(deals.settings(there))._replace(clean=True)
    other = order._replace(by="somebody")
    publish(other, SECRET, target(deals, there))
    assert (there / ACME / "index.html").is_file()
    publish(order, SECRET, target(deals, there))
    assert not (there / ACME).exists()
    assert foreign_is_there(there)


class Stopped(BaseException):
    """End a publish like a kill does: nothing may catch it."""


class Faulty(FolderTarget):
    """Fail at the operation *at*: each file that is written or removed is one."""

    def __init__(
        self, settings: TargetSettings, at: int, error: BaseException, *, after: bool
    ) -> None:
        """Raise *error* instead of the operation, or *after* it was done."""
        super().__init__(settings)
        self.left = at
        self.error = error
        self.after = after

    def _step(self, act: Callable[[], object]) -> None:
        self.left -= 1
        dead = self.left < 0 and isinstance(self.error, Stopped)
        if dead or (self.left == 0 and not self.after):
            raise self.error
        act()
        if self.left == 0:
            raise self.error

    def put(
        self, uploads: Sequence[Upload], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Write one file after another."""
        for one in uploads:
            self._step(lambda one=one: FolderTarget.put(self, [one], done))

    def remove(self, keys: Sequence[str]) -> None:
        """Remove one file after another."""
        for key in keys:
            self._step(lambda key=key: FolderTarget.remove(self, [key]))

    def claim(self, key: str, data: bytes) -> bool:
        """Count the lock as well."""
        won: list[bool] = []
        self._step(lambda: won.append(FolderTarget.claim(self, key, data)))
        return won[0]


def releases(deals: Deals, there: Path, links: Iterable[str]) -> list[dict[str, bytes]]:
    """Publish acme once for each of *links*, each time with other words and colours."""
    rooms = []
    for number, one in enumerate(links):
        write_release(deals, number, one)
        deals.publish(target(deals, there))
        rooms.append(deals.room("acme"))
    return rooms


def write_release(deals: Deals, number: int, links: str) -> None:
    """Write acme with words and a colour that no other release has."""
    deals.write("acme", links, title=f"Plan number {number}")
    plan = deals.root / "plans" / "acme.yaml"
    color = f'name: Acme\n  color: "#{number}b6bc{number}"\n'
    text = plan.read_text("utf-8").replace("name: Acme\n", color)
    plan.write_text(text, "utf-8")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("links", [LINKS, ROTATED, WITHDRAWN])
def test_killed_after_any_operation(
    deals: Deals, tmp_path: Path, links: str, *, after: bool
) -> None:
    """No page is torn, nothing foreign is touched, and the next run ends the work."""
    base, goal, memory = tmp_path / "base", tmp_path / "goal", tmp_path / "memory"
    (base / "t" / "foreign").mkdir(parents=True)
    (base / "other.html").write_text("somebody else's", "utf-8")
    (base / "t" / "foreign" / "room.json").write_text('{"format":1}', "utf-8")
    rooms = releases(deals, base, [LINKS, LINKS])
    known = deals.settings(base).memory
    shutil.copytree(known, memory)
    shutil.copytree(base, goal)
    write_release(deals, 2, links)
    began = deals.now
    publish_twice(deals, goal)
    rooms.append(deals.room("acme"))
    wanted = settled(contents(goal))
    for at in range(1, 200):
        there, deals.now = tmp_path / f"there-{at}", began
        shutil.copytree(base, there)
        shutil.rmtree(known)
        shutil.copytree(memory, known)
        faulty = Faulty(deals.settings(there), at, Stopped(), after=after)
        try:
            deals.publish(faulty)
        except Stopped:
            ended = False
        else:
            ended = True
        tree = contents(there)
        for place in (ACME, MOVED):
            assert faults_of_room(in_room(tree, place), rooms) == [], at
        assert foreign_is_there(there)
        publish_twice(deals, there)
        assert settled(contents(there)) == wanted, at
        if ended:
            assert at > 5
            return
    pytest.fail("the publish never ended")


def publish_twice(deals: Deals, there: Path) -> None:
    """Publish again, and once more when what was replaced is old enough to go."""
    for _ in range(2):
        deals.now += timedelta(minutes=30)
        deals.publish(target(deals, there))


def settled(tree: dict[str, bytes]) -> dict[str, bytes]:
    """Return *tree* without what tells of publishers, not of rooms.

    The stamp is another one after every publish, and a lock that a dead publisher left
    is taken over by the next one that has something to do.
    """
    tells = {"published.json", "publishing.json"}
    return {key: data for key, data in tree.items() if key not in tells}


@pytest.mark.parametrize(
    "error", [TargetError("denied"), TargetBusy("no answer in time")]
)
def test_a_target_that_refuses_leaves_no_torn_page(
    deals: Deals, tmp_path: Path, error: MapsiteError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Denied, the publish ends with the reason; busy, it tries again."""
    monkeypatch.setattr("mapsite.publish.patience._PAUSE", 0.0)
    for at in range(1, 7):
        there = tmp_path / f"there-{at}"
        rooms = releases(deals, there, [LINKS])
        write_release(deals, 1, LINKS)
        faulty = Faulty(deals.settings(there), at, error, after=False)
        if isinstance(error, TargetBusy):
            deals.publish(faulty)
        else:
            with pytest.raises(TargetError, match="denied"):
                deals.publish(faulty)
        rooms.append(deals.room("acme"))
        assert faults_of_room(in_room(contents(there), ACME), rooms) == []
        deals.publish(target(deals, there))
        assert b"Plan number 1" in (there / ACME / "index.html").read_bytes()


def test_two_publishers_do_not_mix(deals: Deals, there: Path, tmp_path: Path) -> None:
    """The second is told who is there, and takes over from one that died."""
    other = Deals(tmp_path / "elsewhere", deals.now)
    other.root.mkdir()
    shutil.copy(deals.root / "mkdocs.yml", other.root)
    for name in (".mapsite", "plans"):
        shutil.copytree(deals.root / name, other.root / name)
    stopped = Faulty(deals.settings(there), 8, Stopped(), after=True)
    with pytest.raises(Stopped):
        deals.publish(stopped)
    other.now = deals.now
    with pytest.raises(MapsiteError, match="another publisher is at work"):
        other.publish(FolderTarget(other.settings(there)))
    other.now += timedelta(minutes=6)
    other.publish(FolderTarget(other.settings(there)))
    assert as_published(in_room(contents(there), ACME)) == other.room("acme")
    assert publisher_name(SECRET) in (there / ACME / MANIFEST).read_text("utf-8")


@pytest.fixture
def host(deals: Deals, tmp_path: Path) -> Iterator[TargetSettings]:
    """Return a target whose host takes whole sites and serves them."""
    place = tmp_path / "host"
    place.mkdir()
    server = published_server(deals.settings(place), 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    command = f"{program('rsync')} -a -c --delete {{dir}}/ {place}/"
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    settings = deals.settings(command, "command")
    yield replace(settings, address=address)
    server.shutdown()
    server.server_close()


def test_publishing_one_room_to_a_host_of_whole_sites_keeps_the_others(
    deals: Deals, host: TargetSettings, tmp_path: Path
) -> None:
    """Also from a machine that never published before, and after another one did."""
    deals.write("bolt", LINKS)
    place, bolt = tmp_path / "host", place_of("bolt", ONE)
    deals.publish(CommandTarget(host))
    assert (place / "_headers").is_file()
    before = in_room(contents(place), bolt)
    assert before

    laptop = replace(host, memory=tmp_path / "laptop")
    deals.write("acme", LINKS, title="From the laptop")
    deals.publish(CommandTarget(laptop))
    assert b"From the laptop" in (place / ACME / "index.html").read_bytes()
    assert as_published(in_room(contents(place), bolt)) == as_published(before)

    deals.write("acme", LINKS, title="From the first machine")
    deals.publish(CommandTarget(host))
    assert b"From the first machine" in (place / ACME / "index.html").read_bytes()
    assert as_published(in_room(contents(place), bolt)) == as_published(before)
    assert deals.publish(CommandTarget(host)).nothing
    assert deals.publish(CommandTarget(laptop)).nothing

    deals.write("acme", WITHDRAWN)
    work = deals.publish(CommandTarget(laptop))
    assert len(work.withdrawals) == 1
    assert in_room(contents(place), ACME) == {}
    assert as_published(in_room(contents(place), bolt)) == as_published(before)
    assert (place / "404.html").is_file()


def test_an_older_plan_does_not_bring_an_address_back(
    deals: Deals, there: Path
) -> None:
    """Neither from a clone that was not pulled nor from a run that is started again."""
    deals.publish(target(deals, there))
    deals.write("acme", ROTATED)
    deals.publish(target(deals, there))
    before = {key: data for key, data in contents(there).items() if "/t/" in f"/{key}"}
    deals.write("acme", LINKS, title="From an old clone")
    work = deals.publish(target(deals, there))
    [failed] = work.failed
    assert "pull" in failed.problems[0].message
    assert failed.problems[0].address == "links/buyer"
    assert in_room(contents(there), ACME) == {}
    assert len(work.orphans) == 1
    order = deals.order(deals.settings(there))._replace(clean=True)
    with pytest.raises(MapsiteError, match="older than what was published"):
        publish(order, SECRET, target(deals, there))
    after = {key: data for key, data in contents(there).items() if "/t/" in f"/{key}"}
    assert after == before


def test_an_expired_link_may_live_longer(deals: Deals, there: Path) -> None:
    """Its address was not taken back for good: a later last day brings it back."""
    deals.write("acme", f"buyer: {{nonce: {ONE}, expires: 2026-05-20}}")
    deals.publish(target(deals, there))
    assert in_room(contents(there), ACME) == {}
    deals.write("acme", f"buyer: {{nonce: {ONE}, expires: 2026-06-20}}")
    assert deals.publish(target(deals, there)).failed == []
    assert in_room(contents(there), ACME)


def test_a_renamed_link_leaves_no_room_unsaid(deals: Deals, there: Path) -> None:
    """Withdrawing under the new name tells that one is left that no link leads to."""
    deals.publish(target(deals, there))
    deals.write("acme", f"champion: {{former: [{ONE}]}}")
    order = deals.order(deals.settings(there), ["acme"])
    every = deals.order(deals.settings(there)).plans
    work = publish(order._replace(others=every), SECRET, target(deals, there))
    assert len(work.orphans) == 1
