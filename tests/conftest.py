"""What tests share: a repository to build, a fixed day, golden files, no network."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.servers.programs import bring_all

PROJECT = Path(__file__).resolve().parents[1]
GOLDEN = PROJECT / "tests" / "golden"

PLAN = """\
title: {title}
created: 2026-05-12
goal:
  outcome: Contract signed, {buyer} live
  date: 2026-08-14
buyer:
  name: {buyer}
seller:
  name: Mama
people:
  - {{id: sarah, name: Sarah, side: buyer}}
  - {{id: jo, name: Jo, side: seller}}
steps:
  - {{id: demo, title: Demo, owners: [jo], due: 2026-05-20, status: done}}
  - id: review
    title: Security review
    owners: [sarah]
    due: 2026-06-10
    after: demo
internal:
  notes: walk-away price
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one command that writes golden files anew."""
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/ anew"
    )
    parser.addoption(
        "--psplib",
        default=str(PROJECT / "tests" / "psplib"),
        help="folder of PSPLIB's single-mode instances; see tests/psplib/README.md",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Bring what a bare machine lacks, once, before tests or workers ask for it."""
    worker = hasattr(session.config, "workerinput")
    if worker or session.config.option.collectonly:
        return
    missing = bring_all()
    if missing:
        print(f"missing: {' '.join(missing)}; what needs them fails")  # noqa: T201


@pytest.fixture
def today() -> date:
    """Return the day on which every test takes place."""
    return date(2026, 5, 24)


@pytest.fixture
def write_plan() -> Callable[..., Path]:
    """Return a function that writes a small valid plan."""

    def write(path: Path, buyer: str = "Acme", title: str = "Project plan") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLAN.format(title=title, buyer=buyer), "utf-8")
        return path

    return write


def look_settings() -> str:
    """Return a new repository's mkdocs.yml without mapsite's own settings."""
    file = PROJECT / "mapsite" / "start" / "files" / "mkdocs.yml"
    return file.read_text("utf-8").partition("\nextra:\n")[0] + "\n"


@pytest.fixture(scope="session")
def frame_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the frame of `repo`'s look, made once."""
    from mapsite.room.frame import load_frame  # noqa: PLC0415  # imports MkDocs

    root = tmp_path_factory.mktemp("look")
    (root / "mkdocs.yml").write_text(look_settings(), "utf-8")
    load_frame(root, root / "cache")
    return root / "cache"


@pytest.fixture
def repo(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    frame_cache: Path,
    write_plan: Callable[..., Path],
) -> Path:
    """Return a repository with two plans, acme and bolt; the test runs in it."""
    root = tmp_path / "deals"
    write_plan(root / "plans" / "acme.yaml")
    write_plan(root / "plans" / "bolt.yaml", "Bolt")
    (root / "mkdocs.yml").write_text(look_settings(), "utf-8")
    shutil.copytree(frame_cache, root / ".mapsite")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def mapsite() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the real command in the current folder."""

    def run(*words: str, **options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mapsite", *words],
            env={**os.environ, "PYTHONPATH": str(PROJECT), **options},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a function that compares a text with the golden file of a name."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
        assert file.is_file(), f"{file} is missing; pytest --update-golden writes it"
        assert text == file.read_text("utf-8"), (
            f"{file} differs; if that is meant: pytest --update-golden"
        )

    return compare


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this computer."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse_elsewhere(address[0] if isinstance(address, tuple) else address)
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller passed

    def guarded_resolve(host: object, *rest: object, **named: object) -> object:
        _refuse_elsewhere(host)
        return resolve(host, *rest, **named)  # type: ignore[call-overload]  # same

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


def _refuse_elsewhere(host: object) -> None:
    if host not in {"127.0.0.1", "::1", "localhost", b"localhost", None}:
        pytest.fail(f"the network is not there in tests: {host}")
