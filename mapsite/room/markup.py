"""What stands in the frame's markup: its vocabulary, and what must never be there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from mapsite.errors import MapsiteError

_CONTENT = (
    "a article aside b br caption code dd del details div dl dt em figure h1 h2 h3 h4"
    " h5 h6 hr i img ins li ol p pre rect s section small span strong sub summary sup"
    " svg table tbody td th thead time tr ul use"
)
"""Tags that the sections of a room are written with."""

_OUTSIDE = re.compile(r"\s*(?:[a-z][\w+.-]*:|//)", re.IGNORECASE)
_LOADING = frozenset({"src", "srcset", "data", "poster", "background", "action"})
_REFUSED = frozenset({"style", "base", "iframe", "object", "embed", "frame", "applet"})

# What Material's base.html prints outside any block, for a script that rooms lack.
_TOGGLE = (
    '<input class="md-toggle" data-md-toggle="{0}" type="checkbox" id="__{0}"'
    ' autocomplete="off">'
)
_DIALOG = """\
<div class="md-dialog" data-md-component="dialog">
      <div class="md-dialog__inner md-typeset"></div>
    </div>"""
_DEAD = (
    _TOGGLE.format("drawer"),
    _TOGGLE.format("search"),
    '<label class="md-overlay" for="__drawer"></label>',
    '<div data-md-component="announce">\n      \n    </div>',
    _DIALOG,
)


class Vocabulary(HTMLParser):
    """Collect the tags, classes, ids and attribute values of a page."""

    def __init__(self, page: str) -> None:
        """Read *page*."""
        super().__init__()
        self.tags = set(_CONTENT.split())
        self.attributes: dict[str, set[str]] = {"class": {"js"}}
        self.faults: list[str] = []
        self._script = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element and what a room's policy would stop in it."""
        self.tags.add(tag)
        values = {name: value or "" for name, value in attrs}
        for name, value in values.items():
            words = value.split() if name == "class" else [value]
            self.attributes.setdefault(name, set()).update(words)
        self._script = tag == "script"
        self.faults += _faults(tag, values)

    def handle_endtag(self, _tag: str) -> None:
        """Leave an element."""
        self._script = False

    def handle_data(self, data: str) -> None:
        """Note a script's own text."""
        if self._script and data.strip():
            self.faults.append("an inline <script>")


def _faults(tag: str, values: dict[str, str]) -> list[str]:
    found = []
    if tag in _REFUSED:
        found.append(f"<{tag}>")
    if values.get("http-equiv", "").lower() == "refresh":
        found.append("a refresh")
    for name, value in values.items():
        if name == "style" or name.startswith("on"):
            found.append(f"<{tag} {name}>")
        loads = name in _LOADING or (tag == "link" and name == "href")
        if loads and _OUTSIDE.match(value) and not value.startswith("data:image/"):
            found.append(f"<{tag} {name}> to another place")
        if re.match(r"\s*(?:javascript|vbscript|data\s*):", value, re.IGNORECASE):
            found.append(f"<{tag} {name}> with code")
    return found


def check_page(page: str, csp: str) -> Vocabulary:
    """Return the page's vocabulary; refuse what a room must not carry."""
    seen = Vocabulary(page)
    faults = list(dict.fromkeys(seen.faults))
    first = re.search(
        r"<head>\s*<meta charset=\"utf-8\">\s*"
        r"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">",
        page,
    )
    if first is None or first[1] != csp:
        faults.append("no content security policy first in its head")
    if faults:
        raise MapsiteError(
            f"the theme's templates make a page with {', '.join(faults)};"
            " a room carries no inline code or style and loads nothing from elsewhere"
        )
    return seen


def without_dead(page: str) -> str:
    """Return *page* without what Material has on it for its own script."""
    for dead in _DEAD:
        page = page.replace(dead, "", 1)
    return page
