"""What a buyer may see of a version of a plan: an allowlist of fields, as values.

It names what `mapsite.room.view` shows, read from the text's tree without a check, as
old versions need not be valid by today's rules. What differs only in how it is written
is the same here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mapsite.plan.agreed import agreed_days, stays_internal
from mapsite.plan.texts import read_id

Tree = dict[str, Any]

_LINES = {
    "goal": ("outcome", "date", "decision", "go_live", "why", "event", "value"),
    "people": ("name", "side", "title", "signs"),
    "steps": (
        *("title", "side", "start", "due", "takes", "waits_for", "only_if", "status"),
        *("blocker", "done", "outcome", "fallback", "optional", "ref"),
    ),
    "questions": ("text", "due", "answered"),
    "criteria": ("text", "measure", "weight", "status", "evidence"),
    "metrics": ("text", "baseline", "target", "measure"),
    "risks": ("text", "likelihood", "impact", "mitigation"),
    "documents": ("title", "url", "file", "status", "due"),
}
"""The fields of one line that a room shows."""
_PROSE = {"steps": ("detail", "note"), "questions": ("answer",)}
_PERSON = {
    "people": ("backup",),
    "questions": ("asked_by", "owner"),
    "criteria": ("owner",),
    "metrics": ("owner",),
    "documents": ("owner",),
}
_PERSONS = {"steps": ("support",), "risks": ("owners",)}
USUAL = {
    "steps": {"status": "todo", "optional": "false"},
    "criteria": {"status": "open"},
    "documents": {"status": "needed"},
}
"""What a field says where it says nothing."""
_MORE = {
    "people": ("roles",),
    "steps": (
        *("phase", "after", "documents", "owners", "confirmed", "evidence", "links"),
        *("tasks", "moves"),
    ),
}
LISTS = ("people", "steps", "questions", "criteria", "metrics", "risks", "documents")
SHOWN = {
    name: frozenset(
        field
        for fields in (_LINES, _PROSE, _PERSON, _PERSONS, _MORE)
        for field in fields.get(name, ())
    )
    for name in (*LISTS, "goal")
}
"""By list, the fields of its items that a room may show."""
NOBODY = ""
"""Stands for whoever and whatever is hidden; all of them look alike."""


class _Context(NamedTuple):
    """Say what of a version is hidden, which changes how its items look."""

    people: frozenset[str]
    steps: frozenset[str]
    documents: frozenset[str]
    phases: frozenset[str]
    gone: frozenset[str]
    """Steps that are shown but not waited for."""
    known: frozenset[str]
    """All steps that are shown."""


class PublicView:
    """Show versions of one plan, each item only once."""

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self._shown: dict[tuple[int, _Context], tuple[Tree, Tree]] = {}

    def of(self, tree: Tree) -> Tree | None:
        """Return what may be shown of a version, or None where it is internal."""
        if stays_internal(tree):
            return None
        context = _context(tree)
        view: Tree = {
            "title": _line(tree.get("title")),
            "marking": _line(tree.get("marking")),
            "status": _line(tree.get("status")) or "open",
            "summary": _prose(tree.get("summary")),
            "goal": _fields("goal", _map(tree.get("goal"))),
            "buyer": {"name": _line(_map(tree.get("buyer")).get("name"))},
            "seller": {"name": _line(_map(tree.get("seller")).get("name"))},
            "phases": _each(tree.get("phases"), ("name", "gate")),
            "sections": _each(tree.get("sections"), ("title", "text")),
            "review": [_review(one, context) for one in _items(tree.get("review"))],
        }
        for name in LISTS:
            view[name] = self._list(name, tree.get(name), context)
        shown = {item["id"]: item for item in view["steps"]}
        view["agreed"] = agreed_days(tree, shown)
        return view

    def _list(self, name: str, items: Any, context: _Context) -> list[Tree]:  # noqa: ANN401  # not checked
        found: dict[str, Tree] = {}
        for item in _items(items):
            one = item.get("id")
            if not isinstance(one, str) or not read_id(one) or one in found:
                continue
            key = (id(item), context)
            if key not in self._shown:
                # The item is kept as well, or another one could get its number.
                self._shown[key] = item, {"id": one, **_item(name, item, context)}
            found[one] = self._shown[key][1]
        return list(found.values())


def shown_item(tree: Tree, name: str, item: Tree) -> Tree:
    """Return how *item*, which is not internal, looks in the list *name* of *tree*."""
    return {"id": item.get("id"), **_item(name, item, _context(tree))}


def _context(tree: Tree) -> _Context:
    def hidden(name: str, key: str = "id") -> frozenset[str]:
        items = tree.get(name)
        items = items if isinstance(items, list) else []
        maps = [one for one in items if isinstance(one, dict)]
        names = [one.get(key) for one in maps if stays_internal(one)]
        return frozenset(one for one in names if isinstance(one, str))

    steps = [(one.get("id"), one.get("status")) for one in _items(tree.get("steps"))]
    known = frozenset(one for one, _ in steps if isinstance(one, str))
    gone = frozenset(
        one for one, status in steps if isinstance(one, str) and status == "cancelled"
    )
    hidden_steps, phases = hidden("steps"), hidden("phases", "name")
    return _Context(
        hidden("people"), hidden_steps, hidden("documents"), phases, gone, known
    )


def _item(name: str, item: Tree, context: _Context) -> Tree:
    view = _fields(name, item)
    for field in _PROSE.get(name, ()):
        view[field] = _prose(item.get(field))
    for field in _PERSON.get(name, ()):
        view[field] = _person(item.get(field), context)
    for field in _PERSONS.get(name, ()):
        view[field] = _persons(item.get(field), context)
    if name == "people":
        view["roles"] = _lines(item.get("roles"))
    if name == "steps":
        view |= _step(item, context)
    usual = USUAL.get(name, {})
    return {
        field: value
        for field, value in view.items()
        if value not in (None, [], usual.get(field))
    }


def _step(item: Tree, context: _Context) -> Tree:
    phase = _line(item.get("phase"))
    ids = _lines(item.get("after"))
    after = [one for one in ids if one in context.known - context.gone]
    after += [NOBODY] if any(one in context.steps for one in ids) else []
    papers = _lines(item.get("documents"))
    said = _items(item.get("confirmed"))
    return {
        "phase": None if phase in context.phases else phase,
        "after": after,
        "documents": [one for one in papers if one not in context.documents],
        "owners": [
            {
                "side": next((side for side in _SIDES if one.get(side)), None),
                "who": _person(_named(one), context),
                "does": _line(one.get("does")),
            }
            for one in _items(item.get("owners"), "who")
        ],
        "confirmed": {
            **_only(said[0], ("on",)),
            "by": _person(said[0].get("by"), context),
        }
        if said
        else None,
        "evidence": _each(item.get("evidence"), ("text", "met"), "text"),
        "links": _each(item.get("links"), ("title", "url")),
        "tasks": [
            {
                **_only(one, ("title", "due", "done")),
                "owner": _person(one.get("owner"), context),
            }
            for one in _items(item.get("tasks"))
        ],
        "moves": [
            {
                **_only(one, ("on", "from", "to", "why")),
                "by": _person(one.get("by"), context),
            }
            for one in _items(item.get("moves"))
        ],
    }


_SIDES = ("buyer", "seller")


def _named(owner: Tree) -> Any:  # noqa: ANN401  # not checked
    return owner.get("who") or owner.get("buyer") or owner.get("seller")


def _review(review: Tree, context: _Context) -> Tree:
    return {
        **_only(review, ("every", "on", "at", "next")),
        "with": _persons(review.get("with"), context),
    }


def _fields(name: str, item: Tree) -> Tree:
    return _only(item, _LINES[name])


def _only(item: Tree, names: tuple[str, ...]) -> Tree:
    return {name: text for name in names if (text := _line(item.get(name)))}


def _each(items: Any, names: tuple[str, ...], text: str = "") -> list[Tree]:  # noqa: ANN401  # not checked
    return [_only(item, names) for item in _items(items, text)]


def _items(items: Any, text: str = "") -> list[Tree]:  # noqa: ANN401  # not checked
    """Return the maps that may be shown; a mere text stands for its field *text*."""
    if isinstance(items, dict) or (text and isinstance(items, str)):
        items = [items]
    maps = [
        {text: item} if text and isinstance(item, str) else item
        for item in (items if isinstance(items, list) else [])
    ]
    return [
        item for item in maps if isinstance(item, dict) and not stays_internal(item)
    ]


def _map(value: Any) -> Tree:  # noqa: ANN401  # not checked
    return value if isinstance(value, dict) and not stays_internal(value) else {}


def _line(value: Any) -> str | None:  # noqa: ANN401  # not checked
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _prose(value: Any) -> str | None:  # noqa: ANN401  # not checked
    return value.strip() or None if isinstance(value, str) else None


def _lines(value: Any) -> list[str]:  # noqa: ANN401  # not checked
    values = value if isinstance(value, list) else [value]
    return [line for one in values if (line := _line(one))]


def _person(value: Any, context: _Context) -> str | None:  # noqa: ANN401  # not checked
    who = _line(value)
    return NOBODY if who in context.people else who


def _persons(value: Any, context: _Context) -> list[str]:  # noqa: ANN401  # not checked
    return [NOBODY if one in context.people else one for one in _lines(value)]
