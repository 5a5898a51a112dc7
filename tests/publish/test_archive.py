"""What is kept of a closed deal: always the same bytes, whole, and found out if not."""

from __future__ import annotations

import hashlib
import io
import json
import random
import stat
import zipfile
from datetime import date
from pathlib import Path

import pytest

from mapsite.plan.past import Change, History, PastMove, StepPast, Version
from mapsite.publish import archive
from mapsite.publish.archive import Deal, archives, archives_of, keep, pack
from mapsite.publish.archive_reading import deal_in, plan_in, verify
from mapsite.publish.retelling import retell

DEAL = Deal("acme", "won", date(2026, 6, 1))
ROOM = {"index.html": b"<h1>Acme</h1>", "assets/room.0123.css": b"h1 {}"}
PLAN = b"title: Acme\nstatus: won\n"
PACKED = pack(DEAL, ROOM, PLAN, {"format": 1})


def put(folder: Path, data: bytes) -> Path:
    """Write a zip, and return where it is."""
    path = folder / "acme.zip"
    path.write_bytes(data)
    return path


def rezipped(files: dict[str | zipfile.ZipInfo, bytes], method: int = 0) -> bytes:
    """Return a zip of *files* as another program may make it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return packed.getvalue()


def unzipped(data: bytes = PACKED) -> dict[str | zipfile.ZipInfo, bytes]:
    """Return what is in a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


class TestPacking:
    """What stands in an archive."""

    def test_the_same_closing_gives_the_same_bytes(self) -> None:
        """Neither the order of files nor the clock shows in it."""
        turned = dict(reversed(ROOM.items()))
        assert pack(DEAL, turned, PLAN, {"format": 1}) == PACKED
        with zipfile.ZipFile(io.BytesIO(PACKED)) as packed:
            infos = packed.infolist()
            assert [info.filename for info in infos] == sorted(packed.namelist())
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr for info in infos} == {0o100644 << 16}
        assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}

    def test_the_manifest_has_every_other_file(self) -> None:
        """Their hashes and sizes, and what the archive is of."""
        files = unzipped()
        manifest = json.loads(files.pop("manifest.json"))
        assert manifest.pop("files") == {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in files.items()
        }
        assert isinstance(manifest.pop("mapsite"), str)
        assert manifest == {
            "format": 1,
            "plan": "acme",
            "outcome": "won",
            "closed_on": "2026-06-01",
        }
        assert files["room/index.html"] == ROOM["index.html"]

    def test_says_what_it_is_and_to_keep_it_inside(self) -> None:
        """Whoever finds the zip years later can read the first file."""
        readme = unzipped()["README.txt"].decode()
        assert "acme, won, closed on 2026-06-01" in readme
        assert "Keep this inside your company" in readme
        assert "internal notes" in readme

    def test_history_is_told_as_its_format_says(self) -> None:
        """Every field that the README names is there, and no name or e-mail address."""
        day = date(2026, 5, 20)
        change = Change(
            day, "jo", "late", "moved", "steps/review/due", "2026-06-10", "2026-06-17"
        )
        move = PastMove(day, date(2026, 6, 10), date(2026, 6, 17), "jo", "late")
        past = StepPast(date(2026, 6, 10), (move,))
        history = History((change,), {"review": past}, {"jo": day}, 1, day, day)
        version = Version("ab12", day, "Jo", "jo@mama.example", "late", b"title: x")
        told = retell("acme", history, [version])
        assert json.loads(json.dumps(told)) == {
            "format": 1,
            "plan": "acme",
            "versions": [{"commit": "ab12", "day": "2026-05-20"}],
            "changes": [
                {
                    "day": "2026-05-20",
                    "who": "jo",
                    "why": "late",
                    "kind": "moved",
                    "address": "steps/review/due",
                    "was": "2026-06-10",
                    "to": "2026-06-17",
                }
            ],
            "steps": {
                "review": {
                    "first": "2026-06-10",
                    "moves": [
                        {
                            "day": "2026-05-20",
                            "was": "2026-06-10",
                            "to": "2026-06-17",
                            "who": "jo",
                            "why": "late",
                        }
                    ],
                }
            },
            "people": {"jo": "2026-05-20"},
            "revisions": 1,
            "start": "2026-05-20",
            "last": "2026-05-20",
        }
        readme = unzipped()["README.txt"].decode()
        for field in told.keys() - {"format"}:
            assert f"\n  {field} " in readme, field


class TestKeeping:
    """How an archive comes into its folder."""

    def test_is_written_once(self, tmp_path: Path) -> None:
        """The same closing again finds it, and nothing else is left there."""
        first = keep(tmp_path, DEAL, PACKED)
        assert keep(tmp_path, DEAL, PACKED) == first
        assert [path.name for path in first.parent.iterdir()] == ["acme-2026-06-01.zip"]
        assert first.read_bytes() == PACKED

    def test_another_one_takes_another_name(self, tmp_path: Path) -> None:
        """What was archived first stays as it is."""
        keep(tmp_path, DEAL, b"first")
        keep(tmp_path, DEAL, b"second")
        third = keep(tmp_path, DEAL, b"third")
        assert third.name == "acme-2026-06-01-3.zip"
        assert [path.read_bytes() for path in archives(tmp_path)] == [
            *(b"second", b"third", b"first")
        ]
        assert keep(tmp_path, DEAL, b"second").name == "acme-2026-06-01-2.zip"
        newest = [path.name for path in archives_of(tmp_path, DEAL)]
        assert newest == [f"acme-2026-06-01{n}.zip" for n in ("-3", "-2", "")]

    def test_other_deals_are_not_taken_for_it(self, tmp_path: Path) -> None:
        """Ids and names may begin alike."""
        keep(tmp_path, DEAL._replace(plan="acme-2"), PACKED)
        keep(tmp_path, DEAL._replace(plan="big-acme"), PACKED)
        assert list(archives_of(tmp_path, DEAL)) == []

    def test_what_an_interrupted_run_left_is_no_archive(self, tmp_path: Path) -> None:
        """The next run writes over it."""
        folder = tmp_path / archive.ARCHIVE
        folder.mkdir()
        (folder / ".acme-2026-06-01.part").write_bytes(PACKED[:100])
        assert archives(tmp_path) == []
        assert verify(keep(tmp_path, DEAL, PACKED)) == []
        assert len(list(folder.iterdir())) == 1


class TestVerifying:
    """What `verify` finds."""

    def test_a_whole_archive_has_no_fault(self, tmp_path: Path) -> None:
        """It also tells what it is of, and gives back the plan."""
        path = put(tmp_path, PACKED)
        assert verify(path) == []
        assert deal_in(path) == DEAL
        assert plan_in(path) == PLAN

    def test_it_may_have_been_packed_again(self, tmp_path: Path) -> None:
        """Another program compresses; the files are the same."""
        assert verify(put(tmp_path, rezipped(unzipped(), zipfile.ZIP_DEFLATED))) == []

    def test_every_changed_byte_is_found_or_changes_nothing(
        self, tmp_path: Path
    ) -> None:
        """A disk that lost a bit does not go unnoticed in any file."""
        chance = random.Random(26)  # noqa: S311  # places to try, no secret
        files, found = unzipped(), 0
        for place in chance.sample(range(len(PACKED)), 500):
            data = bytearray(PACKED)
            data[place] ^= 1 << chance.randrange(8)
            if verify(put(tmp_path, bytes(data))):
                found += 1
            else:
                assert unzipped(bytes(data)) == files, place
        assert found > 400

    def test_every_torn_archive_is_found(self, tmp_path: Path) -> None:
        """A copy that broke off anywhere is told from a whole one."""
        for length in range(0, len(PACKED), 7):
            [fault] = verify(put(tmp_path, PACKED[:length]))
            assert fault == "is no zip, or a damaged one"
            assert deal_in(tmp_path / "acme.zip") is None
            assert plan_in(tmp_path / "acme.zip") is None

    @pytest.mark.parametrize("name", ["plan.yaml", "room/index.html", "history.json"])
    def test_a_missing_file_is_named(self, tmp_path: Path, name: str) -> None:
        """Also where the manifest was cleaned of it."""
        files = unzipped()
        del files[name]
        assert verify(put(tmp_path, rezipped(files))) == [f"{name}: is missing"]
        manifest = json.loads(files["manifest.json"])
        del manifest["files"][name]
        files["manifest.json"] = json.dumps(manifest).encode()
        assert verify(put(tmp_path, rezipped(files))) == [f"{name}: is missing"]

    def test_other_content_and_other_files_are_named(self, tmp_path: Path) -> None:
        """Longer, changed, or added."""
        files = unzipped()
        files["plan.yaml"] = PLAN.replace(b"won", b"sad")
        files["room/index.html"] += b"!"
        files["room/extra.js"] = b"alert(1)"
        assert verify(put(tmp_path, rezipped(files))) == [
            "plan.yaml: is not what was archived",
            "room/index.html: has 14 bytes instead of 13",
            "room/extra.js: does not belong to the archive",
        ]

    @pytest.mark.parametrize(
        ("name", "fault"),
        [
            ("/etc/passwd", "is an absolute path"),
            ("\\\\server\\x", "is an absolute path"),
            ("C:/x", "is an absolute path"),
            ("room/../../x", "is no plain path inside the archive"),
            ("room/..\\x", "is no plain path inside the archive"),
            ("room//x", "is no plain path inside the archive"),
            ("room/", "is no plain path inside the archive"),
        ],
    )
    def test_dangerous_names_are_told_first(
        self, tmp_path: Path, name: str, fault: str
    ) -> None:
        """Whoever unpacks it would write elsewhere."""
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = name
        path = put(tmp_path, rezipped({**unzipped(), info: b""}))
        assert [found.partition(": ")[2] for found in verify(path)] == [fault]

    def test_links_are_told(self, tmp_path: Path) -> None:
        """A link in a zip leads wherever it wants."""
        info = zipfile.ZipInfo("room/x")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        path = put(tmp_path, rezipped({**unzipped(), info: b"/etc/passwd"}))
        assert verify(path) == ["room/x: is a link or a folder, no file"]

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_a_file_that_is_there_twice_is_told(self, tmp_path: Path) -> None:
        """Programs do not agree on which of them counts."""
        info = zipfile.ZipInfo("plan.yaml")
        path = put(tmp_path, rezipped({**unzipped(), info: b"title: other\n"}))
        assert verify(path) == ["plan.yaml: is there 2 times"]

    def test_a_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        """What a zip says of its sizes is looked at first."""
        files = {**unzipped(), "room/big.html": bytes(64 << 20)}
        data = rezipped(files, zipfile.ZIP_DEFLATED)
        [fault] = verify(put(tmp_path, data))
        assert fault.startswith("says that it holds 67,1")

    def test_a_packing_of_others_is_told(self, tmp_path: Path) -> None:
        """Only what every system can unpack is kept."""
        faults = verify(put(tmp_path, rezipped(unzipped(), zipfile.ZIP_LZMA)))
        assert faults
        assert all("packed in a way" in fault for fault in faults)

    @pytest.mark.parametrize(
        "manifest",
        [
            b"",
            b"[]",
            b"{",
            b'{"format": 2, "files": {}}',
            b'{"format": 1, "files": []}',
            b'{"format": 1, "files": {"plan.yaml": {"size": "x"}}}',
            b"[" * 100_000,
        ],
    )
    def test_a_strange_manifest_is_told(self, tmp_path: Path, manifest: bytes) -> None:
        """Whatever stands in it is one clear fault."""
        path = put(tmp_path, rezipped({**unzipped(), "manifest.json": manifest}))
        assert verify(path) == [
            "manifest.json: is missing, damaged or of another version of mapsite"
        ]
        assert deal_in(path) is None

    def test_what_is_no_file_is_told(self, tmp_path: Path) -> None:
        """A folder, and nothing."""
        assert verify(tmp_path) != []
        assert verify(tmp_path / "none.zip") == [
            "cannot be read: No such file or directory"
        ]
