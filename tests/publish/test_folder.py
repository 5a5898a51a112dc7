"""The folder target stays in its folder, and the folder is one of its own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mapsite.publish.target import TargetError
from mapsite.publish.targets.folder import FolderTarget
from tests.publish.contract import TOKEN, everything_told, page
from tests.publish.test_targets import settings

KEY = f"t/{TOKEN}/index.html"


def folder(root: Path, place: str = "published") -> FolderTarget:
    """Return the folder *place* of the repository at *root* as a target."""
    return FolderTarget(settings(root, "folder", place))


@pytest.mark.parametrize(
    "place", [".", "..", "/", "plans", "plans/closed", "theme", ".git", ".mapsite/x"]
)
def test_the_repositorys_own_folders_are_refused(tmp_path: Path, place: str) -> None:
    """Rooms beside what they are made from would be read as plans, or lost."""
    with pytest.raises(TargetError, match="target demo: "):
        folder(tmp_path, place)


def test_a_file_is_refused(tmp_path: Path) -> None:
    """It would be in the way of every folder."""
    (tmp_path / "published").write_text("a file")
    with pytest.raises(TargetError, match="published is a file"):
        folder(tmp_path)


def test_a_folder_outside_the_repository_is_fine(tmp_path: Path) -> None:
    """Also one that a link leads to: a web server's own folder often is."""
    (tmp_path / "srv").mkdir()
    (tmp_path / "deals").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "srv")
    folder(tmp_path / "deals", "../link/rooms").put([page(KEY)])
    assert (tmp_path / "srv" / "rooms" / KEY).is_file()


@pytest.mark.parametrize("link", ["t", f"t/{TOKEN}"])
def test_links_to_folders_are_not_followed(tmp_path: Path, link: str) -> None:
    """Nothing is read, written or removed behind one, and none is told of."""
    outside = tmp_path / "outside"
    behind = outside / KEY[len(link) + 1 :]
    behind.parent.mkdir(parents=True)
    behind.write_text("theirs")
    there = tmp_path / "published" / link
    there.parent.mkdir(parents=True)
    there.symlink_to(outside)
    target = folder(tmp_path)
    for attempt in (
        lambda: target.read([KEY]),
        lambda: target.put([page(KEY)]),
        lambda: target.remove([KEY]),
        lambda: target.claim(KEY, b""),
    ):
        with pytest.raises(TargetError, match="holds a link") as raised:
            attempt()
        assert TOKEN not in everything_told(raised.value)
    assert behind.read_text() == "theirs"
    assert there.is_symlink()


def test_a_link_where_a_file_belongs_is_replaced(tmp_path: Path) -> None:
    """What it led to stays as it was, and reading it is refused."""
    (tmp_path / "theirs").write_text("theirs")
    target = folder(tmp_path)
    target.put([page("other.html")])
    (tmp_path / "published" / "index.html").symlink_to(tmp_path / "theirs")
    with pytest.raises(TargetError, match="holds a link"):
        target.read(["index.html"])
    assert not target.claim("index.html", b"x")
    target.put([page("index.html", "ours")])
    assert target.read(["index.html"]) == {"index.html": b"ours"}
    assert (tmp_path / "theirs").read_text() == "theirs"


def test_what_a_killed_publish_left_goes_with_the_room(tmp_path: Path) -> None:
    """It would name the room for ever; other hidden files are somebody's."""
    target = folder(tmp_path)
    target.put([page(KEY), page("index.html")])
    room = tmp_path / "published" / "t" / TOKEN
    (room / ".index.html.0123456789abcdef.part").write_text("half")
    target.remove([KEY])
    assert not (tmp_path / "published" / "t").exists()
    target.put([page(KEY)])
    (room / ".htaccess").write_text("theirs")
    target.remove([KEY])
    assert [path.name for path in room.iterdir()] == [".htaccess"]


def test_the_root_is_never_removed(tmp_path: Path) -> None:
    """Even when its last file goes: it may be a mount or have rights of its own."""
    target = folder(tmp_path)
    target.put([page("index.html"), page(KEY)])
    target.remove(["index.html", KEY])
    assert list((tmp_path / "published").iterdir()) == []


def test_nothing_is_left_beside_what_was_put(tmp_path: Path) -> None:
    """No file under another name, and everybody may read what the umask allows."""
    target = folder(tmp_path)
    target.put([page("index.html"), page("index.html", "again")])
    assert target.claim("publishing.json", b"{}")
    assert not target.claim("publishing.json", b"{}")
    names = {"index.html", "publishing.json"}
    assert {path.name for path in (tmp_path / "published").iterdir()} == names
    mask = os.umask(0)
    os.umask(mask)
    for name in names:
        mode = (tmp_path / "published" / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o666 & ~mask


def test_a_folder_in_the_way_is_told_without_its_name(tmp_path: Path) -> None:
    """The system's own words would name the room."""
    (tmp_path / "published" / KEY).mkdir(parents=True)
    with pytest.raises(TargetError, match="cannot write in published") as raised:
        folder(tmp_path).put([page(KEY)])
    assert TOKEN not in everything_told(raised.value)
