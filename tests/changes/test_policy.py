"""Who may change what, without settings and with them."""

from __future__ import annotations

from typing import Any

import pytest

from mapsite.changes.minting import mint_ids
from mapsite.changes.policy import Policy, Ruled, rule
from mapsite.changes.policy_settings import POLICY, policy_of
from mapsite.errors import InvalidPlan
from mapsite.plan.source import parse
from tests.changes.plans import adds, plan, sets, suggestion

REVIEWED = [
    sets("steps/security-review/due", "2026-05-28", "2026-06-02"),
    sets("steps/security-review/status", None, "done"),
    sets("steps/security-review/title", "Security review", "Review"),
    sets("steps/demo/owners", ["jo"], ["sarah"]),
    sets("people/cfo/name", "unknown", "Pat"),
    sets("summary", None, "Why"),
    sets("sections", None, [{"title": "Budget", "text": "x"}]),
    {"op": "confirm", "path": "steps/security-review/due", "old": "2026-05-28"},
    {"op": "answer", "path": "questions/term", "new": "One."},
    adds("people", name="Lee", side="buyer", email="lee@acme.example"),
    adds("steps", title="Legal", due="2026-06-02"),
    adds("questions", text="Why?"),
    adds("criteria", text="Works offline"),
]
COMMENTS = [
    sets("title", "Project plan", "Plan"),
    sets("goal/date", "2026-08-14", "2026-09-14"),
    sets("goal/value", "$80K", "$8"),
    sets("buyer/name", "Acme", "Emca"),
    sets("steps/demo/id", "demo", "show"),
    sets("steps/demo/internal", None, "true"),
    sets("steps/demo/confirmed", None, {"by": "sarah", "on": "2026-05-20"}),
    sets("steps/demo", None, {"id": "demo", "title": "x"}),
    sets("steps", None, ["demo", "board"]),
    sets("steps/demo/foo", None, "x"),
    sets("foo", None, "x"),
    sets("goal/buffer", None, "1w"),
    sets("people/sarah/added", None, "2026-05-12"),
    adds("steps", title="x", foo="y"),
    {"op": "confirm", "path": "goal/date", "old": "2026-08-14"},
    {"op": "confirm", "path": "questions/term/due", "old": "2026-08-14"},
    {"op": "remove", "path": "steps/demo"},
    {"op": "comment", "path": "steps/demo", "value": {"text": "x"}},
]
NEVER = [
    sets("internal/crm", "006", "x"),
    sets("internal", None, "true"),
    sets("links/buyer/nonce", None, "a" * 26),
    sets("links", None, None),
    sets("checks/off", None, "x"),
    sets("closed/reason", None, "x"),
    sets("status", "open", "lost"),
    sets("calendar/holidays", None, ["US"]),
    sets("language", None, "de"),
    sets("buyer/logo", None, "other/logo.png"),
    sets("seller/color", None, "#000000"),
    sets("seller/contact", None, "me@evil.example"),
    sets("people/sarah/email", None, "me@evil.example"),
    sets("steps/demo/internal/notes", None, "x"),
    sets("steps/discount/internal", "true", "false"),
    sets("documents/soc2/file", None, "../other/secret.pdf"),
    sets("steps/demo/owners", None, [{"who": "x", "internal": {"a": "b"}}]),
    adds("documents", title="x", file="secret.pdf"),
    adds("steps", title="x", internal="true"),
    adds("steps", title="x", tasks=[{"title": "y", "internal": "true"}]),
]

SEEN = "a rule for something that buyers see, like steps/due or remove"


def ruled(op: dict[str, Any], side: str = "buyer", text: str = "") -> Ruled:
    """Return what may become of *op*, with the settings *text*."""
    [found] = mint_ids(suggestion(op), plan())
    return rule(found, plan(), side, policy(text) if text else Policy())


def policy(text: str) -> Policy:
    """Return the policy that *text* writes, as under ``extra: mapsite: changes:``."""
    lines = "".join(f"      {line}\n" for line in text.splitlines())
    raw = f"extra:\n  mapsite:\n    changes:\n{lines}".encode()
    return policy_of(parse(raw, "mkdocs.yml").top().at(*POLICY))


@pytest.mark.parametrize("op", REVIEWED, ids=str)
def test_what_buyers_do_is_reviewed(op: dict[str, Any]) -> None:
    """Nothing of a buyer's gets into a plan by itself."""
    assert ruled(op)[:2] == ("review", "")


@pytest.mark.parametrize("op", COMMENTS, ids=str)
def test_what_is_decided_together_is_only_told(op: dict[str, Any]) -> None:
    """A person reads it, with the reason why it is not in a branch."""
    found = ruled(op)
    assert found.ruling == "comment"
    assert found.reason or op["op"] == "comment"


@pytest.mark.parametrize("op", NEVER, ids=str)
def test_what_is_not_the_buyers_is_refused(op: dict[str, Any]) -> None:
    """In words that tell nothing of what is there."""
    assert ruled(op)[:2] == ("never", "a buyer cannot see or change that")


@pytest.mark.parametrize("op", NEVER, ids=str)
def test_no_setting_gives_away_what_is_hidden(op: dict[str, Any]) -> None:
    """Everything may be loosened but this."""
    text = "policy: {buyer: {all: review, set: review, add: review, documents: review}}"
    assert ruled(op, text=text).ruling == "never"


def test_what_hides_something_is_not_overwritten() -> None:
    """A list with somebody hidden in it is changed by hand."""
    hidden = ("comment", "something stands there that a buyer does not see")
    assert ruled(sets("steps/board/owners", None, ["sarah"]))[:2] == hidden
    tree = plan(sections=[{"title": "Price", "text": "x", "internal": "true"}])
    [op] = suggestion(sets("sections", None, [])).operations
    assert rule(op, tree, "buyer", Policy())[:2] == hidden


def test_the_sellers_own_steps_are_flagged() -> None:
    """Who reviews it looks twice."""
    own = "the step is the seller's own"
    assert ruled(sets("steps/demo/due", "2026-05-20", "2026-06-02")).flags == (own,)
    yes = {"op": "confirm", "path": "steps/demo/due", "old": "2026-05-20"}
    assert ruled(yes).flags == (own,)
    shared = sets("steps/security-review/due", "2026-05-28", "2026-06-02")
    assert ruled(shared).flags == ()
    assert ruled(sets("steps/demo/due", None, "x"), "seller").flags == ()


@pytest.mark.parametrize(
    ("step", "flagged"),
    [
        ({"owners": {"seller": "SE"}}, True),
        ({"owners": ["Mama Legal"]}, True),
        ({"owners": ["Acme Legal"]}, False),
        ({"owners": ["Mama", "sarah"]}, False),
        ({"owners": ["a lawyer"]}, False),
        ({"side": "seller"}, True),
        ({"side": "both"}, False),
        ({}, False),
    ],
)
def test_whose_a_step_is_follows_from_its_owners(
    step: dict[str, Any], *, flagged: bool
) -> None:
    """People, sides, and words that begin with a company's name tell it."""
    tree = plan(steps=[{"id": "demo", "title": "Demo", **step}])
    [op] = suggestion(sets("steps/demo/due", None, "2026-06-02")).operations
    assert bool(rule(op, tree, "buyer", Policy()).flags) == flagged


def test_a_link_is_flagged() -> None:
    """Whoever accepts it puts it before every reader."""
    told = "it brings a link: look where it leads"
    for text in ("see https://evil.example", "javascript://x", "mailto:a@b.example"):
        assert told in ruled(sets("steps/board/note", None, text)).flags
        assert told in ruled(adds("criteria", text=text)).flags
    assert told in ruled(sets("steps/board/due", None, "x", why="http://a.b")).flags


def test_settings_tighten_and_loosen() -> None:
    """The most exact rule holds: operation and field, field, operation, list, all."""
    text = """\
policy:
  buyer:
    all: comment
    steps: review
    steps/owners: never
    confirm steps/due: never
    goal/date: review
    remove: never
    remove risks: review
  seller:
    steps/due: comment
"""
    move = REVIEWED[0]
    assert ruled(move, text=text).ruling == "review"
    assert ruled(REVIEWED[4], text=text)[:2] == (
        "comment",
        "mkdocs.yml says comment for all",
    )
    assert ruled(REVIEWED[3], text=text).ruling == "never"
    assert ruled(REVIEWED[7], text=text)[:2] == (
        "never",
        "mkdocs.yml says never for confirm steps/due",
    )
    assert ruled(COMMENTS[1], text=text)[:2] == ("review", "")
    assert ruled(COMMENTS[2], text=text).ruling == "comment"
    assert ruled({"op": "remove", "path": "steps/demo"}, text=text).ruling == "never"
    assert ruled({"op": "remove", "path": "risks/a"}, text=text).ruling == "review"
    assert ruled(move, "seller", text).ruling == "comment"
    assert ruled(sets("status", None, "won"), "seller", text).ruling == "review"


def test_without_settings_there_is_no_rule() -> None:
    """A repository that says nothing has the usual policy."""
    assert policy_of(None) == Policy()


@pytest.mark.parametrize(
    ("text", "place", "fault"),
    [
        ("all", "", 'a map like {buyer: {steps/due: comment}}, got "all"'),
        ("{guest: {all: never}}", "/guest", 'buyer or seller, got "guest"'),
        ("{buyer: never}", "/buyer", 'a map of rules, got "never"'),
        (
            "{buyer: {goal: auto}}",
            "/buyer/goal",
            'review, comment or never, got "auto"',
        ),
        (
            "{buyer: {people/email: review}}",
            "/buyer/people/email",
            f'{SEEN}, got "people/email"; did you mean "people/title"?',
        ),
        (
            "{buyer: {delete steps: never}}",
            "/buyer/delete steps",
            f'{SEEN}, got "delete steps"; did you mean "steps"?',
        ),
    ],
)
def test_settings_that_mean_nothing_are_told(text: str, place: str, fault: str) -> None:
    """A rule that would never hold is a mistake, with its line."""
    with pytest.raises(InvalidPlan) as caught:
        policy(f"policy: {text}")
    where = f"mkdocs.yml:4: extra/mapsite/changes/policy{place}"
    assert str(caught.value) == f"{where}: expected {fault}"
