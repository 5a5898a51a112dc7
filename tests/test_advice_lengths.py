"""Advice on how long steps take: usual lengths, and what words and weeks say."""

from __future__ import annotations

import pytest

from mapsite.plan.advice.lexicon import lead_times
from tests.advising import plan_of, told, why

DEMO = "id: demo, title: Demo, due: 2026-05-20, status: done"


class TestUsual:
    """Lengths against what is usual for a kind of step."""

    @pytest.mark.parametrize(
        ("title", "takes", "language"),
        [
            ("Security review", "5d", "en"),
            ("Security questionnaire answered", "2d", "en"),
            ("Legal redlines", "4d", "en"),
            ("Data processing agreement", "1d", "en"),
            ("CFO sign-off", "2d", "en"),
            ("Procurement intake", "1w", "en"),
            ("Pilot with two teams", "1w", "en"),
            ("Rollout", "1w", "en"),
            ("Sicherheitsprüfung", "5d", "de"),
            ("Prüfung durch die Rechtsabteilung", "3d", "de"),
            ("Budgetfreigabe", "1d", "de"),
            ("Revue de sécurité", "5d", "fr"),
            ("Négociation du contrat", "3d", "fr"),
            ("Revisión de seguridad", "5d", "es"),
            ("Cuestionario de seguridad", "2d", "es"),
            ("Alta de proveedor", "5d", "es"),
        ],
    )
    def test_short(self, title: str, takes: str, language: str) -> None:
        """Known by its title, in the plan's language or in English."""
        text = plan_of(
            f"id: a, title: {title}, takes: {takes}", head=f"language: {language}"
        )
        assert told(text, "short-lead-time") == ["steps/a/takes"]

    @pytest.mark.parametrize(
        "step",
        [
            "title: Security review, takes: 2w",
            "title: Security review, takes: 14cd",
            "title: Security review, takes: 5d-15d",
            "title: Security review, takes: 5d, status: done",
            "title: Security review, takes: 5d, internal: true",
            "title: Security review scheduled, takes: 1d",
            "title: Security review, kind: meeting, takes: 1d",
            "title: Pilot scope agreed, takes: 1d",
            "title: Pilot review, takes: 1d",
            "title: Contract signed, takes: 0d",
            "title: Review of last quarter, takes: 1d",
            "title: Revue de sécurité, takes: 1d",
        ],
    )
    def test_not_short(self, step: str) -> None:
        """Long enough, done, or another thing than the work itself."""
        assert told(plan_of(f"id: a, {step}"), "short-lead-time") == []

    @pytest.mark.parametrize(
        ("step", "found"),
        [
            ("title: Security review, due: 2026-05-28, after: demo", True),
            ("title: Security review, due: 2026-06-05, after: demo", False),
            ("title: Security review, due: 2026-05-28", False),
            (
                (
                    "title: Security review, due: 2026-05-28, after: demo,"
                    " status: in-progress"
                ),
                False,
            ),
            ("title: NDA, due: 2026-05-20, after: demo", False),
            ("title: Security review, start: 2026-05-20, due: 2026-05-28", True),
        ],
    )
    def test_by_its_days(self, step: str, *, found: bool) -> None:
        """Its own two days, or what is left after what it waits for."""
        text = plan_of(DEMO, f"id: a, {step}")
        assert bool(told(text, "short-lead-time")) is found

    def test_says_what_is_usual_and_who_says_so(self) -> None:
        """A practitioners' figure is called one."""
        text = plan_of("id: a, title: Security review, takes: 5d")
        assert why(text, "short-lead-time").startswith(
            "the plan allows 5 business days, and a buyer's security review usually"
            " takes 10 to 30 (practitioners' figures); "
        )

    def test_limits_are_the_teams(self) -> None:
        """Each kind has its own."""
        text = plan_of("id: a, title: Security review, takes: 5d")
        assert told(text, "short-lead-time", **{"security-review": 5}) == []

    @pytest.mark.parametrize(
        ("step", "found"),
        [
            ("title: Pilot, takes: 9w", True),
            ("title: Pilot, takes: 8w", False),
            ("title: Pilot, takes: 4w-9w", False),
            ("title: Legal review, start: 2026-06-01, due: 2026-07-10", True),
            ("title: Legal review, due: 2026-07-10, after: demo", False),
            ("title: Board approval, takes: 10w", True),
        ],
    )
    def test_long(self, step: str, *, found: bool) -> None:
        """Only by its own length or days: time before it may be a queue."""
        assert bool(told(plan_of(DEMO, f"id: a, {step}"), "long-lead-time")) is found

    def test_a_late_kickoff(self) -> None:
        """Counted from the signature."""
        signed = "id: s, title: Contract signed, due: 2026-06-01"
        text = plan_of(signed, "id: k, title: Kickoff, due: 2026-07-01")
        assert told(text, "long-lead-time") == ["steps/k/due"]
        assert told(text.replace("07-01", "06-10"), "long-lead-time") == []

    def test_every_figure_has_its_source(self) -> None:
        """The file names where each number comes from, and how good that is."""
        for kind, lead in lead_times().items():
            assert lead.grade in {"A", "B", "C", "D"}, kind
            assert lead.below <= lead.usual <= lead.above, kind
            assert lead.measure in {"takes", "room", "signature"}, kind


class TestWords:
    """Lengths in titles against days."""

    @pytest.mark.parametrize(
        ("title", "days", "found"),
        [
            ("Pilot, 30 days", "takes: 4w", True),
            ("Pilot, 30 days", "takes: 30cd", False),
            ("Pilot, 30 days", "takes: 6w", False),
            ("30-day pilot", "start: 2026-06-11, due: 2026-07-11", False),
            ("30-day pilot", "start: 2026-06-11, due: 2026-07-09", True),
            ("Two-week pilot", "takes: 2w", False),
            ("Two-week pilot", "takes: 3w", True),
            ("Pilot of six weeks", "takes: 6w", False),
            ("Pilot, one month", "takes: 4w", False),
            ("Pilot, 20 business days", "takes: 4w", False),
            ("Pilot, 10 business days", "takes: 4w", True),
            ("Pilot, 30 days", "takes: 2w-6w", False),
            ("Pilot, 30 days", "takes: 4w, status: done", False),
            ("Legal review of the 30-day notice", "takes: 2w", False),
            ("Legal review, payment within 30 days", "takes: 2w", False),
            ("Data of the last 90 days", "takes: 2w", False),
            ("Report for 12 regions", "takes: 2w", False),
            ("Two stations for two weeks", "takes: 4w", True),
        ],
    )
    def test_title(self, title: str, days: str, *, found: bool) -> None:
        """Days are counted, weeks felt; not every length is the step's own."""
        text = plan_of(f"id: a, title: '{title}', {days}")
        assert told(text, "duration-differs") == (["steps/a/title"] if found else [])

    @pytest.mark.parametrize(
        ("title", "language"),
        [
            ("Testphase, sechs Wochen", "de"),
            ("Pilote de six semaines", "fr"),
            ("Prueba piloto de seis semanas", "es"),
        ],
    )
    def test_in_other_languages(self, title: str, language: str) -> None:
        """Number words and units are known in each."""
        text = plan_of(
            f"id: a, title: '{title}', takes: 2w", head=f"language: {language}"
        )
        assert told(text, "duration-differs") == ["steps/a/title"]
        fits = text.replace("2w", "6w")
        assert told(fits, "duration-differs") == []

    def test_work_that_ends_long_before_it_goes_on(self) -> None:
        """Two weeks of procurement in twenty-three days."""
        text = plan_of(
            "id: p, title: Procurement, start: 2026-07-23, takes: 2w",
            "id: c, title: Contract signed, due: 2026-08-15, after: p",
        )
        assert why(text, "duration-differs").startswith(
            "2 weeks from 2026-07-23 would end on 2026-08-06, and c is on 2026-08-15:"
            " 23 days in all; "
        )
        soon = text.replace("due: 2026-08-15", "due: 2026-08-10")
        assert told(soon, "duration-differs") == []

    @pytest.mark.parametrize(
        "steps",
        [
            # the next step has its own length
            ("due: 2026-08-15, takes: 6d, after: p",),
            # the next step waits for something longer
            (
                "due: 2026-08-15, after: [p, long]",
                "id: long, title: L, start: 2026-07-23, due: 2026-08-14",
            ),
        ],
    )
    def test_a_reason_for_the_time_between(self, steps: tuple[str, ...]) -> None:
        """Then nothing is told."""
        first, *others = steps
        text = plan_of(
            "id: p, title: Procurement, start: 2026-07-23, takes: 2w",
            f"id: c, title: Contract signed, {first}",
            *others,
        )
        assert told(text, "duration-differs") == []


class TestWeeks:
    """Weeks in words against dates."""

    @pytest.mark.parametrize(
        ("step", "address"),
        [
            ("title: A, ref: W2, due: 2026-06-05", "steps/a/ref"),
            ("title: A, ref: W3, due: 2026-06-05", None),
            ("title: A, ref: Week 3, due: 2026-06-05", None),
            ("title: A, ref: KW 23, due: 2026-06-05", None),
            ("title: A, ref: KW 24, due: 2026-06-05", "steps/a/ref"),
            ("title: 'W2: A', due: 2026-06-05", "steps/a/title"),
            ("title: A, ref: S2, due: 2026-06-05", None),
            ("title: A, ref: W-9, due: 2026-06-05, status: done", None),
            ("title: A, ref: W2", None),
            ("title: A, ref: W2, start: 2026-05-25, due: 2026-06-05", None),
        ],
    )
    def test_against_its_day(self, step: str, address: str | None) -> None:
        """Counted from the plan's first week; KW is the calendar's."""
        text = plan_of(f"id: a, {step}")
        assert told(text, "week-differs") == ([address] if address else [])

    def test_a_plan_may_count_otherwise(self) -> None:
        """Where most rows agree on another first week, the odd one out is told."""
        text = plan_of(
            "id: a, title: A, ref: W1, due: 2026-05-28",
            "id: b, title: B, ref: W2, due: 2026-06-04",
            "id: c, title: C, ref: W3, due: 2026-06-18",
        )
        assert told(text, "week-differs") == ["steps/c/ref"]
        assert "ref says week 3, and 2026-06-18 lies in week 4" in why(
            text, "week-differs"
        )
