"""The plans that the benchmark is run on: each its own, the same for its number."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from string import Template

TODAY = date(2026, 5, 24)
_LONGEST = 150
"""Days from the start of a plan to its last date."""
_SOON = 21
"""Days before its date that a step is in progress."""
_LATE = 7
"""Days after its date that a step may still be open."""

_HERE = Path(__file__).parent
_WORDS: dict[str, list[str]] = tomllib.loads(
    (_HERE / "words.toml").read_text(encoding="utf-8")
)
_TEMPLATES = {
    ending: Template((_HERE / f"plan.template.{ending}").read_text(encoding="utf-8"))
    for ending in ("yaml", "md")
}


def plan_id(number: int) -> str:
    """Name the file of a plan."""
    return f"deal-{number:05}"


def plan_text(number: int, ending: str = "yaml") -> str:
    """Write a plan of ten steps as YAML, about 7.5 kB, or as Markdown."""
    return _TEMPLATES[ending].substitute(_words(number), **_days(number))


def write_plans(folder: Path, count: int) -> None:
    """Write *count* plans into a new folder."""
    folder.mkdir(parents=True)
    for number in range(count):
        file = folder / f"{plan_id(number)}.yaml"
        file.write_text(plan_text(number), encoding="utf-8")


def _words(number: int) -> dict[str, str]:
    """Choose names and numbers; 5,000 plans in a row have buyers of different names."""
    buyer = (
        _pick("word", number),
        _pick("trade", number // 25),
        _pick("city", number // 200),
    )
    sides = ("champion", "technical", "security", "legal", "buying", "engineer")
    return {
        "number": f"{number:05}",
        "buyer": " ".join(buyer),
        "topic": _pick("topic", number * 5),
        "old": _pick("old", number),
        "team": _pick("team", number * 3),
        "area": _pick("area", number * 3),
        "color": f"#{(number * 2654435761 + 0x0B6BCB) & 0xFFFFFF:06x}",
        "percent": str(12 + number % 37),
        "count": str(3 + number % 9),
        "figure": str(60 + number % 140),
        "less": str(40 + number % 140),
    } | {part: _name(number, place) for place, part in enumerate(sides)}


def _name(number: int, place: int) -> str:
    first = _pick("first", number + 3 * place)
    return f"{first} {_pick('last', number + number // 20 + 5 * place)}"


def _pick(kind: str, number: int) -> str:
    words = _WORDS[kind]
    return words[number % len(words)]


def _days(number: int) -> dict[str, str]:
    """Tell the date so many days after the start, and the state of a step due then."""
    # Ten Mondays to begin on: some plans are young and some nearly done.
    start = date(2026, 2, 23) + timedelta(weeks=number * 7 % 10)
    told = {}
    for offset in range(_LONGEST):
        day = start + timedelta(days=offset)
        state = _state(day, may_be_late=number % 5 == 0)
        done = f"\n    done: {day}" if state == "done" else ""
        told[f"day{offset}"] = str(day)
        told[f"word{offset}"] = state
        told[f"state{offset}"] = f"status: {state}{done}"
    return told


def _state(due: date, *, may_be_late: bool) -> str:
    left = (due - TODAY).days
    if left < (-_LATE if may_be_late else 0):
        return "done"
    return "in-progress" if left < _SOON else "todo"
