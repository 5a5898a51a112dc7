"""First files: a new repository, and a plan to fill in."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from pathlib import Path
from string import Template

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.repository import CLOSED, PLANS, find_plans, read_plan_file
from mapsite.room.look import theme_folder
from mapsite.start.filling import quoted

_FILES = Path(__file__).with_name("files")
_WEEKS_TO_GOAL = 10
_WEEKS_TO_LIVE = 4
_FRIDAY = 4
_HOLIDAYS = "US"
"""As the calendar of the example has it."""
_NOBODY = "Your company"
"""The seller of the example, and of a plan whose seller nobody told."""
_NAMES = frozenset({"buyer/name", "seller/name"})
_KEPT = (".gitignore", "README.md")
"""What a folder may have before: they say nothing that mapsite reads."""


def schema_text() -> str:
    """Return the JSON Schema of a plan, as a file holds it."""
    from mapsite.plan.schema import plan_schema  # noqa: PLC0415  # pydantic is slow to import

    return json.dumps(plan_schema(), indent=2, ensure_ascii=False) + "\n"


def start_repository(folder: Path, today: date) -> tuple[list[Path], list[Path]]:
    """Write a new repository for plans into *folder*.

    Return the files written, and those that were there and stay as they are. Raises
    MapsiteError, with nothing written, when there is a repository already.
    """
    files = {
        "mkdocs.yml": _read("mkdocs.yml"),
        "plans/example.yaml": Template(_read("example.yaml")).substitute(_days(today)),
        "plan.schema.json": schema_text(),
        ".gitignore": _read("gitignore"),
        "README.md": _read("README.md"),
    }
    kept = [name for name in _KEPT if os.path.lexists(folder / name)]
    new = {name: text for name, text in files.items() if name not in kept}
    write_all(folder, new)
    return [folder / name for name in new], [folder / name for name in kept]


def start_theme(folder: Path) -> list[Path]:
    """Copy mapsite's templates into the ``theme`` of *folder*; return the copies."""
    theme = theme_folder()
    names = ["main.html", *(f"partials/{path.name}" for path in _partials(theme))]
    texts = {f"theme/{name}": (theme / name).read_text("utf-8") for name in names}
    write_all(folder, texts)
    return [folder / name for name in texts]


def start_plan(
    root: Path, plan_id: str, buyer: str | None, seller: str | None, today: date
) -> Path:
    """Write a first plan for *plan_id*, valid as it stands; return its path."""
    path = free_path(root, plan_id)
    names = {
        "id": plan_id,
        "buyer": quoted(buyer or usual_buyer(plan_id)),
        "seller": quoted(seller or usual_seller(root) or _NOBODY),
    }
    text = Template(_read("plan.yaml")).substitute(names | _days(today))
    check_new(text, path)
    write_new(path, text)
    return path


def free_path(root: Path, plan_id: str) -> Path:
    """Return the path of a plan that does not exist yet; raise MapsiteError if so."""
    name = f"{plan_id}.yaml"
    paths = [Path(os.path.relpath(root / place / name)) for place in (PLANS, CLOSED)]
    for path in paths:
        if os.path.lexists(path):
            raise MapsiteError(f"{path} exists already; nothing was written")
    return paths[0]


def usual_buyer(plan_id: str) -> str:
    """Return the buyer's name that *plan_id* suggests."""
    return plan_id.replace("-", " ").title()


def _partials(theme: Path) -> list[Path]:
    return sorted((theme / "partials").glob("*.html"))


def write_all(folder: Path, files: dict[str, str]) -> None:
    """Write new files into *folder*, or none when one of them exists."""
    taken = [name for name in files if os.path.lexists(folder / name)]
    if taken:
        *some, last = taken
        named = f"{', '.join(some)} and {last} exist" if some else f"{last} exists"
        raise MapsiteError(f"{named} in {folder} already; nothing was written")
    for name, text in files.items():
        write_new(folder / name, text)


def check_new(text: str, path: Path, folder: Path | None = None) -> None:
    """Refuse names that no plan can hold, before anything is written."""
    from mapsite.plan.read import read_plan  # noqa: PLC0415  # pydantic is slow to import

    try:
        read_plan(text.encode(), str(path), folder)
    except InvalidPlan as error:
        named = [found for found in error.problems if found.address in _NAMES]
        faults = "; ".join(
            f"{found.address}: {found.message}" for found in named or error.problems
        )
        raise MapsiteError(f"nothing was written: {faults}") from None


def usual_seller(root: Path) -> str | None:
    """Return the seller's name where all plans that can be read have the same."""
    from mapsite.plan.blocks import seller_of  # noqa: PLC0415  # YAML is slow to import

    try:
        plans, _ = find_plans(root, ())
    except MapsiteError:
        return None
    found: set[str] = set()
    for plan in plans:
        try:
            name = seller_of(read_plan_file(plan.path))
        except (MapsiteError, OSError):
            continue
        found |= {name} - {_NOBODY} if name else set()
        if len(found) > 1:
            return None
    return found.pop() if found else None


def _days(today: date) -> dict[str, str]:
    """Return the days of a first plan: its goal on a Friday ten weeks later or more."""
    tenth = today + timedelta(weeks=_WEEKS_TO_GOAL)
    goal = _working(tenth + timedelta(days=_FRIDAY - tenth.weekday()))
    live = _working(goal + timedelta(weeks=_WEEKS_TO_LIVE))
    days = {"created": today, "goal": goal, "go_live": live}
    return {name: day.isoformat() for name, day in days.items()}


def _working(day: date) -> date:
    """Return *day*, or the same weekday of the next week in which it is no holiday."""
    from mapsite.plan.calendar import is_holiday  # noqa: PLC0415  # needs pydantic

    while is_holiday(_HOLIDAYS, day):
        day += timedelta(weeks=1)
    return day


def _read(name: str) -> str:
    return (_FILES / name).read_text("utf-8")


def write_new(path: Path, text: str) -> None:
    """Write a new file; one that appeared meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
