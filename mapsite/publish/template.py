"""The texts that mapsite publishes or prints for hosts, with their open places."""

from __future__ import annotations

import re
from pathlib import Path

_FILES = Path(__file__).with_name("files")
_PLACE = re.compile(r"@([A-Z_]+)@")


def text_of(name: str, **values: str) -> str:
    """Return the text of the file *name* with *values* for its ``@PLACES@``.

    Raises KeyError for a place without a value.
    """
    text = (_FILES / name).read_text("utf-8")
    return _PLACE.sub(lambda place: values[place[1].lower()], text)
