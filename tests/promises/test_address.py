"""A room does not say where it lies: whoever has its files learns no address."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from posixpath import dirname, normpath

import pytest

from tests.promises.sample import differences, everything

Make = Callable[..., dict[str, bytes]]
TOKEN = "k7mx3p9dw2qtr5vy8zbn4hjc6f"  # noqa: S105  # an address such as a link may have
OTHER = "a2b3c4d5e6f7g2h3j4k5m6n7p8"


class Addresses(HTMLParser):
    """Collect every attribute that refers to something."""

    def __init__(self, page: bytes) -> None:
        """Read *page*."""
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element refers to."""
        names = {"href", "src", "action", "data", "poster", "srcset", "content"}
        self.found += [
            (tag, name, value or "") for name, value in attrs if name in names
        ]


@pytest.fixture(scope="module")
def files(room: Make, full: bytes) -> dict[str, bytes]:
    """Return the full plan's room at an address like a link's."""
    return room(full, TOKEN)


def test_the_address_is_in_no_byte(files: dict[str, bytes]) -> None:
    """Not in a link, not in an id of the calendar, not in a file's name."""
    for name, data in files.items():
        assert TOKEN not in name
        assert TOKEN.encode() not in data.lower(), name
        assert TOKEN[:10].encode() not in data.lower(), name


def test_another_address_gives_the_same_room(
    room: Make, full: bytes, files: dict[str, bytes]
) -> None:
    """Only ids that must not clash differ: of calendars, and of a reader's visits."""
    other = room(full, OTHER)
    told = differences(files, other)
    calendars = {name for name in files if re.match(r"plan\.ics|calendar/", name)}
    assert len(calendars) > 1
    pages = {"index.html", "changes/index.html"}
    assert {line.split(":")[0] for line in told} == calendars | pages
    own = re.compile(rb'UID:[^@]+(\r\n [^@]*)?@|data-room="[0-9a-f]{12}"')
    for name in calendars | pages:
        assert own.sub(b"", files[name]) == own.sub(b"", other[name])


@pytest.mark.parametrize("plan", ["full", "everything"])
def test_links_inside_the_room_are_relative(room: Make, full: bytes, plan: str) -> None:
    """Files by their path from the page, places by their anchor; all are there."""
    made = room(full if plan == "full" else everything("Words", "Words"))
    pages = {name: data.decode() for name, data in made.items() if name[-5:] == ".html"}
    ids = {
        name: set(re.findall(r' id="([^"]+)"', page)) for name, page in pages.items()
    }
    assert len(pages) == 2
    for at, page in pages.items():
        links = [
            (tag, name, value)
            for tag, name, value in Addresses(page.encode()).found
            if name != "content" and not re.match(r"(https://|mailto:)", value)
        ]
        assert len(links) > 15
        for tag, name, value in links:
            path, _, anchor = value.partition("#")
            file = normpath(f"{dirname(at)}/{path}").lstrip("/") if path else at
            inside = file in made and (not anchor or anchor in ids[file])
            assert inside or value in {".", "..", "#"}, (at, tag, name, value)


def test_nothing_absolute_is_left_but_links_of_the_plan(
    files: dict[str, bytes],
) -> None:
    """Addresses with a scheme stand in the plan itself, and only in <a>."""
    both = files["index.html"] + files["changes/index.html"]
    for tag, name, value in Addresses(both).found:
        if re.match(r"([a-z][a-z0-9+.-]*:)?//", value):
            assert (tag, name) == ("a", "href"), value
            host = re.match(r"https://([^/]+)", value)
            assert host, value
            assert host[1].endswith(".example"), value


def test_no_page_lists_pages(files: dict[str, bytes]) -> None:
    """No sitemap, no search index, no error page with titles, no web manifest."""
    names = re.sub(r"\.[0-9a-f]{10}\b", "", " ".join(files))
    for word in (
        "sitemap",
        "search",
        "404",
        "manifest",
        "robots",
        "feed",
        ".map",
        ".gz",
    ):
        assert word not in names
    pages = [name for name in files if name.endswith(".html")]
    assert pages == ["index.html", "changes/index.html"]


@pytest.mark.parametrize("page", ["index.html", "changes/index.html"])
@pytest.mark.parametrize(
    "word",
    [
        b'rel="canonical"',
        b"rel=canonical",
        b"og:url",
        b"og:image",
        b"twitter:",
        b'name="description"',
        b"manifest",
        b"site_url",
        b'"base"',
        b"<base",
    ],
)
def test_the_head_tells_no_address(
    files: dict[str, bytes], word: bytes, page: str
) -> None:
    """No element of a page says where it is, nor describes it to preview bots."""
    head = files[page].split(b"</head>")[0]
    assert len(head) > 200
    assert word not in head


def test_readers_take_no_address_along(files: dict[str, bytes]) -> None:
    """A link that is followed carries no address, and no robot keeps the page."""
    for page in ("index.html", "changes/index.html"):
        head = files[page].split(b"</head>")[0]
        assert re.search(rb'<meta name="referrer" content="no-referrer"', head)
        assert re.search(rb'<meta name="robots" content="[^"]*noindex', head)
    outside = re.findall(rb'<a [^>]*href="https://[^>]*>', files["index.html"])
    assert len(outside) > 5
    assert all(b'rel="noopener noreferrer nofollow"' in link for link in outside)
