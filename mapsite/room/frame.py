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

from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.room.look import (
    CONFIG,
    Look,
    custom_folder,
    look_fingerprint,
    theme_folder,
)
from mapsite.room.shell import Frame, Shell, Slots, kept_frame, read_frame, write_frame
from mapsite.room.suggesting import policy_with, way_back

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    from mapsite.plan.nodes import Source

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

PAGES = ("index.html", "changes/index.html")
"""Every page that a room can have."""

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


def load_frame(root: Path, cache: Path) -> Frame:
    """Return the frame of the look in *root*, from *cache* if it was made before."""
    kept = kept_frame(cache, look_fingerprint(root))
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
    from mapsite.room.markup import Vocabulary, check_page  # noqa: PLC0415
    from mapsite.room.stylesheet import join_sheets  # noqa: PLC0415

    config = read_config(root)
    theme, extra = config["theme"], config["extra"]
    assets = Assets(Look(root))
    brand = assets.brand_sheets(config.get("extra_css"))
    own = assets.own_sheets(theme)
    logo = assets.picture(theme, "logo")
    settings = json.loads(json.dumps(extra.get("mapsite") or {}, default=str))
    way = way_back(settings)
    csp = policy_with(CSP_WITH_FONTS if assets.fonts else CSP, way)
    fixed = {
        "csp": csp,
        "icon": assets.icon(theme),
        "script": assets.own("room.js"),
        "scripts": [
            *([assets.script("sending.js")] if way.connects else []),
            assets.script("suggest.js"),
            *assets.scripts(config.get("extra_javascript")),
        ],
    }
    slots = Slots([*SLOTS, "css"])
    pages = render_pages(root, {**fixed, **slots.marks})
    for page in pages.values():
        check_page(page, csp)
    seen = Vocabulary("".join(pages.values()))
    sheet = join_sheets(_material_sheets(), own, brand, seen)
    css = assets.add("room.css", sheet.encode())
    shells = {
        name: slots.split(page).with_text("css", css) for name, page in pages.items()
    }
    if assets.look.custom:
        _check_templates(root, {**fixed, "css": css}, shells)
    return Frame(shells, assets.files, settings, logo, csp)


def read_config(root: Path) -> dict[str, Any]:
    """Return the settings of mkdocs.yml, with maps for theme and extra.

    Raises InvalidPlan with every fault that they have.
    """
    from mapsite.room.settings import settings_problems  # noqa: PLC0415

    config, source = _loaded(root)
    problems = settings_problems(config, source, Look(root))
    if isinstance(config["theme"], dict) and isinstance(config["extra"], dict):
        problems += _mkdocs_problems(
            root, config, source, {one.address for one in problems}
        )
    if problems:
        raise InvalidPlan(problems)
    return config


def _loaded(root: Path) -> tuple[dict[str, Any], Source]:
    from mkdocs.utils.yaml import yaml_load  # noqa: PLC0415  # slow to import

    from mapsite.room.settings import read_source, with_maps  # noqa: PLC0415

    # MkDocs' own reader runs tags like !!python and !ENV: none may be left for it.
    source = read_source(root)
    return with_maps(yaml_load(source.text)), source


def render_pages(root: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Let MkDocs build its pages with *values* as ``config.extra.frame``.

    Return them by name; what Material has on a page for its script is cut out.
    """
    from mapsite.room.markup import without_dead  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="mapsite-") as place, _one_voice():
        docs, site = Path(place, "docs"), Path(place, "site")
        for page in PAGES:
            file = docs / page.replace(".html", ".md")
            file.parent.mkdir(parents=True, exist_ok=True)
            # Material makes its skip link of the first heading.
            file.write_text("# main\n", "utf-8")
        _build(root, docs, site, values)
        pages = {page: (site / page).read_text("utf-8") for page in PAGES}
    return {name: without_dead(page) for name, page in pages.items()}


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

    data, _ = _loaded(root)
    extra = {**data["extra"], "frame": dict(values)}
    data |= {"docs_dir": str(docs), "site_dir": str(site), "extra": extra}
    config, _ = _validated(root, data)
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


def _validated(
    root: Path, data: dict[str, Any]
) -> tuple[MkDocsConfig, list[tuple[str, str]]]:
    """Let MkDocs read *data*; return what it makes of it, and what it says to it."""
    from mkdocs.config.defaults import MkDocsConfig  # noqa: PLC0415  # slow to import

    theme = {**data["theme"], "name": "material", "font": False, "features": []}
    config = MkDocsConfig(config_file_path=str((root / CONFIG).resolve()))
    try:
        config.load_dict({**data, **_FORCED, "theme": theme})
        errors, warnings = config.validate()
    except Exception as error:
        raise MapsiteError(f"{CONFIG}: {error}") from error
    unknown = [pair for pair in warnings if "Unrecognised" in str(pair[1])]
    return config, [(key, str(fault)) for key, fault in (*errors, *unknown)]


def _mkdocs_problems(
    root: Path, config: dict[str, Any], source: Source, told: set[str]
) -> list[Problem]:
    """Return what MkDocs itself says to the settings, but for what was *told*."""
    from mapsite.room.settings import mkdocs_problem  # noqa: PLC0415

    # There are no pages of the seller's, so these two need only pass.
    folders = {"docs_dir": str(theme_folder()), "site_dir": str(root / "site")}
    read, faults = _validated(root, config | folders)
    here = str(root.resolve()) + os.sep
    known = set(read) - {key for key, _ in faults}
    return [
        mkdocs_problem(source, key, fault.replace(here, ""), known)
        for key, fault in faults
        if key not in told
    ]


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
