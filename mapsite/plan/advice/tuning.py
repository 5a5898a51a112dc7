"""How a team, or one plan, switches rules off and moves their limits.

In ``mkdocs.yml`` under ``extra: mapsite: checks:`` for all plans, and under ``checks:``
in one plan, where every change needs its reason. Read from the text as written, so that
each fault is told with its place.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from mapsite.plan.advice.context import Limits
from mapsite.plan.advice.registry import DEFAULTS, RULES
from mapsite.plan.advice.rule import Rule
from mapsite.plan.nodes import Mapping, Scalar, Spot
from mapsite.plan.setting import got_at
from mapsite.plan.texts import whole_between
from mapsite.plan.wording import quoted

_OFF = {
    "off": True,
    "false": True,
    "no": True,
    "on": False,
    "true": False,
    "yes": False,
}
"""What may stand for a whole rule, by whether it switches it off."""
_FLAG = {"true": True, "false": False}

Fault = tuple[Spot, str]
"""Where settings are wrong, and how."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Hold what settings change of the rules."""

    off: Map[str, bool] = field(default_factory=dict)
    """By rule, whether it is switched off."""
    numbers: Map[str, Map[str, int]] = field(default_factory=dict)

    def over(self, limits: Limits) -> Limits:
        """Return *limits* with these changes, without the rules that are off."""
        changed = {
            rule_id: {**DEFAULTS[rule_id], **limits.get(rule_id, {})}
            | dict(self.numbers.get(rule_id, {}))
            for rule_id in RULES
        }
        return {
            rule_id: numbers
            for rule_id, numbers in changed.items()
            if not self.off.get(rule_id, rule_id not in limits)
        }


NO_TUNING = Tuning()


def read_tuning(spot: Spot | None, *, reasons: bool) -> tuple[Tuning, list[Fault]]:
    """Read the settings at *spot*; with *reasons* each of them must say why."""
    if spot is None:
        return NO_TUNING, []
    if not isinstance(spot.node, Mapping):
        return NO_TUNING, [(spot, f"expected a map of rules, got {got_at(spot)}")]
    reader = _Reader(reasons=reasons)
    for key, node in spot.node.entries:
        reader.read(key.text, spot.key(key.text, node))
    return Tuning(reader.off, reader.numbers), reader.faults


class _Reader:
    def __init__(self, *, reasons: bool) -> None:
        self._reasons = reasons
        self.off: dict[str, bool] = {}
        self.numbers: dict[str, dict[str, int]] = {}
        self.faults: list[Fault] = []

    def read(self, rule_id: str, spot: Spot) -> None:
        rule = RULES.get(rule_id)
        if rule is None:
            hint = _meant(rule_id, RULES)
            self.faults.append((spot, f"unknown rule {quoted(rule_id)}{hint}"))
        elif isinstance(spot.node, Mapping):
            self._fields(rule, spot)
        elif isinstance(spot.node, Scalar) and spot.node.nothing:
            return
        elif self._reasons or spot.text not in _OFF:
            self.faults.append(
                (spot, f"expected {self._shape(rule)}, got {got_at(spot)}")
            )
        else:
            self.off[rule_id] = _OFF[spot.text]

    def _fields(self, rule: Rule, spot: Spot) -> None:
        known = ("off", *rule.limits, "why")
        for key, node in getattr(spot.node, "entries", ()):
            at = spot.key(key.text, node)
            if key.text in rule.limits:
                self._number(rule, key.text, at)
            elif key.text == "off":
                self._flag(rule, at)
            elif key.text == "why":
                if at.text is None and not isinstance(node, Scalar):
                    self.faults.append((at, f"expected text, got {got_at(at)}"))
            else:
                hint = _meant(key.text, known)
                self.faults.append((at, f"unknown key {quoted(key.text)}{hint}"))
        reason = spot.at("why")
        if self._reasons and (reason is None or reason.text == ""):
            what = "expected the reason in `why`, got nothing"
            self.faults.append((spot, what))

    def _number(self, rule: Rule, name: str, spot: Spot) -> None:
        limit = rule.limits[name]
        number = whole_between(limit.least, limit.most)(spot.text or "")
        if number is None:
            what = f"a whole number from {limit.least} to {limit.most:,} ({limit.what})"
            self.faults.append((spot, f"expected {what}, got {got_at(spot)}"))
        else:
            self.numbers.setdefault(rule.id, {})[name] = number

    def _flag(self, rule: Rule, spot: Spot) -> None:
        if spot.text in _FLAG:
            self.off[rule.id] = _FLAG[spot.text]
        else:
            self.faults.append((spot, f"expected true or false, got {got_at(spot)}"))

    def _shape(self, rule: Rule) -> str:
        numbers = [f"{name}: {one.default}" for name, one in rule.limits.items()][:1]
        if self._reasons:
            return "a map like {off: true, why: Agreed with the buyer}"
        return " or ".join(["off", *(f"a map like {{{number}}}" for number in numbers)])


def _meant(name: str, known: Map[str, object] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name.lower()[:64], list(known), 1)
    if near:
        return f"; did you mean {quoted(near[0])}?"
    if isinstance(known, tuple):
        return f"; known here: {', '.join(known[:8])}"
    return "; `mapsite check --rules` lists them"
