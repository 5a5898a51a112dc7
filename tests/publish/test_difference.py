"""What one publish writes and removes, compared by content."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from mapsite.publish.difference import GRACE, LATE, difference
from mapsite.publish.manifest import RoomManifest, read_manifest

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
A, B, C = ("a" * 64, 1), ("b" * 64, 1), ("c" * 64, 1)
ROOM = {"index.html": A, "changes/index.html": A, "assets/room.1.css": A}


def published(**more: object) -> RoomManifest:
    """Return the manifest of the room as it is there."""
    return RoomManifest("me", ROOM, **more)  # type: ignore[arg-type]


def test_what_is_there_already_is_not_written() -> None:
    """The same content needs nothing, however often it is published."""
    assert difference(ROOM, published(), "me", NOW) is None


def test_a_new_room_arrives_in_the_order_that_no_reader_notices() -> None:
    """Assets, pages, the entry page; and before them the list of what will come."""
    found = difference(ROOM, None, "me", NOW)
    assert found is not None
    assert found.new
    assert found.steps == (
        ("assets/room.1.css",),
        ("changes/index.html",),
        ("index.html",),
    )
    assert found.before is not None
    assert set(found.before.coming) == set(ROOM)
    assert found.after == RoomManifest("me", ROOM)


def test_an_edit_of_the_same_length_is_written() -> None:
    """Content decides, not size or time."""
    found = difference({**ROOM, "index.html": B}, published(), "me", NOW)
    assert found is not None
    assert found.steps == ((), (), ("index.html",))
    assert found.before is not None
    assert found.before.coming == ("index.html",)


def test_what_a_release_replaces_goes_with_a_later_one() -> None:
    """A page that was just loaded still finds its stylesheet."""
    second = {**ROOM, "index.html": B, "assets/room.2.css": B}
    del second["assets/room.1.css"]
    found = difference(second, published(), "me", NOW)
    assert found is not None
    assert found.remove == ()
    assert found.after.stale == {"assets/room.1.css": NOW}

    third = {**second, "index.html": C}
    at_once = difference(third, found.after, "me", NOW + GRACE / 2)
    assert at_once is not None
    assert at_once.remove == ()
    later = difference(third, found.after, "me", NOW + GRACE)
    assert later is not None
    assert later.remove == ("assets/room.1.css",)
    assert later.after.stale == {}


def test_what_was_replaced_goes_at_last_though_nothing_changes() -> None:
    """A document that was taken out does not stay for want of another edit."""
    there = published(stale={"assets/old.pdf": NOW})
    assert difference(ROOM, there, "me", NOW + LATE - timedelta(seconds=1)) is None
    found = difference(ROOM, there, "me", NOW + LATE)
    assert found is not None
    assert (found.writes, found.remove) == (0, ("assets/old.pdf",))


def test_a_file_that_comes_back_is_written_again() -> None:
    """It may be removed already: a publish can have ended between the two."""
    there = published(stale={"assets/room.0.css": NOW})
    found = difference({**ROOM, "assets/room.0.css": C}, there, "me", NOW)
    assert found is not None
    assert found.steps.assets == ("assets/room.0.css",)
    assert found.after.stale == {}


def test_after_a_broken_publish_all_that_may_be_there_is_known() -> None:
    """What it began to write is written again, or removed like what is replaced."""
    there = published(coming=("assets/room.1.css", "assets/lost.css"))
    found = difference(ROOM, there, "me", NOW)
    assert found is not None
    assert found.steps.assets == ("assets/room.1.css",)
    assert found.after.stale == {"assets/lost.css": NOW}


PATHS = st.sampled_from(
    ["index.html", "changes/index.html", "plan.ics", "assets/a.css", "assets/b.css"]
)
FILES = st.dictionaries(PATHS, st.sampled_from([A, B, C]))


@given(st.lists(st.tuples(FILES, st.integers(0, 2000), st.integers(0, 12)), max_size=8))
def test_nothing_that_was_ever_written_is_forgotten(
    releases: list[tuple[dict[str, tuple[str, int]], int, int]],
) -> None:
    """Whatever breaks off where, each file at the target is in its manifest."""
    disk: dict[str, tuple[str, int]] = {}
    manifest: RoomManifest | None = None
    now = NOW
    for wanted, seconds, stop in releases:
        now += timedelta(seconds=seconds)
        found = difference(wanted, manifest, "me", now)
        if found is None:
            assert manifest is not None
            assert {path: disk[path] for path in wanted} == wanted
            continue
        steps = [("list", found.before)] if found.before else []
        steps += [("write", path) for step in found.steps for path in step]
        steps += [("remove", path) for path in found.remove]
        steps += [("list", found.after)]
        for kind, what in steps if stop > 10 else steps[:stop]:
            if kind == "list":
                manifest = read_manifest(what.as_bytes())
            elif kind == "write":
                disk[what] = wanted[what]
            else:
                disk.pop(what, None)
        known = manifest.paths() if manifest else []
        assert set(disk) <= set(known)
        if stop > 10:
            assert {path: disk[path] for path in wanted} == wanted


def test_a_manifest_that_could_lead_out_of_the_room_is_none() -> None:
    """Nothing is removed by a list that somebody else may have written."""
    for path in ("../other", "/etc/passwd", "a/../../b", "a//b", "", "a/./b", "a\\b"):
        assert read_manifest(RoomManifest("me", {path: A}).as_bytes()) is None
        assert read_manifest(RoomManifest("me", {}, (path,)).as_bytes()) is None
        assert read_manifest(RoomManifest("me", {}, (), {path: NOW}).as_bytes()) is None
    for raw in (b"", b"[]", b"{}", b'{"format":1}', b"\xff", b"null", b'{"format":2}'):
        assert read_manifest(raw) is None
    assert read_manifest(published().as_bytes()) == published()
