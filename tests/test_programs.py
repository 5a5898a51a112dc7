"""The programs that tests start: found, or the line that brings them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.servers import programs


@pytest.mark.parametrize("name", programs.PACKAGES)
def test_each_program_is_there(name: str) -> None:
    """Whoever runs the tests has them, or they were installed just now."""
    assert os.access(programs.program(name), os.X_OK)


def test_a_missing_program_is_told_with_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be installed, the test fails with the package's name."""
    monkeypatch.setattr(programs, "_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(programs.NoProgramError, match="apt-get install nginx-light"):
        programs.program("nginx")


def test_what_is_missing_is_installed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a bare machine one command of apt brings all; without apt, it is told."""
    commands: list[tuple[str, ...]] = []

    def run(*command: str) -> None:
        commands.append(command)
        for name in programs.PACKAGES:
            (tmp_path / name).write_text("#!/bin/sh\n", "ascii")
            (tmp_path / name).chmod(0o755)

    monkeypatch.setattr(programs, "_PLACES", ())
    monkeypatch.setattr(programs, "_loads", lambda _: True)
    monkeypatch.setattr(programs, "run", run)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "can_install", lambda: False)
    wanted = list(dict.fromkeys(programs.PACKAGES.values()))
    assert programs.bring_all() == wanted
    assert commands == []
    monkeypatch.setattr(programs, "can_install", lambda: True)
    assert programs.bring_all() == []
    assert [command[1] for command in commands] == ["update", "install"]
    assert list(commands[1][-len(wanted) :]) == wanted


def test_a_missing_library_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's driver cannot start without what a bare system lacks."""
    monkeypatch.setattr(programs, "can_install", lambda: False)
    monkeypatch.setattr(programs, "LIBRARIES", {"libnone.so.9": "libnone9"})
    monkeypatch.setattr(sys, "platform", "linux")
    assert "libnone9" in programs.bring_all()
