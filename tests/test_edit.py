"""Plans are changed in place: the field's own bytes, and no others."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from mapsite.errors import InvalidPlan
from mapsite.plan.edit import TOP, Edits, Unwritable, edited
from mapsite.plan.model import Plan
from mapsite.plan.source import parse
from mapsite.plan.spelling import Value

PLANS = Path(__file__).parent / "plans"
NONCE = "abcdefghijklmnopqrstuvwxyz"
OTHER = "zyxwvutsrqponmlkjihgfedcba"


def edit(text: str, edits: Edits) -> str:
    """Return *text* after *edits*, with its line ends as they are."""
    return edited(text.encode(), edits, "plan.yaml").decode()


def said(text: str | bytes) -> object:
    """Return what a text says."""
    raw = text.encode() if isinstance(text, str) else text
    return parse(raw, "plan.yaml").data()


def touched(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that went and those that came."""
    lines = list(
        difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    )
    gone, come = ([one[2:] for one in lines if one[0] == sign] for sign in "-+")
    return gone, come


def test_a_status_is_set_in_its_own_characters() -> None:
    """Quotes, the note behind and the line end stay."""
    text = "title: A\r\nstatus: 'open'   # by jo\r\ngoal: {date: tbd}\r\n"
    assert edit(text, {("status",): "won"}) == text.replace("'open'", "'won'")


def test_a_new_status_comes_where_plans_have_it() -> None:
    """It follows the nearest field before it, and no note changes its owner."""
    text = "title: A  # ours\n# The goal is theirs.\ngoal: {date: tbd}\nsteps: []\n"
    new = text.replace("# ours\n", "# ours\nstatus: won\n")
    assert edit(text, {("status",): "won"}) == new


def test_links_come_last_in_lines_of_their_own() -> None:
    """A note inside the last step stays with the step."""
    text = "title: A\nsteps:\n  - id: demo\n    title: Demo\n  # - id: later\n# end\n"
    link = {"nonce": NONCE, "expires": date(2026, 9, 30)}
    new = text.replace(
        "# end",
        f"links:\n  buyer: {{nonce: {NONCE}, expires: 2026-09-30}}\n# end",
    )
    assert edit(text, {("links", "buyer"): link}) == new


def test_a_missing_line_end_stays_missing() -> None:
    """What comes last ends as the text ended."""
    new = edit("title: A", {("closed", "on"): date(2026, 5, 1)})
    assert new == "title: A\nclosed:\n  on: 2026-05-01"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("{title: A}", "{title: A, status: won}"),
        ("{title: A,}", "{title: A, status: won,}"),
        ("{\n  title: A # ours\n}\n", "{\n  title: A, status: won # ours\n}\n"),
        ("status:\ntitle: A\n", "status: won\ntitle: A\n"),
        ("status: ~ # open\n", "status: won # open\n"),
        ("status:   # open?\n", "status: won   # open?\n"),
        ("{status: , title: A}", "{status: won , title: A}"),
        ("{status, title: A}", "{status: won, title: A}"),
        ("status:\n  open\ntitle: A\n", "status:\n  won\ntitle: A\n"),
        ("status: |\n  open\ntitle: A\n", "status: |-\n  won\ntitle: A\n"),
        ('"status" : "open"\n', '"status" : "won"\n'),
    ],
)
def test_a_value_is_written_as_what_is_around_it(text: str, new: str) -> None:
    """Braces, empty fields, blocks and quotes stay what they are."""
    assert edit(text, {("status",): "won"}) == new


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("{a: 1, b: 2, c: 3}", "{a: 1, c: 3}"),
        ("{b: 2, c: 3}", "{c: 3}"),
        ("{a: 1, b: 2}", "{a: 1}"),
        ("{b: 2}", "{}"),
        ("a: 1\n# Of b.\nb: 2 # two\nc: 3\n", "a: 1\n# Of b.\nc: 3\n"),
        ("a: 1\nb:\n  - x\n  - y\nc: 3\n", "a: 1\nc: 3\n"),
        ("a: 1\nb: |\n  x\n\n  y\n", "a: 1\n"),
        ("b: 2\r\na: 1\r\n", "a: 1\r\n"),
        ("{\n  a: 1, # one\n  b: 2, # two\n}", "{\n  a: 1, # one\n}"),
    ],
)
def test_a_field_goes_with_its_own_bytes_alone(text: str, new: str) -> None:
    """Notes in lines above it stay, for nobody knows whose they are."""
    assert edit(text, {("b",): None}) == new


def test_the_last_field_leaves_an_empty_map() -> None:
    """The map was there, and is."""
    new = edit("title: A\nlinks:\n  buyer: {}\n", {("links", "buyer"): None})
    assert new == "title: A\nlinks: {}\n"


def test_the_first_field_of_an_item_makes_room_for_the_next() -> None:
    """The dash stays."""
    text = "steps:\n  - due: 2026-05-01\n    id: demo\n"
    new = edit(text, {("steps", "1", "due"): None})
    assert new == "steps:\n  - id: demo\n"


def test_items_of_lists_are_found_by_their_ids() -> None:
    """One step's day moves, whatever its place."""
    text = (PLANS / "full.yaml").read_text("utf-8")
    ids = [step["id"] for step in said(text)["steps"] if "due" in step]  # type: ignore[index]
    new = edit(text, {("steps", ids[-1], "due"): date(2026, 12, 24)})
    gone, come = touched(text, new)
    assert len(gone) == len(come) == 1
    assert "2026-12-24" in come[0]


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("a: [x, w]\n", "a: [x, w, z]\n"),
        ("a: [\n  x, # 1\n  w\n]\n", "a: [\n  x, # 1\n  w,\n  z\n]\n"),
        ("a:\n- x # 1\n- w # 2\nb: 1\n", "a:\n- x # 1\n- w # 2\n- z\nb: 1\n"),
        ("a:\n  - x\n  - q\nb: 1\n", "a:\n  - x\n  - w\n  - z\nb: 1\n"),
        ("a: x\n", "a: [x, w, z]\n"),
    ],
)
def test_a_list_grows_at_its_end(text: str, new: str) -> None:
    """What stands in it stays as it is written."""
    assert edit(text, {("a",): ["x", "w", "z"]}) == new


def test_a_map_is_changed_field_by_field() -> None:
    """What stays the same keeps its bytes, and what is not wanted goes."""
    text = "links:\n  buyer:\n    nonce:  x  # mine\n    expires: 2026-01-01\n"
    new = edit(text, {("links", "buyer"): {"nonce": "x", "former": ["z"]}})
    assert new == "links:\n  buyer:\n    nonce:  x  # mine\n    former: [z]\n"


def test_what_is_there_already_changes_nothing() -> None:
    """Not even its quotes."""
    text = "status: 'won'\n"
    assert edit(text, {("status",): "won", ("links", "x"): None}) == text


@pytest.mark.parametrize(
    "value",
    [
        "no",
        "12:30",
        "1.10",
        "0x1f",
        "a: b # c",
        "- x",
        "#1",
        "",
        " a ",
        "é ü",
        "\\n",
        "a\nb",
        "a\n\n  b\n",
        "'",
        '"',
        "~",
        "null",
        "{x}",
        "[x",
        "a, b",
        "2e5",
        "y",
    ],
)
@pytest.mark.parametrize(
    "text",
    ["title: A\n", "title: |\n  A\n", "{title: 'A', b: 1}", 'x: 1\ntitle: "A"\r\n'],
)
def test_any_text_is_read_as_it_was_meant(text: str, value: str) -> None:
    """Also by those who take words like no for something else."""
    new = edit(text, {("title",): value, ("new",): value})
    data = said(new)
    assert isinstance(data, dict)
    assert (data["title"], data["new"]) == (value, value)


def test_other_readers_see_texts_too() -> None:
    """A word that YAML takes for a truth or a number gets quotes."""
    words = ["no", "Yes", "12", "1_000", "1.5", "0o17", "nan", "off", "y", "2e5"]
    for word in words:
        assert edit("a: 1\n", {("b",): word}) == f'a: 1\nb: "{word}"\n'


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("status: open\n", ("status", "x")),
        ("steps: [{id: a}]\n", ("steps", "b", "due")),
        ("steps: [x]\n", ("steps", "1", "due")),
    ],
)
def test_no_place_is_told(text: str, path: tuple[str, ...]) -> None:
    """The message names the field, and the line to type."""
    with pytest.raises(Unwritable, match=r"type it by hand:\n.*: soon"):
        edit(text, {path: "soon"})


def test_what_cannot_be_said_is_refused() -> None:
    """A control character has no place in a plan."""
    with pytest.raises(Unwritable, match="title"):
        edit("title: A\n", {("title",): "a\x07b"})


def test_a_refusal_keeps_quiet_about_nonces() -> None:
    """Who reads it is not told what an address is made of."""
    with pytest.raises(Unwritable) as caught:
        edit("links: [x]\n", {("links", "buyer", "nonce"): NONCE})
    assert NONCE not in str(caught.value)
    assert "links" in str(caught.value)


def test_what_is_no_plan_is_not_changed() -> None:
    """Its own faults are told."""
    with pytest.raises(InvalidPlan, match="each key once"):
        edit("a: 1\na: 2\n", {("b",): "x"})


def test_the_order_is_that_of_the_schema() -> None:
    """A field that the schema gets has its place here as well."""
    names = [field.alias or name for name, field in Plan.model_fields.items()]
    usual = [name for name in names if name not in {"internal", "closed"}]
    assert [name for name in TOP if name != "closed"] == usual
    assert TOP[TOP.index("status") + 1] == "closed"


WORDS = st.text("abcxyz -:#'\"[]{},é\t|>&*!%@`~", max_size=12)
NOTES = st.sampled_from(["", "  # why", " #", "\t# tab"])
ABOVE = st.sampled_from(["", "# above\n", "\n", "\n  # deep\n\n", "#\n"])
SCALARS = st.sampled_from(
    [
        "x",
        "'it''s'",
        '"q\\n"',
        "2026-05-01",
        "",
        "~",
        "no",
        "a b\n   c",
        "|\n   l1\n\n   l2",
        ">-\n   f1\n   f2",
        "[x, y]",
        "[]",
        "{}",
        "{p: 1, q: [2]}",
        "{p: {r: 's'}, q}",
        "\n   - x # n\n   - y",
        "\n   p: 1 # n\n   # deep\n   q:\n     - r: 1",
    ]
)
KEYS = ("a", "b", "links", "status", "closed")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw a plan full of notes, in one of the ways that people write."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1))
    lines = []
    for key in keys:
        value = draw(SCALARS)
        note = draw(NOTES)
        head, _, tail = value.partition("\n")
        own = "\n" + tail if tail else ""
        scalar_goes_on = bool(tail) and head and head[0] not in "|>"
        mark = "" if scalar_goes_on else note
        lines.append(f"{draw(ABOVE)}{key}: {head}{mark}{own}\n")
    text = "".join(lines) + draw(st.sampled_from(["", "# end\n", "\n\n"]))
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return draw(st.sampled_from(["", "\ufeff"])) + text


VALUES = st.one_of(
    st.none(),
    WORDS,
    st.lists(WORDS, max_size=3),
    st.dictionaries(
        st.sampled_from(["p", "q", "on"]), WORDS | st.lists(WORDS), max_size=2
    ),
)
PATHS = st.one_of(
    st.tuples(st.sampled_from(KEYS)),
    st.tuples(st.sampled_from(KEYS), st.sampled_from(["p", "q", "new"])),
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(texts(), PATHS, VALUES)
def test_only_the_fields_own_bytes_change(
    text: str, path: tuple[str, ...], value: Value | None
) -> None:
    """All other fields and notes keep theirs, whatever the text looks like."""
    try:
        before = parse(text.encode(), "plan.yaml")
    except InvalidPlan:
        assume(condition=False)
        return
    around = before.data().get(path[0], {}) if len(path) > 1 else {}
    if not isinstance(around, dict):
        with pytest.raises(Unwritable):
            edit(text, {path: value})
        return
    new = edit(text, {path: value})
    assert said(new) == expected(before.data(), path, value)
    start, end = difference(text, new)
    if start < end:
        key, node = before.root.entries[before.root.places[path[0]]]
        assert start >= text.rfind("\n", 0, key.start) + 1
        assert end <= (text.find("\n", max(key.end, node.end)) + 1 or len(text))
        assert text[start:end].count("#") <= text[key.end : node.end + 9].count("#")


def difference(text: str, new: str) -> tuple[int, int]:
    """Return from where to where *text* is not as in *new*; nothing for insertions."""
    most = min(len(text), len(new))
    start = next((at for at in range(most) if text[at] != new[at]), most)
    most -= start
    same = next((at for at in range(most) if text[-1 - at] != new[-1 - at]), most)
    return start, len(text) - same


def expected(
    data: dict[str, Any], path: tuple[str, ...], value: Value | None
) -> dict[str, Any]:
    """Return what is to be said after a change."""
    whole = {**data}
    inside = whole if len(path) == 1 else {**whole.get(path[0], {})}
    if value is None:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = value
    if len(path) > 1 and (inside or path[0] in whole):
        whole[path[0]] = inside
    return whole
