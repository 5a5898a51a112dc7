"""The programs that tests start: found, or the line that brings them."""

from __future__ import annotations

import os
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
