"""The front tells nobody anything, looks like somebody cared, and never changes."""

from __future__ import annotations

import re
from urllib.robotparser import RobotFileParser

import html5lib
import pytest

from mapsite.publish.front import front_files
from mapsite.publish.headers import IMMUTABLE, cache_control
from mapsite.room.frame import CSP

PAGES = ("index.html", "404.html")


def test_is_four_files_and_no_index_of_anything() -> None:
    """No sitemap, feed, manifest or list lies at the root."""
    css = next(name for name in front_files() if name.endswith(".css"))
    assert set(front_files()) == {"index.html", "404.html", "robots.txt", css}
    assert cache_control(css) == IMMUTABLE


def test_names_nobody() -> None:
    """Not even mapsite; what looks like an address is in none of it."""
    for data in front_files().values():
        assert not re.search(rb"[a-z2-7]{26}|/t/|mapsite|https?:", data)


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_the_policy_first_and_nothing_that_breaks_it(page: str) -> None:
    """The same policy as rooms, no inline code or style, no request but its sheet."""
    text = front_files()[page].decode()
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    head = [(e.tag, dict(e.attrib)) for e in tree.find("head")]
    assert head[0] == ("meta", {"charset": "utf-8"})
    assert head[1][1] == {"http-equiv": "Content-Security-Policy", "content": CSP}
    names = {e.get("name"): e.get("content") for e in tree.iter("meta")}
    assert names["referrer"] == "no-referrer"
    assert names["robots"] == "noindex,nofollow"
    assert not re.search(r"<style|\sstyle=|<script|<img|<a\s|\son\w+=", text)
    links = {e.get("rel"): e.get("href") for e in tree.iter("link")}
    assert links["icon"] == "data:,"
    assert links["stylesheet"].lstrip("/") in front_files()
    assert set(links) == {"icon", "stylesheet"}


def test_the_page_for_what_is_missing_finds_its_sheet_from_any_depth() -> None:
    """By the target's own path, which can do no harm in the page."""
    page = front_files('/deals/"><b>/')["404.html"].decode()
    assert 'href="/deals/&#34;&gt;&lt;b&gt;/assets/front.' in page
    assert 'href="/assets/front.' in front_files()["404.html"].decode()


def test_only_crawlers_that_heed_noindex_may_look() -> None:
    """Who is kept out cannot see it, and may list an address that was posted."""
    robots = RobotFileParser()
    robots.parse(front_files()["robots.txt"].decode().splitlines())
    for agent in ("Googlebot", "Bingbot", "DuckDuckBot"):
        assert robots.can_fetch(agent, "/t/x/")
    for agent in ("GPTBot", "SomeUnfurler", "*"):
        assert not robots.can_fetch(agent, "/t/x/")


def test_the_sheet_has_both_looks_and_asks_for_nothing() -> None:
    """Light and dark follow the reader's system."""
    css = next(data for name, data in front_files().items() if name.endswith(".css"))
    assert b"color-scheme: light dark" in css
    assert not re.search(rb"url\(|@import", css)
