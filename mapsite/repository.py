"""Where a team's plans lie: the repository, its plans and the ids that name them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from mapsite.errors import MapsiteError, Problem
from mapsite.plan.naming import ID_RULE, MOST_ID, fault_of_id, is_plan_id, suggest_id

SETTINGS = "mkdocs.yml"
PLANS = "plans"
CLOSED = f"{PLANS}/closed"
"""Where the plans of closed deals lie; their logos stay beside the open ones."""
TEMPLATES = "templates"
MEMORY = ".mapsite"
"""The folder in which mapsite remembers what it built; safe to delete."""

MOST_BYTES = 1024 * 1024


class UnknownPlan(MapsiteError):  # noqa: N818  # named as what it says, like InvalidPlan
    """Say that a command was given something that is no plan of the repository."""


class PlanFile(NamedTuple):
    """Name one plan: its id, and its path as the reader knows it."""

    id: str
    path: str
    """As the reader knows it: from the current folder, or as typed."""
    source: str
    """From the repository's root."""

    @property
    def closed(self) -> bool:
        """Tell whether it lies among the plans of closed deals."""
        return os.path.dirname(self.source) == CLOSED

    @property
    def folder(self) -> Path:
        """Return the folder from which its logos and documents are named."""
        folder = os.path.dirname(self.path)
        return Path(os.path.normpath(f"{folder or '.'}/..") if self.closed else folder)


def find_root(start: Path) -> Path:
    """Return the nearest folder from *start* upwards that holds ``mkdocs.yml``."""
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            return folder
    raise MapsiteError(
        f"no {SETTINGS} here or in a folder above; `mapsite init` writes a repository"
    )


def find_plans(
    root: Path, names: tuple[str, ...]
) -> tuple[list[PlanFile], list[Problem]]:
    """Return the plans that *names* mean, or all plans, and what is misnamed.

    Those of closed deals have to be named. Raises `UnknownPlan` where one of the names
    means nothing that is there.
    """
    if not names:
        return _all_plans(root)
    plans: dict[str, PlanFile] = {}
    problems = []
    for name in names:
        plan, problem = _named_plan(root, name)
        first = plans.get(plan.id, plan)
        if problem is None and first.source != plan.source:
            problem = _twice(name, first.path)
        if problem is None:
            plans[plan.id] = plan
        else:
            problems.append(problem)
    return list(plans.values()), problems


def closed_plans(root: Path) -> list[PlanFile]:
    """Return the plans of closed deals, by their ids."""
    folder = _folder(root, CLOSED)
    stems = sorted(name[:-5] for name in _names(folder) if name.endswith(".yaml"))
    return [
        PlanFile(stem, os.path.join(folder, f"{stem}.yaml"), f"{CLOSED}/{stem}.yaml")
        for stem in stems
        if is_plan_id(stem)
    ]


def read_plan_file(path: str) -> bytes:
    """Return the bytes of a plan, at most one more than a plan may have."""
    # O_NONBLOCK: opening a named pipe would wait for its writer for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise MapsiteError("expected a regular file, got a link, a folder or a device")
    with open(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        return file.read(MOST_BYTES + 1)


def refuse_output(root: Path, out: Path) -> None:
    """Raise MapsiteError when *out* is no place of its own for rooms."""
    real, real_root = out.resolve(), root.resolve()
    if out.exists() and not out.is_dir():
        raise MapsiteError(f"{out} is a file; --out takes a folder")
    if real == real_root or real in real_root.parents:
        raise MapsiteError(
            f"{out} holds the repository itself; take a folder in it, like site"
        )
    for name in (PLANS, TEMPLATES, "theme", MEMORY, ".git"):
        kept = real_root / name
        if real == kept or kept in real.parents:
            raise MapsiteError(
                f"{out} lies in {name}/, which rooms are made from; take another folder"
            )


def _all_plans(root: Path) -> tuple[list[PlanFile], list[Problem]]:
    folder = _folder(root, PLANS)
    closed = {plan.id: plan.path for plan in closed_plans(root)}
    plans: list[PlanFile] = []
    problems: list[Problem] = []
    for name in sorted(_names(folder)):
        stem, ending = os.path.splitext(name)
        path = os.path.join(folder, name)
        if name.startswith(".") or ending.lower() not in {".yaml", ".yml"}:
            continue
        if ending != ".yaml":
            problems.append(
                _misnamed(path, f"expected the ending .yaml; rename it to {stem}.yaml")
            )
        elif stem in closed:
            problems.append(_twice(path, closed[stem]))
        elif is_plan_id(stem):
            plans.append(PlanFile(stem, path, f"{PLANS}/{name}"))
        else:
            problems.append(_misnamed(path, _expected_name(stem)))
    if not plans and not problems and not closed:
        raise MapsiteError(f"no plan in {folder}; `mapsite new NAME` writes one")
    return plans, problems


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _named_plan(root: Path, name: str) -> tuple[PlanFile, Problem | None]:
    """Return the plan that *name* means: a path, or the id of an open or closed one."""
    if os.path.basename(name) == name:
        for place in (PLANS, CLOSED):
            inside = os.path.join(_folder(root, place), f"{name}.yaml")
            if os.path.lexists(inside):
                plan = PlanFile(name, inside, f"{place}/{name}.yaml")
                return plan, _fault_of(root, plan)
    stem, ending = os.path.splitext(os.path.basename(name))
    plan = PlanFile(stem, name, os.path.relpath(name, root).replace(os.sep, "/"))
    if not os.path.lexists(name):
        raise UnknownPlan(_unknown(root, name))
    if ending != ".yaml":
        raise UnknownPlan(f"{name} is no plan: its name does not end in .yaml")
    return plan, _fault_of(root, plan)


def _fault_of(root: Path, plan: PlanFile) -> Problem | None:
    """Return what is wrong with the name of *plan*, if anything is."""
    if not is_plan_id(plan.id):
        return _misnamed(plan.path, _expected_name(plan.id))
    for place in (PLANS, CLOSED):
        own = os.path.join(_folder(root, place), f"{plan.id}.yaml")
        if os.path.exists(own) and not os.path.samefile(own, plan.path):
            return _twice(plan.path, own)
    return None


def _folder(root: Path, place: str) -> str:
    return os.path.normpath(os.path.join(os.path.relpath(root), place))


def _unknown(root: Path, name: str) -> str:
    import difflib  # noqa: PLC0415  # only a typo needs it

    stem, ending = os.path.splitext(os.path.basename(name))
    names = [*_names(_folder(root, PLANS)), *_names(_folder(root, CLOSED))]
    ids = [file[:-5] for file in names if file.endswith(".yaml")]
    near = difflib.get_close_matches(stem[:MOST_ID].lower(), ids, 1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    if ending == ".yaml" or os.path.basename(name) != name:
        return f"no file {name}{hint}"
    return f'no plan "{name}" in {PLANS}/{hint}'


def _expected_name(stem: str) -> str:
    better, fault = suggest_id(stem), fault_of_id(stem)
    hint = f"; {better}.yaml would do" if better else ""
    return f"expected {'a file name of ' if fault == ID_RULE else ''}{fault}{hint}"


def _twice(path: str, other: str) -> Problem:
    return _misnamed(path, f"has the same id as {other}; rename one of them")


def _misnamed(path: str, message: str) -> Problem:
    return Problem(path, 0, 0, "", "file-name", message)
