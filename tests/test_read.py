"""Reading a plan: what is accepted, and every fault with its place and words."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from mapsite.errors import InvalidPlan, MapsiteError
from mapsite.plan.cycles import cycles_of
from mapsite.plan.naming import plan_id
from mapsite.plan.read import read_plan

HERE = Path(__file__).parent
BROKEN = HERE / "broken"
SIGN = "# expect: "

SMALL = """\
title: Pilot
goal: {outcome: Signed, date: 2026-08-14}
buyer: {name: Acme}
seller: {name: Mama}
"""


def faults(text: str | bytes, folder: Path | None = None) -> list[str]:
    """Return what is said about a plan, without its file's name."""
    raw = text.encode() if isinstance(text, str) else text
    with pytest.raises(InvalidPlan) as caught:
        read_plan(raw, "plan.yaml", folder)
    return [
        str(problem).removeprefix("plan.yaml:") for problem in caught.value.problems
    ]


def expectations(path: Path) -> list[str]:
    """Return what should be said: in the plan itself, or beside it."""
    beside = path.with_suffix(".expect")
    if beside.exists():
        return beside.read_text(encoding="utf-8").splitlines()
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.removeprefix(SIGN) for line in lines if line.startswith(SIGN)]


@pytest.mark.parametrize(
    "path", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem
)
def test_broken_plan_is_told_exactly(path: Path) -> None:
    """Each broken plan gets one message a fault, word for word, and no more."""
    with pytest.raises(InvalidPlan) as caught:
        read_plan(path.read_bytes(), path.name, BROKEN)
    told = [str(problem) for problem in caught.value.problems]
    assert told == [f"{path.name}:{line}" for line in expectations(path)]
    for problem in caught.value.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.rule
        assert "60K" not in problem.message or "internal" not in path.stem


def test_there_are_many_broken_plans() -> None:
    """The collection does not shrink unnoticed."""
    assert len(list(BROKEN.glob("*.yaml"))) >= 180


@pytest.mark.parametrize(
    "path",
    sorted(
        [*(HERE / "plans").rglob("*.yaml"), *(HERE.parent / "plans").glob("*.yaml")]
    ),
    ids=lambda path: path.stem,
)
def test_good_plan_is_read(path: Path) -> None:
    """Every plan of the collection is one, with the files that it names."""
    assert read_plan(path.read_bytes(), path.name, path.parent).title


class TestAccepted:
    """What the schema lets a plan say."""

    def test_smallest_plan(self) -> None:
        """Two names, a title and a goal are enough."""
        plan = read_plan(SMALL.encode(), "plan.yaml")
        assert plan.goal.date == date(2026, 8, 14)
        assert plan.steps == ()

    def test_blank_fields_are_missing(self) -> None:
        """A template's fields without values do no harm."""
        text = (
            SMALL + "summary:\nsteps:\n  - id: a\n    title: A\n    due:\n    after:\n"
        )
        (step,) = read_plan(text.encode(), "plan.yaml").steps
        assert step.due is None
        assert step.after == ()

    def test_words_of_yaml_stay_text(self) -> None:
        """A text field takes what other programs would turn into something else."""
        text = "title: no\nband: 1.10\nmarking: 12:30\n"
        text += SMALL.removeprefix("title: Pilot\n")
        plan = read_plan(text.encode(), "plan.yaml")
        assert (plan.title, plan.band, plan.marking) == ("no", "1.10", "12:30")

    def test_owners_are_texts_maps_or_one_of_them(self) -> None:
        """One owner may stand where a list may stand."""
        text = SMALL + (
            "steps:\n"
            "  - {id: a, title: A, owners: Legal}\n"
            "  - {id: b, title: B, owners: {buyer: Legal, does: signs}}\n"
            "  - {id: c, title: C, owners: [Legal, {seller: Jo}], evidence: Mail}\n"
        )
        first, second, third = read_plan(text.encode(), "plan.yaml").steps
        assert first.owners[0].who == "Legal"
        assert second.owners[0].does == "signs"
        assert [owner.seller for owner in third.owners] == [None, "Jo"]
        assert third.evidence[0].text == "Mail"

    def test_done_in_the_future_is_no_fault(self) -> None:
        """Reading knows no today."""
        text = SMALL + "steps:\n  - {id: a, title: A, done: 2199-01-01}\n"
        assert read_plan(text.encode(), "plan.yaml").steps[0].finished

    def test_keys_that_yaml_reads_as_truth(self) -> None:
        """`on` is a key like any other."""
        text = SMALL + "review: {every: week, on: monday, with: [Jo]}\n"
        (review,) = read_plan(text.encode(), "plan.yaml").review
        assert review.on == "monday"
        assert review.with_ == ("Jo",)

    def test_words_with_a_comma_are_one_owner(self) -> None:
        """Only a text made of people's ids was meant as a list."""
        text = SMALL + "steps:\n  - {id: a, title: A, owners: 'Legal, both sides'}\n"
        (step,) = read_plan(text.encode(), "plan.yaml").steps
        assert step.owners[0].who == "Legal, both sides"

    @pytest.mark.parametrize("word", ["Mareike", "mareike voss", "team", "mar"])
    def test_other_words_are_no_persons_id(self, word: str) -> None:
        """Only what is written like an id, and nearly is one, was meant to be it."""
        text = SMALL + (
            "people:\n  - {id: marieke, name: Marieke}\n"
            "  - {id: team-lead, name: unknown, internal: true}\n"
            "  - {id: team-lea, name: unknown, internal: true}\n"
            f"steps:\n  - {{id: a, title: A, owners: ['{word}', team-le]}}\n"
        )
        (step,) = read_plan(text.encode(), "plan.yaml").steps
        assert step.owners[0].who == word

    def test_phases_may_be_named_by_steps_alone(self) -> None:
        """Where no phases are listed, each step brings its own."""
        text = SMALL + "steps:\n  - {id: a, title: A, phase: Lanch}\n"
        (step,) = read_plan(text.encode(), "plan.yaml").steps
        assert step.phase == "Lanch"

    def test_a_time_may_have_one_digit(self) -> None:
        """Half past nine is written in two ways and read as one."""
        text = SMALL + "review: {every: week, at: 9:30}\n"
        (review,) = read_plan(text.encode(), "plan.yaml").review
        assert review.at == "09:30"

    def test_a_step_may_be_due_on_the_day_of_the_goal(self) -> None:
        """A moment is counted from an anchor, or is its day."""
        text = SMALL + "steps:\n  - {id: a, title: A, due: goal}\n"
        (step,) = read_plan(text.encode(), "plan.yaml").steps
        assert step.due
        assert (step.due.anchor, step.due.offset) == ("goal", 0)


class TestProblems:
    """What a problem carries beside its words."""

    def test_column_and_rule_are_told(self) -> None:
        """Machines get a place and a stable name."""
        text = SMALL + "steps:\n  - {id: a, title: A, due: soon}\n"
        with pytest.raises(InvalidPlan) as caught:
            read_plan(text.encode(), "plan.yaml")
        (problem,) = caught.value.problems
        assert (problem.line, problem.column) == (6, 28)
        assert (problem.rule, problem.severity) == ("moment", "error")

    def test_all_stages_speak_at_once(self) -> None:
        """A trick of YAML, a wrong value and an unknown step are told together."""
        text = SMALL + (
            "band: !tag x\nsteps:\n  - {id: a, title: A, due: soon, after: [b]}\n"
        )
        assert [line.split(": ")[1] for line in faults(text)] == [
            "band",
            "steps/a/due",
            "steps/a/after/1",
        ]

    def test_fault_is_not_told_twice(self) -> None:
        """What only follows from another fault is left out."""
        text = SMALL + "steps:\n  - id: a\n    <<: {title: A}\n    after: [a b]\n"
        told = faults(text)
        assert len(told) == 1
        assert "merge" in told[0]

    def test_long_value_is_cut(self) -> None:
        """A message has room for 60 characters of a value, in one line."""
        (told,) = faults(SMALL + f'created: "{"long " * 30}\\n"\n')
        assert told.endswith('…"')
        assert len(told.partition("got ")[2]) <= 62

    def test_character_that_cannot_be_seen_is_not_printed(self) -> None:
        """A mark that a terminal may act on is replaced."""
        (told,) = faults(SMALL + "created: 2026\u200e\U000e0041\nband: x\n")
        assert told.endswith('got "2026\ufffd\ufffd"')

    def test_many_unknown_keys_are_told_in_time(self) -> None:
        """Suggestions stay cheap when nearly every line is wrong."""
        text = SMALL + "".join(f"key{number}: x\n" for number in range(2000))
        assert len(faults(text)) == 2000

    def test_suggestions_stop_before_they_cost_much(self) -> None:
        """Thousands of unknown ids are told, the first of them with a suggestion."""
        text = SMALL + "steps:\n"
        text += "".join(
            f"  - {{id: step-{n}, title: S, after: stp-{n}}}\n" for n in range(1500)
        )
        told = faults(text)
        assert len(told) == 1500
        assert told[0].endswith('did you mean "step-0"?')
        assert "did you mean" not in told[-1]

    def test_long_circle_is_found(self) -> None:
        """A circle through hundreds of steps needs no recursion."""
        count = 900
        text = SMALL + "steps:\n"
        text += "".join(
            f"  - {{id: s{n}, title: S, after: [s{(n + 1) % count}]}}\n"
            for n in range(count)
        )
        (told,) = faults(text)
        assert told.startswith("6: steps/s0/after/1: expected steps in an order")


class TestInternal:
    """Nothing internal is quoted, wherever the fault is."""

    @pytest.mark.parametrize(
        "lines",
        [
            "internal: CANARY",
            "internal: [!CANARY CANARY, *CANARY]",
            "internal: {a: {CANARY: 1, CANARY: 2}}",
            "people:\n  - {id: CANARY, name: [CANARY], email: CANARY, internal: true}",
            "people:\n  - {id: a, CANARY: CANARY, internal: true}",
            "people:\n  - {id: a, name: A, backup: {CANARY: CANARY}, internal: true}",
            "steps:\n  - {id: x, title: X, after: CANARY, internal: true}",
            "steps:\n  - {id: x, CANARY: 1, CANARY: 2, internal: true}",
            "steps:\n  - {id: x, title: X, documents: [CANARY], internal: yes}",
            "steps:\n  - {id: x, title: X, owners: [{CANARY: a}], internal: true}",
            "steps:\n  - {id: CANARY, title: X, after: CANARY, internal: true}",
            "phases: [{name: CANARY, internal: true}, {name: CANARY, internal: true}]",
            "calendar: {closed: [{from: CANARY, to: CANARY, internal: true}]}",
            'documents:\n  - {id: d, title: D, url: "http://CANARY", internal: true}',
            'sections:\n  - {title: T, text: "\\u202eCANARY", internal: true}',
            "steps: [{id: CANARY, title: X, due: a, internal: true, internal: false}]",
        ],
    )
    def test_internal_value_is_not_told(self, lines: str) -> None:
        """The secret is in no message and no address."""
        told = faults(SMALL + lines + "\n")
        assert told
        assert "CANARY" not in "".join(told)

    def test_unknown_id_does_not_suggest_an_internal_one(self) -> None:
        """A suggestion names only what may be shown."""
        text = SMALL + (
            "steps:\n  - {id: price-floor, title: X, internal: true}\n"
            "  - {id: b, title: B, after: [price-flor]}\n"
        )
        assert faults(text) == [
            '7: steps/b/after/1: expected the id of a step, got "price-flor"'
        ]


class TestFiles:
    """Files are looked for only in a folder, and only inside it."""

    LOGO = SMALL.replace("{name: Acme}", "{name: Acme, logo: logos/acme.png}")

    def test_no_folder_no_look(self) -> None:
        """Without a folder a missing file is no fault."""
        assert read_plan(self.LOGO.encode(), "plan.yaml").buyer.logo == "logos/acme.png"

    def test_file_of_an_internal_document_is_not_looked_for(
        self, tmp_path: Path
    ) -> None:
        """What is never copied may be missing."""
        text = SMALL + (
            "documents:\n  - {id: d, title: D, file: floor.pdf, internal: true}\n"
        )
        assert read_plan(text.encode(), "plan.yaml", tmp_path).documents

    @pytest.mark.parametrize("what", ["file", "folder"])
    def test_symbolic_link_is_refused(self, tmp_path: Path, what: str) -> None:
        """No part of a path may be a link, even one that stays inside."""
        real = tmp_path / "real"
        real.mkdir()
        (real / "acme.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        if what == "folder":
            (tmp_path / "logos").symlink_to(real)
        else:
            (tmp_path / "logos").mkdir()
            (tmp_path / "logos" / "acme.png").symlink_to(real / "acme.png")
        (told,) = faults(self.LOGO, tmp_path)
        assert told == (
            "3: buyer/logo: expected a file that is reached without symbolic links,"
            ' got "logos/acme.png"'
        )

    def test_pipe_is_refused_without_waiting(self, tmp_path: Path) -> None:
        """A named pipe would never end."""
        (tmp_path / "logos").mkdir()
        os.mkfifo(tmp_path / "logos" / "acme.png")
        assert faults(self.LOGO, tmp_path) == [
            '3: buyer/logo: expected a regular file, got "logos/acme.png"'
        ]

    def test_logo_of_two_mebibytes_is_the_largest(self, tmp_path: Path) -> None:
        """A byte more is refused."""
        (tmp_path / "logos").mkdir()
        logo = tmp_path / "logos" / "acme.png"
        logo.write_bytes(b"\x89PNG\r\n\x1a\n".ljust(2 << 20, b"x"))
        assert read_plan(self.LOGO.encode(), "plan.yaml", tmp_path)
        logo.write_bytes(logo.read_bytes() + b"x")
        assert faults(self.LOGO, tmp_path) == [
            '3: buyer/logo: expected a file of at most 2 MiB, got "logos/acme.png"'
        ]


class TestPlanId:
    """A plan's id is the stem of its file."""

    @pytest.mark.parametrize(
        ("name", "id_"),
        [("acme.yaml", "acme"), ("plans/acme-2-pilot.yml", "acme-2-pilot")],
    )
    def test_stem_is_the_id(self, name: str, id_: str) -> None:
        """Folders and the ending do not count."""
        assert plan_id(name) == id_

    @pytest.mark.parametrize(
        "name",
        [
            "Acme.yaml",
            "acme pilot.yaml",
            "acme_pilot.yaml",
            "-acme.yaml",
            "acme--pilot.yaml",
            "acme.pilot.yaml",
            "acmé.yaml",
            ".yaml",
            "..",
            "",
            "a\nb.yaml",
            "con.yaml",
            "lpt1.yaml",
            "a" * 65 + ".yaml",
        ],
    )
    def test_other_names_are_refused(self, name: str) -> None:
        """An id is an address and a folder, so it is plain."""
        with pytest.raises(MapsiteError, match="expected a file name like"):
            plan_id(name)


class TestCycles:
    """Circles are found once each."""

    @pytest.mark.parametrize(
        ("after", "cycles"),
        [
            ({"a": ["b"], "b": []}, []),
            ({"a": ["b"], "b": ["a"]}, [["a", "b", "a"]]),
            ({"c": ["a"], "a": ["b"], "b": ["a"]}, [["a", "b", "a"]]),
            (
                {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]},
                [["a", "b", "a"], ["c", "d", "c"]],
            ),
            ({"a": ["b", "c"], "b": ["a"], "c": ["a"]}, [["a", "b", "a"]]),
            ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
        ],
    )
    def test_each_circle_is_named_once(
        self, after: dict[str, list[str]], cycles: list[list[str]]
    ) -> None:
        """A step stands in one circle at most."""
        assert cycles_of(after) == cycles
