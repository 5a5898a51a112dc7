"""Tell operations between two public views in the words of a plan's readers.

Nothing is named that today's plan does not show: of what is gone only its list is
told, and values are dates, statuses and people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mapsite.plan.day import read_date
from mapsite.plan.item import Item, shown
from mapsite.plan.model import Plan
from mapsite.plan.operations import KEYED, Operation

Tree = dict[str, Any]

_DATES = frozenset({"date", "decision", "go_live", "event", "due", "start"})
_WORDS = frozenset(
    {"title", "summary", "text", "detail", "note", "name", "outcome", "why", "answer"}
    | {"measure", "mitigation", "fallback", "waits_for", "only_if", "blocker"}
)
_STATUSES = frozenset(
    {"todo", "in-progress", "blocked", "at-risk", "done", "cancelled", "open", "met"}
    | {"not-met", "needed", "requested", "shared", "received", "approved", "signed"}
    | {"not-needed", "won", "lost", "no-decision"}
)
_ARRIVED = {"people": "joined", "questions": "asked"}


class Telling(NamedTuple):
    """Hold what one operation means, before it is known who did it when."""

    kind: str
    address: str
    was: str | None = None
    to: str | None = None


class Today:
    """Know what today's plan shows, and who its people are."""

    def __init__(self, plan: Plan) -> None:
        """Take the ids and the people of *plan*, but for what is hidden."""
        self.people = {person.id: person for person in shown(plan.people)}
        self._ids = {name: _ids(getattr(plan, name)) for name in KEYED}
        self._who: dict[tuple[str, str], str | None] = {}

    def has(self, name: str, one: str) -> bool:
        """Tell whether the list *name* shows *one*."""
        return one in self._ids[name]

    def person(self, text: Any) -> str | None:  # noqa: ANN401  # a field of any version
        """Return *text* where it is the id of a person who may be shown."""
        return text if isinstance(text, str) and text in self.people else None

    def author(self, name: str, email: str) -> str | None:
        """Return the id of the one person with this e-mail, or else this name."""
        key = name.strip().casefold(), email.strip().casefold()
        if key not in self._who:
            called, address = key
            known = self.people.values()
            mails = [p.id for p in known if p.email and p.email.casefold() == address]
            names = [p.id for p in known if p.known and p.name.casefold() == called]
            found = mails or names
            self._who[key] = found[0] if len(found) == 1 else None
        return self._who[key]


def _ids(items: tuple[Item, ...]) -> frozenset[str]:
    return frozenset(str(getattr(item, "id", "")) for item in shown(items))


def tell(
    operation: Operation,
    before: Tree,
    after: Tree,
    today: Today,
    lives: Callable[[str, str], bool],
) -> Iterator[Telling]:
    """Tell *operation*, which led from the view *before* to the view *after*.

    *lives* says whether an item of a list is there from then until today.
    """
    path = operation.path
    name, *rest = path.split("/")
    if name == "agreed":
        return
    if name not in KEYED:
        yield _of_field(operation, path, rest[-1] if rest else name)
    elif operation.op in {"add", "ask"}:
        yield from _of_new(operation.new, name, today, lives)
    elif operation.op == "remove":
        yield Telling("left" if name == "people" else "removed", name)
    elif not rest:
        yield Telling("changed", name)
    elif lives(name, rest[0]):
        telling = _of_item(operation, name, rest, before, after, today)
        if telling:
            yield telling


def _of_new(
    item: Tree, name: str, today: Today, lives: Callable[[str, str], bool]
) -> Iterator[Telling]:
    path, kind = f"{name}/{item['id']}", _ARRIVED.get(name, "added")
    if not lives(name, item["id"]):
        yield Telling(kind, name)
        return
    who = today.person(item.get("asked_by")) if kind == "asked" else None
    yield Telling(kind, path, to=who)
    if name == "questions" and ("answer" in item or "answered" in item):
        yield Telling("answered", path)


def _of_item(
    operation: Operation,
    name: str,
    rest: list[str],
    before: Tree,
    after: Tree,
    today: Today,
) -> Telling | None:
    """Tell what became of one field of an item that is still there."""
    one, *fields = rest
    place = f"{name}/{one}"
    if operation.op == "confirm":
        by = today.person(operation.new.get("by"))
        return Telling("confirmed", f"{place}/confirmed", to=by)
    if operation.op == "answer":
        return Telling("answered", place)
    field = fields[0]
    was, now = _find(before, name, one), _find(after, name, one)
    telling: Telling | None
    if field in {"owner", "owners"}:
        telling = _of_owners(f"{place}/{field}", was.get(field), now.get(field), today)
    elif name == "steps":
        moved = before["agreed"].get(one) != after["agreed"].get(one)
        telling = _of_step(operation, field, was, now, moved=moved)
    elif field == "answered" and "answer" in now | was:
        telling = None
    elif field == "answered" and operation.new:
        telling = Telling("answered", place)
    else:
        telling = _of_field(operation, f"{place}/{field}", field)
    return telling


def _of_step(
    operation: Operation, field: str, was: Tree, now: Tree, *, moved: bool
) -> Telling | None:
    """Tell what became of one field of a step, whose agreed day may have *moved*."""
    one = now["id"]
    address = f"steps/{one}/{field}"
    if field == "due" or (field == "start" and "due" not in now | was):
        # The agreed days tell it, however they are written.
        return None if moved else Telling("changed", address)
    if field == "moves":
        return None
    if field in {"status", "done"}:
        old, new = _status(was), _status(now)
        if old == new:
            return Telling("changed", address) if field == "done" else None
        if field == "done" and was.get("status") != now.get("status"):
            return None
        kind = "reopened" if old == "done" else "done" if new == "done" else "status"
        return Telling(kind, f"steps/{one}/status", _known(old), _known(new))
    return _of_field(operation, address, field)


def _of_owners(address: str, was: Any, now: Any, today: Today) -> Telling:  # noqa: ANN401  # text or list
    """Tell who took over from whom, where that is one person each."""
    old, new = _names(was), _names(now)
    left = [one for one in old if one not in new]
    came = [one for one in new if one not in old]
    return Telling(
        "owner",
        address,
        today.person(left[0]) if len(left) == 1 else None,
        today.person(came[0]) if len(came) == 1 else None,
    )


def _of_field(operation: Operation, address: str, field: str) -> Telling:
    old, new = operation.old, operation.new
    if field in _DATES:
        was, to = _day(old), _day(new)
        if was != to:
            kind = "moved" if was and to else "dated" if to else "undated"
            return Telling(kind, address, was, to)
    if field == "status":
        return Telling("status", address, _known(old), _known(new))
    if address.startswith("people/") and field == "name":
        # Mostly nobody had a name there before; else it is one thing that changed.
        return Telling("named" if old == "unknown" else "changed", address)
    worded = field in _WORDS and isinstance(old, str) and isinstance(new, str)
    return Telling("reworded" if worded else "changed", address)


def _find(view: Tree, name: str, one: str) -> Tree:
    return next((item for item in view[name] if item["id"] == one), {})


def _status(step: Tree) -> str:
    """Return the status of a step, also where only its day tells that it is done."""
    return str(step.get("status") or ("done" if "done" in step else "todo"))


def _known(status: Any) -> str | None:  # noqa: ANN401  # a field of any version
    return status if isinstance(status, str) and status in _STATUSES else None


def _names(value: Any) -> list[str]:  # noqa: ANN401  # text, list or nothing
    values = value if isinstance(value, list) else [value]
    names = [one.get("who") if isinstance(one, dict) else one for one in values]
    return [name for name in names if isinstance(name, str)]


def _day(value: Any) -> str | None:  # noqa: ANN401  # a field of any version
    day = read_date(value) if isinstance(value, str) else None
    return day.isoformat() if day else None
