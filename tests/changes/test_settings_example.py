"""The examples in a new repository's mkdocs.yml of what teams set for suggestions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mapsite.changes.forge import KINDS, TOKENS
from mapsite.changes.pulling import TOKEN
from mapsite.changes.settings import _LINES, _MAPS, Settings, read_settings
from tests.conftest import PROJECT

FILE = PROJECT / "mapsite" / "start" / "files" / "mkdocs.yml"
Read = Callable[[str], Settings]
BEGIN, INDENT = "    # changes:\n", "    #   "


def example() -> dict[str, str]:
    """Return the example of each setting, without the marks of comments."""
    _, found, rest = FILE.read_text("utf-8").partition(BEGIN)
    assert found
    return dict(_examples(rest.partition("\n\n")[0].splitlines()))


def _examples(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each setting by its name; lines that only explain are left out."""
    name, held = "", ""
    for line in lines:
        assert line.startswith(INDENT)
        text = line.removeprefix(INDENT)
        if text.startswith("#"):
            continue
        if not text.startswith(" "):
            if name:
                yield name, held
            name, held = text.partition(":")[0], ""
        held += f"      {text}\n"
    yield name, held


@pytest.fixture
def settings_of(tmp_path: Path) -> Read:
    """Return a function that reads settings as mkdocs.yml would have them."""

    def read(text: str) -> Settings:
        head = FILE.read_text("utf-8").partition(BEGIN)[0]
        (tmp_path / "mkdocs.yml").write_text(f"{head}    changes:\n{text}", "utf-8")
        return read_settings(tmp_path)

    return read


def test_every_setting_has_an_example() -> None:
    """Whoever can set something finds it there, with the variables of its token."""
    assert set(example()) == {*_LINES, *_MAPS}
    text = FILE.read_text("utf-8")
    names = {name for known in TOKENS.values() for name in known}
    assert all(name in text for name in (*names, TOKEN))
    assert all(kind in text for kind in KINDS)


@pytest.mark.parametrize("name", [*_LINES, *_MAPS])
def test_an_example_is_valid_where_it_is_uncommented(
    settings_of: Read, name: str
) -> None:
    """Alone, it sets what it is an example of."""
    found = settings_of(example()[name])
    known = {"policy": found.policy.rules, "sources": found.sources}
    known["columns"] = found.intake.columns
    assert known[name] if name in known else found.line(name)
    others = [one for one in (*_LINES, *known) if one != name]
    assert not any(known[one] if one in known else found.line(one) for one in others)


def test_the_examples_are_valid_together(settings_of: Read) -> None:
    """The whole block can be uncommented at once."""
    found = settings_of("".join(example().values()))
    assert set(found.lines) == set(_LINES)
    assert found.intake.mail_server == found.line("mail_server")
