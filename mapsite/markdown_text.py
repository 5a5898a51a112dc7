"""Write text into Markdown so that it is read as the text that it is."""

from __future__ import annotations

import re

_MARKS = re.compile(r"[!#$&()*+:<>@\[\\\]^_`{|}~]|(?<!\w)-|-(?!\w)|(?<!\d)\.|\.(?!\d)")
"""What can begin markup, an address or a mention."""


def escaped(text: str) -> str:
    """Return *text* in one line of which Markdown makes nothing but these signs."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
