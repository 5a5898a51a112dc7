"""What stands in internal fields and items changes no byte, and is in none."""

from __future__ import annotations

import base64
import copy
import html
import json
import re
from collections.abc import Callable
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import Phase as Phases, given, settings, strategies as st

from mapsite.errors import InvalidPlan
from mapsite.plan.item import Item
from mapsite.plan.model import Plan
from mapsite.plan.past import Version
from mapsite.plan.read import read_plan
from mapsite.plan.source import parse
from mapsite.plan.steps import Phase
from tests.promises.sample import (
    as_text,
    differences,
    everything,
    fields_of,
    hidden_twin,
    lists_of,
    parts_of,
)

Make = Callable[..., dict[str, bytes]]
FEW = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phases.explicit, Phases.generate],
)
FOLDER = Path(__file__).resolve().parents[1] / "plans"

CANARY = re.compile(r"canary[\w-]*", re.IGNORECASE)
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
KEPT = {"id", "internal", "after", "status", "done", "due", "start", "takes", "phase"}
"""What of a hidden step may count: its place in the order, and its dates."""

lines = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=30
).map(lambda text: f"x{text}")
some = st.lists(lines, min_size=2, max_size=5, unique=True)
secrets = st.lists(
    st.dictionaries(lines, lines, min_size=1, max_size=3)
    | st.dictionaries(lines, st.lists(lines, max_size=3), min_size=1, max_size=2)
    | st.lists(lines, min_size=1, max_size=3)
    | st.none(),
    min_size=2,
    max_size=6,
)


def hidden(item: object) -> bool:
    """Tell whether a part of a plan's data is internal as a whole."""
    return isinstance(item, dict) and item.get("internal") == "true"


def hidden_inside(data: dict[str, Any]) -> list[tuple[type[Item], dict[str, Any]]]:
    """Return every hidden item, those inside other hidden items too."""
    tops = [(model, item) for model, item in parts_of(data) if hidden(item)]
    return [part for model, item in tops for part in parts_of(item, model)]


@pytest.fixture(scope="module")
def full_data(full: bytes) -> dict[str, Any]:
    """Return the full plan's values as they stand in its file."""
    return parse(full, "full.yaml").data()


class TestNoByteChanges:
    """Build with another internal content, compare all files."""

    @FEW
    @given(secret=secrets)
    def test_internal_fields_anywhere(
        self, room: Make, full_data: dict[str, Any], secret: list[Any]
    ) -> None:
        """Every part may carry an internal map, and none is heard of."""
        plan = copy.deepcopy(full_data)
        carriers = [part for _, part in parts_of(plan) if not hidden(part)]
        assert len(carriers) > 100
        for place, part in enumerate(carriers):
            part["internal"] = secret[place % len(secret)]
        assert differences(room(plan), room(full_data)) == []

    @FEW
    @given(words=some)
    def test_content_of_hidden_items(
        self, room: Make, full_data: dict[str, Any], words: list[str]
    ) -> None:
        """A hidden item counts with its dates and its place in the order alone."""
        plan, replaced = copy.deepcopy(full_data), 0
        for model, item in hidden_inside(plan):
            for field in fields_of(model):
                named = (model, field.name) == (Phase, "name")
                if (
                    field.name not in KEPT
                    and not named
                    and field.kind in {"Line", "Prose"}
                ):
                    text = words[replaced % len(words)]
                    item[field.name] = [text] if field.many else text
                    replaced += 1
        assert replaced > 25
        assert differences(room(plan), room(full_data)) == []

    def test_people_behind_a_hidden_item(
        self, room: Make, full_data: dict[str, Any]
    ) -> None:
        """Whose a hidden step is, on which side, of what kind: nobody's business."""
        plan = copy.deepcopy(full_data)
        for step in filter(hidden, plan["steps"]):
            step |= {"owners": [{"buyer": "Somebody"}], "side": "both", "kind": "form"}
            step |= {"blocker": "Nothing", "optional": "true", "phase": "Prove"}
            step |= {"tasks": [{"title": "Do it", "due": "2026-01-01"}]}
        for person in filter(hidden, plan["people"]):
            person |= {"side": "buyer", "signs": "1", "added": "2026-05-20"}
        assert differences(room(plan), room(full_data)) == []

    @FEW
    @given(words=some)
    def test_rules_of_advice(
        self, room: Make, full_data: dict[str, Any], words: list[str]
    ) -> None:
        """What the seller says of the rules, and why, is nobody else's business."""
        plan = copy.deepcopy(full_data)
        plan["checks"] = {
            rule: {"off": "true", "why": words[place % len(words)]}
            for place, rule in enumerate(("no-legal", "stale", "seller-words"))
        }
        without = {key: full_data[key] for key in full_data if key != "checks"}
        assert differences(room(plan), room(without)) == []

    @FEW
    @given(words=some, places=st.lists(st.integers(0, 9), min_size=4, max_size=9))
    def test_hidden_items_that_nothing_refers_to(
        self, room: Make, words: list[str], places: list[int]
    ) -> None:
        """They may stand anywhere in any list, or not at all."""
        base = everything("Words", "*Words*")
        plan, say = copy.deepcopy(base), cycle(words)
        for number, (model, items) in enumerate(lists_of(plan)):
            place = places[number % len(places)]
            if place < len(items):
                twin = hidden_twin(model, lambda _: next(say), f"h{number}-")
                items.insert(place, twin)
        assert differences(room(plan), room(base)) == []

    def test_hidden_items_at_every_place_of_every_list(self, room: Make) -> None:
        """Before, between and after the others: numbers, sums and ids stay."""
        base = everything("Words", "*Words*")
        plan = copy.deepcopy(base)
        for place, (model, items) in enumerate(lists_of(plan)):
            for at in range(len(items), -1, -1):
                items.insert(
                    at, hidden_twin(model, lambda _: "Other", f"h{place}x{at}-")
                )
        assert len(json.dumps(plan)) > 2 * len(json.dumps(base))
        assert differences(room(plan), room(base)) == []

    def test_what_is_never_shown(self, room: Make, full_data: dict[str, Any]) -> None:
        """E-mails of people, the band and comments are for the seller's own eyes."""
        plan = copy.deepcopy(full_data)
        plan["band"] = "another"
        for person in plan["people"]:
            person["email"] = "someone@else.example"
        assert (
            differences(room(b"# a comment\n" + as_text(plan)), room(full_data)) == []
        )

    def test_a_hidden_window_closes_nothing(
        self, room: Make, full_data: dict[str, Any]
    ) -> None:
        """A window that nobody may know of would show in the dates that avoid it."""
        plan = copy.deepcopy(full_data)
        window = {"from": "2026-05-25", "to": "2026-08-01", "internal": "true"}
        plan["calendar"]["closed"].append(window)
        assert differences(room(plan), room(full_data)) == []


class TestHiddenSteps:
    """A visible step keeps the date that follows from a hidden one, and no more."""

    @pytest.fixture
    def plan(self) -> dict[str, Any]:
        """Return a plan with one hidden step, on which one visible step depends."""
        steps = [
            {"id": "secret", "title": "S", "due": "2026-06-01", "internal": "true"},
            {"id": "offer", "title": "Offer", "takes": "3d", "after": ["secret"]},
        ]
        plan = everything("Words", "Words")
        return plan | {"steps": steps, "seller": {"name": "Mama"}, "calendar": {}}

    def test_keeps_the_date(self, room: Make, plan: dict[str, Any]) -> None:
        """The hidden step's day moves the day of the step after it."""
        assert b'<time datetime="2026-06-04">' in room(plan)["index.html"]
        plan["steps"][0]["due"] = "2026-06-08"
        assert b'<time datetime="2026-06-11">' in room(plan)["index.html"]

    def test_says_preparation_whatever_it_is(
        self, room: Make, plan: dict[str, Any]
    ) -> None:
        """Its name and its id are not told."""
        before = room(plan)
        assert b"preparation" in before["index.html"]
        plan["steps"][0] |= {"id": "board-fears", "title": "Fears", "owners": ["jo"]}
        plan["steps"][1]["after"] = ["board-fears"]
        assert differences(room(plan), before) == []


class TestCanaries:
    """Look for marked words of the full plan in every byte, however written."""

    def test_no_canary_leaves(self, room: Make, full: bytes) -> None:
        """No word that begins with CANARY is in any file, nor in a file's name."""
        known = set(CANARY.findall(full.decode()))
        assert len(known) > 60
        for name, data in room(full).items():
            assert not found(data), name
            assert not found(name.encode())

    def test_every_internal_leaf_is_a_canary(self, full_data: dict[str, Any]) -> None:
        """Else the search above would not see what leaves."""
        maps = [
            part["internal"] for _, part in parts_of(full_data) if "internal" in part
        ]
        leaves = [
            leaf for value in maps if value != "true" for leaf in leaves_of(value)
        ]
        leaves += [
            item[field.name]
            for model, item in hidden_inside(full_data)
            for field in fields_of(model)
            if field.kind in {"Line", "Prose"} and isinstance(item.get(field.name), str)
        ]
        assert len(leaves) > 50
        plain = {"one", "SE", "jo", "no", "canary-approver", "listens"}
        assert [
            leaf for leaf in leaves if not CANARY.search(leaf) and leaf not in plain
        ] == []

    def test_every_part_of_the_schema_hides_one(
        self, full_data: dict[str, Any]
    ) -> None:
        """The full plan has an internal map, or a hidden item, in each sort of part."""
        with_internal = {
            model for model, part in parts_of(full_data) if "internal" in part
        }
        assert {
            model.__name__
            for model in (Plan, *Item.__subclasses__())
            if model not in with_internal
        } == set()

    @pytest.mark.parametrize(
        "written",
        [
            "CANARY-x",
            "canary-x",
            "&#67;ANARY-x",
            quote("ä CANARY").replace("CANARY", "%43ANARY"),
            "DESCRIPTION:of CAN\r\n ARY-x",
            base64.b64encode(b"a CANARY-x at any place").decode(),
            base64.b64encode(b"CANARY-floor").decode(),
            "CANARY-x".encode("utf-16-le").decode("latin-1"),
        ],
    )
    def test_the_search_sees_through(self, written: str) -> None:
        """A canary is found however a page or a calendar may write it."""
        assert found(f"before {written} after".encode("latin-1"))


def found(data: bytes) -> bool:
    """Tell whether a canary is in *data*, decoded in every way that readers decode."""
    text = data.decode("utf-8", "replace")
    ways = [text, html.unescape(text), unquote(text), re.sub(r"\r?\n[ \t]", "", text)]
    ways.append(
        data.decode("utf-16-le", "replace") + data[1:].decode("utf-16-le", "replace")
    )
    for word in BASE64.findall(text):
        padded = word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)
        if len(word.rstrip("=")) % 4 != 1:
            ways.append(
                base64.urlsafe_b64decode(padded.translate({43: 45, 47: 95})).decode(
                    "latin-1"
                )
            )
    return any("canary" in way.casefold() for way in ways)


def leaves_of(value: Any) -> list[str]:  # noqa: ANN401  # a tree
    """Return the texts of a tree of maps and lists."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [leaf for part in inner for leaf in leaves_of(part)]


class TestHistory:
    """A room that knows its plan's past knows nothing of what was internal in it."""

    def test_internal_matters_of_old_versions_change_no_byte(
        self, room: Make, full_data: dict[str, Any]
    ) -> None:
        """Other notes in every version, and versions of nothing but notes."""
        plain = [past(full_data, step) for step in range(3)]
        noted = [copy.deepcopy(data) for data in plain]
        for place, data in enumerate(noted):
            for _, part in parts_of(data):
                if not hidden(part):
                    part["internal"] = {"note": f"CANARY-{place}"}
        last = copy.deepcopy(noted[-1])
        last["internal"] = {"note": "CANARY-more", "and": "CANARY-more"}
        made = room(last, versions=versions(*noted, last))
        told = room(plain[-1], versions=versions(*plain))
        assert b"Second" in told["changes/index.html"]
        assert differences(made, told) == []
        for name, content in made.items():
            assert not found(content), name

    def test_what_was_hidden_is_heard_of_nowhere(
        self, room: Make, full_data: dict[str, Any]
    ) -> None:
        """Whatever an item said while it was internal, or says now that it is."""
        data = [past(full_data, step) for step in range(3)]
        secret = {"id": "secret", "title": "CANARY-title", "internal": "true"}
        question = {"id": "open-now", "text": "Plain?", "internal": "true"}
        for place, plan in enumerate(data):
            plan["steps"].append({**secret, "due": f"2026-05-1{place}"})
            words = "Plain?" if place == 2 else f"CANARY-{place}"
            own = {**question, "text": words} if place < 2 else {"text": words}
            plan["questions"].append({"id": "open-now", **own})
        made = room(data[-1], versions=versions(*data))
        assert b"Plain?" in made["changes/index.html"]
        for name, content in made.items():
            assert not found(content), name


def past(data: dict[str, Any], step: int) -> dict[str, Any]:
    """Return a plan as it was in one of three steps."""
    plan = copy.deepcopy(data)
    plan["goal"]["date"] = f"2026-08-1{step}"
    plan["steps"].append({"id": "moving", "title": "Second", "due": f"2026-06-1{step}"})
    return plan


def versions(*texts: dict[str, Any]) -> list[Version]:
    """Return one version a day of a plan, oldest first."""
    who = ("CANARY-author", "canary@mama.example")
    return [
        Version(f"canary-{n}", date(2026, 5, 10 + n), *who, "", as_text(data))
        for n, data in enumerate(texts)
    ]


class TestMessages:
    """A plan that cannot be read tells nothing of what is internal."""

    def test_bad_values_of_hidden_items(self, full_data: dict[str, Any]) -> None:
        """Each field of each hidden item is given a value that it cannot have."""
        plan = copy.deepcopy(full_data)
        spoiled = 0
        for model, item in hidden_inside(plan):
            for field in fields_of(model):
                if field.name in {"id", "name", "phase"}:
                    continue
                if field.kind not in {"Line", "Prose", "part", "Internal"}:
                    item[field.name] = {"CANARY-key": "CANARY-value"}
                    spoiled += 1
                elif field.kind == "Line":
                    item[field.name] = "CANARY " * 200
                    spoiled += 1
            item["CANARY-unknown"] = "CANARY-value"
        assert spoiled > 50
        assert len(problems_of(as_text(plan))) > 50

    @pytest.mark.parametrize(
        "fault",
        [
            "{v}: &CANARY-anchor x",
            "{v}: *CANARY-alias",
            "{v}: !CANARY-tag x",
            "{v}: [CANARY-open",
            '{v}: "CANARY-open',
            "{v}: CANARY-a: CANARY-b",
            "{v}: x\n{i}{v}: CANARY-again",
            "CANARY-no-colon",
            "\tCANARY-tab: x",
            "<<: *CANARY-merge",
            "{v}: CANARY\u202e-override",
            "{v}: CANARY\x07-bell",
            "? [CANARY-list]\n{i}: x",
            '{v}: "CANARY\\q"',
            "{v}: @CANARY",
            "{v}: %CANARY",
        ],
    )
    def test_faults_of_writing_in_internal_fields(
        self, full: bytes, fault: str
    ) -> None:
        """YAML's own traps inside an internal map or item name no word of it."""
        text = full.decode()
        places = list(
            re.finditer(r"^( +)([\w-]+): [^\n]*CANARY[^\n]*$", text, re.MULTILINE)
        )
        assert len(places) > 40
        for place in places[:: len(places) // 6]:
            spoiled = fault.replace("{v}", place[2]).replace("{i}", place[1])
            raw = text[: place.start()] + place[1] + spoiled + text[place.end() :]
            problems_of(raw.encode())


def problems_of(raw: bytes) -> list[str]:
    """Return what is said about a plan; none of it may name what is internal."""
    with pytest.raises(InvalidPlan) as caught:
        read_plan(raw, "deal.yaml", FOLDER)
    said = [str(problem) for problem in caught.value.problems]
    assert [line for line in said if found(line.encode())] == []
    return said
