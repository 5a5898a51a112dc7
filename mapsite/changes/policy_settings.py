"""The team's own rules of who may change what, as mkdocs.yml tells them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from mapsite.changes.policy import Policy, Ruling
from mapsite.changes.sides import SIDES
from mapsite.changes.visible import PARTIES, TOP
from mapsite.errors import InvalidPlan
from mapsite.plan.nodes import Mapping, Spot
from mapsite.plan.operations import KEYED, OPS
from mapsite.plan.public import SHOWN
from mapsite.plan.setting import fault_at, fields_of, got_at
from mapsite.plan.source import parse
from mapsite.plan.wording import quoted
from mapsite.repository import SETTINGS

POLICY = ("extra", "mapsite", "changes", "policy")
"""Where mkdocs.yml tells it."""
EXAMPLE = "{buyer: {steps/due: comment}}"

_PLACES = frozenset(
    {"all", "goal", "buyer", "seller", *KEYED, *TOP, *PARTIES}
    | {f"{name}/{field}" for name, fields in SHOWN.items() for field in fields}
)

Fault = tuple[Spot, str]


def policy_in(raw: bytes) -> Policy:
    """Return the policy in the settings *raw*; raise `InvalidPlan` with all faults."""
    return policy_of(parse(raw, SETTINGS).top().at(*POLICY))


def policy_of(spot: Spot | None) -> Policy:
    """Return the policy that stands at *spot*; raise `InvalidPlan` with all faults."""
    if spot is None:
        return Policy()
    faults = list(_faults(spot))
    if faults:
        raise InvalidPlan([fault_at(at, message, SETTINGS) for at, message in faults])
    return Policy(
        {
            side: {key: Ruling(at.text or "") for key, at in fields_of(rules)}
            for side, rules in fields_of(spot)
        }
    )


def _faults(spot: Spot) -> Iterator[Fault]:
    if not isinstance(spot.node, Mapping):
        yield spot, f"expected a map like {EXAMPLE}, got {got_at(spot)}"
    for side, rules in fields_of(spot):
        if side not in SIDES:
            yield rules, f"expected buyer or seller, got {quoted(side)}"
        elif not isinstance(rules.node, Mapping):
            yield rules, f"expected a map of rules, got {got_at(rules)}"
        for key, at in fields_of(rules):
            yield from _faults_of_rule(key, at)


def _faults_of_rule(key: str, at: Spot) -> Iterator[Fault]:
    op, _, place = key.rpartition(" ")
    known = place in _PLACES or (not op and place in OPS)
    if not known or (op and op not in OPS):
        near = difflib.get_close_matches(place[:64], sorted(_PLACES | OPS), 1)
        hint = f"; did you mean {quoted(near[0])}?" if near else ""
        what = "a rule for something that buyers see, like steps/due or remove"
        yield at, f"expected {what}, got {quoted(key)}{hint}"
    if at.text not in [*Ruling]:
        yield at, f"expected review, comment or never, got {got_at(at)}"
