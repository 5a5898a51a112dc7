"""Readers suggest changes on the page: by keyboard, on a phone, whatever way out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from mapsite.changes.block import decode, find_blocks
from mapsite.changes.suggestion import Suggestion, read_suggestion
from mapsite.plan.operations import Operation
from mapsite.room.frame import load_frame
from mapsite.room.make import make_room
from mapsite.room.shell import Frame
from mapsite.room.suggested import Given, Suggested
from tests.browser.receiver import Receiver, receive
from tests.browser.server import Host, serve
from tests.browser.test_access import TAGS
from tests.browser.test_layout import SIDEWAYS
from tests.browser.visit import DESK, PHONE, ZOOMED, Scheme, Visiting

PROJECT = Path(__file__).resolve().parents[2]
PLAN = PROJECT / "plans" / "acme.yaml"
DAY = date(2026, 5, 24)
TOKEN = "t0ken"  # noqa: S105  # opens nothing
REVIEW = "steps/security-review"
FORM = "https://forms.example/viewform?entry.1={plan}&entry.3={item}&entry.5={old}"
HOSTILE = "<img src=x onerror=alert(1)> {who} '\"&amp; =1+1 </li><script>alert(1)"
MOST_LINK = 1900
BARRIERS = """(tags) => axe.run("#suggest", {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"],
}).then((found) => found.violations.flatMap((rule) =>
  rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`)))"""
WIDER = """() => [...document.querySelectorAll("dialog[open] *, .map-way__bar *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth && !e.matches(".map-sr"))
  .map((e) => e.outerHTML.slice(0, 120))"""
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
MOVED = Operation(
    "set", f"{REVIEW}/due", "2026-05-28", "2026-06-02", why="pen-test report is late"
)
JOINED = Operation(
    "add",
    "people",
    new={"name": "Lee Wong", "side": "buyer", "title": "Procurement"},
    after="mama-legal",
)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Return a server that takes suggestions."""
    with receive() as running:
        yield running


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, frame_cache: Path, receiver: Receiver
) -> Path:
    """Return one plan's room with each way back: by mail, a form, an endpoint."""
    root = tmp_path_factory.mktemp("ways")
    plain = load_frame(frame_cache.parent, frame_cache)
    settings = (frame_cache.parent / "mkdocs.yml").read_text("utf-8")
    said = f"{{endpoint: '{receiver.url}'}}"
    text = f"{settings}\nextra: {{mapsite: {{suggest: {said}}}}}\n"
    (root / "mkdocs.yml").write_text(text, "utf-8")
    frames = {
        "mail": plain,
        "form": replace(plain, settings={"suggest": {"form": FORM}}),
        "endpoint": load_frame(root, root / "cache"),
    }
    for name, frame in frames.items():
        write(root / "site" / name, frame)
    return root / "site"


def write(folder: Path, frame: Frame, *suggested: Suggested) -> None:
    """Write the plan's room, told of what was suggested."""
    given = Given(TOKEN, suggested=suggested)
    made = make_room(PLAN, PLAN.read_bytes(), DAY, frame, given=given)
    for path, data in made.files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


@pytest.fixture(scope="module")
def rooms(folder: Path) -> Iterator[Host]:
    """Return a host of these rooms."""
    with serve(folder) as running:
        yield running


def form_of(page: Page) -> Locator:
    """Return the open form."""
    return page.locator("dialog[open]")


def add(page: Page, at: str, choice: str, **fields: str) -> None:
    """Fill the form of one item, and add it."""
    page.locator(f"a[data-at='{at}']").first.click()
    form_of(page).get_by_label(choice, exact=True).check()
    for name, value in fields.items():
        form_of(page).locator(f"[name={name}]:visible").fill(value)
    form_of(page).get_by_role("button", name="Add to my suggestions").click()
    expect(form_of(page)).to_have_count(0)


def look(page: Page, name: str = "Priya") -> None:
    """Open the reader's own list, and say who it is from."""
    page.get_by_role("button", name="Look and send").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("heading", name="Your suggestions").focus()


def mailed(page: Page) -> tuple[str, Suggestion]:
    """Return the mail's text, and the suggestion that its block carries."""
    name = quote(page.get_by_label("Your name").input_value(), safe="!'()*~")
    link = page.locator("[data-do=mail]")
    expect(link).to_have_attribute("href", re.compile(f"body={re.escape(name)}"))
    href = link.get_attribute("href") or ""
    assert len(href) <= MOST_LINK
    body = parse_qs(urlsplit(href).query)["body"][0]
    return body, read_suggestion(decode(body))


def sent(page: Page) -> Locator:
    """Return what the reader's own list says of suggestions on their way."""
    return page.locator("[data-part=sent] > li")


@SIZES
def test_moves_a_date_and_adds_a_colleague_by_keyboard(
    size: dict[str, int], rooms: Host, visit: Visiting
) -> None:
    """Two edits with a reload between them become one mail with a whole block."""
    reader = visit(rooms.room("mail"), size)
    page, keys = reader.page, reader.page.keyboard
    page.locator(f"a[data-at='{REVIEW}']").focus()
    keys.press("Enter")
    expect(page.get_by_label("28 May works")).to_be_focused()
    keys.press("Space")
    keys.press("ArrowDown")
    expect(page.get_by_label("Another day")).to_be_checked()
    keys.press("Tab")
    expect(page.get_by_label("New day")).to_be_focused()
    keys.type("06022026")
    page.get_by_label("Why?").focus()
    keys.type("pen-test report is late")
    keys.press("Enter")
    expect(form_of(page)).to_have_count(0)
    expect(page.locator(f"a[data-at='{REVIEW}']")).to_be_focused()
    expect(page.get_by_text("1 suggestion, not sent yet")).to_be_visible()

    page.reload()
    expect(page.get_by_text("1 suggestion, not sent yet")).to_be_visible()
    page.get_by_role("link", name="Add a person").focus()
    keys.press("Enter")
    expect(page.get_by_role("radio", name="Add a person")).to_be_focused()
    for text in ("Lee Wong", "Procurement"):
        keys.press("Tab")
        keys.type(text)
    keys.press("Enter")
    expect(page.get_by_text("2 suggestions, not sent yet")).to_be_visible()
    page.get_by_role("button", name="Look and send").focus()
    keys.press("Enter")
    page.get_by_label("Your name").focus()
    keys.type("Priya")

    body, suggestion = mailed(page)
    assert "Move Security review" in body
    assert "28 May to 2 Jun (pen-test report is late)" in body
    assert "New person: Lee Wong" in body
    assert suggestion.operations == (MOVED, JOINED)
    assert suggestion.by == ("Priya", "priya", None, None)
    assert suggestion.base == page.locator("#suggest").get_attribute("data-base")
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", suggestion.id)
    assert reader.faults == []


def test_mail_leaves_a_receipt_and_can_be_taken_back(
    rooms: Host, visit: Visiting
) -> None:
    """Where no mail program opens, the same suggestion can go out in another way."""
    reader = visit(rooms.room("mail"), PHONE)
    page = reader.page
    add(page, REVIEW, "28 May works")
    look(page)
    _, suggestion = mailed(page)
    page.get_by_role("link", name="Send by e-mail").click()
    expect(sent(page)).to_contain_text(
        "Once you have pressed Send there, Jo looks at it"
    )
    expect(page.locator(".map-way__bar")).to_be_hidden()
    page.reload()
    expect(page.locator("tr", has_text="You suggest")).to_contain_text("28 May works")
    add(page, REVIEW, "It is done")
    look(page)
    sent(page).get_by_role("button", name="Take it back").click()
    _, both = mailed(page)
    # Another content under the same id would look like a forgery.
    assert both.id != suggestion.id
    assert [one.op for one in both.operations] == ["confirm", "set"]
    expect(sent(page)).to_have_count(0)


def test_taken_back_unchanged_it_stays_the_same(rooms: Host, visit: Visiting) -> None:
    """Mailed, then downloaded: the receiver knows it by its bytes."""
    page = visit(rooms.room("mail"), PHONE).page
    add(page, REVIEW, "It is done", why="Approved on Friday")
    look(page)
    _, first = mailed(page)
    page.get_by_role("link", name="Send by e-mail").click()
    sent(page).get_by_role("button", name="Take it back").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    raw = download.value.path().read_bytes()
    assert read_suggestion(raw) == first
    assert download.value.suggested_filename == f"suggestion-{first.id}.json"
    expect(sent(page)).to_contain_text("Send the file to Jo")


def test_every_choice_makes_a_suggestion_that_is_taken(
    rooms: Host, visit: Visiting
) -> None:
    """One after the other into one message, read by what takes them in."""
    reader = visit(rooms.room("mail"))
    page = reader.page
    add(page, "steps/pilot-scope", "Someone else owns this", who="Priya")
    add(page, REVIEW, "Ask a question", text="Who signs\nthe DPA?")
    add(page, REVIEW, "Add a step", text="Redlines", who="Lee Wong", date="2026-07-10")
    add(page, REVIEW, "Say something about it", text="On leave.\nBack on the 8th.")
    add(page, "people/cfo", "Say who this is", who="Ana Núñez")
    add(page, "people/priya", "Another position", role="CISO")
    add(page, "questions", "Ask a question", text="In the EU?")
    add(page, "goal/outcome", "Say it differently", text="Signed and live")
    look(page, "Somebody\u202e Else")
    page.get_by_label("Your e-mail").fill("else@acme.example")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    found = read_suggestion(download.value.path().read_bytes())
    assert found.by == ("Somebody Else", None, "else@acme.example", None)
    made = {(one.op, one.path): one for one in found.operations}
    assert len(made) == len(found.operations) - 1
    asked = [one.new["text"] for one in found.operations if one.op == "ask"]
    assert asked[0].endswith("Who signs the DPA?")
    assert asked[0].startswith("Security review")
    assert asked[1] == "In the EU?"
    assert made["add", "steps"].after == "security-review"
    assert made["add", "steps"].new == {
        "title": "Redlines",
        "due": "2026-07-10",
        "owners": ["Lee Wong"],
    }
    assert made["comment", REVIEW].new == {"text": "On leave.\nBack on the 8th."}
    assert made["set", "people/cfo/name"].old == "unknown"
    assert made["set", "people/priya/title"].new == "CISO"
    assert made["set", "goal/outcome"].new == "Signed and live"
    assert "priya" in made["set", "steps/pilot-scope/owners"].new
    assert reader.faults == []


def test_copy_puts_the_message_on_the_clipboard(rooms: Host, visit: Visiting) -> None:
    """Human words and the block; where that is not allowed, the text is shown."""
    page = visit(rooms.room("mail"), PHONE).page
    add(page, REVIEW, "It is done")
    look(page)
    body, suggestion = mailed(page)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.locator("[data-do=copy]").click()
    shown = page.get_by_label("Please copy this text")
    expect(shown).to_be_visible()
    assert shown.input_value().splitlines() == body.splitlines()
    assert find_blocks(shown.input_value()).damaged == ()
    expect(sent(page)).to_contain_text("Paste it into a message to Jo")
    page.reload()
    add(page, REVIEW, "It is done")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    look(page)
    page.locator("[data-do=copy]").click()
    expect(sent(page)).to_have_count(2)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert read_suggestion(decode(copied)).operations == suggestion.operations


def test_what_was_sent_can_be_reached_and_sent_again(
    rooms: Host, visit: Visiting
) -> None:
    """From the end of the page and from its note, also on the next visit."""
    page = visit(rooms.room("mail"), PHONE).page
    assert not page.locator("[data-part=mine]").is_visible()
    add(page, REVIEW, "It is done")
    look(page)
    _, suggestion = mailed(page)
    page.get_by_role("link", name="Send by e-mail").click()
    page.reload()
    expect(page.locator(".map-way__bar")).to_be_hidden()
    page.get_by_role("button", name="Your suggestions (1)").click()
    expect(sent(page)).to_contain_text("Your mail program has it since")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sent(page).get_by_role("button", name="Copy").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    page.wait_for_function("navigator.clipboard.readText().then((t) => t.length > 9)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert read_suggestion(decode(copied)) == suggestion
    with page.expect_download() as saving:
        sent(page).get_by_role("button", name="Download").click()
    assert read_suggestion(saving.value.path().read_bytes()) == suggestion
    page.get_by_role("button", name="Close").locator("visible=true").click()
    page.locator(".map-said--mine").click()
    expect(sent(page)).to_be_visible()


def test_form_has_an_edge_in_the_readers_own_colours(
    rooms: Host, visit: Visiting
) -> None:
    """Where the system forces its colours, page and form have the same ground."""
    page = visit(rooms.room("mail")).page
    edge = "(e) => getComputedStyle(e).borderTopColor"
    page.locator(f"a[data-at='{REVIEW}']").first.click()
    assert form_of(page).evaluate(edge) == "rgba(0, 0, 0, 0)"
    page.emulate_media(forced_colors="active")
    assert form_of(page).evaluate(edge) != "rgba(0, 0, 0, 0)"
    assert form_of(page).evaluate("(e) => getComputedStyle(e).borderTopWidth") != "0px"


def test_the_day_that_stands_is_no_other_one(rooms: Host, visit: Visiting) -> None:
    """Whoever picks it again says that it works."""
    page = visit(rooms.room("mail"), PHONE).page
    add(page, REVIEW, "Another day", date="2026-05-28")
    look(page)
    assert [one.op for one in mailed(page)[1].operations] == ["confirm"]


def test_what_is_too_long_for_a_link_is_copied(rooms: Host, visit: Visiting) -> None:
    """The mail that opens is empty, rather than cut by some mail program."""
    page = visit(rooms.room("mail"), PHONE).page
    words = " ".join(str(number**5) for number in range(130))
    add(page, REVIEW, "Say something about it", text=words)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    look(page)
    link = page.locator("[data-do=mail]")
    expect(link).to_have_attribute("href", re.compile(r"subject=[^&]*$"))
    link.click()
    expect(sent(page)).to_contain_text("too long for a link")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert len(copied) > MOST_LINK
    (operation,) = read_suggestion(decode(copied)).operations
    assert operation.new["text"] == words


def test_endpoint_gets_the_same_bytes_until_it_takes_them(
    rooms: Host, receiver: Receiver, visit: Visiting
) -> None:
    """Failing twice it is tried again by itself, once more after a reload."""
    receiver.bodies.clear()
    receiver.answers[:] = [HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.BAD_GATEWAY]
    reader = visit(rooms.room("endpoint"), DESK)
    page = reader.page
    page.clock.install()
    page.reload()
    add(page, REVIEW, "Another day", date="2026-06-02", why="pen-test report is late")
    look(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(sent(page)).to_contain_text("Not sent yet: the connection failed")
    page.clock.run_for(3_000)
    expect(sent(page)).to_contain_text("Not sent yet")
    page.reload()
    page.locator("tr", has_text="You suggest").wait_for()
    expect(page.locator("[data-part=sent] > li")).to_contain_text(
        re.compile(r"Sent at [\d:]+ ?[\w.]*\. Not in the plan yet; Jo looks at it")
    )
    assert len(receiver.bodies) == 3
    assert len(set(receiver.bodies)) == 1
    assert set(receiver.paths) == {"/s/t0ken"}
    assert read_suggestion(receiver.bodies[0]).operations == (MOVED,)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert len(receiver.bodies) == 3


def test_refused_by_the_endpoint_it_goes_out_in_another_way(
    rooms: Host, receiver: Receiver, visit: Visiting
) -> None:
    """Nothing that a reader has written is lost."""
    receiver.answers[:] = [HTTPStatus.FORBIDDEN]
    page = visit(rooms.room("endpoint"), PHONE).page
    add(page, REVIEW, "It is done")
    look(page)
    page.get_by_label("Your name").press("Enter")
    expect(sent(page)).to_contain_text("It could not be delivered")
    sent(page).get_by_role("button", name="Take it back").click()
    assert mailed(page)[1].operations[0].new == "done"


def test_page_shows_what_became_of_suggestions(
    folder: Path, rooms: Host, visit: Visiting
) -> None:
    """Others' at their items, the reader's own with outcome and reason."""
    page = visit(rooms.room("endpoint")).page
    for choice in ("It is done", "28 May works"):
        add(page, REVIEW, choice)
        look(page)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(sent(page).first).to_contain_text("Sent at")
        page.get_by_role("button", name="Close").locator("visible=true").click()
    stored = page.evaluate(
        "Object.entries(localStorage).find((e) => /suggest/.test(e))"
    )
    confirmed, done = (one["id"] for one in json.loads(stored[1])["sent"])
    move = Operation("set", f"{REVIEW}/due", "2026-05-28", "2026-06-02", why=HOSTILE)
    write(
        folder / "endpoint",
        load_frame(folder.parent, folder.parent / "cache"),
        Suggested("0" * 26, HOSTILE, (move,), DAY),
        Suggested(confirmed, "Priya", (move,), DAY),
        Suggested(done, "Priya", (move,), DAY, "declined", DAY, f"Not yet {HOSTILE}"),
    )
    page.reload()
    note = page.locator(".map-said--theirs:visible")
    expect(note).to_have_text(
        re.compile(r"suggests: Move .* to 2 Jun .*waiting for Jo")
    )
    expect(note).to_contain_text(HOSTILE)
    assert page.locator("main img[onerror], main li script").count() == 0
    expect(sent(page).first).to_contain_text("Received. Not in the plan yet")
    expect(sent(page).last).to_contain_text(f"Not taken over: Not yet {HOSTILE}")
    expect(page.locator(".map-said--mine")).to_have_count(1)
    expect(page.locator(".map-said--mine")).to_contain_text("(waiting for Jo)")
    page.goto(f"{rooms.room('endpoint')}changes/index.html")
    told = page.get_by_role("region", name="What was suggested")
    expect(told).to_contain_text(f"Not taken over: Not yet {HOSTILE}")
    assert page.locator("main img[onerror], main li script").count() == 0


def test_hostile_words_of_readers_stay_words(rooms: Host, visit: Visiting) -> None:
    """What is typed is shown as it was typed, also without the room's policy."""
    reader = visit(rooms.room("mail", guarded=False), PHONE)
    page = reader.page
    add(page, REVIEW, "Another day", date="2026-06-02", why=HOSTILE)
    add(page, "people", "Add a person", who=HOSTILE)
    add(page, "questions", "Ask a question", text=HOSTILE)
    look(page, HOSTILE)
    body, suggestion = mailed(page)
    assert suggestion.by.name == HOSTILE
    assert HOSTILE in body
    page.reload()
    look(page, HOSTILE)
    page.get_by_role("link", name="Send by e-mail").click()
    expect(sent(page)).to_contain_text(HOSTILE)
    assert page.locator("img[onerror]").count() == 0
    assert page.locator("script:not([src])").count() == 0
    assert page.locator(".map-said", has_text=HOSTILE).count() == 3
    assert reader.faults == []


@pytest.mark.parametrize(
    ("size", "scheme"), [(ZOOMED, "dark"), (PHONE, "light")], ids=["zoomed", "phone"]
)
def test_form_and_list_have_no_barrier_and_fit(
    size: dict[str, int], scheme: Scheme, rooms: Host, axe: str, visit: Visiting
) -> None:
    """WCAG 2.2 A and AA, no sideways scrolling, nothing cut."""
    reader = visit(rooms.room("mail"), size, scheme)
    page = reader.page
    reader.read(axe)

    def check() -> None:
        assert reader.read(BARRIERS, TAGS) == []
        assert reader.read(SIDEWAYS) <= 0
        assert reader.read(WIDER) == []

    page.locator("a[data-at='steps/pilot-scope']").first.click()
    form_of(page).get_by_label("Someone else owns this").check()
    check()
    page.keyboard.press("Escape")
    add(page, REVIEW, "Another day", date="2026-06-02", why="report " * 12)
    check()
    look(page)
    check()
    page.get_by_role("link", name="Send by e-mail").click()
    expect(sent(page)).to_have_count(1)
    check()


def test_linked_form_opens_in_a_tab_of_its_own(rooms: Host, visit: Visiting) -> None:
    """Prefilled, and the room learns nothing of it nor it of the room."""
    page = visit(rooms.room("form"), PHONE).page
    page.context.route("https://forms.example/**", lambda route: route.abort())
    there = re.compile(r"https://forms\.example/")
    with page.context.expect_event("request", lambda r: there.match(r.url)) as asked:
        page.locator(f"a[data-at='{REVIEW}']").click()
    query = parse_qs(urlsplit(asked.value.url).query)
    assert query["entry.3"] == [REVIEW]
    assert query["entry.5"] == ["2026-05-28"]
    assert "referer" not in asked.value.headers
    assert form_of(page).count() == 0


def test_paper_and_pages_without_a_script_have_no_form(
    rooms: Host, visit: Visiting
) -> None:
    """Paper has nothing to press; a reader without JavaScript has a mail link."""
    page = visit(rooms.room("mail")).page
    add(page, REVIEW, "It is done")
    page.emulate_media(media="print")
    expect(page.locator(".map-way__bar")).to_be_hidden()
    expect(page.locator(".map-said")).to_be_hidden()
    plain = visit(rooms.room("mail"), script=False).page
    expect(plain.locator("#suggest")).to_be_hidden()
    href = plain.locator(f"a[data-at='{REVIEW}']").get_attribute("href") or ""
    assert href.startswith("mailto:jo@mama.example?subject=")


def test_two_tabs_share_one_outbox(rooms: Host, visit: Visiting) -> None:
    """What is added in one is in the other's message too."""
    page = visit(rooms.room("mail")).page
    other = page.context.new_page()
    other.goto(rooms.room("mail"))
    add(page, REVIEW, "It is done")
    expect(other.get_by_text("1 suggestion, not sent yet")).to_be_visible()
    add(other, "questions", "Ask a question", text="In the EU?")
    expect(page.get_by_text("2 suggestions, not sent yet")).to_be_visible()
    look(page)
    assert [one.op for one in mailed(page)[1].operations] == ["set", "ask"]


def test_browser_that_stores_nothing_still_sends(rooms: Host, visit: Visiting) -> None:
    """The outbox lives as long as the page."""
    reader = visit(rooms.room("mail"))
    page = reader.page
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error(); }});"
    )
    page.reload()
    add(page, REVIEW, "It is done")
    look(page)
    assert mailed(page)[1].operations[0].new == "done"
    assert reader.faults == []
