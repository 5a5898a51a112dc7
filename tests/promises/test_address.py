"""A room does not say where it lies: whoever has its files learns no address."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

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
    """Only the ids of the calendar's entries differ, which must not clash."""
    other = room(full, OTHER)
    told = differences(files, other)
    assert [line.split(":")[0] for line in told] == ["plan.ics"]
    uid = re.compile(rb"UID:[^@]+(\r\n [^@]*)?@")
    calendars = [uid.sub(b"UID:", made["plan.ics"]) for made in (files, other)]
    assert calendars[0] == calendars[1]


@pytest.mark.parametrize("plan", ["full", "everything"])
def test_links_inside_the_room_are_relative(room: Make, full: bytes, plan: str) -> None:
    """Files by their path from the page, places by their anchor; all are there."""
    made = room(full if plan == "full" else everything("Words", "Words"))
    page = made["index.html"]
    links = [
        (tag, name, value)
        for tag, name, value in Addresses(page).found
        if name != "content" and not re.match(r"(https://|mailto:)", value)
    ]
    assert len(links) > 30
    ids = set(re.findall(r' id="([^"]+)"', page.decode()))
    for tag, name, value in links:
        inside = value[1:] in ids if value.startswith("#") else value in made
        assert inside or value in {".", "#", "#main"}, (tag, name, value)


def test_nothing_absolute_is_left_but_links_of_the_plan(
    files: dict[str, bytes],
) -> None:
    """Addresses with a scheme stand in the plan itself, and only in <a>."""
    for tag, name, value in Addresses(files["index.html"]).found:
        if re.match(r"([a-z][a-z0-9+.-]*:)?//", value):
            assert (tag, name) == ("a", "href"), value
            host = re.match(r"https://([^/]+)", value)
            assert host, value
            assert host[1].endswith(".example"), value


def test_no_page_lists_pages(files: dict[str, bytes]) -> None:
    """No sitemap, no search index, no error page with titles, no web manifest."""
    names = " ".join(files)
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
    assert [name for name in files if name.endswith(".html")] == ["index.html"]


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
def test_the_head_tells_no_address(files: dict[str, bytes], word: bytes) -> None:
    """No element of the page says where it is, nor describes it to preview bots."""
    head = files["index.html"].split(b"</head>")[0]
    assert len(head) > 200
    assert word not in head


def test_readers_take_no_address_along(files: dict[str, bytes]) -> None:
    """A link that is followed carries no address, and no robot keeps the page."""
    head = files["index.html"].split(b"</head>")[0]
    assert re.search(rb'<meta name="referrer" content="no-referrer"', head)
    assert re.search(rb'<meta name="robots" content="[^"]*noindex', head)
    outside = re.findall(rb'<a [^>]*href="https://[^>]*>', files["index.html"])
    assert len(outside) > 5
    assert all(b'rel="noopener noreferrer nofollow"' in link for link in outside)
