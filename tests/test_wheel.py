"""The package as a stranger gets it: installed, and used far from the sources."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

PROJECT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built without the network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    run(*command, "--outdir", str(out), str(PROJECT), cwd=out)
    return next(out.glob("mapsite-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command of the wheel, installed beside the libraries of the tests."""
    folder = tmp_path_factory.mktemp("venv") / "venv"
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    site = next((folder / "lib").glob("python*/site-packages"))
    # The tests' own environment may be a virtual one, which a venv does not inherit.
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (site / "libraries.pth").write_text("\n".join(libraries) + "\n", "utf-8")
    run(
        *(str(python), "-m", "pip", "install", "--no-deps", "--no-index"),
        *("--ignore-installed", str(wheel)),
        cwd=folder,
    )
    return folder / "bin" / "mapsite"


def test_the_wheel_holds_what_rooms_are_made_of(wheel: Path) -> None:
    """Theme, labels, first files and the live page travel; tests and plans do not."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder, inside in (
        (PROJECT / "theme", "mapsite/theme"),
        (PROJECT / "mapsite", "mapsite"),
    ):
        files = (path for path in folder.rglob("*") if path.is_file())
        wanted = {f"{inside}/{path.relative_to(folder).as_posix()}" for path in files}
        assert {name for name in wanted if "__pycache__" not in name} <= names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"mapsite"}


def test_the_lock_holds_on_the_oldest_python() -> None:
    """No version in it asks for a later Python than the package does."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = f"{project['requires-python'].removeprefix('>=')}.0"
    lines = (PROJECT / "constraints.txt").read_text("utf-8").splitlines()
    held = [line.partition("==")[0] for line in lines if not line.startswith("#")]
    assert len(held) > len(project["dependencies"])
    asked = {
        name: metadata.metadata(name).get("Requires-Python")
        for name in held
        if any(metadata.distributions(name=name))
    }
    assert "mkdocs-material" in asked
    refused = {
        name: said
        for name, said in asked.items()
        if said and not SpecifierSet(said).contains(oldest)
    }
    assert refused == {}


def test_the_installed_command_builds_a_new_repository(
    installed: Path, tmp_path: Path
) -> None:
    """`mapsite init x && cd x && mapsite build` works in any folder."""
    run(str(installed), "init", "x", cwd=tmp_path)
    out = run(str(installed), "build", cwd=tmp_path / "x")
    assert out.startswith("built  example  site/example/index.html\n")
    room = tmp_path / "x" / "site" / "example"
    files = {path.relative_to(room).as_posix() for path in room.rglob("*")}
    assert {"index.html", "plan.ics", "assets"} <= files
    page = (room / "index.html").read_text("utf-8")
    named = {"assets/" + part.split('"')[0] for part in page.split('="assets/')[1:]}
    assert named
    assert named <= files


def run(*command: str, cwd: Path) -> str:
    """Run *command* away from the sources and return what it said."""
    private = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    result = subprocess.run(
        command,
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if name not in private},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
