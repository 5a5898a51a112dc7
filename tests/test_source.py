"""The strict source: what it refuses, and where it says each value stands."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mapsite.errors import InvalidPlan
from mapsite.plan import source as source_module
from mapsite.plan.nodes import Mapping, Scalar, Sequence
from mapsite.plan.source import Source, compose, parse

FULL = Path(__file__).parent / "plans" / "full.yaml"

COMMENTED = """\
# A plan with a comment wherever one may stand.
title: Pilot   # after a plain text
goal:          # after a key
  # above a value
  outcome: 'It''s signed'  # after single quotes
  date: "2026-08-14" # after double quotes
  why: The renewal
    of June   # after a text over two lines

# between the fields
summary: |     # after the sign of a block
  First line # is text in here

  Last line
# after a block
marking: >-
  folded
  text

steps:   # a list
  # above an item
  - id: demo # after an id
    title: "Demo # is text"
    after: [ a , "b c",   # inside brackets
             d ]
    tasks: [{title: x, owner: 'y'}, {title: z}]
    note: |+
      kept

  # between items
  - {id: pilot, title: "P, q"}  # an item in braces
people:
- id: jo   # not indented
  name: Jo
# the end, without a newline"""


def read(text: str) -> Source:
    """Parse a text as a file."""
    return parse(text.encode(), "plan.yaml")


def refusal(raw: bytes) -> list[str]:
    """Return what is said about a text that is refused."""
    with pytest.raises(InvalidPlan) as caught:
        parse(raw, "plan.yaml")
    return [str(problem) for problem in caught.value.problems]


def leaves(source: Source) -> dict[str, Scalar]:
    """Return every value that is a text, by its address."""
    top = source.top()
    keys = {id(key) for key in _keys(top.node)}
    return {
        spot.address: spot.node
        for spot in source.spots()
        if isinstance(spot.node, Scalar) and id(spot.node) not in keys
    }


def _keys(node: object) -> list[Scalar]:
    if isinstance(node, Sequence):
        return [key for item in node.items for key in _keys(item)]
    if isinstance(node, Mapping):
        below = [key for _, value in node.entries for key in _keys(value)]
        return [key for key, _ in node.entries] + below
    return []


@pytest.fixture(params=["libyaml", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Use each of PyYAML's two parsers."""
    events = {"libyaml": yaml.CSafeLoader, "python": yaml.SafeLoader}
    monkeypatch.setattr(source_module, "_Events", events[request.param])
    return str(request.param)


@pytest.mark.usefixtures("parser")
class TestSpans:
    """Every value can be replaced where it stands."""

    @pytest.mark.parametrize("ends", ["\n", "\r\n"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_replacing_one_value_changes_only_that_value(
        self, ends: str, mark: str
    ) -> None:
        """Putting a text into a span leaves every other value as it was."""
        text = mark + COMMENTED.replace("\n", ends)
        before = list(leaves(read(text)).values())
        assert len(before) == 19
        for place, node in enumerate(before):
            changed = text[: node.start] + '"new # text"' + text[node.end :]
            expected = [leaf.text for leaf in before]
            expected[place] = "new # text"
            after = [leaf.text for leaf in leaves(read(changed)).values()]
            assert after == expected, node

    def test_comments_survive_every_replacement(self) -> None:
        """Only the comment behind the sign of a block is a part of its value."""
        comments = [
            line[line.index("#") :] for line in COMMENTED.splitlines() if "#" in line
        ]
        for address, node in leaves(read(COMMENTED)).items():
            changed = COMMENTED[: node.start] + "x" + COMMENTED[node.end :]
            lost = [comment for comment in comments if comment not in changed]
            assert all(comment in COMMENTED[node.start : node.end] for comment in lost)
            assert not lost or address in {"summary", "steps/demo/title"}

    def test_every_value_of_a_whole_plan_can_be_replaced(self) -> None:
        """Plain values of a plan with every field are found where they stand."""
        text = FULL.read_text(encoding="utf-8")
        for node in leaves(read(text)).values():
            if node.plain:
                assert " ".join(text[node.start : node.end].split()) == node.text

    def test_block_keeps_its_last_newline(self) -> None:
        """A block ends before the newline of its last line with text."""
        source = read("a: |\n  x\n  y\n\nb: 1\n")
        node = source.root.entries[0][1]
        assert source.text[node.start : node.end] == "|\n  x\n  y"

    def test_list_item_ends_with_its_last_value(self) -> None:
        """The span of an item leaves out the comment and the blank lines after it."""
        source = read("steps:\n  - id: a\n    title: b # c\n\n  # d\n  - id: e\n")
        node = source.locate("steps/a")
        assert node
        assert source.text[node.start : node.end] == "id: a\n    title: b"

    def test_list_in_brackets_spans_its_brackets(self) -> None:
        """A list in brackets can be replaced as a whole."""
        source = read("a: [x, {y: z}]  # c\n")
        node = source.locate("a")
        assert node
        assert source.text[node.start : node.end] == "[x, {y: z}]"

    def test_place_is_counted_in_characters(self) -> None:
        """A character beyond the basic plane counts once in span and column."""
        source = read("a: {b: 😀é, c: d}\n")
        node = source.locate("a/c")
        assert isinstance(node, Scalar)
        assert (node.line, node.column) == (1, 15)
        assert source.text[node.start : node.end] == "d"

    def test_empty_value_stands_behind_its_colon(self) -> None:
        """A value that is missing has an empty span."""
        source = read("a:   # later\nb: 1\n")
        node = source.locate("a")
        assert isinstance(node, Scalar)
        assert node.nothing
        assert (node.start, node.end) == (2, 2)


class TestData:
    """Values are the text as written."""

    def test_every_scalar_is_the_text_as_written(self) -> None:
        """No value is turned into a number, a date or a truth value."""
        written = "no", "1.10", "12:30", "010", ".nan", "1_000", "2026-02-30", "true"
        source = read("list: [" + ", ".join(written) + "]\non: off\n")
        assert source.data() == {"list": list(written), "on": "off"}

    @pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
    def test_empty_field_counts_as_missing(self, nothing: str) -> None:
        """A key without a value is left out."""
        assert read(f"title: x\ndue: {nothing}\n").data() == {"title": "x"}

    @pytest.mark.parametrize("text", ['""', "'~'", '"null"'])
    def test_quoted_word_for_nothing_is_a_text(self, text: str) -> None:
        """What stands in quotes is a text, whatever it says."""
        assert read(f"due: {text}\n").data() == {"due": text[1:-1]}

    def test_empty_item_stays_in_its_list(self) -> None:
        """An item of a list keeps its place, so that messages can name it."""
        assert read("a:\n  -\n  - b\n").data() == {"a": [None, "b"]}

    def test_comment_without_a_word_leaves_a_field_empty(self) -> None:
        """A comment after a space is what it looks like."""
        assert read("due: # to be agreed\ntitle: x\n").data() == {"title": "x"}


class TestLocate:
    """An address finds its value."""

    SOURCE = read(COMMENTED)

    @pytest.mark.parametrize(
        ("address", "text"),
        [
            ("title", "Pilot"),
            ("goal/outcome", "It's signed"),
            ("steps/demo/title", "Demo # is text"),
            ("steps/demo/after/2", "b c"),
            ("steps/demo/tasks/1/owner", "y"),
            ("steps/2/title", "P, q"),
            ("people/jo/name", "Jo"),
        ],
    )
    def test_finds_a_value(self, address: str, text: str) -> None:
        """Items are named by id, or by their number from 1."""
        node = self.SOURCE.locate(address)
        assert isinstance(node, Scalar)
        assert node.text == text

    @pytest.mark.parametrize(
        "address",
        ["x", "title/x", "steps/0", "steps/3", "steps/demo/after/b c", "steps/-1", "/"],
    )
    def test_finds_nothing_elsewhere(self, address: str) -> None:
        """An address that is not in the file finds nothing."""
        assert self.SOURCE.locate(address) is None

    def test_empty_address_is_the_plan(self) -> None:
        """The plan itself has the empty address."""
        assert self.SOURCE.locate("") is self.SOURCE.root

    def test_id_wins_over_number(self) -> None:
        """An id of digits is looked for first."""
        source = read('steps:\n  - {id: "2", title: a}\n  - {id: x, title: b}\n')
        node = source.locate("steps/2/title")
        assert isinstance(node, Scalar)
        assert node.text == "a"


@pytest.mark.usefixtures("parser")
class TestRefusals:
    """Both parsers refuse the same texts."""

    def test_more_than_a_mebibyte_is_refused_unread(self) -> None:
        """Size is looked at before anything else, encoding included."""
        raw = b"\xff" * ((1 << 20) + 1)
        message = "plan.yaml:1: expected at most 1 MiB, got 1,048,577 bytes"
        assert refusal(raw) == [message]

    @pytest.mark.parametrize(
        ("raw", "message"),
        [
            (
                b"a: 1\nb: \xe9\n",
                "2: expected a text saved as UTF-8, got the byte 0xe9",
            ),
            (
                b"a: \xed\xa0\x80",
                "1: expected a text saved as UTF-8, got the byte 0xed",
            ),
            ("a: 1".encode("utf-16"), "1: expected a text saved as UTF-8, got UTF-16"),
            (b"a: \0", "1: expected no invisible control characters, got U+0000"),
            (b"a:\r\nb: \x85", "2: expected a text saved as UTF-8, got the byte 0x85"),
            (
                "a: 1\r\nb: \u2066".encode(),
                "2: expected no invisible control characters, got U+2066",
            ),
        ],
    )
    def test_other_bytes_are_refused(self, raw: bytes, message: str) -> None:
        """Only UTF-8 without control characters is read, and the line is told."""
        assert refusal(raw) == [f"plan.yaml:{message}"]

    def test_byte_order_mark_is_allowed(self) -> None:
        """A mark at the start is what some editors write."""
        assert parse(b"\xef\xbb\xbfa: 1\n", "p").data() == {"a": "1"}

    def test_all_tricks_are_told_at_once(self) -> None:
        """Reading goes on after an anchor, an alias, a tag and a repeated key."""
        text = b"a: &x 1\nb: *x\nc: !t 2\nd: {e: 1, e: 2}\n<<: {f: 1}\n"
        assert [line.split(": ")[1] for line in refusal(text)] == [
            "a",
            "b",
            "c",
            "d/e",
            "<<",
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "a: [" * 400,
            "- " * 400 + "x",
            "{a: " * 400,
            "".join("  " * n + "a:\n" for n in range(400)),
        ],
    )
    def test_deep_nesting_ends_early(self, text: str) -> None:
        """Nesting is refused at its 31st level, however deep it goes."""
        (message,) = refusal(text.encode())
        assert "30 levels" in message

    def test_thirty_levels_are_allowed(self) -> None:
        """The last level that is allowed is read."""
        assert read("a: " + "[" * 29 + "]" * 29)

    def test_many_values_end_early(self) -> None:
        """A flood of keys is refused before it costs anything."""
        (message,) = refusal(b"".join(b"k%d:\n" % n for n in range(15_000)))
        assert "a plan of less text" in message

    def test_huge_alias_bomb_is_not_expanded(self) -> None:
        """Aliases are not followed, so that a bomb is only a list of faults."""
        lines = ["a0: &a0 [x]"]
        lines += [
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)
        ]
        told = refusal("\n".join(lines).encode())
        assert len(told) == 20 + 19 * 9


@pytest.mark.usefixtures("parser")
class TestBeforeTheEnd:
    """What is told of a text that cannot be finished."""

    def test_a_key_that_is_written_twice_is_named(self) -> None:
        """Its name helps, and no internal item can be around it."""
        twice, end = refusal(b"steps:\n- due: 1\n  due: 2\n- title: x\nb: [\n")
        assert twice == (
            'plan.yaml:3: steps/1/due: expected each key once, got "due" in lines 2'
            " and 3"
        )
        assert end.startswith('plan.yaml:5: b: expected "]" after this "["')

    @pytest.mark.parametrize(
        "text",
        [
            "internal: {floor: 1, floor: 2}\nb: [\n",
            "steps:\n- {internal: true, floor: 1, floor: 2}\nb: [\n",
            "steps:\n- internal: true\n  floor: 1\n  floor: 2\n  b: [\n",
            "steps:\n- id: floor\n  floor: 1\n  floor: 2\n  b: ]\n  internal: true\n",
        ],
    )
    def test_what_may_be_internal_is_not_told(self, text: str) -> None:
        """An item may say only after the fault that it stays internal."""
        told = refusal(text.encode())
        assert len(told) == 2
        assert "floor" not in "".join(told)

    @pytest.mark.parametrize("more", ["[", ": x", "@", "\t", '"', "\n- ", "}", ""])
    def test_a_plan_may_break_off_anywhere(self, more: str) -> None:
        """Wherever a text ends, there is a source or a problem."""
        text = FULL.read_text(encoding="utf-8")
        for end in range(0, len(text), 1499):
            broken = text[:end] + more
            source, problems = compose(broken.encode(), "plan.yaml")
            assert source or problems

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("buyer:\n  color: @x\n", "buyer/color"),
            ("buyer: {name: Acme, color: #0b6bcb}\n", "buyer/color"),
            ("steps:\n- {id: a, title: b: c}\n", "steps/a/title"),
            ("steps:\n- id: a\n  after: [x] y\n", "steps/a/after"),
            ("steps:\n- id: a\n  after: [x, 'y' z]\n", "steps/a/after/2"),
            ("title: a\nbuyer: Acme: 1\n", "buyer"),
            ('title: "a\n', "title"),
            ("\ufefftitle: a: b\r\n", "title"),
            ("title: a\r\nbuyer: a: b\r\n", "buyer"),
            ("title: a\n\tbuyer: b\n", ""),
            ("title: a\nbuyer\ngoal: x\n", ""),
            ("internal: {floor: a: b}\n", "internal"),
            ("steps:\n- id: a\n  due: @\n- internal: true\n", "steps/a/due"),
            ("steps:\n- id: a\n  due: @\ninternal: {a: b}\n", "steps/a/due"),
            ("steps:\n- id: a\n  floor: @\n  internal: true\n", ""),
            ("steps:\n- {id: a, floor: @, internal: true}\n", ""),
        ],
    )
    def test_the_field_is_named(self, text: str, address: str) -> None:
        """A machine that reads the problem finds the field, where a key is known."""
        with pytest.raises(InvalidPlan) as caught:
            parse(text.encode(), "plan.yaml")
        assert [problem.address for problem in caught.value.problems] == [address]


def test_keys_of_internal_fields_are_not_told() -> None:
    """A key inside an internal field may say as much as a value."""
    (message,) = refusal(b"internal:\n  floor: 1\n  floor: 2\n")
    assert message == (
        "plan.yaml:3: internal: expected each key once,"
        " got a value that is not shown in lines 2 and 3"
    )
