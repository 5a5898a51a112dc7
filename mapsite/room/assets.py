"""The files that travel with every room of a look: script, pictures, stylesheets.

The settings that name them have been checked (see `mapsite.room.settings`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mapsite.errors import MapsiteError
from mapsite.room.look import Look
from mapsite.room.shell import hashed
from mapsite.room.stylesheet import relink

SHEETS = (
    *("tokens", "room", "markdown", "goal", "now", "timeline", "steps", "people"),
    *("questions", "criteria", "metrics", "documents", "risks", "sections", "changes"),
    *("open", "footer", "suggest", "print"),
)
"""Our stylesheets in the order of the cascade; a look may replace each of them."""

_FONTS = (".woff2", ".woff", ".ttf", ".otf")


@dataclass(slots=True)
class Assets:
    """Gather what the settings name, each file under a name with its hash."""

    look: Look
    files: dict[str, bytes] = field(default_factory=dict)
    """By path in a room."""

    def add(self, name: str, content: bytes) -> str:
        """Take a file along; return its path in a room."""
        path = hashed(name, content)
        self.files[path] = content
        return path

    @property
    def fonts(self) -> bool:
        """Tell whether the look brings a font."""
        return any(path.endswith(_FONTS) for path in self.files)

    def picture(self, theme: dict[str, Any], name: str) -> str | None:
        """Take ``theme.logo`` or ``theme.favicon`` along, if it is set."""
        wanted = theme.get(name)
        if wanted is None:
            return None
        place = self.look.find(wanted, f"theme/{name}")
        return self.add(place, self.look.read(place))

    def icon(self, theme: dict[str, Any]) -> str:
        """Take the picture for the browser's tab along: the seller's, or ours."""
        return self.picture(theme, "favicon") or self.own("favicon.svg")

    def own(self, name: str) -> str:
        """Take a file of the theme's ``assets`` along."""
        return self.add(name, self.look.read(self._layered(name)))

    def script(self, name: str) -> str:
        """Take a script of the theme along, without its comments and indents."""
        text = self.look.read(self._layered(name)).decode()
        lines = (line.strip() for line in text.splitlines())
        kept = [line for line in lines if line and not line.startswith("//")]
        return self.add(name, "\n".join([*kept, ""]).encode())

    def scripts(self, names: list[str] | None) -> list[str]:
        """Take the files of ``extra_javascript`` along, in their order."""
        places = [self.look.find(name, "extra_javascript") for name in names or ()]
        return [self.add(place, self.look.read(place)) for place in places]

    def brand_sheets(self, names: list[str] | None) -> list[str]:
        """Return the sheets of ``extra_css``; what their ``url()`` name comes along."""
        places = [self.look.find(name, "extra_css") for name in names or ()]
        return [self._relinked(place) for place in places]

    def own_sheets(self, theme: dict[str, Any]) -> list[str]:
        """Return our stylesheets, with the font and the scheme that the look sets."""
        found = {name: self.look.layered(f"assets/{name}.css") for name in SHEETS}
        sheets = {name: self._relinked(at) for name, at in found.items() if at}
        sheets["tokens"] += _font(theme.get("font")) + _scheme(theme.get("palette"))
        return list(sheets.values())

    def _relinked(self, place: str) -> str:
        def travel(url: str) -> str:
            target = self.look.beside(place, url)
            return self.add(target, self.look.read(target)).rpartition("/")[2]

        text = self.look.read(place).decode("utf-8-sig", "replace")
        return relink(text, place.partition("/")[2], travel)

    def _layered(self, name: str) -> str:
        place = self.look.layered(f"assets/{name}")
        if place is None:
            raise MapsiteError(f"the theme has no assets/{name}")
        return place


def _font(font: object) -> str:
    if not isinstance(font, dict):
        return ""
    names = {"text": "--m-font-own", "code": "--m-mono-own"}
    rules = [f'{name}:"{font[kind]}"' for kind, name in names.items() if font.get(kind)]
    return f":root{{{';'.join(rules)}}}" if rules else ""


def _scheme(palette: object) -> str:
    # A palette without a choice is what the seller wants, whatever the system says.
    scheme = palette.get("scheme") if isinstance(palette, dict) else None
    if scheme is None:
        return ""
    return f":root{{color-scheme:{'dark' if scheme == 'slate' else 'light'}}}"
