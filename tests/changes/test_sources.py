"""Lists of answers in any service's JSON: each item once, and the token stays here."""

from __future__ import annotations

import base64
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mapsite.changes.calls import Limits
from mapsite.changes.intake.outcome import NeedsPerson
from mapsite.changes.intake.rows import read_rows
from mapsite.changes.intake.sources import Source, read_sources
from mapsite.changes.paging import fetch
from mapsite.changes.settings import read_settings
from mapsite.cli import commands
from mapsite.errors import MapsiteError
from tests.changes import sources
from tests.changes.intake.arriving import NOW, only, task
from tests.changes.origins import Team, make_team, review_of
from tests.changes.sources import ROW, Service
from tests.conftest import PROJECT

TOKEN = "q7Zk2-nVb9-Xr4Tm"  # noqa: S105  # opens nothing
VARIABLE = "MAPSITE_FORMS_TOKEN"
ENVIRONMENT = {VARIABLE: TOKEN}
SETTINGS = """\
netlify:
  url: {url}/api/v1/forms/f1/submissions?per_page=1
  token: MAPSITE_FORMS_TOKEN
  id: id
  next: {{ask: page}}
  fields:
    plan: data.plan
    item: data.item
    field: data.field
    old: data.old
    new: data.What should it be?
    why: data.why
    at: created_at
tally:
  url: {url}/forms/mexJoq/submissions?page=1
  token: MAPSITE_FORMS_TOKEN
  items: submissions
  id: id
  next: {{ask: page}}
  fields:
    plan: responses[questionId=q-plan].answer
    item: responses[questionId=q-item].answer
    field: responses[questionId=q-field].answer
    old: responses[questionId=q-old].answer
    new: responses[questionId=q-due].answer
    why: responses[questionId=q-why].answer
    at: submittedAt
typeform:
  url: {url}/forms/f1/responses?page_size=1
  token: MAPSITE_FORMS_TOKEN
  items: items
  id: token
  next: {{ask: before, from: "items[last].token"}}
  fields:
    plan: hidden.plan
    item: hidden.item
    field: hidden.field
    old: hidden.old
    new: answers[field.ref=due].date
    why: answers[field.ref=why].text
    at: submitted_at
formspree:
  url: {url}/api/0/forms/xyz/submissions?limit=1
  token: MAPSITE_FORMS_TOKEN
  items: submissions
  next: {{ask: offset, by: items}}
  ignore: [_status]
  fields:
    {{plan: plan, item: item, field: field, old: old, new: due, why: why, at: _date}}
airtable:
  url: {url}/v0/app1/Changes
  token: MAPSITE_FORMS_TOKEN
  items: records
  id: id
  next: {{ask: offset, from: offset}}
  fields:
    plan: fields.plan
    item: fields.item
    field: fields.field
    old: fields.old
    new: fields.New date
    why: fields.Why?
    at: createdTime
"""
DAYS = ("2026-06-02", "03/04/2026")


@pytest.fixture
def service() -> Iterator[Service]:
    """Return a service that wants to see the token."""
    with Service() as service:
        service.token = f"Bearer {TOKEN}"
        yield service


def fill(service: Service) -> None:
    """Put two items of each kind into *service*, on pages as each kind has them."""
    ways: dict[str, tuple[Any, list[str], Any]] = {
        "/api/v1/forms/f1/submissions": (
            sources.netlify,
            ["per_page=1", "per_page=1&page=2", "per_page=1&page=3"],
            lambda items, _: items,
        ),
        "/forms/mexJoq/submissions": (
            sources.tally,
            ["page=1", "page=2", "page=3"],
            lambda items, _: {"limit": 1, "hasMore": True, "submissions": items},
        ),
        "/forms/f1/responses": (
            sources.typeform,
            ["page_size=1", *(f"page_size=1&before=typeform-{n}" for n in (0, 1))],
            lambda items, _: {"total_items": 2, "page_count": 2, "items": items},
        ),
        "/api/0/forms/xyz/submissions": (
            sources.formspree,
            ["limit=1", "limit=1&offset=1", "limit=1&offset=2"],
            lambda items, _: {"fields": [*ROW], "submissions": items},
        ),
        "/v0/app1/Changes": (
            sources.airtable,
            ["", "offset=itr%2F1"],
            lambda items, n: {"records": items} | ({} if n else {"offset": "itr/1"}),
        ),
    }
    for path, (item, queries, page) in ways.items():
        for number, query in enumerate(queries):
            items = [item(number, day) for day in DAYS[number : number + 1]]
            service.put(f"{path}?{query}" if query else path, page(items, number))


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """Return a clone with its origin, in which the commands run."""
    team = make_team(tmp_path)
    monkeypatch.chdir(team.root)
    monkeypatch.setenv(VARIABLE, TOKEN)
    return team


def pull(team: Team, settings: str) -> tuple[int, str]:
    """Run `mapsite changes pull` with *settings* of sources."""
    path = team.root / "mkdocs.yml"
    team.git("checkout", "--quiet", "mkdocs.yml")
    indented = textwrap.indent(settings, " " * 8)
    extra = f"  mapsite:\n    changes:\n      sources:\n{indented}"
    path.write_text(path.read_text("utf-8").replace("  mapsite:\n", extra, 1), "utf-8")
    result = CliRunner().invoke(commands, ["changes", "pull"], catch_exceptions=False)
    return result.exit_code, result.output


def test_five_services_are_fetched_from_by_settings_alone(
    team: Team, service: Service
) -> None:
    """Lists, pages and paths differ; each item becomes one thing, and stays one."""
    fill(service)
    settings = SETTINGS.format(url=service.url)
    code, told = pull(team, settings)
    assert code == 0, told
    for name in ("netlify", "tally", "typeform", "formspree", "airtable"):
        assert f"{name}: 2 fetched, 2 new" in told
    ledger = review_of(team.root).ledger
    suggestions = [one.suggestion for one in ledger.entries.values() if one.suggestion]
    assert len(suggestions) == 5
    for suggestion in suggestions:
        assert suggestion.plan == "acme"
        (operation,) = suggestion.operations
        assert operation.path == "steps/security-review/due"
        assert (operation.old, operation.new) == ("2026-05-28", "2026-06-02")
        assert operation.why == "Report"
        assert suggestion.at.startswith("2026-05-26T09:14:02")
    odd = [one for one in ledger.entries.values() if one.suggestion is None]
    assert len(odd) == 5

    code, told = pull(team, settings)
    assert code == 0
    assert told.count("2 fetched, 0 new") == 5
    assert "received 10 =" in told
    assert {shown for _, shown in service.asked} == {f"Bearer {TOKEN}"}


def test_one_source_that_fails_stops_no_other(
    team: Team, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the others bring is kept, and the exit code tells."""
    fill(service)
    settings = SETTINGS.format(url=service.url)
    service.put("/api/v1/forms/f1/submissions?per_page=1&page=2", {"error": "no list"})
    code, told = pull(team, settings)
    assert code == 1
    assert "netlify: 127.0.0.1" in told
    assert "answered no list of items" in told
    assert "tally: 2 fetched, 2 new" in told
    assert "received 8 =" in told
    monkeypatch.delenv(VARIABLE)
    code, told = pull(team, settings)
    assert code == 1
    assert told.count(f"{VARIABLE} is not set") == 5


def test_the_source_that_the_readme_shows_is_one(tmp_path: Path) -> None:
    """Whoever copies it gets what it says."""
    text = (PROJECT / "README.md").read_text("utf-8")
    (block,) = re.findall(
        r"```yaml\n(extra:(?:(?!```).)*sources:.*?)```", text, re.DOTALL
    )
    (tmp_path / "mkdocs.yml").write_text(block, "utf-8")
    (found,) = read_settings(tmp_path).sources
    assert (found.name, found.variable) == ("tally", "MAPSITE_TALLY_TOKEN")
    assert {"id", "plan", "new"} <= found.fields.keys()


def test_without_a_place_there_is_nothing_to_fetch(team: Team) -> None:
    """Whoever means one is told; unattended runs may do nothing instead."""
    assert team
    result = CliRunner().invoke(commands, ["changes", "pull"])
    assert result.exit_code == 1
    assert "names no inbox and no sources" in result.output
    result = CliRunner().invoke(commands, ["changes", "pull", "--if-named"])
    assert result.exit_code == 0


def source(url: str, **more: object) -> Source:
    """Return a source with the settings of one list."""
    given = {"url": url, "fields": {"plan": "plan", "comment": "said"}, **more}
    (found,) = read_sources({"forms": given})
    return found


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, ""),
        ({"token": VARIABLE}, f"Bearer {TOKEN}"),
        ({"token": VARIABLE, "scheme": "Token"}, f"Token {TOKEN}"),
        (
            {"token": VARIABLE, "scheme": "Basic"},
            f"Basic {base64.b64encode(TOKEN.encode()).decode()}",
        ),
    ],
)
def test_a_token_is_shown_as_the_service_wants_it(
    service: Service, more: dict[str, str], shown: str
) -> None:
    """From a variable, whose name alone stands in the settings."""
    service.token = shown
    service.put("/list", [{"plan": "acme"}])
    assert fetch(source(f"{service.url}/list", **more), ENVIRONMENT) == [
        {"plan": "acme"}
    ]


def test_the_token_goes_to_no_other_host(service: Service) -> None:
    """Neither along a redirect, nor along the address of a next page."""
    with Service() as other:
        other.put("/list", [{"plan": "acme"}])
        service.put("/list", {"items": [], "next": f"{other.url}/list"})
        more = {"token": VARIABLE, "items": "items", "next": {"from": "next"}}
        with pytest.raises(MapsiteError, match="another host"):
            fetch(source(f"{service.url}/list", **more), ENVIRONMENT)
        service.heads["Location"] = f"{other.url}/list"
        with pytest.raises(MapsiteError, match="answered 302") as told:
            fetch(source(f"{service.url}/list", **more), ENVIRONMENT)
        assert TOKEN not in str(told.value)
        assert other.asked == []


def test_pages_may_be_told_by_addresses(service: Service) -> None:
    """Whole ones or parts of one; an address that comes again ends it."""
    more = {"token": VARIABLE, "items": "results", "next": {"from": "next"}}
    service.put("/rows", {"results": [1], "next": f"{service.url}/rows?page=2"})
    service.put("/rows?page=2", {"results": [2], "next": "/rows?page=3"})
    service.put("/rows?page=3", {"results": [3], "next": "/rows"})
    found = fetch(source(f"{service.url}/rows", **more), ENVIRONMENT)
    assert found == [1, 2, 3]


def test_a_service_that_ignores_the_page_ends(service: Service) -> None:
    """The same items again are no reason to ask for more; twins on a page are two."""
    service.put("/rows", ["a", "a", "b"])
    service.put("/rows?page=2", ["a", "a", "b"])
    more = {"token": VARIABLE, "next": {"ask": "page"}}
    found = fetch(source(f"{service.url}/rows", **more), ENVIRONMENT)
    assert found == ["a", "a", "b"]
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<html>", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[" * 950 + b"]" * 950, "no JSON"),
        (b'{"error": "x"}', "no list"),
        (b"[" + b" " * 2_000_000 + b"]", "sends more than 1 MB"),
        (b"[" + b"1," * 20_001 + b"1]", "more than 20,000 items"),
    ],
)
def test_what_is_no_list_is_told(service: Service, body: bytes, told: str) -> None:
    """In words that hold neither the address nor the token."""
    service.pages["/secret-path"] = body
    limits = Limits(size=1 << 20, seconds=30)
    with pytest.raises(MapsiteError, match=told) as error:
        fetch(source(f"{service.url}/secret-path", token=VARIABLE), ENVIRONMENT, limits)
    assert "secret-path" not in str(error.value)
    assert TOKEN not in str(error.value)


def test_a_service_that_never_ends_is_left(service: Service) -> None:
    """However busily it sends, and whatever it wants to hear first."""
    service.drips = True
    service.put("/list", [])
    limits = Limits(size=1 << 20, seconds=0.5)
    with pytest.raises(MapsiteError, match="did not answer in"):
        fetch(source(f"{service.url}/list", token=VARIABLE), ENVIRONMENT, limits)
    service.drips = False
    with pytest.raises(MapsiteError, match="does not let us in") as told:
        fetch(source(f"{service.url}/list"), ENVIRONMENT, limits)
    assert VARIABLE not in str(told.value)
    with pytest.raises(MapsiteError, match="cannot be reached"):
        fetch(source(f"{service.url}/list", token=VARIABLE), {VARIABLE: "a\nb"}, limits)


def rows(*items: object, **more: object) -> list[Any]:
    """Read items by settings of a few fields."""
    fields = {"plan": "data.plan", "comment": "answers[of=what].text"}
    given = {"url": "https://a.example/", "id": "id", "fields": fields, **more}
    (found,) = read_sources({"forms": given})
    return read_rows(items, found, NOW)


def said(text: object, **more: object) -> dict[str, Any]:
    """Return an item that says *text*."""
    answers = [{"of": "what", "text": text}, {"of": "more", "text": ""}]
    return {"id": 7, "data": {"plan": "acme", **more}, "answers": answers, "made": "x"}


def test_what_nobody_mapped_goes_to_a_person() -> None:
    """Beside what was understood; silence and what services add is no answer."""
    assert only(rows(said("Hi", ip="192.0.2.1", note=None, list=[]))).plan == "acme"
    item = said("Hi", phone="call me")
    item["answers"][1]["text"] = "and this"
    first, person = rows(item)
    assert first.operations[0].new == {"text": "Hi"}
    assert isinstance(person, NeedsPerson)
    assert '"data.phone"' in person.reason
    assert '"answers.1"' in person.reason
    assert json.loads(person.original) == item
    assert person.name == "source forms, 7"
    ignored = rows(item, ignore=["data.phone", "answers[of=more]"])
    assert only(ignored) == first


def test_what_is_ignored_does_not_make_it_new() -> None:
    """The original lacks it: an address that changes every hour is not kept."""
    first, second = (
        task(rows(said(["a", "b"], photo=url), ignore=["data.photo"]))
        for url in ("https://a.example/1", "https://a.example/2")
    )
    assert first == second
    assert "several answers" in first.reason


@pytest.mark.parametrize(
    "item", [None, 3, "text", [], {}, {"id": {"a": 1}, "data": []}]
)
def test_an_item_that_is_none_goes_to_a_person(item: object) -> None:
    """With what it was."""
    assert json.loads(task(rows(item)).original) == item


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "sources: expected a map"),
        ({"Forms!": {}}, "names of a-z"),
        ({"f": {"fields": {"plan": "plan"}}}, "f/url: expected an https://"),
        ({"f": {"url": "http://a.example/?key=hush"}}, "f/fields: expected a map"),
        ({"f": {"url": "http://a.example/hush", "fields": {"plan": "p"}}}, "f/url"),
        ({"f": {"url": "https://u:hush@a.example/", "fields": {"plan": "p"}}}, "f/url"),
        ({"f": {"url": "https://a.example/hush x", "fields": {"plan": "p"}}}, "f/url"),
        ({"f": {"fields": {"plan": "a..b"}}}, "expected a path like data.plan"),
        ({"f": {"fields": {"plan": "a[b"}}}, "expected a path like data.plan"),
        ({"f": {"fields": {"plan": ["a"]}}}, "expected a path like data.plan"),
        ({"f": {"fields": {"plans": "a"}}}, 'unknown key "plans"'),
        ({"f": {"feilds": {"plan": "a"}}}, 'unknown key "feilds"'),
        ({"f": {"fields": {"id": "a"}}}, "at least one"),
        ({"f": {"token": "hush-hush"}}, "not the token"),
        ({"f": {"token": "MAPSITE_SECRET"}}, "not the token"),
        ({"f": {"scheme": "Digest"}}, "one of Bearer, Token, Basic"),
        ({"f": {"next": {}}}, "f/next: expected a map"),
        ({"f": {"next": {"by": "items"}}}, "expected ask, from"),
        ({"f": {"next": {"ask": "a&b"}}}, "a parameter's name"),
        ({"f": {"next": {"from": "a", "by": "items"}}}, "pages or items"),
        ({"f": {"ignore": "a"}}, "a list of paths"),
    ],
)
def test_settings_that_are_wrong_are_told(given: Any, told: str) -> None:  # noqa: ANN401
    """With their place; what may be a secret is not shown."""
    if isinstance(given, dict) and isinstance(given.get("f"), dict):
        usual = {"url": "https://a.example/", "fields": {"plan": "plan"}}
        missing = {} if set(given["f"]) & {"url"} or "https" in told else usual
        given = {"f": missing | given["f"]}
    with pytest.raises(MapsiteError) as error:
        read_sources(given)
    assert told in str(error.value)
    assert "hush" not in str(error.value)
