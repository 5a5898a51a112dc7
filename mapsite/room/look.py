"""The look of a repository: which files it is made of, and one hash of them all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from importlib.machinery import PathFinder
from pathlib import Path, PurePosixPath

from mapsite import __version__
from mapsite.errors import MapsiteError
from mapsite.plan.wording import in_line, quoted

CONFIG = "mkdocs.yml"

SUFFIXES = frozenset(
    {".css", ".js", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico"}
    | {".woff2", ".woff", ".ttf", ".otf"}
)
"""Kinds of files that a look can bring into a room."""

# The names are found without a YAML parser, which would cost more than all the rest.
# So they may match too much; what they miss, `Look.read` refuses to read.
_CUSTOM = re.compile(
    r"""custom_dir["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#,}\]]+))"""
)
_WORD = re.compile(r""""([^"\n]+)"|'([^'\n]+)'|([^\s"',\[\]{}]+)""")
_URL = re.compile(r"""url\(\s*["']?([^"')\s]+)""", re.IGNORECASE)
_MODULES = frozenset(
    {"assets", "frame", "look", "markup", "preview", "settings", "shell", "stylesheet"}
    | {"suggesting", "suggesting_faults"}
)
_PACKAGES = ("mkdocs", "material", "tinycss2")
_DISTRIBUTIONS = ("mkdocs-", "mkdocs_material-", "tinycss2-")


def theme_folder() -> Path:
    """Return the packaged theme: in the wheel, or beside the package in a clone."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "theme"
    return inside if inside.is_dir() else package.parent / "theme"


def custom_folder(root: Path) -> Path | None:
    """Return the ``custom_dir`` of mkdocs.yml, unless it is the packaged theme."""
    found = _CUSTOM.search(_uncommented(root))
    if found is None:
        return None
    folder = root / next(group for group in found.groups() if group is not None)
    return None if folder.resolve() == theme_folder() else folder


class Look:
    """Reach the files of one look: those of its folder, then those of its themes."""

    def __init__(self, root: Path) -> None:
        """List what the look of *root* may depend on."""
        self.root = root
        self.custom = custom_folder(root)
        self.layers = [*([self.custom] if self.custom else []), theme_folder()]
        """Theme folders, the first one wins."""
        self._files = dict(_files(root, self.layers))

    def fingerprint(self) -> str:
        """Return a hash of every file and version that the frame depends on."""
        total = hashlib.sha256(repr([__version__, *_versions()]).encode())
        for name, path in sorted(self._files.items()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"\n{name}\0{content}".encode())
        return total.hexdigest()[:24]

    def find(self, name: str, key: str, kinds: Collection[str] = SUFFIXES) -> str:
        """Return where the file *name* of the setting *key* lies, or say why not."""
        if fault := self.fault(name, kinds):
            raise MapsiteError(f"{CONFIG}: {key}: {fault}")
        return next(place for place in self._places(name) if place in self._files)

    def fault(self, name: str, kinds: Collection[str]) -> str | None:
        """Say why the file *name* cannot travel with a room, or None when it can."""
        if re.match(r"[\w+.-]+:|//", name):
            return (
                f"expected a file of this repository, got {quoted(name)};"
                " a room fetches nothing from elsewhere"
            )
        if PurePosixPath(name).suffix.lower() not in kinds:
            return f"expected a file {' '.join(sorted(kinds))}, got {quoted(name)}"
        inside = ".." not in PurePosixPath(name).parts and not name.startswith("/")
        if inside and any(place in self._files for place in self._places(name)):
            return None
        if inside and "\0" not in name and not os.path.lexists(self.root / name):
            return f"no such file: {in_line(name, 200)}"
        return (
            "expected a regular file inside this repository (no link,"
            f" its path in quotes if it has spaces), got {quoted(name)}"
        )

    def _places(self, name: str) -> list[str]:
        plain = "/".join(part for part in PurePosixPath(name).parts if part != ".")
        layers = [f"theme{at}/{plain}" for at in range(len(self.layers))]
        return [f"root/{plain}", *layers]

    def layered(self, name: str) -> str | None:
        """Return the first theme folder's file of this name."""
        keys = (f"theme{at}/{name}" for at in range(len(self.layers)))
        return next((key for key in keys if key in self._files), None)

    def beside(self, place: str, url: str) -> str:
        """Return the file that the stylesheet at *place* names by *url*."""
        base, _, sheet = place.partition("/")
        if re.match(r"[\w+.-]+:|/", url):
            return self.find(url, sheet)
        name = os.path.normpath(str(PurePosixPath(sheet).parent / url))
        known = f"{base}/{name}" in self._files
        if known and PurePosixPath(name).suffix.lower() in SUFFIXES:
            return f"{base}/{name}"
        return self.find(name, sheet)

    def read(self, place: str) -> bytes:
        """Return the bytes of a file that `find` or `layered` named."""
        return self._files[place].read_bytes()


def look_fingerprint(root: Path) -> str:
    """Return a hash of all that decides the look; quick, without MkDocs or YAML."""
    return Look(root).fingerprint()


def _uncommented(root: Path) -> str:
    try:
        text = (root / CONFIG).read_text("utf-8-sig", "replace")
    except FileNotFoundError:
        raise MapsiteError(
            f"{CONFIG}: expected the file with the look in {root.name or root},"
            " found none; `mapsite init` writes one"
        ) from None
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _files(root: Path, layers: list[Path]) -> Iterator[tuple[str, Path]]:
    yield "root/" + CONFIG, root / CONFIG
    for at, layer in enumerate(layers):
        for path in _regular(layer):
            yield f"theme{at}/{path.relative_to(layer).as_posix()}", path
    for source in sorted(Path(__file__).parent.glob("*.py")):
        if source.stem in _MODULES:
            yield "code/" + source.name, source
    words = {next(filter(None, m)) for m in _WORD.findall(_uncommented(root))}
    for name, path in _inside(root, root, sorted(words)):
        yield name, path
        if path.suffix == ".css":
            urls = _URL.findall(path.read_text("utf-8", "replace"))
            yield from _inside(root, path.parent, urls)


def _inside(root: Path, start: Path, names: list[str]) -> Iterator[tuple[str, Path]]:
    top = root.resolve()
    for name in names:
        if PurePosixPath(name).suffix.lower() not in SUFFIXES or "\0" in name:
            continue
        path = Path(os.path.normpath(start / name))
        if path.is_file() and path.resolve() == top / os.path.relpath(path, root):
            yield "root/" + Path(os.path.relpath(path, root)).as_posix(), path


def _regular(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _versions() -> list[str]:
    # The names of the installed folders: importlib.metadata would cost 40 ms.
    places = set()
    for package in _PACKAGES:
        spec = PathFinder.find_spec(package)
        if spec is not None and spec.origin is not None:
            places.add(Path(spec.origin).parents[1])
    names = {name for place in places for name in os.listdir(place)}
    return sorted(name for name in names if name.startswith(_DISTRIBUTIONS))
