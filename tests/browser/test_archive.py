"""The room in an archive opens from the folder that it was unzipped to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mapsite.publish.archive_reading import verify
from tests.browser.rooms import PROJECT
from tests.browser.visit import Visiting
from tests.gits import Git

PLAN = "plans/acme.yaml"


@pytest.fixture
def unzipped(tmp_path: Path) -> Path:
    """Return what is in the archive of a deal that had a past, as somebody finds it."""
    root = tmp_path / "team"
    for name in ("theme", "plans"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copy(PROJECT / "mkdocs.yml", root)
    git = Git(root).init()
    git.commit("2026-05-12")
    text = (root / PLAN).read_text("utf-8")
    git.write(PLAN, text.replace("due: 2026-05-28", "due: 2026-06-02"))
    git.commit("2026-05-20")
    done = subprocess.run(
        [sys.executable, "-m", "mapsite", "close", "acme", "--won"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [archive] = root.glob("archive/*.zip")
    assert verify(archive) == []
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "found")
    shutil.rmtree(root)
    return tmp_path / "found"


def test_opens_offline_and_leads_from_page_to_page(
    unzipped: Path, visit: Visiting
) -> None:
    """The plan and what changed of it, with every picture and style, without faults."""
    folder = (unzipped / "room").as_uri()
    reader = visit(f"{folder}/index.html")
    assert reader.page.inner_text("h1")
    assert reader.read(
        "[...document.images].every((image) => image.complete && image.naturalWidth)"
    )
    assert reader.read("getComputedStyle(document.querySelector('.map-side')).color")
    reader.page.locator("a:visible[href='changes/index.html']").first.click()
    reader.page.wait_for_url(f"{folder}/changes/index.html")
    assert "2026-06-02" in reader.page.content()
    reader.page.go_back()
    reader.page.wait_for_url(f"{folder}/index.html")
    assert [url for url in reader.requests if not url.startswith(folder)] == []
    assert reader.faults == []
    assert "status: won" in (unzipped / "plan.yaml").read_text("utf-8")
