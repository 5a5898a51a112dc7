"""A buyer's suggestion, all the way: from the page into the plan and back to the page.

Each way out of the room ends the same: a small difference in a real repository, which
is accepted, published, and told by the page after a reload. In place of the linked form
stands one of our own, which answers as a form service exports; in place of the forge's
page that edits a file, a clone in which a colleague does.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, Route, expect

from mapsite.cli import commands
from tests.browser.server import Host, serve
from tests.browser.visit import PHONE, Visiting
from tests.changes.origins import Team, make_team
from tests.conftest import PROJECT
from tests.inbox import running

REVIEW = "steps/security-review"
PLAN = "plans/acme.yaml"
DAY = "2026-05-24"
WHY = "the pen-test report arrives on 30 May"
OUR_FORM = "https://forms.example.test/r"
FORM = f"{OUR_FORM}?plan={{plan}}&item={{item}}&field={{field}}&old={{old}}&ref={{ref}}"


@dataclass
class Deal:
    """Hold the team's repository, and the folder that its readers are served."""

    team: Team

    @property
    def root(self) -> Path:
        """Return the repository's folder."""
        return self.team.root

    def run(self, *words: str) -> str:
        """Run one command of mapsite, and return what it printed."""
        ran = CliRunner().invoke(
            commands, words, prog_name="mapsite", catch_exceptions=False
        )
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    def say(self, setting: str) -> None:
        """Add a line to mapsite's own settings."""
        file = self.root / "mkdocs.yml"
        line = "    checks: {}\n"
        text = file.read_text("utf-8")
        assert line in text
        file.write_text(text.replace(line, f"{line}    {setting}\n"), "utf-8")

    def publish(self) -> str:
        """Publish, keep what that wrote, and return the room's folder at the host."""
        self.run("publish", "acme", "--today", DAY)
        self.team.git("add", "--all")
        self.team.git("commit", "--quiet", "--allow-empty", "-m", "Publish")
        self.team.git("push", "--quiet", "origin", "main")
        return re.findall(r"t/[a-z2-7]{26}", self.run("links", "acme"))[0]

    @contextmanager
    def host(self) -> Iterator[Host]:
        """Serve what is published."""
        folder = self.root / "published"
        folder.mkdir()
        with serve(folder) as host:
            yield host

    def accept(self) -> None:
        """Propose what came, look at each difference, and accept it."""
        before = self.team.origin("rev-parse", "main").strip()
        self.run("changes", "propose")
        branches = self.team.origin("branch", "--list", "mapsite/*").split()
        assert branches
        for branch in branches:
            assert self.run("changes", "accept", branch.rpartition("/")[2])
        self.differs(before)

    def differs(self, before: str) -> None:
        """Look at all that changed since a commit: a line for each change."""
        files = self.team.origin("diff", "--name-only", before, "main").split()
        assert files == [PLAN]
        lines = self.team.origin("diff", "--unified=0", before, "main").splitlines()
        gone = [line[1:].strip() for line in lines if re.match("-(?!--)", line)]
        new = [line[1:].strip() for line in lines if re.match(r"\+(?!\+\+)", line)]
        assert gone == ["due: 2026-05-28"]
        assert new[-1] == "due: 2026-06-02"
        assert "name: Lee Wong" in "\n".join(new)
        self.team.git("pull", "--quiet", "--ff-only", "origin", "main")


@pytest.fixture
def deal(tmp_path: Path, frame_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Deal:
    """Return a repository with one plan, and a secret of its own."""
    team = make_team(tmp_path)
    shutil.copytree(PROJECT / "plans" / "logos", team.root / "plans" / "logos")
    (team.root / ".gitignore").write_text(
        ".mapsite/\n.mapsite-secret\nsite/\npublished/\n", "ascii"
    )
    shutil.copytree(frame_cache, team.root / ".mapsite")
    monkeypatch.chdir(team.root)
    found = Deal(team)
    found.run("secret", "new")
    return found


def suggest(page: Page) -> None:
    """Move a date and add a colleague, and open what is to be sent."""
    for at, choice, fields in (
        (REVIEW, "Another day", {"date": "2026-06-02", "why": WHY}),
        ("people", "Add a person", {"who": "Lee Wong", "role": "Procurement"}),
    ):
        page.locator(f"a[data-at='{at}']").first.click()
        form = page.locator("dialog[open]")
        form.get_by_label(choice, exact=True).check()
        for name, value in fields.items():
            form.locator(f"[name={name}]:visible").fill(value)
        form.get_by_role("button", name="Add to my suggestions").click()
    page.get_by_role("button", name="Look and send").click()
    page.get_by_label("Your name").fill("Priya N.")
    page.get_by_role("heading", name="Your suggestions").focus()


def reads(page: Page, *, outcome: str = "Agreed, and in the plan.") -> None:
    """Look at the published room: the new day with its history, and the colleague."""
    page.reload()
    row = page.locator("tr#step-security-review")
    expect(row).to_contain_text("2 Jun")
    expect(row.locator(".map-moved")).to_have_text(re.compile("28 May.*2 Jun"))
    expect(page.locator("#people")).to_contain_text("Lee Wong")
    assert page.locator("[data-suggestion]").count() == 0
    if outcome:
        expect(page.locator("[data-part=sent] > li")).to_contain_text(outcome)
    page.goto(page.url.removesuffix("index.html") + "changes/index.html")
    told = page.locator("main")
    expect(told).to_contain_text("Security review · SOC 2 + DPA package")
    expect(told).to_contain_text("28 May")
    if outcome:
        expect(page.locator("#suggested")).to_contain_text(outcome)
        expect(page.locator("#suggested")).to_contain_text("Lee Wong")


def waits(deal: Deal, page: Page) -> None:
    """Publish after intake: the page knows that it arrived."""
    deal.publish()
    page.reload()
    expect(page.locator("[data-part=sent] > li")).to_contain_text("Received.")
    assert page.locator("[data-suggestion]").count() == 2


def by_mail(page: Page, folder: Path) -> Path:
    """Send the mail that the page writes, as a mail program keeps it."""
    page.get_by_role("link", name="Send by e-mail").click()
    link = page.locator("[data-do=mail]")
    href = urlsplit(link.get_attribute("href") or "")
    words = parse_qs(href.query)
    mail = EmailMessage()
    mail["From"], mail["To"] = "Priya N. <priya@acme.example>", href.path
    mail["Subject"], mail["Message-ID"] = words["subject"][0], "<1@acme.example>"
    mail.set_content(words["body"][0].replace("\r\n", "\n"))
    file = folder / "mail.eml"
    file.write_bytes(mail.as_bytes())
    return file


def by_file(page: Page, folder: Path) -> Path:
    """Save the file that the page offers."""
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download").click()
    file = folder / "suggestion.json"
    saving.value.save_as(file)
    return file


@pytest.mark.parametrize("send", [by_mail, by_file], ids=["mail", "download"])
def test_with_nothing_set_up(
    deal: Deal, visit: Visiting, tmp_path: Path, send: Callable[[Page, Path], Path]
) -> None:
    """By a mail or a file that the seller imports."""
    with deal.host() as host:
        page = visit(host.room(deal.publish()), PHONE).page
        suggest(page)
        file = send(page, tmp_path)
        told = deal.run("changes", "import", str(file), str(file))
        assert told.count("new  ") == told.count("known  ") == 1
        waits(deal, page)
        deal.accept()
        deal.publish()
        reads(page)


FORM_PAGE = """<!doctype html><title>A form</title><form method="post">
<label>Plan <input name="plan"></label><label>Item <input name="item"></label>
<label>Field <input name="field"></label><label>Old <input name="old"></label>
<label>Ref <input name="ref"></label><label>New <input name="new"></label>
<label>Why <input name="why"></label><label>Your name <input name="name"></label>
<button>Submit</button></form>"""
FILL = """(where) => new URL(where).searchParams.forEach((value, name) => {
  document.querySelector(`[name=${name}]`).value = value; })"""


class Form:
    """Stand for the form of a service, and keep what it was sent."""

    def __init__(self, page: Page) -> None:
        """Answer for the form's address in the browser of *page*."""
        self.rows: list[dict[str, str]] = []
        self._page = page
        page.context.route(f"{OUR_FORM}**", self._answer)

    def _answer(self, route: Route) -> None:
        if body := route.request.post_data:
            said = parse_qs(body, keep_blank_values=True)
            self.rows.append({name: values[0] for name, values in said.items()})
        route.fulfill(content_type="text/html", body=FORM_PAGE)

    def fill(self, at: str, **fields: str) -> None:
        """Follow the pencil of an item, fill in what is left, and submit."""
        with self._page.context.expect_page() as opening:
            self._page.locator(f"a[data-at='{at}']").first.click()
        tab = opening.value
        tab.evaluate(FILL, tab.url)
        for name, value in fields.items():
            tab.fill(f"[name={name}]", value)
        before = len(self.rows)
        tab.get_by_role("button").click()
        tab.wait_for_load_state()
        assert len(self.rows) == before + 1
        tab.close()

    def export(self, file: Path) -> Path:
        """Write the answers as a form service exports them."""
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, ["Timestamp", *self.rows[0]])
            writer.writeheader()
            for number, row in enumerate(self.rows):
                moment = f"24/05/2026 09:1{number}:00"
                writer.writerow({"Timestamp": moment, **row})
        return file


def test_by_a_linked_form_of_ours(deal: Deal, visit: Visiting, tmp_path: Path) -> None:
    """The form opens prefilled; what its service exports is imported."""
    deal.say(f"suggest: {{form: '{FORM}'}}")
    deal.say("changes: {columns: {ignore: [Timestamp]}}")
    with deal.host() as host:
        page = visit(host.room(deal.publish()), PHONE).page
        form = Form(page)
        form.fill(REVIEW, new="2026-06-02", why=WHY, name="Priya N.")
        form.fill("people", new="Lee Wong", name="Priya N.")
        file = form.export(tmp_path / "answers.csv")
        told = deal.run("changes", "import", str(file), str(file))
        assert told.count("new  ") == told.count("known  ") == 2
        deal.publish()
        page.reload()
        expect(page.locator("[data-suggestion]")).to_have_count(2)
        deal.accept()
        deal.publish()
        reads(page, outcome="")


def test_by_the_endpoint_of_a_real_inbox(
    deal: Deal, visit: Visiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent from the page, synced to the inbox's disk, pulled by the seller."""
    monkeypatch.setenv("MAPSITE_INBOX_PULL_TOKEN", running.PULL)
    key = deal.run("inbox", "--print-key").strip()
    folder = tmp_path / "inbox"
    with (
        deal.host() as host,
        running.serve(
            folder, "--origin", host.url, tokens=False, MAPSITE_INBOX_KEY=key
        ) as inbox,
    ):
        address = f"http://127.0.0.1:{inbox.port}"
        deal.say(f"suggest: {{endpoint: '{address}'}}")
        deal.say(f"changes: {{inbox: '{address}'}}")
        page = visit(host.room(deal.publish()), PHONE).page
        suggest(page)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("[data-part=sent] > li")).to_contain_text("Sent at")
        assert len(inbox.waiting()) == 1
        assert "new  " in deal.run("changes", "pull")
        assert inbox.waiting() == {}
        assert "new  " not in deal.run("changes", "pull")
        waits(deal, page)
        deal.accept()
        deal.publish()
        reads(page)


def test_by_a_pull_request_made_in_a_clone(deal: Deal, visit: Visiting) -> None:
    """A colleague follows the link to the file; the change is judged and merged."""
    deal.say("suggest: {repository: 'https://github.com/mama/deals', audience: seller}")
    with deal.host() as host:
        page = visit(host.room(deal.publish()), PHONE).page
        link = page.locator("a[href^='https://github.com/']")
        expect(link).to_have_attribute(
            "href", f"https://github.com/mama/deals/edit/main/{PLAN}"
        )
        colleague = deal.team.clone("colleague")
        colleague("switch", "--quiet", "--create", "patch-1")
        file = colleague.folder / PLAN
        text = file.read_text("utf-8").replace("due: 2026-05-28", "due: 2026-06-02", 1)
        joined = "  - id: lee-wong\n    name: Lee Wong\n    side: buyer\n"
        text = text.replace("  - id: lee\n", f"{joined}  - id: lee\n", 1)
        file.write_text(text, "utf-8")
        words = ("commit", "--quiet", "--all", "-m", "Move the review")
        colleague(*words, day=DAY, who="priya")
        colleague("push", "--quiet", "origin", "patch-1")
        told = in_folder(colleague.folder, "changes", "check", "--base", "origin/main")
        assert "Move Security review" in told
        assert "from 28 May to 2 June" in told
        assert "Lee Wong" in told
        before = deal.team.origin("rev-parse", "main").strip()
        deal.team.merge("patch-1")
        deal.differs(before)
        deal.publish()
        reads(page, outcome="")


def in_folder(folder: Path, *words: str) -> str:
    """Run one command of mapsite in another clone, and return what it printed."""
    with chdir(folder):
        ran = CliRunner().invoke(
            commands, words, prog_name="mapsite", catch_exceptions=False
        )
    assert ran.exit_code == 0, ran.output
    return ran.stdout
