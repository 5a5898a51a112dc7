"""Rules switched off and tuned, for a team and for one plan."""

from __future__ import annotations

import pytest

from mapsite.errors import InvalidPlan
from mapsite.plan.advice.registry import DEFAULTS, RULES
from mapsite.plan.advice.tuning import NO_TUNING, Tuning, read_tuning
from mapsite.plan.read import read_plan
from mapsite.plan.source import parse
from tests.advising import plan_of


def read(text: str, *, reasons: bool = False) -> tuple[Tuning, list[str]]:
    """Read what stands under ``checks:``."""
    spot = parse(f"checks:\n{text}".encode(), "mkdocs.yml").top().at("checks")
    tuning, faults = read_tuning(spot, reasons=reasons)
    return tuning, [f"{spot.address}: {message}" for spot, message in faults]


class TestTeam:
    """What stands in mkdocs.yml."""

    @pytest.mark.parametrize("off", ["off", "false", "{off: true}"])
    def test_switches_a_rule_off(self, off: str) -> None:
        """In any of three ways."""
        tuning, faults = read(f"  stale: {off}")
        assert faults == []
        limits = tuning.over(DEFAULTS)
        assert "stale" not in limits
        assert set(DEFAULTS) - set(limits) == {"stale"}

    @pytest.mark.parametrize("on", ["on", "true", "{off: false}", "", "{}"])
    def test_leaves_a_rule_on(self, on: str) -> None:
        """Nothing said is nothing changed."""
        tuning, faults = read(f"  stale: {on}")
        assert faults == []
        assert tuning.over(DEFAULTS) == DEFAULTS

    def test_moves_a_limit(self) -> None:
        """Other limits of the rule stay."""
        tuning, faults = read("  no-legal: {worth: 25000}\n  stale: {days: 10}")
        limits = tuning.over(DEFAULTS)
        assert faults == []
        assert limits["no-legal"] == {**DEFAULTS["no-legal"], "worth": 25_000}
        assert limits["stale"] == {"days": 10}

    def test_a_kind_of_step_has_its_own_limit(self) -> None:
        """Lead times are tuned by kind."""
        tuning, faults = read("  short-lead-time: {security-review: 5}")
        assert faults == []
        assert tuning.over(DEFAULTS)["short-lead-time"]["security-review"] == 5

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "  stail: off",
                'checks/stail: unknown rule "stail"; did you mean "stale"?',
            ),
            (
                "  xyzzy: off",
                (
                    'checks/xyzzy: unknown rule "xyzzy"; '
                    "`mapsite check --rules` lists them"
                ),
            ),
            (
                "  stale: 10",
                'checks/stale: expected off or a map like {days: 14}, got "10"',
            ),
            ("  no-owner: maybe", 'checks/no-owner: expected off, got "maybe"'),
            (
                "  stale: [off]",
                "checks/stale: expected off or a map like {days: 14}, got a list",
            ),
            (
                "  stale: {days: 0}",
                (
                    "checks/stale/days: expected a whole number from 1 to 1,000 (days"
                    ' without a change that the buyer can see), got "0"'
                ),
            ),
            (
                "  stale: {dayz: 10}",
                'checks/stale/dayz: unknown key "dayz"; did you mean "days"?',
            ),
            (
                "  stale: {off: maybe}",
                'checks/stale/off: expected true or false, got "maybe"',
            ),
            ("  [stale]", "checks: expected a map of rules, got a list"),
        ],
    )
    def test_faults_have_their_place(self, text: str, said: str) -> None:
        """What is wrong, what was expected and what was meant."""
        assert read(text)[1] == [said]

    def test_nothing_is_nothing(self) -> None:
        """Settings without checks change nothing."""
        assert read_tuning(None, reasons=False) == (NO_TUNING, [])
        assert NO_TUNING.over(DEFAULTS) == DEFAULTS


class TestPlan:
    """What stands in one plan."""

    REASON = "why: Bought through the marketplace"

    def test_needs_a_reason(self) -> None:
        """A switch without one, or a bare word, is a fault of the plan."""
        tuning, faults = read(
            f"  no-procurement: {{off: true, {self.REASON}}}", reasons=True
        )
        assert (tuning.off, faults) == ({"no-procurement": True}, [])
        for text in ("{off: true}", "{off: true, why: ''}", "{}"):
            _, (fault,) = read(f"  no-procurement: {text}", reasons=True)
            assert fault.startswith("checks/no-procurement: expected the reason"), text
        _, (fault,) = read("  no-procurement: off", reasons=True)
        assert "expected a map like {off: true, why: Agreed with the buyer}" in fault

    def test_goes_over_the_teams(self) -> None:
        """Also to switch a rule on again, with its own limits."""
        team = read("  stale: off\n  too-many-steps: {most: 40}")[0].over(DEFAULTS)
        own, _ = read(
            f"  stale: {{off: false, {self.REASON}}}\n"
            f"  no-owner: {{off: true, {self.REASON}}}",
            reasons=True,
        )
        limits = own.over(team)
        assert limits["stale"] == {"days": 14}
        assert limits["too-many-steps"] == {"most": 40}
        assert "no-owner" not in limits

    @pytest.mark.parametrize(
        ("checks", "said"),
        [
            (
                "{no-procurment: {off: true, why: No}}",
                (
                    'deal.yaml:6: checks/no-procurment: unknown rule "no-procurment";'
                    ' did you mean "no-procurement"?'
                ),
            ),
            (
                "{stale: {days: 10}}",
                "deal.yaml:6: checks/stale: expected the reason in `why`, got nothing",
            ),
            (
                "[stale]",
                (
                    "deal.yaml:6: checks: expected a map of rules, like"
                    " {no-procurement: {off: true, why: Our marketplace}}, got a list"
                ),
            ),
        ],
    )
    def test_faults_are_the_plans(self, checks: str, said: str) -> None:
        """They are told with all others, by a build too."""
        text = plan_of("id: a, title: A", head=f"checks: {checks}")
        with pytest.raises(InvalidPlan) as caught:
            read_plan(text.encode(), "deal.yaml")
        assert [str(problem) for problem in caught.value.problems] == [said]


class TestRules:
    """The rules themselves."""

    @pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
    def test_explain_themselves(self, rule: object) -> None:
        """In sentences, with limits that hold their own defaults."""
        from mapsite.plan.advice.rule import Rule  # noqa: PLC0415

        assert isinstance(rule, Rule)
        assert rule.severity in {"warning", "info"}
        assert rule.title
        assert not rule.title.endswith(".")
        assert rule.title[0].islower()
        assert rule.why.endswith(".")
        assert rule.fix.endswith(".")
        for name, limit in rule.limits.items():
            assert limit.least <= limit.default <= limit.most, name
            assert name not in {"off", "why"}

    def test_are_known_by_their_ids(self) -> None:
        """No two have the same."""
        assert len(RULES) > 30
        assert all(rule_id == rule.id for rule_id, rule in RULES.items())
