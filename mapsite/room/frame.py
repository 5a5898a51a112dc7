"""Run MkDocs and Material once for a look, over nothing, and keep the empty page."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from mapsite.errors import MapsiteError
from mapsite.room.look import (
    CONFIG,
    Look,
    custom_folder,
    look_fingerprint,
    theme_folder,
)
from mapsite.room.shell import Frame, Shell, Slots, read_frame, write_frame

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

__all__ = [
    "CSP",
    "SLOTS",
    "Frame",
    "Shell",
    "load_frame",
    "look_fingerprint",
    "theme_folder",
]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'"
)
"""What a page of a room may load."""

CSP_WITH_FONTS = f"{CSP}; font-src 'self'"
"""The same where extra_css brings a font."""

PAGES = ("index.html",)
"""Every page of a room."""

SLOTS = (
    *("lang", "title", "brand_css", "header", "body", "footer"),
    *("label_skip", "label_light", "label_dark"),
)
"""What `Shell.fill` takes."""

_FORCED: dict[str, Any] = {
    "site_url": "",
    "repo_url": None,
    "edit_uri": None,
    "nav": None,
    "plugins": [],
    "hooks": [],
    "markdown_extensions": [],
    "extra_css": [],
    "extra_javascript": [],
    "extra_templates": [],
    "use_directory_urls": True,
    "strict": False,
    "watch": [],
}

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


def load_frame(root: Path, cache: Path) -> Frame:
    """Return the frame of the look in *root*, from *cache* if it was made before."""
    kept = cache / f"frame-{look_fingerprint(root)}.json"
    frame = read_frame(kept)
    if frame is None:
        frame = make_frame(root)
        write_frame(frame, kept)
        for old in cache.glob("frame-*.json"):
            if old != kept:
                old.unlink(missing_ok=True)
    folders = (custom_folder(root), theme_folder())
    return replace(frame, sections=tuple(f / "sections" for f in folders if f))


def make_frame(root: Path) -> Frame:
    """Make the frame of the look in *root* with one run of MkDocs."""
    # A frame from the cache needs none of these, and they cost as long as its reading.
    from mapsite.room.assets import Assets  # noqa: PLC0415
    from mapsite.room.markup import check_page  # noqa: PLC0415
    from mapsite.room.stylesheet import join_sheets  # noqa: PLC0415

    config = read_config(root)
    theme, extra = config["theme"], config["extra"]
    assets = Assets(Look(root))
    brand = assets.brand_sheets(config.get("extra_css"))
    own = assets.own_sheets(theme)
    logo = assets.picture(theme, "logo")
    csp = CSP_WITH_FONTS if assets.fonts else CSP
    fixed = {
        "csp": csp,
        "icon": assets.icon(theme),
        "script": assets.own("room.js"),
        "scripts": assets.scripts(config.get("extra_javascript")),
    }
    slots = Slots([*SLOTS, "css"])
    pages = render_pages(root, {**fixed, **slots.marks})
    seen = check_page("".join(pages.values()), csp)
    sheet = join_sheets(_material_sheets(), own, brand, seen)
    css = assets.add("room.css", sheet.encode())
    shells = {
        name: slots.split(page).with_text("css", css) for name, page in pages.items()
    }
    if assets.look.custom:
        _check_templates(root, {**fixed, "css": css}, shells)
    settings = json.loads(json.dumps(extra.get("mapsite") or {}, default=str))
    return Frame(shells, assets.files, settings, logo, csp)


def read_config(root: Path) -> dict[str, Any]:
    """Return the checked settings of mkdocs.yml, with maps for theme and extra."""
    from mkdocs.utils.yaml import yaml_load  # noqa: PLC0415  # slow to import

    from mapsite.room.settings import checked_settings, read_source  # noqa: PLC0415

    # MkDocs' own reader runs tags like !!python and !ENV: none may be left for it.
    source = read_source(root)
    return checked_settings(yaml_load(source.text), source)


def render_pages(root: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Let MkDocs build its pages with *values* as ``config.extra.frame``.

    Return them by name; what Material has on a page for its script is cut out.
    """
    with tempfile.TemporaryDirectory(prefix="mapsite-") as place, _one_voice():
        docs, site = Path(place, "docs"), Path(place, "site")
        for page in PAGES:
            file = docs / page.replace(".html", ".md")
            file.parent.mkdir(parents=True, exist_ok=True)
            # Material makes its skip link of the first heading.
            file.write_text("# main\n", "utf-8")
        _build(root, docs, site, values)
        pages = {page: (site / page).read_text("utf-8") for page in PAGES}
    return {name: _without_dead(page) for name, page in pages.items()}


def _without_dead(page: str) -> str:
    for dead in _DEAD:
        page = page.replace(dead, "", 1)
    return page


def _check_templates(
    root: Path, fixed: Mapping[str, Any], shells: Mapping[str, Shell]
) -> None:
    """Refuse templates of the seller's that look at what a slot holds."""
    probe = {name: escape("" if name == "footer" else f"<{name}") for name in SLOTS}
    for name, page in render_pages(root, {**fixed, **probe}).items():
        if page != shells[name].fill(probe):
            raise MapsiteError(
                "a template in theme.custom_dir decides by what config.extra.frame"
                " holds; it is rendered once for all rooms, so it may only print it"
            )


def _build(root: Path, docs: Path, site: Path, values: Mapping[str, Any]) -> None:
    from mkdocs.commands.build import build  # noqa: PLC0415  # slow to import

    data = read_config(root)
    extra = {**data["extra"], "frame": dict(values)}
    data |= {**_FORCED, "docs_dir": str(docs), "site_dir": str(site), "extra": extra}
    data["theme"] = {**data["theme"], "font": False, "features": []}
    config = _validated(root, data)
    folder = str(theme_folder())
    if folder not in map(os.path.realpath, config.theme.dirs):
        config.theme.dirs.insert(1 if config.theme.custom_dir else 0, folder)
    config.theme.static_templates = set()
    try:
        build(config)
    except (Exception, SystemExit) as error:
        # A seller's template can fail in any way that Python knows.
        file = getattr(error, "filename", None) or getattr(error, "name", None)
        place = f"{Path(file).name}:{getattr(error, 'lineno', 0)}: " if file else ""
        raise MapsiteError(f"the theme cannot be rendered: {place}{error}") from error


def _validated(root: Path, data: dict[str, Any]) -> MkDocsConfig:
    from mkdocs.config.defaults import MkDocsConfig  # noqa: PLC0415  # slow to import

    config = MkDocsConfig(config_file_path=str((root / CONFIG).resolve()))
    try:
        config.load_dict(data)
        errors, warnings = config.validate()
    except Exception as error:
        raise MapsiteError(f"{CONFIG}: {error}") from error
    unknown = [pair for pair in warnings if "Unrecognised" in str(pair[1])]
    if faults := [*errors, *unknown]:
        told = str(root.resolve()) + os.sep
        lines = [f"{CONFIG}: {key}: {error}".replace(told, "") for key, error in faults]
        raise MapsiteError("\n".join(lines))
    return config


def _material_sheets() -> list[str]:
    from mkdocs.utils import get_theme_dir  # noqa: PLC0415  # slow to import

    folder = Path(get_theme_dir("material"), "assets/stylesheets")
    names = [next(folder.glob(f"{name}.*.min.css")) for name in ("main", "palette")]
    return [path.read_text("utf-8") for path in names]


@contextmanager
def _one_voice() -> Iterator[None]:
    """Keep MkDocs and Material quiet: what matters comes as an error."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    logger = logging.getLogger("mkdocs")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
