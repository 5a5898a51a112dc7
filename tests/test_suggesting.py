"""The way back from a room: its settings, and what its page tells the script."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest

from mapsite.errors import InvalidPlan
from mapsite.plan.naming import opaque_id
from mapsite.plan.operations import Operation
from mapsite.publish.headers import SECURITY, headers_for, security
from mapsite.publish.hosts import HOSTS, host_texts
from mapsite.publish.promises import header_faults
from mapsite.publish.settings import read_targets
from mapsite.room.frame import CSP, load_frame
from mapsite.room.make import make_room
from mapsite.room.shell import Frame
from mapsite.room.suggested import Given, Suggested
from mapsite.room.suggesting import WayBack, way_back

PLANS = Path(__file__).parent / "plans"
DAY = date(2026, 5, 24)
INBOX = "https://inbox.mama.example:8443/deals"
FORM = (
    "https://forms.example/d/e/1F/viewform?usp=pp_url&entry.1={plan}&entry.2={base}"
    "&entry.3={item}&entry.4={field}&entry.5={old}&entry.9={ref}"
)
STEP = "steps: [{id: review, title: Security review, due: 2026-06-10}]"
Rooms = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def frame(frame_cache: Path) -> Frame:
    """Return the frame of the look that `mapsite init` writes."""
    return load_frame(frame_cache.parent, frame_cache)


@pytest.fixture
def page(frame: Frame) -> Rooms:
    """Return a function that makes the first page of a plan, as a tree."""

    def make(
        raw: bytes | None = None,
        given: Given = Given(),  # noqa: B008  # it cannot change
        **said: object,
    ) -> Any:  # noqa: ANN401  # a tree
        ours = replace(frame, settings={"suggest": said})
        raw = raw or small(STEP)
        files = make_room(PLANS / "deal.yaml", raw, DAY, ours, given=given).files
        return html5lib.parse(files["index.html"], namespaceHTMLElements=False)

    return make


def place_of(tree: Any) -> dict[str, str]:  # noqa: ANN401  # a tree
    """Return the attributes of the part that the script works with."""
    (place,) = [e for e in tree.iter("section") if e.get("id") == "suggest"]
    return dict(place.attrib)


def stated(raw: bytes, page: Rooms) -> dict[str, Any]:
    """Return what the page of a plan says of its items, for the script."""
    found: dict[str, Any] = json.loads(place_of(page(raw))["data-stated"])
    return found


def small(more: str) -> bytes:
    """Return a small plan with *more* lines."""
    return f"""\
title: Plan
goal: {{outcome: Live, date: 2026-08-14}}
buyer: {{name: Acme}}
seller: {{name: Mama, contact: jo@mama.example}}
{more}
""".encode()


class TestFacts:
    """What the script knows is what the plan says, and nothing that it hides."""

    def test_steps_say_their_fields_as_the_plan_writes_them(self, page: Rooms) -> None:
        """The old value of a suggestion has to be found in the plan again."""
        found = stated(
            small(
                "people: [{id: priya, name: Priya, side: buyer}]\n"
                "steps:\n"
                "  - {id: a, title: A, due: goal-3w, status: in-progress,\n"
                "     owners: [priya, {seller: SE, does: delivers}]}\n"
                "  - {id: b, title: B, start: 2026-06-01}\n"
                "  - {id: c, title: C, due: tbd, status: done}\n"
            ),
            page,
        )
        assert found["steps/a"] == {
            "due": "goal-3w",
            "day": "2026-07-24",
            "status": "in-progress",
            "owners": ["priya", {"seller": "SE", "does": "delivers"}],
        }
        assert found["steps/b"]["start"] == "2026-06-01"
        assert "due" not in found["steps/b"]
        assert found["steps/c"]["over"] == "yes"
        assert found["people/priya"] == {"name": "Priya"}
        assert found["goal"]["date"] == "2026-08-14"

    def test_hidden_people_and_items_are_not_there(self, page: Rooms) -> None:
        """An owner whom nobody may name leaves the whole list of owners out."""
        found = stated(
            small(
                "people:\n"
                "  - {id: cto, name: Secret Person, side: seller, internal: true}\n"
                "  - {id: jo, name: Jo, email: secret@mama.example, side: seller}\n"
                "steps:\n"
                "  - {id: a, title: A, owners: [cto, jo]}\n"
                "  - {id: b, title: B, owners: [jo, {who: Secret, internal: true}]}\n"
                "  - {id: c, title: Secret step, internal: true}\n"
                "questions: [{id: q, text: Secret, internal: true}]\n"
            ),
            page,
        )
        assert "owners" not in found["steps/a"]
        assert found["steps/b"]["owners"] == ["jo"]
        assert found.keys() == {"goal", "people/jo", "steps/a", "steps/b"}
        assert "ecret" not in json.dumps(found)

    @pytest.mark.parametrize("payload", ["'><script>alert(1)</script>", "&#39; x=' \\"])
    def test_hostile_words_stay_in_their_attribute(
        self, page: Rooms, payload: str
    ) -> None:
        """Between single quotes JSON holds no sign that could end them."""
        step = json.dumps({"id": "a", "title": "A", "owners": [payload]})
        raw = small(f"steps: [{step}]")
        assert stated(raw, page)["steps/a"]["owners"] == [payload]

    def test_room_names_its_plan_without_its_id(self, frame: Frame) -> None:
        """Who has the id and what only the team knows can tell which plan it is."""
        ours = replace(frame, settings={"key_check": "abcdefgh"})
        files = make_room(PLANS / "secret-upsell.yaml", small(STEP), DAY, ours).files
        assert b"secret-upsell" not in b"".join(files.values())
        tree = html5lib.parse(files["index.html"], namespaceHTMLElements=False)
        named = place_of(tree)["data-room"]
        assert named == opaque_id("secret-upsell", "abcdefgh", 12)

    def test_what_is_given_stands_in_the_page(self, page: Rooms) -> None:
        """Where its token leads."""
        given = Given(token="abc")  # noqa: S106  # it opens nothing
        place = place_of(page(given=given, endpoint=INBOX))
        assert place["data-endpoint"] == f"{INBOX}/s/abc"
        assert place_of(page(endpoint=INBOX))["data-endpoint"] == INBOX

    @pytest.mark.parametrize("status", ["won", "lost", "no-decision"])
    def test_room_of_a_closed_deal_has_no_forms(self, page: Rooms, status: str) -> None:
        """No form, no pencil, and no word of them."""
        assert [e for e in page().iter("a") if e.get("data-at")]
        tree = page(small(f"{STEP}\nstatus: {status}"))
        assert not [e for e in tree.iter() if e.tag in {"dialog", "fieldset"}]
        assert not [e for e in tree.iter("a") if e.get("data-at")]
        assert "pencil" not in "".join(tree.itertext())


class TestWays:
    """What the settings add, and nothing without them."""

    def test_policy_gains_one_origin_and_only_when_it_is_needed(self) -> None:
        """The endpoint's, without its path; a form and a repository need none."""
        assert WayBack().connects == ""
        assert way_back({"suggest": {"form": FORM}}).connects == ""
        assert WayBack(endpoint=INBOX).connects == "https://inbox.mama.example:8443"

    @pytest.mark.parametrize(
        ("said", "policy", "script"),
        [
            ("", CSP, False),
            (f"endpoint: '{INBOX}'", "https://inbox.mama.example:8443", True),
            ("answers: false", CSP, False),
        ],
    )
    def test_only_rooms_that_ask_carry_what_asks(
        self, repo: Path, said: str, policy: str, *, script: bool
    ) -> None:
        """Without an endpoint the policy and the script stay as strict."""
        settings = repo / "mkdocs.yml"
        text = settings.read_text("utf-8")
        more = f"extra: {{mapsite: {{suggest: {{{said}}}}}}}\n"
        settings.write_text(text + more, "utf-8")
        made = load_frame(repo, repo / ".mapsite")
        expected = f"{CSP}; connect-src {policy}" if script else policy
        assert made.csp == expected
        scripts = [data for name, data in made.files.items() if name.endswith(".js")]
        assert any(b"fetch(" in data for data in scripts) is script
        assert all(len(data) < 16 * 1024 for data in scripts)

    def test_linked_form_opens_prefilled(self, page: Rooms) -> None:
        """Each pencil leads to the form, with what it is about in its places."""
        tree = page(form=FORM)
        links = {e.get("data-at"): e.get("href") for e in tree.iter("a")}
        asked = parse_qs(urlsplit(links["steps/review"]).query)
        named, base = (place_of(tree)[one] for one in ("data-room", "data-base"))
        assert asked["entry.1"] == [named]
        assert asked["entry.3"] == ["steps/review"]
        assert asked["entry.4"] == ["due"]
        assert asked["entry.5"] == ["2026-06-10"]
        assert asked["entry.9"] == [f"{named}/{base}/steps/review"]
        assert not [at for at, href in links.items() if at and "mailto" in href]

    def test_form_link_is_never_too_long(self) -> None:
        """A long old value is left out rather than cut."""
        way = WayBack(form=FORM)
        values = {"plan": "p", "ref": "r", "item": "goal", "field": "outcome"}
        short = way.form_for({**values, "old": "Live & kicking"})
        assert "entry.5=Live%20%26%20kicking&" in short
        long = way.form_for({**values, "old": "ü" * 600})
        assert len(long) < 2000
        assert "entry.5=&" in long

    @pytest.mark.parametrize(
        ("repository", "forge", "expected"),
        [
            ("https://github.com/m/d", "", "m/d/edit/main/plans/acme.yaml"),
            ("https://gitlab.com/m/x/d", "", "m/x/d/-/edit/main/plans/acme.yaml"),
            ("https://codeberg.org/m/d/", "", "m/d/_edit/main/plans/acme.yaml"),
            (
                "https://git.m.example/m/d.git",
                "gitea",
                "m/d/_edit/main/plans/acme.yaml",
            ),
            (
                "https://bitbucket.org/m/d",
                "",
                "m/d/src/main/plans/acme.yaml?mode=edit&at=main",
            ),
        ],
    )
    def test_colleagues_reach_the_file_where_the_settings_say_so(
        self, page: Rooms, repository: str, forge: str, expected: str
    ) -> None:
        """On each forge in its own way, and nowhere without an audience."""
        given = Given(source="plans/acme.yaml")
        said = {"repository": repository, "forge": forge}
        links = {e.get("href") or "" for e in page(given=given, **said).iter("a")}
        assert not [href for href in links if "acme.yaml" in href]
        tree = page(given=given, audience="seller", **said)
        (link,) = [e for e in tree.iter("a") if "acme.yaml" in (e.get("href") or "")]
        assert link.get("href").endswith(expected)
        assert link.get("rel") == "noopener noreferrer nofollow"
        assert "Mama" in "".join(link.itertext())


class TestSuggested:
    """What others suggest stands beside its item, and what became of it is told."""

    PLAN = (
        "people: [{id: cto, name: Vic, side: buyer, internal: true}]\n"
        "questions: [{id: q, text: Where?}]\n"
        "steps: [{id: review, title: Security review, due: 2026-06-10},"
        " {id: kick, title: Kick-off, due: goal-5w},"
        " {id: dark, title: Discount talk, internal: true}]"
    )

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            (
                {"op": "set", "path": "steps/review/due", "old": "2026-06-10"}
                | {"new": "2026-06-12", "why": "a <b>leave</b>"},
                "Move Security review from 10 Jun to 12 Jun (a <b>leave</b>)",
            ),
            (
                {"op": "confirm", "path": "steps/review/due", "old": "2026-06-10"},
                "Security review: 10 Jun works",
            ),
            (
                {"op": "set", "path": "steps/review/takes", "new": "3d"},
                "A change to Security review",
            ),
            (
                {"op": "set", "path": "steps/review/status", "new": "in-progress"},
                "Security review: In progress",
            ),
            (
                {"op": "set", "path": "steps/review/status", "new": "links"},
                "A change to Security review",
            ),
            (
                {"op": "set", "path": "steps/review/owners", "new": ["cto", "Ann"]},
                "Security review goes to cto and Ann",
            ),
            (
                {"op": "answer", "path": "questions/q", "new": "In the EU"},
                "Where? Answer: In the EU",
            ),
            (
                {"op": "add", "path": "steps"}
                | {
                    "value": {"title": "Kick-off", "due": "2026-06-15", "owners": "Ann"}
                },
                "New step: Kick-off (15 Jun, Ann)",
            ),
            (
                {
                    "op": "add",
                    "path": "people",
                    "value": {"name": "Lou", "title": "GC"},
                },
                "New person: Lou (GC)",
            ),
            (
                {"op": "confirm", "path": "steps/kick/due", "old": "goal-5w"},
                "Kick-off: 10 Jul works",
            ),
            (
                {"op": "set", "path": "steps/kick/due", "old": "goal-5w"}
                | {"new": "goal-4w"},
                "Move Kick-off from 10 Jul to 4 weeks before the goal",
            ),
            (
                {"op": "set", "path": "steps/kick/due", "old": "goal-9w"}
                | {"new": "2026-07-11"},
                "Kick-off: 11 Jul",
            ),
            (
                {"op": "remove", "path": "steps/review"},
                "Take out Security review",
            ),
        ],
    )
    def test_what_waits_is_said_in_a_sentence(
        self, page: Rooms, fields: dict[str, Any], expected: str
    ) -> None:
        """Whose it is, what it would do, and who looks at it."""
        told = f"Lee suggests: {expected} (waiting for Mama)"
        assert self._chips(page, fields) == [told]

    @pytest.mark.parametrize(
        "path", ["steps/dark/due", "people/cto/title", "steps/nowhere/due", "links", ""]
    )
    def test_what_is_not_in_the_room_is_not_told(self, page: Rooms, path: str) -> None:
        """A suggestion about something hidden would tell that it exists."""
        assert self._chips(page, {"op": "set", "path": path, "new": "2026-06-12"}) == []

    def test_rooms_show_no_more_than_some(self, page: Rooms) -> None:
        """Whoever has the link can send many; the newest ones are shown."""
        ask = {"op": "ask", "path": "questions", "value": {"text": "Why?"}}
        assert len(self._chips(page, *[ask] * 50)) == 20

    def test_team_can_keep_them_out(self, page: Rooms) -> None:
        """With answers: false nothing of them is told."""
        tree = page(small(self.PLAN), self._given({"op": "ask"}), answers=False)
        text = "".join(tree.itertext())
        assert "suggests:" not in text
        assert "data-known" not in place_of(tree)

    @pytest.mark.parametrize(
        ("fields", "outcome"),
        [
            ({"path": "steps/review/due", "new": "2026-06-10"}, "accepted"),
            ({"path": "steps/kick/due", "new": "2026-07-10"}, "accepted"),
            ({"path": "steps/review/due", "new": "2026-06-12"}, "accepted_otherwise"),
            ({"path": "steps/kick/status", "new": "done"}, "accepted_otherwise"),
            ({"path": "steps/over/status", "new": "done"}, "accepted"),
            ({"path": "steps/off/status", "new": "done"}, "accepted_otherwise"),
            ({"path": "goal/outcome", "new": "Another"}, "accepted_otherwise"),
            ({"path": "steps/review/takes", "new": "3d"}, "accepted"),
            ({"path": "steps/review/owners", "new": ["Ann"]}, "accepted"),
            ({"path": "steps/dark/due", "new": "2026-06-12"}, "accepted"),
            (
                {"op": "confirm", "path": "steps/review/due", "old": "2026-06-01"},
                "accepted_otherwise",
            ),
            ({"op": "confirm", "path": "steps/kick/due", "old": "goal-5w"}, "accepted"),
        ],
    )
    def test_what_was_agreed_is_held_against_the_plan_of_today(
        self, page: Rooms, fields: dict[str, Any], outcome: str
    ) -> None:
        """As far as the room shows it; of what is hidden nothing is told."""
        more = (
            ", {id: over, title: Demo, done: 2026-05-20, due: 2026-05-20},"
            " {id: off, title: Visit, due: 2026-05-20, status: cancelled}]"
        )
        [one] = self._given({"op": "set"} | fields).suggested
        agreed = one._replace(outcome="accepted", decided=DAY)
        plan = small(self.PLAN.removesuffix("]") + more)
        tree = page(plan, Given(suggested=(agreed,)))
        assert json.loads(place_of(tree)["data-known"]) == {one.id: [outcome, ""]}

    def _given(self, *all_fields: dict[str, Any]) -> Given:
        usual = {"op": "ask", "path": "questions", "value": {"text": "Why?"}}
        return Given(
            suggested=tuple(
                Suggested(
                    f"{n:026}", "Lee", (Operation.from_dict(usual | fields),), DAY
                )
                if fields.keys() <= {"op"}
                else Suggested(f"{n:026}", "Lee", (Operation.from_dict(fields),), DAY)
                for n, fields in enumerate(all_fields)
            )
        )

    def _chips(self, page: Rooms, *all_fields: dict[str, Any]) -> list[str]:
        tree = page(small(self.PLAN), self._given(*all_fields))
        return [
            "".join(e.itertext())
            for e in tree.iter("span")
            if e.get("data-suggestion") is not None
        ]


class TestBase:
    """What names the state that a reader saw."""

    def test_it_changes_with_what_can_be_suggested_otherwise(self, page: Rooms) -> None:
        """Another date makes another one; the same plan has the same."""
        before, again = (place_of(page(small(STEP))) for _ in range(2))
        after = place_of(page(small(STEP.replace("06-10", "06-11"))))
        assert len(before["data-base"]) == 12
        assert before["data-base"] == again["data-base"] != after["data-base"]

    def test_it_tells_nothing_internal(self, page: Rooms) -> None:
        """Whatever stands in hidden items and e-mails, it is the same."""
        hidden = (
            "internal: {crm: X}\nquestions: [{id: q, text: Discount?, internal: true}]"
        )
        plain, more = page(small(STEP)), page(small(f"{STEP}\n{hidden}"))
        assert place_of(plain)["data-base"] == place_of(more)["data-base"]


class TestSettings:
    """Every fault is told with its place, in words."""

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ("[a]", "suggest: expected a map"),
            ("{endpont: 'https://a.example'}", 'unknown key "endpont"'),
            (
                "{endpoint: 'http://a.example'}",
                "expected an address like https://inbox",
            ),
            ("{endpoint: 'https://a.example/?x=1'}", "without a query"),
            ("{endpoint: 'https://a.example/{plan}'}", "expected an address"),
            ('{endpoint: "https://a.example/\'; x"}', "expected an address"),
            ("{endpoint: 'https://u:p@a.example/'}", "expected an address"),
            ("{form: 'https://f.example/?a={plan}&b={who}'}", "expected only {plan}"),
            ("{form: 'https://f.example/?a=1'}", "expected {plan} or {ref}"),
            ("{form: 'http://f.example/?a={plan}'}", "begins with https://"),
            ("{form: 'https://{plan}.example/'}", "expected"),
            ("{form: 'https://f.example/{plan}'}", "behind the ? or #"),
            ("{form: 'https://f.example/?a={plan'}", "expected only {plan}"),
            ("{form: 'javascript:alert(1)?{plan}'}", "begins with https://"),
            (f"{{form: 'https://f.example/?{'a' * 1500}={{plan}}'}}", "at most 1,500"),
            ("{repository: 'https://github.com/m/d'}", "expected audience beside it"),
            (
                "{repository: 'https://git.m.example/m/d', audience: seller}",
                "expected forge beside it",
            ),
            ("{repository: 'git@github.com:m/d'}", "expected an address like https"),
            ("{audience: buyer}", "expected one of seller, everyone"),
            ("{branch: '../x'}", "expected the name of a branch"),
            ("{answers: perhaps}", "expected one of true, false"),
        ],
    )
    def test_fault_is_named(self, repo: Path, said: str, expected: str) -> None:
        """By the build and by what reads the targets."""
        settings = repo / "mkdocs.yml"
        text = settings.read_text("utf-8")
        settings.write_text(f"{text}extra: {{mapsite: {{suggest: {said}}}}}\n", "utf-8")
        for read in (lambda: load_frame(repo, repo / ".mapsite"), _targets(repo)):
            with pytest.raises(InvalidPlan) as caught:
                read()
            told = "\n".join(map(str, caught.value.problems))
            assert "extra/mapsite/suggest" in told
            assert expected in unescape(told)


def _targets(root: Path) -> Callable[[], object]:
    return lambda: read_targets(root)


class TestHeaders:
    """What hosts send says the same as the page's own head."""

    def test_nothing_more_without_a_setting(self) -> None:
        """The header of before, word for word."""
        assert security() == SECURITY
        assert "connect-src" not in SECURITY["Content-Security-Policy"]

    @pytest.mark.parametrize("kind", HOSTS)
    def test_every_host_lets_the_one_origin_through(self, kind: str) -> None:
        """Else the browser would stop what the page's own policy allows."""
        told = "\n".join(host_texts(kind, connects="https://inbox.example").values())
        assert "; connect-src https://inbox.example; frame-ancestors 'none'" in told
        assert "connect-src" not in "\n".join(host_texts(kind).values())

    def test_target_knows_the_origin(self, repo: Path) -> None:
        """Publishing and serving ask it, not the settings."""
        assert read_targets(repo).named(None).connects == ""
        settings = repo / "mkdocs.yml"
        more = f"extra: {{mapsite: {{suggest: {{endpoint: '{INBOX}'}}}}}}\n"
        settings.write_text(settings.read_text("utf-8") + more, "utf-8")
        found = read_targets(repo).named(None).connects
        assert found == "https://inbox.mama.example:8443"

    @pytest.mark.parametrize(
        ("sent", "promised", "fault"),
        [
            ("https://a.example", "https://a.example", ""),
            ("", "https://a.example", "stops what rooms ask of https://a.example"),
            ("https://a.example", "", "is looser in connect-src"),
            (
                "https://a.example https://b.example",
                "https://a.example",
                "is looser in",
            ),
        ],
    )
    def test_doctor_compares_with_what_the_look_needs(
        self, sent: str, promised: str, fault: str
    ) -> None:
        """Neither more nor less."""
        headers = headers_for("index.html", sent)
        told = dict(header_faults("index.html", headers, https=True, connects=promised))
        assert told["Content-Security-Policy"].startswith(fault)
        assert bool(told["Content-Security-Policy"]) == bool(fault)
