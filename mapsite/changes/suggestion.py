"""A suggestion: what one person wants of one plan, as the JSON that a client sends.

Whoever sends it decides every byte of it: it is read strictly, to the last key, and
what cannot be read is told with its place. It never changes; what happens to it is
kept beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from mapsite.changes.outside import (
    MOST_LEVELS,
    MOST_TEXT,
    Unreadable,
    like,
    like_or_nothing,
    line_of,
    map_of,
    optional_line,
    read_json,
    says,
    value_of,
    wrong,
)
from mapsite.plan.naming import ID_RULE, is_plan_id
from mapsite.plan.operations import KEYED, OPS, Operation
from mapsite.plan.texts import read_email, read_id
from mapsite.plan.wording import got

__all__ = [
    "Origin",
    "Sender",
    "Suggestion",
    "Unreadable",
    "as_json",
    "read_kept",
    "read_suggestion",
    "suggestion_of",
]

FORMAT = "change/1"
MOST_BYTES = 64 * 1024
MOST_OPERATIONS = 50
MOST_NAME = 120
"""Characters of the name that somebody gives."""
MOST_PARTS = 6
"""Names in one path."""

ID_PATTERN = r"[0-9A-Za-z][0-9A-Za-z-]{15,39}"
BASE_PATTERN = r"[0-9a-f]{12}"
AT_PATTERN = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?"
PATH_PATTERN = rf"[A-Za-z0-9_-]{{1,64}}(/[A-Za-z0-9_-]{{1,64}}){{0,{MOST_PARTS - 1}}}"
CHANNEL_PATTERN = r"[a-z][a-z-]{0,19}"

SAYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    op: (frozenset({"op", "path", *needed}), frozenset(may))
    for op, needed, may in (
        ("set", ("new",), ("old", "why")),
        ("confirm", (), ("old", "why")),
        ("add", ("value",), ("after", "why")),
        ("ask", ("value",), ("after", "why")),
        ("answer", ("new",), ("old", "why")),
        ("comment", ("value",), ("why",)),
        ("remove", (), ("old", "why")),
    )
}
"""By operation, the keys that it needs and those that it may have."""

_ID = re.compile(ID_PATTERN, re.ASCII)
_BASE = re.compile(BASE_PATTERN, re.ASCII)
_AT = re.compile(AT_PATTERN, re.ASCII)
_PATH = re.compile(PATH_PATTERN, re.ASCII)
_CHANNEL = re.compile(CHANNEL_PATTERN, re.ASCII)
_NEEDED = frozenset({"mapsite", "id", "plan", "by", "ops"})
_MAY = frozenset({"base", "at", "source", "received_at"})


class Sender(NamedTuple):
    """Say who a suggestion says it is from; nobody has checked it."""

    name: str
    id: str | None = None
    """The person of the plan that the sender says to be."""
    email: str | None = None
    """Never shown to buyers."""
    proof: str | None = None
    """What a personal link brings along."""


class Origin(NamedTuple):
    """Say through which channel a suggestion came, and its number there."""

    channel: str
    ref: str = ""
    """A Message-ID, the id of a response, the name of a file."""
    sender: str = ""
    """Whom the envelope names, like the From of a mail; never shown to buyers."""
    grade: str = ""
    """``mail`` where the team's own mail server vouches for that address."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Hold what one person wants of one plan."""

    id: str
    """Made by the client; the same suggestion has the same one, however it comes."""
    plan: str
    operations: tuple[Operation, ...]
    by: Sender
    base: str = ""
    """Digits that name the state of the plan that the person saw, if known."""
    at: str = ""
    """When, by the client's clock; nothing is decided by it."""
    source: Origin | None = None
    """Told by intake, whatever the client said."""
    received: datetime | None = None
    """When intake took it, in UTC; told by intake, whatever the client said."""

    def taken(self, source: Origin, received: datetime) -> Suggestion:
        """Return it as intake keeps it: with where it came from, and when."""
        now = received.astimezone(UTC).replace(microsecond=0)
        return replace(self, source=source, received=now)

    @property
    def content(self) -> bytes:
        """Return what the client said; of the same id it is always the same."""
        return as_json(replace(self, source=None, received=None))


def read_suggestion(raw: bytes) -> Suggestion:
    """Read the JSON of a suggestion; raise `Unreadable` for anything else."""
    if len(raw) > MOST_BYTES:
        raise Unreadable(f"expected at most {MOST_BYTES:,} bytes, got {len(raw):,}")
    return suggestion_of(read_json(raw))


def read_kept(raw: bytes) -> Suggestion:
    """Read what `as_json` wrote, which may be a little longer than what was sent."""
    return suggestion_of(read_json(raw))


def suggestion_of(document: object) -> Suggestion:
    """Return the suggestion that *document*, as of JSON, means; raise `Unreadable`."""
    fields = map_of(document, "", _NEEDED, _MAY)
    if fields["mapsite"] != FORMAT:
        raise wrong("mapsite", FORMAT, fields["mapsite"])
    plan = line_of(fields["plan"], "plan", MOST_NAME)
    if not is_plan_id(plan):
        raise wrong("plan", f"the id of a plan ({ID_RULE})", plan)
    return Suggestion(
        id=like(_ID, fields["id"], "id", "16 to 40 letters, digits and hyphens"),
        plan=plan,
        operations=tuple(_operations(fields["ops"])),
        by=_sender(fields["by"]),
        base=like_or_nothing(
            _BASE, fields.get("base"), "base", "12 characters 0-9 a-f"
        ),
        at=like_or_nothing(
            _AT, fields.get("at"), "at", "a time like 2026-05-26T09:14Z"
        ),
        source=_origin(fields.get("source")),
        received=_received(fields.get("received_at")),
    )


def as_json(suggestion: Suggestion) -> bytes:
    """Write *suggestion* as JSON, always in the same bytes."""
    by = {name: told for name, told in suggestion.by._asdict().items() if told}
    document = {
        "mapsite": FORMAT,
        "id": suggestion.id,
        "plan": suggestion.plan,
        "base": suggestion.base,
        "at": suggestion.at,
        "by": {"name": suggestion.by.name} | by,
        "ops": [operation.as_dict() for operation in suggestion.operations],
    }
    if suggestion.source:
        document["source"] = suggestion.source._asdict()
    if suggestion.received:
        document["received_at"] = suggestion.received.isoformat()
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _operations(value: object) -> Iterator[Operation]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_OPERATIONS:
        many = f"{len(value)} of them" if isinstance(value, list) else got(value)
        raise Unreadable(f"ops: expected 1 to {MOST_OPERATIONS} operations, got {many}")
    for number, one in enumerate(value, 1):
        yield _operation(one, f"ops/{number}")


def _operation(value: object, place: str) -> Operation:
    if not isinstance(value, dict):
        raise wrong(place, "a map", value)
    op = value.get("op")
    if not isinstance(op, str) or op not in OPS:
        raise wrong(f"{place}/op", f"one of {', '.join(sorted(OPS))}", op)
    fields = map_of(value, place, *SAYS[op])
    path = fields["path"]
    if path != "" or op != "comment":
        path = like(_PATH, path or "", f"{place}/path", "a path like steps/demo/due")
    after = fields.get("after")
    if after is not None and not (isinstance(after, str) and read_id(after)):
        raise wrong(f"{place}/after", "the id of an item", after)
    why = optional_line(fields.get("why"), f"{place}/why", MOST_TEXT)
    old = value_of(fields.get("old"), f"{place}/old", MOST_LEVELS)
    name = "new" if "new" in fields else "value"
    new = value_of(fields.get(name), f"{place}/{name}", MOST_LEVELS)
    found = Operation(op, path, old, new, after, why)
    _check_sense(found, place)
    return found


def _check_sense(operation: Operation, place: str) -> None:
    """Refuse what no plan could make sense of, wherever it would be written."""
    op, path, new = operation.op, operation.path, operation.new
    parts = path.split("/")
    if op in {"add", "ask"}:
        lists = {"questions"} if op == "ask" else KEYED
        if path not in lists:
            raise wrong(f"{place}/path", f"one of {', '.join(sorted(lists))}", path)
        if not isinstance(new, dict) or not new or "id" in new:
            raise wrong(f"{place}/value", "a map of fields, without an id", new)
    if op == "comment" and not (isinstance(new, dict) and [*new] == ["text"]):
        raise wrong(f"{place}/value", "a map with text alone", new)
    if op in {"ask", "comment"} and not says(new.get("text")):
        raise wrong(f"{place}/value/text", "text", new.get("text"))
    if op == "answer" and (parts[0] != "questions" or len(parts) != 2):  # noqa: PLR2004  # questions/id
        raise wrong(f"{place}/path", "a question like questions/term", path)
    if op == "answer" and not says(new):
        raise wrong(f"{place}/new", "text", new)
    if op == "confirm" and len(parts) == 1:
        raise wrong(f"{place}/path", "a date like steps/demo/due", path)


def _sender(value: object) -> Sender:
    fields = map_of(value, "by", frozenset({"name"}), {"id", "email", "proof"})
    name = line_of(fields["name"], "by/name", MOST_NAME)
    person, email, proof = (
        optional_line(fields.get(key), f"by/{key}", 2 * MOST_NAME)
        for key in ("id", "email", "proof")
    )
    if person and not read_id(person):
        raise wrong("by/id", "the id of a person", person)
    if email and not read_email(email):
        raise Unreadable("by/email: expected an e-mail address")
    return Sender(name, person, email, proof)


def _origin(value: object) -> Origin | None:
    if value is None:
        return None
    keys = ("ref", "sender", "grade")
    fields = map_of(value, "source", frozenset({"channel"}), {*keys})
    channel = like(_CHANNEL, fields["channel"], "source/channel", "a word like mail")
    told = (optional_line(fields.get(key), f"source/{key}", MOST_TEXT) for key in keys)
    return Origin(channel, *(text or "" for text in told))


def _received(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise wrong("received_at", "a time like 2026-05-26T09:14:02+00:00", value)
    return found.astimezone(UTC)
