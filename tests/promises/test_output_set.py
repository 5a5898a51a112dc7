"""Every file of a room is declared; nothing else is ever copied."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mapsite.errors import InvalidPlan
from mapsite.repository import find_plans
from mapsite.room.build import Order, build
from tests.promises.sample import everything

Make = Callable[..., dict[str, bytes]]
PLANS = Path(__file__).resolve().parents[1] / "plans"
ALLOWED = re.compile(
    r"index\.html|changes/index\.html|plan\.ics|calendar/[a-z0-9-]+_?\.ics"
    r"|assets/[a-z0-9-]+\.[0-9a-f]{8,10}"
    r"\.(css|js|svg|png|jpe?g|webp|pdf|csv|xlsx|docx|pptx|ics|woff2)"
)


@pytest.fixture
def deals(repo: Path) -> Path:
    """Return a repository with the full plan and much that is nobody's business."""
    folder = repo / "plans"
    for name in ("logos", "documents"):
        shutil.copytree(PLANS / name, folder / name)
    shutil.copy(PLANS / "full.yaml", folder / "full.yaml")
    secret = "SECRET-draft"  # noqa: S105  # looked for in the rooms
    for name in (
        "notes.md",
        "draft.txt",
        ".full.yaml.swp",
        "full.yaml~",
        ".env",
        "full.html",
        "index.html",
        "documents/unlinked.pdf",
        "documents/.hidden.pdf",
        "logos/unused.svg",
        "full/extra.html",
        "assets/x.js",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(secret, "utf-8")
    (repo / "docs").mkdir()
    (repo / "docs/index.md").write_text(secret, "utf-8")
    (folder / "linked").symlink_to("/etc")
    (folder / "logos/linked.svg").symlink_to(folder / "notes.md")
    return repo


def built(root: Path, today: date) -> dict[str, bytes]:
    """Build `full` alone and return what lies in the site."""
    plans, _ = find_plans(root, ("full",))
    states = [
        outcome.state for outcome in build(Order(root, plans, Path("site"), today))
    ]
    assert states == ["built"]
    site = root / "site"
    assert not [path for path in site.rglob("*") if path.is_symlink()]
    files = (path for path in site.rglob("*") if not path.is_dir())
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in files}


def test_a_folder_holds_what_the_room_declares(
    deals: Path, today: date, room: Make, full: bytes
) -> None:
    """The files on the disk are the room's files, no more and no fewer."""
    assert set(built(deals, today)) == {f"full/{name}" for name in room(full)}
    assert os.listdir(deals / "site") == ["full"]


def test_drafts_links_and_neighbours_stay(deals: Path, today: date) -> None:
    """What lies beside the plans, unnamed or behind a link, is in no byte."""
    for name, data in built(deals, today).items():
        assert b"SECRET" not in data, name
        assert b"root:" not in data.replace(b":root", b""), name


def test_old_files_do_not_stay(deals: Path, today: date) -> None:
    """What an older build or a person left in a room is gone after the next."""
    names = set(built(deals, today))
    page = deals / "site/full"
    (page / "old.html").write_text("old", "utf-8")
    (page / ".hidden").write_text("old", "utf-8")
    (page / "assets/old.1234567890.css").write_text("old", "utf-8")
    assert set(built(deals, today)) == names


def test_every_file_is_of_an_allowed_kind(room: Make, full: bytes, bare: bytes) -> None:
    """A page, a calendar, and assets whose names are plain and end in their hash."""
    for plan in (full, bare, everything("Words", "Words")):
        names = list(room(plan))
        assert len(names) > 4
        assert [name for name in names if not ALLOWED.fullmatch(name)] == []


def test_a_name_says_what_is_inside(room: Make, full: bytes) -> None:
    """Two contents never share a name, so that no cache shows an old one."""
    one = room(full)
    other = room(full.replace(b"#7a3ff2", b"#008844"))
    assert one.keys() != other.keys()
    same = {name for name in one.keys() & other.keys() if name.startswith("assets/")}
    assert all(one[name] == other[name] for name in same)


def test_documents_travel_unchanged(room: Make, full: bytes) -> None:
    """What the buyer gave is what the buyer gets."""
    made = room(full)
    for name in ("pilot-scope.pdf", "baseline.csv", "rollout.xlsx", "order-form.docx"):
        stem, _, kind = name.partition(".")
        found = [
            d
            for n, d in made.items()
            if re.fullmatch(rf"assets/{stem}\.\w+\.{kind}", n)
        ]
        assert found == [(PLANS / "documents" / name).read_bytes()]
    assert not [name for name in made if "pricing" in name]


def test_a_hidden_document_does_not_travel(room: Make) -> None:
    """Not even if its file is named nowhere else, nor when it is missing."""
    plan = everything("Words", "Words")
    names = set(room(plan))
    hidden = {"id": "h", "title": "H", "file": "documents/gone.pdf", "internal": "true"}
    plan["documents"].append(hidden)
    assert set(room(plan)) == names
    plan["documents"][-1]["file"] = "documents/internal-pricing.csv"
    assert set(room(plan)) == names


@pytest.mark.parametrize(
    "path",
    [
        "../outside.png",
        "/etc/passwd.png",
        "logos/../../outside.png",
        "logos/linked.svg",
        "linked/outside.png",
        "logos/missing.png",
        "C:\\x.png",
        "logos\\acme.png",
        "logos/.hidden.png",
        "logos/acme.html",
    ],
)
def test_no_path_leads_outside(deals: Path, today: date, path: str) -> None:
    """A logo is a regular file in the plan's folder, or the plan is not built."""
    (deals / "outside.png").write_bytes((PLANS / "logos/mama.png").read_bytes())
    file = deals / "plans/full.yaml"
    text = file.read_text("utf-8").replace("logos/mama.png", path.replace("\\", "\\\\"))
    file.write_text(text, "utf-8")
    plans, _ = find_plans(deals, ("full",))
    outcomes = list(build(Order(deals, plans, Path("site"), today)))
    assert [outcome.state for outcome in outcomes] == ["failed"]
    assert [problem.address for problem in outcomes[0].problems] == ["seller/logo"]
    assert not (deals / "site/full").exists()


def test_no_file_names_what_made_it(room: Make, full: bytes) -> None:
    """No generator and no version of others, whose faults are known by version."""
    named = re.compile(
        rb"(mkdocs|material|jinja|markdown|icalendar|pydantic|python)"
        rb"[ \w/-]{0,20}[ /@-]v?\d+\.\d+",
        re.IGNORECASE,
    )
    for name, data in room(full).items():
        if not re.search(r"\.(pdf|xlsx|docx|png)$", name):
            assert b"generator" not in data, name
            assert not named.search(data), name


def test_a_broken_plan_writes_nothing(room: Make, full: bytes) -> None:
    """There is no room without a plan."""
    with pytest.raises(InvalidPlan):
        room(full.replace(b"2026-08-14", b"2026-02-30", 1))
