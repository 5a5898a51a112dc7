"""The templates that plans grow from: those of the package, and a team's own.

A template is a plan whose names are $buyer and $seller and whose dates are tbd. A
team's own lie in ``templates/`` beside ``plans/``, and win over packaged ones.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mapsite.errors import InvalidPlan, MapsiteError, Problem
from mapsite.plan.day import read_date
from mapsite.plan.model import Plan
from mapsite.plan.naming import ID_RULE, is_plan_id
from mapsite.plan.nodes import Source
from mapsite.plan.proposal import propose
from mapsite.plan.wording import got
from mapsite.repository import PLANS, TEMPLATES, read_plan_file
from mapsite.start.filling import OPEN, top_comment

_PACKAGED = Path(__file__).with_name("files") / "templates"
_REPLACED = frozenset({"created", "goal/date"})
"""What a new plan always gets anew, whatever its template says."""


class UnknownTemplate(MapsiteError):  # noqa: N818  # what it is, like UnknownPlan
    """Say that no template has the name that was asked for."""


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """Name one template."""

    name: str
    path: str
    """As the reader knows it."""
    packaged: bool


@dataclass(frozen=True, slots=True)
class Template:
    """Hold one template, read and found fit to grow plans."""

    file: TemplateFile
    source: Source
    plan: Plan

    @property
    def about(self) -> str:
        """Return the first line of the comment at its top, else its title."""
        said = filter(None, top_comment(self.source.text))
        return next(said, self.plan.title)

    @property
    def seller(self) -> str | None:
        """Return the seller's name, where it does not come from outside."""
        name = self.plan.seller.name
        return None if "$seller" in name else name

    def weeks(self, today: date) -> int:
        """Return the weeks from *today* that its steps up to the goal take."""
        plan = self.plan.model_copy(update={"created": today})
        goal = plan.goal.model_copy(update={"date": today, "go_live": None})
        plan = plan.model_copy(update={"goal": goal})
        return -(-(propose(plan, today).reach - today).days // 7)


def find_templates(root: Path | None) -> list[TemplateFile]:
    """Return all templates, those of the repository at *root* first."""
    own = sorted(_own(root), key=lambda file: file.name) if root else []
    taken = {file.name for file in own}
    packaged = [
        TemplateFile(path.stem, str(path), packaged=True)
        for path in _PACKAGED.glob("*.yaml")
        if path.stem not in taken
    ]
    by_size = sorted(packaged, key=lambda file: os.path.getsize(file.path))
    return own + by_size


def find_template(root: Path | None, name: str) -> TemplateFile:
    """Return the template called *name*; raise `UnknownTemplate` with the nearest."""
    files = {file.name: file for file in find_templates(root)}
    if name in files:
        return files[name]
    near = difflib.get_close_matches(name[:64].lower(), files, 1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    known = ", ".join(files)
    raise UnknownTemplate(f"expected one of {known}, got {got(name)}{hint}")


def read_template(file: TemplateFile, root: Path | None) -> Template:
    """Read one template; raise `InvalidPlan` with all that keeps it from being one."""
    from mapsite.plan.read import read_plan  # noqa: PLC0415  # pydantic is slow to import
    from mapsite.plan.source import parse  # noqa: PLC0415

    raw = _read(file.path)
    # Its logos and documents are named as from the folder in which plans will lie.
    folder = root / PLANS if root and not file.packaged else None
    plan = read_plan(raw, file.path, folder)
    source = parse(raw, file.path)
    if problems := list(_unfit(source)):
        raise InvalidPlan(problems)
    return Template(file, source, plan)


def copy_template(root: Path, name: str) -> Path:
    """Copy a packaged template into the repository's own folder; return the copy."""
    files = [file for file in find_templates(None) if file.name == name]
    file = files[0] if files else find_template(None, name)
    path = Path(os.path.relpath(root / TEMPLATES / f"{name}.yaml"))
    if os.path.lexists(path):
        raise MapsiteError(f"{path} exists already; nothing was written")
    text = Path(file.path).read_text("utf-8")
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as copy:
        copy.write(text)
    return path


def misnamed_templates(root: Path) -> list[Problem]:
    """Return a problem for each file of the repository whose name makes no template."""
    what = f"expected a file name like our-way.yaml ({ID_RULE})"
    return [
        Problem(path, 0, 0, "", "file-name", what)
        for path in sorted(_own_files(root))
        if not _makes_a_template(path)
    ]


def _own(root: Path) -> Iterator[TemplateFile]:
    for path in _own_files(root):
        if _makes_a_template(path):
            yield TemplateFile(Path(path).stem, path, packaged=False)


def _own_files(root: Path) -> Iterator[str]:
    folder = os.path.normpath(os.path.join(os.path.relpath(root), TEMPLATES))
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if not name.startswith(".") and name.lower().endswith((".yaml", ".yml")):
            yield os.path.join(folder, name)


def _makes_a_template(path: str) -> bool:
    stem, ending = os.path.splitext(os.path.basename(path))
    return ending == ".yaml" and is_plan_id(stem)


def _read(path: str) -> bytes:
    try:
        return read_plan_file(path)
    except MapsiteError as error:
        raise InvalidPlan([Problem(path, 0, 0, "", "file", str(error))]) from None


def _unfit(source: Source) -> Iterator[Problem]:
    """Find dates, which a plan may have, but no template."""
    for spot in source.spots():
        if spot.hidden or spot.address in _REPLACED or not spot.text:
            continue
        if read_date(spot.text) and not spot.address.startswith("calendar/"):
            what = f"expected {OPEN}, since a template has no dates of its own, got "
            line, column = spot.node.line, spot.node.column
            message = what + got(spot.text)
            yield Problem(source.file, line, column, spot.address, "template", message)
